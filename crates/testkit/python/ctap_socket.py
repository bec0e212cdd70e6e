"""Roamkey's CTAP2 core behind a Unix socket, as python-fido2 sees an authenticator.

    request   length 4, big endian | command byte | CBOR
    reply     length 4, big endian | status byte | CBOR

`ROAMKEY_CTAP_SOCKET` names the program that serves the core (`crates/testkit/examples/ctap-socket.rs`).
"""

import hashlib
import os
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from fido2 import cbor
from fido2.ctap import CtapDevice, CtapError
from fido2.ctap2 import Ctap2
from fido2.hid import CAPABILITY, CTAPHID

RP = {"id": "example.com", "name": "Example"}
ALICE = {"id": b"alice", "name": "alice", "displayName": "Alice"}
BOB = {"id": b"bob", "name": "bob", "displayName": "Bob"}
CLIENT_DATA_HASH = hashlib.sha256(b"client data").digest()
ES256, EDDSA, RS256 = -7, -8, -257
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80

# Seconds that an answer may take, and a test with all its answers: both take milliseconds on a machine that has nothing
# else to do.
PATIENCE = 60
TEST_LIMIT = 240


def parameters(*algorithms):
    return [{"type": "public-key", "alg": algorithm} for algorithm in algorithms]


def descriptor(credential_id):
    return {"type": "public-key", "id": credential_id}


class SocketDevice(CtapDevice):
    """One connection."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)

    @property
    def capabilities(self):
        return CAPABILITY.CBOR

    def call(self, cmd, data=b"", event=None, on_keepalive=None):
        assert cmd == CTAPHID.CBOR, cmd
        self.socket.sendall(len(data).to_bytes(4, "big") + data)
        return self.receive()

    def receive(self):
        return self.read(int.from_bytes(self.read(4), "big"))

    def read(self, length):
        received = b""
        while len(received) < length:
            part = self.socket.recv(length - len(received))
            if not part:
                raise EOFError(f"hung up after {len(received)} of {length} bytes")
            received += part
        return received

    def close(self):
        self.socket.close()

    @classmethod
    def list_devices(cls):
        return iter(())


class Program:
    """The program, with passkeys of its own and a person who behaves as asked."""

    def __init__(self, uv="pass", consent="approve"):
        self.directory = tempfile.TemporaryDirectory()
        self.path = str(Path(self.directory.name) / "ctap")
        self.process = subprocess.Popen(
            [os.environ["ROAMKEY_CTAP_SOCKET"], self.path],
            env={"ROAMKEY_TEST_UV": uv, "ROAMKEY_TEST_CONSENT": consent},
            stderr=subprocess.PIPE,
            text=True,
        )
        # Whatever a test waits for ends with the program: a hang becomes a failure that says where.
        self.limit = threading.Timer(TEST_LIMIT, self.process.kill)
        self.limit.daemon = True
        self.limit.start()
        first = self.process.stderr.readline()
        if "listening" not in first:
            said = first + self.process.stderr.read()
            self.close()
            raise RuntimeError(f"the program ended with {self.process.returncode}: {said}")

    def connect(self):
        return SocketDevice(self.path)

    def close(self):
        self.limit.cancel()
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.directory.cleanup()


class Case(unittest.TestCase):
    """A test with a program of its own."""

    uv = "pass"
    consent = "approve"

    def setUp(self):
        self.use(self.uv, self.consent)

    def use(self, uv="pass", consent="approve"):
        """Starts another program: nothing in it yet."""
        self.program = Program(uv, consent)
        self.addCleanup(self.program.close)
        self.device = self.program.connect()
        self.addCleanup(self.device.close)
        self.ctap = Ctap2(self.device, strict_cbor=True)

    def create(self, user=ALICE, rp=RP, algorithms=(ES256,), exclude=None, extensions=None, options=None):
        return self.ctap.make_credential(
            CLIENT_DATA_HASH, rp, user, parameters(*algorithms), exclude, extensions, options
        )

    def passkey(self, **arguments):
        """Creates a discoverable passkey with user verification."""
        created = self.create(options={"rk": True, "uv": True}, **arguments)
        return created.auth_data.credential_data

    def sign(self, passkey=None, rp_id="example.com", extensions=None, options=None):
        allow = [descriptor(passkey.credential_id)] if passkey else None
        return self.ctap.get_assertion(rp_id, CLIENT_DATA_HASH, allow, extensions, options)

    def sign_raw(self, passkey=None, extensions=None, options=None):
        """As `sign`, with the unsigned outputs, which python-fido2 does not read."""
        request = {1: "example.com", 2: CLIENT_DATA_HASH, 4: extensions, 5: options or {"uv": True}}
        if passkey:
            request[3] = [descriptor(passkey.credential_id)]
        return self.ctap.send_cbor(2, {key: value for key, value in request.items() if value})

    def raw(self, command, body=b""):
        """Sends bytes as they are, or a value as CBOR, and returns the status."""
        encoded = body if isinstance(body, bytes) else cbor.encode(body)
        return self.device.call(CTAPHID.CBOR, bytes([command]) + encoded)[0]

    def assert_status(self, status, function, *arguments, **named):
        with self.assertRaises(CtapError) as caught:
            function(*arguments, **named)
        self.assertEqual(int(caught.exception.code), status, caught.exception)
