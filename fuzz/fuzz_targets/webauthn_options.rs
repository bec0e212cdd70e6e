//! A site's options, an origin and an RP ID, all as text: read, asked with, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_webauthn::{
    Assertion, Capabilities, Creation, CreationOptions, KnownPasskey, Origin, RequestOptions,
};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let capabilities = Capabilities::default();
    if let Ok(origin) = Origin::parse(text) {
        assert_eq!(Origin::parse(origin.as_str()).as_ref(), Ok(&origin));
        assert_eq!(origin.rp_id(None).as_deref(), Ok(origin.host()));
    }
    if let Ok(origin) = Origin::parse("https://login.example.org") {
        if let Ok(options) = CreationOptions::from_json(text)
            && let Ok(creation) = Creation::new(options, &origin)
        {
            let _ = creation.ask(&capabilities);
        }
        if let Ok(options) = RequestOptions::from_json(text)
            && let Ok(assertion) = Assertion::new(options, &origin)
        {
            assert!(assertion.ask(&capabilities).is_ok());
        }
        if let Ok(rp_id) = origin.rp_id(Some(text)) {
            assert!(origin.host().ends_with(&rp_id) && rp_id.contains('.'));
        }
    }
    let _ = KnownPasskey::from_registration_json(text);
});
