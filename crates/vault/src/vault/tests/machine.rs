//! What the machine does to a vault: a full disk, a home that can't be written to, a clock set back, a keyring that dies
//! in the middle.

use std::path::Path;
use std::process::Command;

use roamkey_authenticator::{CredentialStore as _, LargeBlob, PolicyVerdict, StoreError, UnixTime};
use roamkey_ctap::CredentialId;
use roamkey_testkit::keyring::{KeyringState, PrivateKeyring, in_private_session};

use super::support::*;
use crate::{
    Activity, ActivityReport, CheckReport, Event, IndexError, Passphrase, Vault, VaultConfig, VaultError,
};

const FOLDER_VARIABLE: &str = "ROAMKEY_TEST_FOLDER";

#[test]
fn a_full_disk_leaves_no_passkey_anywhere() {
    let world = World::new();
    let vault = world.vault();
    vault.create(&credential("a.example", 1), &[], NOW).unwrap();
    {
        let mut opened = vault.opened.lock().unwrap();
        let index = &mut opened.as_mut().unwrap().index;
        index.limit_pages().unwrap();
    }
    let created = (4_u8..100).find_map(|number| {
        vault
            .create(&credential("b.example", number), &[], NOW)
            .err()
            .map(|error| (number, error))
    });
    let (number, error) = created.expect("the file is limited");
    assert!(matches!(error, StoreError::Full), "{error:?}");
    let listed = world.vault().list().unwrap().len();
    let report = world.vault().check().unwrap();
    assert_eq!(
        report,
        CheckReport {
            usable: listed,
            ..CheckReport::default()
        }
    );
    assert!(matches!(
        world.vault().load(&CredentialId::new([number; 32])),
        Err(StoreError::NotFound)
    ));
}

/// A vault that needs nothing but its folder, with the passkeys 1 to 3 once it is [`filled`].
fn vault_in(folder: &Path) -> Vault {
    Vault::open(VaultConfig::new(folder).passphrase(passphrase())).unwrap()
}

fn passphrase() -> Passphrase {
    Passphrase::new("correct horse battery".to_owned()).unwrap()
}

fn filled(folder: &Path) {
    VaultConfig::new(folder)
        .create_passphrase_store(&passphrase())
        .unwrap();
    for number in 1..=3 {
        vault_in(folder)
            .create(&credential("a.example", number), &[], NOW)
            .unwrap();
    }
}

fn assert_filled(folder: &Path) {
    for number in 1..=3 {
        let passkey = credential("a.example", number);
        assert_same(&vault_in(folder).load(&passkey.id).unwrap(), &passkey);
    }
}

/// Not a test by itself: runs where the disk is full before 200 passkeys with large blobs are on it.
#[test]
fn child_that_fills_its_disk() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    let folder = Path::new(&folder);
    filled(folder);
    let (vault, mut whole) = (vault_in(folder), 3);
    let error = (4_u8..200).find_map(|number| {
        let passkey = credential("b.example", number);
        let blob = LargeBlob {
            data: vec![7; 4000],
            original_size: 9000,
        };
        let created = vault.create(&passkey, &[], NOW);
        whole += usize::from(created.is_ok());
        created
            .and_then(|()| vault.set_large_blob(&passkey.id, Some(&blob)))
            .err()
    });
    let error = error.expect("the disk is limited");
    // A limit for files is another error of the operating system than a full disk, and has no name of its own.
    assert!(
        matches!(error, StoreError::Full | StoreError::Failed(_)),
        "{error:?}"
    );
    // What is there can be seen and used all the same, by the next process too.
    assert!(vault_in(folder).list().unwrap().len() >= whole);
    assert_filled(folder);
    println!("{error:?} after {whole}");
}

#[cfg(unix)]
#[test]
fn where_no_file_can_grow_a_passkey_is_kept_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "vault::tests::machine::child_that_fills_its_disk",
            "--nocapture",
        ])
        .env(FOLDER_VARIABLE, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success() && said.contains("1 passed"), "{child:?}");
    // And where there is room again, all that was kept is there, and goes on.
    assert_filled(folder.path());
    let vault = vault_in(folder.path());
    let before = vault.list().unwrap().len();
    vault.create(&credential("c.example", 250), &[], NOW).unwrap();
    let report = vault.check().unwrap();
    let whole = CheckReport {
        usable: before + 1,
        ..CheckReport::default()
    };
    assert_eq!(report, whole, "{said}");
}

/// Not a test by itself: runs as somebody who may read the folder and not write to it.
#[test]
fn child_that_can_not_write() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    let vault = vault_in(Path::new(&folder));
    let created = vault.create(&credential("b.example", 9), &[], NOW);
    assert!(matches!(created, Err(StoreError::Failed(_))), "{created:?}");
    let listed = vault.list();
    assert!(
        matches!(listed, Err(VaultError::Index(IndexError::ReadOnly(_)))),
        "never an empty list: {listed:?}"
    );
    let loaded = vault.load(&CredentialId::new([1; 32])).err();
    assert!(matches!(loaded, Some(StoreError::Failed(_))), "{loaded:?}");
    let noted = vault.note_activity(&Activity::of(Event::SignedIn), NOW);
    assert!(noted.is_err(), "{noted:?}");
}

#[cfg(unix)]
#[test]
fn in_a_home_that_can_not_be_written_to_everything_is_an_error_and_nothing_changes() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("vault");
    filled(&folder);
    let allow = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let names = files(&folder);
    let contents = || names.iter().map(|name| std::fs::read(folder.join(name)).unwrap());
    let before: Vec<_> = contents().collect();

    // Root may write everywhere, so for root it is another user who tries, with a copy of this program to be run by all.
    let program = outer.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut child = if outer.path().metadata().unwrap().uid() == 0 {
        for path in names.iter().map(|name| folder.join(name)).chain([folder.clone()]) {
            chown(path, Some(ORDINARY), Some(ORDINARY)).unwrap();
        }
        let mut child = Command::new("setpriv");
        child
            .args([format!("--reuid={ORDINARY}"), format!("--regid={ORDINARY}")])
            .arg("--clear-groups")
            .arg(&program);
        child
    } else {
        Command::new(&program)
    };
    allow(outer.path(), 0o755);
    allow(&program, 0o755);
    allow(&folder, 0o500);
    for name in &names {
        allow(&folder.join(name), 0o400);
    }
    let output = child
        .args(["--exact", "vault::tests::machine::child_that_can_not_write"])
        .env(FOLDER_VARIABLE, &folder)
        .current_dir("/")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{output:?}");

    allow(&folder, 0o700);
    assert_eq!(files(&folder), names);
    assert!(contents().eq(before));
    for name in &names {
        allow(&folder.join(name), 0o600);
    }
    assert_filled(&folder);
}

#[cfg(unix)]
#[test]
fn a_folder_that_can_not_be_made_is_an_error_and_the_keyring_stays_as_it_was() {
    let world = World::new();
    let file = world.folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let config = VaultConfig::new(file.join("vault")).backend(world.backend());
    let vault = Vault::open(config).unwrap();
    assert!(matches!(
        vault.create(&credential("a.example", 1), &[], NOW),
        Err(StoreError::Failed(_))
    ));
    assert!(vault.keyring.users().unwrap().is_empty());
}

#[test]
fn with_a_clock_set_back_everything_works_and_the_log_keeps_its_order() {
    let world = World::new();
    let mut vault = world.vault();
    vault.create(&credential("a.example", 1), &[], NOW).unwrap();
    vault.label(id(&vault, 1), Some("before"), NOW).unwrap();
    // The battery of the clock is empty.
    let back = UnixTime(5);
    vault.clock = || UnixTime(5);
    vault.create(&credential("a.example", 2), &[], back).unwrap();
    vault.label(id(&vault, 2), Some("after"), back).unwrap();
    let found = vault.find(&rp("a.example")).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|found| found.policy == PolicyVerdict::Allowed));
    vault.remove(id(&vault, 2), back).unwrap();
    vault.restore_removed(id(&vault, 2), back).unwrap();
    vault.used(&CredentialId::new([2; 32]), back).unwrap();
    let times: Vec<_> = vault
        .activity(None)
        .unwrap()
        .iter()
        .map(|entry| entry.at)
        .collect();
    assert_eq!(times, [NOW, back, back, back]);
    assert_eq!(
        vault.verify_activity().unwrap(),
        ActivityReport::Intact { entries: 4 }
    );
    assert_eq!(world.vault().check().unwrap().usable, 2);
}

#[test]
fn a_keyring_that_dies_in_the_middle_of_anything_leaves_whole_passkeys() {
    let name = "a_keyring_that_dies_in_the_middle_of_anything_leaves_whole_passkeys";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        let (begins, begun) = std::sync::mpsc::channel();
        let vault = vault_of(session);
        let worker = {
            let vault = vault.clone();
            std::thread::spawn(move || {
                let mut kept = Vec::new();
                for number in 1..=60 {
                    let passkey = credential("a.example", number);
                    begins.send(()).unwrap();
                    match vault.create(&passkey, &[], NOW) {
                        Ok(()) => kept.push(passkey),
                        Err(StoreError::Missing | StoreError::Failed(_)) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
                kept
            })
        };
        for _ in 0..4 {
            // Ten have begun, and the daemon dies in whatever the eleventh is just doing.
            for _ in 0..10 {
                begun.recv().unwrap();
            }
            session.kill_keyring().unwrap();
            session.start_keyring(KeyringState::Unlocked).unwrap();
        }
        let kept = worker.join().unwrap();
        assert!(kept.len() >= 5, "only {} of 60", kept.len());
        for vault in [vault, vault_of(session)] {
            for passkey in &kept {
                assert_same(&vault.load(&passkey.id).unwrap(), passkey);
            }
        }
        // What failed may be in the keyring all the same; then it is whole too.
        let vault = vault_of(session);
        let usable = vault.check().unwrap();
        assert_eq!((usable.missing, usable.damaged, usable.adopted), (0, 0, 0));
        for found in vault.find(&rp("a.example")).unwrap() {
            let whole = credential("a.example", found.id.as_bytes()[0]);
            assert_same(&vault.load(&found.id).unwrap(), &whole);
        }
        vault.create(&credential("b.example", 99), &[], NOW).unwrap();
    });
}

/// No user of any system.
const ORDINARY: u32 = 41_234;
