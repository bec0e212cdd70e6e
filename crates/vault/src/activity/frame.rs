//! One entry as the file holds it: a frame of 768 bytes, whatever is in it.
//!
//! ```text
//! log key   HKDF-SHA-256(index key, info "roamkey activity v1")
//! frame     sequence (8, big-endian) ‖ nonce (24, random) ‖ XChaCha20-Poly1305(log key, nonce, plain, sequence) ‖ tag (16)
//! plain     720 bytes: the entry in CBOR, then zeros
//! ```
//!
//! All frames are of one size: lengths tell nothing, and a frame that is damaged hides no other.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::entry::Entry;
use crate::derive::derive;
use crate::random::{RandomError, random};

/// What frames are sealed with.
pub(crate) struct LogKey(XChaCha20Poly1305);

/// A frame's bytes.
#[derive(Clone)]
pub(crate) struct Frame(pub(crate) [u8; FRAME_LENGTH]);

impl LogKey {
    /// Derives the key.
    pub(crate) fn new(index_key: &[u8; 32]) -> Self {
        let key: Zeroizing<[u8; 32]> = derive(index_key, b"roamkey activity v1");
        Self(XChaCha20Poly1305::new((&*key).into()))
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogKey")
    }
}

impl Frame {
    /// Seals an entry.
    #[expect(
        clippy::expect_used,
        clippy::unwrap_in_result,
        reason = "lengths are constants, and the cipher refuses only 256 GiB and more"
    )]
    pub(crate) fn seal(key: &LogKey, sequence: u64, entry: &Entry) -> Result<Self, RandomError> {
        let mut plain = Zeroizing::new(entry.encode());
        plain.resize(PLAIN_LENGTH, 0);
        let sequence = sequence.to_be_bytes();
        let nonce: [u8; NONCE_LENGTH] = random()?;
        let payload = Payload {
            msg: &plain,
            aad: &sequence,
        };
        let sealed = key
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a frame is short");
        let frame = [&sequence[..], &nonce[..], &sealed].concat();
        Ok(Self(frame.try_into().expect("the parts make up a frame")))
    }

    /// Opens the frame and tells which entry it is; `None` if a bit of it is not as it was sealed.
    pub(crate) fn open(&self, key: &LogKey) -> Option<(u64, Entry)> {
        let (sequence, rest) = self.0.split_first_chunk::<SEQUENCE_LENGTH>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload {
            msg: sealed,
            aad: sequence,
        };
        let plain = Zeroizing::new(key.0.decrypt(nonce.into(), payload).ok()?);
        Some((u64::from_be_bytes(*sequence), Entry::decode(&plain)?))
    }

    /// What the next entry names as the one before it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// Bytes of a frame.
pub(crate) const FRAME_LENGTH: usize = 768;

/// Bytes of an entry in CBOR, zeros included. The longest takes fewer; a test sees to it.
pub(crate) const PLAIN_LENGTH: usize = FRAME_LENGTH - SEQUENCE_LENGTH - NONCE_LENGTH - TAG_LENGTH;

const SEQUENCE_LENGTH: usize = 8;
const NONCE_LENGTH: usize = 24;
const TAG_LENGTH: usize = 16;
