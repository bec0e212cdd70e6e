//! Tips: each once, at its moment, and to be found again.

use roamkey_app::action::{Action, HelpAction, SafetyAction, WizardKind};
use roamkey_app::view::{Notice, SignIn, Tip, Wizard};

use crate::stage::*;

fn dismiss(app: &App, tip: Tip) {
    app.act(Action::Help(HelpAction::DismissTip { tip }));
}

#[tokio::test]
async fn a_tip_comes_once_stays_until_it_is_read_and_can_be_found_again_after_a_restart() {
    let stage = Stage::with_passkeys(2).await;
    assert_eq!(stage.app.view().tips.due, None);
    let id = stage.vault.list().unwrap()[0].record_id.to_string();
    stage.act(Action::ReadPasskeys);
    stage.act(Action::Remove { id: id.clone() });
    stage.until(|view| view.tips.due == Some(Tip::FirstRemoval)).await;
    dismiss(&stage.app, Tip::FirstPasskey);
    assert_eq!(
        stage.app.view().tips.due,
        Some(Tip::FirstRemoval),
        "another tip was read"
    );
    dismiss(&stage.app, Tip::FirstRemoval);
    assert_eq!(
        (stage.app.view().tips.due, &*stage.app.view().tips.seen),
        (None, &[Tip::FirstRemoval][..])
    );

    let app = stage.again();
    let view = started(&app).await;
    assert_eq!(
        (view.tips.due, &*view.tips.seen),
        (None, &[Tip::FirstRemoval][..])
    );
    let id = stage.vault.list().unwrap()[0].record_id.to_string();
    app.act(Action::Remove { id });
    let view = until(&app, |view| matches!(view.notice, Notice::Removed { .. })).await;
    assert_eq!(view.tips.due, None, "once is enough");
    app.act(Action::Help(HelpAction::ForgetTips));
    assert!(app.view().tips.seen.is_empty());
}

#[tokio::test]
async fn a_backup_that_nobody_tried_out_calls_for_its_tip() {
    let stage = Stage::with_passkeys(1).await;
    stage.back_up(WORDS, "stick").await;
    stage
        .until(|view| view.tips.due == Some(Tip::BackupNotDrilled))
        .await;
}

#[tokio::test]
async fn a_code_that_is_none_calls_for_no_tip() {
    let stage = Stage::new();
    started(&stage.app).await;
    stage.act(Action::ReadClipboard);
    stage
        .until(|view| matches!(view.sign_in, SignIn::Idle { problem: Some(_) }))
        .await;
    assert_eq!(stage.app.view().tips.due, None);
    stage.open(WizardKind::Export);
    stage.safety(SafetyAction::Leave);
    assert_eq!(
        (stage.app.view().wizard, stage.app.view().tips.seen.len()),
        (Wizard::None, 0)
    );
}
