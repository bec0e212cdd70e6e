//! What people do with the app. Each looks at the window and at what the browser's page is told.

use std::path::Path;

use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest};
use roamkey_tests::Result;
use roamkey_tests::bench::{Ask, Bench};
use roamkey_tests::chromium::PageOutcome;
use roamkey_tests::code::moved_in_time;
use roamkey_tests::process::{Process, bound_to_this_thread};

use crate::person::{APP, Look, PIN, Person};

pub(crate) type Place<'a> = (&'a mut Bench, &'a Path);

pub(crate) fn register(account: &str) -> Ask {
    Ask::Register(RegistrationRequest::of(account))
}

/// Creates a passkey by way of a pasted code.
pub(crate) async fn creates(bench: &mut Bench, person: &Person, account: &str) -> Result<()> {
    let ceremony = bench.show(&register(account)).await?;
    person.pastes(&ceremony.code).await?;
    person.approves("Create passkey").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, account)?;
    person.window.click("Done").await
}

/// The first start, a passkey and a sign-in, with the code taken off the screen by the app; every screen is kept as a
/// picture.
pub(crate) async fn whole_way((bench, folder): Place<'_>, look: Look) -> Result<()> {
    let account = format!("anna-{look:?}");
    let pictures = folder.join("pictures").join(format!("{look:?}").to_lowercase());
    let person = Person::new(bench, folder, look).await?.with_pictures(pictures)?;
    person.begins().await?;

    let ceremony = bench.show(&register(&account)).await?;
    person.window.click("Look on this screen").await?;
    person.window.reads("It was found on this screen").await?;
    assert_eq!(person.window.focus().await?, "Cancel");
    person.picture("found").await?;
    person.window.click("I started this: continue").await?;
    person
        .window
        .reads("wants to create a passkey on this device")
        .await?;
    assert_eq!(person.window.focus().await?, "Cancel");
    person.window.reads("localhost").await?;
    person.picture("question-create").await?;
    person.window.click("Create passkey").await?;
    person.window.reads("Enter your PIN").await?;
    person.picture("question-pin").await?;
    person.window.keys(&format!("{PIN}\u{e007}")).await?;
    person.window.reads("Passkey created").await?;
    person.picture("done").await?;
    agreed(ceremony.page.outcome().await?, &account)?;
    person.window.click("Done").await?;

    let ceremony = bench
        .show(&Ask::SignIn(AuthenticationRequest::discoverable()))
        .await?;
    person.window.click("Look on this screen").await?;
    person.window.click("I started this: continue").await?;
    person.window.reads("wants you to sign in").await?;
    person.window.reads(&account).await?;
    person.picture("question-sign-in").await?;
    person.approves("Sign in").await?;
    person.window.reads("Signed in").await?;
    agreed(ceremony.page.outcome().await?, &account)?;

    person.window.click("Passkeys").await?;
    person.window.reads("1 passkey").await?;
    person
        .window
        .script("document.querySelector('[role=option]').click()")
        .await?;
    person.window.reads("Times used").await?;
    person.picture("passkeys").await?;
    person.window.close().await
}

pub(crate) async fn refuses((bench, folder): Place<'_>) -> Result<()> {
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("rolf")).await?;
    person.pastes(&ceremony.code).await?;
    person.window.reads("wants to create a passkey").await?;
    // Return, on what has the focus: Cancel.
    person.window.keys("\u{e007}").await?;
    person.window.shows("[data-code=refused]").await?;
    refused(ceremony.page.outcome().await?, "NotAllowedError")?;
    nothing_was_created(bench, "rolf")?;
    person.window.close().await
}

pub(crate) async fn browser_cancels((bench, folder): Place<'_>) -> Result<()> {
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("carlo")).await?;
    person.pastes(&ceremony.code).await?;
    person.window.reads("wants to create a passkey").await?;
    bench.chromium.stop().await?;
    person.window.shows("[data-code=withdrawn]").await?;
    refused(ceremony.page.outcome().await?, "AbortError")?;
    nothing_was_created(bench, "carlo")?;
    person.window.close().await
}

pub(crate) async fn wrong_pin((bench, folder): Place<'_>) -> Result<()> {
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("wilma")).await?;
    person.pastes(&ceremony.code).await?;
    person.window.click("Create passkey").await?;
    person.window.fill("#pin", "3141").await?;
    person.window.click("Approve").await?;
    person.window.reads("This is not the PIN.").await?;
    person.window.fill("#pin", PIN).await?;
    person.window.click("Approve").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, "wilma")?;
    person.window.close().await
}

pub(crate) async fn bluetooth_off((bench, folder): Place<'_>) -> Result<()> {
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("boris")).await?;
    bench.bluez.set_powered(1, 0, false);
    person.pastes(&ceremony.code).await?;
    person.window.shows("[data-code=bluetooth_off]").await?;
    person.window.reads("Switch it on").await?;
    // The status says so too, until it is on again.
    person.window.shows("section.problem").await?;
    bench.bluez.set_powered(1, 0, true);
    person.window.click("Try again").await?;
    person.window.shows("section.ready").await?;
    // Nothing went on air, so the same code still works.
    person.window.click("Start again").await?;
    person.pastes(&ceremony.code).await?;
    person.approves("Create passkey").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, "boris")?;
    person.window.close().await
}

pub(crate) async fn tunnel_down((bench, folder): Place<'_>) -> Result<()> {
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("tilda")).await?;
    bench.server.kill().await?;
    person.pastes(&ceremony.code).await?;
    person.window.shows("[data-code=tunnel_unreachable]").await?;
    let text = person
        .window
        .script("return document.querySelector('pre').textContent")
        .await?
        .to_string();
    assert!(
        text.contains("code: tunnel_unreachable") && !text.contains("FIDO"),
        "{text}"
    );
    bench.chromium.stop().await?;
    refused(ceremony.page.outcome().await?, "AbortError")?;
    person.window.close().await
}

pub(crate) async fn codes_that_are_none((bench, folder): Place<'_>) -> Result<()> {
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("otto")).await?;
    for (code, told) in [
        (
            moved_in_time(&ceremony.code, -3600)?,
            "The sign-in code is too old.",
        ),
        (moved_in_time(&ceremony.code, 3600)?, "made in the future"),
        ("https://example.org/".to_owned(), "This is not a sign-in code."),
    ] {
        person.window.fill("#code", &code).await?;
        person.window.click("Use it").await?;
        person.window.reads(told).await?;
    }
    bench.chromium.stop().await?;
    refused(ceremony.page.outcome().await?, "AbortError")?;
    person.window.close().await
}

/// A link that another program opens starts the app a second time; the first takes it up and asks.
pub(crate) async fn link((bench, folder): Place<'_>) -> Result<()> {
    let person = Person::new(bench, folder, Look::Light).await?;
    person.begins().await?;
    let ceremony = bench.show(&register("linda")).await?;
    let mut second = bound_to_this_thread(APP);
    second.envs(person.environment.iter().map(|(name, value)| (name, value)));
    second.arg(ceremony.code.to_lowercase());
    let mut second = Process::start("second-start", second, folder)?;
    let status = second.ended(std::time::Duration::from_secs(20)).await?;
    assert!(status.success(), "{status}: {}", second.err().text());
    person.window.reads("Another program opened it as a link").await?;
    assert_eq!(person.window.focus().await?, "Cancel");
    person.window.click("I started this: continue").await?;
    person.approves("Create passkey").await?;
    person.window.reads("Passkey created").await?;
    agreed(ceremony.page.outcome().await?, "linda")?;
    person.window.close().await
}

pub(crate) fn agreed(outcome: PageOutcome, account: &str) -> Result<()> {
    match outcome {
        PageOutcome::Done { verdict, .. } if verdict["account"] == account => Ok(()),
        other @ (PageOutcome::Done { .. } | PageOutcome::Refused { .. }) => {
            Err(format!("the page was told {other:?}").into())
        }
    }
}

pub(crate) fn refused(outcome: PageOutcome, wanted: &str) -> Result<()> {
    match outcome {
        PageOutcome::Refused { error } if error == wanted => Ok(()),
        other @ (PageOutcome::Done { .. } | PageOutcome::Refused { .. }) => {
            Err(format!("the page was told {other:?}, not {wanted}").into())
        }
    }
}

pub(crate) fn nothing_was_created(bench: &Bench, account: &str) -> Result<()> {
    let known = bench.site.relying_party().passkeys_of(account).len();
    if known == 0 {
        Ok(())
    } else {
        Err("the site knows a passkey".into())
    }
}
