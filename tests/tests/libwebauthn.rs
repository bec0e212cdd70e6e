//! A client platform that shares no code with us, libwebauthn, registers and signs in with `roamkey authenticate`. The
//! program stands in `tests/interop/libwebauthn`, outside of the workspace, for its licence; `script/test interop` builds
//! it and names it in `ROAMKEY_LIBWEBAUTHN`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::path::Path;
use std::process::Stdio;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_tests::bench::TUNNELS;
use roamkey_tests::device::{Code, PIN, Person};
use roamkey_tests::hosts::{Hosts, LIMIT, said};
use roamkey_tests::process::{Process, bound_to_this_thread};
use serde_json::Value;

const RP_ID: &str = "login.example.org";
const ORIGIN: &str = "https://login.example.org";

/// One ceremony; returns what libwebauthn would hand to the site.
async fn ceremony(hosts: &mut Hosts, name: &str, wish: &str, options: &Value, tunnel: u16) -> Value {
    let program =
        std::env::var("ROAMKEY_LIBWEBAUTHN").expect("script/test interop says where the program is");
    let mut command = bound_to_this_thread(&program);
    command.args([
        wish,
        ORIGIN,
        &options.to_string(),
        &hosts.server.address().port().to_string(),
    ]);
    command.env("DBUS_SYSTEM_BUS_ADDRESS", hosts.near.address());
    command
        .env("SSL_CERT_FILE", &hosts.make.authority)
        .env_remove("SSL_CERT_DIR");
    command.stdin(Stdio::null());
    let mut process = Process::start(name, command, &hosts.folder).unwrap();
    let link = said(&process, "code", |line| {
        line.strip_prefix("code ").map(str::to_owned)
    })
    .await
    .unwrap();
    let phone = hosts
        .phone
        .authenticate(Code::Text(&link), tunnel, Person::Agreeable(PIN))
        .unwrap();
    let response = |line: &str| serde_json::from_str(line.strip_prefix("response ")?).ok();
    let response = said(&process, "response", response).await.unwrap();
    assert!(phone.outcome().await.unwrap().ok);
    assert!(process.ended(LIMIT).await.unwrap().success());
    response
}

/// libwebauthn 0.11 writes the keys of the attestation object in another order than CTAP2's canonical one, and the
/// relying party's library refuses that. The same entries, in their order.
fn in_canonical_order(mut response: Value) -> Value {
    let part = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(response["response"][name].as_str().unwrap());
    let (object, data) = (
        part("attestationObject").unwrap(),
        part("authenticatorData").unwrap(),
    );
    let length = u8::try_from(data.len()).unwrap();
    let entries = [
        b"\x63fmt\x64none".to_vec(),
        b"\x67attStmt\xa0".to_vec(),
        [b"\x68authData\x58".as_slice(), &[length], &data].concat(),
    ];
    for entry in &entries {
        assert!(object.windows(entry.len()).any(|part| part == entry));
    }
    let ordered = [vec![0xa3], entries.concat()].concat();
    assert_eq!(object.len(), ordered.len(), "nothing but these entries");
    response["response"]["attestationObject"] = BASE64_URL_SAFE_NO_PAD.encode(ordered).into();
    response
}

#[tokio::test]
#[ignore = "needs a program of another licence: script/test interop builds it and runs this"]
async fn libwebauthn_registers_and_signs_in_with_our_authenticator() {
    let mut hosts = Hosts::start(Path::new(env!("CARGO_TARGET_TMPDIR")), "libwebauthn")
        .await
        .unwrap();
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    for tunnel in TUNNELS {
        let account = format!("alice-{tunnel}");
        let options = rp
            .registration_options(&RegistrationRequest::of(&account))
            .unwrap();
        let response = ceremony(
            &mut hosts,
            &format!("create-{tunnel}"),
            "create",
            &options,
            tunnel,
        )
        .await;
        rp.register(&in_canonical_order(response)).unwrap();
        let options = rp
            .authentication_options(&AuthenticationRequest::of(&account))
            .unwrap();
        let response = ceremony(&mut hosts, &format!("get-{tunnel}"), "get", &options, tunnel).await;
        assert_eq!(rp.authenticate(&response).unwrap().account, account);
    }
}
