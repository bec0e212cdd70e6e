//! Ceremonies in which something breaks.

use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest};
use roamkey_tests::Result;
use roamkey_tests::bench::{Ask, Bench};
use roamkey_tests::chromium::PageOutcome;
use roamkey_tests::device::{Code, PIN, Person};

use super::steps::{disagreed, ended, give_up, only_passkey_is, refused, register, set_up_pin};

pub(super) async fn crash(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("crash")?;
    set_up_pin(bench, &mut device, "cora").await?;
    let ceremony = bench
        .show(&Ask::Register(RegistrationRequest::of("cyril")))
        .await?;
    let mut run = device.authenticate(Code::Text(&ceremony.code), 0, Person::AtTerminal)?;
    run.terminal()?.read("Approve?").await?;

    run.kill().await?;
    refused(ceremony.page.outcome().await?, "NotAllowedError");
    only_passkey_is(&mut device, "cora").await
}

pub(super) async fn bluetooth_off(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("bluetooth-off")?;
    let ceremony = bench
        .show(&Ask::Register(RegistrationRequest::of("boris")))
        .await?;
    bench.bluez.set_powered(1, 0, false);
    let run = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable(PIN))?;
    let events = run.events().clone();
    ended(run.outcome().await?, "bluetooth_off", 6);
    assert!(
        !events.text().contains("on_air"),
        "went on air with Bluetooth off"
    );
    give_up(bench, ceremony).await
}

pub(super) async fn keyring_locked(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("keyring-locked")?;
    register(bench, &mut device, RegistrationRequest::of("klara")).await?;
    let ceremony = bench
        .show(&Ask::SignIn(AuthenticationRequest::of("klara")))
        .await?;
    device.lock_keyring()?;
    let run = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable(PIN))?;
    ended(run.outcome().await?, "keyring_locked", 9);
    bench.chromium.stop().await?;
    match ceremony.page.outcome().await? {
        PageOutcome::Refused { .. } => Ok(()),
        PageOutcome::Done { verdict, .. } => {
            Err(format!("signed in with a locked keyring: {verdict}").into())
        }
    }
}

pub(super) async fn server_gone_before(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("gone-before")?;
    let ceremony = bench
        .show(&Ask::Register(RegistrationRequest::of("gustav")))
        .await?;
    bench.server.kill().await?;
    let run = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable(PIN))?;
    let events = run.events().clone();
    ended(run.outcome().await?, "tunnel_unreachable", 7);
    assert!(!events.text().contains("on_air"), "went on air without a tunnel");
    give_up(bench, ceremony).await
}

pub(super) async fn server_gone_during(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("gone-during")?;
    set_up_pin(bench, &mut device, "gerda").await?;
    let ceremony = bench
        .show(&Ask::Register(RegistrationRequest::of("gisela")))
        .await?;
    let mut run = device.authenticate(Code::Text(&ceremony.code), 0, Person::AtTerminal)?;
    run.terminal()?.read("Approve?").await?;

    bench.server.kill().await?;
    disagreed(ceremony.page, run, "NotAllowedError", "tunnel_lost", 7).await?;
    only_passkey_is(&mut device, "gerda").await?;
    assert!(bench.site.relying_party().passkeys_of("gisela").is_empty());
    Ok(())
}
