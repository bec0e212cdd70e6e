//! All state of the app, and everything that can happen to it.
//!
//! ```text
//! window ── Action ──▶ Controller ── Device ──▶ keyring, Bluetooth, tunnel
//!    ▲                     │
//!    └─────── View ────────┘        a whole one after each change
//! ```
//!
//! One transaction at a time. Its task belongs to [`Transaction`]: replacing that ends the task, which takes the
//! advert off the air and closes the tunnel.

mod activity;
mod help;
mod passkeys;
mod person;
mod phone;
mod safety;
mod settings;
mod sign_in;
mod wizard;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::{PinError, Vault};
use roamkey_device::webauthn::KnownPasskey;
use roamkey_device::{Device, ErrorCode, Failure, SignIn as ReadCode};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, spawn_blocking};

use crate::action::{Action, ScreenPart};
use crate::settings::Settings;
use crate::surroundings::{Rebuilds, Surroundings};
use crate::trial::Phones;
use crate::view::{
    ActivityLog, Bluetooth, Notice, Origin, Passkey, Passkeys, Phone, PinProblem, PinSetup, Place, Safety,
    SignIn, Store, Tips, Trial, View, Wizard,
};
use crate::window::Window;

use person::Answer;
pub(crate) use person::plain;

/// The app without its window. Clones are the same app.
pub struct Controller<W, T, A>(Arc<Inner<W, T, A>>);

struct Inner<W, T, A> {
    window: W,
    device: Device<T, A>,
    vault: Vault,
    phones: Box<dyn Phones>,
    settings: Settings,
    dir: PathBuf,
    surroundings: Surroundings,
    runtime: Handle,
    state: Mutex<State>,
}

struct State {
    view: View,
    transaction: Transaction,
    passkeys: Arc<[Passkey]>,
    revision: u32,
    questions: u32,
    /// What is under way with a phone.
    phone: Option<Task>,
    /// What the phone was asked for last.
    trial: Trial,
    /// The passkey that a phone made to try it.
    tried: Option<KnownPasskey>,
    backups: safety::Known,
    wizard: wizard::Running,
    log: activity::Known,
    settings: settings::Running,
    /// What the person chose before could not be read, and is not to be overwritten.
    chosen_is_damaged: bool,
}

/// Where signing in on another device is, besides what the window shows of it.
#[derive(Default)]
enum Transaction {
    /// Nowhere.
    #[default]
    None,
    /// A code waits for the person: for their word, or for their first PIN.
    Waits { code: ReadCode, origin: Origin },
    /// A task of ours is at it.
    Runs {
        _task: Task,
        answers: Option<mpsc::Sender<Answer>>,
    },
}

/// A task that ends with its owner.
struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    /// The app of this device. Must be called inside a Tokio runtime, on which it will work.
    ///
    /// `vault` is that of `device`, and `dir` its folder, in which the app keeps its few settings too; `phones` is
    /// how phones are asked; `surroundings` is the machine around; `rebuilds` are those of the vault.
    pub fn new(
        window: W,
        device: Device<T, A>,
        vault: Vault,
        phones: Box<dyn Phones>,
        dir: PathBuf,
        surroundings: Surroundings,
        rebuilds: Rebuilds,
    ) -> Self {
        let settings = Settings::new(dir.clone());
        let chosen = settings.read();
        let view = View {
            place: if settings.welcomed() {
                Place::SignIn
            } else {
                Place::Welcome
            },
            sign_in: SignIn::Idle { problem: None },
            passkeys: Passkeys::Reading,
            store: Store::of(vault.store_kind()),
            rebuilt: None,
            phone: Phone::Idle { tried: false },
            notice: Notice::Nothing,
            pin: PinSetup::Unknown,
            bluetooth: Bluetooth::Unknown,
            safety: Safety::Reading,
            wizard: Wizard::None,
            activity: ActivityLog::Reading,
            settings: settings::unread(&chosen, &surroundings),
            tips: Tips {
                due: None,
                seen: chosen
                    .as_ref()
                    .map(|chosen| chosen.tips.clone())
                    .unwrap_or_default(),
            },
        };
        let state = State {
            view,
            transaction: Transaction::None,
            passkeys: Arc::default(),
            revision: 0,
            questions: 0,
            phone: None,
            trial: Trial::Create,
            tried: None,
            backups: safety::Known::default(),
            wizard: wizard::Running::default(),
            log: activity::Known::default(),
            settings: settings::Running::default(),
            chosen_is_damaged: chosen.is_err(),
        };
        let controller = Self(Arc::new(Inner {
            window,
            device,
            vault,
            phones,
            settings,
            dir,
            surroundings,
            runtime: Handle::current(),
            state: Mutex::new(state),
        }));
        controller.tell_rebuilds(rebuilds);
        controller.look_at_bluetooth();
        controller.look_at_verification();
        controller.read_passkeys();
        controller
    }

    /// What the window shows.
    #[must_use]
    pub fn view(&self) -> View {
        self.state().view.clone()
    }

    /// The window of this app.
    #[must_use]
    pub fn window(&self) -> &W {
        &self.0.window
    }

    /// Does what the person asked for. Returns at once; the view tells what comes of it.
    pub fn act(&self, action: Action) {
        match action {
            Action::Go { place } => self.go(place),
            Action::ReadText { text } => {
                self.found(Origin::Text, Ok(roamkey_device::Code::from_text(text.as_str())));
            }
            Action::ReadClipboard => self.look_for_code(Origin::Clipboard, ScreenPart::Whole),
            Action::ReadScreen { part } => self.look_for_code(Origin::Screen, part),
            Action::GoAhead => self.go_ahead(),
            Action::ChoosePin { pin } => self.choose_pin(pin),
            Action::Approve { question, account } => self.answer(question, Answer::Approve { account }),
            Action::TypePin { question, pin } => self.answer(question, Answer::Pin(pin)),
            Action::Cancel => self.cancel(),
            Action::ReadPasskeys => self.read_passkeys(),
            Action::TryPhone { trial } => self.try_phone(trial),
            Action::RetryPhone => self.retry_phone(),
            Action::LeavePhone => self.leave_phone(),
            Action::Label { id, label } => self.label(id, label),
            Action::Remove { id } => self.remove(id),
            Action::Restore { id } => self.restore(id),
            Action::DropRebuilt => self.update(|state| state.view.rebuilt = None),
            Action::DropNotice => self.update(|state| state.view.notice = Notice::Nothing),
            Action::LookAtBluetooth => self.look_at_bluetooth(),
            Action::EndWelcome => {
                self.0.settings.set_welcomed();
                self.update(|state| state.view.place = Place::SignIn);
            }
            Action::Safety(action) => self.act_on_safety(action),
            Action::Activity(action) => self.act_on_activity(action),
            Action::Settings(action) => self.act_on_settings(action),
            Action::Help(action) => self.act_on_help(action),
        }
    }

    fn go(&self, place: Place) {
        self.update(|state| {
            state.view.place = place;
            if place != Place::Activity {
                state.forget_log();
            }
        });
        match place {
            Place::Passkeys => self.read_passkeys(),
            Place::SignIn | Place::Welcome | Place::Phone => self.look_at_bluetooth(),
            Place::Safety | Place::Help => self.read_safety(),
            Place::Activity => self.read_activity(),
            Place::Settings => self.read_settings(),
        }
    }

    fn look_at_bluetooth(&self) {
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let bluetooth = (controller.0.surroundings.bluetooth)().await;
            controller.update(|state| state.view.bluetooth = bluetooth);
        });
    }

    /// Changes the state and draws it. Views are drawn in the order in which they came about.
    fn update<O>(&self, change: impl FnOnce(&mut State) -> O) -> O {
        let mut state = self.state();
        let before = state.view.clone();
        let out = change(&mut state);
        if state.view != before {
            self.tip(&mut state, &before);
            self.0.window.show(&state.view);
        }
        out
    }

    /// Does what blocks, on the keyring or on files, on a thread for that.
    async fn blocking<O: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault, &Path) -> Result<O, Failure> + Send + 'static,
    ) -> Result<O, ErrorCode> {
        let controller = self.clone();
        let done = spawn_blocking(move || work(&controller.0.vault, &controller.0.dir)).await;
        let done = done.unwrap_or_else(|thread| Err(Failure::Thread(thread)));
        done.map_err(|failure| failure.code())
    }
}

impl<W, T, A> Controller<W, T, A> {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A count for the window.
pub(crate) fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What is wrong with a PIN that was checked.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else it is has a code of its own"
)]
fn pin_problem(failure: &Failure) -> PinProblem {
    let code = match failure {
        Failure::Pin(PinError::Wrong {
            tries_left,
            wait: None,
        }) => {
            return PinProblem::Wrong {
                tries_left: *tries_left,
            };
        }
        Failure::Pin(PinError::Wrong { wait: Some(_), .. }) => ErrorCode::PinLocked,
        failure => failure.code(),
    };
    PinProblem::Failed { code: code.into() }
}

impl<W, T, A> Clone for Controller<W, T, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W, T, A> fmt::Debug for Controller<W, T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Controller")
    }
}
