//! `derive.json`: key derivation, and how Chromium turns a seed into a key.

use hkdf::Hkdf;
use p256::Scalar;
use serde_json::Value as Json;
use sha2::Sha256;

use super::{bytes, fields, list, number, private, text};
use crate::derive;

pub(super) fn run(file: &Json) {
    fields(file, &["derive", "boringssl_ec_key_from_seed"]);
    for case in list(&file["derive"]) {
        fields(
            case,
            &["name", "secret", "salt", "type", "info", "length", "output"],
        );
        assert_eq!(
            bytes(&case["output"]).len(),
            usize::try_from(number(&case["length"])).unwrap()
        );
        derived(case);
    }
    for case in list(&file["boringssl_ec_key_from_seed"]["cases"]) {
        let mut wide = [0; 48];
        Hkdf::<Sha256>::new(None, &bytes(&case["seed"]))
            .expand(b"derive EC key P-256", &mut wide)
            .unwrap();
        let scalar = wide.iter().fold(Scalar::ZERO, |scalar, byte| {
            scalar * Scalar::from(256_u64) + Scalar::from(u64::from(*byte))
        });
        assert_eq!(scalar.to_bytes().to_vec(), bytes(&case["private"]));
        assert_eq!(
            private(&case["private"]).public().to_uncompressed().to_vec(),
            bytes(&case["public"])
        );
    }
}

/// A derivation of `derive.json` or of `external.json`.
pub(super) fn derived(case: &Json) {
    let expected = bytes(&case["output"]);
    let mut output = vec![0; expected.len()];
    let purpose = u32::try_from(number(&case["type"])).unwrap();
    if let Some(info) = case.get("info") {
        assert_eq!(text(info), hex::encode(purpose.to_le_bytes()));
    }
    derive::derive(
        &bytes(&case["secret"]),
        &bytes(&case["salt"]),
        purpose,
        &mut output,
    );
    assert_eq!(output, expected, "{case}");
}
