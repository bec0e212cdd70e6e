//! Sealing of the index's columns.
//!
//! ```text
//! index key    32 random bytes, an item of the keyring
//! seal key     HKDF-SHA-256(index key, info "roamkey index seal v1")
//! lookup key   HKDF-SHA-256(index key, info "roamkey index lookup v1"), 64 bytes
//! sealed       nonce (24, random) ‖ XChaCha20-Poly1305(seal key, nonce, padded CBOR, place) ‖ tag (16)
//! place        column (1) ‖ record id (16) ‖ the row's other plain columns: a sealed column opens in its place only
//! padded CBOR  one item, then zeros up to a multiple of 128 bytes, so that lengths tell little
//! lookup       HMAC-SHA-256(lookup key, column (1) ‖ value), its first 16 bytes
//! ```

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use roamkey_cbor::{Value, decode_prefix, encode};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::derive::derive;
use crate::random::{RandomError, random};

/// Seals and opens columns, and hides what rows are looked up by.
pub(crate) struct Seal {
    cipher: XChaCha20Poly1305,
    lookup: Hmac<Sha256>,
}

/// Where a sealed column belongs.
pub(crate) struct Place<'a> {
    /// Which column.
    pub(crate) column: Column,
    /// Whose row.
    pub(crate) record_id: &'a [u8],
    /// The row's plain columns that must not be exchanged either.
    pub(crate) bound: &'a [&'a [u8]],
}

/// A sealed or hidden column.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// The passkey's facts.
    Fixed,
    /// What changes: last use, label, state.
    Changing,
    /// A known value that shows whether the key is the right one.
    Check,
    /// The hidden RP ID.
    Rp,
    /// The hidden credential id.
    Credential,
}

/// A sealed column does not open: another key, another row, or a changed byte. Which, can't be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a sealed column does not open")]
pub struct SealBroken;

/// The hidden form of what a row is looked up by.
pub(crate) type Lookup = [u8; 16];

impl Seal {
    /// Derives both keys.
    pub(crate) fn new(index_key: &[u8; 32]) -> Self {
        let seal: Zeroizing<[u8; 32]> = derive(index_key, b"roamkey index seal v1");
        let lookup: Zeroizing<[u8; 64]> = derive(index_key, b"roamkey index lookup v1");
        Self {
            cipher: XChaCha20Poly1305::new((&*seal).into()),
            lookup: Hmac::new((&*lookup).into()),
        }
    }

    /// Seals `value` for its place.
    #[expect(
        clippy::expect_used,
        clippy::unwrap_in_result,
        reason = "the cipher refuses only 256 GiB and more"
    )]
    pub(crate) fn seal(&self, place: &Place<'_>, value: &Value<'_>) -> Result<Vec<u8>, RandomError> {
        let mut plain = Zeroizing::new(encode(value));
        let padded = plain.len().next_multiple_of(PADDING);
        plain.resize(padded, 0);
        let nonce: [u8; NONCE_LENGTH] = random()?;
        let payload = Payload {
            msg: &plain,
            aad: &place.bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a column is short");
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for this place, and gives it to `read`.
    pub(crate) fn open<T>(
        &self,
        place: &Place<'_>,
        sealed: &[u8],
        read: impl FnOnce(Value<'_>) -> Option<T>,
    ) -> Result<T, SealBroken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(SealBroken)?;
        let payload = Payload {
            msg: sealed,
            aad: &place.bytes(),
        };
        let plain = self
            .cipher
            .decrypt(nonce.into(), payload)
            .map_err(|chacha20poly1305::Error| SealBroken)?;
        let plain = Zeroizing::new(plain);
        let (value, length) = decode_prefix(&plain).map_err(|_not_ours| SealBroken)?;
        if plain.iter().skip(length).any(|byte| *byte != 0) {
            return Err(SealBroken);
        }
        read(value).ok_or(SealBroken)
    }

    /// Hides a value that rows are looked up by.
    pub(crate) fn lookup(&self, column: Column, value: &[u8]) -> Lookup {
        let mac = self
            .lookup
            .clone()
            .chain_update([column.byte()])
            .chain_update(value);
        let tag: [u8; 32] = mac.finalize().into_bytes().into();
        let mut lookup = Lookup::default();
        lookup.iter_mut().zip(tag).for_each(|(to, from)| *to = from);
        lookup
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Place<'_> {
    /// All lengths are fixed, so that no two places have the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.column.byte()];
        bytes.extend_from_slice(self.record_id);
        self.bound.iter().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }
}

impl Column {
    fn byte(self) -> u8 {
        match self {
            Self::Fixed => 1,
            Self::Changing => 2,
            Self::Check => 3,
            Self::Rp => 4,
            Self::Credential => 5,
        }
    }
}

const NONCE_LENGTH: usize = 24;
const PADDING: usize = 128;
