//! Client data (WebAuthn L3 §5.8.1): what the signature binds to this request and this origin.

use sha2::{Digest as _, Sha256};

use crate::Origin;
use crate::json::base64url;

/// The client data of one request.
#[derive(Debug)]
pub(crate) struct ClientData {
    pub(crate) json: Vec<u8>,
}

impl ClientData {
    /// Serialises by the algorithm of WebAuthn L3 §5.8.1.1. Neither base64url nor an origin holds a sign that JSON
    /// would have to escape.
    pub(crate) fn new(kind: &str, challenge: &[u8], origin: &Origin) -> Self {
        let (challenge, origin) = (base64url(challenge), origin.as_str());
        let json = format!(
            r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#
        );
        Self {
            json: json.into_bytes(),
        }
    }

    /// SHA-256 of the client data, the only part of it that authenticators see.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.json).into()
    }
}
