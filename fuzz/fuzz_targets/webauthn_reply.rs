//! What a phone answers, to both kinds of request, and how it describes itself.

#![no_main]
#![allow(
    clippy::unwrap_used,
    reason = "a fixture that fails must stop the run, not empty it"
)]

use libfuzzer_sys::fuzz_target;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
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
    let mut rng = StdRng::seed_from_u64(1);
    if let Some(agreement) = assertion.key_agreement(&capabilities) {
        let _ = agreement.agree(data, &mut rng);
    }
    // An authenticator that seals outputs, so that what it sealed is opened too.
    let sealing = Capabilities::from_get_info(HMAC_SECRET);
    let salts = assertion
        .key_agreement(&sealing)
        .unwrap()
        .agree(KEY, &mut rng)
        .unwrap()
        .unwrap();
    let options = RequestOptions::from_json(REQUEST).unwrap();
    let sealed = Assertion::new(options, &origin).unwrap().with_salts(salts);
    if let Ok(signed_in) = sealed.finish(data, &[]) {
        let _ = signed_in.to_json();
    }
    if let Ok(signed_in) = assertion.finish(data, &[]) {
        let _ = signed_in.to_json();
    }
});

/// {1: ["FIDO_2_1"], 2: ["hmac-secret"], 3: 16 bytes, 6: [2]}
const HMAC_SECRET: &[u8] =
    b"\xA4\x01\x81\x68FIDO_2_1\x02\x81\x6Bhmac-secret\x03\x50AAAAAAAAAAAAAAAA\x06\x81\x02";

/// The generator of P-256 as a key agreement key.
const KEY: &[u8] = b"\x00\xA1\x01\xA5\x01\x02\x03\x38\x18\x20\x01\x21\x58\x20\
    \x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\
    \x22\x58\x20\
    \x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

const CREATION: &str = r#"{"rp": {"id": "example.org", "name": "E"}, "user": {"id": "AA", "name": "a", "displayName": ""},
    "challenge": "AAECAw", "attestation": "direct", "extensions": {"prf": {}, "largeBlob": {"support": "preferred"}},
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8},
        {"type": "public-key", "alg": -257}, {"type": "public-key", "alg": -35}, {"type": "public-key", "alg": -9}]}"#;

const REQUEST: &str = r#"{"rpId": "example.org", "challenge": "AAECAw",
    "extensions": {"prf": {"eval": {"first": "AA"}}, "largeBlob": {"read": true}}}"#;
