//! Taking passkeys in: from a backup on a fresh device, from other programs, and stopped in the middle.

use std::fs::File;
use std::path::{Path, PathBuf};

use roamkey_app::action::{SafetyAction, WizardKind};
use roamkey_app::view::{BackupFlags, EntryPlace, PlanRow, TakeIn, Wants, Wizard};
use roamkey_authenticator::CredentialStore as _;
use roamkey_device::ErrorCode;
use roamkey_device::exchange::import::Format;

use crate::stage::*;

fn step(wizard: &Wizard) -> Option<&TakeIn> {
    match wizard {
        Wizard::Restore(step) | Wizard::Import(step) => Some(step),
        _ => None,
    }
}

async fn at(stage: &Stage, wanted: impl Fn(&TakeIn) -> bool) -> TakeIn {
    let wizard = stage.wizard(|wizard| step(wizard).is_some_and(&wanted)).await;
    step(&wizard).unwrap().clone()
}

/// Opens the wizard with this file.
fn begin(stage: &Stage, wizard: WizardKind, file: impl Into<PathBuf>) {
    stage.open(wizard);
    stage.chooses(file);
    stage.safety(SafetyAction::ChooseFile);
}

fn unlock(stage: &Stage, secret: &str) {
    stage.safety(SafetyAction::Unlock {
        secret: typed(secret),
    });
}

async fn asks_for(stage: &Stage, wanted: Wants, told: Option<ErrorCode>) {
    at(stage, |step| {
        matches!(step, TakeIn::Unlock { wants, problem, .. } if *wants == wanted && problem.map(|code| code.0) == told)
    })
    .await;
}

async fn refused(stage: &Stage, code: ErrorCode) {
    at(
        stage,
        |step| matches!(step, TakeIn::ChooseFile { problem: Some(told), .. } if told.0 == code),
    )
    .await;
}

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../crates/exchange/vectors/import")
        .join(name)
}

#[tokio::test]
async fn a_backup_and_the_words_bring_every_passkey_back_on_a_fresh_device() {
    let lost = Stage::with_passkeys(3).await;
    let file = lost.back_up(WORDS, "stick").await;
    let stage = Stage::new();
    started(&stage.app).await;

    begin(&stage, WizardKind::Restore, &file);
    asks_for(&stage, Wants::Words, None).await;
    unlock(&stage, WORDS);
    let TakeIn::Plan(plan) = at(&stage, |step| matches!(step, TakeIn::Plan(_))).await else {
        panic!()
    };
    assert_eq!(
        (plan.held, plan.new, plan.same, plan.conflicts, plan.skipped),
        (0, 3, 0, 0, 0)
    );
    assert!(plan.made_at.is_some() && plan.format.0 == Format::Cxf);
    let rows = stage.app.plan();
    assert!(
        rows.len() == 3
            && matches!(&rows[0], PlanRow::New { site, name } if site.id == "site-1.example" && name == "alice-1")
    );
    assert!(stage.vault.list().unwrap().is_empty(), "a plan changes nothing");

    stage.safety(SafetyAction::Apply);
    at(&stage, |step| {
        matches!(
            step,
            TakeIn::Done {
                added: 3,
                failed: 0,
                not_tried: 0,
                ..
            }
        )
    })
    .await;
    assert!(stage.app.plan().is_empty(), "the plan is done");
    assert_eq!(
        stage.reread().await.counts.in_drilled_backup,
        3,
        "the backup was seen to work"
    );
    stage.safety(SafetyAction::Leave);

    begin(&stage, WizardKind::Restore, &file);
    asks_for(&stage, Wants::Words, None).await;
    unlock(&stage, WORDS);
    at(
        &stage,
        |step| matches!(step, TakeIn::Plan(plan) if (plan.held, plan.new, plan.same) == (3, 0, 3)),
    )
    .await;
}

#[tokio::test]
async fn a_restore_that_is_stopped_says_what_came_in_and_goes_on_the_next_time() {
    let lost = Stage::with_passkeys(120).await;
    let file = lost.back_up(WORDS, "stick").await;
    let stage = Stage::new();
    stage.create(200);
    stage.reread().await;
    begin(&stage, WizardKind::Restore, &file);
    asks_for(&stage, Wants::Words, None).await;
    unlock(&stage, WORDS);
    at(
        &stage,
        |step| matches!(step, TakeIn::Plan(plan) if plan.new == 120),
    )
    .await;

    // As long as another process changes the vault, the work waits at its beginning.
    let lock = File::options()
        .write(true)
        .open(stage.at("data/vault.lock"))
        .unwrap();
    lock.lock().unwrap();
    stage.safety(SafetyAction::Apply);
    at(&stage, |step| matches!(step, TakeIn::Working(_))).await;
    stage.safety(SafetyAction::Leave);
    at(
        &stage,
        |step| matches!(step, TakeIn::Working(progress) if progress.stopping),
    )
    .await;
    lock.unlock().unwrap();

    at(&stage, |step| {
        matches!(
            step,
            TakeIn::Done {
                added: 50,
                not_tried: 70,
                failed: 0,
                ..
            }
        )
    })
    .await;
    assert_eq!(stage.vault.list().unwrap().len(), 51);
    stage.safety(SafetyAction::Leave);
    begin(&stage, WizardKind::Restore, &file);
    asks_for(&stage, Wants::Words, None).await;
    unlock(&stage, WORDS);
    at(
        &stage,
        |step| matches!(step, TakeIn::Plan(plan) if (plan.new, plan.same) == (70, 50)),
    )
    .await;
    stage.safety(SafetyAction::Apply);
    at(&stage, |step| {
        matches!(
            step,
            TakeIn::Done {
                added: 70,
                not_tried: 0,
                ..
            }
        )
    })
    .await;
}

#[tokio::test]
async fn what_is_in_the_trash_is_shown_and_stays_there() {
    let stage = Stage::with_passkeys(2).await;
    let file = stage.back_up(WORDS, "stick").await;
    let removed = stage.vault.list().unwrap()[0].record_id;
    stage.vault.remove(removed, roamkey_device::now()).unwrap();
    begin(&stage, WizardKind::Restore, &file);
    asks_for(&stage, Wants::Words, None).await;
    unlock(&stage, WORDS);
    at(
        &stage,
        |step| matches!(step, TakeIn::Plan(plan) if (plan.new, plan.same, plan.in_trash) == (0, 1, 1)),
    )
    .await;
    assert!(matches!(&stage.app.plan()[0], PlanRow::InTrash { site, .. } if site.id == "site-1.example"));
}

#[tokio::test]
async fn only_a_backup_of_our_own_is_restored_and_a_wrong_file_can_be_exchanged() {
    let stage = Stage::new();
    started(&stage.app).await;
    std::fs::write(stage.at("photo.jpg"), [0xff, 0xd8, 0xff, 0xe0]).unwrap();
    begin(&stage, WizardKind::Restore, stage.at("photo.jpg"));
    refused(&stage, ErrorCode::FileUnknown).await;
    stage.chooses(stage.at("nowhere.age"));
    stage.safety(SafetyAction::ChooseFile);
    refused(&stage, ErrorCode::FileUnreadable).await;
    stage.chooses(vector("bitwarden.json"));
    stage.safety(SafetyAction::ChooseFile);
    refused(&stage, ErrorCode::FileUnknown).await;
    stage.answers(Err(ErrorCode::DialogUnavailable));
    stage.safety(SafetyAction::ChooseFile);
    refused(&stage, ErrorCode::DialogUnavailable).await;
}

#[tokio::test]
async fn a_protected_export_of_another_program_asks_for_its_password_and_is_taken_in() {
    let stage = Stage::new();
    started(&stage.app).await;
    begin(
        &stage,
        WizardKind::Import,
        vector("bitwarden_protected_pbkdf2.json"),
    );
    asks_for(&stage, Wants::Password, None).await;
    unlock(&stage, "wrong");
    asks_for(&stage, Wants::Password, Some(ErrorCode::FilePassphraseWrong)).await;
    unlock(&stage, "correct horse");
    let TakeIn::Plan(plan) = at(&stage, |step| matches!(step, TakeIn::Plan(_))).await else {
        panic!()
    };
    assert_eq!(
        (plan.format.0, plan.others, plan.made_at),
        (Format::BitwardenProtected, 1, None)
    );
    let new = plan.new;
    stage.safety(SafetyAction::Apply);
    at(
        &stage,
        |step| matches!(step, TakeIn::Done { added, .. } if *added == new),
    )
    .await;
    assert_eq!(
        stage.reread().await.counts.elsewhere,
        new,
        "the other program holds them too"
    );
}

#[tokio::test]
async fn what_is_left_out_stands_in_the_plan_with_its_place_and_its_reason() {
    let stage = Stage::new();
    started(&stage.app).await;
    begin(&stage, WizardKind::Import, vector("bitwarden_counter.json"));
    let TakeIn::Plan(plan) = at(&stage, |step| matches!(step, TakeIn::Plan(_))).await else {
        panic!()
    };
    assert!(plan.skipped > 0);
    let rows = stage.app.plan();
    let skipped = rows.iter().find_map(|row| match row {
        PlanRow::Skipped { place, reason, .. } => Some((*place, *reason)),
        _ => None,
    });
    let (place, reason) = skipped.unwrap();
    assert_eq!(reason, roamkey_app::view::SkipReason::Counter);
    assert!(
        matches!(
            place,
            EntryPlace::Credential {
                item: 1..,
                credential: 1..
            }
        ),
        "{place:?}"
    );
    stage.safety(SafetyAction::Leave);
    assert!(stage.app.plan().is_empty());
    assert!(stage.vault.list().unwrap().is_empty());
}

#[tokio::test]
async fn passkeys_whose_file_has_no_backup_flags_get_the_chosen_ones() {
    for (chosen, expected) in [
        (None, (true, true)),
        (Some(BackupFlags::On), (true, true)),
        (Some(BackupFlags::Off), (false, false)),
    ] {
        let stage = Stage::new();
        started(&stage.app).await;
        stage.open(WizardKind::Import);
        let usual = Some(BackupFlags::AsUsual);
        at(
            &stage,
            |step| matches!(step, TakeIn::ChooseFile { backup_flags, .. } if *backup_flags == usual),
        )
        .await;
        if let Some(flags) = chosen {
            stage.safety(SafetyAction::ChooseBackupFlags { flags });
        }
        // A file that was the wrong one does not take the choice back.
        std::fs::write(stage.at("photo.jpg"), [0xff, 0xd8]).unwrap();
        stage.chooses(stage.at("photo.jpg"));
        stage.safety(SafetyAction::ChooseFile);
        refused(&stage, ErrorCode::FileUnknown).await;
        stage.chooses(vector("bitwarden.json"));
        stage.safety(SafetyAction::ChooseFile);
        at(&stage, |step| matches!(step, TakeIn::Plan(plan) if plan.new > 0)).await;
        stage.safety(SafetyAction::Apply);
        at(&stage, |step| matches!(step, TakeIn::Done { .. })).await;
        for entry in stage.vault.list().unwrap() {
            let details = stage.vault.show(entry.record_id).unwrap();
            let credential = stage.vault.load(&details.credential_id.unwrap()).unwrap();
            assert_eq!(
                (credential.backup_eligible, credential.backup_state),
                expected,
                "{chosen:?}"
            );
        }
        stage.safety(SafetyAction::Leave);
        stage.open(WizardKind::Import);
        at(
            &stage,
            |step| matches!(step, TakeIn::ChooseFile { backup_flags, .. } if *backup_flags == usual),
        )
        .await;
    }
}

#[tokio::test]
async fn a_file_that_was_opened_too_late_counts_for_nothing() {
    let lost = Stage::with_passkeys(1).await;
    let file = lost.back_up(WORDS, "stick").await;
    let stage = Stage::new();
    started(&stage.app).await;
    begin(&stage, WizardKind::Restore, &file);
    asks_for(&stage, Wants::Words, None).await;
    unlock(&stage, WORDS);
    stage.safety(SafetyAction::Leave);
    assert_eq!(stage.app.view().wizard, Wizard::None);
    stage.open(WizardKind::Import);
    stage.safety(SafetyAction::Apply);
    stage.reread().await;
    assert!(matches!(
        step(&stage.app.view().wizard),
        Some(TakeIn::ChooseFile { .. })
    ));
    assert!(stage.vault.list().unwrap().is_empty());
}
