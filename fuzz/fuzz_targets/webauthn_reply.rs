//! What a phone answers, to both kinds of request, and how it describes itself.

#![no_main]
#![allow(
    clippy::unwrap_used,
    reason = "a fixture that fails must stop the run, not empty it"
)]

use libfuzzer_sys::fuzz_target;
use roamkey_webauthn::{Assertion, Capabilities, Creation, CreationOptions, Origin, RequestOptions};

fuzz_target!(|data: &[u8]| {
    let origin = Origin::parse("https://login.example.org").unwrap();
    let capabilities = Capabilities::from_get_info(data);
    let creation = Creation::new(CreationOptions::from_json(CREATION).unwrap(), &origin).unwrap();
    if let Ok(asked) = creation.ask(&capabilities)
        && let Ok(registration) = creation.finish(&asked, data, &capabilities)
    {
        let _ = registration.to_json();
        let _ = registration.public_key.verifies(data, data);
    }
    let assertion = Assertion::new(RequestOptions::from_json(REQUEST).unwrap(), &origin).unwrap();
    if let Ok(signed_in) = assertion.finish(data, &[]) {
        let _ = signed_in.to_json();
    }
});

const CREATION: &str = r#"{"rp": {"id": "example.org", "name": "E"}, "user": {"id": "AA", "name": "a", "displayName": ""},
    "challenge": "AAECAw", "attestation": "direct", "extensions": {"prf": {}, "largeBlob": {"support": "preferred"}},
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8},
        {"type": "public-key", "alg": -257}, {"type": "public-key", "alg": -35}, {"type": "public-key", "alg": -9}]}"#;

const REQUEST: &str = r#"{"rpId": "example.org", "challenge": "AAECAw",
    "extensions": {"prf": {"eval": {"first": "AA"}}, "largeBlob": {"read": true}}}"#;
