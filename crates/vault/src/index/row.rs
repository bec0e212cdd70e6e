//! One row of the index: what is sealed in it, and how.
//!
//! ```text
//! sealed    array: layout (2), state, last use (s)?, uses, label?, backup state, trash?, facts?
//! trash     array: when the passkey was removed, when it is to be destroyed; both in s since 1970
//! facts     array: credential id, RP ID, user handle, user name?, display name?, COSE algorithm, credProtect,
//!           backup eligible, created (s), discoverable: as in the passkey's record
//! ?         or null
//! ```
//!
//! An array and not a map, since a list reads thousands of them. A later layout adds elements at the end; those that
//! this program does not know are carried along when a row is written again.

use std::fmt;
use std::str::FromStr;

use roamkey_cbor::Value;

use super::seal::{Column, Lookup, Place, Seal, SealBroken};
use crate::random::RandomError;
use crate::record::Facts;

/// A passkey's random name in the keyring: 16 bytes, written as 32 hex digits.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RecordId(pub(crate) [u8; 16]);

/// A text is not the name of a passkey: not 32 hex digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a passkey's id is 32 hex digits")]
pub struct NotARecordId;

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
    pub(crate) trash: Option<Trash>,
    /// What a later layout keeps here.
    others: Vec<Value<'static>>,
}

/// Since when a passkey is in the trash, and until when; seconds since 1970.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Trash {
    pub(crate) removed_at: u64,
    pub(crate) destroyed_at: u64,
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
    pub(crate) sealed: Vec<u8>,
}

impl Row {
    /// A row for a passkey that has just been made or found.
    pub(crate) fn new(
        record_id: RecordId,
        facts: Option<Facts>,
        state: RowState,
        backup_state: bool,
    ) -> Self {
        Self {
            record_id,
            facts,
            changing: Changing::new(state, backup_state),
        }
    }

    /// Tells whether the passkey may sign, as far as the index knows.
    pub(crate) fn is_usable(&self) -> bool {
        self.changing.trash.is_none() && matches!(self.changing.state, RowState::Ready | RowState::Unfinished)
    }

    pub(crate) fn seal(&self, seal: &Seal) -> Result<SealedRow, RandomError> {
        let lookups = self.facts.as_ref().map(|facts| {
            (
                rp_lookup(seal, &facts.rp_id),
                credential_lookup(seal, &facts.credential_id),
            )
        });
        let value = self.changing.to_value(self.facts.as_ref());
        let sealed = match &lookups {
            Some((rp, credential)) => seal.seal(&place(&self.record_id, &[rp, credential]), &value),
            None => seal.seal(&place(&self.record_id, &[]), &value),
        }?;
        let (rp, credential) = lookups.unzip();
        Ok(SealedRow {
            record_id: self.record_id,
            rp: rp.map(Vec::from),
            credential: credential.map(Vec::from),
            sealed,
        })
    }

    /// Opens a row from its columns.
    pub(crate) fn open(
        seal: &Seal,
        record_id: RecordId,
        rp: Option<&[u8]>,
        credential: Option<&[u8]>,
        sealed: &[u8],
    ) -> Result<Self, SealBroken> {
        let read = |value: Value<'_>| read_row(record_id, value);
        let row = match (rp, credential) {
            (Some(rp), Some(credential)) => seal.open(&place(&record_id, &[rp, credential]), sealed, read)?,
            (None, None) => seal.open(&place(&record_id, &[]), sealed, read)?,
            _ => return Err(SealBroken),
        };
        if row.facts.is_some() == rp.is_some() {
            Ok(row)
        } else {
            Err(SealBroken)
        }
    }
}

impl Changing {
    /// What is known at the beginning.
    pub(crate) fn new(state: RowState, backup_state: bool) -> Self {
        Self {
            last_used: None,
            uses: 0,
            label: None,
            state,
            backup_state,
            trash: None,
            others: Vec::new(),
        }
    }

    fn to_value<'a>(&'a self, facts: Option<&'a Facts>) -> Value<'a> {
        let trash = self
            .trash
            .map(|trash| Value::Array(vec![trash.removed_at.into(), trash.destroyed_at.into()]));
        let mut elements = vec![
            LAYOUT_VERSION.into(),
            self.state.number().into(),
            or_null(self.last_used),
            self.uses.into(),
            or_null(self.label.as_deref()),
            self.backup_state.into(),
            or_null(trash),
            or_null(facts.map(facts_value)),
        ];
        elements.extend(self.others.iter().cloned());
        Value::Array(elements)
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

    pub(super) fn from_number(number: u64) -> Option<Self> {
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

impl FromStr for RecordId {
    type Err = NotARecordId;

    /// Reads 32 hex digits in either case.
    fn from_str(text: &str) -> Result<Self, NotARecordId> {
        Self::from_user(&text.to_ascii_lowercase()).ok_or(NotARecordId)
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

/// The hidden form of an RP ID.
pub(crate) fn rp_lookup(seal: &Seal, rp_id: &str) -> Lookup {
    seal.lookup(Column::Rp, rp_id.as_bytes())
}

/// The hidden form of a credential id.
pub(crate) fn credential_lookup(seal: &Seal, credential_id: &[u8]) -> Lookup {
    seal.lookup(Column::Credential, credential_id)
}

fn place<'a>(record_id: &'a RecordId, bound: &'a [&'a [u8]]) -> Place<'a> {
    Place {
        column: Column::Passkey,
        record_id: &record_id.0,
        bound,
    }
}

fn read_row(record_id: RecordId, value: Value<'_>) -> Option<Row> {
    let mut elements = value.into_array()?.into_iter();
    elements
        .next()?
        .as_u64()
        .filter(|layout| *layout >= LAYOUT_VERSION)?;
    let mut changing = Changing::new(RowState::from_number(elements.next()?.as_u64()?)?, false);
    changing.last_used = optional(elements.next()?, |value| value.as_u64())?;
    changing.uses = elements.next()?.as_u64()?;
    changing.label = optional(elements.next()?, text)?;
    changing.backup_state = elements.next()?.as_bool()?;
    changing.trash = optional(elements.next()?, read_trash)?;
    let facts = optional(elements.next()?, read_facts)?;
    changing.others = elements.map(Value::into_owned).collect();
    Some(Row {
        record_id,
        facts,
        changing,
    })
}

/// Reads what may be behind a seal, for the fuzzer.
pub(crate) fn read_any_row(bytes: &[u8]) {
    let _any_answer = roamkey_cbor::decode(bytes).map(|value| read_row(RecordId([0; 16]), value).is_some());
}

fn read_trash(value: Value<'_>) -> Option<Trash> {
    match value.as_array()? {
        [Value::Unsigned(removed_at), Value::Unsigned(destroyed_at)] => Some(Trash {
            removed_at: *removed_at,
            destroyed_at: *destroyed_at,
        }),
        _ => None,
    }
}

fn facts_value(facts: &Facts) -> Value<'_> {
    Value::Array(vec![
        (&facts.credential_id).into(),
        (&facts.rp_id).into(),
        (&facts.user_id).into(),
        or_null(facts.user_name.as_deref()),
        or_null(facts.user_display_name.as_deref()),
        facts.algorithm.into(),
        facts.cred_protect.into(),
        facts.backup_eligible.into(),
        facts.created_at.into(),
        facts.discoverable.into(),
    ])
}

fn read_facts(value: Value<'_>) -> Option<Facts> {
    let mut elements = value.into_array()?.into_iter();
    let facts = Facts {
        credential_id: elements.next()?.into_bytes()?.into_owned(),
        rp_id: text(elements.next()?)?,
        user_id: elements.next()?.into_bytes()?.into_owned(),
        user_name: optional(elements.next()?, text)?,
        user_display_name: optional(elements.next()?, text)?,
        algorithm: elements.next()?.as_i64()?,
        cred_protect: u8::try_from(elements.next()?.as_u64()?).ok()?,
        backup_eligible: elements.next()?.as_bool()?,
        created_at: elements.next()?.as_u64()?,
        discoverable: elements.next()?.as_bool()?,
    };
    elements.next().is_none().then_some(facts)
}

fn or_null<'a>(value: Option<impl Into<Value<'a>>>) -> Value<'a> {
    value.map_or(Value::Null, Into::into)
}

/// `None` if the value is not what `read` reads, `Some(None)` if it is null.
fn optional<'a, T>(value: Value<'a>, read: impl FnOnce(Value<'a>) -> Option<T>) -> Option<Option<T>> {
    if value.is_null() {
        Some(None)
    } else {
        read(value).map(Some)
    }
}

fn text(value: Value<'_>) -> Option<String> {
    value.into_text().map(String::from)
}

/// 1 was the layout of the first index, which had two sealed columns in a row.
const LAYOUT_VERSION: u64 = 2;
