//! The scenarios, one test each.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libtest_mimic::Trial;
use roamkey_testkit::bluez::AdvertData;
use roamkey_testkit::relying_party::{Algorithm, AuthenticationRequest, PrfInput, RegistrationRequest};
use roamkey_tests::Result;
use roamkey_tests::bench::{Ask, Bench, Ceremony, TUNNELS};
use roamkey_tests::chromium::{PageCeremony, PageOutcome};
use roamkey_tests::code::moved_in_time;
use roamkey_tests::device::{Code, Device, Outcome, PIN, Person, Run};
use serde_json::Value;

use crate::Stage;

/// Every scenario, in the order in which they play.
pub(crate) fn all(stage: &Stage) -> Vec<Trial> {
    let mut trials = vec![
        stage.trial("registers_with_the_code_read_from_a_picture", registers),
        stage.trial("signs_in_with_an_allow_list", signs_in_with_an_allow_list),
        stage.trial(
            "signs_in_with_the_second_of_two_accounts",
            signs_in_with_the_second_account,
        ),
        stage.trial("prf_gives_the_page_the_same_output_twice", prf),
        stage.trial("es256_registers_and_signs_in", async |bench: &mut Bench| {
            algorithm(bench, Algorithm::Es256).await
        }),
        stage.trial("eddsa_registers_and_signs_in", async |bench: &mut Bench| {
            algorithm(bench, Algorithm::EdDsa).await
        }),
        stage.trial("exclude_list_makes_no_second_passkey", exclude_list),
        stage.trial("no_passkey_is_told_only_after_the_person_agreed", no_passkey),
        stage.trial("refusal_creates_nothing", refusal),
        stage.trial("cancelling_in_the_browser_withdraws_the_question", cancelled),
        stage.trial("crash_during_the_question_creates_nothing", crash),
        stage.trial("wrong_pin_is_refused", wrong_pin),
        stage.trial("wrong_pin_may_be_corrected", corrected_pin),
        stage.trial(
            "bluetooth_that_is_off_is_told_and_nothing_goes_out",
            bluetooth_off,
        ),
        stage.trial(
            "keyring_that_is_locked_is_told_and_nothing_is_signed",
            keyring_locked,
        ),
        stage.trial("strangers_on_air_do_no_harm", strangers),
        stage.trial("code_is_used_once", used_twice),
        stage.trial("code_that_is_too_old_is_refused", too_old),
        stage.trial("code_from_the_future_is_refused", from_the_future),
        stage.trial("tunnel_service_that_is_gone_is_told_at_once", server_gone_before),
        stage.trial(
            "tunnel_service_that_goes_during_the_question_ends_it",
            server_gone_during,
        ),
    ];
    for (name, tunnel) in [
        "tunnel_service_0",
        "tunnel_service_1",
        "tunnel_service_266",
        "tunnel_service_65535",
    ]
    .into_iter()
    .zip(TUNNELS)
    {
        trials.push(stage.trial(name, async move |bench: &mut Bench| {
            by_way_of(bench, tunnel).await
        }));
    }
    trials
}

async fn registers(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("registers")?;
    let ceremony = bench
        .show(&Ask::Register(RegistrationRequest::of("regina")))
        .await?;

    let run = device.authenticate(Code::Picture(&ceremony.picture), 0, Person::Agreeable(PIN))?;
    let verdict = agreed(ceremony.page, run).await?.verdict;

    assert_eq!(verdict["account"], "regina");
    assert_eq!(verdict["user_verified"], true);
    assert_eq!(
        (&verdict["attestation"], &verdict["sign_count"]),
        (&"none".into(), &0.into())
    );
    assert_eq!(device.passkeys().await?.len(), 1);
    nothing_private_in_the_logs(&device, &["regina", digits(&ceremony.code)])
}

async fn signs_in_with_an_allow_list(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("allow-list")?;
    let registered = register(bench, &mut device, RegistrationRequest::of("alice")).await?;

    let verdict = sign_in(bench, &mut device, AuthenticationRequest::of("alice"))
        .await?
        .verdict;
    assert_eq!(
        (&verdict["account"], &verdict["discoverable"]),
        (&"alice".into(), &false.into())
    );
    assert_eq!(verdict["credential_id"], registered["credential_id"]);
    nothing_private_in_the_logs(&device, &["alice", text(&registered["credential_id"])])
}

async fn signs_in_with_the_second_account(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("two-accounts")?;
    for account in ["anna", "bertha"] {
        register(bench, &mut device, RegistrationRequest::of(account)).await?;
    }
    for number in ["1", "2"] {
        let ceremony = bench
            .show(&Ask::SignIn(AuthenticationRequest::discoverable()))
            .await?;
        let mut run = device.authenticate(Code::Text(&ceremony.code), 0, Person::AtTerminal)?;
        let question = run.event("question").await?;
        let offered = question["accounts"]
            .as_array()
            .ok_or("no accounts in the question")?
            .clone();
        assert_eq!(offered.len(), 2);
        run.terminal()?.answer("which account?", number).await?;
        run.terminal()?.answer("PIN", PIN).await?;

        let verdict = agreed(ceremony.page, run).await?.verdict;
        let chosen = &offered[number.parse::<usize>()? - 1];
        assert_eq!(
            verdict["account"], chosen["name"],
            "account {number} of {offered:?}"
        );
        assert_eq!(
            (&verdict["discoverable"], &verdict["user_handle"]),
            (&true.into(), &true.into())
        );
    }
    Ok(())
}

async fn prf(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("prf")?;
    let input = |text: &str| {
        Some(PrfInput {
            first: Some(URL_SAFE_NO_PAD.encode(text)),
            second: None,
        })
    };
    let first = |prf: Option<Value>| -> Result<Vec<u8>> {
        let output = URL_SAFE_NO_PAD.decode(text(&prf.ok_or("the page got no PRF output")?["first"]))?;
        assert_eq!(output.len(), 32);
        Ok(output)
    };
    let wish = RegistrationRequest {
        prf: input("one"),
        ..RegistrationRequest::of("petra")
    };
    let registered = complete(bench, &mut device, Ask::Register(wish)).await?;
    assert_eq!(registered.verdict["prf_enabled"], true);
    let at_registration = first(registered.prf)?;

    for (salt, same) in [("one", true), ("one", true), ("two", false)] {
        let wish = AuthenticationRequest {
            prf: input(salt),
            ..AuthenticationRequest::of("petra")
        };
        let output = first(sign_in(bench, &mut device, wish).await?.prf)?;
        assert_eq!(
            output == at_registration,
            same,
            "the output of {salt:?}, beside that of \"one\""
        );
    }
    Ok(())
}

/// Other devices' adverts: of other services, empty, too short, and of the right form under another key.
async fn strangers(bench: &mut Bench) -> Result<()> {
    let adverts = [("fff9", 20), ("fff9", 0), ("fff9", 19), ("fde2", 20), ("180f", 1)];
    let on_air: Vec<_> = adverts
        .into_iter()
        .map(|(uuid, length)| {
            bench
                .bluez
                .inject(AdvertData::of_service(uuid, &vec![0xA5; length]))
        })
        .collect();
    let mut device = bench.device("strangers")?;
    let registered = register(bench, &mut device, RegistrationRequest::of("stella")).await;
    for advert in on_air {
        bench.bluez.withdraw(advert);
    }
    assert_eq!(registered?["account"], "stella");
    Ok(())
}

async fn algorithm(bench: &mut Bench, algorithm: Algorithm) -> Result<()> {
    let account = format!("{algorithm:?}");
    let mut device = bench.device(&account)?;
    let wish = RegistrationRequest {
        algorithms: vec![algorithm],
        ..RegistrationRequest::of(&account)
    };
    let registered = register(bench, &mut device, wish).await?;
    assert_eq!(registered["algorithm"], serde_json::to_value(algorithm)?);
    let verdict = sign_in(bench, &mut device, AuthenticationRequest::of(&account))
        .await?
        .verdict;
    assert_eq!(verdict["account"], account.as_str());
    Ok(())
}

async fn exclude_list(bench: &mut Bench) -> Result<()> {
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

async fn no_passkey(bench: &mut Bench) -> Result<()> {
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

async fn refusal(bench: &mut Bench) -> Result<()> {
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

async fn cancelled(bench: &mut Bench) -> Result<()> {
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

async fn crash(bench: &mut Bench) -> Result<()> {
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

async fn wrong_pin(bench: &mut Bench) -> Result<()> {
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

async fn corrected_pin(bench: &mut Bench) -> Result<()> {
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

async fn used_twice(bench: &mut Bench) -> Result<()> {
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

async fn too_old(bench: &mut Bench) -> Result<()> {
    untimely(bench, "too-old", -3600, "code_too_old").await
}

async fn from_the_future(bench: &mut Bench) -> Result<()> {
    untimely(bench, "future", 3600, "code_from_the_future").await
}

/// A code made at another time is refused before anything goes out; the browser still shows its own.
async fn untimely(bench: &mut Bench, name: &str, seconds: i64, code: &str) -> Result<()> {
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

async fn bluetooth_off(bench: &mut Bench) -> Result<()> {
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

async fn keyring_locked(bench: &mut Bench) -> Result<()> {
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

async fn server_gone_before(bench: &mut Bench) -> Result<()> {
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

async fn server_gone_during(bench: &mut Bench) -> Result<()> {
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

async fn by_way_of(bench: &mut Bench, tunnel: u16) -> Result<()> {
    let account = format!("tunnel-{tunnel}");
    let mut device = bench.device(&account)?;
    let ceremony = bench
        .show(&Ask::Register(RegistrationRequest::of(&account)))
        .await?;
    let run = device.authenticate(Code::Text(&ceremony.code), tunnel, Person::Agreeable(PIN))?;
    assert_eq!(
        agreed(ceremony.page, run).await?.verdict["account"],
        account.as_str()
    );
    Ok(())
}

/// What the page and its server make of a sign-in.
struct SignedIn {
    verdict: Value,
    prf: Option<Value>,
}

async fn register(bench: &mut Bench, device: &mut Device, wish: RegistrationRequest) -> Result<Value> {
    Ok(complete(bench, device, Ask::Register(wish)).await?.verdict)
}

async fn sign_in(bench: &mut Bench, device: &mut Device, wish: AuthenticationRequest) -> Result<SignedIn> {
    complete(bench, device, Ask::SignIn(wish)).await
}

/// A ceremony in which everybody agrees, and its times.
async fn complete(bench: &mut Bench, device: &mut Device, ask: Ask) -> Result<SignedIn> {
    let ceremony = bench.show(&ask).await?;
    let began = Instant::now();
    let run = device.authenticate(Code::Text(&ceremony.code), 0, Person::Agreeable(PIN))?;
    let signed_in = agreed(ceremony.page, run).await?;
    println!(
        "  code read after {} ms, all done {} ms later",
        ceremony.shown_after.as_millis(),
        began.elapsed().as_millis()
    );
    Ok(signed_in)
}

/// Gives the device its PIN, by way of one passkey.
async fn set_up_pin(bench: &mut Bench, device: &mut Device, account: &str) -> Result<()> {
    register(bench, device, RegistrationRequest::of(account))
        .await
        .map(drop)
}

/// Ends a ceremony that nobody answered.
async fn give_up(bench: &Bench, ceremony: Ceremony) -> Result<()> {
    bench.chromium.stop().await?;
    refused(ceremony.page.outcome().await?, "AbortError");
    Ok(())
}

async fn only_passkey_is(device: &mut Device, account: &str) -> Result<()> {
    let passkeys = device.passkeys().await?;
    assert_eq!(passkeys.len(), 1, "{passkeys:?}");
    assert!(passkeys[0].to_string().contains(account), "{passkeys:?}");
    Ok(())
}

/// The end of a ceremony that went well on both sides. The device's side comes first: it knows more.
async fn agreed(page: PageCeremony, run: Run) -> Result<SignedIn> {
    let outcome = run.outcome().await?;
    if !outcome.ok {
        return Err(format!("roamkey: {outcome:?}").into());
    }
    match page.outcome().await? {
        PageOutcome::Done { verdict, prf } => Ok(SignedIn { verdict, prf }),
        PageOutcome::Refused { error } => {
            Err(format!("roamkey says all went well, the page got {error}").into())
        }
    }
}

/// The end of a ceremony that did not: what the page is told, what the person is told, the exit code.
async fn disagreed(page: PageCeremony, run: Run, error: &str, code: &str, exit: i32) -> Result<()> {
    ended(run.outcome().await?, code, exit);
    refused(page.outcome().await?, error);
    Ok(())
}

#[track_caller]
fn refused(page: PageOutcome, error: &str) {
    assert_eq!(
        page,
        PageOutcome::Refused {
            error: error.to_owned()
        }
    );
}

#[track_caller]
fn ended(outcome: Outcome, code: &str, exit: i32) {
    assert_eq!(
        outcome,
        Outcome {
            ok: false,
            code: code.to_owned(),
            exit
        }
    );
}

/// Not even at the highest level do logs name a site, an account, a credential or a code (design, invariant 5).
fn nothing_private_in_the_logs(device: &Device, private: &[&str]) -> Result<()> {
    let logs = device.logs()?;
    for word in private.iter().chain(&["localhost", PIN]) {
        assert!(!logs.contains(word), "the logs hold {word:?}:\n{logs}");
    }
    Ok(())
}

fn digits(code: &str) -> &str {
    code.trim_start_matches("FIDO:/")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
