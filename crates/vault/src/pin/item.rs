//! The PIN's item in the keyring: its hash, what it was made with, and the wrong tries since.
//!
//! ```text
//! 1 version (1)   2 salt (16)   3 hash (32)   4 memory (KiB)   5 passes   6 lanes
//! 7 failures      8 start of the machine (16) and 9 seconds since, at the last failure; optional
//! ```
//!
//! Hash and count are one item: neither can be lost without the other.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use roamkey_cbor::{Map, Value, decode, encode};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::attempts::Attempts;
use super::{Pin, PinError};
use crate::VaultError;
use crate::clock::Moment;
use crate::keyring::SecretBytes;
use crate::random::random;
use crate::record::RecordError;

/// The PIN as the keyring keeps it.
pub(crate) struct PinItem {
    salt: [u8; 16],
    hash: Zeroizing<[u8; 32]>,
    cost: Cost,
    pub(crate) attempts: Attempts,
}

/// What Argon2id costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl PinItem {
    /// Hashes a new PIN.
    pub(crate) fn new(pin: &Pin) -> Result<Self, PinError> {
        let salt = random().map_err(VaultError::from)?;
        Ok(Self {
            salt,
            hash: hash(pin, &salt, COST)?,
            cost: COST,
            attempts: Attempts::default(),
        })
    }

    /// Compares, in a time that does not depend on the PIN.
    pub(crate) fn is(&self, pin: &Pin) -> Result<bool, PinError> {
        let tried = hash(pin, &self.salt, self.cost)?;
        Ok(bool::from(tried.ct_eq(&*self.hash)))
    }

    pub(crate) fn encode(&self) -> SecretBytes {
        let map = Map::new()
            .with(VERSION, ITEM_VERSION)
            .with(SALT, self.salt)
            .with(HASH, self.hash.as_slice())
            .with(MEMORY, self.cost.memory_kib)
            .with(PASSES, self.cost.passes)
            .with(LANES, self.cost.lanes)
            .with(FAILURES, self.attempts.failures)
            .with_some(BOOT, self.attempts.last.map(|last| last.boot))
            .with_some(SECONDS, self.attempts.last.map(|last| last.seconds));
        Zeroizing::new(encode(&map.into()))
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut map = decode(bytes)
            .map_err(RecordError::Cbor)?
            .into_map()
            .ok_or(RecordError::NotAMap)?;
        match number(&mut map, VERSION)? {
            ITEM_VERSION => {}
            version if version > ITEM_VERSION => return Err(RecordError::NewerVersion(version.into())),
            _ => return Err(RecordError::Impossible(VERSION)),
        }
        let cost = Cost {
            memory_kib: number(&mut map, MEMORY)?,
            passes: number(&mut map, PASSES)?,
            lanes: number(&mut map, LANES)?,
        };
        if cost.memory_kib > MAX_MEMORY_KIB || cost.passes > MAX_PASSES || cost.lanes > MAX_LANES {
            return Err(RecordError::Impossible(MEMORY));
        }
        let last = match (map.take(BOOT), map.take(SECONDS)) {
            (None, None) => None,
            (Some(boot), Some(seconds)) => Some(Moment {
                boot: fixed(&boot).ok_or(RecordError::Impossible(BOOT))?,
                seconds: seconds.as_u64().ok_or(RecordError::Impossible(SECONDS))?,
            }),
            _ => return Err(RecordError::Impossible(SECONDS)),
        };
        let hash = Zeroizing::new(bytes_of(&mut map, HASH)?);
        let item = Self {
            salt: bytes_of(&mut map, SALT)?,
            hash,
            cost,
            attempts: Attempts {
                failures: number(&mut map, FAILURES)?,
                last,
            },
        };
        if map.is_empty() {
            Ok(item)
        } else {
            Err(RecordError::UnknownField)
        }
    }
}

impl fmt::Debug for PinItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinItem")
    }
}

fn hash(pin: &Pin, salt: &[u8; 16], cost: Cost) -> Result<Zeroizing<[u8; 32]>, PinError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(PinError::Hash)?;
    let mut hash = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(pin.as_bytes(), salt, &mut *hash)
        .map_err(PinError::Hash)?;
    Ok(hash)
}

fn number(map: &mut Map<'_>, key: u8) -> Result<u32, RecordError> {
    let value = map.take(key).ok_or(RecordError::Missing(key))?;
    value
        .as_u64()
        .and_then(|number| u32::try_from(number).ok())
        .ok_or(RecordError::Impossible(key))
}

fn bytes_of<const N: usize>(map: &mut Map<'_>, key: u8) -> Result<[u8; N], RecordError> {
    let value = map.take(key).ok_or(RecordError::Missing(key))?;
    fixed(&value).ok_or(RecordError::Impossible(key))
}

fn fixed<const N: usize>(value: &Value<'_>) -> Option<[u8; N]> {
    value.as_bytes().and_then(|bytes| bytes.try_into().ok())
}

/// The item's name in the keyring.
pub(crate) const PIN_USER: &str = "pin";

/// The cost that the OWASP password storage cheat sheet names first for Argon2id: some 30 ms.
const COST: Cost = Cost {
    memory_kib: 19 * 1024,
    passes: 2,
    lanes: 1,
};

/// What a changed item may make us spend.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 64;
const MAX_LANES: u32 = 16;

const ITEM_VERSION: u32 = 1;

const VERSION: u8 = 1;
const SALT: u8 = 2;
const HASH: u8 = 3;
const MEMORY: u8 = 4;
const PASSES: u8 = 5;
const LANES: u8 = 6;
const FAILURES: u8 = 7;
const BOOT: u8 = 8;
const SECONDS: u8 = 9;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_item_knows_its_pin_and_no_other() {
        let item = PinItem::new(&Pin::new("2468".to_owned()).unwrap()).unwrap();
        assert!(item.is(&Pin::new("2468".to_owned()).unwrap()).unwrap());
        assert!(!item.is(&Pin::new("2469".to_owned()).unwrap()).unwrap());
    }

    #[test]
    fn an_item_reads_as_it_was_written() {
        let mut item = PinItem::new(&Pin::new("2468".to_owned()).unwrap()).unwrap();
        item.attempts = item.attempts.with_one_more(Moment {
            boot: [3; 16],
            seconds: 77,
        });
        let read = PinItem::decode(&item.encode()).unwrap();
        assert_eq!(read.attempts, item.attempts);
        assert!(read.is(&Pin::new("2468".to_owned()).unwrap()).unwrap());
    }

    #[test]
    fn an_item_of_a_newer_version_is_called_that() {
        let newer = encode(
            &Map::new()
                .with(VERSION, 2_u8)
                .with(99_u8, "something else")
                .into(),
        );
        assert_eq!(PinItem::decode(&newer).unwrap_err(), RecordError::NewerVersion(2));
    }

    #[test]
    fn a_cost_beyond_reason_is_refused() {
        let mut item = PinItem::new(&Pin::new("2468".to_owned()).unwrap()).unwrap();
        item.cost.memory_kib = u32::MAX;
        assert_eq!(
            PinItem::decode(&item.encode()).unwrap_err(),
            RecordError::Impossible(MEMORY)
        );
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _any_answer = PinItem::decode(&bytes);
        }
    }
}
