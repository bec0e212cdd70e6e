//! A policy's verdict at the prompt: shown, and where it blocks, the end of the request.

mod common;

use common::*;
use roamkey_authenticator::{
    AccountChoice, ApprovalError, Outcome, PolicyLimit, PolicyVerdict, Refusal, UserVerified,
    VerificationMethod,
};
use roamkey_ctap::CredentialId;

const WHY: PolicyLimit = PolicyLimit::Disuse { maximum_days: 90 };

/// A device with one passkey on which a policy has this to say.
fn device(policy: PolicyVerdict) -> Device {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    device.store.set_policy(&CredentialId::new(id), policy);
    device
}

#[test]
fn a_blocked_passkey_is_shown_and_can_not_be_approved() {
    let mut device = device(PolicyVerdict::Blocked { why: WHY });
    let (pending, prompt) = device.ask(get(good_assertion()));
    assert_eq!(prompt.accounts()[0].policy(), PolicyVerdict::Blocked { why: WHY });
    let verified = UserVerified::by(VerificationMethod::AppPin);
    let error = prompt.approve(AccountChoice(0), Some(verified)).unwrap_err();
    assert_eq!(error, ApprovalError::Blocked);
    let answer = pending.refuse(Refusal::from(error));
    assert_eq!(
        answer.bytes(),
        [0x27],
        "the other end reads what it reads after a no"
    );
    assert!(matches!(answer.outcome(), Outcome::Refused(Refusal::Policy)));
}

#[test]
fn a_passkey_with_a_warning_signs() {
    let warned = PolicyVerdict::Warned {
        days_left: 3,
        limit: WHY,
    };
    let mut device = device(warned);
    let (pending, prompt) = device.ask(get(good_assertion()));
    assert_eq!(prompt.accounts()[0].policy(), warned);
    assert_eq!(device.answer(pending, prompt, Person::Approves(0)).bytes()[0], 0);
}
