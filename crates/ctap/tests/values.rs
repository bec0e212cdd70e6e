//! What the small values say, each rule by itself: identifiers, lookups, limits, and what `Debug` keeps to itself.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use roamkey_cbor::{Map, Value, encode};
use roamkey_ctap::get_info::Info;
use roamkey_ctap::{
    Aaguid, Algorithm, Command, CredProtect, CredentialId, LargeBlob, MAX_MESSAGE_SIZE, PrfEvaluation,
    PrfInputs, PublicKeyCredentialDescriptor, PublicKeyCredentialParameters, PublicKeyCredentialUserEntity,
    RpId, StatusCode, UserHandle, get_assertion,
};

fn evaluation(first: u8, second: Option<u8>) -> PrfEvaluation {
    PrfEvaluation {
        first: [first; 32],
        second: second.map(|byte| [byte; 32]),
    }
}

fn status(message: &[u8]) -> Option<StatusCode> {
    Command::decode(message).err().map(|error| error.status())
}

#[test]
fn algorithms_have_the_identifiers_of_cose() {
    for (algorithm, identifier) in [
        (Algorithm::Es256, -7),
        (Algorithm::EdDsa, -8),
        (Algorithm::Rs256, -257),
    ] {
        assert_eq!(algorithm.cose(), identifier);
        assert_eq!(Algorithm::from_cose(identifier), Some(algorithm));
        let parameters = PublicKeyCredentialParameters::new(algorithm);
        assert_eq!(parameters.algorithm(), Some(algorithm));
    }
    for identifier in [7, 8, 257, -35, 0] {
        assert_eq!(Algorithm::from_cose(identifier), None);
    }
}

#[test]
fn protection_levels_are_1_to_3() {
    for level in [1, 2, 3] {
        let policy = CredProtect::from_level(level).unwrap();
        assert_eq!(u64::from(policy.level()), level);
    }
    assert_eq!(
        (CredProtect::from_level(0), CredProtect::from_level(4)),
        (None, None)
    );
}

#[test]
fn prf_inputs_for_a_credential_win_over_those_for_any() {
    let (own, other) = (CredentialId::new(*b"own"), CredentialId::new(*b"other"));
    let mut inputs = PrfInputs {
        eval: None,
        eval_by_credential: vec![(own.clone(), evaluation(1, None))],
    };
    assert_eq!(inputs.for_credential(&own), Some(&evaluation(1, None)));
    assert_eq!(inputs.for_credential(&other), None);
    inputs.eval = Some(evaluation(2, None));
    assert_eq!(inputs.for_credential(&own), Some(&evaluation(1, None)));
    assert_eq!(inputs.for_credential(&other), Some(&evaluation(2, None)));
}

#[test]
fn evaluations_are_equal_only_if_both_values_are() {
    assert_eq!(evaluation(1, Some(2)), evaluation(1, Some(2)));
    assert_ne!(evaluation(1, Some(2)), evaluation(1, Some(3)));
    assert_ne!(evaluation(1, Some(2)), evaluation(3, Some(2)));
    assert_ne!(evaluation(1, Some(2)), evaluation(1, None));
    assert_ne!(evaluation(1, None), evaluation(2, None));
}

#[test]
fn a_response_names_the_credential_that_signed() {
    let id = CredentialId::new(*b"id");
    let mut response = get_assertion::Response {
        credential: Some(PublicKeyCredentialDescriptor::new(id.clone())),
        auth_data: Vec::new(),
        signature: Vec::new(),
        user: None,
        number_of_credentials: None,
        user_selected: None,
        prf: None,
        large_blob: None,
    };
    assert_eq!(response.credential_id(), Some(&id));
    response.credential = None;
    assert_eq!(response.credential_id(), None);
}

#[test]
fn get_info_leaves_out_what_is_empty_and_finds_options() {
    let info = Info {
        versions: Vec::new(),
        extensions: Vec::new(),
        aaguid: Aaguid([0; 16]),
        options: vec![("rk".to_owned(), true), ("uv".to_owned(), false)],
        max_msg_size: None,
        pin_uv_auth_protocols: Vec::new(),
        max_credential_count_in_list: None,
        max_credential_id_length: None,
        transports: Vec::new(),
        algorithms: Vec::new(),
        max_cred_blob_length: None,
        attestation_formats: Vec::new(),
    };
    assert_eq!(
        (info.option("rk"), info.option("uv"), info.option("up")),
        (Some(true), Some(false), None)
    );
    let encoded = info.encode();
    let map = roamkey_cbor::decode(&encoded).unwrap().into_map().unwrap();
    let keys: Vec<_> = map.iter().map(|(key, _)| key.as_u64()).collect();
    assert_eq!(keys, [Some(1), Some(3), Some(4)]);
}

#[test]
fn a_message_may_be_as_long_as_its_limit() {
    let mut message = vec![0x01; MAX_MESSAGE_SIZE];
    assert_eq!(status(&message), Some(StatusCode::InvalidCbor));
    message.push(0);
    assert_eq!(status(&message), Some(StatusCode::RequestTooLarge));
    message.push(0);
    assert_eq!(status(&message), Some(StatusCode::RequestTooLarge));
    assert_eq!(LargeBlob::MAX_LENGTH, 65_536);
}

/// Wraps a value into maps until it is `levels` deep.
fn deep(levels: usize) -> Value<'static> {
    (0..levels).fold(Value::from(0), |inner, _| Map::new().with("x", inner).into())
}

#[test]
fn only_prf_may_be_five_levels_deep() {
    let request = |extensions: Map<'static>, other: Value<'static>| {
        let map = Map::new()
            .with(1, "example.com")
            .with(2, [0; 32])
            .with(4, extensions)
            .with(99, other);
        [vec![0x02], encode(&map.into())].concat()
    };
    let by_credential = Map::new().with([1; 3].as_slice(), Map::new().with("first", [0; 32]));
    let prf = || Map::new().with("prf", Map::new().with("evalByCredential", by_credential.clone()));
    assert_eq!(status(&request(prf(), Value::from(0))), None);
    // Beside it, everything keeps to four levels, the parameters being the first.
    assert_eq!(status(&request(prf(), deep(3))), None);
    assert_eq!(status(&request(prf(), deep(4))), Some(StatusCode::InvalidCbor));
    assert_eq!(
        status(&request(prf().with("other", deep(2)), Value::from(0))),
        None
    );
    assert_eq!(
        status(&request(prf().with("other", deep(3)), Value::from(0))),
        Some(StatusCode::InvalidCbor)
    );
    assert_eq!(status(&request(Map::new(), deep(3))), None);
    assert_eq!(
        status(&request(Map::new(), deep(4))),
        Some(StatusCode::InvalidCbor)
    );
}

#[test]
fn debug_output_names_the_type_and_keeps_the_rest() {
    let user = PublicKeyCredentialUserEntity {
        id: UserHandle::parse(b"secret").unwrap(),
        name: Some("secret".to_owned()),
        display_name: Some("secret".to_owned()),
    };
    let blob = LargeBlob {
        data: b"secret".to_vec(),
        original_size: 6,
    };
    for (text, name) in [
        (format!("{:?}", RpId::parse("secret").unwrap()), "RpId"),
        (format!("{:?}", user.id), "UserHandle"),
        (format!("{:?}", CredentialId::new(*b"secret")), "CredentialId"),
        (format!("{user:?}"), "PublicKeyCredentialUserEntity"),
        (format!("{:?}", evaluation(1, None)), "PrfEvaluation"),
        (format!("{blob:?}"), "LargeBlob"),
    ] {
        assert!(text.starts_with(name), "{text}");
        assert!(!text.contains("secret") && !text.contains("115"), "{text}");
    }
}
