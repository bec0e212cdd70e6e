//! What stands between a start and the app.
//!
//! ```text
//! look ─▶ policy can't be used ─▶ try again
//!      ─▶ passkeys in a file ───▶ passphrase ─▶ right ─┐
//!      ─▶ no keyring, no passkeys ─▶ make a file ──────┤
//!      │                          └▶ go on without ────┼─▶ a Vault that answers ─▶ the app
//!      └▶ all is well ─────────────────────────────────┘
//! ```
//!
//! There is no controller before the end of this, so nothing can be signed, shown or changed. A passphrase comes from the
//! window once, is tried, and goes into the configuration of the vault.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use roamkey_device::exchange::passphrase;
use roamkey_device::vault::{
    KeyringError, Passphrase, Policy, PolicyError, StoreKind, Vault, VaultConfig, VaultError,
};
use roamkey_device::{ErrorCode, Failure};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::action::{OpeningAction, Typed};
use crate::controller::count;
use crate::view::{Look, Opening, OpeningStep, PolicyProblem};

/// The window, as the door sees it.
pub trait Doorway: Send + Sync + 'static {
    /// Draws what stands between. Must not block, and must not call the door back.
    fn show(&self, opening: &Opening);

    /// Opens the app on this vault, once.
    ///
    /// # Errors
    ///
    /// Why there is no app.
    fn open(&self, vault: OpenVault) -> Result<(), ErrorCode>;

    /// Ends the process.
    fn quit(&self);
}

/// A vault that the app can be opened on, and the configuration that opens it again.
#[derive(Debug)]
pub struct OpenVault {
    /// The vault.
    pub vault: Vault,
    /// What opens it.
    pub config: VaultConfig,
}

/// The door to the app. Clones are the same one.
pub struct Door<D>(Arc<Inner<D>>);

struct Inner<D> {
    doorway: D,
    config: VaultConfig,
    runtime: Handle,
    state: Mutex<Opening>,
}

/// What a look has found.
enum Found {
    /// A vault to open the app on.
    Vault(VaultConfig, Vault),
    /// A step that the person has to take.
    Step(OpeningStep),
}

impl<D: Doorway> Door<D> {
    /// The door to the app of the vault that `config` describes but for a passphrase. Must be called inside a Tokio runtime.
    pub fn new(doorway: D, config: VaultConfig, look: Look) -> Self {
        Self(Arc::new(Inner {
            doorway,
            config,
            runtime: Handle::current(),
            state: Mutex::new(Opening {
                step: OpeningStep::Looking,
                look,
            }),
        }))
    }

    /// What stands between now.
    #[must_use]
    pub fn opening(&self) -> Opening {
        self.state().clone()
    }

    /// The window of this door.
    #[must_use]
    pub fn doorway(&self) -> &D {
        &self.0.doorway
    }

    /// Opens the app if nothing stands between, and shows what does otherwise. On a device that keeps nothing yet, it goes on
    /// looking after this has returned.
    pub fn look(&self) {
        match self.look_at_files() {
            Found::Step(step) => self.show(step),
            Found::Vault(config, vault) if config.keeps_nothing() => self.look_for_keyring(config, vault),
            Found::Vault(config, vault) => self.open(config, vault),
        }
    }

    /// Does what the person asked for. What comes of it is shown.
    pub fn act(&self, action: OpeningAction) {
        let shown = self.opening().step;
        match (action, shown) {
            (OpeningAction::Quit, _) => self.0.doorway.quit(),
            (
                OpeningAction::TryAgain,
                OpeningStep::Policy { .. }
                | OpeningStep::Failed { .. }
                | OpeningStep::NoKeyring { making: false, .. },
            ) => {
                self.show(OpeningStep::Looking);
                self.look();
            }
            (OpeningAction::Unlock { passphrase }, OpeningStep::Passphrase { trying: false, .. }) => {
                self.unlock(passphrase);
            }
            (OpeningAction::MakeFile { passphrase }, OpeningStep::NoKeyring { making: false, .. }) => {
                self.make_file(passphrase);
            }
            (OpeningAction::GoOn, OpeningStep::NoKeyring { making: false, .. }) => {
                match self.look_at_files() {
                    Found::Vault(config, vault) => self.open(config, vault),
                    Found::Step(step) => self.show(step),
                }
            }
            (
                OpeningAction::TryAgain
                | OpeningAction::Unlock { .. }
                | OpeningAction::MakeFile { .. }
                | OpeningAction::GoOn,
                _,
            ) => {}
        }
    }

    fn look_at_files(&self) -> Found {
        let config = self.0.config.clone();
        if let Err(error) = Policy::load(config.policy_path()) {
            return Found::Step(self.policy_step(&error));
        }
        if config.store_kind() == StoreKind::PassphraseFile {
            return Found::Step(self.passphrase_step(None, false));
        }
        match Vault::open(config.clone()) {
            Ok(vault) => Found::Vault(config, vault),
            Err(error) => Found::Step(self.failed_step(error)),
        }
    }

    /// On a device that keeps nothing yet, looks whether there is a keyring. One that takes its time, or asks for its
    /// password, is there.
    fn look_for_keyring(&self, config: VaultConfig, vault: Vault) {
        let door = self.clone();
        self.0.runtime.spawn(async move {
            let asked = vault.clone();
            let asked = spawn_blocking(move || asked.prepare());
            let answer = tokio::time::timeout(KEYRING_LIMIT, asked).await;
            if let Ok(Ok(Err(VaultError::Keyring(KeyringError::Unavailable(_))))) = answer {
                door.show(door.no_keyring_step(None, false));
            } else {
                door.open(config, vault);
            }
        });
    }

    fn unlock(&self, typed: Typed) {
        self.show(self.passphrase_step(None, true));
        let config = self.0.config.clone();
        self.try_to_open(
            // What can't be a passphrase is not this one.
            move || {
                let passphrase =
                    Passphrase::new(typed.into_text()).map_err(|_| ErrorCode::PassphraseWrong)?;
                Ok(config.passphrase(passphrase))
            },
            |door, code| door.passphrase_step(Some(code), false),
        );
    }

    fn make_file(&self, typed: Typed) {
        self.show(self.no_keyring_step(None, true));
        let config = self.0.config.clone();
        self.try_to_open(
            move || {
                if !passphrase::strength(typed.as_str()).is_enough() {
                    return Err(ErrorCode::PassphraseWeak);
                }
                let passphrase =
                    Passphrase::new(typed.into_text()).map_err(|_| ErrorCode::PassphraseUnfit)?;
                let made = config.create_passphrase_store(&passphrase);
                made.map_err(|error| Failure::Vault(error).code())?;
                Ok(config.passphrase(passphrase))
            },
            |door, code| {
                if door.0.config.store_kind() == StoreKind::PassphraseFile {
                    // Another process has made one, or it was made and does not open yet.
                    door.passphrase_step(Some(code), false)
                } else {
                    door.no_keyring_step(Some(code), false)
                }
            },
        );
    }

    /// Opens the app on what `config` comes to, if the vault then answers. Deriving a key from a passphrase takes a while.
    fn try_to_open(
        &self,
        config: impl FnOnce() -> Result<VaultConfig, ErrorCode> + Send + 'static,
        failed: impl FnOnce(&Self, ErrorCode) -> OpeningStep + Send + 'static,
    ) {
        let door = self.clone();
        self.0.runtime.spawn(async move {
            let opened = spawn_blocking(move || {
                let config = config()?;
                let vault = Vault::open(config.clone()).and_then(|vault| vault.prepare().map(|()| vault));
                vault
                    .map(|vault| (config, vault))
                    .map_err(|error| Failure::Vault(error).code())
            });
            match opened.await.unwrap_or(Err(ErrorCode::Internal)) {
                Ok((config, vault)) => door.open(config, vault),
                Err(ErrorCode::PolicyUnusable) => door.look(),
                Err(code) => {
                    let step = failed(&door, code);
                    door.show(step);
                }
            }
        });
    }

    /// The state stays locked until the app is there: it is opened once.
    fn open(&self, config: VaultConfig, vault: Vault) {
        let mut state = self.state();
        if state.step == OpeningStep::Open {
            return;
        }
        state.step = match self.0.doorway.open(OpenVault { vault, config }) {
            Ok(()) => OpeningStep::Open,
            Err(code) => OpeningStep::Failed { code: code.into() },
        };
        self.0.doorway.show(&state);
    }

    fn show(&self, step: OpeningStep) {
        let mut state = self.state();
        if state.step != OpeningStep::Open {
            state.step = step;
            self.0.doorway.show(&state);
        }
    }

    fn failed_step(&self, error: VaultError) -> OpeningStep {
        if let VaultError::Policy(error) = &error {
            return self.policy_step(error);
        }
        OpeningStep::Failed {
            code: Failure::Vault(error).code().into(),
        }
    }

    fn policy_step(&self, error: &PolicyError) -> OpeningStep {
        tracing::warn!(%error, "the policy can't be used");
        OpeningStep::Policy {
            path: self.0.config.policy_path().display().to_string(),
            problem: policy_problem(error),
            detail: chain(error),
        }
    }

    fn passphrase_step(&self, problem: Option<ErrorCode>, trying: bool) -> OpeningStep {
        OpeningStep::Passphrase {
            path: self.0.config.passphrase_store().display().to_string(),
            problem: problem.map(Into::into),
            trying,
        }
    }

    fn no_keyring_step(&self, problem: Option<ErrorCode>, making: bool) -> OpeningStep {
        OpeningStep::NoKeyring {
            path: self.0.config.passphrase_store().display().to_string(),
            problem: problem.map(Into::into),
            making,
        }
    }

    fn state(&self) -> MutexGuard<'_, Opening> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn policy_problem(error: &PolicyError) -> PolicyProblem {
    match error {
        PolicyError::NotTheAdministrators | PolicyError::WritableByOthers => {
            PolicyProblem::NotTheAdministrators
        }
        PolicyError::Syntax { line, .. } => PolicyProblem::Syntax { line: count(*line) },
        PolicyError::UnknownKey { key }
        | PolicyError::MissingKey { key }
        | PolicyError::WrongType { key, .. }
        | PolicyError::NotAllowed { key, .. }
        | PolicyError::Duplicate { key } => PolicyProblem::Rule { key: key.clone() },
        PolicyError::Unreadable(_)
        | PolicyError::NotAFile
        | PolicyError::TooLarge
        | PolicyError::Unsupported
        | PolicyError::NotUtf8
        | _ => PolicyProblem::Unreadable,
    }
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let texts = std::iter::once(error.to_string()).chain(causes.map(ToString::to_string));
    texts.collect::<Vec<_>>().join(": ")
}

impl<D> Clone for Door<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D> fmt::Debug for Door<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Door")
    }
}

/// Longer than a keyring takes to be started, and shorter than anybody waits for a window.
const KEYRING_LIMIT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_policy_is_named_with_its_line_or_key() {
        let problem = |text: &str| policy_problem(&Policy::parse(text).unwrap_err());
        let rule = |key: &str| PolicyProblem::Rule { key: key.to_owned() };
        assert_eq!(
            problem("[pin]\nminimum_length = "),
            PolicyProblem::Syntax { line: 2 }
        );
        assert_eq!(problem("colour = 1"), rule("colour"));
        assert_eq!(problem("[pin]\nminimum_length = 3"), rule("pin.minimum_length"));
        assert_eq!(
            problem("[[passkey]]\nrp = \"*\""),
            rule("passkey[0].maximum_age_days")
        );
        assert_eq!(
            policy_problem(&PolicyError::WritableByOthers),
            PolicyProblem::NotTheAdministrators
        );
        assert_eq!(policy_problem(&PolicyError::NotUtf8), PolicyProblem::Unreadable);
    }

    #[test]
    fn the_detail_for_the_administrator_has_the_causes() {
        let error = Policy::parse("[pin]\nminimum_length = ").unwrap_err();
        let detail = chain(&error);
        assert!(
            detail.starts_with("the policy file is not TOML: line 2: "),
            "{detail}"
        );
    }
}
