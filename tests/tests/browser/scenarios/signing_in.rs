//! Ceremonies that go well: they end with a verdict of the relying party.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use roamkey_testkit::bluez::AdvertData;
use roamkey_testkit::relying_party::{Algorithm, AuthenticationRequest, PrfInput, RegistrationRequest};
use roamkey_tests::Result;
use roamkey_tests::bench::{Ask, Bench};
use roamkey_tests::device::{Code, PIN, Person};
use serde_json::{Value, json};

use super::steps::{agreed, complete, digits, nothing_private_in_the_logs, register, sign_in, text};

pub(super) async fn registers(bench: &mut Bench) -> Result<()> {
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

pub(super) async fn signs_in_with_an_allow_list(bench: &mut Bench) -> Result<()> {
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

pub(super) async fn signs_in_with_the_second_account(bench: &mut Bench) -> Result<()> {
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

pub(super) async fn prf(bench: &mut Bench) -> Result<()> {
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

pub(super) async fn large_blob(bench: &mut Bench) -> Result<()> {
    let mut device = bench.device("large-blob")?;
    let wish = RegistrationRequest {
        large_blob: Some(json!({ "support": "required" })),
        ..RegistrationRequest::of("lena")
    };
    let registered = complete(bench, &mut device, Ask::Register(wish)).await?;
    assert_eq!(registered.large_blob, Some(json!({ "supported": true })));

    // Chromium lets a page write 2 KiB at most.
    let kept = URL_SAFE_NO_PAD.encode("kept with the passkey ".repeat(90));
    for (input, output) in [
        (json!({ "write": kept }), json!({ "written": true })),
        (json!({ "read": true }), json!({ "blob": kept })),
    ] {
        let wish = AuthenticationRequest {
            large_blob: Some(input),
            ..AuthenticationRequest::of("lena")
        };
        let signed_in = sign_in(bench, &mut device, wish).await?;
        assert_eq!(signed_in.large_blob, Some(output));
    }
    Ok(())
}

pub(super) async fn algorithm(bench: &mut Bench, algorithm: Algorithm) -> Result<()> {
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

pub(super) async fn by_way_of(bench: &mut Bench, tunnel: u16) -> Result<()> {
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

/// Other devices' adverts: of other services, empty, too short, and of the right form under another key.
pub(super) async fn strangers(bench: &mut Bench) -> Result<()> {
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
