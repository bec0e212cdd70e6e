//! HMAC-SHA-256 with keys of 32 bytes.

use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Starts a MAC. HMAC pads short keys with zeros up to the block of 64 bytes, so the padding here changes nothing.
pub(crate) fn hmac_sha256(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0_u8; 64]);
    for (byte, key) in block.iter_mut().zip(key) {
        *byte = *key;
    }
    Hmac::new((&*block).into())
}
