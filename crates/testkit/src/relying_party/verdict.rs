//! What the relying party says to a response that it accepts.

use serde::Serialize;

use super::Algorithm;

/// What the relying party noted of a new passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registered {
    /// The account that the passkey belongs to.
    pub account: String,
    /// The credential ID, base64url.
    pub credential_id: String,
    /// The algorithm of the public key.
    pub algorithm: Algorithm,
    /// The attestation statement format: `none` or `packed`.
    pub attestation: &'static str,
    /// The AAGUID, 16 bytes in hex.
    pub aaguid: String,
    /// The UV flag.
    pub user_verified: bool,
    /// The BE flag.
    pub backup_eligible: bool,
    /// The BS flag.
    pub backed_up: bool,
    /// The sign counter.
    pub sign_count: u32,
    /// What the client platform said of PRF support (`clientExtensionResults.prf.enabled`).
    pub prf_enabled: Option<bool>,
}

/// Who signed in, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedIn {
    /// The account that was signed in to.
    pub account: String,
    /// The credential ID that was used, base64url.
    pub credential_id: String,
    /// Whether the request was a discoverable one, which demands the user handle in the response.
    pub discoverable: bool,
    /// Whether the response carried the user handle. If so, it was the right one.
    pub user_handle: bool,
    /// The UV flag was set at registration or now; now it must be, since every request asks for it.
    pub user_verified: bool,
    /// The BS flag.
    pub backed_up: bool,
    /// The sign counter.
    pub sign_count: u32,
}
