//! A mock of polkit: `org.freedesktop.PolicyKit1` on a private bus, which knows one action.
//!
//! ```text
//! program ── CheckAuthorization(subject, action, flags) ──→ mock: by the rule, and by what its person does
//! ```
//!
//! As polkit 122 does it: root is always authorized; without the flag that allows interaction a rule that asks is
//! answered with a challenge; an action that no policy file declares is an error.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use zbus::zvariant::OwnedValue;

/// What the action's rule says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// Ask the person (`auth_self`), who does this.
    Ask(Person),
    /// Yes to everybody.
    Yes,
    /// No to everybody.
    No,
    /// There is no such action.
    Unknown,
}

/// What the person does with the question.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Person {
    /// Types the right password.
    Passes,
    /// Types a wrong one until the agent gives up.
    Fails,
    /// Closes the window.
    Dismisses,
    /// Never sees it: no agent runs.
    IsNotReached,
}

/// The mock, for as long as the value lives.
#[derive(Debug)]
pub struct MockPolkit {
    _connection: zbus::Connection,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    rule: Rule,
    questions: usize,
}

struct Authority {
    action: &'static str,
    state: Arc<Mutex<State>>,
}

/// Authorized, challenge, details: one structure, so not the method's own tuple.
type Answer = ((bool, bool, HashMap<String, String>),);

#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.freedesktop.PolicyKit1.Error")]
enum PolkitError {
    #[zbus(error)]
    ZBus(zbus::Error),
    Failed(String),
}

impl MockPolkit {
    /// Starts it on the bus at `address`, where it knows `action`.
    ///
    /// # Errors
    ///
    /// The bus can't be reached, or has a polkit already.
    pub async fn start(address: &str, action: &'static str, rule: Rule) -> zbus::Result<Self> {
        let state = Arc::new(Mutex::new(State { rule, questions: 0 }));
        let authority = Authority {
            action,
            state: Arc::clone(&state),
        };
        let connection = zbus::connection::Builder::address(address)?
            .serve_at("/org/freedesktop/PolicyKit1/Authority", authority)?
            .name("org.freedesktop.PolicyKit1")?
            .build()
            .await?;
        Ok(Self {
            _connection: connection,
            state,
        })
    }

    /// Changes the rule.
    pub fn set(&self, rule: Rule) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).rule = rule;
    }

    /// How often the person was asked, or would have been if they had been reached.
    #[must_use]
    pub fn questions(&self) -> usize {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .questions
    }
}

#[zbus::interface(name = "org.freedesktop.PolicyKit1.Authority")]
impl Authority {
    fn check_authorization(
        &self,
        subject: (String, HashMap<String, OwnedValue>),
        action_id: &str,
        _details: HashMap<String, String>,
        flags: u32,
        _cancellation_id: &str,
    ) -> Result<Answer, PolkitError> {
        let (kind, details) = subject;
        let uid = details.get("uid").and_then(|uid| u32::try_from(uid).ok());
        if kind != "unix-process" || !details.contains_key("start-time") {
            return Err(PolkitError::Failed("a process without its start".to_owned()));
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if action_id != self.action || state.rule == Rule::Unknown {
            return Err(PolkitError::Failed(format!(
                "Action {action_id} is not registered"
            )));
        }
        if uid == Some(0) {
            return Ok(((true, false, HashMap::new()),));
        }
        let person = match state.rule {
            Rule::Yes => return Ok(((true, false, HashMap::new()),)),
            Rule::No | Rule::Unknown => return Ok(((false, false, HashMap::new()),)),
            Rule::Ask(_) if flags & ALLOW_USER_INTERACTION == 0 => {
                return Ok(((false, true, HashMap::new()),));
            }
            Rule::Ask(person) => person,
        };
        state.questions += 1;
        let answer = match person {
            Person::Passes => (true, false, HashMap::new()),
            Person::Fails => (false, false, HashMap::new()),
            Person::Dismisses => {
                let dismissed = ("polkit.dismissed".to_owned(), "true".to_owned());
                (false, false, HashMap::from([dismissed]))
            }
            Person::IsNotReached => (false, true, HashMap::new()),
        };
        Ok((answer,))
    }
}

const ALLOW_USER_INTERACTION: u32 = 1;
