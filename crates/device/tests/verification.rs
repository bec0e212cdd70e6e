//! Which way the person is verified: as chosen, if it can be had, otherwise by the PIN.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod stage;

use std::sync::Arc;

use roamkey_device::{
    Asking, OsVerification, OsVerificationError, Verification, VerificationChoice, VerificationMethod, Way,
};
use stage::{PIN, Stage, pin};

/// An operating system that answers like this.
#[derive(Debug)]
struct System {
    available: Result<(), OsVerificationError>,
    answer: Result<(), OsVerificationError>,
}

impl OsVerification for System {
    fn available(&self) -> Asking<'_> {
        let available = self.available;
        Box::pin(async move { available })
    }

    fn ask(&self) -> Asking<'_> {
        let answer = self.available.and(self.answer);
        Box::pin(async move { answer })
    }
}

/// The verification of a device with the PIN set, the operating system's check chosen, and this system.
fn chosen(system: System) -> (Verification, Stage) {
    let mut stage = Stage::new();
    stage.device = stage.device.with_os_verification(Arc::new(system));
    let verification = stage.device.verification();
    verification.choose(VerificationChoice::Os).unwrap();
    (verification, stage)
}

#[tokio::test]
async fn what_was_chosen_is_taken_where_it_is_available() {
    let (verification, _stage) = chosen(System {
        available: Ok(()),
        answer: Ok(()),
    });
    assert_eq!(verification.way().await.unwrap(), Some(Way::OperatingSystem));
    let verified = verification.ask_os().await.unwrap();
    assert_eq!(verified.method(), VerificationMethod::OperatingSystem);
    verification.choose(VerificationChoice::Pin).unwrap();
    assert_eq!(verification.way().await.unwrap(), Some(Way::Pin));
}

#[tokio::test]
async fn the_pin_takes_its_place_where_the_system_would_not_ask() {
    for error in [
        OsVerificationError::Root,
        OsVerificationError::NoService,
        OsVerificationError::NotInstalled,
        OsVerificationError::Unasked,
        OsVerificationError::NotAllowed,
    ] {
        let (verification, _stage) = chosen(System {
            available: Err(error),
            answer: Ok(()),
        });
        assert!(error.is_unavailable());
        assert_eq!(verification.way().await.unwrap(), Some(Way::Pin), "{error}");
        assert_eq!(
            verification.ask_os().await.unwrap_err(),
            error,
            "no proof without a question"
        );
        verification.pin().verify(pin(PIN)).await.unwrap();
    }
}

#[tokio::test]
async fn who_does_not_pass_gets_no_proof_and_no_other_way() {
    for error in [
        OsVerificationError::NotRecognised,
        OsVerificationError::Dismissed,
        OsVerificationError::TimedOut,
    ] {
        let (verification, _stage) = chosen(System {
            available: Ok(()),
            answer: Err(error),
        });
        assert_eq!(verification.ask_os().await.unwrap_err(), error);
        assert!(!error.is_unavailable(), "the PIN is not asked for after {error}");
    }
}
