//! Exports and copies: readable ones only after a warning and a verification.

use roamkey_app::action::{SafetyAction, WizardKind};
use roamkey_app::view::{Check, CopyUnder, Export, ExportKind, PinProblem, TakeIn, Wants, Wizard};
use roamkey_device::{ErrorCode, OsVerificationError};

use crate::stage::*;

async fn at(stage: &Stage, wanted: impl Fn(&Export) -> bool) -> Export {
    let is = |wizard: &Wizard| matches!(wizard, Wizard::Export(step) if wanted(step));
    match stage.wizard(is).await {
        Wizard::Export(step) => step,
        _ => panic!("another wizard"),
    }
}

fn choose(stage: &Stage, kind: ExportKind) {
    stage.open(WizardKind::Export);
    stage.safety(SafetyAction::ChooseExport { kind });
}

fn type_pin(stage: &Stage, pin: &str) {
    stage.safety(SafetyAction::TypePin { pin: typed(pin) });
}

#[tokio::test]
async fn an_encrypted_export_asks_only_where_it_goes() {
    let stage = Stage::with_passkeys(2).await;
    choose(&stage, ExportKind::Age);
    stage.answers(Ok(None));
    // Without recovery there is nobody to encrypt for; that is said after the place was chosen at the latest.
    at(&stage, |step| {
        matches!(
            step,
            Export::Choose {
                can_encrypt: false,
                ..
            }
        )
    })
    .await;
    stage.back_up(WORDS, "stick").await;
    choose(&stage, ExportKind::Age);
    stage.chooses(stage.at("out.age"));
    at(
        &stage,
        |step| matches!(step, Export::Done { kind: ExportKind::Age, file } if file.passkeys == 2),
    )
    .await;
    let file = std::fs::read(stage.at("out.age")).unwrap();
    assert!(file.starts_with(b"age-encryption.org/v1"));
}

#[tokio::test]
async fn a_readable_export_comes_after_the_warning_and_the_right_pin_only() {
    let stage = Stage::with_passkeys(2).await;
    stage.set_pin().await;
    for (kind, name) in [(ExportKind::Cxf, "out.json"), (ExportKind::KeePassXc, "out")] {
        choose(&stage, kind);
        at(&stage, |step| matches!(step, Export::Warn { passkeys: 2, .. })).await;
        type_pin(&stage, PIN);
        assert!(
            matches!(stage.app.view().wizard, Wizard::Export(Export::Warn { .. })),
            "not yet asked for"
        );
        stage.safety(SafetyAction::AcceptWarning);
        let asks = |step: &Export, told: Option<PinProblem>| matches!(step, Export::Verify { check: Check::TypePin { problem }, .. } if *problem == told);
        at(&stage, |step| asks(step, None)).await;
        type_pin(&stage, "0000");
        at(&stage, |step| {
            asks(step, Some(PinProblem::Wrong { tries_left: 7 }))
        })
        .await;
        type_pin(&stage, "1");
        at(&stage, |step| asks(step, Some(PinProblem::Unfit))).await;
        assert!(!stage.at(name).exists());
        stage.chooses(stage.at(name));
        type_pin(&stage, PIN);
        at(
            &stage,
            |step| matches!(step, Export::Done { kind: done, file } if *done == kind && file.passkeys == 2),
        )
        .await;
        assert!(stage.at(name).exists());
        stage.safety(SafetyAction::Leave);
    }
    let text = std::fs::read_to_string(stage.at("out.json")).unwrap();
    assert!(text.contains("site-1.example"));
    assert_eq!(std::fs::read_dir(stage.at("out")).unwrap().count(), 2);
}

#[tokio::test]
async fn a_refused_verification_writes_nothing() {
    let stage = Stage::with_system(Err(OsVerificationError::Dismissed));
    stage.create(1);
    stage.reread().await;
    stage.app.act(roamkey_app::action::Action::Go {
        place: roamkey_app::view::Place::Settings,
    });
    std::fs::write(stage.at("data/settings.toml"), "verification = \"os\"\n").unwrap();
    choose(&stage, ExportKind::Cxf);
    stage.safety(SafetyAction::AcceptWarning);
    let told = |step: &Export| matches!(step, Export::Choose { problem: Some(code), .. } if code.0 == ErrorCode::Refused);
    at(&stage, told).await;
}

#[tokio::test]
async fn without_any_verification_nothing_readable_leaves() {
    let stage = Stage::with_passkeys(1).await;
    choose(&stage, ExportKind::KeePassXc);
    stage.safety(SafetyAction::AcceptWarning);
    let told = |step: &Export| matches!(step, Export::Choose { problem: Some(code), .. } if code.0 == ErrorCode::PinNotSet);
    at(&stage, told).await;
}

#[tokio::test]
async fn whoever_closes_the_dialog_is_verified_anew_and_nothing_is_overwritten() {
    let stage = Stage::with_passkeys(1).await;
    stage.set_pin().await;
    let verified = async || {
        choose(&stage, ExportKind::Cxf);
        stage.safety(SafetyAction::AcceptWarning);
        at(&stage, |step| {
            matches!(
                step,
                Export::Verify {
                    check: Check::TypePin { .. },
                    ..
                }
            )
        })
        .await;
        type_pin(&stage, PIN);
    };
    stage.answers(Ok(None));
    verified().await;
    at(&stage, |step| {
        matches!(step, Export::Choose { problem: None, .. })
    })
    .await;
    std::fs::write(stage.at("there.json"), "mine").unwrap();
    stage.chooses(stage.at("there.json"));
    verified().await;
    let told = |step: &Export| matches!(step, Export::Choose { problem: Some(code), .. } if code.0 == ErrorCode::FileExists);
    at(&stage, told).await;
    assert_eq!(std::fs::read_to_string(stage.at("there.json")).unwrap(), "mine");
}

#[tokio::test]
async fn a_copy_wants_a_passphrase_that_withstands_and_opens_with_it_alone() {
    let stage = Stage::with_passkeys(1).await;
    stage.open(WizardKind::Copy);
    let write = |passphrase: &str| {
        stage.safety(SafetyAction::WriteCopy {
            passphrase: typed(passphrase),
        })
    };
    write("hunter2");
    let Wizard::Copy(CopyUnder::Choose { problem: Some(code) }) = stage.app.view().wizard else {
        panic!()
    };
    assert_eq!(code.0, ErrorCode::PassphraseWeak);
    let passphrase = "ledger puppet marsh canine umbrella";
    assert!(App::strength(&typed(passphrase)).enough && !App::strength(&typed("hunter2")).enough);
    stage.chooses(stage.at("copy.age"));
    write(passphrase);
    stage
        .wizard(|wizard| matches!(wizard, Wizard::Copy(CopyUnder::Done(file)) if file.passkeys == 1))
        .await;
    stage.safety(SafetyAction::Leave);

    let fresh = Stage::new();
    started(&fresh.app).await;
    fresh.open(WizardKind::Restore);
    fresh.chooses(stage.at("copy.age"));
    fresh.safety(SafetyAction::ChooseFile);
    let asks = |wizard: &Wizard, told: Option<ErrorCode>| matches!(wizard, Wizard::Restore(TakeIn::Unlock { wants: Wants::Passphrase, problem, .. }) if problem.map(|code| code.0) == told);
    fresh.wizard(|wizard| asks(wizard, None)).await;
    fresh.safety(SafetyAction::Unlock {
        secret: typed("another one entirely"),
    });
    fresh
        .wizard(|wizard| asks(wizard, Some(ErrorCode::FilePassphraseWrong)))
        .await;
    fresh.safety(SafetyAction::Unlock {
        secret: typed(passphrase),
    });
    fresh
        .wizard(|wizard| matches!(wizard, Wizard::Restore(TakeIn::Plan(plan)) if plan.new == 1))
        .await;
}
