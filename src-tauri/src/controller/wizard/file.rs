//! Files that come in: chosen by the person, read by this process, opened with what the person types. The web view sees
//! neither path nor bytes before they are shown to the person.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use roamkey_device::exchange::age::OpensWith;
use roamkey_device::recovery::{self, Drill as Drilled, Key, read_file};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::{ErrorCode, Failure};
use zeroize::Zeroizing;

use super::super::{Controller, count};
use super::{Dialog, Held, State};
use crate::action::Typed;
use crate::view::{Drill, TakeIn, Wants, Wizard};
use crate::window::Window;

/// A file that was read.
#[derive(Clone)]
pub(super) struct OpenedFile {
    pub(super) path: PathBuf,
    pub(super) bytes: Arc<Zeroizing<Vec<u8>>>,
    /// What opens it.
    pub(super) wants: Wants,
}

/// What is read from a file before it is opened.
type Read = (Zeroizing<Vec<u8>>, Option<Wants>);

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn choose_file(&self) {
        let Some(run) = self.state().run_that_chooses() else {
            return;
        };
        self.ask(
            run,
            Dialog::File,
            move |controller, path| controller.read_in(run, path),
            State::file_is_wrong,
        );
    }

    pub(super) fn use_suggested(&self) {
        let state = self.state();
        let suggested = state.run_that_chooses().zip(state.backups.newest.clone());
        drop(state);
        if let Some((run, (path, _))) = suggested {
            self.read_in(run, path);
        }
    }

    fn read_in(&self, run: u64, path: PathBuf) {
        self.in_run(run, |state| state.view.wizard.show_opening());
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let from = path.clone();
            let read = controller.blocking(move |_, _| read(&from)).await;
            match read {
                Err(code) => controller.in_run(run, |state| state.file_is_wrong(code)),
                Ok((bytes, wants)) => {
                    let file = OpenedFile {
                        path,
                        bytes: Arc::new(bytes),
                        wants: wants.unwrap_or(Wants::Password),
                    };
                    if wants.is_some() {
                        controller.in_run(run, |state| state.ask_for_key(file, None));
                    } else {
                        controller.open(run, file, None);
                    }
                }
            }
        });
    }

    pub(super) fn unlock(&self, secret: Typed) {
        let unlocking = self.update(|state| {
            let Held::File(file) = std::mem::take(&mut state.wizard.held) else {
                return None;
            };
            let key = match file.wants {
                Wants::Words => Key::parse(secret.as_str()),
                Wants::Passphrase | Wants::Password => Ok(Key::Passphrase(secret.into_text())),
            };
            match key {
                Ok(key) => {
                    state.view.wizard.show_opening();
                    Some((state.wizard.run, file, key))
                }
                Err(error) => {
                    state.ask_for_key(file, Some(error.code()));
                    None
                }
            }
        });
        if let Some((run, file, key)) = unlocking {
            self.open(run, file, Some(key));
        }
    }

    /// Opens the file, and does with it what the wizard is for.
    fn open(&self, run: u64, file: OpenedFile, key: Option<Key>) {
        if matches!(self.state().view.wizard, Wizard::Drill(_)) {
            self.drill(run, file, key);
        } else {
            self.plan_from(run, file, key);
        }
    }

    fn drill(&self, run: u64, file: OpenedFile, key: Option<Key>) {
        let bytes = Arc::clone(&file.bytes);
        self.work(
            run,
            move |vault, _, progress| recovery::drill(vault, &bytes, key.as_ref(), progress),
            move |state, drilled| match drilled {
                Ok(drilled) => state.view.wizard = Wizard::Drill(done(&drilled)),
                Err(code) if is_about_key(code) => state.ask_for_key(file, about_key(code)),
                Err(code) => state.view.wizard = Wizard::Drill(Drill::Failed { code: code.into() }),
            },
        );
    }
}

impl State {
    /// The run of the wizard, if it waits for a file.
    fn run_that_chooses(&self) -> Option<u64> {
        let waits = matches!(
            self.view.wizard,
            Wizard::Drill(Drill::ChooseFile { .. })
                | Wizard::Restore(TakeIn::ChooseFile { .. })
                | Wizard::Import(TakeIn::ChooseFile { .. })
        );
        waits.then_some(self.wizard.run)
    }

    /// Asks for another file.
    pub(super) fn file_is_wrong(&mut self, code: ErrorCode) {
        self.wizard.held = Held::Nothing;
        let problem = Some(code.into());
        let suggested = self.backups.suggested();
        match &mut self.view.wizard {
            Wizard::Drill(drill) => *drill = Drill::ChooseFile { suggested, problem },
            Wizard::Restore(step) => {
                *step = TakeIn::ChooseFile {
                    suggested,
                    backup_flags: None,
                    problem,
                }
            }
            Wizard::Import(step) => {
                *step = TakeIn::ChooseFile {
                    suggested: None,
                    backup_flags: Some(self.wizard.backup_flags),
                    problem,
                }
            }
            Wizard::None
            | Wizard::SetUp(_)
            | Wizard::BackUp(_)
            | Wizard::Export(_)
            | Wizard::Copy(_)
            | Wizard::Split(_) => {}
        }
    }

    /// Asks for what opens the file.
    pub(super) fn ask_for_key(&mut self, file: OpenedFile, problem: Option<ErrorCode>) {
        let (path, wants) = (file.path.display().to_string(), file.wants);
        let problem = problem.map(Into::into);
        self.wizard.held = Held::File(file);
        match &mut self.view.wizard {
            Wizard::Drill(drill) => *drill = Drill::Unlock { path, wants, problem },
            Wizard::Restore(step) | Wizard::Import(step) => *step = TakeIn::Unlock { path, wants, problem },
            Wizard::None
            | Wizard::SetUp(_)
            | Wizard::BackUp(_)
            | Wizard::Export(_)
            | Wizard::Copy(_)
            | Wizard::Split(_) => {}
        }
    }
}

impl Wizard {
    fn show_opening(&mut self) {
        match self {
            Self::Drill(drill) => *drill = Drill::Opening,
            Self::Restore(step) | Self::Import(step) => *step = TakeIn::Opening,
            Self::None
            | Self::SetUp(_)
            | Self::BackUp(_)
            | Self::Export(_)
            | Self::Copy(_)
            | Self::Split(_) => {}
        }
    }
}

/// Whether another word, passphrase or password may do better.
pub(super) fn is_about_key(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::WordsOfAnother | ErrorCode::FilePassphraseWrong | ErrorCode::FileProtected
    )
}

/// That a file wants a password is no news that is worth a warning.
pub(super) fn about_key(code: ErrorCode) -> Option<ErrorCode> {
    (code != ErrorCode::FileProtected).then_some(code)
}

fn read(path: &Path) -> Result<Read, Failure> {
    let bytes = read_file(path)?;
    let wants = recovery::wants(&bytes)?.map(|wants| match wants {
        OpensWith::Identity => Wants::Words,
        OpensWith::Passphrase => Wants::Passphrase,
    });
    Ok((bytes, wants))
}

fn done(drilled: &Drilled) -> Drill {
    Drill::Done {
        made_at: drilled.made_at,
        working: count(drilled.working),
        backed_up: count(drilled.backed_up),
        not_in_it: count(drilled.not_in_it),
    }
}
