//! The device as the roots use it, over real WebSockets and with a real vault.

mod stage;

use roamkey_device::vault::{Event, PinError, PinState, RefusedBecause, Vault};
use roamkey_device::{Code, Done, ErrorCode, Failure, Refusal, now};
use roamkey_session::AirError;
use roamkey_testkit::relying_party::client_platform::{Registering, SigningIn};
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_testkit::user::{Reaction, ScriptedUser};

use stage::{PIN, Stage, code, pin};

const ORIGIN: &str = "https://login.example.org";

#[tokio::test]
async fn a_passkey_is_created_listed_and_signs_in() {
    let stage = Stage::new();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let mut rp = RelyingParty::new("login.example.org", ORIGIN).unwrap();

    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    let registering = Registering::new(&options, ORIGIN).unwrap();
    let (done, answer) = stage.transact(&user, registering.request()).await;
    assert_eq!(done.unwrap(), Done::Created);
    rp.register(&registering.finish(&answer.unwrap().bytes).unwrap().response)
        .unwrap();

    let listed = Vault::open(stage.vault.clone()).unwrap().list().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].rp_id.as_deref(), Some("login.example.org"));
    assert_eq!(listed[0].last_used, None);

    let options = rp
        .authentication_options(&AuthenticationRequest::of("alice"))
        .unwrap();
    let signing_in = SigningIn::new(&options, ORIGIN).unwrap();
    let (done, answer) = stage.transact(&user, signing_in.request()).await;
    assert_eq!(done.unwrap(), Done::SignedIn);
    let signed_in = rp
        .authenticate(&signing_in.finish(&answer.unwrap().bytes).unwrap().response)
        .unwrap();
    assert_eq!(signed_in.account, "alice");
    assert!(
        Vault::open(stage.vault.clone()).unwrap().list().unwrap()[0]
            .last_used
            .is_some()
    );
    assert!(stage.air.on_air().is_empty());
}

#[tokio::test]
async fn what_came_of_each_request_is_in_the_activity_log() {
    let stage = Stage::new();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let mut rp = RelyingParty::new("login.example.org", ORIGIN).unwrap();
    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    let registering = Registering::new(&options, ORIGIN).unwrap();
    let (done, answer) = stage.transact(&user, registering.request()).await;
    done.unwrap();
    rp.register(&registering.finish(&answer.unwrap().bytes).unwrap().response)
        .unwrap();
    user.react(Reaction::Refuse(Refusal::Denied));
    let options = rp
        .authentication_options(&AuthenticationRequest::of("alice"))
        .unwrap();
    let signing_in = SigningIn::new(&options, ORIGIN).unwrap();
    let (done, _) = stage.transact(&user, signing_in.request()).await;
    assert_eq!(done.unwrap_err().code(), ErrorCode::Refused);
    user.react(Reaction::Approve(0));
    let (done, _) = stage.transact(&user, signing_in.request()).await;
    done.unwrap();
    let (done, _) = stage.transact(&user, &[0x04]).await;
    assert_eq!(done.unwrap(), Done::Informed, "which is worth no note");

    let log = Vault::open(stage.vault.clone()).unwrap().activity(None).unwrap();
    let events: Vec<Event> = log.iter().map(|entry| entry.activity.event).collect();
    let refused = Event::Refused(RefusedBecause::Denied);
    assert_eq!(events, [Event::PinSet, Event::Created, refused, Event::SignedIn]);
    for entry in &log[1..] {
        assert_eq!(entry.activity.rp_id.as_deref(), Some("login.example.org"));
        assert_eq!(entry.activity.account.as_deref(), Some("alice"));
        let verified = (entry.activity.event != refused).then_some(true);
        assert_eq!(entry.activity.user_verified, verified);
    }
    assert!(!stage.device.is_unnoted());
}

#[tokio::test]
async fn a_log_that_cannot_be_written_costs_no_sign_in() {
    let stage = Stage::new();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let log = stage.folder().join("activity.log");
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    let mut rp = RelyingParty::new("login.example.org", ORIGIN).unwrap();
    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    let registering = Registering::new(&options, ORIGIN).unwrap();
    let (done, answer) = stage.transact(&user, registering.request()).await;
    assert_eq!(done.unwrap(), Done::Created);
    assert_eq!(answer.unwrap().bytes[0], 0);
    assert!(stage.device.is_unnoted());
}

#[tokio::test]
async fn a_code_that_was_on_air_is_not_used_again() {
    let stage = Stage::new();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let waiting = code(now().0);
    let text = waiting.qr_text().to_owned();
    let first = stage.device.read(&Code::from_text(&text)).unwrap();
    let (done, _) = tokio::join!(stage.device.run(first, &user), stage.browse(waiting, &[0x04]));
    assert_eq!(done.unwrap(), Done::Informed);

    let second = stage.device.read(&Code::from_text(&text)).unwrap();
    let before = stage.air.ever_on_air();
    let Err(failure) = stage.device.run(second, &user).await else {
        panic!("a used code ran")
    };
    assert_eq!(failure.code(), ErrorCode::CodeUsed);
    assert_eq!(stage.air.ever_on_air(), before, "nothing went on air");
}

#[tokio::test]
async fn a_code_that_never_went_on_air_can_be_used_again() {
    let stage = Stage::new();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let waiting = code(now().0);
    let text = waiting.qr_text().to_owned();
    stage.air.fail_with(Some(|| AirError::PoweredOff));
    let first = stage.device.read(&Code::from_text(&text)).unwrap();
    let failure = stage.device.run(first, &user).await.unwrap_err();
    assert_eq!(failure.code(), ErrorCode::BluetoothOff);

    stage.air.fail_with(None);
    let second = stage.device.read(&Code::from_text(&text)).unwrap();
    let (done, _) = tokio::join!(stage.device.run(second, &user), stage.browse(waiting, &[0x04]));
    assert_eq!(done.unwrap(), Done::Informed);
}

#[tokio::test]
async fn codes_of_another_time_are_refused_before_anything_leaves_the_device() {
    let stage = Stage::new();
    let cases = [
        (now().0 - 301, ErrorCode::CodeTooOld),
        (now().0 + 330, ErrorCode::CodeFromTheFuture),
    ];
    for (made, expected) in cases {
        let failure = stage
            .device
            .read(&Code::from_text(code(made).qr_text()))
            .unwrap_err();
        assert_eq!(failure.code(), expected);
    }
    assert_eq!(stage.server.tunnels(), 0);
}

#[tokio::test]
async fn what_is_no_code_is_told_apart_from_a_damaged_one() {
    let stage = Stage::new();
    let whole = code(now().0).qr_text().to_owned();
    let cases = [
        ("", ErrorCode::NotASignInCode),
        ("https://example.org", ErrorCode::NotASignInCode),
        ("FIDO:/", ErrorCode::DamagedCode),
        (&whole[..whole.len() - 9], ErrorCode::DamagedCode),
        (&whole.replace('1', "x"), ErrorCode::DamagedCode),
    ];
    for (text, expected) in cases {
        let failure = stage.device.read(&Code::from_text(text)).unwrap_err();
        assert_eq!(failure.code(), expected, "{text}");
    }
}

#[tokio::test]
async fn a_dead_tunnel_server_is_named_and_nothing_goes_on_air() {
    let stage = Stage::new();
    let sign_in = stage
        .device
        .read(&Code::from_text(code(now().0).qr_text()))
        .unwrap();
    stage.server.drain(std::time::Duration::ZERO).await;
    let failure = stage
        .device
        .run(sign_in, &ScriptedUser::new(Reaction::Approve(0)))
        .await
        .unwrap_err();
    assert_eq!(failure.code(), ErrorCode::TunnelUnreachable);
    assert_eq!(stage.air.ever_on_air(), 0);
}

#[tokio::test]
async fn a_wrong_pin_costs_a_try_and_the_right_one_verifies() {
    let stage = Stage::new();
    let check = stage.device.pin();
    let failure = check.verify(pin("wrong horse")).await.unwrap_err();
    assert!(matches!(
        failure,
        Failure::Pin(PinError::Wrong {
            tries_left: 7,
            wait: None
        })
    ));
    check.verify(pin(PIN)).await.unwrap();
    assert_eq!(
        check.state().await.unwrap(),
        PinState::Set {
            tries_left: 8,
            wait: None
        }
    );
    assert!(matches!(
        check.set(pin("another")).await.unwrap_err(),
        Failure::Pin(PinError::AlreadySet)
    ));
}
