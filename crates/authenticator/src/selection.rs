//! `authenticatorSelection` (CTAP 2.3 §6.9): the person chooses this device among several.
//!
//! Chromium sends it when no passkey here fits, to have something to wait for.

use roamkey_ctap::StatusCode;

use crate::consent::Ceremony;
use crate::pending::Request;
use crate::{Answer, ConsentPrompt, Operation, Outcome, Pending, UserVerification};

pub(crate) fn begin() -> (Pending, ConsentPrompt) {
    // Step 1: ask for user presence.
    let ceremony = Ceremony::default();
    let prompt = ConsentPrompt::new(
        ceremony.clone(),
        Operation::Selection,
        None,
        UserVerification::NotRequired,
    );
    // Step 4: a time-out.
    (
        Pending::new(ceremony, Request::Selection, StatusCode::UserActionTimeout),
        prompt,
    )
}

pub(crate) fn finish() -> Answer {
    // Step 2: user presence was given, CTAP2_OK. Step 3, refusal, is `Pending::refuse`.
    Answer::success(vec![0], Outcome::Selected)
}
