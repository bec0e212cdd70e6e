//! Runs every file below `vectors/`: a file is a test.
//!
//! ```text
//! {"source", "spec", "comment", "kind", "message": hex, "expect": "accept" | {"status": "0x.."}, "round_trip"?}
//! ```
//!
//! With `round_trip`, encoding what was decoded must give the same bytes again.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use roamkey_ctap::get_info::Info;
use roamkey_ctap::{AuthenticatorData, Command, KeyAgreement, ResponseError, get_assertion, make_credential};
use serde_json::Value;

#[test]
fn every_vector_gets_its_verdict() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors"));
    assert!(files.len() > 200, "only {} vectors found", files.len());
    let failures: Vec<String> = files.iter().filter_map(|file| run(file).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} failed:\n{}",
        failures.len(),
        files.len(),
        failures.join("\n")
    );
}

fn run(file: &Path) -> Result<(), String> {
    let vector: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let text = |key: &str| {
        vector[key]
            .as_str()
            .unwrap_or_else(|| panic!("{} lacks {key}", file.display()))
    };
    for documentation in ["source", "spec", "comment"] {
        assert!(!text(documentation).is_empty());
    }
    let message = hex::decode(text("message")).unwrap();
    let outcome = decode(text("kind"), &message);
    let fail = |what: String| Err(format!("{}: {what}", file.display()));
    match (&vector["expect"], outcome) {
        (Value::String(accept), Ok(again)) if accept == "accept" => {
            if vector["round_trip"] == true && again != message {
                return fail(format!("encodes to {}", hex::encode(again)));
            }
            Ok(())
        }
        (Value::Object(expected), Err(status)) if expected["status"] == format!("0x{status:02x}") => Ok(()),
        (expected, outcome) => fail(format!("expected {expected}, got {outcome:02x?}")),
    }
}

/// Decodes a message and encodes it again, or tells the status code.
fn decode(kind: &str, message: &[u8]) -> Result<Vec<u8>, u8> {
    let response = |error: ResponseError| match error {
        ResponseError::Status(status) => status.byte(),
        ResponseError::Malformed(error) => error.status().byte(),
        _ => panic!("a new kind of error"),
    };
    match kind {
        "request" => Command::decode(message)
            .map(|command| command.encode())
            .map_err(|e| e.status().byte()),
        "make_credential_response" => make_credential::Response::decode(message)
            .map(|decoded| decoded.encode())
            .map_err(response),
        "get_assertion_response" => get_assertion::Response::decode(message)
            .map(|decoded| decoded.encode())
            .map_err(response),
        "key_agreement_response" => KeyAgreement::decode(message)
            .map(|decoded| decoded.encode())
            .map_err(response),
        "get_info" => Info::decode(message)
            .map(|info| info.encode())
            .map_err(|e| e.status().byte()),
        "authenticator_data" => AuthenticatorData::decode(message)
            .and_then(|data| data.encode())
            .map_err(|e| e.status().byte()),
        _ => panic!("unknown kind {kind}"),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[test]
fn nothing_personal_is_in_debug_output() {
    let message = std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/hybrid/make_credential_request.json"),
    );
    let vector: Value = serde_json::from_slice(&message.unwrap()).unwrap();
    let command = Command::decode(&hex::decode(vector["message"].as_str().unwrap()).unwrap()).unwrap();
    let debug = format!("{command:?}");
    for secret in ["example.com", "alice", "Alice"] {
        assert!(!debug.contains(secret), "{debug}");
    }
}
