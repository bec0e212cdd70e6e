//! A process that dies while it writes a backup or takes passkeys in. (That a vault dies well at each write of one
//! passkey is shown where the vault is.)

use std::path::Path;

use roamkey_authenticator::CredentialStore as _;
use roamkey_vault::{Passphrase, Vault, VaultConfig};

use super::*;
use crate::recovery::fault::FAULT_VARIABLE;

/// Tells a child process which vault to use.
const FOLDER_VARIABLE: &str = "ROAMKEY_TEST_FOLDER";

fn on_disk(folder: &Path) -> Vault {
    let passphrase = || Passphrase::new("correct horse battery".to_owned()).unwrap();
    let config = VaultConfig::new(folder.join("data"));
    if !folder.join("data").exists() {
        config.create_passphrase_store(&passphrase()).unwrap();
    }
    Vault::open(config.passphrase(passphrase())).unwrap()
}

/// Not a test by itself: dies at the point that the environment names, while it writes a backup.
#[test]
fn child_that_dies_while_it_backs_up() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    let folder = Path::new(&folder);
    backup(&on_disk(folder), &folder.join("backups"), &mut nothing).unwrap();
}

/// Not a test by itself: dies at the point that the environment names, while it takes a file in.
#[test]
fn child_that_dies_while_it_takes_in() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    let folder = Path::new(&folder);
    let (source, key) = match folder.join("backup").exists() {
        true => (Source::Backup, Some(key())),
        false => (Source::Other, None),
    };
    let name = if source == Source::Backup {
        "backup"
    } else {
        "export"
    };
    let file = std::fs::read(folder.join(name)).unwrap();
    let vault = on_disk(folder);
    let plan = plan(&vault, open(&file, key.as_ref(), None).unwrap()).unwrap();
    apply(&vault, plan, source, &mut nothing).unwrap();
}

fn die_at(folder: &Path, child: &str, point: &str) {
    use std::os::unix::process::ExitStatusExt as _;
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("recovery::tests::kill::{child}")])
        .env(FAULT_VARIABLE, point)
        .env(FOLDER_VARIABLE, folder)
        .output()
        .unwrap();
    assert_eq!(
        output.status.signal(),
        Some(9),
        "{point}: {}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn a_kill_while_a_backup_is_written_leaves_the_old_ones_and_none_or_a_whole_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let vault = on_disk(folder.path());
    for number in 1..=2 {
        vault
            .create(&credential(number, number.into()), &[], now())
            .unwrap();
    }
    let mut state = Recovery::set_up(&vault, &words(WORDS).unwrap(), false).unwrap();
    state.keep = 1;
    state.store(&vault).unwrap();
    let backups = folder.path().join("backups");
    std::fs::create_dir(&backups).unwrap();
    std::fs::write(backups.join("roamkey-20200101-000000.age"), b"old").unwrap();
    std::fs::write(backups.join("roamkey-20200102-000000.age"), b"old").unwrap();
    for (point, whole) in [
        ("opened", false),
        ("begun", false),
        ("one passkey", false),
        ("written", false),
        ("renamed", true),
        ("noted", true),
        ("pruned one", true),
    ] {
        die_at(folder.path(), "child_that_dies_while_it_backs_up", point);
        let files = Recovery::backups(&backups).unwrap();
        let new: Vec<_> = files
            .iter()
            .filter(|file| std::fs::read(file).unwrap() != b"old")
            .collect();
        assert_eq!(!new.is_empty(), whole, "{point}");
        for file in new {
            let file = std::fs::read(file).unwrap();
            assert_eq!(
                open(&file, Some(&key()), None).unwrap().passkeys.len(),
                2,
                "{point}"
            );
            // Names have seconds: the next one must not find this one in its way.
        }
        if point != "pruned one" {
            assert!(backups.join("roamkey-20200102-000000.age").exists(), "{point}");
        }
        for file in files
            .iter()
            .filter(|file| !file.to_string_lossy().contains("-2020"))
        {
            std::fs::remove_file(file).unwrap();
        }
    }
}

/// Takes `file` in, in a process that dies after each batch, and then in one that does not.
fn killed_while_taking_in(name: &str, file: &[u8], source: Source, key: Option<&Key>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), file).unwrap();
    drop(on_disk(folder.path()));
    let planned = |vault: &Vault| {
        let plan = plan(vault, open(file, key, None).unwrap()).unwrap();
        assert!(plan.conflicts.is_empty() && plan.in_trash.is_empty());
        plan
    };
    for (point, here) in [("planned", 0), ("one batch", 50), ("one batch", 70)] {
        die_at(folder.path(), "child_that_dies_while_it_takes_in", point);
        let vault = on_disk(folder.path());
        assert_eq!(vault.list().unwrap().len(), here, "{point}");
        let plan = planned(&vault);
        assert_eq!((plan.same, plan.new.len()), (here, 70 - here), "{point}");
    }
    let vault = on_disk(folder.path());
    let applied = apply(&vault, planned(&vault), source, &mut nothing).unwrap();
    assert_eq!(applied, Applied::default());
    for number in 1..=70 {
        let own = credential(number, number.into());
        let kept = vault.load(&own.id).unwrap();
        assert!(*kept.key.to_bytes() == *own.key.to_bytes(), "{number}");
    }
}

#[test]
fn a_kill_while_a_backup_is_restored_leaves_whole_passkeys_and_it_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = backed_up(folder.path(), 70);
    killed_while_taking_in("backup", &file, Source::Backup, Some(&key()));
}

#[test]
fn a_kill_while_a_file_is_imported_leaves_whole_passkeys_and_it_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let vault = with_passkeys(&folder.path().join("data"), 70);
    let file = folder.path().join("export.json");
    export_cxf(&vault, &file, Readers::Anybody(verified(&vault)), &mut nothing).unwrap();
    killed_while_taking_in("export", &read_file(&file).unwrap(), Source::Other, None);
}
