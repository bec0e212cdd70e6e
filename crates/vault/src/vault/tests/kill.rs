//! `kill -9` at each write that a change makes: afterwards there is the old state or the new one, and nothing else.

use std::os::unix::process::ExitStatusExt as _;

use base64::Engine as _;
use roamkey_authenticator::{CredentialStore as _, UnixTime};
use roamkey_testkit::keyring::{PrivateKeyring, in_private_session};

use super::support::*;
use crate::fault::FAULT_VARIABLE;
use crate::{Event, Import, Imported, Vault};

const ACT_VARIABLE: &str = "ROAMKEY_TEST_ACT";
const LATER: UnixTime = UnixTime(NOW.0 + 31 * 86_400);

/// Passkeys 1 and 2, with 2 in the trash; nothing that an act before has left.
fn set_up(session: &PrivateKeyring, act: &str) {
    let folder = session.folder().join("data/roamkey");
    empty(session);
    if act == "migrate" {
        let vectors = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/index_v1");
        let keyring = std::fs::read(vectors.join("keyring.json")).unwrap();
        let keyring: serde_json::Value = serde_json::from_slice(&keyring).unwrap();
        for (user, secret) in keyring["items"].as_object().unwrap() {
            let secret = base64::engine::general_purpose::STANDARD
                .decode(secret.as_str().unwrap())
                .unwrap();
            vault_of(session).keyring.create(user, &secret).unwrap();
        }
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(vectors.join("index.sqlite3"), folder.join("index.sqlite3")).unwrap();
        return;
    }
    for number in 1..=2 {
        vault_of(session)
            .create(&credential("a.example", number), &[], NOW)
            .unwrap();
    }
    vault_of(session).remove(id(&vault_of(session), 2), NOW).unwrap();
    if act == "import again" {
        let vault = vault_of(session);
        vault.keyring.delete(&id(&vault, 1).user()).unwrap();
        vault.check().unwrap();
    }
}

fn act_out(vault: &Vault, act: &str) {
    match act {
        "label" => vault.label(id(vault, 1), Some("new"), NOW).unwrap(),
        "remove" => drop(vault.remove(id(vault, 1), NOW).unwrap()),
        "restore" => vault.restore_removed(id(vault, 2), NOW).unwrap(),
        "destroy" => vault.destroy(id(vault, 2), NOW).unwrap(),
        "purge" => assert_eq!(vault.purge(LATER).unwrap(), 1),
        "import" => {
            let mut passkey = Import::new(credential("b.example", 3));
            passkey.label = Some("imported".to_owned());
            passkey.foreign = Some(vec![1; 5000].into());
            let imported = vault.import(&[passkey], Event::Imported, NOW).unwrap();
            assert!(
                matches!(imported.as_slice(), [Imported::Added(_)]),
                "{imported:?}"
            );
        }
        "import again" => {
            let imported = vault.import(&[Import::new(credential("a.example", 1))], Event::Imported, NOW);
            let imported = imported.unwrap();
            assert!(
                matches!(imported.as_slice(), [Imported::Added(_)]),
                "{imported:?}"
            );
        }
        "migrate" => drop(vault.list().unwrap()),
        other => panic!("{other}"),
    }
}

/// Not a test by itself: dies at the point that the environment names, in the middle of a change.
#[test]
fn child_that_dies_while_it_changes() {
    let (Ok(_), Ok(act)) = (std::env::var(FAULT_VARIABLE), std::env::var(ACT_VARIABLE)) else {
        return;
    };
    let session = PrivateKeyring::attached().unwrap();
    act_out(&vault_of(&session), &act);
}

/// The process that dies at its so many-th write, if there are as many.
fn child(session: &PrivateKeyring, act: &str, number: usize) -> std::process::Command {
    let mut command = session.command(std::env::current_exe().unwrap());
    command
        .args(["--exact", "vault::tests::kill::child_that_dies_while_it_changes"])
        .env(FAULT_VARIABLE, number.to_string())
        .env(ACT_VARIABLE, act)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    command
}

/// All that can be seen of all passkeys; those that can be used are loaded.
fn state(vault: &Vault) -> Vec<String> {
    let describe = |entry: &crate::PasskeyEntry| {
        let details = vault.show(entry.record_id).unwrap();
        let foreign = vault.foreign(entry.record_id).unwrap().map(|fields| fields.len());
        format!(
            "{:?} {:?} {:?} {foreign:?} {:?}",
            entry.created_at, entry.state, entry.label, details.cred_blob
        )
    };
    let mut state: Vec<_> = all(vault)
        .iter()
        .map(|(removed, entry)| format!("{removed} {}", describe(entry)))
        .collect();
    // The order of what was removed at once is that of the random ids.
    state.sort();
    state.push(format!("{} items, {:?}", items(vault), vault.check().unwrap()));
    state
}

#[test]
fn a_kill_at_any_write_leaves_the_old_state_or_the_new_one() {
    let name = "a_kill_at_any_write_leaves_the_old_state_or_the_new_one";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        for act in [
            "label",
            "remove",
            "restore",
            "destroy",
            "purge",
            "import",
            "import again",
            "migrate",
        ] {
            let mut left = Vec::new();
            let new = loop {
                set_up(session, act);
                let number = left.len() + 1;
                let output = child(session, act, number).output().unwrap();
                let state = state(&vault_of(session));
                if output.status.success() {
                    break state;
                }
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.signal(), Some(9), "{act} {number}: {said}");
                left.push((state, said));
            };
            set_up(session, act);
            let old = state(&vault_of(session));
            assert!(left.len() >= 3, "{act} has only {} points", left.len());
            for (state, said) in &left {
                assert!(
                    *state == old || *state == new,
                    "{act}: {said}\n{state:?}\nold {old:?}\nnew {new:?}"
                );
            }
        }
    });
}

/// The passkeys 1 to 3, which the other process has, by their number: whether each is in the trash, its label.
fn of_the_other(vault: &Vault) -> Vec<(u64, bool, Option<String>)> {
    let mut there: Vec<_> = all(vault)
        .into_iter()
        .map(|(removed, entry)| (number(&entry), removed, entry.label))
        .filter(|(number, ..)| *number <= 3)
        .collect();
    there.sort();
    there
}

#[test]
fn a_kill_at_any_write_takes_nothing_from_a_process_that_works_meanwhile() {
    let name = "a_kill_at_any_write_takes_nothing_from_a_process_that_works_meanwhile";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        for act in ["remove", "destroy", "import"] {
            set_up(session, act);
            let old = of_the_other(&vault_of(session));
            act_out(&vault_of(session), act);
            let new = of_the_other(&vault_of(session));
            assert_ne!(old, new);
            for number in 1.. {
                set_up(session, act);
                let vault = vault_of(session);
                let mut other = child(session, act, number).spawn().unwrap();
                let mut mine = Vec::new();
                // At least one while the other starts, and whatever fits in until it has ended.
                while mine.is_empty() || other.try_wait().unwrap().is_none() {
                    let next = credential("c.example", 10 + u8::try_from(mine.len()).unwrap());
                    vault.create(&next, &[], NOW).unwrap();
                    vault
                        .label(id(&vault, next.id.as_bytes()[0]), Some("mine"), NOW)
                        .unwrap();
                    mine.push(next);
                }
                let ended = other.wait().unwrap();
                let left = of_the_other(&vault_of(session));
                assert!(left == old || left == new, "{act} {number}: {left:?}");
                for vault in [vault, vault_of(session)] {
                    for passkey in &mine {
                        assert_same(&vault.load(&passkey.id).unwrap(), passkey);
                    }
                    let mut listed = vault.list().unwrap();
                    listed.retain(|entry| entry.label.as_deref() == Some("mine"));
                    assert_eq!(listed.len(), mine.len(), "{act} {number}");
                    assert_eq!(items(&vault), mine.len() + left.len(), "{act} {number}");
                }
                if ended.success() {
                    assert!(left == new && number > 3, "{act} has only {number} points");
                    break;
                }
                assert_eq!(ended.signal(), Some(9), "{act} {number}");
            }
        }
    });
}
