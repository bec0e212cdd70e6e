//! This machine asks, our own authenticator answers: over real WebSockets, through a real tunnel server, judged by a
//! server library that shares no code with us.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::type_complexity,
    reason = "a test stops where it fails"
)]

mod phone_stage;
mod stage;

use std::time::Duration;

use roamkey_ble::{Advertiser, Scanner};
use roamkey_device::session::RequestLimits;
use roamkey_device::tunnel::WebSocketTunnels;
use roamkey_device::webauthn::{
    CreationOptions, KnownPasskey, Origin, Registration, RequestOptions, SignIn, SignatureCheck,
};
use roamkey_device::{
    Code, Device, Done, ErrorCode, Failure, Pending, RequestEvent, RequestFailure, Requester, TunnelDomain,
};
use roamkey_session::{Air, AirError, TunnelService};
use roamkey_testkit::bluez::{AdvertData, HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;
use roamkey_testkit::relying_party::{AuthenticationRequest, PrfInput, RegistrationRequest, RelyingParty};
use roamkey_testkit::user::{Reaction, ScriptedUser};
use serde_json::{Value, json};

use phone_stage::{Both, ORIGIN, RP_ID};
use stage::Stage;

/// Follows a pending request with an authenticator that scans its code.
async fn answered<O, T: TunnelService, A: Air>(
    mut pending: Pending<O>,
    device: &Device<T, A>,
    user: &ScriptedUser,
) -> (
    Result<O, RequestFailure>,
    Vec<&'static str>,
    Result<Done, Failure>,
) {
    let sign_in = device.read(&Code::from_text(pending.link())).unwrap();
    let asking = async {
        let mut steps = Vec::new();
        loop {
            match pending.next().await.unwrap() {
                RequestEvent::Nearby => steps.push("nearby"),
                RequestEvent::Connecting => steps.push("connecting"),
                RequestEvent::Secured => steps.push("secured"),
                RequestEvent::AskOnPhone => steps.push("ask"),
                RequestEvent::Done(done) => {
                    pending.cancel().await;
                    return (Ok(done), steps);
                }
                RequestEvent::Failed(failure) => return (Err(failure), steps),
            }
        }
    };
    let ((ended, steps), done) = tokio::join!(asking, device.run(sign_in, user));
    (ended, steps, done)
}

const STEPS: [&str; 4] = ["nearby", "connecting", "secured", "ask"];

fn origin() -> Origin {
    Origin::parse(ORIGIN).unwrap()
}

fn creation(options: &Value) -> CreationOptions {
    CreationOptions::from_json(&options.to_string()).unwrap()
}

fn request(options: &Value) -> RequestOptions {
    RequestOptions::from_json(&options.to_string()).unwrap()
}

/// Registers and signs in, and has the server judge both.
async fn register_and_sign_in<S, T, A, W>(
    requester: &Requester<S, W>,
    device: &Device<T, A>,
) -> (Registration, SignIn)
where
    S: roamkey_session::Scanner,
    S::Scanning: 'static,
    W: roamkey_session::Tunnels + Clone + 'static,
    T: TunnelService,
    A: Air,
{
    let user = ScriptedUser::new(Reaction::Approve(0));
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let mut wish = RegistrationRequest::of("alice");
    wish.attestation = true;
    let options = rp.registration_options(&wish).unwrap();
    let pending = requester.create(&origin(), creation(&options)).await.unwrap();
    let (registration, steps, done) = answered(pending, device, &user).await;
    assert_eq!((done.unwrap(), steps), (Done::Created, STEPS.to_vec()));
    let registration = registration.unwrap();
    assert_eq!(registration.signature, SignatureCheck::Verified);
    let registered = rp.register(&registration.to_json()).unwrap();
    assert!(registered.user_verified && registered.attestation == "packed");

    let known = KnownPasskey::from_registration_json(&registration.to_json().to_string()).unwrap();
    for wish in [
        AuthenticationRequest::of("alice"),
        AuthenticationRequest::discoverable(),
    ] {
        let options = rp.authentication_options(&wish).unwrap();
        let pending = requester
            .sign_in(&origin(), request(&options), Vec::new())
            .await
            .unwrap();
        let (signed_in, steps, done) = answered(pending, device, &user).await;
        assert_eq!((done.unwrap(), steps), (Done::SignedIn, STEPS.to_vec()));
        let signed_in = signed_in.unwrap();
        assert_eq!(signed_in.check, SignatureCheck::Unknown, "nobody said which key");
        assert_eq!(rp.authenticate(&signed_in.to_json()).unwrap().account, "alice");
    }
    let options = rp
        .authentication_options(&AuthenticationRequest::of("alice"))
        .unwrap();
    let pending = requester
        .sign_in(&origin(), request(&options), vec![known])
        .await
        .unwrap();
    let signed_in = answered(pending, device, &user).await.0.unwrap();
    assert_eq!(signed_in.check, SignatureCheck::Verified);
    (registration, signed_in)
}

#[tokio::test]
async fn registers_and_signs_in_by_every_service_id_plain_and_with_tls() {
    for (id, tls) in [(0, false), (1, true), (266, false), (65535, true)] {
        let both = Both::start(TunnelDomain::new(id).unwrap(), tls);
        register_and_sign_in(&both.requester, &both.device).await;
        assert!(both.air.on_air().is_empty());
    }
}

#[tokio::test]
async fn registers_and_signs_in_over_bluez_among_strangers() {
    let (near, far) = (
        PrivateBus::start().await.unwrap(),
        PrivateBus::start().await.unwrap(),
    );
    let hosts = [HostConfig::new(near.address()), HostConfig::new(far.address())];
    let bluez = MockBluez::start(hosts).await.unwrap();
    for number in 0..200_u8 {
        bluez.inject(AdvertData::of_service("fff9", &[number; 20]));
    }
    let stage = Stage::new();
    let folder = tempfile::tempdir().unwrap();
    let advertiser = Advertiser::on_bus(far.address());
    let device = Device::new(
        stage.vault.clone(),
        stage.tunnel.clone(),
        advertiser,
        folder.path().to_owned(),
    )
    .unwrap();
    let tunnels = WebSocketTunnels::plain_loopback(stage.server.address()).unwrap();
    let requester = Requester::new(Scanner::on_bus(near.address()), tunnels);
    register_and_sign_in(&requester, &device).await;
    let quiet = |state: &roamkey_testkit::bluez::State| !state.hosts[0].is_discovering();
    bluez.wait_until("no discovery", quiet).await.unwrap();
}

#[tokio::test]
async fn prf_gives_the_same_secret_at_every_sign_in_and_cred_props_are_told() {
    let both = Both::plain();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let mut wish = RegistrationRequest::of("alice");
    wish.prf = Some(PrfInput::default());
    let options = rp.registration_options(&wish).unwrap();
    let pending = both
        .requester
        .create(&origin(), creation(&options))
        .await
        .unwrap();
    let registration = answered(pending, &both.device, &user).await.0.unwrap();
    let json = registration.to_json();
    assert_eq!(json["clientExtensionResults"]["prf"], json!({ "enabled": true }));
    assert_eq!(json["clientExtensionResults"]["credProps"], json!({ "rk": true }));
    assert_eq!(rp.register(&json).unwrap().prf_enabled, Some(true));

    let mut results = Vec::new();
    for first in ["Zmlyc3Q", "Zmlyc3Q", "b3RoZXI"] {
        let mut wish = AuthenticationRequest::of("alice");
        wish.prf = Some(PrfInput {
            first: Some(first.to_owned()),
            second: None,
        });
        let options = rp.authentication_options(&wish).unwrap();
        let pending = both
            .requester
            .sign_in(&origin(), request(&options), Vec::new())
            .await
            .unwrap();
        let signed_in = answered(pending, &both.device, &user).await.0.unwrap();
        results.push(signed_in.prf().unwrap().first);
        let mut json = signed_in.to_json();
        assert!(json["clientExtensionResults"]["prf"]["results"]["first"].is_string());
        json["clientExtensionResults"] = json!({ "prf": {} });
        rp.authenticate(&json).unwrap();
    }
    assert_eq!(results[0], results[1]);
    assert_ne!(results[0], results[2]);
}

#[tokio::test]
async fn what_the_phone_answers_is_told_by_its_own_code() {
    let both = Both::plain();
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let refusing = ScriptedUser::new(Reaction::Refuse(roamkey_device::Refusal::Denied));
    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    let pending = both
        .requester
        .create(&origin(), creation(&options))
        .await
        .unwrap();
    let failure = answered(pending, &both.device, &refusing).await.0.unwrap_err();
    assert_eq!(failure.code(), ErrorCode::PhoneRefused);

    let user = ScriptedUser::new(Reaction::Approve(0));
    let options = json!({ "challenge": "AAECAw", "rpId": RP_ID });
    let pending = both
        .requester
        .sign_in(&origin(), request(&options), Vec::new())
        .await
        .unwrap();
    let failure = answered(pending, &both.device, &user).await.0.unwrap_err();
    assert_eq!(failure.code(), ErrorCode::PhoneNoPasskey);

    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    let pending = both
        .requester
        .create(&origin(), creation(&options))
        .await
        .unwrap();
    let registration = answered(pending, &both.device, &user).await.0.unwrap();
    rp.register(&registration.to_json()).unwrap();
    let mut wish = RegistrationRequest::of("alice");
    wish.exclude = true;
    let options = rp.registration_options(&wish).unwrap();
    let pending = both
        .requester
        .create(&origin(), creation(&options))
        .await
        .unwrap();
    let failure = answered(pending, &both.device, &user).await.0.unwrap_err();
    assert_eq!(failure.code(), ErrorCode::PhoneAlreadyRegistered);
}

#[tokio::test]
async fn cancelling_takes_the_question_back_at_the_phone() {
    let both = Both::plain();
    let user = ScriptedUser::new(Reaction::Wait);
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    for dropped in [false, true] {
        let mut pending = both
            .requester
            .create(&origin(), creation(&options))
            .await
            .unwrap();
        let sign_in = both.device.read(&Code::from_text(pending.link())).unwrap();
        let asking = async {
            while !matches!(pending.next().await, Some(RequestEvent::AskOnPhone)) {}
            match dropped {
                true => drop(pending),
                false => pending.cancel().await,
            }
        };
        let ((), done) = tokio::join!(asking, both.device.run(sign_in, &user));
        assert_eq!(done.unwrap_err().code(), ErrorCode::Withdrawn);
    }
}

#[tokio::test]
async fn a_machine_that_cannot_listen_shows_no_code() {
    let cases: [(fn() -> AirError, ErrorCode); 5] = [
        (|| AirError::NoAdapter, ErrorCode::BluetoothNoAdapter),
        (|| AirError::PoweredOff, ErrorCode::BluetoothOff),
        (|| AirError::NotPermitted(None), ErrorCode::BluetoothNotPermitted),
        (|| AirError::NoService(None), ErrorCode::BluetoothNoService),
        (|| AirError::Unsupported(None), ErrorCode::BluetoothCannotListen),
    ];
    let both = Both::plain();
    for (fault, code) in cases {
        both.air.fail_with(Some(fault));
        let options = request(&json!({ "challenge": "AAECAw" }));
        let failure = both
            .requester
            .sign_in(&origin(), options, Vec::new())
            .await
            .unwrap_err();
        assert_eq!(failure.code(), code);
    }
}

#[tokio::test]
async fn an_origin_that_may_not_ask_for_a_site_shows_no_code() {
    let both = Both::plain();
    for rp_id in ["example.com", "org", "deeper.login.example.org"] {
        let options = request(&json!({ "challenge": "AAECAw", "rpId": rp_id }));
        let failure = both
            .requester
            .sign_in(&origin(), options, Vec::new())
            .await
            .unwrap_err();
        assert_eq!(failure.code(), ErrorCode::RpIdMismatch, "{rp_id}");
    }
}

#[tokio::test]
async fn nobody_who_scans_is_told_after_the_limit() {
    let both = Both::plain();
    let limits = RequestLimits {
        code: Duration::from_millis(20),
        ..RequestLimits::default()
    };
    let requester = both.requester.clone().with_limits(limits);
    let options = request(&json!({ "challenge": "AAECAw" }));
    let pending = requester.sign_in(&origin(), options, Vec::new()).await.unwrap();
    assert_eq!(
        pending.finished().await.unwrap_err().code(),
        ErrorCode::NobodyScanned
    );
}
