//! Setting up recovery: words that are shown once, confirmed, and forgotten; then the sheet.

use roamkey_device::exchange::RecoveryWords;
use roamkey_device::recovery::{self, Confirmation, Recovery};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::{ErrorCode, Failure};

use super::super::Controller;
use super::{Dialog, Held};
use crate::action::Typed;
use crate::language::Spoken;
use crate::view::{SetUp, Sheet, Wizard};
use crate::window::Window;

/// What the sheet is called if the person does not want another name.
const SHEET: &str = "roamkey-recovery-sheet.html";

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn draw_words(&self) {
        self.update(|state| {
            if let Wizard::SetUp(SetUp::Begin { anew, .. }) = state.view.wizard {
                state.wizard.held = Held::Words {
                    words: recovery::new_words(),
                    anew,
                    asked: None,
                };
                state.view.wizard = Wizard::SetUp(SetUp::Words { anew });
            }
        });
    }

    /// Words that there are already were confirmed when they were drawn.
    pub(super) fn use_words(&self, typed: &Typed) {
        let read = recovery::words(typed.as_str());
        let begun = self.update(|state| {
            let Wizard::SetUp(SetUp::Begin { anew, problem }) = &mut state.view.wizard else {
                return None;
            };
            match read {
                Ok(words) => {
                    let anew = *anew;
                    state.view.wizard = Wizard::SetUp(SetUp::Saving);
                    Some((state.wizard.run, words, anew))
                }
                Err(error) => {
                    *problem = Some(error.code().into());
                    None
                }
            }
        });
        if let Some((run, words, anew)) = begun {
            self.keep_words(run, words, anew);
        }
    }

    pub(super) fn words_written(&self) {
        self.update(|state| {
            if let (Wizard::SetUp(shown @ SetUp::Words { .. }), Held::Words { asked, .. }) =
                (&mut state.view.wizard, &mut state.wizard.held)
            {
                let confirmation = Confirmation::draw();
                *asked = Some(confirmation);
                *shown = SetUp::Confirm {
                    places: places(confirmation),
                    problem: None,
                };
            }
        });
    }

    pub(super) fn show_words(&self) {
        self.update(|state| {
            if let (Wizard::SetUp(shown @ SetUp::Confirm { .. }), Held::Words { anew, .. }) =
                (&mut state.view.wizard, &state.wizard.held)
            {
                *shown = SetUp::Words { anew: *anew };
            }
        });
    }

    pub(super) fn confirm_words(&self, typed: &[Typed]) {
        let confirmed = self.update(|state| {
            let Wizard::SetUp(SetUp::Confirm { problem, .. }) = &mut state.view.wizard else {
                return None;
            };
            let held = std::mem::take(&mut state.wizard.held);
            if let Held::Words {
                words,
                anew,
                asked: Some(asked),
            } = held
            {
                if asked.is_by(typed, &words) {
                    state.view.wizard = Wizard::SetUp(SetUp::Saving);
                    return Some((state.wizard.run, words, anew));
                }
                *problem = Some(ErrorCode::WordsNotConfirmed.into());
                state.wizard.held = Held::Words {
                    words,
                    anew,
                    asked: Some(asked),
                };
            }
            None
        });
        if let Some((run, words, anew)) = confirmed {
            self.keep_words(run, words, anew);
        }
    }

    /// Keeps the public half. The words end here.
    fn keep_words(&self, run: u64, words: RecoveryWords, anew: bool) {
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let kept = controller.blocking(move |vault, _| {
                Recovery::set_up(vault, &words, anew)
                    .map(drop)
                    .map_err(Failure::from)
            });
            let kept = kept.await;
            controller.in_run(run, |state| {
                state.view.wizard = Wizard::SetUp(match kept {
                    Ok(()) => SetUp::Done {
                        sheet: Sheet::NotWritten { problem: None },
                    },
                    Err(code) => SetUp::Failed { code: code.into() },
                });
            });
            controller.read_safety();
        });
    }

    pub(super) fn save_sheet(&self) {
        let state = self.state();
        let run = state.wizard.run;
        let done = matches!(state.view.wizard, Wizard::SetUp(SetUp::Done { .. }));
        drop(state);
        if done {
            let failed = |state: &mut super::State, code: ErrorCode| {
                state.show_sheet(Sheet::NotWritten {
                    problem: Some(code.into()),
                });
            };
            self.ask(
                run,
                Dialog::SaveAs(SHEET),
                move |controller, path| controller.write_sheet(run, path),
                failed,
            );
        }
    }

    fn write_sheet(&self, run: u64, path: std::path::PathBuf) {
        let controller = self.clone();
        let language = Spoken::of(&self.state().view.settings).into();
        self.0.runtime.spawn(async move {
            let to = path.clone();
            let written = controller.blocking(move |vault, dir| {
                recovery::write_sheet(vault, dir, &to, language).map_err(Failure::from)
            });
            let written = written.await;
            controller.in_run(run, |state| match written {
                Ok(()) => {
                    state.show_sheet(Sheet::Written {
                        path: path.display().to_string(),
                        problem: None,
                    });
                    state.wizard.held = Held::Sheet(path);
                }
                Err(code) => state.show_sheet(Sheet::NotWritten {
                    problem: Some(code.into()),
                }),
            });
        });
    }

    pub(super) fn open_sheet(&self) {
        let state = self.state();
        let run = state.wizard.run;
        let Held::Sheet(path) = &state.wizard.held else {
            return;
        };
        let path = path.clone();
        drop(state);
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let opened = controller.0.window.open_file(&path).await;
            controller.in_run(run, |state| {
                state.show_sheet(Sheet::Written {
                    path: path.display().to_string(),
                    problem: opened.err().map(Into::into),
                });
            });
        });
    }
}

impl super::State {
    fn show_sheet(&mut self, now: Sheet) {
        if let Wizard::SetUp(SetUp::Done { sheet }) = &mut self.view.wizard {
            *sheet = now;
        }
    }
}

fn places(confirmation: Confirmation) -> [u8; 3] {
    confirmation
        .places()
        .map(|place| u8::try_from(place).unwrap_or(u8::MAX))
}
