"""Commands, options and errors, one by one, below python-fido2's client."""

import itertools
import unittest

from ctap_socket import (
    ALICE,
    BE,
    BOB,
    CLIENT_DATA_HASH,
    EDDSA,
    ES256,
    RP,
    RS256,
    UP,
    UV,
    Case,
    descriptor,
    parameters,
)
from fido2 import cbor
from fido2.attestation import PackedAttestation
from fido2.ctap2 import AttestationResponse

FOREIGN = descriptor(b"\x55" * 64)


def creation(**changes):
    """A good request, with some parameters changed, or left out with None."""
    request = {1: CLIENT_DATA_HASH, 2: RP, 3: ALICE, 4: parameters(ES256), 7: {"rk": True, "uv": True}}
    request.update({int(key[1:]): value for key, value in changes.items()})
    return {key: value for key, value in request.items() if value is not None}


def assertion(**changes):
    request = {1: "example.com", 2: CLIENT_DATA_HASH, 5: {"uv": True}}
    request.update({int(key[1:]): value for key, value in changes.items()})
    return {key: value for key, value in request.items() if value is not None}


class GetInfo(Case):
    def test_it_names_what_works(self):
        info = self.ctap.info
        self.assertEqual(info.versions, ["FIDO_2_0", "FIDO_2_1"])
        self.assertEqual(
            info.extensions, ["credBlob", "credProtect", "hmac-secret", "hmac-secret-mc", "largeBlob", "prf"]
        )
        self.assertEqual(str(info.aaguid), "0fc84adb-eb35-493c-b18f-ba40765b7cd1")
        self.assertEqual(info.options, {"rk": True, "up": True, "uv": True, "makeCredUvNotRqd": True})
        self.assertEqual(info.pin_uv_protocols, [2])
        self.assertEqual(info.transports, ["hybrid", "internal"])
        self.assertEqual(info.algorithms, parameters(ES256, EDDSA))
        self.assertEqual(info.attestation_formats, ["none", "packed"])
        self.assertGreaterEqual(info.max_creds_in_list, 64)
        self.assertGreaterEqual(info.max_msg_size, 64 * 1024)

    def test_verification_that_is_not_set_up_is_told(self):
        self.use(uv="none")
        self.assertIs(self.ctap.info.options["uv"], False)


class Options(Case):
    def test_creation_in_every_combination(self):
        for uv in ("pass", "none"):
            for rk, up, wanted in itertools.product((None, False, True), repeat=3):
                options = {"rk": rk, "up": up, "uv": wanted}
                options = {name: value for name, value in options.items() if value is not None}
                with self.subTest(set_up=uv, **options):
                    self.use(uv=uv)
                    status = self.raw(1, creation(_7=options))
                    if (wanted and uv == "none") or up is False:
                        self.assertEqual(status, 0x2C)
                        continue
                    self.assertEqual(status, 0x00)
                    flags = self.create(options=options or None, user=BOB).auth_data.flags
                    verified = UV if wanted or (rk and uv == "pass") else 0
                    self.assertEqual(flags & (UP | UV), UP | verified)
                    found = self.raw(2, assertion(_5=None))
                    self.assertEqual(found, 0x00 if rk else 0x2E)

    def test_assertion_in_every_combination(self):
        for uv in ("pass", "none"):
            self.use(uv=uv)
            passkey = self.create(options={"rk": True}).auth_data.credential_data
            for rk, up, wanted in itertools.product((None, False, True), repeat=3):
                options = {"rk": rk, "up": up, "uv": wanted}
                options = {name: value for name, value in options.items() if value is not None}
                with self.subTest(set_up=uv, **options):
                    if wanted and uv == "none":
                        self.assert_status(0x2C, self.sign, passkey, options=options)
                    elif rk is not None:
                        self.assert_status(0x2B, self.sign, passkey, options=options)
                    else:
                        signed = self.sign(passkey, options=options or None)
                        present = 0 if up is False and not wanted else UP
                        self.assertEqual(signed.auth_data.flags, present | (UV if wanted else 0) | BE)
                        signed.verify(CLIENT_DATA_HASH, passkey.public_key)

    def test_unknown_options_are_ignored(self):
        self.assertEqual(self.raw(1, creation(_7={"rk": True, "uv": True, "x": True, "plat": False})), 0)
        self.assertEqual(self.raw(2, assertion(_5={"uv": True, "x": False})), 0)


class Persons(Case):
    def test_a_no_is_the_answer_to_everything_and_tells_nothing(self):
        self.use(consent="deny")
        for exclude in (None, [FOREIGN]):
            self.assertEqual(self.raw(1, creation(_5=exclude)), 0x27)
        for allow in (None, [FOREIGN]):
            for up in (True, False):
                self.assertEqual(self.raw(2, assertion(_3=allow, _5={"up": up})), 0x27)
        self.assertEqual(self.raw(0x0B), 0x27)

    def test_a_failed_verification_is_a_no(self):
        self.use(uv="fail")
        self.assertEqual(self.raw(1, creation()), 0x27)
        self.assertEqual(self.raw(1, creation(_7={"rk": True})), 0x27)
        passkey = self.create().auth_data.credential_data
        self.assert_status(0x27, self.sign, passkey, options={"uv": True})
        self.assertEqual(self.sign(passkey).auth_data.flags, UP | BE)

    def test_the_person_picks_an_account(self):
        self.use(consent="pick:1")
        alice, bob = self.passkey(), self.passkey(user=BOB)
        picked = {}
        for _ in range(2):
            signed = self.sign(options={"uv": True})
            self.assertTrue(signed.user_selected)
            self.assertIsNone(signed.number_of_credentials)
            self.assertEqual(set(signed.user), {"id"})
            picked[signed.user["id"]] = signed
        # The last used comes first, so the second account is another one each time.
        self.assertEqual(set(picked), {b"alice", b"bob"})
        picked[b"alice"].verify(CLIENT_DATA_HASH, alice.public_key)
        picked[b"bob"].verify(CLIENT_DATA_HASH, bob.public_key)
        self.assertEqual(self.raw(0x08), 0x30)

    def test_a_choice_beyond_the_list_is_a_no(self):
        self.use(consent="pick:1")
        self.passkey()
        self.assertEqual(self.raw(2, assertion()), 0x27)

    def test_with_an_allow_list_nobody_is_said_to_have_chosen(self):
        passkeys = [self.passkey(), self.passkey(user=BOB)]
        allow = [descriptor(passkey.credential_id) for passkey in passkeys]
        signed = self.ctap.get_assertion("example.com", CLIENT_DATA_HASH, allow)
        self.assertIsNone(signed.user_selected)
        self.assertIsNone(signed.number_of_credentials)
        self.assertEqual(set(signed.user), {"id"})


class Credentials(Case):
    def test_the_first_acceptable_algorithm_wins(self):
        for offered, chosen in (
            ((EDDSA, ES256), EDDSA),
            ((ES256, EDDSA), ES256),
            ((-999, RS256, -35, EDDSA, ES256), EDDSA),
            ((ES256, ES256), ES256),
        ):
            with self.subTest(offered=offered):
                self.assertEqual(self.passkey(algorithms=offered).public_key[3], chosen)

    def test_no_acceptable_algorithm_is_told(self):
        for offered in ([], parameters(RS256), parameters(-35, -999), [{"type": "other", "alg": ES256}]):
            with self.subTest(offered=offered):
                self.assertEqual(self.raw(1, creation(_4=offered)), 0x26)

    def test_legal_oddities_are_served(self):
        odd = {
            "user without names": creation(_3={"id": b"\x01"}),
            "user handle of 64 bytes": creation(_3={"id": b"\x01" * 64}),
            "empty names": creation(_3={"id": b"\x02", "name": "", "displayName": ""}),
            "long names": creation(_3={"id": b"\x03", "name": "é" * 3000}),
            "unknown members": creation(_2={"id": "example.com", "icon": "x"}, _3={"id": b"\x04", "icon": "x"}),
            "site without a name": creation(_2={"id": "example.com"}),
            "unknown parameters": creation(_99=1),
            "unknown extensions": creation(_6={"unknown": True, "uvm": True}),
            "unknown credential types": creation(_5=[{"type": "other", "id": b"\x01"}]),
            "empty exclude list": creation(_5=[]),
            "the same algorithm twice": creation(_4=parameters(ES256, ES256)),
            "the same entry twice": creation(_5=[FOREIGN, FOREIGN]),
            "a foreign id of 5000 bytes": creation(_5=[descriptor(b"\x07" * 5000)]),
            "transports": creation(_5=[{"type": "public-key", "id": b"\x07", "transports": ["usb", "x"]}]),
            "64 entries": creation(_5=[descriptor(bytes([n]) * 64) for n in range(64)]),
        }
        for what, request in odd.items():
            with self.subTest(what):
                self.assertEqual(self.raw(1, request), 0)
        passkey = self.passkey()
        own = descriptor(passkey.credential_id)
        odd = {
            "empty allow list": assertion(_3=[]),
            "a foreign id of 5000 bytes": assertion(_3=[descriptor(b"\x07" * 5000), own]),
            "64 entries": assertion(_3=[descriptor(bytes([n]) * 64) for n in range(63)] + [own]),
            "the same entry twice": assertion(_3=[own, own]),
            "unknown parameters": assertion(_99={}),
            "unknown extensions": assertion(_4={"unknown": [1, 2]}),
        }
        for what, request in odd.items():
            with self.subTest(what):
                self.assertEqual(self.raw(2, request), 0)

    def test_an_excluded_passkey_is_told(self):
        own = descriptor(self.passkey().credential_id)
        self.assertEqual(self.raw(1, creation(_5=[FOREIGN, own])), 0x19)
        self.assertEqual(self.raw(1, creation(_2={"id": "other.example"}, _5=[own])), 0)
        self.assertEqual(self.raw(1, creation(_5=[{"type": "other", "id": own["id"]}], _3=BOB)), 0)

    def test_what_is_not_here_is_told(self):
        own = descriptor(self.passkey().credential_id)
        self.assertEqual(self.raw(2, assertion(_1="other.example")), 0x2E)
        self.assertEqual(self.raw(2, assertion(_1="other.example", _3=[own])), 0x2E)
        self.assertEqual(self.raw(2, assertion(_3=[FOREIGN])), 0x2E)
        self.assertEqual(self.raw(2, assertion(_3=[{"type": "other", "id": own["id"]}])), 0x2E)
        self.assertEqual(self.raw(2, assertion(_1="EXAMPLE.com")), 0x2E)

    def test_the_same_account_gets_a_new_passkey(self):
        first, second = self.passkey(), self.passkey()
        self.assertNotEqual(first.credential_id, second.credential_id)
        self.assert_status(0x2E, self.sign, first)
        self.sign(second).verify(CLIENT_DATA_HASH, second.public_key)

    def test_a_passkey_that_is_not_discoverable_needs_its_id(self):
        passkey = self.create().auth_data.credential_data
        self.assertEqual(self.raw(2, assertion(_5=None)), 0x2E)
        signed = self.sign(passkey)
        self.assertIsNone(signed.user)

    def test_attestation_is_none_or_packed_and_verifies(self):
        for preference, fmt in (
            (None, "none"),
            ([], "none"),
            (["none"], "none"),
            (["packed"], "packed"),
            (["tpm", "packed", "none"], "packed"),
            (["none", "packed"], "none"),
            (["tpm"], "none"),
        ):
            with self.subTest(preference=preference):
                created = AttestationResponse.from_dict(self.ctap.send_cbor(1, creation(_11=preference)))
                self.assertEqual(created.fmt, fmt)
                if fmt == "none":
                    self.assertEqual(created.att_stmt, {})
                else:
                    self.assertEqual(set(created.att_stmt), {"alg", "sig"})
                    PackedAttestation().verify(created.att_stmt, created.auth_data, CLIENT_DATA_HASH)


class Errors(Case):
    def test_commands_that_are_not_offered(self):
        for command in set(range(256)) - {1, 2, 4, 6, 8, 0x0B}:
            self.assertEqual(self.raw(command), 0x01, hex(command))
        self.assertEqual(self.raw(0x08), 0x30)

    def test_an_empty_message_and_parameters_where_none_belong(self):
        self.assertEqual(self.device.call(0x10, b"")[0], 0x03)
        for command in (0x04, 0x08, 0x0B):
            self.assertEqual(self.raw(command, {}), 0x03, hex(command))

    def test_missing_parameters(self):
        for key in (1, 2, 3, 4):
            self.assertEqual(self.raw(1, creation(**{f"_{key}": None})), 0x14, key)
        for key in (1, 2):
            self.assertEqual(self.raw(2, assertion(**{f"_{key}": None})), 0x14, key)
        self.assertEqual(self.raw(1, creation(_2={"name": "x"})), 0x14)
        self.assertEqual(self.raw(1, creation(_3={"name": "x"})), 0x14)
        self.assertEqual(self.raw(1, creation(_4=[{"type": "public-key"}])), 0x14)
        self.assertEqual(self.raw(1, creation(_4=[{"alg": ES256}])), 0x14)
        self.assertEqual(self.raw(2, assertion(_3=[{"type": "public-key"}])), 0x14)

    def test_wrong_types(self):
        for key in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11):
            wrong = "text" if key in (1, 8, 9, 10) else 7
            self.assertEqual(self.raw(1, creation(**{f"_{key}": wrong})), 0x11, key)
        for key in (1, 2, 3, 4, 5, 6, 7):
            wrong = "text" if key in (2, 6, 7) else 7
            self.assertEqual(self.raw(2, assertion(**{f"_{key}": wrong})), 0x11, key)
        self.assertEqual(self.raw(1, creation(_7={"rk": 1})), 0x11)
        self.assertEqual(self.raw(1, creation(_3={"id": "text"})), 0x11)
        self.assertEqual(self.raw(1, [1, 2]), 0x11)
        self.assertEqual(self.raw(2, b"\xa1\x01\xf9\x00\x00"), 0x11)

    def test_wrong_lengths_and_limits(self):
        self.assertEqual(self.raw(1, creation(_1=b"\0" * 31)), 0x03)
        self.assertEqual(self.raw(2, assertion(_3=[FOREIGN] * 257)), 0x15)
        self.assertEqual(self.raw(1, creation(_5=[FOREIGN] * 257)), 0x15)
        self.assertEqual(self.raw(1, creation(_4=parameters(*[ES256] * 257))), 0x15)
        self.assertNotEqual(self.raw(1, creation(_3={"id": b"\0" * 65})), 0)
        self.assertNotEqual(self.raw(1, creation(_3={"id": b""})), 0)

    def test_cbor_that_is_not_canonical(self):
        good = cbor.encode(assertion())
        # The first entry of the map: key 1, text of 11 bytes.
        self.assertEqual(good[:3], b"\xa3\x01\x6b")
        bad = {
            "no CBOR": b"\xff\xff",
            "nothing": b"",
            "cut off": good[:-1],
            "a byte too many": good + b"\0",
            "long key": b"\xa3\x18\x01" + good[2:],
            "long length": b"\xa3\x01\x78\x0b" + good[3:],
            "indefinite map": b"\xbf" + good[1:] + b"\xff",
            "indefinite text": good[:2] + b"\x7f\x6bexample.com\xff" + good[14:],
            "tag": b"\xc0" + good,
            "duplicate key": b"\xa2\x01\x61a\x01\x61b",
            "unsorted keys": b"\xa2\x02\x61a\x01\x61b",
            "text that is not UTF-8": b"\xa1\x01\x61\xff",
            "five levels": b"\xa1\x04\xa1\x61x\x81\x81\x81\x00",
            "a length that is a lie": b"\xa1\x01\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
        }
        for what, body in bad.items():
            with self.subTest(what):
                self.assertEqual(self.raw(2, body), 0x12)

    def test_tokens_and_enterprise_attestation(self):
        for command, request, param, protocol in ((1, creation, "_8", "_9"), (2, assertion, "_6", "_7")):
            for proof in (b"", b"\0" * 32):
                self.assertEqual(self.raw(command, request(**{param: proof})), 0x14)
                self.assertEqual(self.raw(command, request(**{param: proof, protocol: 1})), 0x02)
                self.assertEqual(self.raw(command, request(**{param: proof, protocol: 2})), 0x33)
        for kind in (1, 2, 3):
            self.assertEqual(self.raw(1, creation(_10=kind)), 0x02)

    def test_pin_subcommands(self):
        for subcommand in set(range(12)) - {2}:
            self.assertEqual(self.raw(6, {1: 2, 2: subcommand}), 0x3E, subcommand)
        self.assertEqual(self.raw(6, {1: 1, 2: 2}), 0x02)
        self.assertEqual(self.raw(6, {2: 2}), 0x14)
        self.assertEqual(self.raw(6, {1: 2}), 0x14)
        self.assertEqual(self.raw(6, {1: 2, 2: 2}), 0x00)

    def test_a_request_that_is_too_large(self):
        self.assertEqual(self.raw(2, b"\0" * (1 << 20)), 0x39)


if __name__ == "__main__":
    unittest.main()
