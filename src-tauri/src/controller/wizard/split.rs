//! Splitting the words into shares.

use roamkey_device::recovery::{self, RecoveryError};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::{ErrorCode, Failure};

use super::super::Controller;
use super::Held;
use crate::action::Typed;
use crate::view::{Recovery, Safety, Split, Wizard};
use crate::window::Window;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn split_words(&self, typed: &Typed, needed: u8, shares: u8) {
        let words = recovery::words(typed.as_str());
        self.update(|state| {
            if !matches!(state.view.wizard, Wizard::Split(Split::Type { .. })) {
                return;
            }
            let split = words.and_then(|words| {
                let recipient = words.recipient().to_string();
                Ok((recovery::shares(&words, needed, shares)?, recipient))
            });
            let of_another = |recipient: &str| match &state.view.safety {
                Safety::Ready(backups) => match &backups.recovery {
                    Recovery::SetUp { recipient: own, .. } => own != recipient,
                    Recovery::NotSetUp => false,
                },
                Safety::Reading | Safety::Failed { .. } => false,
            };
            let step = match split {
                // Shares of words that open nothing of this device would be a bad surprise.
                Ok((_, recipient)) if of_another(&recipient) => Split::Type {
                    problem: Some(ErrorCode::WordsOfAnother.into()),
                },
                Ok((made, _)) => {
                    state.wizard.held = Held::Shares(made);
                    Split::Shares { needed, shares }
                }
                Err(error) => Split::Type {
                    problem: Some(code(error).into()),
                },
            };
            state.view.wizard = Wizard::Split(step);
        });
    }
}

fn code(error: RecoveryError) -> ErrorCode {
    Failure::from(error).code()
}
