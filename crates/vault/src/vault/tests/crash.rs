//! `kill -9` between any two steps: afterwards there is no passkey or a whole one, and nothing else is lost.

use std::os::unix::process::ExitStatusExt as _;

use roamkey_authenticator::CredentialStore as _;
use roamkey_ctap::CredentialId;
use roamkey_testkit::keyring::{PrivateKeyring, in_private_session};

use super::support::*;
use crate::fault::FAULT_VARIABLE;
use crate::{CheckReport, PasskeyState, Pin, PinError};

/// Not a test by itself: dies at the point that the environment names, while passkey 2 replaces passkey 1.
#[test]
fn child_that_dies_while_it_creates() {
    if std::env::var_os(FAULT_VARIABLE).is_none() {
        return;
    }
    let session = PrivateKeyring::attached().unwrap();
    let replaced = [CredentialId::new([1; 32])];
    vault_of(&session)
        .create(&credential("a.example", 2), &replaced, NOW)
        .unwrap();
}

/// Not a test by itself: dies after a try was counted, with the right PIN.
#[test]
fn child_that_dies_while_it_verifies() {
    if std::env::var_os(FAULT_VARIABLE).is_none() {
        return;
    }
    let session = PrivateKeyring::attached().unwrap();
    vault_of(&session)
        .verify_pin(&Pin::new("2468".to_owned()).unwrap(), NOW)
        .unwrap();
}

fn die_at(session: &PrivateKeyring, child: &str, point: &str) {
    let mut command = session.command(std::env::current_exe().unwrap());
    command
        .args(["--exact", &format!("vault::tests::crash::{child}")])
        .env(FAULT_VARIABLE, point);
    let output = command.output().unwrap();
    assert_eq!(
        output.status.signal(),
        Some(9),
        "{point}: {}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn a_kill_at_any_point_leaves_no_passkey_or_a_whole_one() {
    use PasskeyState::{Ready, Unfinished};
    let points: [(&str, &[PasskeyState]); 6] = [
        // The old passkey is there in all cases but the last two, where the new one is complete.
        ("noted", &[Ready]),
        ("in keyring", &[Ready, Unfinished]),
        ("read back", &[Ready, Unfinished]),
        ("listed", &[Ready, Ready]),
        ("removal noted", &[Ready]),
        ("removed from keyring", &[Ready]),
    ];
    let name = "a_kill_at_any_point_leaves_no_passkey_or_a_whole_one";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        for (point, states) in points {
            let old = credential("a.example", 1);
            vault_of(session).create(&old, &[], NOW).unwrap();

            die_at(session, "child_that_dies_while_it_creates", point);

            let list = vault_of(session).list().unwrap();
            assert_eq!(
                list.iter().map(|entry| entry.state).collect::<Vec<_>>(),
                states,
                "{point}"
            );
            let found = vault_of(session).find(&rp("a.example")).unwrap();
            assert_eq!(found.len(), states.len(), "{point}");
            for summary in &found {
                let whole = credential("a.example", summary.id.as_bytes()[0]);
                assert_same(&vault_of(session).load(&summary.id).unwrap(), &whole);
            }
            if states.contains(&Unfinished) {
                assert!(
                    found[0].id == old.id,
                    "{point}: the passkey that the site knows comes first"
                );
            }
            let report = vault_of(session).check().unwrap();
            assert_eq!(
                report,
                CheckReport {
                    usable: states.len(),
                    ..CheckReport::default()
                },
                "{point}"
            );

            // Registering once more replaces whatever is there, and leaves exactly one.
            let all: Vec<_> = found.into_iter().map(|summary| summary.id).collect();
            vault_of(session)
                .create(&credential("a.example", 3), &all, NOW)
                .unwrap();
            assert_eq!(vault_of(session).check().unwrap().usable, 1, "{point}");
            vault_of(session)
                .create(&credential("a.example", 4), &[CredentialId::new([3; 32])], NOW)
                .unwrap();
            empty(session);
        }
    });
}

#[test]
fn a_kill_after_the_try_was_counted_saves_no_try() {
    let name = "a_kill_after_the_try_was_counted_saves_no_try";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        vault_of(session)
            .set_pin(&Pin::new("2468".to_owned()).unwrap(), NOW)
            .unwrap();
        for _ in 0..7 {
            die_at(session, "child_that_dies_while_it_verifies", "try counted");
        }
        let wrong = vault_of(session)
            .verify_pin(&Pin::new("1357".to_owned()).unwrap(), NOW)
            .unwrap_err();
        assert!(
            matches!(
                wrong,
                PinError::Wrong {
                    tries_left: 0,
                    wait: Some(_)
                }
            ),
            "{wrong:?}"
        );
    });
}
