//! Sealing of what the index keeps.
//!
//! ```text
//! index key    32 random bytes, an item of the keyring
//! seal key     HKDF-SHA-256(index key, info "roamkey index seal v2")
//! lookup key   HKDF-SHA-256(index key, info "roamkey index lookup v1"), 64 bytes
//! sealed       nonce (12, random) ‖ AES-256-GCM(seal key, nonce, padded CBOR, place) ‖ tag (16)
//! place        column (1) ‖ record id (16) ‖ the row's other plain columns: a sealed column opens in its place only
//! padded CBOR  one item, then zeros up to a multiple of 128 bytes, so that lengths tell little
//! lookup       HMAC-SHA-256(lookup key, column (1) ‖ value), its first 16 bytes
//! ```
//!
//! AES-GCM because a list opens thousands of short rows, and the processors of today open one in a fifth of a
//! microsecond with it. Random nonces of 96 bits are good for 2³² seals with one key (NIST SP 800-38D §8.3): at one
//! write a second, more than a century.

use std::fmt;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use hmac::{Hmac, Mac as _};
use roamkey_cbor::{Value, decode_prefix, encode};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::v1;
use crate::derive::derive;
use crate::random::{RandomError, random};

/// Seals and opens columns, and hides what rows are looked up by.
pub(crate) struct Seal {
    cipher: Aes256Gcm,
    lookup: Hmac<Sha256>,
    /// Opens what the first layout of the index has sealed.
    pub(super) v1: v1::Seal,
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
    /// A passkey's row.
    Passkey,
    /// A known value that shows whether the key is the right one.
    Check,
    /// The hidden RP ID.
    Rp,
    /// The hidden credential id.
    Credential,
    /// What a site keeps with a passkey.
    LargeBlob,
    /// What another program had kept with a passkey that was imported.
    Foreign,
}

/// A sealed column does not open: another key, another row, or a changed byte. Which, can't be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a sealed column does not open")]
pub struct SealBroken;

/// The hidden form of what a row is looked up by.
pub(crate) type Lookup = [u8; 16];

impl Seal {
    /// Derives the keys.
    pub(crate) fn new(index_key: &[u8; 32]) -> Self {
        let seal: Zeroizing<[u8; 32]> = derive(index_key, b"roamkey index seal v2");
        let lookup: Zeroizing<[u8; 64]> = derive(index_key, b"roamkey index lookup v1");
        Self {
            cipher: Aes256Gcm::new((&*seal).into()),
            lookup: Hmac::new((&*lookup).into()),
            v1: v1::Seal::new(&derive(index_key, b"roamkey index seal v1")),
        }
    }

    /// Seals `value` for its place.
    #[expect(
        clippy::expect_used,
        clippy::unwrap_in_result,
        reason = "the cipher refuses only 64 GiB and more"
    )]
    pub(crate) fn seal(&self, place: &Place<'_>, value: &Value<'_>) -> Result<Vec<u8>, RandomError> {
        let mut plain = Zeroizing::new(encode(value));
        let padded = plain.len().next_multiple_of(PADDING);
        // A vector that grows leaves a copy of itself behind.
        let mut whole = Zeroizing::new(Vec::with_capacity(padded));
        whole.append(&mut plain);
        whole.resize(padded, 0);
        let nonce: [u8; NONCE_LENGTH] = random()?;
        let payload = Payload {
            msg: &whole,
            aad: &place.bytes(),
        };
        let sealed = self
            .cipher
            .encrypt((&nonce).into(), payload)
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
            .map_err(|aes_gcm::Error| SealBroken)?;
        read_padded(Zeroizing::new(plain), read)
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
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PLACE_LENGTH);
        bytes.push(self.column.byte());
        bytes.extend_from_slice(self.record_id);
        self.bound.iter().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }
}

impl Column {
    /// 1 and 2 are columns of the first layout.
    fn byte(self) -> u8 {
        match self {
            Self::Check => 3,
            Self::Rp => 4,
            Self::Credential => 5,
            Self::Passkey => 6,
            Self::LargeBlob => 7,
            Self::Foreign => 8,
        }
    }
}

/// Reads the item at the beginning; whatever follows it must be zeros.
pub(super) fn read_padded<T>(
    plain: Zeroizing<Vec<u8>>,
    read: impl FnOnce(Value<'_>) -> Option<T>,
) -> Result<T, SealBroken> {
    let (value, length) = decode_prefix(&plain).map_err(|_not_ours| SealBroken)?;
    if plain.iter().skip(length).any(|byte| *byte != 0) {
        return Err(SealBroken);
    }
    read(value).ok_or(SealBroken)
}

const NONCE_LENGTH: usize = 12;
const PADDING: usize = 128;
/// Column, record id and two hidden columns.
const PLACE_LENGTH: usize = 1 + 16 + 2 * 16;
