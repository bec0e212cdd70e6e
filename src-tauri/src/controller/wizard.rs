//! The wizards of the page about safety: which one is open, what it holds that the window does not get to see, and how it
//! is left.
//!
//! ```text
//! open ─▶ first step ─▶ … ─▶ work, on a thread of its own ─▶ what came of it
//!            leave: gone, secrets wiped      └ leave: stopped at the next passkey or batch, then gone, or its report
//! ```
//!
//! Whatever ends later than its wizard, a dialog or a file that was read, counts for nothing: it names the run that it
//! belongs to.

mod export;
mod file;
mod set_up;
mod split;
mod take_in;
mod write;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use roamkey_device::exchange::RecoveryWords;
use roamkey_device::exchange::split::ShareText;
use roamkey_device::recovery::{self, Confirmation, RecoveryError, Source};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::Vault;
use roamkey_device::{ErrorCode, Failure};
use tokio::task::spawn_blocking;

use super::{Controller, State};
use crate::action::{SafetyAction, WizardKind};
use crate::view::{
    BackUp, BackupFlags, CopyUnder, Drill, Export, PlanRow, Progress, SetUp, Share, Split, TakeIn, Wizard,
};
use crate::window::Window;

use file::OpenedFile;

/// The wizard that is open, besides what the window shows of it.
#[derive(Default)]
pub(super) struct Running {
    /// Grows when a wizard is opened or left.
    run: u64,
    held: Held,
    /// The desktop shows a dialog of this wizard.
    in_dialog: bool,
    /// Of an import.
    backup_flags: BackupFlags,
}

/// What a wizard holds that the window does not get to see. Secrets in it are wiped when it moves on.
#[derive(Default)]
enum Held {
    #[default]
    Nothing,
    /// Words that are not set up yet.
    Words {
        words: RecoveryWords,
        anew: bool,
        asked: Option<Confirmation>,
    },
    /// Shares that are shown.
    Shares(Vec<ShareText>),
    /// The folder of a backup that is not written yet.
    Folder(PathBuf),
    /// A sheet that is written.
    Sheet(PathBuf),
    /// A file that wants to be unlocked.
    File(OpenedFile),
    /// A plan that waits for the person's word.
    Plan {
        plan: recovery::Plan,
        source: Source,
        rows: Arc<[PlanRow]>,
    },
    /// Work under way.
    Work { stop: Arc<AtomicBool> },
}

/// What the person is asked for by a window of the desktop's.
enum Dialog {
    File,
    Folder,
    SaveAs(&'static str),
}

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn act_on_safety(&self, action: SafetyAction) {
        match action {
            SafetyAction::Read => self.read_safety(),
            SafetyAction::Schedule { every } => self.schedule(every),
            SafetyAction::Open { wizard } => self.open_wizard(wizard),
            SafetyAction::Leave => self.leave_wizard(),
            SafetyAction::DrawWords => self.draw_words(),
            SafetyAction::UseWords { words } => self.use_words(&words),
            SafetyAction::WordsWritten => self.words_written(),
            SafetyAction::ShowWords => self.show_words(),
            SafetyAction::ConfirmWords { words } => self.confirm_words(&words),
            SafetyAction::SaveSheet => self.save_sheet(),
            SafetyAction::OpenSheet => self.open_sheet(),
            SafetyAction::ChooseFolder => self.choose_folder(),
            SafetyAction::BackUp => self.back_up(),
            SafetyAction::ChooseBackupFlags { flags } => self.choose_backup_flags(flags),
            SafetyAction::ChooseFile => self.choose_file(),
            SafetyAction::UseSuggested => self.use_suggested(),
            SafetyAction::Unlock { secret } => self.unlock(secret),
            SafetyAction::Apply => self.apply(),
            SafetyAction::ChooseExport { kind } => self.choose_export(kind),
            SafetyAction::AcceptWarning => self.accept_warning(),
            SafetyAction::TypePin { pin } => self.type_pin_to_export(pin),
            SafetyAction::WriteCopy { passphrase } => self.write_copy(passphrase),
            SafetyAction::SplitWords {
                words,
                needed,
                shares,
            } => self.split_words(&words, needed, shares),
        }
    }

    fn open_wizard(&self, wizard: WizardKind) {
        self.update(|state| {
            if !state.wizard.is_at_work() {
                state.wizard.begin();
                state.open(wizard);
            }
        });
    }

    fn leave_wizard(&self) {
        self.update(|state| {
            if let Held::Work { stop } = &state.wizard.held {
                stop.store(true, Ordering::Relaxed);
                if let Some(progress) = progress_of(&mut state.view.wizard) {
                    progress.stopping = true;
                }
            } else if !matches!(state.view.wizard, Wizard::SetUp(SetUp::Saving)) {
                state.wizard.begin();
                state.view.wizard = Wizard::None;
            }
        });
    }

    /// Changes the state if the wizard is still the one that began this.
    fn in_run(&self, run: u64, change: impl FnOnce(&mut State)) {
        self.update(|state| {
            if state.wizard.run == run {
                change(state);
            }
        });
    }

    /// Does work that can be counted and stopped, and shows what came of it.
    fn work<O: Send + 'static>(
        &self,
        run: u64,
        work: impl FnOnce(&Vault, &Path, recovery::Progress<'_>) -> Result<O, RecoveryError> + Send + 'static,
        done: impl FnOnce(&mut State, Result<O, ErrorCode>) + Send + 'static,
    ) {
        let stop = Arc::new(AtomicBool::new(false));
        self.in_run(run, |state| {
            state.wizard.held = Held::Work {
                stop: Arc::clone(&stop),
            }
        });
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let worker = controller.clone();
            let worked = spawn_blocking(move || {
                let mut progress = worker.progress(run, stop);
                match work(&worker.0.vault, &worker.0.dir, &mut progress) {
                    Err(RecoveryError::Stopped) => Ok(None),
                    worked => worked.map(Some).map_err(|error| Failure::from(error).code()),
                }
            });
            let worked = worked.await.unwrap_or(Err(ErrorCode::Internal));
            controller.in_run(run, |state| {
                state.wizard.held = Held::Nothing;
                match worked {
                    Ok(None) => state.view.wizard = Wizard::None,
                    Ok(Some(worked)) => done(state, Ok(worked)),
                    Err(code) => done(state, Err(code)),
                }
            });
            controller.read_passkeys();
        });
    }

    /// Shows how far the work is, not more often than eyes can follow, and says whether to go on.
    fn progress(&self, run: u64, stop: Arc<AtomicBool>) -> impl FnMut(usize, usize) -> ControlFlow<()> {
        let controller = self.clone();
        let mut shown = None::<Instant>;
        move |done, total| {
            let stopping = stop.load(Ordering::Relaxed);
            if done == total || shown.is_none_or(|shown| shown.elapsed() >= FRAME) {
                shown = Some(Instant::now());
                controller.in_run(run, |state| {
                    state.view.wizard.show_progress(Progress {
                        done: super::count(done),
                        total: super::count(total),
                        stopping,
                    });
                });
            }
            if stopping {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        }
    }

    /// Asks the person by a window of the desktop's, one at a time. `chosen` gets what they chose, `failed` why they
    /// could not be asked; a dialog that they closed changes nothing.
    fn ask(
        &self,
        run: u64,
        dialog: Dialog,
        chosen: impl FnOnce(&Self, PathBuf) + Send + 'static,
        failed: impl FnOnce(&mut State, ErrorCode) + Send + 'static,
    ) {
        let answered = |controller: &Self, path: Option<PathBuf>| {
            if let Some(path) = path {
                chosen(controller, path);
            }
        };
        self.ask_or_not(run, dialog, answered, failed);
    }

    /// As [`ask`](Self::ask), and `answered` learns of a dialog that was closed too.
    fn ask_or_not(
        &self,
        run: u64,
        dialog: Dialog,
        answered: impl FnOnce(&Self, Option<PathBuf>) + Send + 'static,
        failed: impl FnOnce(&mut State, ErrorCode) + Send + 'static,
    ) {
        let free = self.update(|state| {
            let free = state.wizard.run == run && !state.wizard.in_dialog;
            state.wizard.in_dialog |= free;
            free
        });
        if !free {
            return;
        }
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let window = &controller.0.window;
            let answer = match dialog {
                Dialog::File => window.choose_file().await,
                Dialog::Folder => window.choose_folder().await,
                Dialog::SaveAs(name) => window.save_as(name).await,
            };
            let mut still_open = false;
            controller.in_run(run, |state| {
                state.wizard.in_dialog = false;
                still_open = true;
            });
            match answer {
                Ok(path) if still_open => answered(&controller, path),
                Ok(_) => {}
                Err(code) => controller.in_run(run, |state| failed(state, code)),
            }
        });
    }
}

impl<W, T, A> Controller<W, T, A> {
    /// The recovery words, while the wizard shows them; otherwise none.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        let state = self.state();
        match (&state.view.wizard, &state.wizard.held) {
            (Wizard::SetUp(SetUp::Words { .. }), Held::Words { words, .. }) => words.words().collect(),
            _ => Vec::new(),
        }
    }

    /// The shares of the words, while the wizard shows them; otherwise none.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        if let Held::Shares(shares) = &self.state().wizard.held {
            shares.iter().map(|share| Share::new(share.as_str())).collect()
        } else {
            Vec::new()
        }
    }

    /// The rows of the plan that is shown; otherwise none.
    #[must_use]
    pub fn plan(&self) -> Arc<[PlanRow]> {
        if let Held::Plan { rows, .. } = &self.state().wizard.held {
            Arc::clone(rows)
        } else {
            Arc::default()
        }
    }
}

impl Running {
    fn is_at_work(&self) -> bool {
        matches!(self.held, Held::Work { .. })
    }

    /// Whatever was before is over.
    fn begin(&mut self) {
        *self = Self {
            run: self.run.wrapping_add(1),
            ..Self::default()
        };
    }
}

impl State {
    /// The first step of a wizard.
    fn open(&mut self, wizard: WizardKind) {
        let folder = self.backups.folder.clone();
        let suggested = self.backups.suggested();
        self.view.wizard = match wizard {
            WizardKind::SetUp => Wizard::SetUp(SetUp::Begin {
                anew: folder.is_some(),
                problem: None,
            }),
            WizardKind::BackUp => Wizard::BackUp(match folder {
                Some(folder) => {
                    let shown = folder.display().to_string();
                    self.wizard.held = Held::Folder(folder);
                    BackUp::Ready {
                        folder: shown,
                        problem: None,
                    }
                }
                None => BackUp::Failed {
                    code: ErrorCode::RecoveryNotSetUp.into(),
                },
            }),
            WizardKind::Drill => Wizard::Drill(Drill::ChooseFile {
                suggested,
                problem: None,
            }),
            WizardKind::Restore => Wizard::Restore(TakeIn::ChooseFile {
                suggested,
                backup_flags: None,
                problem: None,
            }),
            WizardKind::Import => Wizard::Import(TakeIn::ChooseFile {
                suggested: None,
                backup_flags: Some(self.wizard.backup_flags),
                problem: None,
            }),
            WizardKind::Export => Wizard::Export(Export::Choose {
                can_encrypt: folder.is_some(),
                problem: None,
            }),
            WizardKind::Copy => Wizard::Copy(CopyUnder::Choose { problem: None }),
            WizardKind::Split => Wizard::Split(Split::Type { problem: None }),
        };
    }
}

impl Wizard {
    fn show_progress(&mut self, now: Progress) {
        if let Self::Drill(drill @ Drill::Opening) = self {
            *drill = Drill::Working(now);
        } else if let Some(progress) = progress_of(self) {
            // Said to the person already, and not to be taken back by a step that was under way.
            let stopping = progress.stopping || now.stopping;
            *progress = Progress { stopping, ..now };
        }
    }
}

fn progress_of(wizard: &mut Wizard) -> Option<&mut Progress> {
    match wizard {
        Wizard::BackUp(BackUp::Working(progress))
        | Wizard::Drill(Drill::Working(progress))
        | Wizard::Restore(TakeIn::Working(progress))
        | Wizard::Import(TakeIn::Working(progress))
        | Wizard::Export(Export::Working(progress))
        | Wizard::Copy(CopyUnder::Working(progress)) => Some(progress),
        Wizard::None
        | Wizard::SetUp(_)
        | Wizard::BackUp(_)
        | Wizard::Drill(_)
        | Wizard::Restore(_)
        | Wizard::Import(_)
        | Wizard::Export(_)
        | Wizard::Copy(_)
        | Wizard::Split(_) => None,
    }
}

/// Nothing done yet.
const BEGUN: Progress = Progress {
    done: 0,
    total: 0,
    stopping: false,
};

/// Twenty pictures a second look like movement.
const FRAME: Duration = Duration::from_millis(50);
