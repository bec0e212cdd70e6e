//! What a site has as its list of related origins: read, and asked for some origins.

#![no_main]
#![allow(
    clippy::unwrap_used,
    reason = "a fixture that fails must stop the run, not empty it"
)]

use libfuzzer_sys::fuzz_target;
use roamkey_webauthn::{Assertion, Origin, RelatedOrigins, RequestOptions};

fuzz_target!(|data: &[u8]| {
    let Ok(list) = RelatedOrigins::parse("example.com", data) else {
        return;
    };
    for origin in [
        "https://example.org",
        "https://example.co.uk:8443",
        "http://localhost",
    ] {
        let options = RequestOptions::from_json(r#"{"challenge": "AAECAw", "rpId": "example.com"}"#).unwrap();
        if Assertion::related(options, &Origin::parse(origin).unwrap(), &list).is_ok() {
            assert!(
                origin.starts_with("https://"),
                "an origin without a registrable domain"
            );
        }
    }
});
