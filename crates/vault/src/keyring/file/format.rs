//! The file of secrets, byte by byte.
//!
//! ```text
//! magic (16)     "Roamkey secrets\n"
//! version (1)    1
//! cost (12)      Argon2id: memory in KiB, passes, lanes; 4 bytes each, big-endian
//! salt (16)
//! check (16)     HKDF-SHA-256(master, info "roamkey secrets check v1"): tells a wrong passphrase from a damaged file
//! sum (8)        SHA-256 of all before, its first 8 bytes: tells a damaged header from a wrong passphrase
//! nonce (24)     random, new with each write
//! sealed         XChaCha20-Poly1305(HKDF-SHA-256(master, info "roamkey secrets seal v1"), nonce, plain, all before) ‖ tag (16)
//!
//! master (32)    Argon2id(passphrase, salt, cost)
//! plain          CBOR array of [service, user, secret], then zeros up to a multiple of 4096 bytes
//! ```

use std::collections::BTreeMap;
use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use roamkey_cbor::{Value, decode_prefix, encode_into, encoded_len};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{FileStoreError, Passphrase};
use crate::derive::derive;
use crate::keyring::SecretBytes;
use crate::random::random;

/// What the file keeps, by service and user.
pub(crate) type Items = BTreeMap<(String, String), SecretBytes>;

/// The file's beginning up to the sum, all of it covered by the seal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Header {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
    check: [u8; 16],
}

/// What the file is sealed with.
#[derive(Clone)]
pub(super) struct Key(Zeroizing<[u8; 32]>);

impl Header {
    /// A header for a new file, and the key that goes with it.
    pub(super) fn new(passphrase: &Passphrase) -> Result<(Self, Key), FileStoreError> {
        let mut header = Self {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: random()?,
            check: [0; 16],
        };
        let master = header.master(passphrase)?;
        header.check = *derive(&master, CHECK_LABEL);
        Ok((header, Key(derive(&master, SEAL_LABEL))))
    }

    /// Reads a file's header, and returns what follows it.
    pub(crate) fn parse(file: &[u8]) -> Result<(Self, &[u8]), FileStoreError> {
        let rest = file.strip_prefix(MAGIC).ok_or(FileStoreError::Foreign)?;
        let (version, rest) = rest.split_first().ok_or(FileStoreError::Damaged)?;
        match *version {
            FORMAT_VERSION => {}
            newer if newer > FORMAT_VERSION => return Err(FileStoreError::NewerVersion(newer)),
            _ => return Err(FileStoreError::Damaged),
        }
        let mut rest = rest;
        let header = Self {
            memory_kib: u32::from_be_bytes(take(&mut rest)?),
            passes: u32::from_be_bytes(take(&mut rest)?),
            lanes: u32::from_be_bytes(take(&mut rest)?),
            salt: take(&mut rest)?,
            check: take(&mut rest)?,
        };
        let sum: [u8; 8] = take(&mut rest)?;
        // A sum is no seal: what would cost more than reason is refused even if the sum is right.
        let is_reasonable =
            header.memory_kib <= MAX_MEMORY_KIB && header.passes <= MAX_PASSES && header.lanes <= MAX_LANES;
        if header.sum() != sum || !is_reasonable {
            return Err(FileStoreError::Damaged);
        }
        Ok((header, rest))
    }

    /// Derives the key, if this is the passphrase.
    pub(super) fn key(&self, passphrase: &Passphrase) -> Result<Key, FileStoreError> {
        let master = self.master(passphrase)?;
        let check: Zeroizing<[u8; 16]> = derive(&master, CHECK_LABEL);
        if bool::from(check.ct_eq(&self.check)) {
            Ok(Key(derive(&master, SEAL_LABEL)))
        } else {
            Err(FileStoreError::WrongPassphrase)
        }
    }

    fn master(&self, passphrase: &Passphrase) -> Result<Zeroizing<[u8; 32]>, FileStoreError> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_impossible| FileStoreError::Damaged)?;
        let mut master = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt, &mut *master)
            .map_err(FileStoreError::Hash)?;
        Ok(master)
    }

    fn sum(&self) -> [u8; 8] {
        let mut sum = [0; 8];
        let hash = Sha256::digest(self.summed());
        sum.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        sum
    }

    fn summed(&self) -> Vec<u8> {
        [
            &MAGIC[..],
            &[FORMAT_VERSION],
            &self.memory_kib.to_be_bytes(),
            &self.passes.to_be_bytes(),
            &self.lanes.to_be_bytes(),
            &self.salt,
            &self.check,
        ]
        .concat()
    }

    fn bytes(&self) -> Vec<u8> {
        [self.summed(), self.sum().to_vec()].concat()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// A whole file.
#[expect(
    clippy::expect_used,
    clippy::unwrap_in_result,
    reason = "the cipher refuses only 256 GiB and more"
)]
pub(super) fn seal(header: &Header, key: &Key, items: &Items) -> Result<Vec<u8>, FileStoreError> {
    let plain = encode_items(items);
    let nonce: [u8; NONCE_LENGTH] = random()?;
    let before = [header.bytes(), nonce.to_vec()].concat();
    let payload = Payload {
        msg: &plain,
        aad: &before,
    };
    let sealed = XChaCha20Poly1305::new((&*key.0).into())
        .encrypt(&XNonce::from(nonce), payload)
        .expect("the secrets are fewer");
    Ok([before, sealed].concat())
}

/// Opens what follows the header.
pub(super) fn open(header: &Header, key: &Key, rest: &[u8]) -> Result<Items, FileStoreError> {
    let (nonce, sealed) = rest
        .split_first_chunk::<NONCE_LENGTH>()
        .ok_or(FileStoreError::Damaged)?;
    let before = [&header.bytes()[..], nonce].concat();
    let payload = Payload {
        msg: sealed,
        aad: &before,
    };
    let plain = XChaCha20Poly1305::new((&*key.0).into())
        .decrypt(nonce.into(), payload)
        .map_err(|chacha20poly1305::Error| FileStoreError::Damaged)?;
    decode_items(&Zeroizing::new(plain)).ok_or(FileStoreError::Damaged)
}

/// Room for all of it from the start: a vector that grows leaves copies of itself behind.
fn encode_items(items: &Items) -> SecretBytes {
    let value: Value<'_> = Value::Array(items.iter().map(item_value).collect());
    let length = encoded_len(&value).next_multiple_of(PADDING);
    let mut plain = Zeroizing::new(Vec::with_capacity(length));
    encode_into(&value, &mut plain);
    plain.resize(length, 0);
    plain
}

fn item_value<'a>(((service, user), secret): (&'a (String, String), &'a SecretBytes)) -> Value<'a> {
    Value::Array(vec![service.into(), user.into(), secret.as_slice().into()])
}

/// Reads what was sealed; `None` if this program never seals such a thing.
pub(crate) fn decode_items(plain: &[u8]) -> Option<Items> {
    let (value, length) = decode_prefix(plain).ok()?;
    if plain.iter().skip(length).any(|byte| *byte != 0) {
        return None;
    }
    let mut items = Items::new();
    for item in value.as_array()? {
        let [service, user, secret] = item.as_array()? else {
            return None;
        };
        let name = (service.as_text()?.to_owned(), user.as_text()?.to_owned());
        let secret = Zeroizing::new(secret.as_bytes()?.to_vec());
        if items.insert(name, secret).is_some() {
            return None;
        }
    }
    Some(items)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], FileStoreError> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(FileStoreError::Damaged)?;
    *rest = left;
    Ok(*taken)
}

const MAGIC: &[u8; 16] = b"Roamkey secrets\n";
const FORMAT_VERSION: u8 = 1;
const NONCE_LENGTH: usize = 24;
const PADDING: usize = 4096;

const CHECK_LABEL: &[u8] = b"roamkey secrets check v1";
const SEAL_LABEL: &[u8] = b"roamkey secrets seal v1";

/// The second recommendation of RFC 9106 §4: for machines that can't spare 2 GiB.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// What a changed file may make us spend.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 64;
const MAX_LANES: u32 = 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned()).unwrap()
    }

    /// A file with one item.
    fn file() -> Vec<u8> {
        let (header, key) = Header::new(&passphrase("correct horse battery")).unwrap();
        let items = [(("s".to_owned(), "u".to_owned()), b"treasure".to_vec().into())].into();
        seal(&header, &key, &items).unwrap()
    }

    #[test]
    fn only_the_passphrase_opens_the_file() {
        let file = file();
        let (header, rest) = Header::parse(&file).unwrap();
        let key = header.key(&passphrase("correct horse battery")).unwrap();
        assert_eq!(open(&header, &key, rest).unwrap().len(), 1);
        assert!(matches!(
            header.key(&passphrase("correct horse batter.")),
            Err(FileStoreError::WrongPassphrase)
        ));
        assert!(!file.windows(8).any(|window| window == b"treasure"));
    }

    #[test]
    fn any_change_and_any_cut_is_damage_and_neither_loss_nor_a_wrong_passphrase() {
        let file = file();
        let (header, _) = Header::parse(&file).unwrap();
        let key = header.key(&passphrase("correct horse battery")).unwrap();
        let read = |bytes: &[u8]| Header::parse(bytes).and_then(|(header, rest)| open(&header, &key, rest));
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            let error = read(&changed).unwrap_err();
            let expected = match at {
                0..16 => matches!(error, FileStoreError::Foreign),
                _ => matches!(error, FileStoreError::Damaged),
            };
            assert!(expected, "byte {at}: {error:?}");
            assert!(read(&file[..at]).is_err(), "{at}");
        }
    }

    #[test]
    fn a_newer_version_is_called_that() {
        let mut file = file();
        file[16] = 2;
        assert!(matches!(
            Header::parse(&file),
            Err(FileStoreError::NewerVersion(2))
        ));
    }

    #[test]
    fn a_cost_beyond_reason_is_refused_even_with_a_right_sum() {
        let (mut header, _) = Header::parse(&file()).map(|(header, _)| (header, ())).unwrap();
        header.memory_kib = u32::MAX;
        assert!(matches!(
            Header::parse(&header.bytes()),
            Err(FileStoreError::Damaged)
        ));
    }

    proptest! {
        #[test]
        fn items_read_as_they_were_written(
            items in proptest::collection::btree_map(
                (".{0,9}", ".{0,40}"),
                proptest::collection::vec(any::<u8>(), 0..300).prop_map(Zeroizing::new),
                0..20,
            ),
        ) {
            prop_assert_eq!(decode_items(&encode_items(&items)), Some(items));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _any_answer = decode_items(&bytes);
            let behind_magic = [&MAGIC[..], &[FORMAT_VERSION], &bytes].concat();
            prop_assert!(Header::parse(&behind_magic).is_err());
        }
    }
}
