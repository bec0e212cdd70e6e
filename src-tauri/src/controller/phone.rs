//! Using a phone here: this device shows a code, and a phone that scans it answers.

use roamkey_device::session::{Air, TunnelService};
use roamkey_device::webauthn::{KnownPasskey, SignatureCheck};
use roamkey_device::{ErrorCode, Pending, RequestEvent, RequestFailure};

use super::{Controller, Task};
use crate::view::{Code, Phone, PhoneStage, Trial};
use crate::window::Window;

/// As long as phones take a code for fresh.
const CODE_SECONDS: u32 = 300;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn try_phone(&self, trial: Trial) {
        let controller = self.clone();
        let task = self.0.runtime.spawn(async move {
            let tried = match trial {
                Trial::Create => controller.create_on_phone().await,
                Trial::SignIn => controller.sign_in_by_phone().await,
            };
            controller.update(|state| {
                state.view.phone = match tried {
                    Ok(()) => Phone::Done { what: trial },
                    Err(code) => Phone::Failed { code: Code(code) },
                };
            });
        });
        self.update(|state| {
            state.phone = Some(Task(task.abort_handle()));
            state.view.phone = Phone::Starting;
        });
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
        let code = Phone::Code {
            picture: pending.picture()?.to_svg(),
            link: pending.link().to_owned(),
            seconds: CODE_SECONDS,
        };
        self.update(|state| state.view.phone = code);
        while let Some(event) = pending.next().await {
            let stage = match event {
                RequestEvent::Nearby => PhoneStage::Nearby,
                RequestEvent::Connecting => PhoneStage::Connecting,
                RequestEvent::Secured => PhoneStage::Secured,
                RequestEvent::AskOnPhone => PhoneStage::AskOnPhone,
                RequestEvent::Done(done) => return Ok(done),
                RequestEvent::Failed(failure) => return Err(failure),
            };
            self.update(|state| state.view.phone = Phone::Meeting { stage });
        }
        Err(RequestFailure::Internal)
    }
}
