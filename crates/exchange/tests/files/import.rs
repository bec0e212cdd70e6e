//! The files of `vectors/import`: each has beside it what is expected of it.

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;
use roamkey_ctap::CoseKey;
use roamkey_exchange::import::{self, BackupFlags, Import, ImportError, MAX_FILE};
use roamkey_exchange::{Passkey, signs};
use serde_json::Value;

use crate::support::{options, rng};

#[test]
fn every_file_is_read_as_it_should_be() {
    let (mut count, mut wrong) = (0, String::new());
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/import")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "expect") {
            continue;
        }
        count += 1;
        let expected = std::fs::read(format!("{}.expect", path.display())).unwrap();
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        if let Err(why) = check(&path, &expected) {
            let _ = writeln!(wrong, "{}: {why}", path.file_name().unwrap().display());
        }
    }
    assert!(count > 50, "only {count} files");
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn read(file: &[u8], expected: &Value) -> Result<Import, ImportError> {
    let mut rng = rng(1);
    let mut options = options(&mut rng);
    options.password = expected["password"].as_str();
    if let Some(flags) = expected["backup_flags"].as_array() {
        options.backup_flags = Some(BackupFlags {
            eligible: flags[0].as_bool().unwrap(),
            state: flags[1].as_bool().unwrap(),
        });
    }
    import::read(file, &mut options)
}

fn check(path: &Path, expected: &Value) -> Result<(), String> {
    let outcome = read(&std::fs::read(path).unwrap(), expected);
    let import = match (outcome, expected["error"].as_str()) {
        (Err(error), Some(name)) if format!("{error:?}") == name => return Ok(()),
        (Err(error), _) => return Err(format!("{error:?}")),
        (Ok(_), Some(name)) => return Err(format!("read, and not {name}")),
        (Ok(import), None) => import,
    };
    let same = |what: &str, read: Value, expected: &Value| {
        let expected = if expected.is_null() && read.is_number() {
            &Value::from(0)
        } else {
            expected
        };
        if read == *expected {
            Ok(())
        } else {
            Err(format!("{what} is {read}, not {expected}"))
        }
    };
    same("format", import.format.as_str().into(), &expected["format"])?;
    same("others", import.others.into(), &expected["others"])?;
    let skipped: Vec<_> = import
        .skipped
        .iter()
        .map(|one| [one.place.to_string(), one.reason.as_str().to_owned()])
        .collect();
    let expected_skipped = expected
        .get("skipped")
        .cloned()
        .unwrap_or_else(|| Vec::<Value>::new().into());
    same(
        "skipped",
        serde_json::to_value(skipped).unwrap(),
        &expected_skipped,
    )?;
    let all = expected["passkeys"].as_array().unwrap();
    same("count", import.passkeys.len().into(), &all.len().into())?;
    for (passkey, expected) in import.passkeys.iter().zip(all) {
        assert!(signs(&passkey.credential.key, b"challenge"), "the key signs");
        for (name, value) in expected.as_object().unwrap() {
            same(name, field(passkey, name), value)?;
        }
    }
    Ok(())
}

fn field(passkey: &Passkey, name: &str) -> Value {
    let credential = &passkey.credential;
    match name {
        "rp_id" => credential.rp_id.as_str().into(),
        "credential_id" => hex::encode(credential.id.as_bytes()).into(),
        "user_handle" => hex::encode(credential.user.id.as_bytes()).into(),
        "user_name" => credential.user.name.clone().into(),
        "user_display_name" => credential.user.display_name.clone().into(),
        "label" => passkey.label.clone().into(),
        "backup_eligible" => credential.backup_eligible.into(),
        "backup_state" => credential.backup_state.into(),
        "created_at" => credential.created_at.0.into(),
        "cred_blob" => credential.cred_blob.as_ref().map(hex::encode).into(),
        "large_blob" => passkey
            .large_blob
            .as_ref()
            .map(|blob| hex::encode(&blob.data))
            .into(),
        "foreign" => passkey
            .foreign
            .as_ref()
            .map_or(Value::Null, |kept| serde_json::from_str(kept.json()).unwrap()),
        "prf" => {
            let seeds = [&credential.prf_seeds.with_uv, &credential.prf_seeds.without_uv];
            seeds.map(|seed| hex::encode(seed.as_bytes())).to_vec().into()
        }
        "public_key" => match credential.key.public_key() {
            CoseKey::Es256 { x, y } => format!("04{}{}", hex::encode(x), hex::encode(y)).into(),
            CoseKey::EdDsa { x } => hex::encode(x).into(),
            CoseKey::Rs256 { n, .. } => hex::encode(n).into(),
            other => panic!("{other:?}"),
        },
        other => panic!("unknown expectation {other}"),
    }
}

#[test]
fn passkeys_without_prf_seeds_get_two_of_their_own() {
    let file = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/vectors/import/keepassxc_es256.passkey"
    ))
    .unwrap();
    let import = read(&file, &Value::Null).unwrap();
    let seeds = &import.passkeys[0].credential.prf_seeds;
    assert_ne!(seeds.with_uv.as_bytes(), seeds.without_uv.as_bytes());
}

#[test]
fn a_file_of_a_hundred_megabytes_is_refused_before_it_is_looked_at() {
    let file = vec![b' '; 100 * 1000 * 1000];
    assert_eq!(read(&file, &Value::Null).unwrap_err(), ImportError::TooLarge);
    assert!(file.len() > MAX_FILE);
}

#[test]
fn no_file_cut_off_anywhere_is_read_in_part() {
    for name in [
        "cxf_1_0.json",
        "bitwarden.json",
        "keepassxc_es256.passkey",
        "cxf.zip",
        "bitwarden_protected_pbkdf2.json",
    ] {
        let file = std::fs::read(format!("{}/vectors/import/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let content = file.trim_ascii_end().len();
        for end in (0..content).step_by(if name.contains("protected") { 97 } else { 7 }) {
            assert!(
                read(&file[..end], &serde_json::json!({ "password": "correct horse" })).is_err(),
                "{name} cut at {end}"
            );
        }
    }
}

#[test]
fn a_deeply_nested_file_is_refused() {
    let file = format!(
        "{{\"accounts\":{}{}}}",
        "[".repeat(1_000_000),
        "]".repeat(1_000_000)
    );
    assert!(read(file.as_bytes(), &Value::Null).is_err());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), zip in any::<bool>()) {
        let file = if zip { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
        let _ = read(&file, &Value::Null);
    }
}
