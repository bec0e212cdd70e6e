//! `qr.json`: digits and QR codes, accepted and rejected.

use serde_json::Value as Json;

use super::{array, bytes, fields, list, number, private, text};
use crate::qr::Offer;
use crate::secret::QrSecret;
use crate::{Hint, QrCode, digits};

pub(super) fn run(file: &Json) {
    fields(
        file,
        &[
            "digit_table_bytes_to_digits",
            "digit_encode",
            "digit_decode_reject",
            "accept",
            "reject",
            "implementation_choice",
            "fixed",
        ],
    );
    for (length, digits) in file["digit_table_bytes_to_digits"].as_object().unwrap() {
        let encoded = digits::encode(&vec![0; length.parse().unwrap()]);
        assert_eq!(u64::try_from(encoded.len()).unwrap(), number(digits));
    }
    for case in list(&file["digit_encode"]) {
        let (bytes, digits) = (bytes(&case["bytes"]), text(&case["digits"]));
        assert_eq!(digits::encode(&bytes), digits);
        assert_eq!(digits::decode(digits), Ok(bytes));
    }
    for case in list(&file["digit_decode_reject"]) {
        assert!(digits::decode(text(&case["digits"])).is_err(), "{case}");
    }
    list(&file["accept"]).iter().for_each(accepted);
    for case in list(&file["reject"]) {
        assert!(QrCode::parse(text(&case["url"])).is_err(), "{case}");
    }
    // What other readers may do differently, we accept, as Chromium does.
    for case in list(&file["implementation_choice"]) {
        assert!(QrCode::parse(text(&case["url"])).is_ok(), "{case}");
    }
    written(file);
}

/// A code of `qr.json` or of `external.json`, with or without what it says.
pub(super) fn accepted(case: &Json) {
    let url = text(&case["url"]);
    let digits = &url["FIDO:/".len()..];
    assert_eq!(digits::decode(digits), Ok(bytes(&case["cbor"])), "{case}");
    if let Some(length) = case.get("digits_after_prefix") {
        assert_eq!(u64::try_from(digits.len()).unwrap(), number(length));
    }
    let code = QrCode::parse(url).unwrap_or_else(|error| panic!("{error}: {case}"));
    let Some(parsed) = case.get("parsed") else { return };
    assert_eq!(
        code.client_key.to_uncompressed().to_vec(),
        bytes(&parsed["peer_identity"])
    );
    assert_eq!(code.secret.expose().to_vec(), bytes(&parsed["secret"]));
    assert_eq!(
        code.known_domains().unwrap_or(0),
        number(&parsed["num_known_domains"])
    );
    assert_eq!(
        code.supports_linking(),
        parsed["supports_linking"].as_bool().unwrap_or(false)
    );
    assert_eq!(code.hint().as_str(), text(&parsed["request_type"]));
}

/// Our writer makes the very bytes that Chromium makes.
fn written(file: &Json) {
    let fixed = &file["fixed"];
    let key = private(&fixed["client_identity_private"]).public();
    assert_eq!(
        key.to_uncompressed().to_vec(),
        bytes(&fixed["client_identity_public_uncompressed"])
    );
    assert_eq!(
        key.to_compressed().to_vec(),
        bytes(&fixed["client_identity_public_compressed"])
    );
    let secret = QrSecret::from_bytes(array(&fixed["qr_secret"]));
    for (index, hint, supports_linking) in [
        (0, Hint::GetAssertion, false),
        (1, Hint::MakeCredential, false),
        (2, Hint::GetAssertion, true),
    ] {
        let now = number(&fixed["timestamp"]);
        let offer = Offer {
            client_key: &key,
            secret: &secret,
            now,
            supports_linking,
            hint,
        };
        assert_eq!(offer.to_text(), text(&file["accept"][index]["url"]));
    }
}
