//! One row of the index: what is sealed in it, and how.
//!
//! ```text
//! fixed      map 1: layout (1), 2 to 11: the passkey's facts as in its record
//! changing   map 1: layout (1), 2: last use (s), 3: uses, 4: label, 5: state, 6: backup state
//! ```
//!
//! A later layout adds keys; keys that this program does not know are carried along when a row is written again.

use std::fmt;

use roamkey_cbor::{Map, Value};

use super::seal::{Column, Lookup, Place, Seal, SealBroken};
use crate::random::RandomError;
use crate::record::Facts;

/// A passkey's random name in the keyring.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RecordId(pub(crate) [u8; 16]);

/// A row, opened.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) record_id: RecordId,
    /// What the passkey is; `None` if its record could not be read when it was found.
    pub(crate) facts: Option<Facts>,
    pub(crate) changing: Changing,
}

/// What changes during a passkey's life.
#[derive(Clone)]
pub(crate) struct Changing {
    /// Seconds since 1970.
    pub(crate) last_used: Option<u64>,
    pub(crate) uses: u64,
    pub(crate) label: Option<String>,
    pub(crate) state: RowState,
    pub(crate) backup_state: bool,
    /// What a later layout keeps here.
    others: Map<'static>,
}

/// What is known of a passkey's item in the keyring.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RowState {
    /// It was there and whole when last seen.
    Ready,
    /// It is whole, and its creation was interrupted before the site can have learned of it.
    Unfinished,
    /// It was not there when last asked for.
    Missing,
    /// It is there and can't be read.
    Damaged,
    /// It is there, written by a newer version.
    Newer,
}

/// A row as the file keeps it.
pub(crate) struct SealedRow {
    pub(crate) record_id: RecordId,
    pub(crate) rp: Option<Vec<u8>>,
    pub(crate) credential: Option<Vec<u8>>,
    pub(crate) fixed: Option<Vec<u8>>,
    pub(crate) changing: Vec<u8>,
}

impl Row {
    /// A row for a passkey that has just been made or found.
    pub(crate) fn new(
        record_id: RecordId,
        facts: Option<Facts>,
        state: RowState,
        backup_state: bool,
    ) -> Self {
        let changing = Changing {
            last_used: None,
            uses: 0,
            label: None,
            state,
            backup_state,
            others: Map::new(),
        };
        Self {
            record_id,
            facts,
            changing,
        }
    }

    pub(crate) fn seal(&self, seal: &Seal) -> Result<SealedRow, RandomError> {
        let mut sealed = SealedRow {
            record_id: self.record_id,
            rp: None,
            credential: None,
            fixed: None,
            changing: self.changing.seal(seal, self.record_id)?,
        };
        if let Some(facts) = &self.facts {
            let rp = rp_lookup(seal, &facts.rp_id);
            let credential = credential_lookup(seal, &facts.credential_id);
            let place = fixed_place(&self.record_id, &[&rp, &credential]).seal_bytes(seal, facts)?;
            (sealed.rp, sealed.credential, sealed.fixed) =
                (Some(rp.into()), Some(credential.into()), Some(place));
        }
        Ok(sealed)
    }
}

impl SealedRow {
    pub(crate) fn open(&self, seal: &Seal) -> Result<Row, SealBroken> {
        let facts = match (&self.fixed, &self.rp, &self.credential) {
            (Some(fixed), Some(rp), Some(credential)) => {
                let bound = [rp.as_slice(), credential.as_slice()];
                let place = Place {
                    column: Column::Fixed,
                    record_id: &self.record_id.0,
                    bound: &bound,
                };
                Some(seal.open(&place, fixed, read_facts)?)
            }
            (None, None, None) => None,
            _ => return Err(SealBroken),
        };
        let changing = seal.open(&changing_place(&self.record_id), &self.changing, Changing::read)?;
        Ok(Row {
            record_id: self.record_id,
            facts,
            changing,
        })
    }
}

impl Changing {
    pub(crate) fn seal(&self, seal: &Seal, record_id: RecordId) -> Result<Vec<u8>, RandomError> {
        let map = self
            .others
            .clone()
            .with(LAYOUT, LAYOUT_VERSION)
            .with_some(LAST_USED, self.last_used)
            .with(USES, self.uses)
            .with_some(LABEL, self.label.as_deref())
            .with(STATE, self.state.number())
            .with(BACKUP_STATE, self.backup_state);
        seal.seal(&changing_place(&record_id), &map.into())
    }

    fn read(value: Value<'_>) -> Option<Self> {
        let mut map = value.into_map()?;
        map.take(LAYOUT)?.as_u64()?;
        Some(Self {
            last_used: map.take(LAST_USED).and_then(|seconds| seconds.as_u64()),
            uses: map.take(USES)?.as_u64()?,
            label: map.take(LABEL).and_then(Value::into_text).map(String::from),
            state: RowState::from_number(map.take(STATE)?.as_u64()?)?,
            backup_state: map.take(BACKUP_STATE)?.as_bool()?,
            others: map.into_owned(),
        })
    }
}

impl fmt::Debug for Changing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changing")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl RowState {
    fn number(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::Unfinished => 1,
            Self::Missing => 2,
            Self::Damaged => 3,
            Self::Newer => 4,
        }
    }

    fn from_number(number: u64) -> Option<Self> {
        [
            Self::Ready,
            Self::Unfinished,
            Self::Missing,
            Self::Damaged,
            Self::Newer,
        ]
        .into_iter()
        .find(|state| u64::from(state.number()) == number)
    }
}

impl RecordId {
    /// The item's name in the keyring: 32 hex digits.
    pub(crate) fn user(self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }

    /// Reads an item's name; `None` for names that are not a passkey's.
    pub(crate) fn from_user(user: &str) -> Option<Self> {
        let digits = user.len() == 32 && user.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| {
            u128::from_str_radix(user, 16)
                .ok()
                .map(|number| Self(number.to_be_bytes()))
        })?
    }
}

impl fmt::Display for RecordId {
    /// The whole name: it says nothing about the passkey.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.user())
    }
}

impl fmt::Debug for RecordId {
    /// The first 4 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, ..] = self.0;
        write!(f, "{first:02x}{second:02x}…")
    }
}

impl Place<'_> {
    fn seal_bytes(&self, seal: &Seal, facts: &Facts) -> Result<Vec<u8>, RandomError> {
        seal.seal(self, &facts.to_map().with(LAYOUT, LAYOUT_VERSION).into())
    }
}

/// The hidden form of an RP ID.
pub(crate) fn rp_lookup(seal: &Seal, rp_id: &str) -> Lookup {
    seal.lookup(Column::Rp, rp_id.as_bytes())
}

/// The hidden form of a credential id.
pub(crate) fn credential_lookup(seal: &Seal, credential_id: &[u8]) -> Lookup {
    seal.lookup(Column::Credential, credential_id)
}

fn fixed_place<'a>(record_id: &'a RecordId, bound: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        column: Column::Fixed,
        record_id: &record_id.0,
        bound,
    }
}

fn changing_place(record_id: &RecordId) -> Place<'_> {
    Place {
        column: Column::Changing,
        record_id: &record_id.0,
        bound: &[],
    }
}

fn read_facts(value: Value<'_>) -> Option<Facts> {
    let mut map = value.into_map()?;
    map.take(LAYOUT)?.as_u64()?;
    Facts::take_from(&mut map).ok()
}

const LAYOUT_VERSION: u8 = 1;

const LAYOUT: u8 = 1;
const LAST_USED: u8 = 2;
const USES: u8 = 3;
const LABEL: u8 = 4;
const STATE: u8 = 5;
const BACKUP_STATE: u8 = 6;
