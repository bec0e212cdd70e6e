//! The commands without passkeys, consent as a value, and what must hold for any input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::*;
use proptest::collection::vec;
use proptest::prelude::*;
use roamkey_authenticator::{
    AAGUID, AccountChoice, Answer, ApprovalError, Authenticator, Begun, Operation, Outcome, Refusal,
    UnixTime, UserVerificationState, UserVerified, VerificationMethod,
};
use roamkey_ctap::get_info::Info;
use roamkey_ctap::{ClientPin, Command};

#[test]
fn get_info_names_what_chromium_insists_on_and_nothing_that_is_missing() {
    let info = Info::decode(&Authenticator::new(UserVerificationState::Configured).get_info()).unwrap();
    assert!(info.versions.contains(&"FIDO_2_0".to_owned()) && info.versions.contains(&"FIDO_2_1".to_owned()));
    assert_eq!(info.aaguid, AAGUID);
    assert_eq!(
        (info.option("rk"), info.option("up"), info.option("uv")),
        (Some(true), Some(true), Some(true))
    );
    assert_eq!(info.option("clientPin"), None);
    assert_eq!(info.option("pinUvAuthToken"), None);
    assert_eq!(info.transports, ["hybrid", "internal"]);
    assert!(info.extensions.contains(&"prf".to_owned()));

    let info = Info::decode(&Authenticator::new(UserVerificationState::NotConfigured).get_info()).unwrap();
    assert_eq!(info.option("uv"), Some(false));
}

#[test]
fn get_info_is_answered_without_asking() {
    let mut device = Device::new();
    let answer = device.run(Command::GetInfo, Person::Approves(0));
    assert_eq!(answer.bytes()[0], 0);
    assert_eq!(answer.bytes()[1..], device.authenticator.get_info()[..]);
    assert!(matches!(answer.outcome(), Outcome::Informed));
}

#[test]
fn selection_asks_the_person() {
    let mut device = Device::new();
    let (pending, prompt) = device.ask(Command::Selection);
    assert_eq!(prompt.operation(), &Operation::Selection);
    assert!(prompt.rp_id().is_none());
    let answer = device.answer(pending, prompt, Person::Approves(0));
    assert_eq!(answer.bytes(), [0]);
    assert!(matches!(answer.outcome(), Outcome::Selected));
    let refused = |device: &mut Device, refusal| device.run(Command::Selection, Person::Refuses(refusal));
    assert_eq!(refused(&mut device, Refusal::Denied).bytes(), [0x27]);
    assert_eq!(refused(&mut device, Refusal::TimedOut).bytes(), [0x2F]);
    assert_eq!(refused(&mut device, Refusal::Withdrawn).bytes(), [0x2D]);
}

#[test]
fn there_is_never_a_next_assertion() {
    assert_eq!(
        Device::new()
            .run(Command::GetNextAssertion, Person::Approves(0))
            .bytes(),
        [0x30]
    );
}

#[test]
fn pin_subcommands_are_not_offered() {
    let pin = Command::ClientPin(ClientPin {
        protocol: Some(2),
        subcommand: 5,
    });
    assert_ne!(Device::new().run(pin, Person::Approves(0)).bytes(), [0x00]);
}

#[test]
fn consent_fits_only_the_request_it_was_given_for() {
    let mut device = Device::new();
    device.create(good_creation());
    let (first, first_prompt) = device.ask(get(good_assertion()));
    let (second, second_prompt) = device.ask(get(good_assertion()));
    drop(first_prompt);
    drop(second);
    let verified = UserVerified::by(VerificationMethod::AppPin);
    let consent = second_prompt.approve(AccountChoice(0), Some(verified)).unwrap();
    let answer = first.finish(consent, &device.store, &mut device.rng, UnixTime(1));
    assert_eq!(answer.bytes(), [0x27]);
}

#[test]
fn approval_needs_the_verification_that_the_prompt_demands() {
    let mut device = Device::new();
    device.create(good_creation());
    let (_, prompt) = device.ask(get(good_assertion()));
    assert_eq!(
        prompt.approve(AccountChoice(0), None).unwrap_err(),
        ApprovalError::NotVerified
    );
    let (_, prompt) = device.ask(get(good_assertion()));
    let verified = UserVerified::by(VerificationMethod::AppPin);
    assert_eq!(
        prompt.approve(AccountChoice(1), Some(verified)).unwrap_err(),
        ApprovalError::NoSuchAccount
    );
}

#[test]
fn debug_output_shows_nothing_personal() {
    let mut device = Device::new();
    device.create(good_creation());
    let (pending, prompt) = device.ask(get(good_assertion()));
    let text = format!("{pending:?} {prompt:?} {:?}", prompt.operation());
    for secret in ["example", "alice", "ALICE"] {
        assert!(!text.contains(secret), "{text}");
    }
}

fn recorded_requests() -> Vec<Vec<u8>> {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../ctap/vectors/chromium");
    let files = std::fs::read_dir(vectors)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let parsed = files.map(|file| serde_json::from_slice::<serde_json::Value>(&file).unwrap());
    parsed
        .map(|vector| hex::decode(vector["message"].as_str().unwrap()).unwrap())
        .collect()
}

/// Puts arbitrary bytes to the authenticator and approves whatever is asked.
fn put(device: &mut Device, message: &[u8]) -> Answer {
    match Command::decode(message) {
        Ok(command) => device.run(command, Person::Approves(0)),
        Err(error) => Answer::undecodable(&error),
    }
}

#[test]
fn every_recorded_request_of_chromium_is_served() {
    let requests = recorded_requests();
    assert!(requests.len() >= 12);
    for request in requests {
        let mut device = Device::new();
        let expected: &[u8] = match request[0] {
            // Nothing was created for these relying parties, or the command comes with hmac-secret only.
            0x02 => &[0x2E],
            0x06 => &[0x00, 0x01],
            _ => &[0x00],
        };
        let status = put(&mut device, &request).bytes()[0];
        assert!(expected.contains(&status), "{:02x} got {status:02x}", request[0]);
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_succeed_only_when_valid(bytes in vec(any::<u8>(), 0..120), command: u8) {
        let mut device = Device::new();
        for message in [bytes.clone(), [&[command], &bytes[..]].concat(), [&[command % 12], &bytes[..]].concat()] {
            let answer = put(&mut device, &message);
            prop_assert!(answer.bytes()[0] != 0 || Command::decode(&message).is_ok());
            prop_assert!(device.store.is_empty() || Command::decode(&message).is_ok());
        }
    }

    #[test]
    fn changed_requests_get_an_answer_that_is_canonical(
        which in any::<prop::sample::Index>(), places in vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let requests = recorded_requests();
        let mut message = requests[which.index(requests.len())].clone();
        for (place, byte) in places {
            let place = place.index(message.len());
            message[place] = byte;
        }
        let mut device = Device::new();
        let answer = put(&mut device, &message);
        if answer.bytes()[0] == 0 && answer.bytes().len() > 1 {
            canonical::assert_canonical(&answer.bytes()[1..]);
        } else {
            prop_assert_eq!(answer.bytes().len(), 1);
        }
    }

    #[test]
    fn a_refused_request_changes_nothing(which in any::<prop::sample::Index>()) {
        let requests = recorded_requests();
        let command = Command::decode(&requests[which.index(requests.len())]).unwrap();
        let mut device = Device::new();
        if let Begun::Ask(pending, prompt) = device.begin(command) {
            let answer = device.answer(pending, prompt, Person::Refuses(Refusal::Denied));
            prop_assert_eq!(answer.bytes(), [0x27]);
        }
        prop_assert!(device.store.is_empty());
    }
}
