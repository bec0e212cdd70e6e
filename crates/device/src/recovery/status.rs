//! What is backed up, where and when, and what a loss of this device would cost.

use std::path::{Path, PathBuf};

use roamkey_vault::{PasskeyEntry, Vault};

use super::copies::Copies;
use super::disk::{self, FolderPlace};
use super::schedule::{Calendar, scheduled, units_folder};
use super::{Recovery, RecoveryError};

/// What is backed up.
#[derive(Debug)]
pub struct Status {
    /// What is set up.
    pub recovery: Option<SetUp>,
    /// All passkeys of this device but those in the trash, and the safest place that each is in besides.
    pub passkeys: Vec<(PasskeyEntry, Kept)>,
}

/// What is set up.
#[derive(Debug)]
pub struct SetUp {
    /// What is known of recovery.
    pub recovery: Recovery,
    /// The folder that backups go to.
    pub folder: PathBuf,
    /// Where that is, seen from the passkeys.
    pub folder_place: FolderPlace,
    /// The backups in it, the newest first.
    pub files: Vec<PathBuf>,
    /// Regular backups.
    pub schedule: Option<Calendar>,
}

/// The safest place that a passkey is in besides this device, as far as this device knows.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kept {
    /// In none.
    OnlyHere,
    /// The last backup, which nobody has tried out.
    Backup,
    /// Another device or another program, from where it came.
    Elsewhere,
    /// A backup in which its key has signed, or out of which it came.
    DrilledBackup,
}

/// Tells what is backed up. `dir` is the data folder.
///
/// # Errors
///
/// [`RecoveryError::State`], [`RecoveryError::Read`] for a folder of backups that is there and can't be read, the vault's.
pub fn status(vault: &Vault, dir: &Path) -> Result<Status, RecoveryError> {
    let recovery = match Recovery::load(vault)? {
        None => None,
        Some(recovery) => {
            let folder = recovery.folder_or(dir);
            Some(SetUp {
                folder_place: disk::place(&folder, dir),
                files: Recovery::backups(&folder)?,
                schedule: units_folder().and_then(|units| scheduled(&units)),
                folder,
                recovery,
            })
        }
    };
    let copies = Copies::load(vault);
    let with_kept = |entry: PasskeyEntry| {
        let kept = kept(&entry, &copies);
        (entry, kept)
    };
    Ok(Status {
        recovery,
        passkeys: vault.list()?.into_iter().map(with_kept).collect(),
    })
}

/// A passkey may be in a backup that was tried out and yet tell sites otherwise: whether it is eligible was settled when
/// it was made.
fn kept(entry: &PasskeyEntry, copies: &Copies) -> Kept {
    if copies.is_drilled(entry.record_id) {
        Kept::DrilledBackup
    } else if entry.backed_up {
        Kept::Elsewhere
    } else if copies.is_in_backup(entry.record_id) {
        Kept::Backup
    } else {
        Kept::OnlyHere
    }
}
