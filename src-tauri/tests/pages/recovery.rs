//! Setting up recovery, backups, drills, shares, and what never shows.

use roamkey_app::action::{Action, SafetyAction, WizardKind};
use roamkey_app::view::{
    BackUp, Banner, Drill, PasskeyPlace, Recovery, Safety, Schedule, SetUp, Sheet, Split, Wants, Wizard,
};
use roamkey_device::ErrorCode;
use roamkey_device::recovery::{self, words};

use roamkey_testkit::keyring::{PrivateKeyring, in_private_session};
use tokio::runtime::Runtime;

use crate::stage::*;

const OTHER_WORDS: &str =
    "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote";

/// Draws words and returns them, as the window shows them.
async fn drawn(stage: &Stage) -> Vec<&'static str> {
    stage.open(WizardKind::SetUp);
    assert!(stage.app.words().is_empty(), "nothing to show yet");
    stage.safety(SafetyAction::DrawWords);
    stage
        .wizard(|wizard| matches!(wizard, Wizard::SetUp(SetUp::Words { anew: false })))
        .await;
    stage.app.words()
}

fn asked(wizard: &Wizard) -> [u8; 3] {
    match wizard {
        Wizard::SetUp(SetUp::Confirm { places, .. }) => *places,
        _ => panic!("nothing is asked back"),
    }
}

fn confirm(stage: &Stage, words: &[&str]) {
    stage.safety(SafetyAction::ConfirmWords {
        words: words.iter().map(|word| typed(word)).collect(),
    });
}

#[tokio::test]
async fn words_are_shown_confirmed_and_gone_and_the_sheet_does_not_name_them() {
    let stage = Stage::with_passkeys(1).await;
    assert_eq!(stage.backups().banner, Banner::SetUp);
    let shown = drawn(&stage).await;
    assert_eq!(shown.len(), 24);
    stage.safety(SafetyAction::WordsWritten);
    let places = asked(&stage.app.view().wizard);
    assert!(stage.app.words().is_empty(), "they are to be on paper");

    confirm(&stage, &["wrong", "wrong", "wrong"]);
    let Wizard::SetUp(SetUp::Confirm { problem, .. }) = stage.app.view().wizard else {
        panic!("another step")
    };
    assert_eq!(problem.map(|code| code.0), Some(ErrorCode::WordsNotConfirmed));
    stage.safety(SafetyAction::ShowWords);
    assert_eq!(
        stage.app.words(),
        shown,
        "until they are confirmed they can be looked at again"
    );
    stage.safety(SafetyAction::WordsWritten);
    let again = asked(&stage.app.view().wizard);
    let right = again.map(|place| shown[usize::from(place) - 1]);
    confirm(&stage, &right);
    stage
        .wizard(|wizard| {
            matches!(
                wizard,
                Wizard::SetUp(SetUp::Done {
                    sheet: Sheet::NotWritten { .. }
                })
            )
        })
        .await;
    assert!(stage.app.words().is_empty() && places.len() == 3);

    let kept = recovery::Recovery::get(&stage.vault).unwrap();
    let own = words(&shown.join(" ")).unwrap().recipient().to_string();
    assert_eq!(kept.recipient().unwrap().to_string(), own);
    stage
        .until(|view| matches!(&view.safety, Safety::Ready(backups) if backups.banner == Banner::BackUp))
        .await;

    stage.chooses(stage.at("sheet.html"));
    stage.safety(SafetyAction::SaveSheet);
    stage
        .wizard(|wizard| {
            matches!(
                wizard,
                Wizard::SetUp(SetUp::Done {
                    sheet: Sheet::Written { .. }
                })
            )
        })
        .await;
    let sheet = std::fs::read_to_string(stage.at("sheet.html")).unwrap();
    assert!(sheet.contains(&own) && !sheet.contains(&shown[..3].join(" ")));
    stage.safety(SafetyAction::OpenSheet);
    let opened = async {
        while stage.app.window().opened.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT, opened).await.unwrap();
    names_no_words(&stage, &shown);
}

/// Two words that follow each other, in whatever way they are separated, are nowhere in what was shown or logged.
fn names_no_words(stage: &Stage, words: &[&str]) {
    let everything = stage.app.window().everything.lock().unwrap().clone() + &log();
    assert!(everything.contains("roamkey_"), "the log was listened to");
    for pair in words.windows(2) {
        for between in [" ", ", ", "\",\"", "\", \"", "\\n"] {
            let text = format!("{}{between}{}", pair[0], pair[1]);
            assert!(!everything.contains(&text), "a view or the log names the words");
        }
    }
}

#[tokio::test]
async fn words_that_were_not_confirmed_are_forgotten_with_their_wizard() {
    let stage = Stage::new();
    started(&stage.app).await;
    let shown = drawn(&stage).await;
    stage.safety(SafetyAction::Leave);
    assert!(stage.app.words().is_empty());
    assert!(
        recovery::Recovery::load(&stage.vault).unwrap().is_none(),
        "nothing was set up"
    );
    assert_ne!(drawn(&stage).await, shown, "new words the next time");
    names_no_words(&stage, &shown);
}

#[tokio::test]
async fn words_of_before_are_taken_and_mistyped_ones_are_told_apart() {
    let stage = Stage::new();
    started(&stage.app).await;
    stage.open(WizardKind::SetUp);
    for (text, code) in [
        ("legal winner", ErrorCode::WordsWrong),
        (&*WORDS.replace("title", "winner"), ErrorCode::WordsDoNotFit),
    ] {
        stage.safety(SafetyAction::UseWords { words: typed(text) });
        let Wizard::SetUp(SetUp::Begin { problem, .. }) = stage.app.view().wizard else {
            panic!("another step")
        };
        assert_eq!(problem.map(|code| code.0), Some(code));
    }
    stage.safety(SafetyAction::UseWords { words: typed(WORDS) });
    stage
        .wizard(|wizard| matches!(wizard, Wizard::SetUp(SetUp::Done { .. })))
        .await;
    names_no_words(&stage, &WORDS.split_whitespace().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_backup_that_was_tried_out_takes_the_banner_away_and_says_where_each_passkey_is() {
    let stage = Stage::with_passkeys(2).await;
    assert_eq!(
        (stage.backups().counts.only_here, stage.backups().loss.gone),
        (2, 2)
    );
    stage.back_up(WORDS, "stick").await;
    let backups = stage.backups();
    assert_eq!(
        (
            backups.banner,
            backups.counts.in_backup,
            backups.loss.may_come_back
        ),
        (Banner::Drill, 2, 2)
    );

    // Words of somebody else, words that are none, then the right ones.
    stage.open(WizardKind::Drill);
    stage.safety(SafetyAction::UseSuggested);
    let unlock = |wizard: &Wizard| match wizard {
        Wizard::Drill(Drill::Unlock { wants, problem, .. }) => Some((*wants, problem.map(|code| code.0))),
        _ => None,
    };
    stage
        .wizard(|wizard| unlock(wizard) == Some((Wants::Words, None)))
        .await;
    stage.safety(SafetyAction::Unlock {
        secret: typed(OTHER_WORDS),
    });
    stage
        .wizard(|wizard| unlock(wizard) == Some((Wants::Words, Some(ErrorCode::WordsOfAnother))))
        .await;
    stage.safety(SafetyAction::Unlock {
        secret: typed("zebra"),
    });
    stage
        .wizard(|wizard| unlock(wizard) == Some((Wants::Words, Some(ErrorCode::WordsWrong))))
        .await;
    stage.safety(SafetyAction::Unlock { secret: typed(WORDS) });
    let done = stage
        .wizard(|wizard| matches!(wizard, Wizard::Drill(Drill::Done { .. })))
        .await;
    assert!(matches!(
        done,
        Wizard::Drill(Drill::Done {
            working: 2,
            backed_up: 2,
            not_in_it: 0,
            made_at: Some(_)
        })
    ));
    stage.safety(SafetyAction::Leave);

    stage.create(3);
    let backups = stage.backups_when(|backups| backups.counts.all == 3).await;
    assert_eq!(backups.banner, Banner::None);
    let counts = backups.counts;
    assert_eq!(
        (counts.all, counts.only_here, counts.in_drilled_backup),
        (3, 1, 2)
    );
    let places: Vec<_> = stage
        .app
        .whereabouts()
        .iter()
        .map(|passkey| passkey.place)
        .collect();
    assert_eq!(
        places,
        [
            PasskeyPlace::DrilledBackup,
            PasskeyPlace::DrilledBackup,
            PasskeyPlace::OnlyHere
        ]
    );
    // The folder of a test is on the disk of the test: what a loss takes, it takes with the backups.
    assert!(backups.loss.backups_are_here && backups.loss.come_back == 0 && backups.loss.may_come_back == 2);
    names_no_words(&stage, &WORDS.split_whitespace().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_damaged_backup_fails_its_drill_and_changes_nothing() {
    let stage = Stage::with_passkeys(1).await;
    let file = stage.back_up(WORDS, "stick").await;
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 40;
    bytes[last] ^= 1;
    std::fs::write(stage.at("damaged.age"), bytes).unwrap();
    stage.open(WizardKind::Drill);
    stage.chooses(stage.at("damaged.age"));
    stage.safety(SafetyAction::ChooseFile);
    stage
        .wizard(|wizard| matches!(wizard, Wizard::Drill(Drill::Unlock { .. })))
        .await;
    stage.safety(SafetyAction::Unlock { secret: typed(WORDS) });
    let failed = stage
        .wizard(|wizard| matches!(wizard, Wizard::Drill(Drill::Failed { .. })))
        .await;
    let Wizard::Drill(Drill::Failed { code }) = failed else {
        panic!("another step")
    };
    assert_eq!(code.0, ErrorCode::FileDamaged);
    assert_eq!(stage.reread().await.banner, Banner::Drill);
    assert_eq!(
        stage
            .vault
            .list()
            .unwrap()
            .iter()
            .filter(|entry| entry.backed_up)
            .count(),
        0
    );
}

#[tokio::test]
async fn whoever_gives_the_words_up_has_no_backup_that_counts() {
    let stage = Stage::with_passkeys(1).await;
    let file = stage.back_up(WORDS, "stick").await;
    stage.open(WizardKind::Drill);
    stage.chooses(file);
    stage.safety(SafetyAction::ChooseFile);
    stage
        .wizard(|wizard| matches!(wizard, Wizard::Drill(Drill::Unlock { .. })))
        .await;
    stage.safety(SafetyAction::Unlock { secret: typed(WORDS) });
    stage
        .wizard(|wizard| matches!(wizard, Wizard::Drill(Drill::Done { .. })))
        .await;
    stage.safety(SafetyAction::Leave);
    stage
        .backups_when(|backups| backups.counts.in_drilled_backup == 1)
        .await;

    stage.open(WizardKind::SetUp);
    assert!(matches!(
        stage.app.view().wizard,
        Wizard::SetUp(SetUp::Begin { anew: true, .. })
    ));
    stage.safety(SafetyAction::UseWords {
        words: typed(OTHER_WORDS),
    });
    stage
        .wizard(|wizard| matches!(wizard, Wizard::SetUp(SetUp::Done { .. })))
        .await;
    let seen = |view: &roamkey_app::view::View| matches!(&view.safety, Safety::Ready(backups) if backups.banner == Banner::BackUp && backups.counts.only_here == 1);
    stage.until(seen).await;
}

#[tokio::test]
async fn shares_are_shown_in_their_step_only_and_make_the_words_again() {
    let stage = Stage::with_passkeys(1).await;
    stage.back_up(WORDS, "stick").await;
    stage.open(WizardKind::Split);
    let problem = || match stage.app.view().wizard {
        Wizard::Split(Split::Type { problem }) => problem.map(|code| code.0),
        other => panic!("{other:?}"),
    };
    let split = |words: &str, needed, shares| {
        stage.safety(SafetyAction::SplitWords {
            words: typed(words),
            needed,
            shares,
        });
    };
    split(OTHER_WORDS, 2, 3);
    assert_eq!(
        problem(),
        Some(ErrorCode::WordsOfAnother),
        "shares of them would open nothing here"
    );
    split(WORDS, 4, 3);
    assert_eq!(problem(), Some(ErrorCode::SharesNumbers));
    assert!(stage.app.shares().is_empty());
    split(WORDS, 2, 3);
    assert_eq!(
        stage.app.view().wizard,
        Wizard::Split(Split::Shares { needed: 2, shares: 3 })
    );
    let shares = stage.app.shares();
    let two = format!("{}\n{}", shares[2].as_str(), shares[0].as_str());
    assert!(words(&two).unwrap().to_bytes() == words(WORDS).unwrap().to_bytes());
    stage.safety(SafetyAction::Leave);
    assert!(stage.app.shares().is_empty());
    let everything = stage.app.window().everything.lock().unwrap();
    assert!(shares.iter().all(|share| !everything.contains(share.as_str())));
}

#[test]
fn a_locked_keyring_is_said_and_is_not_the_same_as_no_backup() {
    let name = "a_locked_keyring_is_said_and_is_not_the_same_as_no_backup";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        let runtime = Runtime::new().unwrap();
        runtime.block_on(async {
            let stage = Stage::with_real_keyring();
            stage.create(1);
            stage.reread().await;
            session.lock().unwrap();
            let app = stage.again();
            let view = until(&app, |view| matches!(view.safety, Safety::Failed { .. })).await;
            let Safety::Failed { code } = view.safety else {
                panic!("it can't be read")
            };
            assert_eq!(code.0, ErrorCode::KeyringLocked);
            app.act(Action::Safety(SafetyAction::Open {
                wizard: WizardKind::SetUp,
            }));
            app.act(Action::Safety(SafetyAction::UseWords { words: typed(WORDS) }));
            let view = until(&app, |view| {
                matches!(view.wizard, Wizard::SetUp(SetUp::Failed { .. }))
            })
            .await;
            let Wizard::SetUp(SetUp::Failed { code }) = view.wizard else {
                panic!("another step")
            };
            assert_eq!(code.0, ErrorCode::KeyringLocked);
        });
    });
}

#[tokio::test]
async fn without_recovery_there_is_no_backup_and_no_schedule() {
    let stage = Stage::with_passkeys(1).await;
    stage.open(WizardKind::BackUp);
    let Wizard::BackUp(BackUp::Failed { code }) = stage.app.view().wizard else {
        panic!("another step")
    };
    assert_eq!(code.0, ErrorCode::RecoveryNotSetUp);
    stage.safety(SafetyAction::Leave);
    stage.safety(SafetyAction::Schedule {
        every: Schedule::Daily,
    });
    stage.reread().await;
    assert!(!stage.at("config/systemd/user").exists());
}

#[tokio::test]
async fn a_folder_that_can_not_be_written_to_leaves_the_one_of_before() {
    let stage = Stage::with_passkeys(1).await;
    stage.back_up(WORDS, "stick").await;
    std::fs::write(stage.at("file"), b"").unwrap();
    stage.open(WizardKind::BackUp);
    stage.chooses(stage.at("file"));
    stage.safety(SafetyAction::ChooseFolder);
    let file = stage.at("file").display().to_string();
    stage
        .wizard(|wizard| matches!(wizard, Wizard::BackUp(BackUp::Ready { folder, .. }) if *folder == file))
        .await;
    stage.safety(SafetyAction::BackUp);
    let failed = stage
        .wizard(|wizard| matches!(wizard, Wizard::BackUp(BackUp::Failed { .. })))
        .await;
    let Wizard::BackUp(BackUp::Failed { code }) = failed else {
        panic!("another step")
    };
    assert_eq!(code.0, ErrorCode::FileNotWritten);
    let Recovery::SetUp { folder, .. } = stage.reread().await.recovery else {
        panic!("it is set up")
    };
    assert_eq!(folder, stage.at("stick").display().to_string());
}
