//! `noise_knpsk0.json`, `noise_nkpsk0.json`: handshakes with fixed keys, and messages that must be refused.

use serde_json::Value as Json;

use super::{Script, array, bytes, fields, list, private, public, text};
use crate::HandshakeError;
use crate::noise::{Agreement, Initiator, respond_qr_initiated, respond_state_assisted};
use crate::secret::Psk;

pub(super) fn run_qr_initiated(file: &Json) {
    fields(file, &["cases", "responder_negative"]);
    list(&file["cases"]).iter().for_each(qr_initiated);
    for case in list(&file["responder_negative"]) {
        let mut rng = rand_for_refusal();
        let client = public(&case["static_public"]);
        let result = respond_qr_initiated(&psk(case), &client, &bytes(&case["message1"]), &mut rng);
        assert!(refused(&result), "{case}");
    }
}

pub(super) fn run_state_assisted(file: &Json) {
    fields(file, &["cases", "responder_negative"]);
    list(&file["cases"]).iter().for_each(state_assisted);
    let identity = private(&file["cases"][0]["static_private"]);
    for case in list(&file["responder_negative"]) {
        let mut rng = rand_for_refusal();
        // The file changes the public half to say "another key"; any other private key is as wrong.
        let identity = if public(&case["static_public"]) == identity.public() {
            identity.clone()
        } else {
            crate::PrivateKey::generate(&mut rng)
        };
        let result = respond_state_assisted(&psk(case), &identity, &bytes(&case["message1"]), &mut rng);
        assert!(refused(&result), "{case}");
    }
}

/// Both sides of a QR-initiated handshake with fixed keys.
pub(super) fn qr_initiated(case: &Json) {
    assert_eq!(
        (text(&case["protocol_name"]), text(&case["prologue"])),
        ("Noise_KNpsk0_P256_AESGCM_SHA256", "01")
    );
    let client = private(&case["static_private"]);
    assert_eq!(client.public(), public(&case["static_public"]));
    let mut rng = ephemeral(&case["initiator_ephemeral_private"]);
    let (initiator, message) = Initiator::qr_initiated(&psk(case), &client, &mut rng).unwrap();
    let mut rng = ephemeral(&case["responder_ephemeral_private"]);
    let (reply, agreed) = respond_qr_initiated(&psk(case), &client.public(), &message, &mut rng).unwrap();
    compare(
        case,
        &message,
        &reply,
        [&initiator.finish(&reply).unwrap(), &agreed],
    );
}

/// Both sides of a state-assisted handshake with fixed keys.
pub(super) fn state_assisted(case: &Json) {
    assert_eq!(
        (text(&case["protocol_name"]), text(&case["prologue"])),
        ("Noise_NKpsk0_P256_AESGCM_SHA256", "00")
    );
    let identity = private(&case["static_private"]);
    assert_eq!(identity.public(), public(&case["static_public"]));
    let mut rng = ephemeral(&case["initiator_ephemeral_private"]);
    let (initiator, message) = Initiator::state_assisted(&psk(case), &identity.public(), &mut rng).unwrap();
    let mut rng = ephemeral(&case["responder_ephemeral_private"]);
    let (reply, agreed) = respond_state_assisted(&psk(case), &identity, &message, &mut rng).unwrap();
    compare(
        case,
        &message,
        &reply,
        [&initiator.finish(&reply).unwrap(), &agreed],
    );
}

/// The agreement that `case` names, for channels with its keys.
pub(super) fn agreement(case: &Json) -> Agreement {
    Agreement {
        client_to_authenticator: crate::secret::TrafficKey::from_bytes(array(
            &case["key_initiator_to_responder"],
        )),
        authenticator_to_client: crate::secret::TrafficKey::from_bytes(array(
            &case["key_responder_to_initiator"],
        )),
        hash: array(&case["handshake_hash"]),
    }
}

fn compare(case: &Json, message: &[u8], reply: &[u8], agreed: [&Agreement; 2]) {
    assert_eq!(message, bytes(&case["message1"]));
    assert_eq!(reply, bytes(&case["message2"]));
    let expected = agreement(case);
    for agreed in agreed {
        assert_eq!(agreed.hash, expected.hash);
        assert_eq!(
            agreed.client_to_authenticator.expose(),
            expected.client_to_authenticator.expose()
        );
        assert_eq!(
            agreed.authenticator_to_client.expose(),
            expected.authenticator_to_client.expose()
        );
    }
    trace_ends_in(case, "initiator_trace");
    trace_ends_in(case, "responder_trace");
}

/// The steps in between are the library's; the file's own last step must be the handshake hash we compared.
fn trace_ends_in(case: &Json, trace: &str) {
    if let Some(trace) = case.get(trace) {
        assert_eq!(list(trace).last().unwrap()["h"], case["handshake_hash"]);
    }
}

fn psk(case: &Json) -> Psk {
    Psk::from_bytes(array(&case["psk"]))
}

fn ephemeral(scalar: &Json) -> Script {
    Script::new(&[&bytes(scalar)])
}

fn rand_for_refusal() -> rand::rngs::StdRng {
    rand::SeedableRng::seed_from_u64(7)
}

fn refused<T>(result: &Result<T, HandshakeError>) -> bool {
    matches!(
        result,
        Err(HandshakeError::Length { .. } | HandshakeError::EphemeralKey | HandshakeError::Rejected)
    )
}
