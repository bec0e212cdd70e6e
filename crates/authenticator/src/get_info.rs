//! `authenticatorGetInfo` (CTAP 2.3 §6.4): what this authenticator can do, and nothing that it can't.
//!
//! Chromium 156 insists on `FIDO_2_0` or `FIDO_2_1`, on option `rk` to create discoverable passkeys, and on `uv: true`
//! for anything at all. It takes a map that it can't parse for a U2F key.

use roamkey_ctap::get_info::Info;
use roamkey_ctap::{Aaguid, Algorithm, MAX_LIST_LENGTH, MAX_MESSAGE_SIZE, PublicKeyCredentialParameters};

use crate::Authenticator;
use crate::pin_protocol::PROTOCOL;

/// Roamkey's AAGUID, 0fc84adb-eb35-493c-b18f-ba40765b7cd1: drawn at random once, the same for every Roamkey on every
/// system, so that it tells the model and nothing about its owner.
pub const AAGUID: Aaguid = Aaguid([
    0x0f, 0xc8, 0x4a, 0xdb, 0xeb, 0x35, 0x49, 0x3c, 0xb1, 0x8f, 0xba, 0x40, 0x76, 0x5b, 0x7c, 0xd1,
]);

/// Longest credential ID that may be one of ours, in bytes (CTAP 2.3 §6.4, WebAuthn L3 §5.1): imported passkeys keep
/// theirs.
const MAX_CREDENTIAL_ID_LENGTH: u64 = 1023;

/// Longest `credBlob` in bytes (CTAP 2.3 §12.2 demands at least 32): it shares a keyring item with the key.
pub(crate) const MAX_CRED_BLOB_LENGTH: usize = 64;

/// The algorithms of new passkeys, best first.
pub(crate) const ALGORITHMS: [Algorithm; 2] = [Algorithm::Es256, Algorithm::EdDsa];

pub(crate) fn info(authenticator: &Authenticator) -> Info {
    let all = authenticator.key_agreement.is_some();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Info {
        versions: texts(&["FIDO_2_0", "FIDO_2_1"]),
        extensions: if all {
            texts(&[
                "credBlob",
                "credProtect",
                "hmac-secret",
                "hmac-secret-mc",
                "largeBlob",
                "prf",
            ])
        } else {
            texts(&["largeBlob", "prf"])
        },
        aaguid: AAGUID,
        options: vec![
            ("rk".to_owned(), true),
            ("up".to_owned(), true),
            // Only creations that are not discoverable do without user verification where it is set up.
            ("makeCredUvNotRqd".to_owned(), true),
            // False means "could, but is not set up" (CTAP 2.3 §6.4, option IDs).
            ("uv".to_owned(), authenticator.user_verification.is_configured()),
        ],
        max_msg_size: u64::try_from(MAX_MESSAGE_SIZE).ok(),
        pin_uv_auth_protocols: if all { vec![PROTOCOL] } else { Vec::new() },
        max_credential_count_in_list: u64::try_from(MAX_LIST_LENGTH).ok(),
        max_credential_id_length: Some(MAX_CREDENTIAL_ID_LENGTH),
        transports: texts(&["hybrid", "internal"]),
        algorithms: ALGORITHMS.map(PublicKeyCredentialParameters::new).to_vec(),
        max_cred_blob_length: u64::try_from(MAX_CRED_BLOB_LENGTH).ok().filter(|_| all),
        attestation_formats: texts(&["none", "packed"]),
    }
}
