//! Two Roamkeys: `roamkey request` shows a code on one host, `roamkey authenticate` answers it on another. Two BlueZ on
//! two buses, our tunnel server with TLS under every kind of service number, a real keyring, and a server library that
//! shares no code with us.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::path::Path;

use roamkey_testkit::bluez::AdvertData;
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_tests::bench::TUNNELS;
use roamkey_tests::device::{Code, Person};
use roamkey_tests::hosts::Hosts;
use roamkey_tests::requests::{ORIGIN, RP_ID, Requests, event, outcome};

async fn start(name: &str) -> Requests {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    Requests::between(Hosts::start(place, name).await.unwrap())
}

#[tokio::test]
async fn one_roamkey_asks_and_another_answers_by_every_tunnel_service() {
    let mut requests = start("request").await;
    for number in 0..100_u8 {
        requests
            .hosts
            .bluez
            .inject(AdvertData::of_service("fff9", &[number; 20]));
    }
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    for tunnel in TUNNELS {
        let account = format!("alice-{tunnel}");
        let options = rp
            .registration_options(&RegistrationRequest::of(&account))
            .unwrap();
        let response = requests.agreed("create", &options, tunnel, &[]).await.unwrap();
        assert_eq!(
            response["response"]["response"]["transports"],
            serde_json::json!(["hybrid", "internal"])
        );
        rp.register(&response["response"]).unwrap();
        let kept = requests.hosts.folder.join("registration.json");
        std::fs::write(&kept, response["response"].to_string()).unwrap();

        let options = rp
            .authentication_options(&AuthenticationRequest::of(&account))
            .unwrap();
        let registered = ["--registered", kept.to_str().unwrap()];
        let response = requests
            .agreed("get", &options, tunnel, &registered)
            .await
            .unwrap();
        assert_eq!(response["signature"], "verified");
        assert_eq!(rp.authenticate(&response["response"]).unwrap().account, account);
    }
    requests.hosts.quiet().await.unwrap();
}

#[tokio::test]
async fn ctrl_c_takes_the_question_back_at_the_other_end() {
    let mut requests = start("request-ctrl-c").await;
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    // The PIN is set up with a first passkey.
    requests.agreed("create", &options, 0, &[]).await.unwrap();
    let options = rp.registration_options(&RegistrationRequest::of("bob")).unwrap();
    let picture = requests.hosts.folder.join("code.png");
    let (request, _) = requests
        .request("create", &options, &["--png", picture.to_str().unwrap()])
        .await
        .unwrap();
    let phone = requests
        .hosts
        .phone
        .authenticate(Code::Picture(&picture), 0, Person::AtTerminal)
        .unwrap();
    event(&request, "ask_on_phone").await.unwrap();
    request.interrupt().unwrap();
    assert_eq!(outcome(request).await.unwrap()["code"], "cancelled");
    assert_eq!(phone.outcome().await.unwrap().code, "withdrawn");
}
