//! Properties of every message in both directions.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod canonical;

use canonical::assert_canonical;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use roamkey_cbor::Map;
use roamkey_ctap::get_info::Info;
use roamkey_ctap::make_credential::Options;
use roamkey_ctap::{
    Aaguid, Algorithm, AttestedCredentialData, AuthenticatorData, ClientPin, Command, CoseKey, CredProtect,
    CredentialId, Flags, HmacSecretInput, KeyAgreement, LargeBlob, LargeBlobInput, LargeBlobOutput,
    LargeBlobSupport, PrfEvaluation, PrfInputs, PrfOutputs, PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters, PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity, RpId,
    UserHandle, get_assertion, make_credential,
};

fn rp_id() -> impl Strategy<Value = RpId> {
    "[a-z0-9.-]{1,60}".prop_map(|text| RpId::parse(&text).unwrap())
}

fn user() -> BoxedStrategy<PublicKeyCredentialUserEntity> {
    (
        vec(any::<u8>(), 1..=64),
        option::of(".{0,40}"),
        option::of(".{0,40}"),
    )
        .prop_map(|(id, name, display_name)| PublicKeyCredentialUserEntity {
            id: UserHandle::parse(&id).unwrap(),
            name,
            display_name,
        })
        .boxed()
}

fn credential_id() -> impl Strategy<Value = CredentialId> {
    vec(any::<u8>(), 0..100).prop_map(CredentialId::new)
}

fn descriptors() -> BoxedStrategy<Vec<PublicKeyCredentialDescriptor>> {
    vec(credential_id().prop_map(PublicKeyCredentialDescriptor::new), 0..6).boxed()
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop_oneof![
        Just(Algorithm::Es256),
        Just(Algorithm::EdDsa),
        Just(Algorithm::Rs256)
    ]
}

fn large_blob() -> impl Strategy<Value = LargeBlob> {
    any::<(Vec<u8>, u64)>().prop_map(|(data, original_size)| LargeBlob { data, original_size })
}

fn large_blob_support() -> impl Strategy<Value = LargeBlobSupport> {
    prop_oneof![
        Just(LargeBlobSupport::Required),
        Just(LargeBlobSupport::Preferred)
    ]
}

fn large_blob_input() -> BoxedStrategy<LargeBlobInput> {
    prop_oneof![
        Just(LargeBlobInput::Read),
        large_blob().prop_map(LargeBlobInput::Write)
    ]
    .boxed()
}

fn large_blob_output() -> BoxedStrategy<LargeBlobOutput> {
    prop_oneof![
        any::<bool>().prop_map(LargeBlobOutput::Written),
        large_blob().prop_map(LargeBlobOutput::Read)
    ]
    .boxed()
}

fn evaluation() -> impl Strategy<Value = PrfEvaluation> {
    (any::<[u8; 32]>(), any::<Option<[u8; 32]>>()).prop_map(|(first, second)| PrfEvaluation { first, second })
}

fn prf_inputs() -> BoxedStrategy<PrfInputs> {
    let entries = prop::collection::btree_map(vec(any::<u8>(), 32..=32), evaluation(), 0..3);
    (option::of(evaluation()), entries)
        .prop_map(|(eval, entries)| PrfInputs {
            eval,
            eval_by_credential: entries
                .into_iter()
                .map(|(id, eval)| (CredentialId::new(id), eval))
                .collect(),
        })
        .boxed()
}

fn hmac_secret() -> BoxedStrategy<HmacSecretInput> {
    let parts = (
        cose_key(),
        any::<Vec<u8>>(),
        any::<Vec<u8>>(),
        any::<Option<u64>>(),
    );
    parts
        .prop_map(|(key_agreement, salt_enc, salt_auth, protocol)| HmacSecretInput {
            key_agreement,
            salt_enc,
            salt_auth,
            protocol,
        })
        .boxed()
}

fn options() -> impl Strategy<Value = Options> {
    any::<(Option<bool>, Option<bool>, Option<bool>)>().prop_map(|(rk, up, uv)| Options { rk, up, uv })
}

prop_compose! {
    fn make_credential_request()(
        client_data_hash: [u8; 32],
        rp in (rp_id(), option::of(".{0,40}")).prop_map(|(id, name)| PublicKeyCredentialRpEntity { id, name }),
        user in user(),
        parameters in vec(algorithm().prop_map(PublicKeyCredentialParameters::new), 0..4),
        exclude_list in descriptors(),
        prf in option::of(prf_inputs().prop_map(|inputs| PrfInputs { eval: inputs.eval, ..PrfInputs::default() })),
        level in option::of(1_u64..=3),
        cred_blob in option::of(vec(any::<u8>(), 0..40)),
        hmac_secret: Option<bool>,
        hmac_secret_mc in option::of(hmac_secret()),
        large_blob in option::of(large_blob_support()),
        options in options(),
        pin in any::<(Option<Vec<u8>>, Option<u64>, Option<u64>)>(),
        formats in vec("[a-z]{1,8}", 0..3),
    ) -> Command {
        Command::MakeCredential(Box::new(make_credential::Request {
            client_data_hash, rp, user,
            pub_key_cred_params: parameters,
            exclude_list,
            extensions: make_credential::ExtensionInputs {
                prf,
                cred_protect: level.and_then(CredProtect::from_level),
                cred_blob, hmac_secret, hmac_secret_mc, large_blob,
            },
            options,
            pin_uv_auth_param: pin.0,
            pin_uv_auth_protocol: pin.1,
            enterprise_attestation: pin.2,
            attestation_formats_preference: formats,
        }))
    }
}

prop_compose! {
    fn get_assertion_request()(
        rp_id in rp_id(),
        client_data_hash: [u8; 32],
        allow_list in descriptors(),
        prf in option::of(prf_inputs()),
        cred_blob: Option<bool>,
        hmac_secret in option::of(hmac_secret()),
        large_blob in option::of(large_blob_input()),
        options in options(),
        pin in any::<(Option<Vec<u8>>, Option<u64>)>(),
    ) -> Command {
        Command::GetAssertion(Box::new(get_assertion::Request {
            rp_id, client_data_hash, allow_list,
            extensions: get_assertion::ExtensionInputs { prf, cred_blob, hmac_secret, large_blob },
            options,
            pin_uv_auth_param: pin.0,
            pin_uv_auth_protocol: pin.1,
        }))
    }
}

fn command() -> BoxedStrategy<Command> {
    prop_oneof![
        make_credential_request().boxed(),
        get_assertion_request().boxed(),
        any::<(Option<u64>, u64)>()
            .prop_map(|(protocol, subcommand)| Command::ClientPin(ClientPin { protocol, subcommand })),
        Just(Command::GetInfo),
        Just(Command::GetNextAssertion),
        Just(Command::Selection),
    ]
    .boxed()
}

fn cose_key() -> BoxedStrategy<CoseKey> {
    prop_oneof![
        any::<([u8; 32], [u8; 32])>().prop_map(|(x, y)| CoseKey::Es256 { x, y }),
        any::<([u8; 32], [u8; 32])>().prop_map(|(x, y)| CoseKey::Ecdh { x, y }),
        any::<[u8; 32]>().prop_map(|x| CoseKey::EdDsa { x }),
        any::<(Vec<u8>, Vec<u8>)>().prop_map(|(n, e)| CoseKey::Rs256 { n, e }),
    ]
    .boxed()
}

prop_compose! {
    fn authenticator_data()(
        rp_id_hash: [u8; 32],
        flags in any::<[bool; 4]>().prop_map(|bits| Flags {
            user_present: bits[0], user_verified: bits[1], backup_eligible: bits[2], backup_state: bits[3],
        }),
        sign_count: u32,
        attested in option::of((any::<[u8; 16]>(), credential_id(), cose_key()).prop_map(
            |(aaguid, credential_id, public_key)| AttestedCredentialData {
                aaguid: Aaguid(aaguid), credential_id, public_key,
            },
        )),
        extensions in option::of("[a-z]{1,8}".prop_map(|name| Map::new().with(name, true))),
    ) -> AuthenticatorData {
        AuthenticatorData { rp_id_hash, flags, sign_count, attested, extensions }
    }
}

fn prf_outputs() -> BoxedStrategy<Option<PrfOutputs>> {
    option::of(
        (any::<Option<bool>>(), option::of(evaluation()))
            .prop_map(|(enabled, results)| PrfOutputs { enabled, results }),
    )
    .boxed()
}

prop_compose! {
    fn make_credential_response()(
        fmt in "[a-z]{1,8}", auth_data: Vec<u8>, signature: Option<Vec<u8>>, prf in prf_outputs(),
        large_blob_supported: Option<bool>,
    ) -> make_credential::Response {
        let att_stmt = Map::new().with_some("sig", signature);
        make_credential::Response { fmt, auth_data, att_stmt, prf, large_blob_supported }
    }
}

prop_compose! {
    fn get_assertion_response()(
        credential in option::of(credential_id().prop_map(PublicKeyCredentialDescriptor::new)),
        auth_data: Vec<u8>,
        signature: Vec<u8>,
        user in option::of(user()),
        number_of_credentials: Option<u64>,
        user_selected: Option<bool>,
        prf in prf_outputs(),
        large_blob in option::of(large_blob_output()),
    ) -> get_assertion::Response {
        get_assertion::Response {
            credential, auth_data, signature, user, number_of_credentials, user_selected, prf, large_blob,
        }
    }
}

prop_compose! {
    fn info()(
        versions in vec("FIDO_2_[0-3]", 0..3),
        extensions in vec("[a-z]{1,8}", 0..3),
        aaguid: [u8; 16],
        options in prop::collection::btree_map("[a-z]{1,8}", any::<bool>(), 0..4),
        numbers: [Option<u64>; 4],
        pin_uv_auth_protocols in vec(1_u64..3, 0..3),
        transports in vec("[a-z]{1,8}", 0..3),
        algorithms in vec(algorithm().prop_map(PublicKeyCredentialParameters::new), 0..3),
    ) -> Info {
        let mut options: Vec<(String, bool)> = options.into_iter().collect();
        options.sort_by_key(|(name, _)| (name.len(), name.clone()));
        Info {
            versions,
            attestation_formats: extensions.clone(),
            extensions,
            aaguid: Aaguid(aaguid),
            options,
            max_msg_size: numbers[0],
            pin_uv_auth_protocols,
            max_credential_count_in_list: numbers[1],
            max_credential_id_length: numbers[2],
            transports,
            algorithms,
            max_cred_blob_length: numbers[3],
        }
    }
}

proptest! {
    #[test]
    fn commands_survive_the_wire(command in command()) {
        let message = command.encode();
        if message.len() > 1 {
            assert_canonical(&message[1..]);
        }
        prop_assert_eq!(Command::decode(&message), Ok(command));
    }

    #[test]
    fn a_truncated_command_is_refused(command in command(), place in any::<prop::sample::Index>()) {
        let message = command.encode();
        prop_assume!(message.len() > 1);
        prop_assert!(Command::decode(&message[..place.index(message.len())]).is_err());
    }

    #[test]
    fn responses_survive_the_wire(
        created in make_credential_response(), signed in get_assertion_response(), key in cose_key(),
    ) {
        assert_canonical(&created.encode()[1..]);
        assert_canonical(&signed.encode()[1..]);
        prop_assert_eq!(make_credential::Response::decode(&created.encode()), Ok(created));
        prop_assert_eq!(get_assertion::Response::decode(&signed.encode()), Ok(signed));
        assert_canonical(&KeyAgreement(key.clone()).encode()[1..]);
        prop_assert_eq!(KeyAgreement::decode(&KeyAgreement(key.clone()).encode()), Ok(KeyAgreement(key)));
    }

    #[test]
    fn info_survives_the_wire(info in info()) {
        assert_canonical(&info.encode());
        prop_assert_eq!(Info::decode(&info.encode()), Ok(info));
    }

    #[test]
    fn authenticator_data_survives_the_wire(data in authenticator_data()) {
        let bytes = data.encode().unwrap();
        if let Some(extensions) = &data.extensions {
            let written = roamkey_cbor::encode(&extensions.clone().into());
            assert_canonical(&written);
            prop_assert!(bytes.ends_with(&written));
        }
        prop_assert_eq!(AuthenticatorData::decode(&bytes), Ok(data));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200), command in 0_u8..16) {
        let _ = Command::decode(&bytes);
        let _ = Command::decode(&[&[command], &bytes[..]].concat());
        let _ = make_credential::Response::decode(&bytes);
        let _ = get_assertion::Response::decode(&bytes);
        let _ = AuthenticatorData::decode(&bytes);
        let _ = Info::decode(&bytes);
        let _ = KeyAgreement::decode(&bytes);
    }

    #[test]
    fn a_changed_byte_never_panics(command in command(), place in any::<prop::sample::Index>(), byte: u8) {
        let mut message = command.encode();
        let place = place.index(message.len());
        message[place] = byte;
        if let Ok(decoded) = Command::decode(&message) {
            prop_assert!(Command::decode(&decoded.encode()).is_ok());
        }
    }
}
