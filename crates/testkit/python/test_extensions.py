"""Every extension, below python-fido2's client."""

import os
import unittest

from ctap_socket import BOB, CLIENT_DATA_HASH, ED, ES256, UV, Case
from fido2.ctap2.pin import ClientPin, PinProtocolV2

VERIFIED = {"uv": True}


def salt(byte):
    return bytes([byte]) * 32


class Envelope:
    """What a client platform puts `hmac-secret` into."""

    def __init__(self, ctap):
        self.protocol = PinProtocolV2()
        self.key, self.secret = ClientPin(ctap, self.protocol)._get_shared_secret()

    def seal(self, *salts):
        sealed = self.protocol.encrypt(self.secret, b"".join(salts))
        return {1: self.key, 2: sealed, 3: self.protocol.authenticate(self.secret, sealed), 4: 2}

    def open(self, sealed):
        plain = self.protocol.decrypt(self.secret, sealed)
        return [plain[start : start + 32] for start in range(0, len(plain), 32)]


class Prf(Case):
    """As client platforms send it over hybrid: salts hashed, outputs in clear beside the signed data."""

    def test_at_creation_it_is_enabled_and_evaluated(self):
        created = self.create(options={"rk": True, "uv": True}, extensions={"prf": {}})
        self.assertEqual(created.unsigned_extension_outputs, {"prf": {"enabled": True}})
        self.assertIsNone(created.auth_data.extensions)
        inputs = {"prf": {"eval": {"first": salt(1), "second": salt(2)}}}
        created = self.create(options={"rk": True, "uv": True}, extensions=inputs)
        prf = created.unsigned_extension_outputs["prf"]
        self.assertTrue(prf["enabled"])
        signed = self.sign_raw(created.auth_data.credential_data, inputs)
        self.assertEqual(signed[8], {"prf": {"results": prf["results"]}})
        self.assertEqual({len(value) for value in prf["results"].values()}, {32})

    def test_inputs_for_a_credential_win(self):
        passkey = self.passkey()
        first, second = ({"first": salt(byte)} for byte in (1, 2))
        both = {"prf": {"eval": first, "evalByCredential": {passkey.credential_id: second}}}
        alone = self.sign_raw(passkey, {"prf": {"eval": second}})
        self.assertEqual(self.sign_raw(passkey, both)[8], alone[8])
        other = {"prf": {"eval": second, "evalByCredential": {b"other": first}}}
        self.assertEqual(self.sign_raw(passkey, other)[8], alone[8])

    def test_without_inputs_that_apply_there_is_no_output(self):
        passkey = self.passkey()
        for inputs in ({}, {"evalByCredential": {b"other": {"first": salt(1)}}}):
            self.assertNotIn(8, self.sign_raw(passkey, {"prf": inputs}))

    def test_verification_decides_which_secret_is_used(self):
        passkey = self.passkey()
        inputs = {"prf": {"eval": {"first": salt(1)}}}
        verified = self.sign_raw(passkey, inputs)
        present = self.sign_raw(passkey, inputs, {"up": True})
        self.assertNotEqual(verified[8], present[8])

    def test_malformed_inputs(self):
        for inputs, status in (
            (7, 0x11),
            ({"eval": 7}, 0x11),
            ({"eval": {}}, 0x14),
            ({"eval": {"first": b"short"}}, 0x03),
            ({"eval": {"first": "text"}}, 0x11),
        ):
            with self.subTest(inputs=inputs):
                request = {1: "example.com", 2: CLIENT_DATA_HASH, 4: {"prf": inputs}}
                self.assertEqual(self.raw(2, request), status)


class HmacSecret(Case):
    def test_one_and_two_salts(self):
        passkey = self.passkey(extensions={"hmac-secret": True})
        envelope = Envelope(self.ctap)
        one = self.sign(passkey, extensions={"hmac-secret": envelope.seal(salt(1))}, options=VERIFIED)
        self.assertTrue(one.auth_data.flags & ED)
        two = self.sign(passkey, extensions={"hmac-secret": envelope.seal(salt(1), salt(2))}, options=VERIFIED)
        (first,) = envelope.open(one.auth_data.extensions["hmac-secret"])
        both = envelope.open(two.auth_data.extensions["hmac-secret"])
        self.assertEqual((len(both), both[0]), (2, first))
        two.verify(CLIENT_DATA_HASH, passkey.public_key)
        prf = self.sign_raw(passkey, {"prf": {"eval": {"first": salt(1)}}})
        self.assertEqual(prf[8]["prf"]["results"]["first"], first)

    def test_at_creation(self):
        envelope = Envelope(self.ctap)
        extensions = {"hmac-secret": True, "hmac-secret-mc": envelope.seal(salt(1), salt(2))}
        created = self.create(extensions=extensions, options={"rk": True, "uv": True})
        outputs = created.auth_data.extensions
        self.assertIs(outputs["hmac-secret"], True)
        at_creation = envelope.open(outputs["hmac-secret-mc"])
        sealed = {"hmac-secret": envelope.seal(salt(1), salt(2))}
        signed = self.sign(created.auth_data.credential_data, extensions=sealed, options=VERIFIED)
        self.assertEqual(envelope.open(signed.auth_data.extensions["hmac-secret"]), at_creation)

    def test_verification_decides_which_secret_is_used(self):
        passkey, envelope, outputs = self.passkey(), Envelope(self.ctap), []
        for options in (VERIFIED, None):
            sealed = {"hmac-secret": envelope.seal(salt(1))}
            signed = self.sign(passkey, extensions=sealed, options=options)
            outputs.append(envelope.open(signed.auth_data.extensions["hmac-secret"]))
        self.assertNotEqual(*outputs)

    def test_envelopes_that_do_not_open(self):
        passkey, envelope = self.passkey(), Envelope(self.ctap)
        good = envelope.seal(salt(1))
        flipped = bytes([good[2][0] ^ 1]) + good[2][1:]
        for what, change, status in (
            ("flipped ciphertext", {2: flipped}, 0x33),
            ("wrong code", {3: b"\0" * 32}, 0x33),
            ("short code", {3: good[3][:16]}, 0x33),
            ("protocol 1", {4: 1}, 0x02),
            ("unknown protocol", {4: 3}, 0x02),
            ("a point off the curve", {1: {**good[1], -2: b"\1" * 32}}, 0x02),
            ("no key", {1: None}, 0x14),
            ("no salts", {2: None}, 0x14),
            ("no code", {3: None}, 0x14),
            ("key of a wrong type", {1: b""}, 0x11),
        ):
            with self.subTest(what):
                changed = {key: value for key, value in {**good, **change}.items() if value is not None}
                self.assert_status(status, self.sign, passkey, extensions={"hmac-secret": changed})
        for length in (0, 16, 48, 96):
            sealed = envelope.seal(os.urandom(length))
            self.assert_status(0x02, self.sign, passkey, extensions={"hmac-secret": sealed})

    def test_it_needs_presence(self):
        sealed = {"hmac-secret": Envelope(self.ctap).seal(salt(1))}
        self.assert_status(0x2B, self.sign, self.passkey(), extensions=sealed, options={"up": False})


class CredProtect(Case):
    def test_each_level_hides_what_it_says(self):
        for level, by_id, by_site in ((1, True, True), (2, True, False), (3, False, False)):
            with self.subTest(level=level):
                self.use()
                created = self.create(extensions={"credProtect": level}, options={"rk": True, "uv": True})
                self.assertEqual(created.auth_data.extensions, {"credProtect": level})
                passkey = created.auth_data.credential_data
                for visible, allowed in ((by_id, passkey), (by_site, None)):
                    if visible:
                        self.sign(allowed)
                    else:
                        self.assert_status(0x2E, self.sign, allowed)
                    self.assertTrue(self.sign(allowed, options=VERIFIED).auth_data.flags & UV)

    def test_a_hidden_passkey_excludes_only_with_verification(self):
        created = self.create(extensions={"credProtect": 3}, options={"rk": True, "uv": True})
        exclude = [{"type": "public-key", "id": created.auth_data.credential_data.credential_id}]
        self.create(user=BOB, exclude=exclude)
        self.assert_status(0x19, self.create, user=BOB, exclude=exclude, options=VERIFIED)

    def test_unknown_levels(self):
        for level, status in ((0, 0x02), (4, 0x02), ("3", 0x11)):
            self.assert_status(status, self.create, extensions={"credProtect": level})


class CredBlob(Case):
    def test_a_blob_is_kept_and_returned_when_asked_for(self):
        created = self.create(extensions={"credBlob": b"x" * 32}, options={"rk": True, "uv": True})
        self.assertEqual(created.auth_data.extensions, {"credBlob": True})
        passkey = created.auth_data.credential_data
        signed = self.sign(passkey, extensions={"credBlob": True})
        self.assertEqual(signed.auth_data.extensions, {"credBlob": b"x" * 32})
        self.assertIsNone(self.sign(passkey, extensions={"credBlob": False}).auth_data.extensions)
        self.assertEqual(self.sign(self.passkey(user=BOB), extensions={"credBlob": True}).auth_data.extensions, {"credBlob": b""})

    def test_a_blob_that_is_too_long_is_told_and_does_not_spoil_the_passkey(self):
        length = self.ctap.info.max_cred_blob_length
        self.assertGreaterEqual(length, 32)
        created = self.create(extensions={"credBlob": b"x" * (length + 1)})
        self.assertEqual(created.auth_data.extensions, {"credBlob": False})


class LargeBlob(Case):
    def test_support_is_confirmed(self):
        for support in ("required", "preferred"):
            created = self.create(extensions={"largeBlob": {"support": support}})
            self.assertEqual(created.unsigned_extension_outputs, {"largeBlob": {"supported": True}})
        self.assertEqual(self.create(extensions={"largeBlob": {}}).unsigned_extension_outputs, {})

    def test_what_is_written_is_read(self):
        passkey, other = self.passkey(), self.passkey(user=BOB)
        read = {"largeBlob": {"read": True}}
        self.assertNotIn(8, self.sign_raw(passkey, read))
        for length in (1, 1000, 64 * 1024):
            blob = os.urandom(length)
            write = {"largeBlob": {"write": blob, "originalSize": 2 * length}}
            self.assertEqual(self.sign_raw(passkey, write)[8], {"largeBlob": {"written": True}})
            kept = {"largeBlob": {"blob": blob, "originalSize": 2 * length}}
            self.assertEqual(self.sign_raw(passkey, read)[8], kept)
        too_long = {"largeBlob": {"write": b"x" * (64 * 1024 + 1), "originalSize": 1}}
        self.assertEqual(self.sign_raw(passkey, too_long)[8], {"largeBlob": {"written": False}})
        self.assertEqual(self.sign_raw(passkey, read)[8], kept)
        self.assertNotIn(8, self.sign_raw(other, read))
        empty = {"largeBlob": {"write": b"", "originalSize": 0}}
        self.assertEqual(self.sign_raw(passkey, empty)[8], {"largeBlob": {"written": True}})
        self.assertNotIn(8, self.sign_raw(passkey, read))

    def test_inputs_that_contradict_themselves(self):
        for inputs, status in (
            ({"read": True, "write": b"x", "originalSize": 1}, 0x02),
            ({"write": b"x"}, 0x14),
            ({"originalSize": 1}, 0x02),
            ({"read": 1}, 0x11),
            (True, 0x11),
        ):
            with self.subTest(inputs=inputs):
                request = {1: "example.com", 2: CLIENT_DATA_HASH, 4: {"largeBlob": inputs}}
                self.assertEqual(self.raw(2, request), status)


class Together(Case):
    def test_all_at_once_is_canonical_and_signed(self):
        envelope = Envelope(self.ctap)
        extensions = {
            "credBlob": b"blob",
            "credProtect": 2,
            "hmac-secret": True,
            "hmac-secret-mc": envelope.seal(salt(1)),
            "largeBlob": {"support": "required"},
            "prf": {"eval": {"first": salt(1)}},
        }
        created = self.create(extensions=extensions, options={"rk": True, "uv": True}, algorithms=(ES256,))
        self.assertEqual(set(created.auth_data.extensions), set(extensions) - {"largeBlob", "prf"})
        self.assertEqual(set(created.unsigned_extension_outputs), {"largeBlob", "prf"})
        passkey = created.auth_data.credential_data
        asked = {
            "credBlob": True,
            "hmac-secret": envelope.seal(salt(1)),
            "largeBlob": {"read": True},
            "prf": {"eval": {"first": salt(1)}},
        }
        self.sign(passkey, extensions=asked, options=VERIFIED).verify(CLIENT_DATA_HASH, passkey.public_key)


if __name__ == "__main__":
    unittest.main()
