//! What both `authenticatorMakeCredential` and `authenticatorGetAssertion` check before anyone is asked.

use crate::pin_protocol::PROTOCOL;
use crate::rejection::Rejection;
use crate::{Authenticator, UserVerification, UserVerificationState};

/// CTAP 2.3 §6.1.2 and §6.2.2, steps 1 and 2: what a `pinUvAuthParam` leads to.
///
/// # Errors
///
/// Always an error if there is a `pinUvAuthParam`: this authenticator gives out no `pinUvAuthToken`.
pub(crate) fn refuse_pin_uv_auth(
    param: Option<&[u8]>,
    protocol: Option<u64>,
    authenticator: &Authenticator,
) -> Result<(), Rejection> {
    // Step 1. Not applicable: neither pinUvAuthToken nor clientPin is offered, so a zero length pinUvAuthParam has no
    // meaning of its own.

    // Step 2: pinUvAuthParam needs a pinUvAuthProtocol, and one that is supported. Then comes step 11.1 (6.1 at an
    // assertion) at once: without a token in use, no pinUvAuthParam verifies.
    let supported = authenticator.key_agreement.is_some().then_some(PROTOCOL);
    match (param, protocol) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(Rejection::MissingParameter),
        (Some(_), Some(_)) if protocol == supported => Err(Rejection::PinAuthInvalid),
        (Some(_), Some(_)) => Err(Rejection::InvalidParameter),
    }
}

/// CTAP 2.3 §6.1.2 step 5.3 and §6.2.2 step 4.3: `uv: true` needs built-in user verification that is set up.
pub(crate) fn built_in_uv(uv: bool, state: UserVerificationState) -> Result<UserVerification, Rejection> {
    match (uv, state) {
        (false, _) => Ok(UserVerification::NotRequired),
        (true, UserVerificationState::Configured) => Ok(UserVerification::Required),
        (true, UserVerificationState::NotConfigured) => Err(Rejection::InvalidOption),
    }
}
