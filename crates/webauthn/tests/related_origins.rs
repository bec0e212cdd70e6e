//! Lists of related origins: who may use another domain's RP ID, and what a list may look like.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use proptest::prelude::*;
use roamkey_webauthn::{
    Assertion, CeremonyError, Creation, CreationOptions, Origin, RelatedOrigins, RelatedOriginsError,
    RequestOptions, RpIdError,
};
use serde_json::json;

const RP_ID: &str = "example.com";

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

fn list(origins: &[&str]) -> RelatedOrigins {
    RelatedOrigins::parse(RP_ID, json!({ "origins": origins }).to_string().as_bytes()).unwrap()
}

/// Whether a sign-in from `from` at [`RP_ID`] is allowed by this list.
fn allows(list: &RelatedOrigins, from: &str) -> bool {
    let options = RequestOptions::from_json(r#"{"challenge": "AAECAw", "rpId": "example.com"}"#).unwrap();
    match Assertion::related(options, &origin(from), list) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error, CeremonyError::RpId(RpIdError::NotListed));
            false
        }
    }
}

#[test]
fn a_list_is_wanted_only_where_the_rp_id_is_of_another_domain() {
    let wanted = |from: &str, named: Option<&str>| RelatedOrigins::wanted(&origin(from), named);
    assert_eq!(
        wanted("https://example.co.uk", Some(RP_ID)).unwrap(),
        "https://example.com/.well-known/webauthn"
    );
    for (from, named) in [
        ("https://example.com", Some(RP_ID)),
        ("https://login.example.com", Some(RP_ID)),
        ("https://example.org", None),
        // Nobody's list may speak for these.
        ("https://example.org", Some("com")),
        ("https://example.org", Some("github.io")),
        ("https://example.org", Some("localhost")),
        ("https://example.org", Some("127.0.0.1")),
        ("https://example.org", Some("example.com:8443")),
        ("https://example.org", Some("user@example.com")),
    ] {
        assert_eq!(wanted(from, named), None, "{from} {named:?}");
    }
}

#[test]
fn a_listed_origin_may_use_the_rp_id_and_no_other_may() {
    let list = list(&[
        "https://example.co.uk",
        "https://shop.example.de:8443/some/page?q#here",
        "HTTPS://Other.Example.NET:443",
        "https://bücher.example.org",
    ]);
    for from in [
        "https://example.co.uk",
        "https://shop.example.de:8443",
        "https://other.example.net",
        "https://xn--bcher-kva.example.org",
    ] {
        assert!(allows(&list, from), "{from}");
    }
    for from in [
        "https://login.example.co.uk",
        "https://shop.example.de",
        "https://example.de:8443",
        "https://example.fr",
        "http://localhost",
    ] {
        assert!(!allows(&list, from), "{from}");
    }
}

#[test]
fn a_list_speaks_for_its_own_rp_id_only() {
    let list = list(&["https://example.org"]);
    for rp_id in [r#", "rpId": "example.net""#, ""] {
        let options = format!(r#"{{"challenge": "AAECAw"{rp_id}}}"#);
        let options = RequestOptions::from_json(&options).unwrap();
        assert!(Assertion::related(options, &origin("https://example.org"), &list).is_err());
    }
    let creation = |rp_id: &str| {
        let options = json!({
            "rp": { "id": rp_id, "name": "E" }, "user": { "id": "AA", "name": "a", "displayName": "" },
            "challenge": "AAECAw", "pubKeyCredParams": [],
        });
        let options = CreationOptions::from_json(&options.to_string()).unwrap();
        Creation::related(options, &origin("https://example.org"), &list)
    };
    assert!(creation(RP_ID).is_ok() && creation("example.net").is_err());
}

#[test]
fn five_labels_count_and_those_after_them_only_if_they_were_seen() {
    let list = list(&[
        "https://one.com",
        "https://two.com",
        // The same label, and things that are no origins with a label.
        "https://one.de",
        "https://co.uk",
        "https://127.0.0.1",
        "https://[::1]",
        "not a URL",
        "data:text/plain,hello",
        "https://three.com",
        "https://four.com",
        "https://five.com",
        "https://six.com",
        "https://sub.five.co.uk",
    ]);
    for from in ["https://one.de", "https://five.com", "https://sub.five.co.uk"] {
        assert!(allows(&list, from), "{from}");
    }
    assert!(!allows(&list, "https://six.com"));
}

#[test]
fn what_is_no_list_is_told_apart() {
    let long = format!(r#"{{"origins": ["{}"]}}"#, "x".repeat(RelatedOrigins::MAX_LENGTH));
    for (bytes, error) in [
        (&b"<html>"[..], RelatedOriginsError::NotJson),
        (b"", RelatedOriginsError::NotJson),
        (b"[]", RelatedOriginsError::NotJson),
        (b"\xff", RelatedOriginsError::NotJson),
        (b"{}", RelatedOriginsError::NoOrigins),
        (
            br#"{"origins": "https://example.org"}"#,
            RelatedOriginsError::NoOrigins,
        ),
        (
            br#"{"origins": ["https://example.org", 1]}"#,
            RelatedOriginsError::NoOrigins,
        ),
        (br#"{"origins": null}"#, RelatedOriginsError::NoOrigins),
        (long.as_bytes(), RelatedOriginsError::TooLong),
    ] {
        assert_eq!(RelatedOrigins::parse(RP_ID, bytes), Err(error));
    }
    assert!(RelatedOrigins::parse(RP_ID, br#"{"origins": [], "more": {}}"#).is_ok());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = RelatedOrigins::parse(RP_ID, &bytes);
    }

    /// The standard's loop, as it stands there, against ours.
    #[test]
    fn a_list_allows_what_the_standards_loop_allows(
        entries in proptest::collection::vec("https://(a|b|c|d|e|f|g)\\.(com|de|co\\.uk)", 0..12),
        from in "https://(a|b|c|d|e|f|g)\\.(com|de|co\\.uk)",
    ) {
        let mut seen: Vec<&str> = Vec::new();
        let mut expected = false;
        for entry in &entries {
            let label = entry.strip_prefix("https://").unwrap().split('.').next().unwrap();
            if seen.len() >= 5 && !seen.contains(&label) {
                continue;
            }
            if *entry == from {
                expected = true;
                break;
            }
            if seen.len() < 5 && !seen.contains(&label) {
                seen.push(label);
            }
        }
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        prop_assert_eq!(allows(&list(&entries), &from), expected);
    }
}
