//! What values say about themselves: the prompt to the person, the consent to whoever asks, and `Debug` to nobody.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::Arc;

use common::*;
use roamkey_authenticator::{
    Account, AccountChoice, Credential, CredentialStore, CredentialSummary, LargeBlob, PolicyVerdict,
    PrfSeed, PrfSeeds, PrivateKey, StoreError, UnixTime, UserVerified, VerificationMethod,
};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId};
use roamkey_testkit::store::MemoryStore;

fn summary() -> CredentialSummary {
    CredentialSummary {
        id: CredentialId::new(*b"an id"),
        user: user(b"alice", "alice"),
        algorithm: Algorithm::Es256,
        discoverable: true,
        cred_protect: CredProtect::default(),
        created_at: UnixTime(1),
        last_used: Some(UnixTime(2)),
        label: Some("work".to_owned()),
        policy: PolicyVerdict::Allowed,
    }
}

fn credential(number: u8) -> Credential {
    Credential {
        id: CredentialId::new([number; 32]),
        rp_id: rp_id("example.com"),
        user: user(&[number], "alice"),
        key: PrivateKey::from_bytes(Algorithm::Es256, &[number; 32]).unwrap(),
        prf_seeds: PrfSeeds {
            with_uv: PrfSeed::from_bytes([number; 32]),
            without_uv: PrfSeed::from_bytes([number; 32]),
        },
        discoverable: true,
        cred_protect: CredProtect::default(),
        cred_blob: None,
        backup_eligible: true,
        backup_state: false,
        created_at: UnixTime(1),
    }
}

#[test]
fn debug_output_is_the_name_of_the_type_and_what_is_nobodys_secret() {
    let mut device = Device::new();
    let answer = device.run(make(good_creation()), Person::Approves(0));
    assert_eq!(format!("{answer:?}"), "Answer { outcome: Created, .. }");
    let (pending, prompt) = device.ask(get(good_assertion()));
    assert_eq!(format!("{pending:?} {prompt:?}"), "Pending(..) ConsentPrompt(..)");
    let verified = UserVerified::by(VerificationMethod::AppPin);
    let consent = prompt.approve(AccountChoice(0), Some(verified)).unwrap();
    assert_eq!(format!("{consent:?}"), "UserConsent(..)");
    let credential = credential(1);
    assert_eq!(format!("{credential:?}"), "Credential(..)");
    assert_eq!(format!("{:?}", credential.key), "PrivateKey(..)");
    assert_eq!(format!("{:?}", credential.prf_seeds.with_uv), "PrfSeed(..)");
    assert_eq!(format!("{:?}", summary()), "CredentialSummary(..)");
    assert_eq!(format!("{:?}", Account::from(summary())), "Account(..)");
}

#[test]
fn the_prompt_names_the_site_and_what_the_owner_calls_the_passkey() {
    let mut device = Device::new();
    let (_, prompt) = device.ask(make(good_creation()));
    assert_eq!(prompt.rp_id(), Some(&rp_id("example.com")));
    let (_, prompt) = device.ask(get(good_assertion()));
    assert_eq!(prompt.rp_id(), Some(&rp_id("example.com")));

    let account = Account::from(summary());
    assert_eq!(account.label(), Some("work"));
    assert_eq!(account.last_used(), Some(UnixTime(2)));
    assert_eq!(account.id(), &summary().id);
    assert_eq!(account.user(), &summary().user);
    let nameless = CredentialSummary {
        label: None,
        ..summary()
    };
    assert_eq!(Account::from(nameless).label(), None);
}

#[test]
fn the_consent_says_which_passkey_and_whether_the_person_was_verified() {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    for verified in [true, false] {
        let mut request = good_assertion();
        request.options.uv = Some(verified);
        let (_, prompt) = device.ask(get(request));
        let proof = verified.then(|| UserVerified::by(VerificationMethod::OperatingSystem));
        let consent = prompt.approve(AccountChoice(0), proof).unwrap();
        assert_eq!(consent.user_verified(), verified);
        assert_eq!(consent.account(), Some(&CredentialId::new(id.clone())));
    }
    let (_, prompt) = device.ask(make(good_creation()));
    let proof = UserVerified::by(VerificationMethod::AppPin);
    let consent = prompt.approve(AccountChoice(0), Some(proof)).unwrap();
    assert_eq!(consent.account(), None);
}

#[test]
fn a_verification_says_how_it_was_made() {
    for method in [VerificationMethod::AppPin, VerificationMethod::OperatingSystem] {
        assert_eq!(UserVerified::by(method).method(), method);
    }
}

#[test]
fn a_store_that_is_shared_does_what_the_store_does() {
    let store = Arc::new(MemoryStore::new());
    let shared: &dyn CredentialStore = &Arc::clone(&store);
    let (first, second) = (credential(1), credential(2));
    shared.create(&first, &[], UnixTime(1)).unwrap();
    shared
        .create(&second, std::slice::from_ref(&first.id), UnixTime(1))
        .unwrap();
    let found = shared.find(&rp_id("example.com")).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].id, found[0].last_used), (&second.id, None));
    assert_eq!(shared.load(&second.id).unwrap().id, second.id);
    assert!(matches!(shared.load(&first.id), Err(StoreError::NotFound)));

    shared.used(&second.id, UnixTime(3)).unwrap();
    let found = shared.find(&rp_id("example.com")).unwrap();
    assert_eq!(found[0].last_used, Some(UnixTime(3)));
    assert!(matches!(
        shared.used(&first.id, UnixTime(3)),
        Err(StoreError::NotFound)
    ));

    assert!(shared.large_blob(&second.id).unwrap().is_none());
    let blob = LargeBlob {
        data: b"compressed".to_vec(),
        original_size: 20,
    };
    shared.set_large_blob(&second.id, Some(&blob)).unwrap();
    assert_eq!(shared.large_blob(&second.id).unwrap(), Some(blob.clone()));
    assert!(matches!(
        shared.set_large_blob(&first.id, Some(&blob)),
        Err(StoreError::NotFound)
    ));
    assert_eq!(store.len(), 1);
}
