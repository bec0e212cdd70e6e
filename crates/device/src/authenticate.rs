//! Signing in elsewhere: from a code to an answered request.

use std::sync::atomic::Ordering;

use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use roamkey_authenticator::{Authenticator, Outcome};
use roamkey_hybrid::authenticator::{self as hybrid, AwaitRoutingId};
use roamkey_hybrid::{Hint, QrCode, TunnelDomain};
use roamkey_session::{Air, Authentication, Limits, Phase, SessionError, TunnelService, User};

use crate::recording::Recording;
use crate::used::FirstUse;
use crate::verification::now;
use crate::{Code, CodeSource, Device, Failure};

/// A code that was read, is fresh, and waits to be used once.
#[derive(Debug)]
pub struct SignIn {
    waiting: AwaitRoutingId,
    hint: Hint,
    source: CodeSource,
    age: Option<u64>,
}

/// What was done for the other device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Done {
    /// A passkey was created.
    Created,
    /// A passkey signed in.
    SignedIn,
    /// The other device only asked what this one is or can do.
    Informed,
}

impl SignIn {
    /// What the code says will be asked for; the request itself decides.
    #[must_use]
    pub fn hint(&self) -> Hint {
        self.hint
    }

    /// Where the code came from.
    #[must_use]
    pub fn source(&self) -> CodeSource {
        self.source
    }

    /// Seconds since the code was made, if it says so.
    #[must_use]
    pub fn age(&self) -> Option<u64> {
        self.age
    }
}

impl<T: TunnelService, A: Air> Device<T, A> {
    /// The tunnel service that this device uses.
    pub fn tunnel_domain(&self) -> TunnelDomain {
        self.tunnel.domain()
    }

    /// Reads a code. Nothing leaves the device yet.
    ///
    /// # Errors
    ///
    /// [`Failure::Code`] for what is no code, [`Failure::Freshness`] for one of the wrong time,
    /// [`Failure::UnknownService`] if the other device does not know this tunnel service.
    pub fn read(&self, code: &Code) -> Result<SignIn, Failure> {
        let qr = QrCode::parse(code.text()).map_err(Failure::Code)?;
        let (hint, made, now) = (qr.hint(), qr.timestamp(), now().0);
        let fresh = qr.fresh(now).map_err(Failure::Freshness)?;
        let waiting = hybrid::begin(fresh, self.tunnel.domain()).map_err(Failure::UnknownService)?;
        Ok(SignIn {
            waiting,
            hint,
            source: code.source(),
            age: made.map(|made| now.saturating_sub(made)),
        })
    }

    /// Goes on air with the code and does what the other device asks and `user` allows. The code can be used again
    /// only if nothing went on air.
    ///
    /// # Errors
    ///
    /// [`Failure::CodeUsed`] for a code that was used before; anything else says where it ended.
    pub async fn run(&self, sign_in: SignIn, user: &impl User) -> Result<Done, Failure> {
        let verification = self.verification().prepare().await?;
        let first_use = FirstUse::claim(&self.dir, sign_in.waiting.tunnel_id())
            .map_err(Failure::Folder)?
            .ok_or(Failure::CodeUsed)?;
        let user = Recording::new(user, self.vault.clone());
        let transaction = Authentication {
            tunnel: &self.tunnel,
            air: &self.air,
            user: &user,
            authenticator: Authenticator::new(verification),
            store: self.vault.clone(),
            entropy: UnwrapErr(SysRng),
            clock: now,
            limits: Limits::default(),
        };
        let transacted = transaction.run(sign_in.waiting).await;
        if !user.end().await {
            self.unnoted.store(true, Ordering::Relaxed);
        }
        match transacted {
            Ok(outcome) => done(outcome),
            Err(error) => {
                if matches!(
                    error,
                    SessionError::Air(_)
                        | SessionError::Tunnel {
                            phase: Phase::Opening,
                            ..
                        }
                ) {
                    first_use.give_back();
                }
                Err(Failure::Session(error))
            }
        }
    }
}

/// Sorts what became of the last command into done and not done.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else became of it was not done"
)]
fn done(outcome: Outcome) -> Result<Done, Failure> {
    match outcome {
        Outcome::Created => Ok(Done::Created),
        Outcome::SignedIn => Ok(Done::SignedIn),
        Outcome::Informed | Outcome::Selected => Ok(Done::Informed),
        outcome => Err(Failure::NotDone(outcome)),
    }
}
