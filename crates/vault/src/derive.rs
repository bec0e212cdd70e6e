//! Keys from keys: HKDF-SHA-256 without salt, one label for each use.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Derives `N` bytes, at most 64, from a key for the use that `label` names.
#[expect(clippy::expect_used, reason = "HKDF-SHA-256 gives up to 8160 bytes")]
pub(crate) fn derive<const N: usize>(key: &[u8; 32], label: &[u8]) -> Zeroizing<[u8; N]> {
    let mut derived = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(None, key)
        .expand(label, &mut *derived)
        .expect("at most 64 bytes are taken");
    derived
}
