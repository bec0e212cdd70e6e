//! The person in front of the window, as a transaction meets them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::{PinError, PinState};
use roamkey_device::{
    AccountChoice, ConsentPrompt, ErrorCode, Failure, Operation, OsVerificationError, Progress, Refusal,
    User, UserConsent, UserVerification, UserVerified, Verification, Way,
};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Controller;
use crate::action::Typed;
use crate::view::{Account, Asked, Origin, PinProblem, Question, SignIn, Site, Stage, Turn};
use crate::window::Window;

/// An answer of the person to the question that is shown.
#[derive(Debug)]
pub(super) enum Answer {
    Approve { account: usize },
    Pin(Typed),
    Refuse,
}

/// The person, for one transaction.
pub(super) struct Person<W, T, A> {
    controller: Controller<W, T, A>,
    origin: Origin,
    known: Mutex<Known>,
}

/// What is worth knowing when the transaction is over.
#[derive(Default)]
struct Known {
    site: Option<Site>,
    unverified: Option<ErrorCode>,
}

/// A yes counts only when the question has stood there this long: nobody approves by a key that they were pressing
/// anyway. The window arms its button at the same time.
const ARMED_AFTER: Duration = Duration::from_secs(1);

/// Answers that may wait to be looked at.
const ANSWERS: usize = 4;

impl<W, T, A> User for Person<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    fn progress(&self, progress: Progress) {
        self.controller.progressed(progress);
    }

    async fn ask(&self, prompt: ConsentPrompt) -> Result<UserConsent, Refusal> {
        let (mut asking, mut answers) = Asking::begin(&self.controller, &prompt, self.origin);
        self.known().site = prompt.rp_id().map(|rp_id| Site::new(rp_id.as_str()));
        let shown = Instant::now();
        let mut chosen = None;
        loop {
            let answer = answers.recv().await;
            match (answer, chosen) {
                (Some(Answer::Approve { account }), None) if shown.elapsed() >= ARMED_AFTER => {
                    let choice = AccountChoice(account);
                    if prompt.user_verification() == UserVerification::NotRequired {
                        return prompt.approve(choice, None).map_err(Refusal::from);
                    }
                    chosen = Some(choice);
                    match self.begin_to_verify(&mut asking, &mut answers).await {
                        Ok(Some(verified)) => {
                            return prompt.approve(choice, Some(verified)).map_err(Refusal::from);
                        }
                        // The PIN is to be typed.
                        Ok(None) => {}
                        Err(refusal) => return Err(prompt.refuse(refusal)),
                    }
                }
                (Some(Answer::Pin(pin)), Some(choice)) => {
                    asking.turn(Turn::Wait);
                    match self.verify(pin).await {
                        Ok(verified) => return prompt.approve(choice, Some(verified)).map_err(Refusal::from),
                        Err(Unverified::Again(problem)) => {
                            asking.turn(Turn::TypePin {
                                problem: Some(problem),
                            });
                        }
                        Err(Unverified::For(code)) => {
                            return Err(prompt.refuse(self.unverified_because(code)));
                        }
                    }
                }
                (Some(Answer::Refuse) | None, _) => return Err(prompt.refuse(Refusal::Denied)),
                // Too early, or out of turn.
                (Some(Answer::Approve { .. } | Answer::Pin(_)), _) => {}
            }
        }
    }
}

/// Why a PIN verified nobody.
enum Unverified {
    /// It may be typed again.
    Again(PinProblem),
    /// It may not.
    For(ErrorCode),
}

impl<W, T, A> Person<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn new(controller: Controller<W, T, A>, origin: Origin) -> Self {
        Self {
            controller,
            origin,
            known: Mutex::default(),
        }
    }

    /// Who asked last.
    pub(super) fn site(&self) -> Option<Site> {
        self.known().site.clone()
    }

    /// Why the last verification failed.
    pub(super) fn unverified(&self) -> Option<ErrorCode> {
        self.known().unverified
    }

    /// Verifies the person in the way they chose. `None` if that is the PIN, which they have to type first.
    async fn begin_to_verify(
        &self,
        asking: &mut Asking<'_, W, T, A>,
        answers: &mut mpsc::Receiver<Answer>,
    ) -> Result<Option<UserVerified>, Refusal> {
        let verification = self.controller.0.device.verification();
        match verification.way().await {
            Ok(Some(Way::OperatingSystem)) => {}
            Ok(Some(Way::Pin)) => {
                asking.turn(Turn::TypePin { problem: None });
                return Ok(None);
            }
            Ok(None) => return Err(self.unverified_because(ErrorCode::PinNotSet)),
            Err(failure) => return Err(self.unverified_because(failure.code())),
        }
        asking.turn(Turn::AskedBySystem);
        let asked = tokio::select! {
            asked = verification.ask_os() => asked,
            () = refused(answers) => return Err(Refusal::Denied),
        };
        match asked {
            Ok(verified) => Ok(Some(verified)),
            Err(OsVerificationError::Dismissed) => Err(Refusal::Denied),
            Err(error) if error.is_unavailable() && has_pin(&verification).await => {
                asking.turn(Turn::TypePin { problem: None });
                Ok(None)
            }
            Err(error) => Err(self.unverified_because(error.into())),
        }
    }

    fn unverified_because(&self, code: ErrorCode) -> Refusal {
        self.known().unverified = Some(code);
        Refusal::VerificationFailed
    }

    async fn verify(&self, typed: Typed) -> Result<UserVerified, Unverified> {
        let Ok(pin) = typed.into_pin() else {
            // Nobody's PIN: no try is lost.
            return Err(Unverified::Again(PinProblem::Unfit));
        };
        match self.controller.0.device.pin().verify(pin).await {
            Ok(verified) => Ok(verified),
            Err(Failure::Pin(PinError::Wrong {
                tries_left,
                wait: None,
            })) => Err(Unverified::Again(PinProblem::Wrong { tries_left })),
            Err(Failure::Pin(PinError::Wrong { .. })) => Err(Unverified::For(ErrorCode::PinLocked)),
            Err(failure) => Err(Unverified::For(failure.code())),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until the person refuses.
async fn refused(answers: &mut mpsc::Receiver<Answer>) {
    while !matches!(answers.recv().await, Some(Answer::Refuse) | None) {}
}

async fn has_pin(verification: &Verification) -> bool {
    matches!(verification.pin().state().await, Ok(PinState::Set { .. }))
}

/// A question on the screen. It goes when this is dropped, and so it does when the other device withdraws its request.
struct Asking<'a, W: Window, T: TunnelService + 'static, A: Air + 'static> {
    controller: &'a Controller<W, T, A>,
}

impl<'a, W, T, A> Asking<'a, W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    fn begin(
        controller: &'a Controller<W, T, A>,
        prompt: &ConsentPrompt,
        origin: Origin,
    ) -> (Self, mpsc::Receiver<Answer>) {
        let (sender, answers) = mpsc::channel(ANSWERS);
        controller.update(|state| {
            state.questions = state.questions.wrapping_add(1);
            state.view.place = crate::view::Place::SignIn;
            state.view.sign_in = SignIn::Question(question(state.questions, prompt, origin));
            state.answers_go_to(Some(sender));
        });
        controller.0.window.raise();
        controller.0.window.question_waits();
        (Self { controller }, answers)
    }

    fn turn(&mut self, turn: Turn) {
        self.controller.update(|state| {
            if let SignIn::Question(question) = &mut state.view.sign_in {
                question.turn = turn;
            }
        });
    }
}

impl<W, T, A> Drop for Asking<'_, W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    fn drop(&mut self) {
        self.controller.0.window.question_is_over();
        self.controller.update(|state| {
            state.answers_go_to(None);
            if matches!(state.view.sign_in, SignIn::Question(_)) {
                state.view.sign_in = SignIn::Connecting {
                    stage: Stage::Secured,
                };
            }
        });
    }
}

fn question(id: u32, prompt: &ConsentPrompt, origin: Origin) -> Question {
    let (operation, accounts) = match prompt.operation() {
        Operation::MakeCredential { user } => {
            let account = account(user.name.as_deref(), user.display_name.as_deref());
            (Asked::Create, vec![account])
        }
        Operation::GetAssertion { accounts } => (
            Asked::SignIn,
            accounts
                .iter()
                .map(|entry| Account {
                    label: entry.label().map(plain),
                    last_used: entry.last_used().map(|then| then.0),
                    blocked: entry.policy().is_blocked(),
                    ..account(entry.user().name.as_deref(), entry.user().display_name.as_deref())
                })
                .collect(),
        ),
        Operation::Selection => (Asked::Select, Vec::new()),
    };
    Question {
        id,
        operation,
        site: prompt.rp_id().map(|rp_id| Site::new(rp_id.as_str())),
        accounts,
        origin,
        turn: Turn::Decide,
    }
}

fn account(name: Option<&str>, display_name: Option<&str>) -> Account {
    let (name, display_name) = names(name, display_name);
    Account {
        name,
        display_name,
        label: None,
        last_used: None,
        blocked: false,
    }
}

/// Both names of an account, the second only if it says more than the first.
pub(super) fn names(name: Option<&str>, display_name: Option<&str>) -> (String, Option<String>) {
    let (name, display_name) = (
        plain(name.unwrap_or_default()),
        plain(display_name.unwrap_or_default()),
    );
    if name.is_empty() {
        return (display_name, None);
    }
    let more = !display_name.is_empty() && display_name != name;
    (name, more.then_some(display_name))
}

/// `text` without control and direction-changing characters: names come from the other end.
pub(crate) fn plain(text: &str) -> String {
    let changes_direction =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|c| !c.is_control() && !changes_direction(*c))
        .take(MAX_SHOWN)
        .collect()
}

/// As long as any sensible name.
const MAX_SHOWN: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_the_other_end_cannot_turn_the_text_around_them() {
        assert_eq!(plain("a\u{202e}b\u{1b}c"), "abc");
        assert_eq!(plain(&"x".repeat(1000)).len(), 64);
    }

    #[test]
    fn a_second_name_that_says_nothing_new_is_left_out() {
        assert_eq!(names(Some("a"), Some("a")), ("a".to_owned(), None));
        assert_eq!(names(None, Some("b")), ("b".to_owned(), None));
        assert_eq!(
            names(Some("a"), Some("b")),
            ("a".to_owned(), Some("b".to_owned()))
        );
    }
}
