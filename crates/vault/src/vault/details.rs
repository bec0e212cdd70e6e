//! One passkey: everything that can be shown of it, its label, its name cut short.

use roamkey_authenticator::UnixTime;
use roamkey_cbor::Value;
use roamkey_ctap::{Algorithm, CredProtect, CredentialId};
use unicode_normalization::UnicodeNormalization as _;

use super::{Access, PasskeyEntry, Vault};
use crate::folder::FileLock;
use crate::index::{Attachment, Index, RecordId, Row};
use crate::{Event, IndexError, VaultError};

/// Everything about a passkey that is no secret.
///
/// # Privacy
///
/// As [`PasskeyEntry`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PasskeyDetails {
    /// What the list shows.
    pub entry: PasskeyEntry,
    /// The credential ID; `None`, as all of the passkey's own fields, if it could never be read.
    pub credential_id: Option<CredentialId>,
    /// The signature algorithm; `None` too for one that this version does not know.
    pub algorithm: Option<Algorithm>,
    /// Whether a request without allow list finds it.
    pub discoverable: Option<bool>,
    /// Its protection policy.
    pub cred_protect: Option<CredProtect>,
    /// BE: whether it may be backed up.
    pub backup_eligible: Option<bool>,
    /// BS: whether a verified backup or a second copy exists.
    pub backup_state: bool,
    /// Bytes that the site keeps with it as its large blob, compressed.
    pub large_blob: Option<usize>,
    /// Whether the site keeps a credBlob with it; `None` if its item in the keyring can't be read.
    pub cred_blob: Option<bool>,
    /// When it was moved to the trash.
    pub removed_at: Option<UnixTime>,
    /// After this time it is destroyed, if it is in the trash.
    pub destroyed_at: Option<UnixTime>,
}

/// Why a text is not a label.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// Nothing but spaces.
    #[error("a label has at least one character")]
    Empty,
    /// More than 64 characters.
    #[error("a label has at most {MAX_LABEL} characters")]
    TooLong,
    /// A line break, another control character, or one that turns the direction of writing.
    #[error("a label has no control characters")]
    ControlCharacter,
}

impl Vault {
    /// Shows a passkey, removed or not. The keyring is asked for its item, so this also tells whether the key is there.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotFound`], the keyring's and the index's. A passkey that can't be used is shown, and says so.
    pub fn show(&self, id: RecordId) -> Result<PasskeyDetails, VaultError> {
        let cred_blob = match self.read_record(id) {
            Ok(record) => Some(record.cred_blob.is_some()),
            Err(error) if error.is_of_passkey() => {
                self.mark(id, &error)?;
                None
            }
            Err(error) => return Err(error),
        };
        let read = |index: &mut Index| {
            let Some(sealed) = index.sealed_row(id)? else {
                return Ok(None);
            };
            let row = self.repaired_row(index, &sealed)?;
            let length = |value: Value<'_>| Some(value.as_array()?.get(1)?.as_bytes()?.len());
            let large_blob = match index.attachment(id, Attachment::LargeBlob, length) {
                // The rest can be shown all the same.
                Err(IndexError::Attachment) => None,
                read => read?,
            };
            Ok(Some((row, large_blob)))
        };
        let (row, large_blob) = self
            .with_index(Access::Look, read)?
            .flatten()
            .ok_or(VaultError::NotFound)?;
        Ok(details(row, large_blob, cred_blob))
    }

    /// Gives a passkey a label, in Unicode normalization form C and without spaces around it, or takes it away.
    ///
    /// # Errors
    ///
    /// [`VaultError::Label`], [`VaultError::NotFound`], [`VaultError::AlreadyRemoved`], the keyring's and the index's.
    pub fn label(&self, id: RecordId, label: Option<&str>, now: UnixTime) -> Result<(), VaultError> {
        let label = label.map(parse_label).transpose()?;
        let lock = self.lock_to_write(now)?;
        let row = self.edit(id, &lock, |row| {
            if row.changing.trash.is_some() {
                return Err(VaultError::AlreadyRemoved);
            }
            row.changing.label.clone_from(&label);
            Ok(())
        })?;
        drop(lock);
        self.note_change(Event::Labelled, &row, now);
        Ok(())
    }

    /// Finds the passkey, removed or not, whose id begins with these hex digits.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotAnId`] for anything but 1 to 32 hex digits, [`VaultError::NotFound`],
    /// [`VaultError::Ambiguous`] if there are several; the keyring's and the index's.
    pub fn resolve(&self, prefix: &str) -> Result<RecordId, VaultError> {
        if !(1..=ID_DIGITS).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(VaultError::NotAnId);
        }
        let digits = prefix.to_ascii_uppercase();
        let found = self.with_index(Access::Look, |index| Ok(index.of_prefix(&digits)?))?;
        match found.unwrap_or_default().as_slice() {
            [] => Err(VaultError::NotFound),
            [id] => Ok(*id),
            [..] => Err(VaultError::Ambiguous),
        }
    }

    /// Sets BS of these passkeys, all or none: whether a verified backup or a second copy of them exists. Those that may
    /// not be backed up stay as they are. Returns how many say so afterwards.
    ///
    /// # Errors
    ///
    /// The keyring's and the index's.
    pub fn set_backup_state(&self, ids: &[RecordId], backed_up: bool) -> Result<usize, VaultError> {
        let lock = self.lock()?;
        let set = |index: &mut Index| {
            let mut count = 0_usize;
            index.change_all(ids, |row| {
                if row.facts.as_ref().is_some_and(|facts| facts.backup_eligible) {
                    row.changing.backup_state = backed_up;
                    count = count.saturating_add(1);
                }
            })?;
            Ok(count)
        };
        Ok(self
            .with_index(Access::LookLocked(&lock), set)?
            .unwrap_or_default())
    }

    /// Changes a passkey's row, whole or not at all, and returns it as it was before.
    pub(super) fn edit(
        &self,
        id: RecordId,
        lock: &FileLock,
        change: impl Fn(&mut Row) -> Result<(), VaultError>,
    ) -> Result<Row, VaultError> {
        self.with_row(id, lock, |index, row| {
            index.change(id, &change)?.ok_or(VaultError::NotFound)?;
            Ok(row)
        })
    }

    /// Runs `work` for a passkey's row, making the row anew first if it does not open.
    pub(super) fn with_row<T>(
        &self,
        id: RecordId,
        lock: &FileLock,
        work: impl Fn(&mut Index, Row) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let done = self.with_index(Access::LookLocked(lock), |index| {
            let sealed = index.sealed_row(id)?.ok_or(VaultError::NotFound)?;
            let row = self.repaired_row(index, &sealed)?;
            work(index, row)
        })?;
        done.ok_or(VaultError::NotFound)
    }
}

pub(super) fn parse_label(text: &str) -> Result<String, LabelError> {
    let label: String = text.trim().nfc().collect();
    if label.is_empty() {
        Err(LabelError::Empty)
    } else if label.chars().count() > MAX_LABEL {
        Err(LabelError::TooLong)
    } else if label.chars().any(|c| c.is_control() || turns_direction(c)) {
        Err(LabelError::ControlCharacter)
    } else {
        Ok(label)
    }
}

/// The characters of Unicode's bidirectional algorithm that can make a text look like another.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

fn details(row: Row, large_blob: Option<usize>, cred_blob: Option<bool>) -> PasskeyDetails {
    let facts = row.facts.as_ref();
    let trash = row.changing.trash;
    PasskeyDetails {
        credential_id: facts.map(|facts| CredentialId::new(facts.credential_id.as_slice())),
        algorithm: facts.and_then(|facts| Algorithm::from_cose(facts.algorithm)),
        discoverable: facts.map(|facts| facts.discoverable),
        cred_protect: facts.and_then(|facts| CredProtect::from_level(facts.cred_protect.into())),
        backup_eligible: facts.map(|facts| facts.backup_eligible),
        backup_state: facts.is_some_and(|facts| facts.backup_eligible) && row.changing.backup_state,
        large_blob,
        cred_blob,
        removed_at: trash.map(|trash| UnixTime(trash.removed_at)),
        destroyed_at: trash.map(|trash| UnixTime(trash.destroyed_at)),
        entry: row.into(),
    }
}

/// Characters, counted after normalization.
const MAX_LABEL: usize = 64;
const ID_DIGITS: usize = 32;
