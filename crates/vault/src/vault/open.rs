//! Opening the index, and building it from the keyring.

use std::collections::HashSet;
use std::path::PathBuf;

use roamkey_cbor::{Map, decode, encode};
use zeroize::Zeroizing;

use super::{Access, Opened, Rebuilt, Vault};
use crate::folder::{FileLock, file_identity};
use crate::index::{Index, LockedIndex, OldIndex, RecordId, Row, RowState, Seal, Unlocking};
use crate::random::random;
use crate::record::RecordError;
use crate::{Activity, Event, IndexError, KeyringError, VaultError};

/// What was found where the index should be.
enum Found {
    Open(Index),
    /// Of the first layout.
    Old(OldIndex),
    NoFile,
    /// With the file, if it can be read, and why it is not used.
    Unusable(Option<LockedIndex>),
}

impl Vault {
    /// Opens the index, or builds it.
    pub(super) fn open_index(&self, access: Access<'_>) -> Result<Option<Opened>, VaultError> {
        if let (Found::Open(index), _) = self.find_index()? {
            return self.opened(index, access).map(Some);
        }
        match access {
            Access::Write(lock) | Access::LookLocked(lock) => self.open_or_build(access, lock),
            // Somebody who only looks at an empty vault leaves no trace, not even a folder.
            Access::Look if !self.has_traces()? => Ok(None),
            Access::Look => {
                let lock = self.lock()?;
                self.open_or_build(access, &lock)
            }
        }
    }

    /// Builds the index anew after its file turned out to be damaged while it was open.
    pub(super) fn rebuild_damaged(
        &self,
        access: Access<'_>,
        error: IndexError,
    ) -> Result<Option<Opened>, VaultError> {
        let own_lock;
        let lock = match access {
            Access::Write(lock) | Access::LookLocked(lock) => lock,
            Access::Look => {
                own_lock = self.lock()?;
                &own_lock
            }
        };
        let (found, seal) = self.find_index()?;
        match found {
            // It opens, and fails when it is read: the damage is further inside. What opens may also be what another
            // process has built in the meantime; building it once more costs time and nothing else.
            Found::Open(_) | Found::Old(_) | Found::Unusable(_) => {
                let kept = self.set_aside(lock, &error)?;
                self.build(access, lock, seal, Some(kept))
            }
            Found::NoFile => self.build(access, lock, seal, None),
        }
    }

    /// The second look, with the lock: another process may have built the index since the first.
    fn open_or_build(&self, access: Access<'_>, lock: &FileLock) -> Result<Option<Opened>, VaultError> {
        let (found, seal) = self.find_index()?;
        let kept = match found {
            Found::Open(index) => return self.opened(index, Access::LookLocked(lock)).map(Some),
            Found::Old(old) => match old.migrate(lock) {
                Ok(index) => return self.opened(index, Access::LookLocked(lock)).map(Some),
                Err(error) if error.is_damage() => Some(self.set_aside(lock, &error)?),
                Err(error) => return Err(error.into()),
            },
            Found::NoFile => None,
            Found::Unusable(Some(readable)) => {
                self.refuse_if_loss(&readable)?;
                drop(readable);
                Some(self.set_aside(lock, &IndexError::Foreign)?)
            }
            Found::Unusable(None) => Some(self.set_aside(lock, &IndexError::Foreign)?),
        };
        self.build(access, lock, seal, kept)
    }

    fn find_index(&self) -> Result<(Found, Option<Seal>), VaultError> {
        let path = self.folder.index();
        let seal = self.index_key()?;
        if file_identity(&path).is_none() {
            return Ok((Found::NoFile, seal));
        }
        let locked = match LockedIndex::open(&path) {
            Ok(locked) => locked,
            Err(error) if error.is_damage() => return Ok((Found::Unusable(None), seal)),
            Err(error) => return Err(error.into()),
        };
        let Some(seal) = seal else {
            return Ok((Found::Unusable(Some(locked)), None));
        };
        match locked.unlock(seal) {
            Unlocking::Open(index) => Ok((Found::Open(index), None)),
            Unlocking::Old(old) => Ok((Found::Old(old), None)),
            Unlocking::OtherKey(locked, seal) => Ok((Found::Unusable(Some(locked)), Some(seal))),
            Unlocking::Failed(error, seal) if error.is_damage() => Ok((Found::Unusable(None), Some(seal))),
            Unlocking::Failed(error, _) => Err(error.into()),
        }
    }

    fn opened(&self, mut index: Index, access: Access<'_>) -> Result<Opened, VaultError> {
        let file = file_identity(&self.folder.index());
        match access {
            Access::Write(lock) | Access::LookLocked(lock) => self.finish_pending(&mut index, lock),
            Access::Look => self.finish_pending_if_alone(&mut index),
        }?;
        Ok(Opened { index, file })
    }

    /// Tells whether there is anything to build an index from, or to look at more closely.
    fn has_traces(&self) -> Result<bool, VaultError> {
        let passkeys = || {
            Ok(self
                .keyring
                .users()?
                .iter()
                .any(|user| RecordId::from_user(user).is_some()))
        };
        if file_identity(&self.folder.index()).is_some() {
            Ok(true)
        } else {
            passkeys()
        }
    }

    /// An index that opens with no key of this keyring may only be replaced by what is in this keyring if that is all
    /// that the index lists.
    fn refuse_if_loss(&self, index: &LockedIndex) -> Result<(), VaultError> {
        let listed = match index.record_ids() {
            // Nobody can tell what it listed.
            Err(error) if error.is_damage() => return Ok(()),
            listed => listed?,
        };
        let held: HashSet<_> = self
            .keyring
            .users()?
            .iter()
            .filter_map(|user| RecordId::from_user(user))
            .collect();
        match listed.iter().filter(|id| !held.contains(id)).count() {
            0 => Ok(()),
            missing => Err(VaultError::OtherKeyring {
                listed: listed.len(),
                missing,
            }),
        }
    }

    fn set_aside(&self, _lock: &FileLock, why: &IndexError) -> Result<PathBuf, VaultError> {
        tracing::warn!(reason = %why, "the passkey index is moved aside and built anew from the keyring");
        self.folder.set_index_aside().map_err(VaultError::Folder)
    }

    /// Builds an index with a row for each passkey in the keyring, in place of the one that is `kept`. The file appears
    /// when it is complete.
    fn build(
        &self,
        access: Access<'_>,
        lock: &FileLock,
        seal: Option<Seal>,
        kept: Option<PathBuf>,
    ) -> Result<Option<Opened>, VaultError> {
        let rows = self.rows_from_keyring()?;
        if rows.is_empty() && !matches!(access, Access::Write(_)) {
            if kept.is_some() {
                self.tell_rebuilt(0, kept);
            }
            return Ok(None);
        }
        let seal = match seal {
            Some(seal) => seal,
            None => self.index_key()?.map_or_else(|| self.make_index_key(), Ok)?,
        };
        self.folder
            .make()
            .and_then(|()| self.folder.remove_index_leftovers())
            .map_err(VaultError::Folder)?;
        LockedIndex::create(&self.folder.index(), &seal, &rows)?;
        tracing::info!(passkeys = rows.len(), "built the passkey index from the keyring");
        // Without an old one and without passkeys this is simply the first.
        if kept.is_some() || !rows.is_empty() {
            self.tell_rebuilt(rows.len(), kept);
        }
        match LockedIndex::open(&self.folder.index())?.unlock(seal) {
            Unlocking::Open(index) => self.opened(index, Access::LookLocked(lock)).map(Some),
            Unlocking::Old(_) | Unlocking::OtherKey(..) => Err(IndexError::Foreign.into()),
            Unlocking::Failed(error, _) => Err(error.into()),
        }
    }

    fn tell_rebuilt(&self, passkeys: usize, kept: Option<PathBuf>) {
        let activity = Activity {
            count: u64::try_from(passkeys).ok(),
            ..Activity::of(Event::ListRebuilt)
        };
        self.note_within_index(&activity, (self.clock)());
        (self.on_rebuilt.0)(&Rebuilt { passkeys, kept });
    }

    fn rows_from_keyring(&self) -> Result<Vec<Row>, VaultError> {
        let users = self.keyring.users()?;
        let ids = users.iter().filter_map(|user| RecordId::from_user(user));
        ids.filter_map(|id| self.row_from_keyring(id, RowState::Ready).transpose())
            .collect()
    }

    /// Reads a passkey's item to make its row; `None` if there is no such item. An item that can't be used becomes a
    /// row that says so.
    pub(super) fn row_from_keyring(&self, id: RecordId, state: RowState) -> Result<Option<Row>, VaultError> {
        let row = match self.read_record(id) {
            Ok(record) => Row::new(id, Some(record.facts.clone()), state, record.backup_state),
            Err(VaultError::KeyMissing) => return Ok(None),
            Err(VaultError::Record(RecordError::NewerVersion(_))) => {
                Row::new(id, None, RowState::Newer, false)
            }
            Err(
                VaultError::Record(_) | VaultError::Keyring(KeyringError::Garbled | KeyringError::Duplicate),
            ) => Row::new(id, None, RowState::Damaged, false),
            Err(error) => return Err(error),
        };
        Ok(Some(row))
    }

    /// The keys to the index; `None` if the keyring has none, or a damaged one.
    fn index_key(&self) -> Result<Option<Seal>, VaultError> {
        Ok(self.raw_index_key()?.map(|key| Seal::new(&key)))
    }

    /// The key that all others are derived from.
    pub(super) fn raw_index_key(&self) -> Result<Option<Zeroizing<[u8; 32]>>, VaultError> {
        let item = match self.keyring.get(INDEX_KEY_USER) {
            Ok(item) => item,
            Err(KeyringError::Garbled) => None,
            Err(error) => return Err(error.into()),
        };
        item.map_or(Ok(None), |item| match read_index_key(&item) {
            Ok(key) => Ok(Some(key)),
            Err(error @ RecordError::NewerVersion(_)) => Err(VaultError::Record(error)),
            Err(_damaged) => Ok(None),
        })
    }

    fn make_index_key(&self) -> Result<Seal, VaultError> {
        let key = Zeroizing::new(random::<32>()?);
        let item = Zeroizing::new(encode(
            &Map::new().with(1_u8, 1_u8).with(2_u8, key.as_slice()).into(),
        ));
        self.keyring.replace(INDEX_KEY_USER, &item)?;
        let kept = self.keyring.get(INDEX_KEY_USER)?;
        if kept.is_none_or(|kept| *kept != *item) {
            return Err(VaultError::NotKept);
        }
        Ok(Seal::new(&key))
    }
}

/// Reads the item of the index key: a map of version (1) and key (2).
fn read_index_key(item: &[u8]) -> Result<Zeroizing<[u8; 32]>, RecordError> {
    let mut map = decode(item)
        .map_err(RecordError::Cbor)?
        .into_map()
        .ok_or(RecordError::NotAMap)?;
    match map.take(1_u8).and_then(|version| version.as_u64()) {
        Some(1) => {}
        Some(version) if version > 1 => return Err(RecordError::NewerVersion(version)),
        Some(_) | None => return Err(RecordError::Impossible(1)),
    }
    let key = map.take(2_u8).ok_or(RecordError::Missing(2))?;
    let key = key.as_bytes().and_then(|key| <&[u8; 32]>::try_from(key).ok());
    key.map(|key| Zeroizing::new(*key))
        .ok_or(RecordError::Impossible(2))
}

/// The item's name in the keyring.
const INDEX_KEY_USER: &str = "index-key";
