//! The person at the prompt: shows the question, takes the answer, checks the PIN.
//!
//! The question names the site, the account and the operation, says where the code came from, and asks whether the
//! person started this. Whatever is not a clear yes is a no. A wrong PIN may be typed again; the vault counts.

use std::sync::{Mutex, PoisonError};

use roamkey_device::vault::{Pin, PinError, PinState};
use roamkey_device::{
    AccountChoice, CodeSource, ConsentPrompt, ErrorCode, Failure, Operation, OsVerificationError, Progress,
    Refusal, User, UserConsent, UserVerification, UserVerified, Verification, Way, now,
};
#[cfg(feature = "dev")]
use zeroize::Zeroizing;

use crate::policy::verdict_in_words;
use crate::report::{Account, Event, Reporter};
use crate::terminal::{Echo, Terminal, is_yes};

/// Who answers.
#[derive(Debug)]
pub(crate) enum Answers {
    /// The person, on the terminal.
    Terminal(Terminal),
    /// Nobody: yes to everything, with this PIN.
    #[cfg(feature = "dev")]
    Script {
        /// Typed once for each question that wants it.
        pin: Option<Zeroizing<String>>,
    },
}

/// The person of one transaction.
#[derive(Debug)]
pub(crate) struct Person<'a> {
    answers: Answers,
    verification: Verification,
    source: CodeSource,
    reporter: &'a Reporter,
    unverified: Mutex<Option<ErrorCode>>,
}

impl User for Person<'_> {
    fn progress(&self, progress: Progress) {
        let event = match progress {
            Progress::TunnelOpen => Event::TunnelOpen,
            Progress::OnAir => Event::OnAir,
            Progress::Nearby => Event::Nearby,
            Progress::Secured => Event::Secured,
            Progress::Withdrawn => Event::Withdrawn,
            Progress::Answered => Event::Answered,
            // `ask` follows at once and tells more.
            Progress::Asking => return,
        };
        self.reporter.report(&event);
    }

    async fn ask(&self, prompt: ConsentPrompt) -> Result<UserConsent, Refusal> {
        self.reporter.report(&question(&prompt));
        let Some(choice) = self.choose(&prompt).await else {
            return Err(prompt.refuse(Refusal::Denied));
        };
        let verified = match prompt.user_verification() {
            UserVerification::NotRequired => None,
            UserVerification::Required => match self.verify().await {
                Ok(verified) => Some(verified),
                Err(refusal) => return Err(prompt.refuse(refusal)),
            },
        };
        prompt.approve(choice, verified).map_err(Refusal::from)
    }
}

impl<'a> Person<'a> {
    pub(crate) fn new(
        answers: Answers,
        verification: Verification,
        source: CodeSource,
        reporter: &'a Reporter,
    ) -> Self {
        Self {
            answers,
            verification,
            source,
            reporter,
            unverified: Mutex::new(None),
        }
    }

    /// The account that the person approves with; `None` for a no.
    async fn choose(&self, prompt: &ConsentPrompt) -> Option<AccountChoice> {
        match &self.answers {
            Answers::Terminal(terminal) => self.choose_at(terminal, prompt).await,
            #[cfg(feature = "dev")]
            Answers::Script { .. } => {
                self.reporter.show(&show(prompt, self.source));
                self.reporter.note("approved by script");
                Some(AccountChoice(0))
            }
        }
    }

    async fn choose_at(&self, terminal: &Terminal, prompt: &ConsentPrompt) -> Option<AccountChoice> {
        terminal.say(&show(prompt, self.source));
        let accounts = prompt.accounts();
        let ask = match accounts.len() {
            count @ 2.. => format!("Sign in with which account? 1 to {count}, anything else refuses: "),
            _ => "Approve? y or yes, anything else refuses: ".to_owned(),
        };
        let answer = terminal.ask(&ask, Echo::On).await.ok()?;
        match answer.trim() {
            number if accounts.len() > 1 => {
                let number: usize = number.parse().ok()?;
                (1..=accounts.len())
                    .contains(&number)
                    .then(|| AccountChoice(number.saturating_sub(1)))
            }
            yes if is_yes(yes) => Some(AccountChoice(0)),
            _ => None,
        }
    }

    /// Verifies the person in the way they chose; by the PIN where the operating system can't ask.
    async fn verify(&self) -> Result<UserVerified, Refusal> {
        match self.verification.way().await {
            Ok(Some(Way::OperatingSystem)) => {}
            Ok(Some(Way::Pin)) => return self.verify_by_pin().await,
            Ok(None) => return Err(self.unverified_because(ErrorCode::PinNotSet)),
            Err(failure) => return Err(self.give_up(&failure)),
        }
        self.reporter.report(&Event::SystemAsks);
        match self.verification.ask_os().await {
            Ok(verified) => Ok(verified),
            Err(OsVerificationError::Dismissed) => Err(Refusal::Denied),
            Err(error) if error.is_unavailable() && self.has_pin().await => self.verify_by_pin().await,
            Err(error) => Err(self.unverified_because(error.into())),
        }
    }

    async fn has_pin(&self) -> bool {
        matches!(self.verification.pin().state().await, Ok(PinState::Set { .. }))
    }

    /// Asks for the PIN until it is right, the person gives up, or the vault takes no more.
    async fn verify_by_pin(&self) -> Result<UserVerified, Refusal> {
        loop {
            let typed = match &self.answers {
                Answers::Terminal(terminal) => {
                    let typed = terminal.ask("PIN (nothing shows as you type): ", Echo::Off).await;
                    typed
                        .ok()
                        .filter(|typed| !typed.is_empty())
                        .ok_or(Refusal::Denied)?
                }
                #[cfg(feature = "dev")]
                Answers::Script { pin } => pin.clone().ok_or(Refusal::VerificationFailed)?,
            };
            let tries_left = match Pin::new(typed) {
                Ok(pin) => match self.verification.pin().verify(pin).await {
                    Ok(verified) => return Ok(verified),
                    Err(Failure::Pin(PinError::Wrong {
                        tries_left,
                        wait: None,
                    })) => Some(tries_left),
                    Err(failure) => return Err(self.give_up(&failure)),
                },
                // Too short or too long to be anyone's PIN: no try is lost.
                Err(_) => None,
            };
            self.reporter.report(&Event::PinRejected { tries_left });
            if !matches!(self.answers, Answers::Terminal(_)) {
                return Err(Refusal::VerificationFailed);
            }
        }
    }

    /// Notes why the PIN could not be verified: to the other end it is one refusal, to the person it is not.
    fn give_up(&self, failure: &Failure) -> Refusal {
        if let Failure::Pin(PinError::Wrong { wait: Some(wait), .. } | PinError::Wait { wait }) = failure {
            self.reporter.report(&Event::PinLocked {
                wait_seconds: wait.as_secs(),
            });
        }
        let code = failure.code();
        // A wrong PIN that may be tried again was asked for again: this one was the last.
        let code = if code == ErrorCode::PinWrong {
            ErrorCode::PinLocked
        } else {
            code
        };
        self.unverified_because(code)
    }

    fn unverified_because(&self, code: ErrorCode) -> Refusal {
        *self.unverified.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
        Refusal::VerificationFailed
    }

    /// Why the last verification failed, if it was not simply a wrong PIN.
    pub(crate) fn unverified(&self) -> Option<ErrorCode> {
        *self.unverified.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The question as an event.
fn question(prompt: &ConsentPrompt) -> Event<'_> {
    let (operation, users) = match prompt.operation() {
        Operation::MakeCredential { user } => ("make_credential", vec![user]),
        Operation::GetAssertion { accounts } => (
            "get_assertion",
            accounts.iter().map(roamkey_device::Account::user).collect(),
        ),
        Operation::Selection => ("selection", Vec::new()),
    };
    Event::Question {
        operation,
        rp_id: prompt.rp_id().map_or("", |rp_id| rp_id.as_str()),
        accounts: users
            .into_iter()
            .map(|user| Account {
                name: user.name.as_deref(),
                display_name: user.display_name.as_deref(),
            })
            .collect(),
        user_verification: prompt.user_verification() == UserVerification::Required,
    }
}

/// The question as the terminal shows it. Names come from the other end: control characters are taken out, so that
/// they can't rewrite what stands around them.
fn show(prompt: &ConsentPrompt, source: CodeSource) -> String {
    let site = prompt
        .rp_id()
        .map_or_else(|| "The other device".to_owned(), |rp_id| plain(rp_id.as_str()));
    let mut lines = vec![String::new()];
    match prompt.operation() {
        Operation::MakeCredential { user } => {
            lines.push(format!("    {site}  wants to create a passkey on this device"));
            lines.push(format!(
                "    account  {}",
                account(user.name.as_deref(), user.display_name.as_deref())
            ));
        }
        Operation::GetAssertion { accounts } => {
            lines.push(format!("    {site}  wants you to sign in"));
            for (number, entry) in (1_u32..).zip(accounts) {
                let user = entry.user();
                let name = account(user.name.as_deref(), user.display_name.as_deref());
                let label = entry
                    .label()
                    .map(|label| format!(" [{}]", plain(label)))
                    .unwrap_or_default();
                let last = match entry.last_used() {
                    Some(then) => format!("last used {}", crate::time::ago(then, now())),
                    None => "never used".to_owned(),
                };
                lines.push(format!("    {number}  {name}{label}, {last}"));
                if let Some(verdict) = verdict_in_words(entry.policy()) {
                    lines.push(format!("       {verdict}, by a policy of this device"));
                }
            }
            if accounts.is_empty() {
                lines.push("    account  none on this device".to_owned());
            }
        }
        Operation::Selection => lines.push(format!("    {site}  asks whether this is the device you mean")),
    }
    lines.push(String::new());
    let how = match source {
        CodeSource::Picture => "from a picture",
        CodeSource::Text => "as text",
    };
    lines.push(format!(
        "    The code came {how}: anyone could have sent it to you."
    ));
    lines.push("    Did you start this, on a device in front of you?".to_owned());
    lines.join("\n")
}

pub(crate) fn account(name: Option<&str>, display_name: Option<&str>) -> String {
    match (name.unwrap_or_default(), display_name.unwrap_or_default()) {
        ("", "") => "(no name)".to_owned(),
        (name, "") | ("", name) => plain(name),
        (name, display_name) if name == display_name => plain(name),
        (name, display_name) => format!("{} ({})", plain(name), plain(display_name)),
    }
}

/// `text` without control and direction-changing characters, and not longer than a line.
pub(crate) fn plain(text: &str) -> String {
    let changes_direction =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|c| !c.is_control() && !changes_direction(*c))
        .take(MAX_SHOWN)
        .collect()
}

/// As long as any sensible name, and short enough for one line.
const MAX_SHOWN: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_the_other_end_cannot_rewrite_the_terminal() {
        assert_eq!(plain("a\u{1b}[2J\r\nb\u{202e}c"), "a[2Jbc");
        assert_eq!(plain(&"x".repeat(1000)).len(), 64);
    }

    #[test]
    fn an_account_shows_both_names_once() {
        assert_eq!(account(Some("alice"), Some("Alice")), "alice (Alice)");
        assert_eq!(account(Some("alice"), Some("alice")), "alice");
        assert_eq!(account(None, None), "(no name)");
    }
}
