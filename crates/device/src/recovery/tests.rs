//! Backup, drill, restore and import against a whole vault, and against a process that dies at any point.

use std::path::Path;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_authenticator::{Credential, CredentialStore as _, PrfSeeds, PrivateKey, UnixTime, UserVerified};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use roamkey_testkit::memory_keyring::memory_keyring;
use roamkey_vault::{Backend, Passphrase, Vault, VaultConfig};

use super::fault::FAULT_VARIABLE;
use super::*;
use crate::ErrorCode;

const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth \
                     useful legal winner thank year wave sausage worth title";
/// Tells a child process which vault to use.
const FOLDER_VARIABLE: &str = "ROAMKEY_TEST_FOLDER";

fn credential(number: u8, key: u64) -> Credential {
    let mut rng = StdRng::seed_from_u64(key);
    Credential {
        id: CredentialId::new([number; 32]),
        rp_id: RpId::parse(&format!("site-{number}.example")).unwrap(),
        user: PublicKeyCredentialUserEntity {
            id: UserHandle::parse(&[number]).unwrap(),
            name: Some("alice".to_owned()),
            display_name: None,
        },
        key: PrivateKey::generate(Algorithm::Es256, &mut rng).unwrap(),
        prf_seeds: PrfSeeds::generate(&mut rng),
        discoverable: true,
        cred_protect: CredProtect::UserVerificationRequired,
        cred_blob: Some(vec![number]),
        backup_eligible: true,
        backup_state: false,
        created_at: UnixTime(1_760_000_000),
    }
}

fn in_memory(folder: &Path) -> Vault {
    let config = VaultConfig::new(folder).backend(Backend::other(memory_keyring().unwrap()));
    Vault::open(config).unwrap()
}

fn with_passkeys(folder: &Path, count: u8) -> Vault {
    let vault = in_memory(folder);
    for number in 1..=count {
        vault
            .create(&credential(number, number.into()), &[], now())
            .unwrap();
    }
    vault
}

fn nothing(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn key() -> Key {
    Key::parse(WORDS).unwrap()
}

/// The person, verified by their PIN, which is set if there is none.
fn verified(vault: &Vault) -> UserVerified {
    let pin = roamkey_vault::Pin::new("2718".to_owned()).unwrap();
    let _there_already = vault.set_pin(&pin, now());
    vault.verify_pin(&pin, now()).unwrap()
}

/// A device with recovery set up, and the bytes of a backup of it.
fn backed_up(folder: &Path, count: u8) -> (Vault, Vec<u8>) {
    let vault = with_passkeys(&folder.join("data"), count);
    Recovery::set_up(&vault, &words(WORDS).unwrap(), false).unwrap();
    let written = backup(&vault, &folder.join("backups"), &mut nothing).unwrap();
    assert_eq!((written.count, written.left_out), (count.into(), 0));
    (vault, std::fs::read(written.path).unwrap())
}

#[test]
fn a_passkey_survives_its_device() {
    let folder = tempfile::tempdir().unwrap();
    let (old, file) = backed_up(folder.path(), 3);
    old.label(old.list().unwrap()[0].record_id, Some("Work"), now())
        .unwrap();

    let fresh = in_memory(&folder.path().join("fresh"));
    let plan = plan(&fresh, open(&file, Some(&key()), None).unwrap()).unwrap();
    assert_eq!((plan.held, plan.new.len(), plan.same), (0, 3, 0));
    assert!(fresh.list().unwrap().is_empty(), "a plan changes nothing");
    let applied = apply(&fresh, plan, Source::Backup, &mut nothing).unwrap();
    assert_eq!(applied.added, 3);

    for number in 1..=3 {
        let (own, read) = (credential(number, number.into()), CredentialId::new([number; 32]));
        let read = fresh.load(&read).unwrap();
        assert!(*read.key.to_bytes() == *own.key.to_bytes(), "the same key");
        assert!(read.prf_seeds.with_uv.as_bytes() == own.prf_seeds.with_uv.as_bytes());
        assert!(read.prf_seeds.without_uv.as_bytes() == own.prf_seeds.without_uv.as_bytes());
        assert_eq!(
            (read.cred_protect, read.cred_blob),
            (own.cred_protect, own.cred_blob)
        );
        assert!(
            read.backup_eligible && read.backup_state,
            "a copy exists, and it opens"
        );
    }
}

#[test]
fn taking_the_same_file_in_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, file) = backed_up(folder.path(), 3);
    let before: Vec<_> = vault.list().unwrap();
    let plan = plan(&vault, open(&file, Some(&key()), None).unwrap()).unwrap();
    assert_eq!((plan.new.len(), plan.same, plan.conflicts.len()), (0, 3, 0));
    assert_eq!(
        apply(&vault, plan, Source::Backup, &mut nothing).unwrap(),
        Applied::default()
    );
    assert!(vault.list().unwrap() == before);
}

#[test]
fn a_conflict_is_shown_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = backed_up(folder.path(), 2);
    let vault = in_memory(&folder.path().join("other"));
    vault.create(&credential(1, 77), &[], now()).unwrap();
    let plan = plan(&vault, open(&file, Some(&key()), None).unwrap()).unwrap();
    assert_eq!((plan.new.len(), plan.conflicts.len()), (1, 1));
    assert_eq!(plan.conflicts[0].rp_id, "site-1.example");
    apply(&vault, plan, Source::Backup, &mut nothing).unwrap();
    let kept = vault.load(&CredentialId::new([1; 32])).unwrap();
    assert!(*kept.key.to_bytes() == *credential(1, 77).key.to_bytes());
}

#[test]
fn only_a_drill_makes_a_passkey_count_as_backed_up_and_it_imports_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, file) = backed_up(folder.path(), 2);
    let state = |number| {
        let passkey = vault.load(&CredentialId::new([number; 32])).unwrap();
        (passkey.backup_eligible, passkey.backup_state)
    };
    assert_eq!(state(1), (true, false), "a backup that nobody has tried is none");
    vault.create(&credential(3, 3), &[], now()).unwrap();

    let drilled = drill(&vault, &file, Some(&key()), &mut nothing).unwrap();
    assert_eq!((drilled.working, drilled.backed_up, drilled.not_in_it), (2, 2, 1));
    assert_eq!(
        (state(1), state(2), state(3)),
        ((true, true), (true, true), (true, false))
    );
    assert!(Recovery::get(&vault).unwrap().last_drill.is_some());

    let other = in_memory(&folder.path().join("other"));
    let drilled = drill(&other, &file, Some(&key()), &mut nothing).unwrap();
    assert_eq!((drilled.working, drilled.backed_up), (2, 0));
    assert!(other.list().unwrap().is_empty());
}

#[test]
fn what_can_be_wrong_with_a_backup_has_codes_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, file) = backed_up(folder.path(), 1);
    let code = |file: &[u8], key: Option<&Key>| drill(&vault, file, key, &mut nothing).unwrap_err().code();
    let other = Key::Identity(new_words().identity());
    let passphrase = Key::Passphrase("x".to_owned().into());
    let mut altered = file.clone();
    let last = altered.len() - 1;
    altered[last] ^= 1;
    assert_eq!(code(&file, Some(&other)), ErrorCode::WordsOfAnother);
    assert_eq!(code(&file, Some(&passphrase)), ErrorCode::KeyOfOtherKind);
    assert_eq!(code(&file, None), ErrorCode::FileProtected);
    assert_eq!(code(&altered, Some(&key())), ErrorCode::FileDamaged);
    assert_eq!(code(&file[..60], Some(&key())), ErrorCode::FileCutOff);
    assert_eq!(
        code(b"age-encryption.org/v2\n-> X\n", Some(&key())),
        ErrorCode::FileTooNew
    );
    assert_eq!(code(b"hello", Some(&key())), ErrorCode::FileUnknown);
    let of_words = |text: &str| words(text).unwrap_err().code();
    assert_eq!(of_words("one two three"), ErrorCode::WordsWrong);
    assert_eq!(
        of_words(&WORDS.replace("legal winner", "winner legal")),
        ErrorCode::WordsDoNotFit
    );
    assert_eq!(of_words("rkshare1qqqq"), ErrorCode::SharesWrong);
    assert!(
        !vault.load(&CredentialId::new([1; 32])).unwrap().backup_state,
        "none of this was a drill"
    );
}

#[test]
fn other_words_do_not_take_the_place_of_those_that_open_the_backups() {
    let folder = tempfile::tempdir().unwrap();
    let vault = in_memory(folder.path());
    let first = words(WORDS).unwrap();
    assert_eq!(
        Recovery::get(&vault).unwrap_err().code(),
        ErrorCode::RecoveryNotSetUp
    );
    let state = Recovery::set_up(&vault, &first, false).unwrap();
    assert_eq!(
        Recovery::set_up(&vault, &first, false).unwrap(),
        state,
        "the same words again are no change"
    );
    let error = Recovery::set_up(&vault, &new_words(), false).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RecoveryAlreadySetUp);
    assert_eq!(Recovery::get(&vault).unwrap(), state);
    // There is no file that somebody could exchange.
    let text = state.recipient().unwrap().to_string();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !content
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        );
    }
}

#[test]
fn a_copy_under_a_passphrase_opens_with_it_and_a_weak_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let vault = with_passkeys(&folder.path().join("data"), 1);
    let path = folder.path().join("copy.age");
    let copy = |passphrase| copy_under_passphrase(&vault, &path, passphrase, &mut nothing);
    assert_eq!(copy("password").unwrap_err().code(), ErrorCode::PassphraseWeak);
    assert!(!path.exists());
    let good = "plover-anchor-quilt-gravel-sonnet";
    assert_eq!(copy(good).unwrap().count, 1);
    assert_eq!(copy(good).unwrap_err().code(), ErrorCode::FileExists);
    let file = std::fs::read(&path).unwrap();
    let opens = Key::Passphrase(good.to_owned().into());
    assert_eq!(open(&file, Some(&opens), None).unwrap().passkeys.len(), 1);
}

#[test]
fn exports_come_back_through_import() {
    let folder = tempfile::tempdir().unwrap();
    let vault = with_passkeys(&folder.path().join("data"), 2);
    let plain = folder.path().join("plain.json");
    export_cxf(&vault, &plain, Readers::Anybody(verified(&vault)), &mut nothing).unwrap();
    let files = folder.path().join("files");
    export_keepassxc(&vault, &files, verified(&vault), &mut nothing).unwrap();
    for (file, count) in [(plain, 2), (files.join("00001.passkey"), 1)] {
        let other = in_memory(&folder.path().join(format!("import-{count}")));
        let plan = plan(&other, open(&read_file(&file).unwrap(), None, None).unwrap()).unwrap();
        assert_eq!(
            apply(&other, plan, Source::Other, &mut nothing).unwrap().added,
            count
        );
    }
}

// A process that dies.

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

/// Not a test by itself: dies at the point that the environment names, while it takes a backup in.
#[test]
fn child_that_dies_while_it_restores() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    let folder = Path::new(&folder);
    let vault = on_disk(folder);
    let file = std::fs::read(folder.join("file")).unwrap();
    let plan = plan(&vault, open(&file, Some(&key()), None).unwrap()).unwrap();
    apply(&vault, plan, Source::Backup, &mut nothing).unwrap();
}

fn die_at(folder: &Path, child: &str, point: &str) {
    use std::os::unix::process::ExitStatusExt as _;
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("recovery::tests::{child}")])
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

#[test]
fn a_kill_while_a_backup_is_restored_leaves_whole_passkeys_and_it_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = backed_up(folder.path(), 60);
    let device = folder.path().join("device");
    std::fs::create_dir(&device).unwrap();
    std::fs::write(device.join("file"), &file).unwrap();
    drop(on_disk(&device));

    die_at(&device, "child_that_dies_while_it_restores", "one batch");
    let vault = on_disk(&device);
    assert_eq!(vault.list().unwrap().len(), 50);

    let plan = plan(&vault, open(&file, Some(&key()), None).unwrap()).unwrap();
    assert_eq!((plan.same, plan.new.len(), plan.conflicts.len()), (50, 10, 0));
    assert_eq!(
        apply(&vault, plan, Source::Backup, &mut nothing).unwrap().added,
        10
    );
    assert_eq!(vault.list().unwrap().len(), 60);
}
