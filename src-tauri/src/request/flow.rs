//! From a handed-over request to its end. Where it is, is where this code is: no state to keep beside it.

use roamkey_device::session::{Scanner, Tunnels};
use roamkey_device::{Answer, Errand, ErrorCode, Hint, RequestFailure, Requester};
use serde::Deserialize;
use tokio::sync::mpsc;
use ts_rs::TS;

use super::view::{HandedOver, HandedStep};
use crate::controller::plain;
use crate::follow::{Shown, follow};
use crate::view::{Code, Hinted, Look, Site};

/// What the person does in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(rename = "HandedAct")]
pub enum Act {
    /// Wants a new code.
    Again,
    /// Wants no more.
    Leave,
}

/// How it ended.
#[derive(Debug)]
pub enum End {
    /// With an answer for the site.
    Answered(Answer),
    /// Without: why, and what exactly was wrong.
    Failed(ErrorCode, Option<String>),
}

/// A handed-over request, and how phones are asked.
#[derive(Debug)]
pub struct Flow<S, T> {
    errand: Errand,
    requester: Requester<S, T>,
}

/// How one code ended.
enum Once {
    Answered(Answer),
    Failed(RequestFailure),
    Left(Act),
}

impl<S, T> Flow<S, T>
where
    S: Scanner,
    S::Scanning: 'static,
    T: Tunnels + Clone + 'static,
{
    /// Makes one, with the first view of its window.
    #[must_use]
    pub fn new(errand: Errand, requester: Requester<S, T>, look: Look) -> (Self, HandedOver) {
        let operation = if errand.hint() == Hint::MakeCredential {
            Hinted::Create
        } else {
            Hinted::SignIn
        };
        let view = HandedOver {
            operation,
            site: Site::new(errand.rp_id()),
            account: errand.account().map(plain).filter(|name| !name.is_empty()),
            step: HandedStep::Starting,
            look,
        };
        (Self { errand, requester }, view)
    }

    /// Shows codes until one is answered or the person leaves. An end of `acts` is leaving.
    pub async fn run(self, mut acts: mpsc::Receiver<Act>, show: impl Fn(HandedStep)) -> End {
        loop {
            show(HandedStep::Starting);
            let (code, detail) = match self.once(&mut acts, &show).await {
                Once::Answered(answer) => return End::Answered(answer),
                Once::Left(Act::Again) => continue,
                Once::Left(Act::Leave) => return End::Failed(ErrorCode::Cancelled, None),
                Once::Failed(failure) => (failure.code(), failure.detail()),
            };
            tracing::info!(code = code.as_str(), "no answer by this code");
            show(HandedStep::Failed { code: Code(code) });
            if !matches!(acts.recv().await, Some(Act::Again)) {
                return End::Failed(code, detail);
            }
        }
    }

    /// One code, from Bluetooth to its end. The phone is told whatever that is.
    async fn once(&self, acts: &mut mpsc::Receiver<Act>, show: &impl Fn(HandedStep)) -> Once {
        let asked = tokio::select! {
            asked = self.errand.ask(&self.requester) => asked,
            act = left(acts) => return Once::Left(act),
        };
        let mut pending = match asked {
            Ok(pending) => pending,
            Err(failure) => return Once::Failed(failure),
        };
        let shown = |shown| {
            show(match shown {
                Shown::Code {
                    picture,
                    link,
                    seconds,
                } => HandedStep::Code {
                    picture,
                    link,
                    seconds,
                },
                Shown::Meeting(stage) => HandedStep::Meeting { stage },
            });
        };
        let ended = tokio::select! {
            followed = follow(&mut pending, shown) => match followed {
                Ok(answer) => Once::Answered(answer),
                Err(failure) => Once::Failed(failure),
            },
            act = left(acts) => Once::Left(act),
        };
        // The goodbye: the process must not end in the middle of it.
        pending.cancel().await;
        ended
    }
}

async fn left(acts: &mut mpsc::Receiver<Act>) -> Act {
    acts.recv().await.unwrap_or(Act::Leave)
}
