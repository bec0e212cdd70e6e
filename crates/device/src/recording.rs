//! Notes in the activity log what came of each request, from the prompt that the person saw.
//!
//! ```text
//! ask      which site, which accounts  ─┐
//! settled  created, signed in, refused ─┴▶ one entry, written on a thread of its own before the run ends
//! ```
//!
//! What can't be noted has happened all the same: the sign-in goes on, and the run says so at its end.

use std::sync::{Mutex, MutexGuard, PoisonError};

use roamkey_authenticator::{
    Account, ConsentPrompt, Operation, Outcome, PolicyVerdict, Refusal, UserConsent,
};
use roamkey_session::{Progress, User};
use roamkey_vault::{Activity, Event, RefusedBecause, Vault};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::UnixTime;
use crate::verification::now;

/// The person, with somebody beside them who takes notes.
pub(crate) struct Recording<'a, U> {
    user: &'a U,
    asked: Mutex<Option<Asked>>,
    notes: UnboundedSender<Note>,
    written: JoinHandle<Result<(), ()>>,
}

type Note = (Activity, UnixTime);

/// A question, and what is known of its answer.
struct Asked {
    activity: Activity,
    warned: bool,
}

impl<'a, U> Recording<'a, U> {
    /// Begins to take notes. Needs a runtime around it.
    pub(crate) fn new(user: &'a U, vault: Vault) -> Self {
        let (notes, taken) = unbounded_channel();
        Self {
            user,
            asked: Mutex::new(None),
            notes,
            written: tokio::task::spawn_blocking(move || write(&vault, taken)),
        }
    }

    /// Waits until every note is on the disk, and tells whether all of them are.
    pub(crate) async fn end(self) -> bool {
        if let Some(asked) = self.asked().take() {
            // The other end was lost while the question was open.
            self.note(Activity {
                event: Event::Refused(RefusedBecause::Other),
                ..asked.activity
            });
        }
        let Self { notes, written, .. } = self;
        drop(notes);
        matches!(written.await, Ok(Ok(())))
    }

    fn asked(&self) -> MutexGuard<'_, Option<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, activity: Activity) {
        // The thread ends only after this value is gone.
        let _ = self.notes.send((activity, now()));
    }
}

impl<U: User> User for Recording<'_, U> {
    fn progress(&self, progress: Progress) {
        self.user.progress(progress);
    }

    async fn ask(&self, prompt: ConsentPrompt) -> Result<UserConsent, Refusal> {
        let accounts = prompt.accounts().to_vec();
        *self.asked() = Some(Asked::by(&prompt));
        let answer = self.user.ask(prompt).await;
        if let (Ok(consent), Some(asked)) = (&answer, self.asked().as_mut()) {
            asked.answered(consent, &accounts);
        }
        answer
    }

    fn settled(&self, outcome: &Outcome) {
        self.user.settled(outcome);
        let Some(event) = event(outcome) else { return };
        let Asked { activity, warned } = self.asked().take().unwrap_or_else(|| Asked {
            activity: Activity::of(event),
            warned: false,
        });
        if warned && event == Event::SignedIn {
            self.note(Activity {
                event: Event::PolicyWarned,
                ..activity.clone()
            });
        }
        self.note(Activity { event, ..activity });
    }
}

impl Asked {
    fn by(prompt: &ConsentPrompt) -> Self {
        let account = match prompt.operation() {
            Operation::MakeCredential { user } => user.name.clone(),
            // Which one is known only after the answer.
            Operation::GetAssertion { accounts } => match accounts.as_slice() {
                [one] => one.user().name.clone(),
                _ => None,
            },
            Operation::Selection => None,
        };
        Self {
            activity: Activity {
                rp_id: prompt.rp_id().map(|rp_id| rp_id.as_str().to_owned()),
                account,
                ..Activity::of(Event::Other)
            },
            warned: false,
        }
    }

    fn answered(&mut self, consent: &UserConsent, accounts: &[Account]) {
        self.activity.user_verified = Some(consent.user_verified());
        let chosen = consent
            .account()
            .and_then(|id| accounts.iter().find(|account| account.id() == id));
        if let Some(account) = chosen {
            self.activity.account.clone_from(&account.user().name);
            self.warned = matches!(account.policy(), PolicyVerdict::Warned { .. });
        }
    }
}

/// What is noted of an outcome; `None` if nothing was asked for that is worth a note.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what later versions add is noted as another reason"
)]
fn event(outcome: &Outcome) -> Option<Event> {
    let because = match outcome {
        Outcome::Created => return Some(Event::Created),
        Outcome::SignedIn => return Some(Event::SignedIn),
        Outcome::Informed | Outcome::Selected => return None,
        Outcome::Excluded => RefusedBecause::AlreadyRegistered,
        Outcome::NoCredentials => RefusedBecause::NoPasskey,
        Outcome::Refused(Refusal::Denied) => RefusedBecause::Denied,
        Outcome::Refused(Refusal::VerificationFailed) => RefusedBecause::VerificationFailed,
        Outcome::Refused(Refusal::TimedOut) => RefusedBecause::TimedOut,
        Outcome::Refused(Refusal::Withdrawn) => RefusedBecause::Withdrawn,
        Outcome::Refused(Refusal::Policy) => RefusedBecause::Policy,
        Outcome::Rejected(_) => RefusedBecause::NotSupported,
        Outcome::StoreFailed(_) => RefusedBecause::VaultFailed,
        _ => RefusedBecause::Other,
    };
    Some(Event::Refused(because))
}

/// Writes notes until there are no more; an error if one could not be written.
fn write(vault: &Vault, mut notes: UnboundedReceiver<Note>) -> Result<(), ()> {
    let mut all = Ok(());
    while let Some((activity, at)) = notes.blocking_recv() {
        if let Err(error) = vault.note_activity(&activity, at) {
            tracing::warn!(%error, event = activity.event.as_str(), "this could not be noted in the activity log");
            all = Err(());
        }
    }
    all
}
