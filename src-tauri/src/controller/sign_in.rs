//! From a code to an answered request.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use roamkey_device::session::{Air, TunnelService};
use roamkey_device::{
    Code as Text, Done, ErrorCode, Failure, Hint, MAX_FILE_BYTES, Progress, SignIn as ReadCode,
};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::person::{Answer, Person};
use super::{Controller, State, Task, Transaction};
use crate::action::{ScreenPart, Typed};
use crate::view::{Code, DoneWhat, Hinted, Origin, PinProblem, PinSetup, Place, SignIn, Stage};
use crate::window::Window;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    /// Takes a code that was found. What only somebody in front of the other device can have, a camera's, is used at
    /// once; anything else could have been sent by anybody and waits for the person's word. A code never takes the
    /// place of a transaction under way.
    pub fn found(&self, origin: Origin, code: Result<Text, ErrorCode>) {
        self.take_tunnel(&self.state());
        let read = code.and_then(|text| self.0.device.read(&text).map_err(|failure| failure.code()));
        let go_on = self.update(|state| {
            if matches!(state.transaction, Transaction::Runs { .. }) {
                return false;
            }
            state.view.place = if state.view.place == Place::Welcome {
                Place::Welcome
            } else {
                Place::SignIn
            };
            match read {
                Err(code) => {
                    state.transaction = Transaction::None;
                    state.view.sign_in = SignIn::Idle {
                        problem: Some(Code(code)),
                    };
                    false
                }
                Ok(code) => {
                    state.view.place = Place::SignIn;
                    state.view.sign_in = SignIn::Found {
                        operation: hinted(code.hint()),
                        origin,
                        age: code.age(),
                    };
                    state.transaction = Transaction::Waits { code, origin };
                    origin == Origin::Camera
                }
            }
        });
        if go_on {
            self.go_ahead();
        }
    }

    /// A link that another program opened. It only ever leads to a question.
    pub fn opened(&self, link: &str) {
        self.found(Origin::Link, Ok(Text::from_text(link)));
        self.0.window.raise();
    }

    /// A file that was dropped on the window. It is looked at where a code is waited for, and only there.
    pub fn dropped(&self, file: PathBuf) {
        let waits = self.update(|state| {
            let idle = matches!(state.view.sign_in, SignIn::Idle { .. });
            let waits = state.view.place == Place::SignIn && idle;
            if waits {
                state.view.sign_in = SignIn::Looking {
                    origin: Origin::Picture,
                };
            }
            waits
        });
        if !waits {
            return;
        }
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let read = spawn_blocking(move || read_picture(&file)).await;
            let code = read.unwrap_or(Err(ErrorCode::Internal));
            controller.found(Origin::Picture, code);
        });
    }

    pub(super) fn look_for_code(&self, origin: Origin, part: ScreenPart) {
        let idle = self.update(|state| {
            let idle = matches!(state.transaction, Transaction::None);
            if idle {
                state.view.sign_in = SignIn::Looking { origin };
            }
            idle
        });
        if !idle {
            return;
        }
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let window = &controller.0.window;
            let code = if origin == Origin::Clipboard {
                window.read_clipboard().await
            } else {
                window.read_screen(part).await
            };
            match code {
                Err(ErrorCode::Cancelled) => controller.cancel(),
                code => controller.found(origin, code),
            }
        });
    }

    /// Uses the code that waits.
    pub(super) fn go_ahead(&self) {
        self.update(|state| {
            let Transaction::Waits { code, origin } = std::mem::take(&mut state.transaction) else {
                return;
            };
            state.view.sign_in = SignIn::Connecting {
                stage: Stage::Opening,
            };
            let controller = self.clone();
            let task = self
                .0
                .runtime
                .spawn(async move { controller.transact(code, origin).await });
            state.transaction = Transaction::Runs {
                _task: Task(task.abort_handle()),
                answers: None,
            };
        });
    }

    async fn transact(&self, code: ReadCode, origin: Origin) {
        match self.0.device.verification().way().await {
            Err(failure) => return self.failed(&failure, None),
            Ok(None) => {
                return self.update(|state| {
                    state.view.pin = self.pin_not_set(None);
                    state.view.sign_in = SignIn::ChoosePin;
                    state.transaction = Transaction::Waits { code, origin };
                });
            }
            Ok(Some(_)) => self.update(|state| state.view.pin = PinSetup::Set),
        }
        let person = Person::new(self.clone(), origin);
        match self.0.device.run(code, &person).await {
            Ok(done) => self.done(done, &person),
            Err(failure) => self.failed(&failure, person.unverified()),
        }
    }

    fn done(&self, done: Done, person: &Person<W, T, A>) {
        let what = match done {
            Done::Created => DoneWhat::Created,
            Done::SignedIn => DoneWhat::SignedIn,
            Done::Informed | _ => DoneWhat::Informed,
        };
        self.update(|state| {
            state.view.sign_in = SignIn::Done {
                what,
                site: person.site(),
            };
            state.transaction = Transaction::None;
        });
        self.read_passkeys();
    }

    /// `unverified` says why a person could not be verified, of which the failure itself knows only that it was so.
    fn failed(&self, failure: &Failure, unverified: Option<ErrorCode>) {
        let code = failure.code();
        let code = unverified.filter(|_| code == ErrorCode::PinWrong).unwrap_or(code);
        tracing::info!(code = code.as_str(), error = %failure, "ended");
        let diagnostics = diagnostics(code, failure);
        self.update(|state| {
            state.view.sign_in = SignIn::Failed {
                code: Code(code),
                diagnostics,
            };
            state.transaction = Transaction::None;
        });
        self.look_at_bluetooth();
    }

    pub(super) fn look_at_verification(&self) {
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            // A keyring that can't be read is told with the list of passkeys.
            let way = controller.0.device.verification().way().await;
            controller.update(|state| {
                state.view.pin = match way {
                    Ok(Some(_)) => PinSetup::Set,
                    Ok(None) => controller.pin_not_set(None),
                    Err(_) => PinSetup::Unknown,
                };
            });
        });
    }

    fn pin_not_set(&self, problem: Option<PinProblem>) -> PinSetup {
        let least = self.0.vault.policy().minimum_pin_length();
        PinSetup::NotSet {
            least: least.unwrap_or(CTAP_MINIMUM_PIN_LENGTH),
            problem,
        }
    }

    pub(super) fn choose_pin(&self, pin: Typed) {
        let Ok(pin) = pin.into_pin() else {
            self.update(|state| state.view.pin = self.pin_not_set(Some(PinProblem::Unfit)));
            return;
        };
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            match controller.0.device.pin().set(pin).await {
                Ok(()) => {
                    let waits = controller.update(|state| {
                        state.view.pin = PinSetup::Set;
                        state.view.sign_in == SignIn::ChoosePin
                    });
                    if waits {
                        controller.go_ahead();
                    }
                }
                Err(failure) => controller.update(|state| {
                    let problem = Some(PinProblem::Failed {
                        code: Code(failure.code()),
                    });
                    state.view.pin = controller.pin_not_set(problem);
                }),
            }
        });
    }

    /// Refuses a question; the transaction then ends by itself. Anything else is ended, or cleared away, at once.
    pub(super) fn cancel(&self) {
        self.update(|state| {
            if let Transaction::Runs {
                answers: Some(answers),
                ..
            } = &state.transaction
            {
                // A full or closed channel: the question was answered a moment ago.
                let _answered = answers.try_send(Answer::Refuse);
                return;
            }
            state.transaction = Transaction::None;
            state.view.sign_in = SignIn::Idle { problem: None };
        });
    }

    pub(super) fn answer(&self, question: u32, answer: Answer) {
        let state = self.state();
        let asked = matches!(&state.view.sign_in, SignIn::Question(asked) if asked.id == question);
        if let (
            true,
            Transaction::Runs {
                answers: Some(answers),
                ..
            },
        ) = (asked, &state.transaction)
        {
            // As above.
            let _answered = answers.try_send(answer);
        }
    }

    pub(super) fn progressed(&self, progress: Progress) {
        let stage = match progress {
            Progress::TunnelOpen => Stage::TunnelOpen,
            Progress::OnAir => Stage::OnAir,
            Progress::Nearby => Stage::Nearby,
            Progress::Secured => Stage::Secured,
            Progress::Answered => Stage::Answered,
            // The question itself follows, or has just gone.
            Progress::Asking | Progress::Withdrawn => return,
        };
        self.update(|state| state.view.sign_in = SignIn::Connecting { stage });
    }
}

impl State {
    /// Where the answers to the question now shown go.
    pub(super) fn answers_go_to(&mut self, sender: Option<mpsc::Sender<Answer>>) {
        if let Transaction::Runs { answers, .. } = &mut self.transaction {
            *answers = sender;
        }
    }
}

/// Reads the code in a file that may be a picture. Only a plain file is opened: reading a pipe might never end.
fn read_picture(file: &Path) -> Result<Text, ErrorCode> {
    let unreadable = |error: io::Error| {
        tracing::info!(%error, "the picture can't be read");
        ErrorCode::PictureUnreadable
    };
    if !std::fs::metadata(file).map_err(unreadable)?.is_file() {
        return Err(ErrorCode::PictureUnreadable);
    }
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    Text::from_picture(&bytes).map_err(|error| Failure::Scan(error).code())
}

fn hinted(hint: Hint) -> Hinted {
    if hint == Hint::MakeCredential {
        Hinted::Create
    } else {
        Hinted::SignIn
    }
}

/// What a person may hand to somebody who helps them: no secret, no site, no account is in any error's text.
fn diagnostics(code: ErrorCode, failure: &Failure) -> String {
    let mut lines = vec![
        format!(
            "Roamkey {} on {} {}",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
        format!("code: {}", code.as_str()),
    ];
    let mut cause: Option<&dyn Error> = Some(failure);
    while let Some(error) = cause {
        lines.push(format!("cause: {error}"));
        cause = error.source();
    }
    lines.dedup();
    lines.join("\n")
}

/// The least characters of a PIN where no policy asks for more (CTAP 2.3 §6.5.1).
const CTAP_MINIMUM_PIN_LENGTH: u8 = 4;
