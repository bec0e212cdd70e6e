//! Two Roamkeys: `roamkey request` shows a code on one host, `roamkey authenticate` answers it on another. Two BlueZ on
//! two buses, our tunnel server with TLS under every kind of service number, a real keyring, and a server library that
//! shares no code with us.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::path::Path;
use std::process::Stdio;

use roamkey_testkit::bluez::AdvertData;
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_tests::bench::TUNNELS;
use roamkey_tests::device::{Code, PIN, Person};
use roamkey_tests::hosts::{Hosts, LIMIT, said};
use roamkey_tests::process::{Process, bound_to_this_thread};
use serde_json::Value;

const RP_ID: &str = "login.example.org";
const ORIGIN: &str = "https://login.example.org";

struct Requests {
    hosts: Hosts,
    count: usize,
}

impl Requests {
    async fn start(name: &str) -> Self {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
        Self {
            hosts: Hosts::start(place, name).await.unwrap(),
            count: 0,
        }
    }

    /// Starts `roamkey request` and returns it with the link that it shows.
    async fn request(&mut self, wish: &str, options: &Value, more: &[&str]) -> (Process, String) {
        self.count += 1;
        let name = format!("request-{}", self.count);
        let file = self.hosts.folder.join(format!("{name}.json"));
        std::fs::write(&file, options.to_string()).unwrap();
        let mut command = bound_to_this_thread(&self.hosts.make.program.to_string_lossy());
        command
            .args(["request", wish, "--json", "--origin", ORIGIN, "--options"])
            .arg(&file);
        command
            .args(["--tunnel-address", &self.hosts.make.tunnel_address])
            .args(more);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", self.hosts.near.address());
        command
            .env("SSL_CERT_FILE", &self.hosts.make.authority)
            .env_remove("SSL_CERT_DIR");
        command.stdin(Stdio::null());
        let process = Process::start(&name, command, &self.hosts.folder).unwrap();
        let link = event(&process, "show").await["link"].as_str().unwrap().to_owned();
        (process, link)
    }

    /// A whole ceremony in which everybody agrees; returns the response.
    async fn agreed(&mut self, wish: &str, options: &Value, tunnel: u16, more: &[&str]) -> Value {
        let (request, link) = self.request(wish, options, more).await;
        let phone = self
            .hosts
            .phone
            .authenticate(Code::Text(&link), tunnel, Person::Agreeable(PIN))
            .unwrap();
        for step in ["nearby", "connecting", "secured", "ask_on_phone"] {
            event(&request, step).await;
        }
        let response = event(&request, "response").await;
        assert!(phone.outcome().await.unwrap().ok);
        let outcome = outcome(request).await;
        assert_eq!(
            (&outcome["ok"], &outcome["exit"]),
            (&Value::from(true), &Value::from(0))
        );
        response
    }
}

async fn event(process: &Process, name: &str) -> Value {
    let wanted = |line: &str| {
        let event: Value = serde_json::from_str(line).ok()?;
        (event["event"] == name).then_some(event)
    };
    said(process, name, wanted).await.unwrap()
}

async fn outcome(mut process: Process) -> Value {
    let status = process.ended(LIMIT).await.unwrap();
    let outcome = event(&process, "outcome").await;
    assert_eq!(
        Some(outcome["exit"].as_i64().unwrap()),
        status.code().map(i64::from)
    );
    outcome
}

#[tokio::test]
async fn one_roamkey_asks_and_another_answers_by_every_tunnel_service() {
    let mut requests = Requests::start("request").await;
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
        let response = requests.agreed("create", &options, tunnel, &[]).await;
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
        let response = requests.agreed("get", &options, tunnel, &registered).await;
        assert_eq!(response["signature"], "verified");
        assert_eq!(rp.authenticate(&response["response"]).unwrap().account, account);
    }
    requests.hosts.quiet().await.unwrap();
}

#[tokio::test]
async fn ctrl_c_takes_the_question_back_at_the_other_end() {
    let mut requests = Requests::start("request-ctrl-c").await;
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let options = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    // The PIN is set up with a first passkey.
    requests.agreed("create", &options, 0, &[]).await;
    let options = rp.registration_options(&RegistrationRequest::of("bob")).unwrap();
    let picture = requests.hosts.folder.join("code.png");
    let (request, _) = requests
        .request("create", &options, &["--png", picture.to_str().unwrap()])
        .await;
    let phone = requests
        .hosts
        .phone
        .authenticate(Code::Picture(&picture), 0, Person::AtTerminal)
        .unwrap();
    event(&request, "ask_on_phone").await;
    request.interrupt().unwrap();
    assert_eq!(outcome(request).await["code"], "cancelled");
    assert_eq!(phone.outcome().await.unwrap().code, "withdrawn");
}
