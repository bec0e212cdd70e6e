//! The activity log of a vault: over all clones and processes, and apart from the index.

use roamkey_authenticator::UnixTime;

use super::support::*;
use crate::fault::dying_at;
use crate::{Activity, ActivityDamage, ActivityReport, ActivityRestart, Event, VaultError};

fn activity(number: u64) -> Activity {
    Activity {
        rp_id: Some("a.example".to_owned()),
        count: Some(number),
        ..Activity::of(Event::SignedIn)
    }
}

#[test]
fn looking_at_an_empty_log_leaves_no_trace() {
    let world = World::new();
    let vault = world.vault();
    assert!(vault.activity(None).unwrap().is_empty());
    assert_eq!(
        vault.verify_activity().unwrap(),
        ActivityReport::Intact { entries: 0 }
    );
    assert_eq!(vault.statistics().unwrap().total.requests(), 0);
    assert!(world.files().is_empty());
}

#[test]
fn what_is_noted_is_read_by_every_process_and_since_a_time() {
    let world = World::new();
    for number in 0..3 {
        world
            .vault()
            .note_activity(&activity(number), UnixTime(1_000 + number))
            .unwrap();
    }
    let vault = world.vault();
    let counts = |since| -> Vec<_> {
        let entries = vault.activity(since).unwrap();
        entries.iter().map(|entry| entry.activity.count).collect()
    };
    assert_eq!(counts(None), [Some(0), Some(1), Some(2)]);
    assert_eq!(counts(Some(UnixTime(1_001))), [Some(1), Some(2)]);
    assert_eq!(
        vault.verify_activity().unwrap(),
        ActivityReport::Intact { entries: 3 }
    );
    assert_eq!(vault.statistics().unwrap().total.signed_in, 3);
}

#[test]
fn processes_that_note_at_once_lose_nothing() {
    let world = World::new();
    std::thread::scope(|scope| {
        for process in 0..4 {
            let vault = world.vault();
            scope.spawn(move || {
                for number in 0..10 {
                    vault
                        .note_activity(&activity(process * 10 + number), NOW)
                        .unwrap();
                }
            });
        }
    });
    let vault = world.vault();
    assert_eq!(
        vault.verify_activity().unwrap(),
        ActivityReport::Intact { entries: 40 }
    );
    let mut counts: Vec<_> = vault
        .activity(None)
        .unwrap()
        .iter()
        .filter_map(|entry| entry.activity.count)
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, (0..40).collect::<Vec<_>>());
}

#[test]
fn an_index_that_is_lost_takes_no_activity_with_it() {
    let world = World::new();
    world.vault().note_activity(&activity(1), NOW).unwrap();
    std::fs::remove_file(world.folder.path().join("index.sqlite3")).unwrap();
    world.vault().list().unwrap();
    world.vault().note_activity(&activity(2), NOW).unwrap();
    assert_eq!(
        world.vault().verify_activity().unwrap(),
        ActivityReport::Intact { entries: 2 }
    );
}

#[test]
fn a_log_that_is_deleted_is_missed() {
    let world = World::new();
    world.vault().note_activity(&activity(1), NOW).unwrap();
    std::fs::remove_file(world.folder.path().join("activity.log")).unwrap();
    assert_eq!(
        world.vault().verify_activity().unwrap(),
        ActivityReport::Broken {
            first_bad: 1,
            what: ActivityDamage::Truncated
        }
    );
}

#[test]
fn a_log_that_can_not_be_written_is_an_error_of_its_own() {
    let world = World::new();
    world.vault().note_activity(&activity(1), NOW).unwrap();
    let log = world.folder.path().join("activity.log");
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    let error = world.vault().note_activity(&activity(2), NOW).unwrap_err();
    assert!(matches!(error, VaultError::Activity(_)), "{error:?}");
    assert!(matches!(
        world.vault().verify_activity(),
        Err(VaultError::Activity(_))
    ));
}

/// Not a test by itself: dies at the point that the environment names, while it notes entry 3.
#[test]
fn child_that_dies_while_it_notes() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    file_vault(std::path::Path::new(&folder))
        .note_activity(&activity(3), NOW)
        .unwrap();
}

fn file_vault(folder: &std::path::Path) -> crate::Vault {
    let passphrase = crate::Passphrase::new("correct horse battery".to_owned()).unwrap();
    crate::Vault::open(crate::VaultConfig::new(folder).passphrase(passphrase)).unwrap()
}

#[cfg(unix)]
#[test]
fn a_kill_at_any_write_leaves_the_log_with_the_entry_or_without() {
    use std::os::unix::process::ExitStatusExt as _;
    let points = [
        ("activity about to be written", 2),
        ("activity written", 3),
        ("secrets written", 3),
        ("secrets renamed", 3),
    ];
    for (point, entries) in points {
        let folder = tempfile::tempdir().unwrap();
        let passphrase = crate::Passphrase::new("correct horse battery".to_owned()).unwrap();
        crate::VaultConfig::new(folder.path())
            .create_passphrase_store(&passphrase)
            .unwrap();
        for number in 1..3 {
            file_vault(folder.path())
                .note_activity(&activity(number), NOW)
                .unwrap();
        }
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "vault::tests::activity::child_that_dies_while_it_notes",
            ])
            .env(crate::fault::FAULT_VARIABLE, point)
            .env(FOLDER_VARIABLE, folder.path())
            .output()
            .unwrap()
            .status;
        assert_eq!(status.signal(), Some(9), "{point}");
        let vault = file_vault(folder.path());
        assert_eq!(
            vault.verify_activity().unwrap(),
            ActivityReport::Intact { entries },
            "{point}"
        );
        vault.note_activity(&activity(4), NOW).unwrap();
        assert_eq!(
            vault.verify_activity().unwrap(),
            ActivityReport::Intact { entries: entries + 1 },
            "{point}"
        );
    }
}

const FOLDER_VARIABLE: &str = "ROAMKEY_TEST_FOLDER";

#[test]
fn a_broken_log_is_kept_and_a_new_one_begins_whenever_the_process_dies() {
    for dies in [false, true] {
        let world = World::new();
        for number in 0..3 {
            world.vault().note_activity(&activity(number), NOW).unwrap();
        }
        let log = world.folder.path().join("activity.log");
        let written = std::fs::read(&log).unwrap();
        assert_eq!(
            world.vault().restart_activity().unwrap(),
            ActivityRestart::NotNeeded
        );
        assert_eq!(
            std::fs::read(&log).unwrap(),
            written,
            "a log that is intact stays"
        );

        std::fs::write(&log, &written[1..]).unwrap();
        if dies {
            assert!(dying_at(1, || world.vault().restart_activity()).is_none());
            assert!(matches!(
                world.vault().verify_activity().unwrap(),
                ActivityReport::Broken { .. }
            ));
        }
        let kept = world.folder.path().join("activity.broken-1.log");
        let restarted = world.vault().restart_activity().unwrap();
        let expected = (!dies).then_some(kept.clone());
        assert_eq!(restarted, ActivityRestart::Begun { kept: expected });
        assert_eq!(std::fs::read(kept).unwrap(), &written[1..]);

        world.vault().note_activity(&activity(9), NOW).unwrap();
        assert_eq!(
            world.vault().verify_activity().unwrap(),
            ActivityReport::Intact { entries: 1 }
        );
        assert_eq!(world.vault().activity(None).unwrap().len(), 1);
    }
}
