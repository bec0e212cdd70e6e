//! What several scenarios do.

use std::time::Instant;

use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest};
use roamkey_tests::Result;
use roamkey_tests::bench::{Ask, Bench, Ceremony};
use roamkey_tests::chromium::{PageCeremony, PageOutcome};
use roamkey_tests::device::{Code, Device, Outcome, PIN, Person, Run};
use serde_json::Value;

/// What the page and its server make of a sign-in.
pub(super) struct SignedIn {
    /// The server's verdict.
    pub(super) verdict: Value,
    /// The PRF outputs.
    pub(super) prf: Option<Value>,
    /// The outputs of `largeBlob`.
    pub(super) large_blob: Option<Value>,
}

pub(super) async fn register(
    bench: &mut Bench,
    device: &mut Device,
    wish: RegistrationRequest,
) -> Result<Value> {
    Ok(complete(bench, device, Ask::Register(wish)).await?.verdict)
}

pub(super) async fn sign_in(
    bench: &mut Bench,
    device: &mut Device,
    wish: AuthenticationRequest,
) -> Result<SignedIn> {
    complete(bench, device, Ask::SignIn(wish)).await
}

/// A ceremony in which everybody agrees, and its times.
pub(super) async fn complete(bench: &mut Bench, device: &mut Device, ask: Ask) -> Result<SignedIn> {
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
pub(super) async fn set_up_pin(bench: &mut Bench, device: &mut Device, account: &str) -> Result<()> {
    register(bench, device, RegistrationRequest::of(account))
        .await
        .map(drop)
}

/// Ends a ceremony that nobody answered.
pub(super) async fn give_up(bench: &Bench, ceremony: Ceremony) -> Result<()> {
    bench.chromium.stop().await?;
    refused(ceremony.page.outcome().await?, "AbortError");
    Ok(())
}

pub(super) async fn only_passkey_is(device: &mut Device, account: &str) -> Result<()> {
    let passkeys = device.passkeys().await?;
    assert_eq!(passkeys.len(), 1, "{passkeys:?}");
    assert!(passkeys[0].to_string().contains(account), "{passkeys:?}");
    Ok(())
}

/// The end of a ceremony that went well on both sides. The device's side comes first: it knows more.
pub(super) async fn agreed(page: PageCeremony, run: Run) -> Result<SignedIn> {
    let outcome = run.outcome().await?;
    if !outcome.ok {
        return Err(format!("roamkey: {outcome:?}").into());
    }
    match page.outcome().await? {
        PageOutcome::Done {
            verdict,
            prf,
            large_blob,
        } => Ok(SignedIn {
            verdict,
            prf,
            large_blob,
        }),
        PageOutcome::Refused { error } => {
            Err(format!("roamkey says all went well, the page got {error}").into())
        }
    }
}

/// The end of a ceremony that did not: what the page is told, what the person is told, the exit code.
pub(super) async fn disagreed(
    page: PageCeremony,
    run: Run,
    error: &str,
    code: &str,
    exit: i32,
) -> Result<()> {
    ended(run.outcome().await?, code, exit);
    refused(page.outcome().await?, error);
    Ok(())
}

#[track_caller]
pub(super) fn refused(page: PageOutcome, error: &str) {
    assert_eq!(
        page,
        PageOutcome::Refused {
            error: error.to_owned()
        }
    );
}

#[track_caller]
pub(super) fn ended(outcome: Outcome, code: &str, exit: i32) {
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
pub(super) fn nothing_private_in_the_logs(device: &Device, private: &[&str]) -> Result<()> {
    let logs = device.logs()?;
    for word in private.iter().chain(&["localhost", PIN]) {
        assert!(!logs.contains(word), "the logs hold {word:?}:\n{logs}");
    }
    Ok(())
}

pub(super) fn digits(code: &str) -> &str {
    code.trim_start_matches("FIDO:/")
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
