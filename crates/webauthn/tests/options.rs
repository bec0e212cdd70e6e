//! Options as sites write them: what is taken, and what is refused by the path of the member.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use proptest::prelude::*;
use roamkey_webauthn::{
    CreationOptions, CredProtect, LargeBlobRequest, LargeBlobSupport, OptionsError, PrfInput, Problem,
    RequestOptions, Requirement,
};
use serde_json::{Value, json};

fn creation() -> Value {
    json!({
        "rp": { "id": "example.org", "name": "Example" },
        "user": { "id": "AAEC", "name": "alice", "displayName": "Alice" },
        "challenge": "AAECAwQFBgcICQoLDA0ODw",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -257 }],
    })
}

fn request() -> Value {
    json!({ "challenge": "AAECAwQFBgcICQoLDA0ODw", "rpId": "example.org" })
}

/// Sets a member by its path.
fn with(mut options: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = options.pointer_mut(parent).unwrap();
    match parent.as_array_mut() {
        Some(entries) => entries[name.parse::<usize>().unwrap()] = value,
        None => parent[name] = value,
    }
    options
}

fn creation_error(options: &Value) -> (String, Problem) {
    let OptionsError { field, problem } = CreationOptions::from_json(&options.to_string()).unwrap_err();
    (field, problem)
}

fn request_error(options: &Value) -> (String, Problem) {
    let OptionsError { field, problem } = RequestOptions::from_json(&options.to_string()).unwrap_err();
    (field, problem)
}

#[test]
fn what_is_left_out_has_webauthns_defaults() {
    let read = CreationOptions::from_json(&creation().to_string()).unwrap();
    assert_eq!(read.algorithms, [-7, -257]);
    assert_eq!(read.user.id, [0, 1, 2]);
    assert_eq!(read.resident_key, Requirement::Discouraged);
    assert_eq!(read.user_verification, Requirement::Preferred);
    assert!(!read.attestation && read.exclude.is_empty() && !read.extensions.cred_props);

    let empty = with(creation(), "/pubKeyCredParams", json!([]));
    let read = CreationOptions::from_json(&empty.to_string()).unwrap();
    assert_eq!(read.algorithms, [-7, -257], "ES256 and RS256");

    let read = RequestOptions::from_json(r#"{"challenge": "AA"}"#).unwrap();
    assert_eq!((read.rp_id, read.allow.len()), (None, 0));
}

#[test]
fn what_sites_really_send_is_taken() {
    let mut options = creation();
    options["timeout"] = json!(60000);
    options["hints"] = json!(["hybrid"]);
    options["newIn2031"] = json!({ "deep": [1, 2, { "er": null }] });
    options["excludeCredentials"] = json!([{ "type": "public-key", "id": "AQ==", "transports": ["hybrid", "later"] }, { "type": "later", "id": "Ag" }]);
    options["authenticatorSelection"] = json!({
        "authenticatorAttachment": "cross-platform", "requireResidentKey": true, "userVerification": "required"
    });
    options["attestation"] = json!("direct");
    options["extensions"] = json!({
        "credProps": true, "later": 1,
        "prf": { "eval": { "first": "Zmlyc3Q", "second": "" } },
        "largeBlob": { "support": "required" },
        "credentialProtectionPolicy": "userVerificationRequired", "enforceCredentialProtectionPolicy": true,
    });
    // As it is handed to navigator.credentials.
    let read = CreationOptions::from_json(&json!({ "publicKey": options }).to_string()).unwrap();
    assert_eq!(
        read.exclude,
        [[1]],
        "padding is let pass, an unknown type matches nothing"
    );
    assert_eq!(read.resident_key, Requirement::Required);
    assert_eq!(read.user_verification, Requirement::Required);
    assert!(read.attestation && read.extensions.cred_props);
    let (first, second) = (b"first".to_vec(), Some(Vec::new()));
    assert_eq!(read.extensions.prf, Some(Some(PrfInput { first, second })));
    assert_eq!(read.extensions.large_blob, Some(LargeBlobSupport::Required));
    let policy = CredProtect::UserVerificationRequired;
    assert_eq!(read.extensions.cred_protect, Some((policy, true)));

    let mut options = request();
    options["allowCredentials"] = json!([{ "type": "public-key", "id": "AQ" }]);
    options["userVerification"] = json!("a word of 2031");
    options["extensions"] = json!({
        "prf": { "evalByCredential": { "AQ": { "first": "Zmlyc3Q" } } },
        "largeBlob": { "write": "YmxvYg" },
    });
    let read = RequestOptions::from_json(&options.to_string()).unwrap();
    assert_eq!(read.user_verification, Requirement::Preferred);
    assert_eq!(read.extensions.prf_by_credential[0].0, [1]);
    assert_eq!(
        read.extensions.large_blob,
        Some(LargeBlobRequest::Write(b"blob".to_vec()))
    );
}

#[test]
fn null_is_the_same_as_missing() {
    let options = with(creation(), "/rp/id", Value::Null);
    assert_eq!(
        CreationOptions::from_json(&options.to_string()).unwrap().rp.id,
        None
    );
    let options = with(creation(), "/challenge", Value::Null);
    assert_eq!(
        creation_error(&options),
        ("challenge".to_owned(), Problem::Missing)
    );
}

#[test]
fn each_mistake_in_creation_options_is_named_by_its_path() {
    let list = |id: Value| json!([{ "type": "public-key", "id": "AQ" }, { "type": "public-key", "id": id }]);
    let cases: [(&str, Value, &str, Problem); 22] = [
        ("/rp", json!("example.org"), "rp", Problem::NotA("an object")),
        ("/rp", json!({ "id": "example.org" }), "rp.name", Problem::Missing),
        ("/rp/id", json!(7), "rp.id", Problem::NotA("text")),
        ("/user/id", json!(""), "user.id", Problem::Empty),
        ("/user/id", json!("A+/="), "user.id", Problem::NotBase64Url),
        ("/user/id", json!("A".repeat(88)), "user.id", Problem::TooLong(64)),
        ("/user/id", json!([1, 2, 3]), "user.id", Problem::NotA("text")),
        ("/user/name", json!(false), "user.name", Problem::NotA("text")),
        ("/challenge", json!(""), "challenge", Problem::Empty),
        (
            "/challenge",
            json!("A".repeat(8000)),
            "challenge",
            Problem::TooLong(4096),
        ),
        (
            "/pubKeyCredParams",
            json!({}),
            "pubKeyCredParams",
            Problem::NotA("an array"),
        ),
        (
            "/pubKeyCredParams/1",
            json!({ "type": "public-key" }),
            "pubKeyCredParams[1].alg",
            Problem::Missing,
        ),
        (
            "/pubKeyCredParams/1/alg",
            json!("-7"),
            "pubKeyCredParams[1].alg",
            Problem::NotA("an integer"),
        ),
        (
            "/pubKeyCredParams/0/alg",
            json!(-7.5),
            "pubKeyCredParams[0].alg",
            Problem::NotA("an integer"),
        ),
        (
            "/pubKeyCredParams",
            json!([{ "type": "later", "alg": -7 }]),
            "pubKeyCredParams",
            Problem::NotAllowed,
        ),
        (
            "/excludeCredentials",
            list(json!("Ä")),
            "excludeCredentials[1].id",
            Problem::NotBase64Url,
        ),
        (
            "/excludeCredentials",
            list(json!("")),
            "excludeCredentials[1].id",
            Problem::Empty,
        ),
        (
            "/excludeCredentials",
            list(json!("A".repeat(1368))),
            "excludeCredentials[1].id",
            Problem::TooLong(1023),
        ),
        (
            "/authenticatorSelection",
            json!({ "authenticatorAttachment": "platform" }),
            "authenticatorSelection.authenticatorAttachment",
            Problem::NotPossible("an authenticator that is built into this machine"),
        ),
        (
            "/authenticatorSelection",
            json!({ "residentKey": "yes" }),
            "authenticatorSelection.residentKey",
            Problem::NotAllowed,
        ),
        (
            "/extensions",
            json!({ "prf": { "eval": { "second": "AA" } } }),
            "extensions.prf.eval.first",
            Problem::Missing,
        ),
        (
            "/extensions",
            json!({ "prf": { "evalByCredential": {} } }),
            "extensions.prf.evalByCredential",
            Problem::NotPossible("inputs for passkeys that exist, while one is created"),
        ),
    ];
    for (pointer, value, field, problem) in cases {
        let options = with(creation(), pointer, value);
        assert_eq!(creation_error(&options), (field.to_owned(), problem));
    }
}

#[test]
fn each_mistake_in_request_options_is_named_by_its_path() {
    let cases: [(&str, Value, &str, Problem); 8] = [
        ("/challenge", json!(1), "challenge", Problem::NotA("text")),
        ("/rpId", json!({}), "rpId", Problem::NotA("text")),
        (
            "/allowCredentials",
            json!([{ "id": "AQ" }]),
            "allowCredentials[0].type",
            Problem::Missing,
        ),
        (
            "/allowCredentials",
            json!(vec![0; 257]),
            "allowCredentials[0]",
            Problem::NotA("an object"),
        ),
        (
            "/extensions",
            json!({ "prf": { "evalByCredential": { "AQ": { "first": "AA" } } } }),
            "extensions.prf.evalByCredential.AQ",
            Problem::NotAllowed,
        ),
        (
            "/extensions",
            json!({ "largeBlob": { "read": true, "write": "AA" } }),
            "extensions.largeBlob.write",
            Problem::NotAllowed,
        ),
        (
            "/extensions",
            json!({ "largeBlob": { "write": "AA" } }),
            "extensions.largeBlob.write",
            Problem::NotAllowed,
        ),
        (
            "/extensions",
            json!({ "largeBlob": { "support": "required" } }),
            "extensions.largeBlob.support",
            Problem::NotAllowed,
        ),
    ];
    for (pointer, value, field, problem) in cases {
        let options = with(request(), pointer, value);
        assert_eq!(request_error(&options), (field.to_owned(), problem));
    }
}

#[test]
fn text_that_is_no_options_is_refused_as_a_whole() {
    for (text, problem) in [
        ("", Problem::NotJson),
        ("{", Problem::NotJson),
        ("[]", Problem::NotA("an object")),
        ("null", Problem::NotA("an object")),
        (&"[".repeat(100_000), Problem::NotJson),
        (&" ".repeat((1 << 20) + 1), Problem::TooLong(1 << 20)),
    ] {
        let OptionsError {
            field,
            problem: found,
        } = RequestOptions::from_json(text).unwrap_err();
        assert_eq!((field.as_str(), found), ("the JSON", problem));
    }
}

#[test]
fn errors_and_debug_show_no_value() {
    let options = with(creation(), "/user/name", json!({ "secret": "alice" }));
    let error = CreationOptions::from_json(&options.to_string()).unwrap_err();
    assert!(!error.to_string().contains("alice") && error.to_string().contains("user.name"));
    let read = CreationOptions::from_json(&creation().to_string()).unwrap();
    assert!(!format!("{read:?}{:?}{:?}", read.user, read.rp).contains("lice"));
}

/// JSON of any shape, with member names that mean something.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[A-Za-z0-9_=-]{0,12}".prop_map(Value::from),
        Just(json!("public-key")),
        Just(json!("required")),
    ];
    let names = prop::sample::select(vec![
        "rp",
        "user",
        "id",
        "name",
        "displayName",
        "challenge",
        "pubKeyCredParams",
        "type",
        "alg",
        "rpId",
        "excludeCredentials",
        "allowCredentials",
        "authenticatorSelection",
        "residentKey",
        "extensions",
        "prf",
        "eval",
        "first",
        "second",
        "evalByCredential",
        "largeBlob",
        "read",
        "write",
        "support",
        "publicKey",
    ]);
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..8).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_and_no_text_makes_reading_panic(value in any_json(), text in ".{0,60}") {
        for text in [value.to_string(), text] {
            let _ = CreationOptions::from_json(&text);
            let _ = RequestOptions::from_json(&text);
            let _ = roamkey_webauthn::KnownPasskey::from_registration_json(&text);
        }
    }
}
