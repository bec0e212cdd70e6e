//! Using a phone here: this device shows a code, and a phone that scans it answers.

use roamkey_device::session::{Air, TunnelService};
use roamkey_device::webauthn::{KnownPasskey, SignatureCheck};
use roamkey_device::{ErrorCode, Pending, RequestFailure};

use super::{Controller, Task};
use crate::follow::{Shown, follow};
use crate::view::{Code, Phone, Trial};
use crate::window::Window;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn try_phone(&self, trial: Trial) {
        self.update(|state| {
            state.view.phone = Phone::Starting;
            state.trial = trial;
            let controller = self.clone();
            let task = self.0.runtime.spawn(async move { controller.tried(trial).await });
            state.phone = Some(Task(task.abort_handle()));
        });
    }

    async fn tried(&self, trial: Trial) {
        let tried = match trial {
            Trial::Create => self.create_on_phone().await,
            Trial::SignIn => self.sign_in_by_phone().await,
        };
        self.update(|state| {
            state.view.phone = match tried {
                Ok(()) => Phone::Done { what: trial },
                Err(code) => Phone::Failed { code: Code(code) },
            };
        });
    }

    /// Takes the code away, and shows a new one for the same.
    pub(super) fn retry_phone(&self) {
        let trial = self.state().trial;
        self.try_phone(trial);
    }

    /// Ends what is under way with a phone.
    pub(super) fn leave_phone(&self) {
        self.update(|state| {
            state.phone = None;
            state.view.phone = Phone::Idle {
                tried: state.tried.is_some(),
            };
        });
    }

    async fn create_on_phone(&self) -> Result<(), ErrorCode> {
        let pending = self.0.phones.create().await.map_err(|failure| failure.code())?;
        let made = self.follow(pending).await.map_err(|failure| failure.code())?;
        let known = KnownPasskey::new(made.credential_id, made.public_key);
        self.update(|state| state.tried = Some(known));
        Ok(())
    }

    async fn sign_in_by_phone(&self) -> Result<(), ErrorCode> {
        let known = self.state().tried.clone().ok_or(ErrorCode::NoPasskey)?;
        let pending = self
            .0
            .phones
            .sign_in(known)
            .await
            .map_err(|failure| failure.code())?;
        let signed_in = self.follow(pending).await.map_err(|failure| failure.code())?;
        match signed_in.check {
            SignatureCheck::Verified => Ok(()),
            SignatureCheck::None | SignatureCheck::Unknown => Err(ErrorCode::NoPasskey),
        }
    }

    /// Shows the code, then how far it is.
    async fn follow<O>(&self, mut pending: Pending<O>) -> Result<O, RequestFailure> {
        let show = |shown| {
            self.update(|state| {
                state.view.phone = match shown {
                    Shown::Code {
                        picture,
                        link,
                        seconds,
                    } => Phone::Code {
                        picture,
                        link,
                        seconds,
                    },
                    Shown::Meeting(stage) => Phone::Meeting { stage },
                }
            });
        };
        follow(&mut pending, show).await
    }
}
