//! A person who answers by script, and remembers what was shown.

use std::sync::{Mutex, MutexGuard, PoisonError};

use roamkey_authenticator::{
    AccountChoice, ConsentPrompt, Operation, Refusal, UserConsent, UserVerification, UserVerified,
    VerificationMethod,
};
use roamkey_session::{Progress, User};
use tokio::sync::watch;

/// What the scripted person does with a question.
#[derive(Clone, Copy, Debug)]
pub enum Reaction {
    /// Approves with this account (0 is the first), verified if the prompt wants it.
    Approve(usize),
    /// Approves without being verified, whatever the prompt wants.
    ApproveUnverified,
    /// Refuses for this reason.
    Refuse(Refusal),
    /// Never answers.
    Wait,
}

/// A question as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `make_credential`, `get_assertion` or `selection`.
    pub operation: &'static str,
    /// The relying party ID; empty for a selection.
    pub rp_id: String,
    /// The names of the accounts, or of the one account to be created.
    pub accounts: Vec<String>,
    /// Whether verification was demanded.
    pub verification: bool,
}

/// The scripted person.
#[derive(Debug)]
pub struct ScriptedUser {
    reaction: Mutex<Reaction>,
    shown: Mutex<Vec<Shown>>,
    progress: watch::Sender<Vec<Progress>>,
}

impl ScriptedUser {
    /// A person who reacts like this to every question.
    #[must_use]
    pub fn new(reaction: Reaction) -> Self {
        Self {
            reaction: Mutex::new(reaction),
            shown: Mutex::default(),
            progress: watch::Sender::default(),
        }
    }

    /// Changes what the next questions meet with.
    pub fn react(&self, reaction: Reaction) {
        *lock(&self.reaction) = reaction;
    }

    /// Every question so far, oldest first.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        lock(&self.shown).clone()
    }

    /// Every step so far, oldest first.
    #[must_use]
    pub fn steps(&self) -> Vec<Progress> {
        self.progress.borrow().clone()
    }

    /// Waits until `step` has been taken, without limit.
    pub async fn reached(&self, step: Progress) {
        // `self` holds the sender, so the wait can only end with the step.
        let _ = self
            .progress
            .subscribe()
            .wait_for(|steps| steps.contains(&step))
            .await;
    }
}

impl User for ScriptedUser {
    fn progress(&self, progress: Progress) {
        self.progress.send_modify(|steps| steps.push(progress));
    }

    async fn ask(&self, prompt: ConsentPrompt) -> Result<UserConsent, Refusal> {
        lock(&self.shown).push(Shown::from(&prompt));
        let reaction = *lock(&self.reaction);
        match reaction {
            Reaction::Approve(account) => {
                let verified = match prompt.user_verification() {
                    UserVerification::Required => Some(UserVerified::by(VerificationMethod::AppPin)),
                    UserVerification::NotRequired => None,
                };
                prompt
                    .approve(AccountChoice(account), verified)
                    .map_err(Refusal::from)
            }
            Reaction::ApproveUnverified => prompt.approve(AccountChoice(0), None).map_err(Refusal::from),
            Reaction::Refuse(refusal) => Err(prompt.refuse(refusal)),
            Reaction::Wait => std::future::pending().await,
        }
    }
}

impl From<&ConsentPrompt> for Shown {
    fn from(prompt: &ConsentPrompt) -> Self {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        let (operation, accounts) = match prompt.operation() {
            Operation::MakeCredential { user } => ("make_credential", vec![name(&user.name)]),
            Operation::GetAssertion { accounts } => (
                "get_assertion",
                accounts
                    .iter()
                    .map(|account| name(&account.user().name))
                    .collect(),
            ),
            Operation::Selection => ("selection", Vec::new()),
        };
        Self {
            operation,
            rp_id: prompt
                .rp_id()
                .map(|rp_id| rp_id.as_str().to_owned())
                .unwrap_or_default(),
            accounts,
            verification: prompt.user_verification() == UserVerification::Required,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
