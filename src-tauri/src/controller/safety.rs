//! The state of backups: what the sentence, the banner and the picture of all passkeys are made of.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use roamkey_device::exchange::passphrase;
use roamkey_device::recovery::{self, Calendar, FolderPlace as Place, Kept, RecoveryError, SetUp, Status};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::{FileStoreError, KeyringError, PasskeyEntry, StoreKind, VaultError};
use roamkey_device::{ErrorCode, Failure};

use super::person::names;
use super::{Controller, State, count};
use crate::action::Typed;
use crate::view::{
    Backups, Banner, Code, Deed, FolderPlace, Loss, PasskeyPlace, PlaceCounts, Recovery, Safety, Schedule,
    Site, Strength, Suggested, Whereabouts,
};
use crate::window::Window;

/// What is known of backups, besides what every view has.
#[derive(Default)]
pub(super) struct Known {
    pub(super) whereabouts: Arc<[Whereabouts]>,
    /// Where backups go, if recovery is set up.
    pub(super) folder: Option<PathBuf>,
    /// The newest backup there, and when it was written.
    pub(super) newest: Option<(PathBuf, Option<u64>)>,
    revision: u32,
    schedule_problem: Option<Code>,
    /// Of the last read that was begun, and of the last that is shown.
    begun: u64,
    shown: u64,
}

/// What a read found, made ready on the thread that read it.
struct Found {
    backups: Backups,
    whereabouts: Arc<[Whereabouts]>,
    folder: Option<PathBuf>,
    newest: Option<(PathBuf, Option<u64>)>,
}

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn read_safety(&self) {
        let begun = self.update(|state| {
            state.backups.begun = state.backups.begun.wrapping_add(1);
            state.backups.begun
        });
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let read = controller.blocking(|vault, dir| Ok(Found::in_status(recovery::status(vault, dir)?)));
            let read = read.await;
            controller.update(|state| {
                if begun > state.backups.shown {
                    state.backups.shown = begun;
                    state.show_backups(read);
                }
            });
        });
    }

    pub(super) fn schedule(&self, every: Schedule) {
        let units = self.0.surroundings.units.clone();
        let program = self.0.surroundings.program.clone();
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let scheduled = controller.blocking(move |vault, dir| {
                let units =
                    units.ok_or_else(|| RecoveryError::Schedule(std::io::ErrorKind::NotFound.into()))?;
                let calendar = match every {
                    Schedule::Never => return Ok(recovery::unschedule(&units).map(drop)?),
                    Schedule::Daily => Calendar::Daily,
                    Schedule::Weekly => Calendar::Weekly,
                };
                if vault.store_kind() == StoreKind::PassphraseFile {
                    // Nobody is there at night to type it.
                    return Err(Failure::Vault(passphrase_needed()));
                }
                // A timer for which nothing is set up would fail every night, unseen.
                let _set_up = recovery::Recovery::get(vault)?;
                let plan = recovery::Schedule {
                    calendar,
                    program: &program,
                    arguments: &["backup".as_ref(), dir.as_os_str()],
                };
                Ok(recovery::schedule(&plan, &units).map(drop)?)
            });
            let problem = scheduled.await.err().map(Code::from);
            controller.update(|state| state.backups.schedule_problem = problem);
            controller.read_safety();
        });
    }
}

fn passphrase_needed() -> VaultError {
    VaultError::Keyring(KeyringError::File(FileStoreError::PassphraseNeeded))
}

impl<W, T, A> Controller<W, T, A> {
    /// Where each passkey is, as it was read last.
    #[must_use]
    pub fn whereabouts(&self) -> Arc<[Whereabouts]> {
        Arc::clone(&self.state().backups.whereabouts)
    }

    /// How strong a passphrase is.
    #[must_use]
    pub fn strength(passphrase: &Typed) -> Strength {
        let strength = passphrase::strength(passphrase.as_str());
        Strength {
            score: strength.score,
            guesses_log10: strength.guesses_log10,
            enough: strength.is_enough(),
        }
    }
}

impl State {
    fn show_backups(&mut self, read: Result<Found, ErrorCode>) {
        let known = &mut self.backups;
        match read {
            Ok(found) => {
                if known.whereabouts != found.whereabouts || known.revision == 0 {
                    known.revision = known.revision.wrapping_add(1);
                    known.whereabouts = found.whereabouts;
                }
                (known.folder, known.newest) = (found.folder, found.newest);
                let mut backups = found.backups;
                backups.revision = known.revision;
                if let Recovery::SetUp { schedule_problem, .. } = &mut backups.recovery {
                    *schedule_problem = known.schedule_problem;
                }
                self.view.safety = Safety::Ready(backups);
            }
            Err(code) => {
                known.whereabouts = Arc::default();
                self.view.safety = Safety::Failed { code: code.into() };
            }
        }
    }
}

impl Known {
    /// The newest backup, to be offered.
    pub(super) fn suggested(&self) -> Option<Suggested> {
        let (path, at) = self.newest.as_ref()?;
        Some(Suggested {
            path: path.display().to_string(),
            at: *at,
        })
    }
}

impl Found {
    fn in_status(status: Status) -> Self {
        let mut counts = PlaceCounts::default();
        for (_, kept) in &status.passkeys {
            let place = match kept {
                Kept::OnlyHere => &mut counts.only_here,
                Kept::Backup => &mut counts.in_backup,
                Kept::DrilledBackup => &mut counts.in_drilled_backup,
                Kept::Elsewhere => &mut counts.elsewhere,
            };
            *place = place.saturating_add(1);
            counts.all = counts.all.saturating_add(1);
        }
        let set_up = status.recovery.as_ref();
        let newest = set_up.and_then(|set_up| set_up.files.first());
        Self {
            folder: set_up.map(|set_up| set_up.folder.clone()),
            newest: newest.map(|path| (path.clone(), written_at(path))),
            backups: Backups {
                revision: 0,
                banner: banner(&status, counts),
                counts,
                loss: loss(counts, set_up.map(|set_up| set_up.folder_place)),
                recovery: set_up.map_or(Recovery::NotSetUp, recovery_of),
            },
            whereabouts: status.passkeys.into_iter().map(whereabouts).collect(),
        }
    }
}

/// Nothing to lose, or a drill that has passed, takes the banner away.
fn banner(status: &Status, counts: PlaceCounts) -> Banner {
    let recovery = status.recovery.as_ref().map(|set_up| &set_up.recovery);
    match recovery {
        _ if counts.all == 0 => Banner::None,
        None => Banner::SetUp,
        Some(recovery) if recovery.last_backup.is_none() => Banner::BackUp,
        Some(recovery) if recovery.last_drill.is_none() => Banner::Drill,
        Some(_) => Banner::None,
    }
}

/// A backup on the disk of this device is lost with it, unless somebody has copied it.
fn loss(counts: PlaceCounts, folder: Option<Place>) -> Loss {
    let backups_are_here = folder == Some(Place::ThisDisk);
    let (come_back, doubtful) = if folder == Some(Place::Elsewhere) {
        (counts.in_drilled_backup, 0)
    } else {
        (0, counts.in_drilled_backup)
    };
    Loss {
        come_back,
        may_come_back: counts.in_backup.saturating_add(doubtful),
        stay_elsewhere: counts.elsewhere,
        gone: counts.only_here,
        backups_are_here,
    }
}

fn recovery_of(set_up: &SetUp) -> Recovery {
    let recovery = &set_up.recovery;
    let deed = |deed: Option<(u64, u64)>| deed.map(|(at, passkeys)| Deed { at, passkeys });
    Recovery::SetUp {
        since: recovery.set_up_at,
        recipient: recovery
            .recipient()
            .map(|recipient| recipient.to_string())
            .unwrap_or_default(),
        folder: set_up.folder.display().to_string(),
        folder_place: match set_up.folder_place {
            Place::ThisDisk => FolderPlace::ThisDisk,
            Place::Elsewhere => FolderPlace::Elsewhere,
            Place::Missing => FolderPlace::Missing,
        },
        files: count(set_up.files.len()),
        keep: count(recovery.keep),
        last_backup: deed(recovery.last_backup),
        last_drill: deed(recovery.last_drill),
        schedule: match set_up.schedule {
            None => Schedule::Never,
            Some(Calendar::Daily) => Schedule::Daily,
            Some(Calendar::Weekly) => Schedule::Weekly,
        },
        schedule_problem: None,
    }
}

fn whereabouts((entry, kept): (PasskeyEntry, Kept)) -> Whereabouts {
    let (name, _) = names(entry.user_name.as_deref(), entry.user_display_name.as_deref());
    Whereabouts {
        id: entry.record_id.to_string(),
        site: entry.rp_id.as_deref().map(Site::new),
        name,
        label: entry.label,
        place: match kept {
            Kept::OnlyHere => PasskeyPlace::OnlyHere,
            Kept::Backup => PasskeyPlace::Backup,
            Kept::DrilledBackup => PasskeyPlace::DrilledBackup,
            Kept::Elsewhere => PasskeyPlace::Elsewhere,
        },
    }
}

/// When a file was written last, Unix seconds.
fn written_at(path: &Path) -> Option<u64> {
    let written = std::fs::metadata(path).ok()?.modified().ok()?;
    Some(written.duration_since(UNIX_EPOCH).ok()?.as_secs())
}
