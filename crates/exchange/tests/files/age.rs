//! The age format: the project's own test kit, and files made here.

use std::fmt::Write as _;

use roamkey_exchange::age::{AgeError, Identity, Lock, OpensWith, Unlock, decrypt, encrypt, opens_with};
use sha2::{Digest as _, Sha256};

use crate::support::rng;

/// One file of the test kit: lines of `name: value`, an empty line, the age file.
struct Case {
    expect: String,
    payload: Option<String>,
    identities: Vec<Identity>,
    passphrases: Vec<String>,
    file: Vec<u8>,
}

#[test]
fn the_age_projects_own_files_get_their_verdicts() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/age");
    let (mut count, mut wrong) = (0, String::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some() {
            continue;
        }
        count += 1;
        let case = parse(&std::fs::read(&path).unwrap());
        let outcome = open(&case);
        let right = match (case.expect.as_str(), &outcome) {
            ("success", Ok(plain)) => case.payload == Some(hex::encode(Sha256::digest(plain))),
            ("no match", Err(error)) => matches!(error, AgeError::NoMatch | AgeError::OtherKind(_)),
            ("HMAC failure", Err(error)) => *error == AgeError::Damaged,
            ("header failure", Err(error)) => *error != AgeError::NoMatch,
            ("payload failure", Err(error)) => matches!(error, AgeError::Damaged | AgeError::CutOff),
            _ => false,
        };
        if !right {
            let outcome = outcome.map(|plain| plain.len());
            let _ = writeln!(
                wrong,
                "{}: expected {}, got {outcome:?}",
                path.display(),
                case.expect
            );
        }
    }
    assert!(count > 85, "only {count} files");
    assert!(wrong.is_empty(), "{wrong}");
}

fn parse(bytes: &[u8]) -> Case {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
    let mut case = Case {
        expect: String::new(),
        payload: None,
        identities: Vec::new(),
        passphrases: Vec::new(),
        file: bytes[end + 2..].to_vec(),
    };
    for line in std::str::from_utf8(&bytes[..end]).unwrap().lines() {
        let (name, value) = line.split_once(": ").unwrap();
        match name {
            "expect" => value.clone_into(&mut case.expect),
            "payload" => case.payload = Some(value.to_owned()),
            "identity" => case.identities.push(Identity::from_text(value).unwrap()),
            "passphrase" => case.passphrases.push(value.to_owned()),
            "compressed" => case.file = miniz_oxide::inflate::decompress_to_vec_zlib(&case.file).unwrap(),
            "file key" | "comment" => {}
            other => panic!("unknown line {other}"),
        }
    }
    case
}

/// Tries every key of the case, as the tools do; without any, one that fits nothing.
fn open(case: &Case) -> Result<Vec<u8>, AgeError> {
    let nobody = Identity::from_bytes(&[7; 32]);
    let identities = case.identities.iter().map(Unlock::Identity);
    let passphrases = case
        .passphrases
        .iter()
        .map(|passphrase| Unlock::Passphrase(passphrase));
    let mut outcome = Err(AgeError::NoMatch);
    for unlock in identities.chain(passphrases) {
        outcome = decrypt(&case.file, unlock).map(|plain| plain.to_vec());
        if !matches!(outcome, Err(AgeError::NoMatch)) {
            return outcome;
        }
    }
    if case.identities.is_empty() && case.passphrases.is_empty() {
        return decrypt(&case.file, Unlock::Identity(&nobody)).map(|plain| plain.to_vec());
    }
    outcome
}

fn encrypted(lock: Lock<'_>, content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = encrypt(lock, &mut rng(1), Vec::new()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

#[test]
fn what_is_encrypted_opens_again_at_every_length_around_a_chunk() {
    let identity = Identity::from_bytes(&[3; 32]);
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let content: Vec<u8> = (0..length).map(|byte: u32| byte as u8).collect();
        let file = encrypted(Lock::Recipient(&identity.recipient()), &content);
        assert_eq!(opens_with(&file), Ok(OpensWith::Identity));
        assert_eq!(
            *decrypt(&file, Unlock::Identity(&identity)).unwrap(),
            content,
            "{length}"
        );
    }
}

#[test]
fn a_passphrase_opens_its_file_and_no_other_does() {
    let file = encrypted(Lock::Passphrase("three blind mice"), b"content");
    assert_eq!(opens_with(&file), Ok(OpensWith::Passphrase));
    assert_eq!(
        *decrypt(&file, Unlock::Passphrase("three blind mice")).unwrap(),
        b"content"
    );
    assert_eq!(
        decrypt(&file, Unlock::Passphrase("three blind rats")),
        Err(AgeError::NoMatch)
    );
    let identity = Identity::from_bytes(&[3; 32]);
    let other = AgeError::OtherKind(OpensWith::Passphrase);
    assert_eq!(decrypt(&file, Unlock::Identity(&identity)), Err(other));
    let header = String::from_utf8_lossy(&file);
    assert_eq!(header.matches("\n-> ").count(), 1, "a passphrase stands alone");
}

#[test]
fn no_altered_and_no_missing_byte_goes_unnoticed() {
    let identity = Identity::from_bytes(&[3; 32]);
    let file = encrypted(Lock::Recipient(&identity.recipient()), &[b'x'; 140_000]);
    let header = file.windows(4).position(|four| four == b"--- ").unwrap() + 48;
    let places = (0..header + 32)
        .chain((header..file.len()).step_by(4096))
        .chain([file.len() - 1]);
    for place in places {
        let mut altered = file.clone();
        altered[place] ^= 1;
        assert!(
            decrypt(&altered, Unlock::Identity(&identity)).is_err(),
            "altered at {place}"
        );
        let error = decrypt(&file[..place], Unlock::Identity(&identity)).unwrap_err();
        assert!(
            matches!(
                error,
                AgeError::CutOff | AgeError::Damaged | AgeError::NotAge | AgeError::NoMatch
            ),
            "cut at {place}: {error}"
        );
    }
    let mut longer = file;
    longer.push(0);
    assert_eq!(
        decrypt(&longer, Unlock::Identity(&identity)),
        Err(AgeError::Damaged)
    );
}

#[test]
fn identity_and_recipient_are_written_as_age_writes_them() {
    let text = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
    let identity = Identity::from_text(text).unwrap();
    assert_eq!(identity.to_text().as_str(), text);
    let recipient = identity.recipient();
    assert_eq!(
        roamkey_exchange::age::Recipient::from_text(&recipient.to_string()),
        Some(recipient)
    );
    assert!(
        Identity::from_text(&text.replace('Q', "P")).is_none(),
        "a typo shows"
    );
}
