//! Recovery: that every passkey survives its device.
//!
//! ```text
//! setup ─▶ recipient in the keyring ─▶ backup (asks nothing) ─▶ roamkey-….age
//!   └▶ 24 words on paper ──────────────────────────────────────────┴▶ drill: tries every key, imports nothing
//!                                                                  └▶ plan ─▶ shown, approved ─▶ apply
//! ```
//!
//! Everything here blocks, on the keyring and on files.

mod backup;
mod copies;
mod disk;
mod error;
mod fault;
mod files;
mod restore;
mod schedule;
mod sheet;
mod state;
mod status;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use roamkey_exchange::age::{self, AgeError, Identity, OpensWith, Unlock};
use roamkey_exchange::backup::BackupError;
use roamkey_exchange::import::{self, BackupFlags, Import, ImportError, Options};
use roamkey_exchange::{RecoveryWords, backup as format, split};
use roamkey_vault::Vault;
use zeroize::Zeroizing;

use crate::Failure;
use crate::verification::now;
pub use backup::{
    Backup, Drill, Readers, backup, copy_under_passphrase, drill, export_cxf, export_keepassxc,
};
pub(crate) use copies::Copies;
pub use disk::FolderPlace;
pub use error::RecoveryError;
pub use files::read_file;
pub(crate) use files::write_new;
pub use restore::{Applied, Held, Plan, Source, apply, plan};
pub use schedule::{Calendar, Schedule, schedule, scheduled, units_folder, unschedule};
pub use sheet::{Confirmation, write_sheet};
pub use state::Recovery;
pub use status::{Kept, SetUp, Status, status};

/// Called with how many passkeys of how many are done; its answer says whether to go on.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize) -> ControlFlow<()>;

/// Tells the progress; an error if the person has enough.
fn step(progress: Progress<'_>, done: usize, total: usize) -> Result<(), RecoveryError> {
    match progress(done, total) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(RecoveryError::Stopped),
    }
}

/// What opens a file: secret, never shown.
pub enum Key {
    /// The words, or what stands for them.
    Identity(Identity),
    /// A passphrase, or another program's password.
    Passphrase(Zeroizing<String>),
}

impl Key {
    /// Reads words, shares (one a line) or an age identity, whichever it is.
    ///
    /// # Errors
    ///
    /// [`RecoveryError::Words`], [`RecoveryError::Shares`].
    pub fn parse(text: &str) -> Result<Self, RecoveryError> {
        let words = words(text)?;
        Ok(Self::Identity(words.identity()))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Reads words, or shares that make them, one a line.
///
/// # Errors
///
/// [`RecoveryError::Words`], [`RecoveryError::Shares`].
pub fn words(text: &str) -> Result<RecoveryWords, RecoveryError> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines
        .iter()
        .any(|line| line.to_ascii_lowercase().starts_with("rkshare1"))
    {
        return split::combine(&lines).map_err(RecoveryError::Shares);
    }
    RecoveryWords::parse(text).map_err(RecoveryError::Words)
}

/// Draws new words.
#[must_use]
pub fn new_words() -> RecoveryWords {
    RecoveryWords::generate(&mut rng())
}

/// Splits words into shares of which `threshold` are needed.
///
/// # Errors
///
/// [`RecoveryError::Shares`] for numbers that make no sense.
pub fn shares(
    words: &RecoveryWords,
    threshold: u8,
    count: u8,
) -> Result<Vec<split::ShareText>, RecoveryError> {
    split::split(words, threshold, count, &mut rng()).map_err(RecoveryError::Shares)
}

/// Tells what a file wants before it opens; `None` if it is not encrypted, or by another program.
///
/// # Errors
///
/// [`RecoveryError::Age`] for an age file without a whole header.
pub fn wants(file: &[u8]) -> Result<Option<OpensWith>, RecoveryError> {
    if !age::is_age(file) {
        return Ok(None);
    }
    age::opens_with(file).map(Some).map_err(RecoveryError::Age)
}

/// Reads all passkeys of a file, of whatever format.
///
/// # Errors
///
/// [`RecoveryError`]; then nothing was taken from it.
pub fn open(
    file: &[u8],
    key: Option<&Key>,
    backup_flags: Option<BackupFlags>,
) -> Result<Import, RecoveryError> {
    let mut rng = rng();
    let mut options = Options {
        password: match key {
            Some(Key::Passphrase(password)) => Some(password),
            Some(Key::Identity(_)) | None => None,
        },
        backup_flags,
        now: now(),
        rng: &mut rng,
    };
    if !age::is_age(file) {
        return import::read(file, &mut options).map_err(RecoveryError::Import);
    }
    let unlock = match key {
        Some(Key::Identity(identity)) => Unlock::Identity(identity),
        Some(Key::Passphrase(passphrase)) => Unlock::Passphrase(passphrase),
        None => return Err(RecoveryError::Import(ImportError::Encrypted)),
    };
    match (format::open(file, unlock, &mut options), key) {
        (Err(BackupError::Age(AgeError::NoMatch)), Some(Key::Passphrase(_))) => {
            Err(RecoveryError::PassphraseWrong)
        }
        (opened, _) => opened.map_err(RecoveryError::from),
    }
}

/// The day of a moment, `2026-11-20`, in UTC.
#[must_use]
pub fn day(at: roamkey_authenticator::UnixTime) -> String {
    let stamp = files::stamp(at);
    let parts = [stamp.get(..4), stamp.get(4..6), stamp.get(6..8)];
    parts.map(Option::unwrap_or_default).join("-")
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// Notes what was done. What could not be noted has happened all the same.
fn note(vault: &Vault, event: roamkey_vault::Event, count: usize) {
    let activity = roamkey_vault::Activity {
        count: u64::try_from(count).ok(),
        ..roamkey_vault::Activity::of(event)
    };
    if let Err(error) = vault.note_activity(&activity, now()) {
        tracing::warn!(%error, "the activity log has no entry of this");
    }
}

impl From<RecoveryError> for Failure {
    fn from(error: RecoveryError) -> Self {
        if let RecoveryError::Vault(error) = error {
            Self::Vault(error)
        } else {
            Self::Recovery(error)
        }
    }
}
