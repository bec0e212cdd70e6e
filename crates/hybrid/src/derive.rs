//! Key derivation (CTAP 2.3 §11.5).
//!
//! ```text
//! HKDF-SHA-256(ikm = secret, salt, info = LE32(purpose), length)
//!
//! purpose  result     secret          salt                                   length
//! 1        EID key    QR | link       empty (QR) | client nonce (linked)     64
//! 2        tunnel ID  QR              empty                                  16
//! 3        PSK        QR | link       plaintext of the EID                   32
//! ```

use hkdf::Hkdf;
use sha2::Sha256;

use crate::TunnelId;
use crate::secret::{Eid, EidKey, LinkSecret, Psk, QrSecret};

/// A secret from which the keys of a transaction are derived.
pub(crate) trait RootSecret {
    /// The bytes.
    fn root(&self) -> &[u8];
}

impl RootSecret for QrSecret {
    fn root(&self) -> &[u8] {
        self.expose()
    }
}

impl RootSecret for LinkSecret {
    fn root(&self) -> &[u8] {
        self.expose()
    }
}

/// The key of the advert. The salt is empty after a QR code, the client nonce in a state-assisted transaction.
pub(crate) fn eid_key(secret: &impl RootSecret, salt: &[u8]) -> EidKey {
    let mut key = EidKey::from_bytes([0; 64]);
    derive(secret.root(), salt, EID_KEY, key.expose_mut());
    key
}

/// The name of the tunnel.
pub(crate) fn tunnel_id(secret: &QrSecret) -> TunnelId {
    let mut id = [0; TunnelId::LENGTH];
    derive(secret.root(), &[], TUNNEL_ID, &mut id);
    TunnelId::from_bytes(id)
}

/// The pre-shared key of the handshake; `eid` is the advert's plaintext.
pub(crate) fn psk(secret: &impl RootSecret, eid: &Eid) -> Psk {
    let mut psk = Psk::from_bytes([0; 32]);
    derive(secret.root(), eid.expose(), PSK, psk.expose_mut());
    psk
}

/// Fills `output` with the key for `purpose`.
pub(crate) fn derive(secret: &[u8], salt: &[u8], purpose: u32, output: &mut [u8]) {
    #[expect(
        clippy::expect_used,
        reason = "HKDF-SHA-256 gives up to 8160 bytes, and nobody here asks for more than 64"
    )]
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(&purpose.to_le_bytes(), output)
        .expect("output is at most 64 bytes");
}

const EID_KEY: u32 = 1;
const TUNNEL_ID: u32 = 2;
const PSK: u32 = 3;
