//! What authenticators answer to a registration: the good, and each lie by itself.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod common;

use p256::ecdsa::SigningKey;
use roamkey_cbor::{Map, Value as Cbor, decode, encode};
use roamkey_webauthn::{
    AnswerError, Assertion, Capabilities, CeremonyError, KnownPasskey, RequestOptions, SignatureCheck,
    StatusCode,
};
use serde_json::{Value, json};

use common::{
    ID, RP_ID, authenticator_data, cose, creation, creation_json, finish_creation, key, ok, origin,
    parameters, registered, with_extensions,
};

#[test]
fn a_registration_is_asked_for_as_chromium_does_and_comes_back_as_json() {
    let mut json = creation_json();
    json["extensions"] = json!({ "credProps": true, "prf": {} });
    let creation = creation(&json);
    let capabilities = with_extensions(&["prf"]);
    let asked = creation.ask(&capabilities).unwrap();
    assert_eq!(asked.request[0], 1);
    let sent = parameters(&asked.request);
    assert_eq!(
        sent.get(2).unwrap().as_map().unwrap().get("id"),
        Some(&Cbor::from(RP_ID))
    );
    assert_eq!(
        sent.get(3).unwrap().as_map().unwrap().get("displayName"),
        Some(&Cbor::from(""))
    );
    assert_eq!(sent.get(7).unwrap().as_map().unwrap().len(), 2, "rk and uv");
    assert_eq!(
        sent.get(6).unwrap().as_map().unwrap().get("prf"),
        Some(&Cbor::from(Map::new()))
    );

    let data = authenticator_data(RP_ID, 0x05, Some((ID, cose(&key()))));
    let enabled = Map::new().with("prf", Map::new().with("enabled", true));
    let reply = ok(registered(&asked.request, &data, &key()).with(6, enabled));
    let registration = creation.finish(&asked, &reply, &capabilities).unwrap();
    assert_eq!(registration.signature, SignatureCheck::Verified);
    let json = registration.to_json();
    assert_eq!(json["id"], json["rawId"]);
    assert_eq!(json["response"]["transports"], json!(["hybrid", "internal"]));
    assert_eq!(json["response"]["publicKeyAlgorithm"], -7);
    assert_eq!(
        json["clientExtensionResults"],
        json!({ "credProps": { "rk": true }, "prf": { "enabled": true } })
    );
    let client_data = json["response"]["clientDataJSON"].as_str().unwrap();
    assert!(client_data.starts_with("eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlI"));
    assert!(
        json["response"]["publicKey"]
            .as_str()
            .unwrap()
            .starts_with("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE")
    );
    let known = KnownPasskey::from_registration_json(&json.to_string()).unwrap();
    assert!(
        !format!("{known:?}").contains("[7, 7"),
        "credential IDs are nobody's business"
    );
}

#[test]
fn without_a_wish_for_attestation_there_is_none() {
    let mut json = creation_json();
    json["attestation"] = json!("none");
    let creation = creation(&json);
    let capabilities = Capabilities::default();
    let asked = creation.ask(&capabilities).unwrap();
    let data = authenticator_data(RP_ID, 0x05, Some((ID, cose(&key()))));
    let reply = ok(registered(&asked.request, &data, &key()));
    let registration = creation.finish(&asked, &reply, &capabilities).unwrap();
    assert_eq!(
        registration.signature,
        SignatureCheck::Verified,
        "checked before it is dropped"
    );
    let object = decode(&registration.attestation_object)
        .unwrap()
        .into_map()
        .unwrap();
    assert_eq!(object.get("fmt"), Some(&Cbor::from("none")));
    assert_eq!(object.get("attStmt"), Some(&Cbor::from(Map::new())));
}

#[test]
fn each_lie_about_a_new_passkey_is_told() {
    let good = |request: &[u8]| {
        let data = authenticator_data(RP_ID, 0x05, Some((ID, cose(&key()))));
        registered(request, &data, &key())
    };
    let with_data = |data: Vec<u8>| move |request: &[u8]| ok(registered(request, &data, &key()));
    assert_eq!(
        finish_creation(|request| ok(good(request))),
        Ok(SignatureCheck::Verified)
    );

    let other_site = authenticator_data("example.com", 0x05, Some((ID, cose(&key()))));
    assert_eq!(
        finish_creation(with_data(other_site)),
        Err(AnswerError::WrongSite)
    );
    let nobody = authenticator_data(RP_ID, 0x04, Some((ID, cose(&key()))));
    assert_eq!(finish_creation(with_data(nobody)), Err(AnswerError::NotPresent));
    let unverified = authenticator_data(RP_ID, 0x01, Some((ID, cose(&key()))));
    assert_eq!(
        finish_creation(with_data(unverified)),
        Err(AnswerError::NotVerified)
    );
    let excluded = authenticator_data(RP_ID, 0x05, Some((&[0xFF], cose(&key()))));
    assert_eq!(finish_creation(with_data(excluded)), Err(AnswerError::Excluded));
    let ed25519 = Map::new().with(1, 1).with(3, -8).with(-1, 6).with(-2, [1_u8; 32]);
    let unwanted = authenticator_data(RP_ID, 0x05, Some((ID, ed25519)));
    assert_eq!(
        finish_creation(with_data(unwanted)),
        Err(AnswerError::WrongAlgorithm)
    );
    let no_key = authenticator_data(RP_ID, 0x05, None);
    let error = AnswerError::Malformed("attested credential data");
    assert_eq!(finish_creation(with_data(no_key)), Err(error));
    let odd_key = authenticator_data(RP_ID, 0x05, Some((ID, cose(&key()).with(-2, [1_u8; 31]))));
    assert_eq!(
        finish_creation(with_data(odd_key)),
        Err(AnswerError::Malformed("public key"))
    );
    let mut trailing = authenticator_data(RP_ID, 0x05, Some((ID, cose(&key()))));
    trailing.push(0);
    assert_eq!(
        finish_creation(with_data(trailing)),
        Err(AnswerError::Malformed("authenticator data"))
    );
    let nameless = authenticator_data(RP_ID, 0x05, Some((&[], cose(&key()))));
    assert_eq!(
        finish_creation(with_data(nameless)),
        Err(AnswerError::Malformed("credential id"))
    );

    let other_key = SigningKey::from_slice(&[8; 32]).unwrap();
    let data = authenticator_data(RP_ID, 0x05, Some((ID, cose(&key()))));
    let forged = finish_creation(|request| ok(registered(request, &data, &other_key)));
    assert_eq!(forged, Err(AnswerError::Signature));
    let other_request = finish_creation(|_| {
        ok(registered(
            &[&[1], &encode(&Cbor::from(Map::new().with(1, [0_u8; 32])))[..]].concat(),
            &data,
            &key(),
        ))
    });
    assert_eq!(other_request, Err(AnswerError::Signature));
    let none_with_something = finish_creation(|request| ok(good(request).with(1, "none")));
    assert_eq!(none_with_something, Err(AnswerError::Malformed("attStmt")));
    let by_certificate = Map::new()
        .with("alg", -7)
        .with("sig", [0_u8; 70])
        .with("x5c", vec![Cbor::from([1_u8; 3])]);
    let certified = finish_creation(|request| ok(good(request).with(3, by_certificate)));
    assert_eq!(
        certified,
        Ok(SignatureCheck::Unknown),
        "certificates are the site's to judge"
    );
    let none = finish_creation(|request| ok(good(request).with(1, "none").with(3, Map::new())));
    assert_eq!(none, Ok(SignatureCheck::None));
}

#[test]
fn each_malformed_reply_is_told() {
    let cases: [(Vec<u8>, AnswerError); 7] = [
        (vec![], AnswerError::Malformed("status")),
        (vec![0x27], AnswerError::Status(StatusCode::OperationDenied)),
        (
            vec![0x19, 0xA0],
            AnswerError::Status(StatusCode::CredentialExcluded),
        ),
        (vec![0], AnswerError::Cbor(roamkey_cbor::Error::Truncated)),
        (
            vec![0, 0xA0, 0x00],
            AnswerError::Cbor(roamkey_cbor::Error::Trailing),
        ),
        (vec![0, 0x80], AnswerError::Malformed("answer")),
        (vec![0, 0xA0], AnswerError::Malformed("authData")),
    ];
    for (reply, error) in cases {
        assert_eq!(finish_creation(|_| reply), Err(error));
    }
    // Keys in the wrong order.
    let unordered = finish_creation(|_| vec![0, 0xA2, 0x02, 0x40, 0x01, 0x60]);
    assert!(matches!(unordered, Err(AnswerError::Cbor(_))));
}

#[test]
fn what_the_site_demands_and_the_authenticator_lacks_is_told_before_it_is_asked() {
    let without = |option: &str| {
        let options = Map::new().with("rk", option != "rk").with("uv", option != "uv");
        let info = Map::new()
            .with(1, vec![Cbor::from("FIDO_2_1")])
            .with(3, [0_u8; 16])
            .with(4, options);
        Capabilities::from_get_info(&encode(&Cbor::from(info)))
    };
    let creation = |selection: Value, extensions: Value| {
        let mut json = creation_json();
        json["authenticatorSelection"] = selection;
        json["extensions"] = extensions;
        creation(&json)
    };
    let error = creation(json!({ "userVerification": "required" }), json!({}))
        .ask(&without("uv"))
        .unwrap_err();
    assert_eq!(error, CeremonyError::CannotVerify);
    let error = creation(json!({ "residentKey": "required" }), json!({}))
        .ask(&without("rk"))
        .unwrap_err();
    assert_eq!(error, CeremonyError::CannotKeep);
    let blob = json!({ "largeBlob": { "support": "required" } });
    let error = creation(json!({}), blob)
        .ask(&Capabilities::default())
        .unwrap_err();
    assert_eq!(error, CeremonyError::MissingExtension("largeBlob"));
    let protect = json!({
        "credentialProtectionPolicy": "userVerificationRequired", "enforceCredentialProtectionPolicy": true
    });
    let error = creation(json!({}), protect)
        .ask(&Capabilities::default())
        .unwrap_err();
    assert_eq!(error, CeremonyError::MissingExtension("credProtect"));
    let wanted = RequestOptions::from_json(
        r#"{"challenge": "AA", "rpId": "example.org", "userVerification": "required"}"#,
    );
    let error = Assertion::new(wanted.unwrap(), &origin())
        .unwrap()
        .ask(&without("uv"))
        .unwrap_err();
    assert_eq!(error, CeremonyError::CannotVerify);
}

#[test]
fn an_odd_description_stops_nobody() {
    for odd in [
        &b""[..],
        &[0xA0],
        &[0xFF; 100],
        b"\xA1\x01\x81\x68FIDO_2_9",
        &[0x00, 0xA0],
    ] {
        let asked = creation(&creation_json())
            .ask(&Capabilities::from_get_info(odd))
            .unwrap();
        assert!(
            parameters(&asked.request).get(7).is_some(),
            "rk and uv, as of a plain phone"
        );
    }
}

#[test]
fn a_full_phone_is_asked_once_more_for_less() {
    let creation = creation(&creation_json());
    let capabilities = Capabilities::default();
    let asked = creation.ask(&capabilities).unwrap();
    let again = creation.ask_again(&capabilities, &asked, &[0x28]).unwrap();
    assert_eq!(
        parameters(&again.request)
            .get(7)
            .unwrap()
            .as_map()
            .unwrap()
            .get("rk"),
        None
    );
    assert!(creation.ask_again(&capabilities, &again, &[0x28]).is_none());
    assert!(creation.ask_again(&capabilities, &asked, &[0x27]).is_none());
}
