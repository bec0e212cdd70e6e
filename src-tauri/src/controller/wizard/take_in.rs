//! Taking passkeys in: the plan, which changes nothing, and doing what it says.

use std::sync::Arc;

use roamkey_device::exchange::import::{self, Reason, Skipped};
use roamkey_device::recovery::{self, Key, Plan as Planned, Source};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::{ErrorCode, Failure};

use super::super::person::plain;
use super::super::{Controller, count};
use super::file::{OpenedFile, about_key, is_about_key};
use super::{BEGUN, Held, State};
use crate::view::{BackupFlags, EntryPlace, FileFormat, Plan, PlanRow, Site, SkipReason, TakeIn, Wizard};
use crate::window::Window;

/// Why there is no plan.
enum NoPlan {
    /// The file, or what should open it, is the wrong one.
    File(ErrorCode),
    /// Keyring or index failed.
    Vault(ErrorCode),
}

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn choose_backup_flags(&self, flags: BackupFlags) {
        self.update(|state| {
            if let Wizard::Import(TakeIn::ChooseFile { backup_flags, .. }) = &mut state.view.wizard {
                *backup_flags = Some(flags);
                state.wizard.backup_flags = flags;
            }
        });
    }

    pub(super) fn plan_from(&self, run: u64, file: OpenedFile, key: Option<Key>) {
        let (source, flags) = match &*self.state() {
            state if matches!(state.view.wizard, Wizard::Restore(_)) => (Source::Backup, None),
            state => (Source::Other, flags(state.wizard.backup_flags)),
        };
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let bytes = Arc::clone(&file.bytes);
            let planned = controller.blocking(move |vault, _| {
                let opened = match recovery::open(&bytes, key.as_ref(), flags) {
                    // Only what Roamkey wrote is known to be a whole backup.
                    Ok(opened) if source == Source::Backup && opened.backup.is_none() => {
                        return Ok(Err(NoPlan::File(ErrorCode::FileUnknown)));
                    }
                    Ok(opened) => opened,
                    Err(error) => return Ok(Err(NoPlan::File(Failure::from(error).code()))),
                };
                let planned = recovery::plan(vault, opened).map_err(|error| Failure::from(error).code());
                Ok(planned.map_err(NoPlan::Vault))
            });
            let planned = planned.await.unwrap_or_else(|code| Err(NoPlan::Vault(code)));
            controller.in_run(run, |state| match planned {
                Ok(plan) => state.show_plan(&file, plan, source),
                Err(NoPlan::File(code)) if is_about_key(code) => state.ask_for_key(file, about_key(code)),
                Err(NoPlan::File(code)) => state.file_is_wrong(code),
                Err(NoPlan::Vault(code)) => state.show_take_in(TakeIn::Failed { code: code.into() }),
            });
        });
    }

    pub(super) fn apply(&self) {
        let begun = self.update(|state| {
            if !matches!(state.wizard.held, Held::Plan { .. }) {
                return None;
            }
            let Held::Plan { plan, source, .. } = std::mem::take(&mut state.wizard.held) else {
                return None;
            };
            state.show_take_in(TakeIn::Working(BEGUN));
            Some((state.wizard.run, plan, source))
        });
        let Some((run, plan, source)) = begun else { return };
        self.work(
            run,
            move |vault, _, progress| recovery::apply(vault, plan, source, progress),
            |state, applied| {
                state.show_take_in(match applied {
                    Ok(applied) => TakeIn::Done {
                        added: count(applied.added),
                        here_already: count(applied.here_already),
                        in_trash: count(applied.in_trash),
                        failed: count(applied.failed),
                        not_tried: count(applied.not_tried),
                    },
                    Err(code) => TakeIn::Failed { code: code.into() },
                });
            },
        );
    }
}

impl State {
    fn show_take_in(&mut self, now: TakeIn) {
        if let Wizard::Restore(step) | Wizard::Import(step) = &mut self.view.wizard {
            *step = now;
        }
    }

    fn show_plan(&mut self, file: &OpenedFile, plan: Planned, source: Source) {
        self.show_take_in(TakeIn::Plan(Plan {
            path: file.path.display().to_string(),
            format: FileFormat(plan.format),
            made_at: plan.made_at,
            held: count(plan.held),
            new: count(plan.new.len()),
            same: count(plan.same),
            conflicts: count(plan.conflicts.len()),
            in_trash: count(plan.in_trash.len()),
            skipped: count(plan.skipped.len()),
            others: count(plan.others),
            trimmed: count(plan.trimmed),
        }));
        self.wizard.held = Held::Plan {
            rows: rows(&plan).collect(),
            plan,
            source,
        };
    }
}

fn rows(plan: &Planned) -> impl Iterator<Item = PlanRow> {
    let name = |name: &Option<String>| plain(name.as_deref().unwrap_or_default());
    let conflicts = plan.conflicts.iter().map(move |held| PlanRow::Conflict {
        site: Site::new(&held.rp_id),
        name: name(&held.user_name),
    });
    let new = plan.new.iter().map(move |passkey| PlanRow::New {
        site: Site::new(passkey.credential.rp_id.as_str()),
        name: name(&passkey.credential.user.name),
    });
    let in_trash = plan.in_trash.iter().map(move |held| PlanRow::InTrash {
        site: Site::new(&held.rp_id),
        name: name(&held.user_name),
    });
    let skipped = plan.skipped.iter().map(skipped);
    conflicts.chain(skipped).chain(in_trash).chain(new)
}

/// `None` leaves them to what is known of the other program.
fn flags(chosen: BackupFlags) -> Option<import::BackupFlags> {
    let set = match chosen {
        BackupFlags::AsUsual => return None,
        BackupFlags::On => true,
        BackupFlags::Off => false,
    };
    Some(import::BackupFlags {
        eligible: set,
        state: set,
    })
}

fn place(place: import::EntryPlace) -> EntryPlace {
    match place {
        import::EntryPlace::Item(item) => EntryPlace::Item { item: count(item) },
        import::EntryPlace::Credential { item, credential } => EntryPlace::Credential {
            item: count(item),
            credential: count(credential),
        },
        import::EntryPlace::Passkey(number) => EntryPlace::Passkey {
            number: count(number),
        },
        import::EntryPlace::Whole => EntryPlace::Whole,
    }
}

fn skipped(one: &Skipped) -> PlanRow {
    let (reason, field) = match one.reason {
        Reason::Unreadable => (SkipReason::Unreadable, None),
        Reason::Missing(field) => (SkipReason::MissingField, Some(field)),
        Reason::Field(field) => (SkipReason::BadField, Some(field)),
        Reason::KeyDamaged => (SkipReason::KeyDamaged, None),
        Reason::KeyUnsupported => (SkipReason::KeyUnsupported, None),
        Reason::KeyMismatch => (SkipReason::KeyMismatch, None),
        Reason::Counter => (SkipReason::Counter, None),
        Reason::Repeated => (SkipReason::Repeated, None),
        Reason::AmbiguousId => (SkipReason::AmbiguousId, None),
        _ => (SkipReason::Other, None),
    };
    PlanRow::Skipped {
        place: place(one.place),
        site: one.rp_id.as_deref().map(Site::new),
        reason,
        field: field.map(str::to_owned),
    }
}
