//! Backups: what is in them, what their size tells, what a damaged one gives.

use roamkey_exchange::RecoveryWords;
use roamkey_exchange::age::{AgeError, Lock, Unlock};
use roamkey_exchange::backup::{BackupError, BackupWriter, open};
use roamkey_exchange::import::{Import, ImportError};

use crate::support::{assert_same, options, passkey, rng};

fn backup(words: &RecoveryWords, count: u64) -> Vec<u8> {
    let mut rng = rng(2);
    let recipient = words.recipient();
    let mut writer =
        BackupWriter::new(Vec::new(), Lock::Recipient(&recipient), &mut rng, 1_795_000_000).unwrap();
    for number in 0..count {
        writer.push(&passkey(number)).unwrap();
    }
    let (file, info) = writer.finish(Some("c0ffee")).unwrap();
    assert_eq!(info.count, count);
    file
}

fn opened(file: &[u8], words: &RecoveryWords) -> Result<Import, BackupError> {
    let mut rng = rng(3);
    open(file, Unlock::Identity(&words.identity()), &mut options(&mut rng))
}

#[test]
fn a_backup_gives_back_every_passkey_and_says_when_it_was_made() {
    let words = RecoveryWords::generate(&mut rng(1));
    let import = opened(&backup(&words, 30), &words).unwrap();
    for (number, read) in (0..).zip(&import.passkeys) {
        assert_same(read, &passkey(number));
    }
    let info = import.backup.unwrap();
    assert_eq!((info.made_at, info.count), (1_795_000_000, 30));
    assert_eq!(info.activity_head.as_deref(), Some("c0ffee"));
}

#[test]
fn its_size_does_not_tell_a_few_passkeys_more_or_less() {
    let words = RecoveryWords::generate(&mut rng(1));
    let sizes: Vec<usize> = [0, 1, 20, 50].map(|count| backup(&words, count).len()).to_vec();
    assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
}

#[test]
fn other_words_open_nothing() {
    let words = RecoveryWords::generate(&mut rng(1));
    let other = RecoveryWords::generate(&mut rng(2));
    let error = opened(&backup(&words, 1), &other).unwrap_err();
    assert_eq!(error, BackupError::Age(AgeError::NoMatch));
}

#[test]
fn a_backup_that_says_it_holds_more_is_damaged() {
    use std::io::Write as _;
    let words = RecoveryWords::generate(&mut rng(1));
    let recipient = words.recipient();
    let plain =
        roamkey_exchange::age::decrypt(&backup(&words, 2), Unlock::Identity(&words.identity())).unwrap();
    let claims = String::from_utf8(plain.to_vec())
        .unwrap()
        .replace("\"count\":2", "\"count\":3");
    let mut writer =
        roamkey_exchange::age::encrypt(Lock::Recipient(&recipient), &mut rng(4), Vec::new()).unwrap();
    writer.write_all(claims.as_bytes()).unwrap();
    let error = opened(&writer.finish().unwrap(), &words).unwrap_err();
    assert_eq!(error, BackupError::Content(ImportError::Damaged));
}

#[test]
fn no_secret_shows_in_debug_output() {
    let words = RecoveryWords::generate(&mut rng(1));
    let import = opened(&backup(&words, 1), &words).unwrap();
    let shown = format!(
        "{words:?} {:?} {import:?} {:?}",
        words.identity(),
        import.passkeys
    );
    let first = words.words().next().unwrap();
    for secret in [first, "site-0", "alice", "AGE-SECRET"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
