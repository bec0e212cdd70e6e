//! The PIN's item in the keyring: its hash, what it was made with, and the wrong tries since.
//!
//! ```text
//! 1 version       2 salt (16)   3 hash (32)   4 memory (KiB)   5 passes   6 lanes
//! 7 failures      8 start of the machine (16) and 9 seconds since, at the last failure; optional
//! 10 start of the machine (16) and 11 seconds since, when somebody asked for a reset; only in version 2
//! ```
//!
//! The version is 1 as long as nobody has asked for a reset.
//!
//! Hash and count are one item: neither can be lost without the other.

use std::fmt;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use roamkey_cbor::{Map, Value, decode, encode};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::attempts::Attempts;
use super::{PIN_RESET_WAIT, Pin, PinError};
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
    /// When somebody asked for a reset without the PIN.
    pub(crate) reset_since: Option<Moment>,
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
            reset_since: None,
        })
    }

    /// In the place of an item that can't be read.
    pub(crate) fn that_no_pin_fits() -> Result<Self, PinError> {
        Ok(Self {
            salt: random().map_err(VaultError::from)?,
            hash: Zeroizing::new(random().map_err(VaultError::from)?),
            cost: COST,
            attempts: Attempts::default(),
            reset_since: None,
        })
    }

    /// How long until the PIN may be removed by anybody; the inner `None` says that it may be now, the outer one that
    /// nobody has asked for it.
    pub(crate) fn reset_wait(&self, now: &Moment) -> Option<Option<Duration>> {
        let since = self.reset_since?;
        let passed = Duration::from_secs(now.seconds_since(&since));
        let rest = PIN_RESET_WAIT.checked_sub(passed);
        Some(rest.filter(|rest| !rest.is_zero()))
    }

    /// Compares, in a time that does not depend on the PIN.
    pub(crate) fn is(&self, pin: &Pin) -> Result<bool, PinError> {
        let tried = hash(pin, &self.salt, self.cost)?;
        Ok(bool::from(tried.ct_eq(&*self.hash)))
    }

    pub(crate) fn encode(&self) -> SecretBytes {
        let version = self.reset_since.map_or(ITEM_VERSION, |_| RESET_VERSION);
        let map = Map::new()
            .with(VERSION, version)
            .with(SALT, self.salt)
            .with(HASH, self.hash.as_slice())
            .with(MEMORY, self.cost.memory_kib)
            .with(PASSES, self.cost.passes)
            .with(LANES, self.cost.lanes)
            .with(FAILURES, self.attempts.failures)
            .with_some(BOOT, self.attempts.last.map(|last| last.boot))
            .with_some(SECONDS, self.attempts.last.map(|last| last.seconds))
            .with_some(RESET_BOOT, self.reset_since.map(|since| since.boot))
            .with_some(RESET_SECONDS, self.reset_since.map(|since| since.seconds));
        Zeroizing::new(encode(&map.into()))
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut map = decode(bytes)
            .map_err(RecordError::Cbor)?
            .into_map()
            .ok_or(RecordError::NotAMap)?;
        match number(&mut map, VERSION)? {
            ITEM_VERSION | RESET_VERSION => {}
            version if version > RESET_VERSION => return Err(RecordError::NewerVersion(version.into())),
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
        let last = moment(&mut map, BOOT, SECONDS)?;
        let reset_since = moment(&mut map, RESET_BOOT, RESET_SECONDS)?;
        let hash = Zeroizing::new(bytes_of(&mut map, HASH)?);
        let item = Self {
            salt: bytes_of(&mut map, SALT)?,
            hash,
            cost,
            attempts: Attempts {
                failures: number(&mut map, FAILURES)?,
                last,
            },
            reset_since,
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

fn moment(map: &mut Map<'_>, boot: u8, seconds: u8) -> Result<Option<Moment>, RecordError> {
    match (map.take(boot), map.take(seconds)) {
        (None, None) => Ok(None),
        (Some(start), Some(since)) => Ok(Some(Moment {
            boot: fixed(&start).ok_or(RecordError::Impossible(boot))?,
            seconds: since.as_u64().ok_or(RecordError::Impossible(seconds))?,
        })),
        _ => Err(RecordError::Impossible(seconds)),
    }
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
const RESET_VERSION: u32 = 2;

const VERSION: u8 = 1;
const SALT: u8 = 2;
const HASH: u8 = 3;
const MEMORY: u8 = 4;
const PASSES: u8 = 5;
const LANES: u8 = 6;
const FAILURES: u8 = 7;
const BOOT: u8 = 8;
const SECONDS: u8 = 9;
const RESET_BOOT: u8 = 10;
const RESET_SECONDS: u8 = 11;

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
                .with(VERSION, 3_u8)
                .with(99_u8, "something else")
                .into(),
        );
        assert_eq!(PinItem::decode(&newer).unwrap_err(), RecordError::NewerVersion(3));
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
