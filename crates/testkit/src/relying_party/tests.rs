//! The relying party against a software authenticator that keeps the rules, and then breaks one of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use self::phone::{Phone, UP, UV};
use super::client_platform::{ClientPlatformError, Finished, Registering, SigningIn};
use super::{
    Algorithm, AuthenticationRequest, PrfInput, RegistrationRequest, RelyingParty, RelyingPartyError,
};

mod phone;

#[test]
fn es256_registers_and_signs_in_with_an_allow_list() {
    round_trip(Algorithm::Es256, false);
}

#[test]
fn eddsa_registers_and_signs_in_discoverable() {
    round_trip(Algorithm::EdDsa, true);
}

fn round_trip(algorithm: Algorithm, discoverable: bool) {
    let (mut site, phone) = (example(), Phone::new(algorithm));
    let wish = RegistrationRequest {
        algorithms: vec![algorithm],
        ..RegistrationRequest::of("alice")
    };

    let registered = register(&mut site, &wish, &phone).expect("registration verifies");
    assert_eq!(
        (registered.account.as_str(), registered.algorithm),
        ("alice", algorithm)
    );
    assert_eq!((registered.attestation, registered.user_verified), ("none", true));

    let wish = if discoverable {
        AuthenticationRequest::discoverable()
    } else {
        AuthenticationRequest::of("alice")
    };
    let signed_in = sign_in(&mut site, &wish, &phone).expect("assertion verifies");
    assert_eq!(
        (signed_in.account.as_str(), signed_in.discoverable),
        ("alice", discoverable)
    );
    assert_eq!(signed_in.credential_id, registered.credential_id);
}

#[test]
fn packed_self_attestation_is_verified() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let wish = RegistrationRequest {
            attestation: true,
            ..RegistrationRequest::of("alice")
        };
        let registered =
            register(&mut example(), &wish, &Phone::new(algorithm)).expect("registration verifies");
        assert_eq!(registered.attestation, "packed");

        let wrong = Phone {
            spoil_signature: true,
            ..Phone::new(algorithm)
        };
        let refused = register(&mut example(), &wish, &wrong);
        assert!(
            matches!(refused, Err(RelyingPartyError::Registration(_))),
            "{refused:?}"
        );
    }
}

#[test]
fn registration_without_user_verification_is_refused() {
    let phone = Phone {
        flags: UP,
        ..Phone::new(Algorithm::Es256)
    };
    let refused = register(&mut example(), &RegistrationRequest::of("alice"), &phone);
    assert!(
        matches!(refused, Err(RelyingPartyError::Registration(_))),
        "{refused:?}"
    );
}

#[test]
fn algorithm_that_was_not_asked_for_is_refused() {
    let wish = RegistrationRequest {
        algorithms: vec![Algorithm::EdDsa],
        ..RegistrationRequest::of("alice")
    };
    let refused = register(&mut example(), &wish, &Phone::new(Algorithm::Es256));
    assert!(
        matches!(refused, Err(RelyingPartyError::Registration(_))),
        "{refused:?}"
    );
}

#[test]
fn same_credential_is_not_registered_twice() {
    let (mut site, phone) = (example(), Phone::new(Algorithm::Es256));
    register(&mut site, &RegistrationRequest::of("alice"), &phone).expect("first registration");
    let refused = register(&mut site, &RegistrationRequest::of("bob"), &phone);
    assert!(
        matches!(refused, Err(RelyingPartyError::AlreadyRegistered)),
        "{refused:?}"
    );
}

#[test]
fn registered_credentials_make_the_exclude_list() {
    let (mut site, phone) = (example(), Phone::new(Algorithm::Es256));
    register(&mut site, &RegistrationRequest::of("alice"), &phone).expect("first registration");
    let wish = RegistrationRequest {
        exclude: true,
        ..RegistrationRequest::of("alice")
    };
    let options = site.registration_options(&wish).expect("options");
    assert_eq!(
        options["excludeCredentials"][0]["id"],
        json!(site.passkeys_of("alice")[0])
    );
}

#[test]
fn challenge_is_used_once() {
    let (mut site, phone) = (example(), Phone::new(Algorithm::Es256));
    register(&mut site, &RegistrationRequest::of("alice"), &phone).expect("registration");
    let options = site
        .authentication_options(&AuthenticationRequest::of("alice"))
        .expect("options");
    let finished = answer_get(&options, ORIGIN, &phone).expect("answer");
    site.authenticate(&finished.response).expect("first use");
    let again = site.authenticate(&finished.response);
    assert!(
        matches!(again, Err(RelyingPartyError::NoSuchCeremony)),
        "{again:?}"
    );
}

/// One broken rule of an assertion, by name.
type Broken = (&'static str, fn(Phone) -> Phone);

#[test]
fn assertion_that_breaks_one_rule_is_refused() {
    let broken: [Broken; 5] = [
        ("signature", |phone| Phone {
            spoil_signature: true,
            ..phone
        }),
        ("user verification", |phone| Phone { flags: UP, ..phone }),
        ("user presence", |phone| Phone { flags: UV, ..phone }),
        ("RP ID hash", |phone| Phone {
            rp_id: "example.org",
            ..phone
        }),
        ("user handle", |phone| Phone {
            user: Some(vec![7; 16]),
            ..phone
        }),
    ];
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        for wish in [
            AuthenticationRequest::discoverable(),
            AuthenticationRequest::of("alice"),
        ] {
            for (rule, break_it) in broken {
                let (mut site, phone) = (example(), Phone::new(algorithm));
                register(&mut site, &RegistrationRequest::of("alice"), &phone).expect("registration");
                let refused = sign_in(&mut site, &wish, &break_it(Phone::new(algorithm)));
                assert!(
                    matches!(refused, Err(RelyingPartyError::Authentication(_))),
                    "{rule}: {refused:?}"
                );
            }
        }
    }
}

#[test]
fn sign_counter_that_does_not_grow_is_refused() {
    let (mut site, phone) = (
        example(),
        Phone {
            counter: 5,
            ..Phone::new(Algorithm::Es256)
        },
    );
    register(&mut site, &RegistrationRequest::of("alice"), &phone).expect("registration");
    let refused = sign_in(&mut site, &AuthenticationRequest::discoverable(), &phone);
    assert!(
        matches!(refused, Err(RelyingPartyError::Authentication(_))),
        "{refused:?}"
    );
}

#[test]
fn discoverable_sign_in_needs_the_user_handle() {
    let (mut site, phone) = (example(), Phone::new(Algorithm::Es256));
    register(&mut site, &RegistrationRequest::of("alice"), &phone).expect("registration");
    let silent = Phone {
        user: Some(Vec::new()),
        ..Phone::new(Algorithm::Es256)
    };
    let refused = sign_in(&mut site, &AuthenticationRequest::discoverable(), &silent);
    assert!(
        matches!(refused, Err(RelyingPartyError::UserHandleMissing)),
        "{refused:?}"
    );
}

#[test]
fn credential_outside_the_allow_list_is_refused() {
    let mut site = example();
    register(
        &mut site,
        &RegistrationRequest::of("alice"),
        &Phone::new(Algorithm::Es256),
    )
    .expect("alice");
    let bob = Phone::new(Algorithm::EdDsa);
    register(&mut site, &RegistrationRequest::of("bob"), &bob).expect("bob");
    let refused = sign_in(&mut site, &AuthenticationRequest::of("alice"), &bob);
    assert!(
        matches!(refused, Err(RelyingPartyError::Authentication(_))),
        "{refused:?}"
    );
}

#[test]
fn credential_that_nobody_registered_is_refused() {
    let refused = sign_in(
        &mut example(),
        &AuthenticationRequest::discoverable(),
        &Phone::new(Algorithm::Es256),
    );
    assert!(
        matches!(refused, Err(RelyingPartyError::UnknownCredential)),
        "{refused:?}"
    );
}

#[test]
fn page_of_another_origin_is_refused() {
    let (mut site, phone) = (example(), Phone::new(Algorithm::Es256));
    let options = site
        .registration_options(&RegistrationRequest::of("alice"))
        .expect("options");
    let finished = answer_create(&options, "https://example.net", &phone).expect("answer");
    let refused = site.register(&finished.response);
    assert!(
        matches!(refused, Err(RelyingPartyError::Registration(_))),
        "{refused:?}"
    );
}

#[test]
fn prf_reaches_the_page_and_never_the_server() {
    let (mut site, phone) = (example(), Phone::new(Algorithm::Es256));
    let input = Some(PrfInput {
        first: Some(URL_SAFE_NO_PAD.encode(b"salt")),
        second: None,
    });
    let wish = RegistrationRequest {
        prf: input.clone(),
        ..RegistrationRequest::of("alice")
    };
    let registered = register(&mut site, &wish, &phone).expect("registration");
    assert_eq!(registered.prf_enabled, Some(true));

    let wish = AuthenticationRequest {
        prf: input,
        ..AuthenticationRequest::of("alice")
    };
    let options = site.authentication_options(&wish).expect("options");
    let finished = answer_get(&options, ORIGIN, &phone).expect("answer");
    let hashed = Sha256::digest([b"WebAuthn PRF\0".as_slice(), b"salt"].concat()).to_vec();
    assert_eq!(
        finished.prf,
        Some((hashed, None)),
        "this phone's PRF is the identity"
    );

    let mut leaking = finished.response.clone();
    leaking["clientExtensionResults"]["prf"] = json!({ "results": { "first": "AAAA" } });
    let refused = site.authenticate(&leaking);
    assert!(
        matches!(refused, Err(RelyingPartyError::PrfOutputReachedServer)),
        "{refused:?}"
    );
    site.authenticate(&finished.response).expect("assertion verifies");
}

#[test]
fn status_of_the_authenticator_is_kept() {
    let options = example()
        .registration_options(&RegistrationRequest::of("alice"))
        .expect("options");
    let call = Registering::new(&options, ORIGIN).expect("request");
    assert!(matches!(
        call.finish(&[0x19]),
        Err(ClientPlatformError::Refused(0x19))
    ));
}

const ORIGIN: &str = "https://login.example.com";

fn example() -> RelyingParty {
    RelyingParty::new("example.com", ORIGIN).expect("a domain")
}

fn register(
    site: &mut RelyingParty,
    wish: &RegistrationRequest,
    phone: &Phone,
) -> Result<super::Registered, RelyingPartyError> {
    let options = site.registration_options(wish)?;
    let Ok(finished) = answer_create(&options, ORIGIN, phone) else {
        panic!("no answer")
    };
    site.register(&finished.response)
}

fn sign_in(
    site: &mut RelyingParty,
    wish: &AuthenticationRequest,
    phone: &Phone,
) -> Result<super::SignedIn, RelyingPartyError> {
    // The user handle is the account's, unless the phone breaks that rule.
    let handle = site
        .accounts
        .first()
        .map(|account| account.handle.as_ref().to_vec());
    let options = site.authentication_options(wish)?;
    let phone = Phone {
        user: phone.user.clone().or(handle),
        ..phone.clone()
    };
    let Ok(finished) = answer_get(&options, ORIGIN, &phone) else {
        panic!("no answer")
    };
    site.authenticate(&finished.response)
}

fn answer_create(options: &Value, origin: &str, phone: &Phone) -> Result<Finished, ClientPlatformError> {
    let call = Registering::new(options, origin)?;
    let answer = phone.create(call.request());
    call.finish(&answer)
}

fn answer_get(options: &Value, origin: &str, phone: &Phone) -> Result<Finished, ClientPlatformError> {
    let call = SigningIn::new(options, origin)?;
    let answer = phone.assert(call.request());
    call.finish(&answer)
}
