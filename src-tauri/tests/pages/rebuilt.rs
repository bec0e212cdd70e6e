//! A list of passkeys that was lost or damaged: the person is told once, whichever part of the app found it out.

use roamkey_app::action::{Action, ActivityAction};
use roamkey_app::view::{ActivityFilter, ActivityLog, Place, Rebuilt};
use roamkey_device::vault::Event;

use crate::stage::*;

#[tokio::test]
async fn a_list_that_was_built_anew_is_told_with_what_is_left_of_the_old_one_until_it_was_read() {
    let stage = Stage::with_passkeys(3).await;
    assert_eq!(stage.app.view().rebuilt, None);
    let index = stage.at("data/index.sqlite3");
    std::fs::write(&index, "this was an index").unwrap();

    let app = stage.again();
    let view = until(&app, |view| view.rebuilt.is_some()).await;
    let kept = stage.at("data/index.damaged-1.sqlite3");
    assert!(kept.exists());
    let expected = Rebuilt {
        passkeys: 3,
        kept: Some(kept.display().to_string()),
    };
    assert_eq!(view.rebuilt, Some(expected));
    app.act(Action::Go { place: Place::Safety });
    assert!(
        app.view().rebuilt.is_some(),
        "it stays while the person looks around"
    );
    app.act(Action::DropRebuilt);
    assert_eq!(app.view().rebuilt, None);

    // It stands in the activity log from then on.
    app.act(Action::Go {
        place: Place::Activity,
    });
    app.act(Action::Activity(ActivityAction::Read));
    until(&app, |view| matches!(view.activity, ActivityLog::Ready { .. })).await;
    let page = app.activity(&ActivityFilter::default(), 0, 10);
    let noted = page.rows.iter().filter(|row| row.kind.0 == Event::ListRebuilt);
    assert_eq!(noted.map(|row| row.count).collect::<Vec<_>>(), [Some(3)]);

    let app = stage.again();
    started(&app).await;
    assert_eq!(app.view().rebuilt, None, "once");
}

#[tokio::test]
async fn a_list_that_is_gone_while_the_app_runs_is_told_too() {
    let stage = Stage::with_passkeys(2).await;
    std::fs::remove_file(stage.at("data/index.sqlite3")).unwrap();
    stage.act(Action::ReadPasskeys);
    let view = stage.until(|view| view.rebuilt.is_some()).await;
    let expected = Rebuilt {
        passkeys: 2,
        kept: None,
    };
    assert_eq!(view.rebuilt, Some(expected));
}
