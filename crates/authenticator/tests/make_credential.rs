//! `authenticatorMakeCredential`: what the standard's steps promise.

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
    AAGUID, CredentialStore, Operation, Outcome, UserVerification, UserVerificationState,
};
use roamkey_ctap::make_credential::Options;
use roamkey_ctap::{
    Algorithm, CredProtect, CredentialId, PrfEvaluation, PrfInputs, PublicKeyCredentialParameters,
};
use roamkey_testkit::store::{Fault, MemoryStore};

fn options(rk: Option<bool>, up: Option<bool>, uv: Option<bool>) -> Options {
    Options { rk, up, uv }
}

#[test]
fn a_new_passkey_is_described_truthfully() {
    let mut device = Device::new();
    let created = device.create(good_creation());
    assert_eq!(created.fmt, "none");
    assert_eq!(created.att_stmt.as_map().map(Vec::len), Some(0));
    assert_eq!(created.flags, UP | UV | BE | AT);
    assert_eq!(created.sign_count, 0);
    assert_eq!(created.aaguid, AAGUID.0);
    assert_eq!(created.id.len(), 32);
    assert!(created.unsigned.is_none() && created.extensions.is_none());
    assert_eq!(device.store.len(), 1);
}

#[test]
fn the_first_supported_algorithm_of_the_list_wins() {
    for (wanted, cose) in [(Algorithm::Es256, -7), (Algorithm::EdDsa, -8)] {
        let other = if wanted == Algorithm::Es256 {
            Algorithm::EdDsa
        } else {
            Algorithm::Es256
        };
        let list = [wanted, other, wanted]
            .map(PublicKeyCredentialParameters::new)
            .to_vec();
        let created = Device::new().create(MakeCredentialWith(list).into());
        assert_eq!(
            i128::from(item(&created.public_key, 3).as_integer().unwrap()),
            cose
        );
    }
}

struct MakeCredentialWith(Vec<PublicKeyCredentialParameters>);

impl From<MakeCredentialWith> for roamkey_ctap::make_credential::Request {
    fn from(parameters: MakeCredentialWith) -> Self {
        Self {
            pub_key_cred_params: parameters.0,
            ..good_creation()
        }
    }
}

#[test]
fn no_common_algorithm_is_told_without_asking() {
    let mut device = Device::new();
    assert_eq!(device.make_status(MakeCredentialWith(Vec::new()).into()), 0x26);
    assert!(device.store.is_empty());
}

#[test]
fn uv_needs_verification_that_is_set_up() {
    let mut device = Device::with(UserVerificationState::NotConfigured);
    assert_eq!(device.make_status(good_creation()), 0x2C);
    let mut request = good_creation();
    request.options.uv = None;
    assert_eq!(device.create(request).flags, UP | BE | AT);
}

#[test]
fn options_decide_what_is_demanded_and_what_is_claimed() {
    for rk in [None, Some(false), Some(true)] {
        for uv in [None, Some(false), Some(true)] {
            for up in [None, Some(true)] {
                let mut device = Device::new();
                let mut request = good_creation();
                request.options = options(rk, up, uv);
                let (pending, prompt) = device.ask(make(request));
                let demanded = rk == Some(true) || uv == Some(true);
                assert_eq!(
                    prompt.user_verification() == UserVerification::Required,
                    demanded,
                    "{rk:?} {uv:?}"
                );
                let created = Created::read(device.answer(pending, prompt, Person::Approves(0)).bytes());
                assert_eq!(created.flags & UV != 0, demanded, "{rk:?} {uv:?}");
                let (_, summary) = &device.store.all()[0];
                assert_eq!(summary.discoverable, rk == Some(true));
            }
        }
    }
}

#[test]
fn user_presence_cannot_be_switched_off() {
    let mut request = good_creation();
    request.options.up = Some(false);
    assert_eq!(Device::new().make_status(request), 0x2C);
}

#[test]
fn pin_tokens_and_enterprise_attestation_are_not_offered() {
    let mut request = good_creation();
    request.pin_uv_auth_param = Some(vec![0; 32]);
    assert_eq!(Device::new().make_status(request.clone()), 0x14);
    request.pin_uv_auth_protocol = Some(2);
    assert_eq!(Device::new().make_status(request), 0x02);
    let mut request = good_creation();
    request.enterprise_attestation = Some(1);
    assert_eq!(Device::new().make_status(request), 0x02);
}

#[test]
fn an_excluded_passkey_is_told_only_after_the_answer() {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    let mut request = good_creation();
    request.exclude_list = vec![descriptor(b"foreign"), descriptor(&id)];

    let (pending, prompt) = device.ask(make(request.clone()));
    let answer = device.answer(
        pending,
        prompt,
        Person::Refuses(roamkey_authenticator::Refusal::Denied),
    );
    assert_eq!(answer.bytes(), [0x27]);

    let answer = device.run(make(request), Person::Approves(0));
    assert_eq!(answer.bytes(), [0x19]);
    assert!(matches!(answer.outcome(), Outcome::Excluded));
    assert_eq!(device.store.len(), 1);
}

#[test]
fn only_a_passkey_that_the_exclude_list_names_excludes() {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    let mut request = good_creation();
    request.user = user(b"bob", "bob");
    request.exclude_list = vec![descriptor(&id)];
    assert_eq!(device.make_status(request.clone()), 0x19);
    request.exclude_list = vec![descriptor(b"foreign"), descriptor(&[9; 5000])];
    assert_eq!(device.make_status(request), 0x00);
}

#[test]
fn the_exclude_list_covers_this_relying_party_only() {
    let mut device = Device::new();
    let id = device.create(good_creation()).id;
    let mut request = good_creation();
    request.rp.id = rp_id("other.example");
    request.exclude_list = vec![descriptor(&id), descriptor(&[9; 5000])];
    assert_eq!(device.make_status(request), 0x00);
}

#[test]
fn a_discoverable_passkey_takes_the_place_of_the_same_account() {
    let mut device = Device::new();
    let first = device.create(good_creation()).id;
    let second = device.create(good_creation()).id;
    assert_ne!(first, second);
    assert_eq!(device.store.len(), 1);

    let mut other_account = good_creation();
    other_account.user = user(b"bob", "bob");
    device.create(other_account);
    let mut not_discoverable = good_creation();
    not_discoverable.options.rk = None;
    device.create(not_discoverable.clone());
    device.create(not_discoverable);
    assert_eq!(device.store.len(), 4);
}

#[test]
fn names_are_optional_and_long_ones_are_cut_between_characters() {
    let mut request = good_creation();
    request.rp.name = None;
    request.user.name = None;
    request.user.display_name = Some("é".repeat(600));
    let mut device = Device::new();
    let (pending, prompt) = device.ask(make(request));
    let Operation::MakeCredential { user } = prompt.operation() else {
        panic!("wrong operation")
    };
    assert_eq!(user.display_name.as_ref().map(String::len), Some(256));
    assert_eq!(user.name, None);
    assert_eq!(device.answer(pending, prompt, Person::Approves(0)).bytes()[0], 0);
}

#[test]
fn prf_is_enabled_and_evaluated_at_creation() {
    let salts = PrfEvaluation {
        first: [1; 32],
        second: Some([2; 32]),
    };
    let mut request = good_creation();
    request.extensions.prf = Some(PrfInputs::default());
    let created = Device::new().create(request.clone());
    let prf = text_item(created.unsigned.as_ref().unwrap(), "prf").clone();
    assert_eq!(text_item(&prf, "enabled").as_bool(), Some(true));
    assert!(try_text_item(&prf, "results").is_none());
    assert_eq!(created.flags & ED, 0);

    request.extensions.prf = Some(PrfInputs {
        eval: Some(salts),
        ..PrfInputs::default()
    });
    let created = Device::new().create(request);
    let prf = text_item(created.unsigned.as_ref().unwrap(), "prf").clone();
    let results = text_item(&prf, "results");
    assert_eq!(text_item(results, "first").as_bytes().map(Vec::len), Some(32));
    assert_ne!(text_item(results, "first"), text_item(results, "second"));
}

#[test]
fn prf_output_is_the_hmac_of_the_seed_for_the_flag() {
    use hmac::{Hmac, KeyInit, Mac};
    for (uv, rk) in [(Some(true), true), (None, false)] {
        let mut device = Device::new();
        let mut request = good_creation();
        request.options = options(Some(rk), None, uv);
        let eval = Some(PrfEvaluation {
            first: [1; 32],
            second: None,
        });
        request.extensions.prf = Some(PrfInputs {
            eval,
            ..PrfInputs::default()
        });
        let created = device.create(request);
        let stored = device.store.load(&CredentialId::new(created.id.clone())).unwrap();
        let seed = if uv.is_some() {
            &stored.prf_seeds.with_uv
        } else {
            &stored.prf_seeds.without_uv
        };
        let mac = Hmac::<sha2::Sha256>::new_from_slice(seed.as_bytes())
            .unwrap()
            .chain_update([1; 32]);
        let results = text_item(text_item(created.unsigned.as_ref().unwrap(), "prf"), "results").clone();
        assert_eq!(
            text_item(&results, "first").as_bytes().unwrap()[..],
            mac.finalize().into_bytes()[..]
        );
    }
}

#[test]
fn both_seeds_are_made_whether_prf_is_asked_for_or_not() {
    let mut device = Device::new();
    let id = CredentialId::new(device.create(good_creation()).id);
    let stored = device.store.load(&id).unwrap();
    assert_ne!(
        stored.prf_seeds.with_uv.as_bytes(),
        stored.prf_seeds.without_uv.as_bytes()
    );
    assert_ne!(stored.prf_seeds.with_uv.as_bytes(), &[0; 32]);
}

#[test]
fn cred_protect_is_kept_and_confirmed_in_the_signed_data() {
    for level in 1..=3 {
        let mut device = Device::new();
        let mut request = good_creation();
        request.extensions.cred_protect = CredProtect::from_level(level);
        let created = device.create(request);
        assert_eq!(created.flags & ED, ED);
        let output = text_item(created.extensions.as_ref().unwrap(), "credProtect");
        assert_eq!(output.as_integer().map(i128::from), Some(level.into()));
        assert_eq!(
            device.store.all()[0].1.cred_protect.level(),
            u8::try_from(level).unwrap()
        );
    }
}

#[test]
fn a_hidden_passkey_does_not_exclude_without_verification() {
    let mut device = Device::new();
    let mut request = good_creation();
    request.extensions.cred_protect = CredProtect::from_level(3);
    let id = device.create(request).id;
    let mut request = good_creation();
    request.options = options(None, None, None);
    request.exclude_list = vec![descriptor(&id)];
    assert_eq!(device.make_status(request.clone()), 0x00);
    request.options.uv = Some(true);
    assert_eq!(device.make_status(request), 0x19);
}

#[test]
fn packed_self_attestation_verifies_when_it_is_preferred() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let mut request = good_creation();
        request.pub_key_cred_params = vec![PublicKeyCredentialParameters::new(algorithm)];
        request.attestation_formats_preference = ["tpm", "packed", "none"].map(str::to_owned).to_vec();
        let created = Device::new().create(request);
        assert_eq!(created.fmt, "packed");
        let signature = text_item(&created.att_stmt, "sig").as_bytes().unwrap().clone();
        assert!(created.verify(&created.auth_data, &signature));
        let cose = text_item(&created.att_stmt, "alg").as_integer().map(i128::from);
        assert_eq!(cose, Some(algorithm.cose().into()));
    }
    let mut request = good_creation();
    request.attestation_formats_preference = vec!["none".to_owned(), "packed".to_owned()];
    assert_eq!(Device::new().create(request).fmt, "none");
}

#[test]
fn a_failing_store_leaves_nothing_behind_and_has_its_status() {
    for (fault, status) in [
        (Fault::Locked, 0x7F),
        (Fault::Missing, 0x7F),
        (Fault::TimedOut, 0x2F),
        (Fault::Corrupt, 0x7F),
        (Fault::Failed, 0x7F),
    ] {
        let mut device = Device::new();
        let (pending, prompt) = device.ask(make(good_creation()));
        device.store.set_fault(Some(fault));
        let answer = device.answer(pending, prompt, Person::Approves(0));
        assert_eq!(answer.bytes(), [status]);
        assert!(matches!(answer.outcome(), Outcome::StoreFailed(_)));
        // Told before anyone is asked, too.
        assert_eq!(device.make_status(good_creation()), status);
        assert!(device.store.is_empty());
    }
}

#[test]
fn a_full_store_is_told() {
    let mut device = Device::new();
    device.store = MemoryStore::with_capacity(1);
    device.create(good_creation());
    let mut request = good_creation();
    request.user = user(b"bob", "bob");
    assert_eq!(device.make_status(request), 0x28);
    // The same account still fits: it takes the place of its older passkey.
    assert_eq!(device.make_status(good_creation()), 0x00);
}
