//! What is known of recovery: for whom backups are encrypted, where they go, what was done last.
//!
//! It is one item in the keyring, JSON, without any secret. The words that open the backups are nowhere.

use std::path::{Path, PathBuf};

use roamkey_authenticator::UnixTime;
use roamkey_exchange::RecoveryWords;
use roamkey_exchange::age::Recipient;
use roamkey_vault::Vault;
use serde::{Deserialize, Serialize};

use super::RecoveryError;
use super::copies::Copies;
use crate::verification::now;

/// What is known of recovery.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    version: u32,
    recipient: String,
    /// Seconds since 1970.
    pub set_up_at: u64,
    /// The folder that backups go to.
    pub folder: Option<PathBuf>,
    /// How many backups are kept there.
    pub keep: usize,
    /// When and how many, of the last backup.
    pub last_backup: Option<(u64, u64)>,
    /// When and how many, of the last drill.
    pub last_drill: Option<(u64, u64)>,
}

const VERSION: u32 = 1;
/// Backups that are kept if nothing else is said.
const KEEP: usize = 10;

impl Recovery {
    /// Reads it; `None` if recovery was not set up.
    ///
    /// # Errors
    ///
    /// [`RecoveryError::State`], [`RecoveryError::Vault`].
    pub fn load(vault: &Vault) -> Result<Option<Self>, RecoveryError> {
        let Some(bytes) = vault.recovery()? else {
            return Ok(None);
        };
        let state: Self = serde_json::from_slice(&bytes).map_err(|_| RecoveryError::State)?;
        if state.version != VERSION || Recipient::from_text(&state.recipient).is_none() {
            return Err(RecoveryError::State);
        }
        Ok(Some(state))
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`RecoveryError::NotSetUp`], and those of [`load`](Self::load).
    pub fn get(vault: &Vault) -> Result<Self, RecoveryError> {
        Self::load(vault)?.ok_or(RecoveryError::NotSetUp)
    }

    /// Sets recovery up with these words, of which the public half is kept. Words that are set up already stay; if they
    /// are given up (`anew`), what their backups hold no longer counts as backed up, until the next drill.
    ///
    /// # Errors
    ///
    /// [`RecoveryError::AlreadySetUp`] with other words, unless `anew`.
    pub fn set_up(vault: &Vault, words: &RecoveryWords, anew: bool) -> Result<Self, RecoveryError> {
        let recipient = words.recipient().to_string();
        match Self::load(vault)? {
            Some(state) if state.recipient == recipient => return Ok(state),
            Some(_) if !anew => return Err(RecoveryError::AlreadySetUp),
            Some(_) => {
                // Who gives up the words of before can't rely on what they open.
                vault.set_backup_state(&Copies::forget(vault), false)?;
            }
            None => {}
        }
        let state = Self {
            version: VERSION,
            recipient,
            set_up_at: now().0,
            folder: None,
            keep: KEEP,
            last_backup: None,
            last_drill: None,
        };
        state.store(vault)?;
        Ok(state)
    }

    /// For whom backups are encrypted.
    ///
    /// # Errors
    ///
    /// [`RecoveryError::State`].
    pub fn recipient(&self) -> Result<Recipient, RecoveryError> {
        Recipient::from_text(&self.recipient).ok_or(RecoveryError::State)
    }

    /// The folder that backups go to: the chosen one, or `backups` in the data folder.
    #[must_use]
    pub fn folder_or(&self, dir: &Path) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| dir.join("backups"))
    }

    /// Keeps it.
    ///
    /// # Errors
    ///
    /// [`RecoveryError::Vault`].
    pub fn store(&self, vault: &Vault) -> Result<(), RecoveryError> {
        let bytes = serde_json::to_vec(self).map_err(|_| RecoveryError::State)?;
        Ok(vault.set_recovery(&bytes)?)
    }

    pub(super) fn note_backup(&mut self, at: UnixTime, count: u64) {
        self.last_backup = Some((at.0, count));
    }

    pub(super) fn note_drill(&mut self, at: UnixTime, count: u64) {
        self.last_drill = Some((at.0, count));
    }
}
