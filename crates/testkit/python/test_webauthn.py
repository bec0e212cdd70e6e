"""Whole ceremonies: python-fido2's client asks, its server verifies."""

import unittest

from ctap_socket import ALICE, AT, BE, BOB, ES256, EDDSA, RP, UP, UV, Case
from fido2.client import DefaultClientDataCollector, Fido2Client
from fido2.ctap2.extensions import CredBlobExtension, CredProtectExtension, HmacSecretExtension
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialParameters, PublicKeyCredentialType

ORIGIN = "https://example.com"
AAGUID = "0fc84adb-eb35-493c-b18f-ba40765b7cd1"


class Ceremonies(Case):
    def setUp(self):
        super().setUp()
        extensions = [HmacSecretExtension(allow_hmac_secret=True), CredProtectExtension(), CredBlobExtension()]
        collector = DefaultClientDataCollector(ORIGIN)
        self.client = Fido2Client(self.device, collector, extensions=extensions)
        self.server = Fido2Server(RP, attestation="direct")

    def register(self, user=ALICE, known=None, algorithms=None, extensions=None, resident="required", uv="required"):
        if algorithms:
            self.server.allowed_algorithms = [
                PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=algorithm)
                for algorithm in algorithms
            ]
        options, state = self.server.register_begin(
            user, known, resident_key_requirement=resident, user_verification=uv, extensions=extensions
        )
        response = self.client.make_credential(options.public_key)
        return self.server.register_complete(state, response), response

    def authenticate(self, known, allow=True, extensions=None, uv="required"):
        options, state = self.server.authenticate_begin(
            known if allow else None, user_verification=uv, extensions=extensions
        )
        response = self.client.get_assertion(options.public_key).get_response(0)
        return self.server.authenticate_complete(state, known, response), response

    def test_each_algorithm_registers_and_signs_in(self):
        for algorithm in (ES256, EDDSA):
            with self.subTest(algorithm=algorithm):
                auth_data, _ = self.register(algorithms=[algorithm])
                passkey = auth_data.credential_data
                self.assertEqual(passkey.public_key[3], algorithm)
                self.assertEqual(str(passkey.aaguid), AAGUID)
                self.assertEqual(auth_data.flags, UP | UV | BE | AT)
                self.assertEqual(auth_data.counter, 0)
                used, response = self.authenticate([passkey])
                self.assertEqual(used.credential_id, passkey.credential_id)
                self.assertEqual(response.response.authenticator_data.flags, UP | UV | BE)

    def test_a_sign_in_without_names_returns_the_user_handle(self):
        auth_data, _ = self.register()
        used, response = self.authenticate([auth_data.credential_data], allow=False)
        self.assertEqual(used.credential_id, auth_data.credential_data.credential_id)
        self.assertEqual(response.response.user_handle, ALICE["id"])

    def test_presence_is_enough_where_the_server_says_so(self):
        auth_data, _ = self.register(resident="discouraged", uv="discouraged")
        self.assertEqual(auth_data.flags & (UP | UV), UP)
        _, response = self.authenticate([auth_data.credential_data], uv="discouraged")
        self.assertEqual(response.response.authenticator_data.flags & (UP | UV), UP)

    def test_a_registered_passkey_is_not_registered_twice(self):
        auth_data, _ = self.register()
        known = [auth_data.credential_data]
        with self.assertRaisesRegex(Exception, "DEVICE_INELIGIBLE|CREDENTIAL_EXCLUDED"):
            self.register(known=known)
        self.register(user=BOB)

    def test_prf_gives_the_same_secret_at_creation_and_sign_in(self):
        salts = {"eval": {"first": b"first", "second": b"second"}}
        auth_data, created = self.register(extensions={"prf": salts})
        at_creation = created.client_extension_results["prf"]
        self.assertTrue(at_creation["enabled"])
        known = [auth_data.credential_data]
        _, signed = self.authenticate(known, extensions={"prf": salts})
        results = signed.client_extension_results["prf"]["results"]
        self.assertEqual(results, at_creation["results"])
        self.assertNotEqual(results["first"], results["second"])
        _, signed = self.authenticate(known, extensions={"prf": {"eval": {"first": b"other"}}})
        self.assertNotEqual(signed.client_extension_results["prf"]["results"]["first"], results["first"])

    def test_a_blob_and_a_policy_are_confirmed_and_kept(self):
        extensions = {"credBlob": b"a blob", "credentialProtectionPolicy": "userVerificationRequired"}
        auth_data, _ = self.register(extensions=extensions)
        self.assertEqual(auth_data.extensions, {"credBlob": True, "credProtect": 3})
        # Without names: python-fido2 looks for them without verification first, which level 3 does not answer.
        known = [auth_data.credential_data]
        _, signed = self.authenticate(known, allow=False, extensions={"getCredBlob": True})
        self.assertEqual(signed.response.authenticator_data.extensions, {"credBlob": b"a blob"})

    def test_the_person_can_choose_this_device(self):
        self.client.selection()


if __name__ == "__main__":
    unittest.main()
