//! Ceremonies that end with a no: of the person, of the browser, of the rules.

use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest};
use roamkey_tests::Result;
use roamkey_tests::bench::{Ask, Bench};
use roamkey_tests::code::moved_in_time;
use roamkey_tests::device::{Code, PIN, Person};

use super::steps::{agreed, disagreed, ended, give_up, only_passkey_is, register, set_up_pin};

pub(super) async fn exclude_list(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("exclude")?;
    register(bench, &mut device, RegistrationRequest::of("emil")).await?;

    let wish = RegistrationRequest {
        exclude: true,
        ..RegistrationRequest::of("emil")
    };
    let ceremony = bench.show(&Ask::Register(wish)).await?;
    let run = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable(PIN))?;
    disagreed(ceremony.page, run, "InvalidStateError", "already_registered", 11).await?;
    assert_eq!(device.passkeys().await?.len(), 1);
    assert_eq!(bench.site.relying_party().passkeys_of("emil").len(), 1);
    Ok(())
}

pub(super) async fn no_passkey(bench: &mut Bench) -> Result<()> {
    let mut owner = bench.device("owner")?;
    register(bench, &mut owner, RegistrationRequest::of("olga")).await?;

    let mut device = bench.device("empty-handed")?;
    let ceremony = bench
        .show(&Ask::SignIn(AuthenticationRequest::of("olga")))
        .await?;
    let run = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable(PIN))?;
    let events = run.events().clone();
    disagreed(ceremony.page, run, "NotAllowedError", "no_passkey", 11).await?;
    assert!(
        events.text().contains(r#""event":"question""#),
        "told without asking"
    );
    Ok(())
}

pub(super) async fn refusal(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("refusal")?;
    set_up_pin(bench, &mut device, "rita").await?;
    let ceremony = bench
        .show(&Ask::Register(RegistrationRequest::of("rolf")))
        .await?;
    let mut run = device.authenticate(Code::Text(&ceremony.code), 0, Person::AtTerminal)?;
    run.terminal()?.read("localhost").await?;
    run.terminal()?.answer("Approve?", "n").await?;

    disagreed(ceremony.page, run, "NotAllowedError", "refused", 3).await?;
    only_passkey_is(&mut device, "rita").await?;
    assert!(bench.site.relying_party().passkeys_of("rolf").is_empty());
    Ok(())
}

pub(super) async fn cancelled(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("cancelled")?;
    set_up_pin(bench, &mut device, "carla").await?;
    let ceremony = bench
        .show(&Ask::Register(RegistrationRequest::of("carlo")))
        .await?;
    let mut run = device.authenticate(Code::Text(&ceremony.code), 0, Person::AtTerminal)?;
    run.terminal()?.read("Approve?").await?;

    bench.chromium.stop().await?;
    run.event("withdrawn").await?;
    disagreed(ceremony.page, run, "AbortError", "withdrawn", 4).await?;
    only_passkey_is(&mut device, "carla").await?;
    assert!(bench.site.relying_party().passkeys_of("carlo").is_empty());
    Ok(())
}

pub(super) async fn wrong_pin(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("wrong-pin")?;
    register(bench, &mut device, RegistrationRequest::of("wilma")).await?;
    let ceremony = bench
        .show(&Ask::SignIn(AuthenticationRequest::of("wilma")))
        .await?;
    let mut run = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable("3141"))?;
    run.event("pin_rejected").await?;
    disagreed(ceremony.page, run, "NotAllowedError", "pin_wrong", 10).await?;
    Ok(())
}

pub(super) async fn corrected_pin(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("corrected-pin")?;
    register(bench, &mut device, RegistrationRequest::of("winnie")).await?;
    let ceremony = bench
        .show(&Ask::SignIn(AuthenticationRequest::of("winnie")))
        .await?;
    let mut run = device.authenticate(Code::Text(&ceremony.code), 0, Person::AtTerminal)?;
    run.terminal()?.answer("Approve?", "y").await?;
    run.terminal()?.answer("PIN", "3141").await?;
    let rejected = run.event("pin_rejected").await?;
    assert!(
        rejected["tries_left"].as_u64().is_some_and(|left| left > 0),
        "{rejected}"
    );
    run.terminal()?.answer("PIN", PIN).await?;
    let shown = run.terminal()?.shown();
    assert!(
        !shown.contains(PIN) && !shown.contains("3141"),
        "a PIN shows on the terminal"
    );

    assert_eq!(agreed(ceremony.page, run).await?.verdict["account"], "winnie");
    Ok(())
}

pub(super) async fn used_twice(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("used-twice")?;
    let ceremony = bench.show(&Ask::Register(RegistrationRequest::of("ute"))).await?;
    let run = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable(PIN))?;
    agreed(ceremony.page, run).await?;

    let again = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable(PIN))?;
    let events = again.events().clone();
    ended(again.outcome().await?, "code_used", 5);
    assert!(!events.text().contains("on_air"), "went on air with a used code");
    Ok(())
}

pub(super) async fn too_old(bench: &mut Bench) -> Result<()> {
    untimely(bench, "too-old", -3600, "code_too_old").await
}

pub(super) async fn from_the_future(bench: &mut Bench) -> Result<()> {
    untimely(bench, "future", 3600, "code_from_the_future").await
}

/// A code made at another time is refused before anything goes out; the browser still shows its own.
pub(super) async fn untimely(bench: &mut Bench, name: &str, seconds: i64, code: &str) -> Result<()> {
    let mut device = bench.device(name)?;
    let ceremony = bench.show(&Ask::Register(RegistrationRequest::of(name))).await?;
    let other = moved_in_time(&ceremony.code, seconds)?;
    let run = device.authenticate(Code::Text(&other), 0, Person::Agreeable(PIN))?;
    let events = run.events().clone();
    ended(run.outcome().await?, code, 5);
    assert!(
        !events.text().contains("tunnel_open") && !events.text().contains("on_air"),
        "went out all the same"
    );
    give_up(bench, ceremony).await
}
