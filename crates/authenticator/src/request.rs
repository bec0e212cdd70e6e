//! What both `authenticatorMakeCredential` and `authenticatorGetAssertion` check before anyone is asked.

use roamkey_ctap::StatusCode;

use crate::pin_protocol::PROTOCOL;
use crate::rejection::Rejection;
use crate::{Authenticator, UserVerification, UserVerificationState};

/// The proof of a `pinUvAuthToken` that a request brings along. This authenticator gives out no token, so none is
/// genuine.
#[derive(Clone, Copy)]
pub(crate) struct PinUvAuth {
    present: bool,
}

impl PinUvAuth {
    /// CTAP 2.3 §6.1.2 and §6.2.2, steps 1 and 2: a proof needs a protocol, and one that is supported.
    pub(crate) fn of(
        param: Option<&[u8]>,
        protocol: Option<u64>,
        authenticator: &Authenticator,
    ) -> Result<Self, Rejection> {
        // Step 1. Not applicable: neither pinUvAuthToken nor clientPin is offered, so a zero length pinUvAuthParam has
        // no meaning of its own.
        let supported = authenticator.key_agreement.is_some().then_some(PROTOCOL);
        match (param, protocol) {
            (None, _) => Ok(Self { present: false }),
            (Some(_), None) => Err(Rejection::MissingParameter),
            (Some(_), Some(_)) if protocol == supported => Ok(Self { present: true }),
            (Some(_), Some(_)) => Err(Rejection::InvalidParameter),
        }
    }

    /// CTAP 2.3 §6.1.2 steps 5.1 to 5.3 and §6.2.2 steps 4.1 to 4.3, option "uv": false if absent or beside a proof;
    /// true needs built-in user verification that is set up.
    pub(crate) fn built_in_uv(
        self,
        option: Option<bool>,
        state: UserVerificationState,
    ) -> Result<UserVerification, Rejection> {
        match (option.unwrap_or(false) && !self.present, state) {
            (false, _) => Ok(UserVerification::NotRequired),
            (true, UserVerificationState::Configured) => Ok(UserVerification::Required),
            (true, UserVerificationState::NotConfigured) => Err(Rejection::InvalidOption),
        }
    }

    /// CTAP 2.3 §6.1.2 step 11.1 and §6.2.2 step 6.1: where user verification is set up, the proof must verify.
    pub(crate) fn verify(self, state: UserVerificationState) -> Result<(), Rejection> {
        if self.present && state.is_configured() {
            return Err(Rejection::PinAuthInvalid);
        }
        Ok(())
    }
}

/// Returns what a prompt that ran out of time is answered with: a time-out of the verification has a status of its own
/// (CTAP 2.3 §6.1.2 step 11.2.3.1, §6.2.2 step 6.2.3.1), one of the mere question counts as a no (§6.1.2 step 14,
/// §6.2.2 step 9).
pub(crate) fn timed_out(user_verification: UserVerification) -> StatusCode {
    match user_verification {
        UserVerification::Required => StatusCode::UserActionTimeout,
        UserVerification::NotRequired => StatusCode::OperationDenied,
    }
}
