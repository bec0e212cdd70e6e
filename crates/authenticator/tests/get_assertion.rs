//! `authenticatorGetAssertion`: what the standard's steps promise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::*;
use roamkey_authenticator::{
    AccountChoice, Credential, CredentialStore, CredentialSummary, LargeBlob, Outcome, Refusal, StoreError,
    UnixTime, UserVerificationState, UserVerified, VerificationMethod,
};
use roamkey_ctap::make_credential::Options;
use roamkey_ctap::{
    Algorithm, CredProtect, CredentialId, PrfEvaluation, PrfInputs, PublicKeyCredentialParameters, RpId,
};
use roamkey_testkit::store::Fault;

#[test]
fn signatures_verify_with_the_public_key_from_creation() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let mut device = Device::new();
        let mut request = good_creation();
        request.pub_key_cred_params = vec![PublicKeyCredentialParameters::new(algorithm)];
        let created = device.create(request);
        let signed = device.sign_in(good_assertion());
        assert_eq!(signed.id, created.id);
        assert!(created.verify(&signed.auth_data, &signed.signature));
        let mut forged = signed.auth_data;
        forged[32] ^= UV;
        assert!(!created.verify(&forged, &signed.signature));
    }
}

#[test]
fn flags_are_truthful() {
    let mut device = Device::new();
    let created = device.create(good_creation());
    for (options, person, flags) in [
        (
            Options {
                rk: None,
                up: None,
                uv: Some(true),
            },
            Person::Approves(0),
            UP | UV | BE,
        ),
        (
            Options {
                rk: None,
                up: None,
                uv: None,
            },
            Person::Approves(0),
            UP | BE,
        ),
        (
            Options {
                rk: None,
                up: Some(true),
                uv: Some(false),
            },
            Person::Approves(0),
            UP | BE,
        ),
        (
            Options {
                rk: None,
                up: None,
                uv: None,
            },
            Person::ApprovesVerified,
            UP | UV | BE,
        ),
        (
            Options {
                rk: None,
                up: Some(false),
                uv: None,
            },
            Person::Approves(0),
            BE,
        ),
        (
            Options {
                rk: None,
                up: Some(false),
                uv: Some(true),
            },
            Person::Approves(0),
            UP | UV | BE,
        ),
    ] {
        let answer = device.run(
            get(GetAssertion {
                options,
                ..good_assertion()
            }),
            person,
        );
        let signed = Signed::read(answer.bytes());
        assert_eq!(signed.flags, flags, "{options:?} {person:?}");
        assert_eq!(signed.sign_count, 0);
        assert!(created.verify(&signed.auth_data, &signed.signature));
    }
    device.store.set_backed_up(&CredentialId::new(created.id), true);
    assert_eq!(device.sign_in(good_assertion()).flags, UP | UV | BE | BS);
}

#[test]
fn a_sign_in_without_allow_list_tells_the_user_handle_and_that_they_chose() {
    let mut device = Device::new();
    device.create(good_creation());
    let signed = device.sign_in(good_assertion());
    assert_eq!(signed.keys, [1, 2, 3, 4, 6]);
    assert_eq!(signed.user_selected, Some(true));
    let user = signed.user.unwrap();
    assert_eq!(text_item(&user, "id").as_bytes().unwrap(), b"alice");
    assert_eq!(user.as_map().map(Vec::len), Some(1));
}

#[test]
fn a_sign_in_with_allow_list_never_claims_a_choice() {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    let mut request = good_assertion();
    request.allow_list = vec![
        descriptor(b"foreign"),
        descriptor(&id),
        descriptor(&id),
        descriptor(&[1; 5000]),
    ];
    let signed = device.sign_in(request);
    assert_eq!(signed.keys, [1, 2, 3, 4]);
    assert_eq!(signed.id, id);
}

#[test]
fn passkeys_that_are_not_discoverable_need_an_allow_list() {
    let mut device = Device::new();
    let mut request = good_creation();
    request.options.rk = None;
    let id = device.create(request).id;
    assert_eq!(device.get_status(good_assertion()), 0x2E);
    let mut request = good_assertion();
    request.allow_list = vec![descriptor(&id)];
    let signed = device.sign_in(request);
    assert_eq!(signed.keys, [1, 2, 3]);
}

#[test]
fn an_allow_list_of_unknown_types_matches_nothing() {
    let mut device = Device::new();
    device.create(good_creation());
    // {1: "example.com", 2: h'07..', 3: [{"id": h'01', "type": "x"}]}
    let mut message = vec![0x02, 0xA3, 0x01, 0x6B];
    message.extend_from_slice(b"example.com");
    message.extend_from_slice(&[0x02, 0x58, 0x20]);
    message.extend_from_slice(&CLIENT_DATA_HASH);
    message.extend_from_slice(&[
        0x03, 0x81, 0xA2, 0x62, b'i', b'd', 0x41, 0x01, 0x64, b't', b'y', b'p', b'e', 0x61, b'x',
    ]);
    let command = roamkey_ctap::Command::decode(&message).unwrap();
    assert_eq!(device.run(command, Person::Approves(0)).bytes(), [0x2E]);
}

#[test]
fn the_person_picks_among_several_accounts() {
    let mut device = Device::new();
    let mut ids = Vec::new();
    for name in ["alice", "bob", "carol"] {
        let mut request = good_creation();
        request.user = user(name.as_bytes(), name);
        ids.push(device.create(request).id);
    }
    let (pending, prompt) = device.ask(get(good_assertion()));
    let names: Vec<_> = prompt
        .accounts()
        .iter()
        .map(|account| account.user().name.clone().unwrap())
        .collect();
    assert_eq!(names, ["carol", "bob", "alice"]);
    assert!(
        prompt
            .accounts()
            .iter()
            .all(|account| account.last_used().is_none())
    );
    let signed = Signed::read(device.answer(pending, prompt, Person::Approves(2)).bytes());
    assert_eq!(signed.id, ids[0]);
    assert_eq!(
        text_item(&signed.user.unwrap(), "id").as_bytes().unwrap(),
        b"alice"
    );

    // The last used comes first from then on.
    let (_, prompt) = device.ask(get(good_assertion()));
    assert_eq!(prompt.accounts()[0].user().name.as_deref(), Some("alice"));
    assert!(prompt.accounts()[0].last_used().is_some());
}

#[test]
fn nothing_is_told_about_passkeys_before_the_person_answers() {
    let mut with = Device::new();
    let id = with.create(good_creation()).id;
    let mut without = Device::new();
    for (up, allow_list) in [
        (None, vec![]),
        (None, vec![descriptor(&id)]),
        (Some(false), vec![descriptor(&id)]),
    ] {
        for refusal in [
            Refusal::Denied,
            Refusal::VerificationFailed,
            Refusal::TimedOut,
            Refusal::Withdrawn,
            Refusal::Policy,
        ] {
            let mut request = good_assertion();
            request.options = Options {
                rk: None,
                up,
                uv: None,
            };
            request.allow_list = allow_list.clone();
            let first = with.run(get(request.clone()), Person::Refuses(refusal));
            let second = without.run(get(request), Person::Refuses(refusal));
            assert_eq!(first.bytes(), second.bytes());
        }
    }
    let answer = without.run(get(good_assertion()), Person::Approves(0));
    assert_eq!(answer.bytes(), [0x2E]);
    assert!(matches!(answer.outcome(), Outcome::NoCredentials));
}

#[test]
fn another_relying_party_finds_nothing() {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    for other in [
        "example.com.",
        "EXAMPLE.com",
        "www.example.com",
        "example.co",
        "com",
    ] {
        let mut request = good_assertion();
        request.rp_id = rp_id(other);
        assert_eq!(device.get_status(request.clone()), 0x2E, "{other}");
        request.allow_list = vec![descriptor(&id)];
        assert_eq!(device.get_status(request), 0x2E, "{other}");
    }
}

#[test]
fn options_that_mean_nothing_here_are_refused() {
    let mut device = Device::new();
    device.create(good_creation());
    for rk in [false, true] {
        let mut request = good_assertion();
        request.options.rk = Some(rk);
        assert_eq!(device.get_status(request), 0x2B);
    }
    let mut unverifiable = Device::with(UserVerificationState::NotConfigured);
    assert_eq!(unverifiable.get_status(good_assertion()), 0x2C);
    let mut request = good_assertion();
    request.pin_uv_auth_param = Some(Vec::new());
    assert_eq!(device.get_status(request.clone()), 0x14);
    request.pin_uv_auth_protocol = Some(1);
    assert_eq!(device.get_status(request), 0x02);
}

#[test]
fn cred_protect_hides_passkeys() {
    for (level, uv, with_list, found) in [
        (1, false, false, true),
        (1, false, true, true),
        (2, false, false, false),
        (2, false, true, true),
        (2, true, false, true),
        (3, false, false, false),
        (3, false, true, false),
        (3, true, false, true),
        (3, true, true, true),
    ] {
        let mut device = Device::new();
        let mut creation = good_creation();
        creation.extensions.cred_protect = CredProtect::from_level(level);
        let id = device.create(creation).id;
        let mut request = good_assertion();
        request.options.uv = Some(uv);
        if with_list {
            request.allow_list = vec![descriptor(&id)];
        }
        let status = if found { 0x00 } else { 0x2E };
        assert_eq!(
            device.get_status(request),
            status,
            "level {level}, uv {uv}, list {with_list}"
        );
    }
}

fn prf_results(signed: &Signed) -> Vec<Vec<u8>> {
    let results = text_item(text_item(signed.unsigned.as_ref().unwrap(), "prf"), "results").clone();
    let value = |key| try_text_item(&results, key).map(|value| value.as_bytes().unwrap().clone());
    [value("first"), value("second")].into_iter().flatten().collect()
}

#[test]
fn prf_gives_the_same_secret_each_time_and_another_one_without_verification() {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    let evaluate = |device: &mut Device, prf: PrfInputs, uv: bool| {
        let mut request = good_assertion();
        request.extensions.prf = Some(prf);
        request.options.uv = Some(uv);
        device.sign_in(request)
    };
    let salts = |first: u8, second: Option<u8>| PrfEvaluation {
        first: [first; 32],
        second: second.map(|n| [n; 32]),
    };
    let eval = |salts| PrfInputs {
        eval: Some(salts),
        eval_by_credential: Vec::new(),
    };

    let both = prf_results(&evaluate(&mut device, eval(salts(1, Some(2))), true));
    assert_eq!(both.iter().map(Vec::len).collect::<Vec<_>>(), [32, 32]);
    assert_eq!(
        prf_results(&evaluate(&mut device, eval(salts(2, None)), true)),
        both[1..]
    );
    assert_ne!(
        prf_results(&evaluate(&mut device, eval(salts(1, None)), false)),
        both[..1]
    );

    // The entry for the credential wins over the one for all.
    let own = vec![
        (CredentialId::new(id), salts(1, None)),
        (CredentialId::new(*b"foreign"), salts(9, None)),
    ];
    let inputs = PrfInputs {
        eval: Some(salts(3, None)),
        eval_by_credential: own,
    };
    assert_eq!(prf_results(&evaluate(&mut device, inputs, true)), both[..1]);

    // No input that applies, no output.
    let foreign = vec![(CredentialId::new(*b"foreign"), salts(1, None))];
    let inputs = PrfInputs {
        eval: None,
        eval_by_credential: foreign,
    };
    assert!(evaluate(&mut device, inputs, true).unsigned.is_none());
    assert!(
        evaluate(&mut device, PrfInputs::default(), true)
            .unsigned
            .is_none()
    );
}

#[test]
fn a_passkey_that_vanishes_while_the_prompt_is_up_is_no_credential() {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    let (pending, prompt) = device.ask(get(good_assertion()));
    assert!(device.store.remove(&CredentialId::new(id)));
    assert_eq!(
        device.answer(pending, prompt, Person::Approves(0)).bytes(),
        [0x2E]
    );
}

#[test]
fn a_store_that_fails_is_told_and_nothing_is_signed() {
    let mut device = Device::new();
    device.create(good_creation());
    let (pending, prompt) = device.ask(get(good_assertion()));
    device.store.set_fault(Some(Fault::Locked));
    let answer = device.answer(pending, prompt, Person::Approves(0));
    assert_eq!(answer.bytes(), [0x7F]);
    assert!(matches!(answer.outcome(), Outcome::StoreFailed(_)));
    assert_eq!(device.get_status(good_assertion()), 0x7F);
}

/// A store that can do everything but note a use.
struct Forgetful(roamkey_testkit::store::MemoryStore);

impl CredentialStore for Forgetful {
    fn find(&self, rp_id: &RpId) -> Result<Vec<CredentialSummary>, StoreError> {
        self.0.find(rp_id)
    }

    fn load(&self, id: &CredentialId) -> Result<Credential, StoreError> {
        self.0.load(id)
    }

    fn create(&self, credential: &Credential, old: &[CredentialId], now: UnixTime) -> Result<(), StoreError> {
        self.0.create(credential, old, now)
    }

    fn used(&self, _id: &CredentialId, _now: UnixTime) -> Result<(), StoreError> {
        Err(StoreError::TimedOut)
    }

    fn large_blob(&self, id: &CredentialId) -> Result<Option<LargeBlob>, StoreError> {
        self.0.large_blob(id)
    }

    fn set_large_blob(&self, id: &CredentialId, blob: Option<&LargeBlob>) -> Result<(), StoreError> {
        self.0.set_large_blob(id, blob)
    }
}

#[test]
fn a_use_that_can_not_be_noted_does_not_spoil_the_sign_in() {
    let mut device = Device::new();
    device.create(good_creation());
    let (pending, prompt) = device.ask(get(good_assertion()));
    let store = Forgetful(std::mem::take(&mut device.store));
    let verified = UserVerified::by(VerificationMethod::OperatingSystem);
    let consent = prompt.approve(AccountChoice(0), Some(verified)).unwrap();
    let answer = pending.finish(consent, &store, &mut device.rng, UnixTime(1));
    assert_eq!(answer.bytes()[0], 0);
    assert!(matches!(answer.outcome(), Outcome::SignedIn));
    assert!(matches!(answer.unrecorded(), Some(StoreError::TimedOut)));
}

#[test]
fn a_store_that_mixes_up_relying_parties_signs_nothing() {
    let mut device = Device::new();
    let created = device.create(good_creation());
    let mut other = good_creation();
    other.rp.id = rp_id("other.example");
    device.run(make(other), Person::Approves(0));
    let (pending, prompt) = device.ask(get(good_assertion()));
    let store = MixedUp(std::mem::take(&mut device.store), CredentialId::new(created.id));
    let verified = UserVerified::by(VerificationMethod::AppPin);
    let consent = prompt.approve(AccountChoice(0), Some(verified)).unwrap();
    let answer = pending.finish(consent, &store, &mut device.rng, UnixTime(1));
    assert_eq!(answer.bytes(), [0x2E]);
}

/// A store that gives out a passkey of another relying party in place of the one named.
struct MixedUp(roamkey_testkit::store::MemoryStore, CredentialId);

impl CredentialStore for MixedUp {
    fn find(&self, rp_id: &RpId) -> Result<Vec<CredentialSummary>, StoreError> {
        self.0.find(rp_id)
    }

    fn load(&self, _id: &CredentialId) -> Result<Credential, StoreError> {
        let all = self.0.all();
        let other = all
            .iter()
            .find(|(_, summary)| summary.id != self.1)
            .ok_or(StoreError::NotFound)?;
        self.0.load(&other.1.id)
    }

    fn create(&self, credential: &Credential, old: &[CredentialId], now: UnixTime) -> Result<(), StoreError> {
        self.0.create(credential, old, now)
    }

    fn used(&self, id: &CredentialId, now: UnixTime) -> Result<(), StoreError> {
        self.0.used(id, now)
    }

    fn large_blob(&self, id: &CredentialId) -> Result<Option<LargeBlob>, StoreError> {
        self.0.large_blob(id)
    }

    fn set_large_blob(&self, id: &CredentialId, blob: Option<&LargeBlob>) -> Result<(), StoreError> {
        self.0.set_large_blob(id, blob)
    }
}

#[test]
fn a_time_out_counts_as_no_unless_verification_was_demanded() {
    let timed_out = Person::Refuses(Refusal::TimedOut);
    for (uv, status) in [(true, 0x2F), (false, 0x27)] {
        let mut device = Device::new();
        let (mut creation, mut assertion) = (good_creation(), good_assertion());
        (creation.options.uv, creation.options.rk) = (Some(uv), None);
        assertion.options.uv = Some(uv);
        assert_eq!(device.run(make(creation), timed_out).bytes(), [status]);
        assert_eq!(device.run(get(assertion), timed_out).bytes(), [status]);
    }
}
