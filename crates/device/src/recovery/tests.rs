//! Backup, drill, restore and import against a whole vault.

mod kill;

use std::path::Path;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_authenticator::{Credential, CredentialStore as _, PrfSeeds, PrivateKey, UnixTime, UserVerified};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use roamkey_testkit::memory_keyring::memory_keyring;
use roamkey_vault::{Backend, Event, Vault, VaultConfig};

use super::*;
use crate::ErrorCode;

const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth \
                     useful legal winner thank year wave sausage worth title";

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
fn what_was_taken_in_is_noted_once_under_its_own_name() {
    for (source, name) in [
        (Source::Backup, Event::RestoredFromBackup),
        (Source::Other, Event::Imported),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (_old, file) = backed_up(folder.path(), 3);
        let fresh = in_memory(&folder.path().join("fresh"));
        let plan = plan(&fresh, open(&file, Some(&key()), None).unwrap()).unwrap();
        apply(&fresh, plan, source, &mut nothing).unwrap();
        let noted: Vec<_> = fresh
            .activity(None)
            .unwrap()
            .into_iter()
            .map(|entry| (entry.activity.event, entry.activity.count))
            .collect();
        assert_eq!(noted, [(name, Some(3))]);
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
fn a_passkey_in_the_trash_is_shown_as_that_and_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, file) = backed_up(folder.path(), 3);
    let of_site = |number: u8| {
        let site = format!("site-{number}.example");
        let list = vault.list().unwrap().into_iter();
        let mut found = list.filter(|entry| entry.rp_id.as_deref() == Some(&site));
        found.next().map(|entry| entry.record_id)
    };
    let (kept, destroyed) = (of_site(1).unwrap(), of_site(2).unwrap());
    vault.remove(kept, now()).unwrap();
    vault.remove(destroyed, now()).unwrap();
    vault.destroy(destroyed, now()).unwrap();

    let plan = plan(&vault, open(&file, Some(&key()), None).unwrap()).unwrap();
    assert_eq!(
        (plan.same, plan.new.len(), plan.in_trash.len()),
        (1, 1, 1),
        "what is destroyed comes back, what is in the trash does not"
    );
    assert_eq!(plan.in_trash[0].rp_id, "site-1.example");
    let applied = apply(&vault, plan, Source::Backup, &mut nothing).unwrap();
    assert_eq!((applied.added, applied.in_trash), (1, 0));
    assert!(of_site(1).is_none() && of_site(2).is_some());
    vault.restore_removed(kept, now()).unwrap();
    assert_eq!(of_site(1), Some(kept), "it can be taken back as before");
}

#[test]
fn a_passkey_whose_key_is_gone_from_the_keyring_comes_back_from_the_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = backed_up(folder.path(), 2);
    let store: std::sync::Arc<keyring_core::api::CredentialStore> =
        keyring_core::sample::Store::new().unwrap();
    let keyring = std::sync::Arc::clone(&store);
    let config = VaultConfig::new(folder.path().join("loses"))
        .backend(Backend::other(move || Ok(std::sync::Arc::clone(&keyring))));
    let vault = Vault::open(config).unwrap();
    let restore = || {
        let plan = plan(&vault, open(&file, Some(&key()), None).unwrap()).unwrap();
        let shown = (plan.same, plan.new.len(), plan.conflicts.len());
        (shown, apply(&vault, plan, Source::Backup, &mut nothing).unwrap())
    };
    assert_eq!(restore().1.added, 2);
    let lost = vault.list().unwrap()[0].record_id;
    vault.label(lost, Some("Work"), now()).unwrap();
    let items = store.search(&std::collections::HashMap::new()).unwrap();
    for item in items {
        let (_, user) = item.get_specifiers().unwrap();
        if user.contains(&lost.to_string()) {
            item.delete_credential().unwrap();
        }
    }

    let (shown, applied) = restore();
    assert_eq!((shown, applied.added), ((1, 1, 0), 1));
    let list = vault.list().unwrap();
    assert_eq!(list.len(), 2);
    for number in 1..=2 {
        assert!(vault.load(&CredentialId::new([number; 32])).is_ok());
    }
    assert!(
        list.iter().any(|entry| entry.label.as_deref() == Some("Work")),
        "the label stays"
    );
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
