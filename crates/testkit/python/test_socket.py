"""The socket itself: other suites connect, send rubbish, and go away whenever they like."""

import os
import threading
import unittest

from ctap_socket import Case

GET_INFO = b"\x00\x00\x00\x01\x04"


class Connections(Case):
    def test_many_one_after_the_other_share_the_passkeys(self):
        passkey = self.passkey()
        for _ in range(200):
            with self.program.connect() as device:
                self.assertEqual(device.call(0x10, b"\x04")[0], 0)
        self.sign(passkey)

    def test_many_at_the_same_time(self):
        failures = []

        def talk():
            try:
                with self.program.connect() as device:
                    for _ in range(20):
                        assert device.call(0x10, b"\x04")[0] == 0
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=talk) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_garbage_is_answered_and_the_connection_goes_on(self):
        for _ in range(300):
            body = os.urandom(1 + os.urandom(1)[0])
            answer = self.device.call(0x10, body)
            self.assertTrue(answer[0] != 0 or body[0] in (0x04, 0x0B), body.hex())
        self.assertEqual(self.device.call(0x10, b"\x04")[0], 0)

    def test_messages_may_come_byte_by_byte_and_together(self):
        for byte in GET_INFO:
            self.device.socket.sendall(bytes([byte]))
        self.assertEqual(self.device.receive()[0], 0)
        self.device.socket.sendall(GET_INFO * 3)
        self.assertEqual([self.device.receive()[0] for _ in range(3)], [0, 0, 0])

    def test_half_a_message_harms_nobody_else(self):
        for half in (b"", b"\x00\x00", GET_INFO[:4], b"\x00\x00\x10\x00\x01\xa5"):
            with self.program.connect() as device:
                device.socket.sendall(half)
        self.assertEqual(self.device.call(0x10, b"\x04")[0], 0)

    def test_an_oversize_message_is_refused_and_the_connection_goes_on(self):
        length = self.ctap.info.max_msg_size + 1
        self.assertEqual(self.device.call(0x10, b"\x01" * length), b"\x39")
        self.assertEqual(self.device.call(0x10, b"\x04")[0], 0)

    def test_a_length_that_is_never_met_holds_up_nobody(self):
        with self.program.connect() as device:
            device.socket.sendall(b"\xff\xff\xff\xff" + b"x" * 1000)
            self.assertEqual(self.device.call(0x10, b"\x04")[0], 0)

    def test_a_peer_that_does_not_read_holds_up_nobody(self):
        with self.program.connect() as device:
            device.socket.sendall(GET_INFO * 100)
        self.assertEqual(self.device.call(0x10, b"\x04")[0], 0)


if __name__ == "__main__":
    unittest.main()
