//! Writing backups and exports, and trying a backup out.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use roamkey_authenticator::{CredentialStore as _, UserVerified};
use roamkey_exchange::age::{Lock, Recipient};
use roamkey_exchange::backup::{BackupInfo, BackupWriter};
use roamkey_exchange::export::{CxfWriter, passkey_file};
use roamkey_exchange::import::Import;
use roamkey_exchange::{Foreign, Passkey, passphrase, signs};
use roamkey_vault::{Event, PasskeyState, RecordId, Vault};
use subtle::ConstantTimeEq as _;

use super::copies::Copies;
use super::files::{backups, free_backup_path, make_folder, prune, write_new, write_new_folder};
use super::{Key, Progress, Recovery, RecoveryError, fault, note, open, rng, step};
use crate::verification::now;

/// A backup that was written.
#[derive(Debug)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Passkeys in it.
    pub count: u64,
    /// Passkeys that are listed and could not be read: they are not in it.
    pub left_out: usize,
    /// Older backups that were removed.
    pub removed: usize,
}

/// What trying out a backup has shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Drill {
    /// When the backup was made, in seconds since 1970; `None` for a file that Roamkey did not make.
    pub made_at: Option<u64>,
    /// Passkeys in it whose key has signed, and whose public key has verified that.
    pub working: usize,
    /// Of them, those that this device holds: they count as backed up from now on.
    pub backed_up: usize,
    /// Passkeys of this device that are not in it.
    pub not_in_it: usize,
}

/// Writes a backup to `folder`, for the recovery identity, and removes the oldest ones there. Asks nothing.
///
/// # Errors
///
/// [`RecoveryError::NotSetUp`], [`RecoveryError::Write`], [`RecoveryError::Stopped`], the vault's. Then there is no new
/// backup, and every old one is still there.
pub fn backup(vault: &Vault, folder: &Path, progress: Progress<'_>) -> Result<Backup, RecoveryError> {
    let mut recovery = Recovery::get(vault)?;
    let recipient = recovery.recipient()?;
    make_folder(folder)?;
    let at = now();
    let path = free_backup_path(folder, at)?;
    let Written { info, left_out, ids } = write(vault, &path, Lock::Recipient(&recipient), progress)?;
    recovery.note_backup(at, info.count);
    recovery.store(vault)?;
    Copies::note_backup(vault, &ids);
    fault::point("noted");
    note(
        vault,
        Event::BackedUp,
        usize::try_from(info.count).unwrap_or(usize::MAX),
    );
    let removed = prune(folder, recovery.keep)?;
    Ok(Backup {
        path,
        count: info.count,
        left_out,
        removed,
    })
}

/// Writes a second copy under a passphrase, which then opens it without the words.
///
/// # Errors
///
/// [`RecoveryError::PassphraseWeak`], [`RecoveryError::Exists`], [`RecoveryError::Write`], [`RecoveryError::Stopped`], the
/// vault's.
pub fn copy_under_passphrase(
    vault: &Vault,
    path: &Path,
    passphrase: &str,
    progress: Progress<'_>,
) -> Result<Backup, RecoveryError> {
    if !passphrase::strength(passphrase).is_enough() {
        return Err(RecoveryError::PassphraseWeak);
    }
    let Written { info, left_out, .. } = write(vault, path, Lock::Passphrase(passphrase), progress)?;
    note(
        vault,
        Event::BackedUp,
        usize::try_from(info.count).unwrap_or(usize::MAX),
    );
    Ok(Backup {
        path: path.to_owned(),
        count: info.count,
        left_out,
        removed: 0,
    })
}

/// Who can read an export.
#[derive(Debug)]
pub enum Readers<'a> {
    /// Who has the words.
    Words(&'a Recipient),
    /// Whoever gets the file: they can sign in as the person, for ever. So the person was verified for it.
    Anybody(UserVerified),
}

/// Writes all passkeys as CXF, in an age file if not everybody is to read it.
///
/// # Errors
///
/// [`RecoveryError::Exists`], [`RecoveryError::Write`], [`RecoveryError::Stopped`], the vault's.
pub fn export_cxf(
    vault: &Vault,
    path: &Path,
    readers: Readers<'_>,
    progress: Progress<'_>,
) -> Result<Backup, RecoveryError> {
    let (info, left_out) = match readers {
        Readers::Words(recipient) => {
            let written = write(vault, path, Lock::Recipient(recipient), progress)?;
            (written.info, written.left_out)
        }
        Readers::Anybody(_verified) => write_new(path, |out| {
            let mut writer = CxfWriter::new(out, now().0).map_err(RecoveryError::Write)?;
            let left_out = each(vault, progress, |_, passkey| {
                writer.push(&passkey).map_err(RecoveryError::Write)
            })?;
            let (_, info) = writer.finish(None).map_err(RecoveryError::Write)?;
            Ok((info, left_out))
        })?,
    };
    note(
        vault,
        Event::Exported,
        usize::try_from(info.count).unwrap_or(usize::MAX),
    );
    Ok(Backup {
        path: path.to_owned(),
        count: info.count,
        left_out,
        removed: 0,
    })
}

/// Writes each passkey as a `.passkey` file into `folder`, which is made and must not be there yet. Whoever gets the files
/// can sign in as the person, so the person was verified for it.
///
/// # Errors
///
/// [`RecoveryError::Exists`], [`RecoveryError::Write`], [`RecoveryError::Stopped`], the vault's. Then there is no such
/// folder.
pub fn export_keepassxc(
    vault: &Vault,
    folder: &Path,
    _verified: UserVerified,
    progress: Progress<'_>,
) -> Result<Backup, RecoveryError> {
    let mut count = 0_u64;
    let left_out = write_new_folder(folder, |unfinished| {
        each(vault, progress, |_, passkey| {
            count = count.saturating_add(1);
            let file = passkey_file(&passkey).map_err(|error| RecoveryError::Write(error.into()))?;
            let path = unfinished.join(format!("{count:05}.passkey"));
            write_new(&path, |out| out.write_all(&file).map_err(RecoveryError::Write))
        })
    })?;
    note(
        vault,
        Event::Exported,
        usize::try_from(count).unwrap_or(usize::MAX),
    );
    Ok(Backup {
        path: folder.to_owned(),
        count,
        left_out,
        removed: 0,
    })
}

/// Opens a backup and lets every key in it sign. Imports nothing. If all of it works, the passkeys of this device that
/// are in it count as backed up.
///
/// # Errors
///
/// [`RecoveryError::BadKeys`] if a key does not work; why the file does not open; [`RecoveryError::Stopped`]; the
/// vault's.
pub fn drill(
    vault: &Vault,
    file: &[u8],
    key: Option<&Key>,
    progress: Progress<'_>,
) -> Result<Drill, RecoveryError> {
    let import = open(file, key, None)?;
    let total = import.passkeys.len();
    let mut challenge = [0; 32];
    rand_core::Rng::fill_bytes(&mut rng(), &mut challenge);
    let mut failed = import.skipped.len();
    for (number, passkey) in (1_usize..).zip(&import.passkeys) {
        failed = failed.saturating_add(usize::from(!signs(&passkey.credential.key, &challenge)));
        step(progress, number, total)?;
    }
    if failed > 0 {
        return Err(RecoveryError::BadKeys { failed });
    }
    let (here, not_in_it) = here(vault, &import)?;
    let backed_up = vault.set_backup_state(&here, true)?;
    Copies::note_drilled(vault, &here);
    if let Some(mut recovery) = Recovery::load(vault)? {
        recovery.note_drill(now(), u64::try_from(total).unwrap_or(u64::MAX));
        recovery.store(vault)?;
    }
    note(vault, Event::Drilled, total);
    Ok(Drill {
        made_at: import.backup.map(|info| info.made_at),
        working: total,
        backed_up,
        not_in_it,
    })
}

/// The passkeys of this device that `import` holds with the same key, and how many it does not.
fn here(vault: &Vault, import: &Import) -> Result<(Vec<RecordId>, usize), RecoveryError> {
    let by_id: std::collections::HashMap<&[u8], &Passkey> = import
        .passkeys
        .iter()
        .map(|passkey| (passkey.credential.id.as_bytes(), passkey))
        .collect();
    let mut found = Vec::new();
    let mut other = 0_usize;
    for entry in vault.list()? {
        let details = vault.show(entry.record_id)?;
        let id = details.credential_id;
        let copy = id.as_ref().and_then(|id| by_id.get(id.as_bytes()));
        let same = match (&id, copy) {
            (Some(id), Some(copy)) => vault.load(id).is_ok_and(|own| {
                own.rp_id == copy.credential.rp_id
                    && bool::from(own.key.to_bytes().ct_eq(&copy.credential.key.to_bytes()))
            }),
            _ => false,
        };
        if same {
            found.push(entry.record_id);
        } else {
            other = other.saturating_add(1);
        }
    }
    Ok((found, other))
}

/// What is in a file that was written.
struct Written {
    info: BackupInfo,
    left_out: usize,
    ids: Vec<RecordId>,
}

fn write(
    vault: &Vault,
    path: &Path,
    lock: Lock<'_>,
    progress: Progress<'_>,
) -> Result<Written, RecoveryError> {
    let head = vault.activity_end()?;
    write_new(path, |out: &mut BufWriter<_>| {
        let mut writer = BackupWriter::new(out, lock, &mut rng(), now().0).map_err(RecoveryError::Write)?;
        fault::point("begun");
        let mut ids = Vec::new();
        let left_out = each(vault, progress, |id, passkey| {
            writer.push(&passkey).map_err(RecoveryError::Write)?;
            ids.push(id);
            fault::point("one passkey");
            Ok(())
        })?;
        let (_, info) = writer.finish(head.as_deref()).map_err(RecoveryError::Write)?;
        Ok(Written { info, left_out, ids })
    })
}

/// Reads every passkey that can be used, and says how many can't.
fn each(
    vault: &Vault,
    progress: Progress<'_>,
    mut work: impl FnMut(RecordId, Passkey) -> Result<(), RecoveryError>,
) -> Result<usize, RecoveryError> {
    let entries = vault.list()?;
    let total = entries.len();
    let mut left_out = 0_usize;
    for (number, entry) in (1_usize..).zip(entries) {
        let usable = matches!(entry.state, PasskeyState::Ready | PasskeyState::Unfinished);
        match vault.export(entry.record_id) {
            Ok(whole) if usable => {
                let foreign = whole.foreign.as_deref();
                let passkey = Passkey {
                    credential: whole.credential,
                    label: whole.label,
                    large_blob: whole.large_blob,
                    foreign: foreign.and_then(|bytes| Foreign::from_bytes(bytes)),
                };
                work(entry.record_id, passkey)?;
            }
            Ok(_) => left_out = left_out.saturating_add(1),
            Err(error) if error.is_of_passkey() => left_out = left_out.saturating_add(1),
            Err(error) => return Err(error.into()),
        }
        step(progress, number, total)?;
    }
    Ok(left_out)
}

impl Recovery {
    /// The backups in `folder`, the newest first.
    ///
    /// # Errors
    ///
    /// [`RecoveryError::Read`].
    pub fn backups(folder: &Path) -> Result<Vec<PathBuf>, RecoveryError> {
        backups(folder)
    }
}
