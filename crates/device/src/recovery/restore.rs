//! Taking passkeys in: first a plan that changes nothing, then the plan.
//!
//! | the file's passkey | this device | what is planned |
//! |---|---|---|
//! | id X | nothing with id X | it is added |
//! | id X | id X, the same site and key | nothing: it is here |
//! | id X | id X, another site or key, or one that can't be read | a conflict: shown, and left as it is here |
//! | id X | id X in the trash | nothing: shown, and left in the trash, from where the person can take it back |
//! | id X | a row with id X, whose key is gone from the keyring | it is added, and takes over label and counts |
//!
//! Each passkey is added whole or not at all, so a run that was stopped is begun again and goes on where it was.

use roamkey_authenticator::{CredentialStore as _, StoreError};
use roamkey_exchange::Passkey;
use roamkey_exchange::import::{Format, Import, Skipped};
use roamkey_vault::{Event, Holding, Imported, Vault};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::copies::Copies;
use super::{Progress, RecoveryError, fault};
use crate::verification::now;

/// Where passkeys come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Source {
    /// A backup of Roamkey's: it has just been shown to open, so its passkeys are backed up.
    Backup,
    /// Another program's file.
    Other,
}

/// What would be done.
#[derive(Debug)]
pub struct Plan {
    /// The file's format.
    pub format: Format,
    /// When the backup was made, in seconds since 1970, if it is one.
    pub made_at: Option<u64>,
    /// Passkeys that this device holds now.
    pub held: usize,
    /// Passkeys that would be added.
    pub new: Vec<Passkey>,
    /// Passkeys that are here already.
    pub same: usize,
    /// Passkeys that are here with the same id and are not the same.
    pub conflicts: Vec<Held>,
    /// Passkeys that are in the trash of this device.
    pub in_trash: Vec<Held>,
    /// What was left out of the file, and why.
    pub skipped: Vec<Skipped>,
    /// Entries that are no passkeys.
    pub others: usize,
    /// Passkeys whose further fields were too long to keep.
    pub trimmed: usize,
}

/// A passkey of the file under whose id something is here already.
///
/// # Privacy
///
/// Names a site and an account: for the person, not for a log.
pub struct Held {
    /// The file's site.
    pub rp_id: String,
    /// The file's account.
    pub user_name: Option<String>,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Applied {
    /// Passkeys that are here now.
    pub added: usize,
    /// Passkeys that have come in by other ways since the plan was made.
    pub here_already: usize,
    /// Passkeys that are in the trash, from where they can be restored.
    pub in_trash: usize,
    /// Passkeys that this keyring can't hold, or that could not be kept.
    pub failed: usize,
    /// Passkeys that were not tried, since the person stopped it before.
    pub not_tried: usize,
}

/// Compares a file with this device. Changes nothing.
///
/// # Errors
///
/// The vault's.
pub fn plan(vault: &Vault, import: Import) -> Result<Plan, RecoveryError> {
    let mut plan = Plan {
        format: import.format,
        made_at: import.backup.as_ref().map(|info| info.made_at),
        held: vault.list()?.len(),
        new: Vec::new(),
        same: 0,
        conflicts: Vec::new(),
        in_trash: Vec::new(),
        skipped: import.skipped,
        others: import.others,
        trimmed: import.trimmed,
    };
    let ids: Vec<_> = import
        .passkeys
        .iter()
        .map(|passkey| &passkey.credential.id)
        .collect();
    let held = vault.holdings(&ids)?;
    for (passkey, held) in import.passkeys.into_iter().zip(held) {
        let credential = &passkey.credential;
        if held == Holding::Nothing {
            plan.new.push(passkey);
            continue;
        }
        match vault.load(&credential.id) {
            Ok(own)
                if own.rp_id == credential.rp_id
                    && bool::from(own.key.to_bytes().ct_eq(&credential.key.to_bytes())) =>
            {
                plan.same = plan.same.saturating_add(1);
            }
            Ok(_) => plan.conflicts.push(Held::of(&passkey)),
            Err(StoreError::NotFound | StoreError::Corrupt) => match vault.holding(&credential.id)? {
                Holding::Nothing | Holding::KeyMissing => plan.new.push(passkey),
                Holding::InTrash => plan.in_trash.push(Held::of(&passkey)),
                Holding::Usable | Holding::Unreadable => plan.conflicts.push(Held::of(&passkey)),
            },
            Err(_) => {
                // The same question again, for an error that says what it was.
                vault.prepare()?;
                plan.conflicts.push(Held::of(&passkey));
            }
        }
    }
    Ok(plan)
}

/// Does what the plan says. If `progress` breaks it off, what was added until then stays, and the rest is counted as not
/// tried.
///
/// # Errors
///
/// The vault's. Passkeys that were added before it stay, whole; the rest can be had by doing it again.
pub fn apply(
    vault: &Vault,
    plan: Plan,
    source: Source,
    progress: Progress<'_>,
) -> Result<Applied, RecoveryError> {
    fault::point("planned");
    let total = plan.new.len();
    let event = match source {
        Source::Backup => Event::RestoredFromBackup,
        Source::Other => Event::Imported,
    };
    let mut applied = Applied::default();
    let mut added = Vec::new();
    let mut done = 0_usize;
    let mut passkeys = plan.new.into_iter().peekable();
    while passkeys.peek().is_some() {
        let batch: Vec<_> = passkeys
            .by_ref()
            .take(BATCH)
            .map(|passkey| to_import(passkey, source))
            .collect();
        for outcome in vault.import(&batch, event, now())? {
            applied.count(&outcome);
            if let Imported::Added(id) = outcome {
                added.push(id);
            }
            if let Imported::Failed(error) = outcome
                && !error.is_of_passkey()
            {
                return Err(error.into());
            }
        }
        fault::point("one batch");
        done = done.saturating_add(batch.len());
        if progress(done, total).is_break() {
            break;
        }
    }
    applied.not_tried = total.saturating_sub(done);
    if source == Source::Backup {
        Copies::note_drilled(vault, &added);
    }
    Ok(applied)
}

impl Applied {
    fn count(&mut self, outcome: &Imported) {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "whatever else became of it, it is not here"
        )]
        let count = match outcome {
            Imported::Added(_) => &mut self.added,
            Imported::Duplicate(_) => &mut self.here_already,
            Imported::InTrash(_) => &mut self.in_trash,
            _ => &mut self.failed,
        };
        *count = count.saturating_add(1);
    }
}

fn to_import(passkey: Passkey, source: Source) -> roamkey_vault::Import {
    let mut credential = passkey.credential;
    if source == Source::Backup {
        credential.backup_state = credential.backup_eligible;
    }
    let mut import = roamkey_vault::Import::new(credential);
    import.label = passkey.label.as_deref().and_then(fit_label);
    import.large_blob = passkey.large_blob;
    import.foreign = passkey
        .foreign
        .map(|foreign| Zeroizing::new(foreign.to_bytes().to_vec()));
    import
}

/// A label as the vault takes it: 64 characters, none of which could change how others look.
fn fit_label(label: &str) -> Option<String> {
    let turns = |sign: char| matches!(sign, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let fit: String = label
        .trim()
        .chars()
        .filter(|sign| !sign.is_control() && !turns(*sign))
        .take(MAX_LABEL)
        .collect();
    let fit = fit.trim();
    (!fit.is_empty()).then(|| fit.to_owned())
}

/// The vault's limit, with room for what normalization may add.
const MAX_LABEL: usize = 60;
/// As many as are lost to the report, not to the person, if the keyring fails in between.
const BATCH: usize = 50;

impl Held {
    fn of(passkey: &Passkey) -> Self {
        Self {
            rp_id: passkey.credential.rp_id.as_str().to_owned(),
            user_name: passkey.credential.user.name.clone(),
        }
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held(..)")
    }
}
