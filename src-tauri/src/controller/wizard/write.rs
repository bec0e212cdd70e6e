//! Backups, and copies under a passphrase.

use roamkey_device::ErrorCode;
use roamkey_device::exchange::passphrase;
use roamkey_device::recovery::{self, Backup as Written, Recovery};
use roamkey_device::session::{Air, TunnelService};

use super::super::{Controller, count};
use super::{BEGUN, Dialog, Held, State};
use crate::action::Typed;
use crate::view::{BackUp, CopyUnder, Wizard, WrittenFile};
use crate::window::Window;

/// What a copy is called if the person does not want another name.
const COPY: &str = "roamkey-copy.age";

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn choose_folder(&self) {
        let state = self.state();
        let run = state.wizard.run;
        let ready = matches!(state.view.wizard, Wizard::BackUp(BackUp::Ready { .. }));
        drop(state);
        if ready {
            let chosen = move |controller: &Self, path: std::path::PathBuf| {
                controller.in_run(run, |state| {
                    if let Wizard::BackUp(step @ BackUp::Ready { .. }) = &mut state.view.wizard {
                        *step = BackUp::Ready {
                            folder: path.display().to_string(),
                            problem: None,
                        };
                        state.wizard.held = Held::Folder(path);
                    }
                });
            };
            self.ask(run, Dialog::Folder, chosen, |state, code| {
                if let Wizard::BackUp(BackUp::Ready { problem, .. }) = &mut state.view.wizard {
                    *problem = Some(code.into());
                }
            });
        }
    }

    pub(super) fn back_up(&self) {
        let begun = self.update(|state| {
            let Held::Folder(folder) = &state.wizard.held else {
                return None;
            };
            let begun = (state.wizard.run, folder.clone());
            state.view.wizard = Wizard::BackUp(BackUp::Working(BEGUN));
            Some(begun)
        });
        let Some((run, folder)) = begun else { return };
        self.work(
            run,
            move |vault, dir, progress| {
                let written = recovery::backup(vault, &folder, progress)?;
                let mut recovery = Recovery::get(vault)?;
                // A folder that works is kept for the next ones.
                if recovery.folder_or(dir) != folder {
                    recovery.folder = Some(folder);
                    recovery.store(vault)?;
                }
                Ok(written)
            },
            |state, written| {
                state.view.wizard = Wizard::BackUp(match written {
                    Ok(written) => BackUp::Done(file(&written)),
                    Err(code) => BackUp::Failed { code: code.into() },
                });
            },
        );
    }

    pub(super) fn write_copy(&self, passphrase: Typed) {
        let weak = !passphrase::strength(passphrase.as_str()).is_enough();
        let run = self.update(|state| {
            let Wizard::Copy(CopyUnder::Choose { problem }) = &mut state.view.wizard else {
                return None;
            };
            *problem = weak.then_some(ErrorCode::PassphraseWeak.into());
            (!weak).then_some(state.wizard.run)
        });
        let Some(run) = run else { return };
        let chosen = move |controller: &Self, path: std::path::PathBuf| {
            controller.in_run(run, |state| state.show_copy(CopyUnder::Working(BEGUN)));
            controller.work(
                run,
                move |vault, _, progress| {
                    recovery::copy_under_passphrase(vault, &path, passphrase.as_str(), progress)
                },
                |state, written| {
                    state.show_copy(match written {
                        Ok(written) => CopyUnder::Done(file(&written)),
                        // Another name will do.
                        Err(ErrorCode::FileExists) => CopyUnder::Choose {
                            problem: Some(ErrorCode::FileExists.into()),
                        },
                        Err(code) => CopyUnder::Failed { code: code.into() },
                    });
                },
            );
        };
        self.ask(run, Dialog::SaveAs(COPY), chosen, |state, code| {
            state.show_copy(CopyUnder::Choose {
                problem: Some(code.into()),
            });
        });
    }
}

impl State {
    fn show_copy(&mut self, now: CopyUnder) {
        if let Wizard::Copy(step) = &mut self.view.wizard {
            *step = now;
        }
    }
}

/// What was written, for the window.
pub(super) fn file(written: &Written) -> WrittenFile {
    WrittenFile {
        path: written.path.display().to_string(),
        passkeys: written.count,
        left_out: count(written.left_out),
        removed: count(written.removed),
    }
}
