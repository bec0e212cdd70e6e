//! The verbs that look after passkeys, against a real gnome-keyring on a private bus: what works, and each bad input.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::process::{Output, Stdio};

use roamkey_authenticator::{Credential, CredentialStore as _, PrfSeed, PrfSeeds, PrivateKey};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use roamkey_device::now;
use roamkey_device::vault::{Activity, Event, Pin, RefusedBecause, Vault, VaultConfig};
use roamkey_testkit::keyring::{PrivateKeyring, in_private_session};
use serde_json::Value;

/// Runs the command in the session. It has no terminal to ask on.
fn roamkey(session: &PrivateKeyring, args: &[&str]) -> Output {
    let mut command = session.command("setsid");
    command.args(["--wait", env!("CARGO_BIN_EXE_roamkey")]).args(args);
    command.env_remove("ROAMKEY_DATA_DIR").stdin(Stdio::null());
    command.output().unwrap()
}

/// The lines of JSON that a command printed, which must have gone well.
fn lines(session: &PrivateKeyring, args: &[&str]) -> Vec<Value> {
    let output = roamkey(session, &[args, &["--json"]].concat());
    assert!(output.status.success(), "{args:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn line(session: &PrivateKeyring, args: &[&str]) -> Value {
    let mut lines = lines(session, args);
    assert_eq!(lines.len(), 1, "{args:?}");
    lines.remove(0)
}

/// The code and exit code of a command that must fail.
fn refused(session: &PrivateKeyring, args: &[&str]) -> (String, i32) {
    let output = roamkey(session, &[args, &["--json"]].concat());
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["ok"], false, "{args:?}");
    let exit = output.status.code().unwrap();
    assert_eq!(last["exit"], exit, "{args:?}");
    (last["code"].as_str().unwrap().to_owned(), exit)
}

fn vault(session: &PrivateKeyring) -> Vault {
    Vault::open(VaultConfig::new(session.folder().join("data/roamkey"))).unwrap()
}

fn create(session: &PrivateKeyring, rp_id: &str, number: u8) {
    let credential = Credential {
        id: CredentialId::new(vec![number; 32]),
        rp_id: RpId::parse(rp_id).unwrap(),
        user: PublicKeyCredentialUserEntity {
            id: UserHandle::parse(&[number]).unwrap(),
            name: Some(format!("user-{number}")),
            display_name: None,
        },
        key: PrivateKey::from_bytes(Algorithm::Es256, &[number; 32]).unwrap(),
        prf_seeds: PrfSeeds {
            with_uv: PrfSeed::from_bytes([number; 32]),
            without_uv: PrfSeed::from_bytes([number; 32]),
        },
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptional,
        cred_blob: None,
        backup_eligible: true,
        backup_state: false,
        created_at: now(),
    };
    vault(session).create(&credential, &[], now()).unwrap();
}

#[test]
fn passkeys_are_listed_shown_labelled_removed_and_taken_back() {
    let name = "passkeys_are_listed_shown_labelled_removed_and_taken_back";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        assert!(lines(session, &["list"]).is_empty());
        create(session, "login.example.org", 1);
        create(session, "other.example", 2);
        let listed = lines(session, &["list"]);
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0]["site"], "login.example.org");
        assert_eq!(listed[0]["store"], "keyring");
        assert_eq!(lines(session, &["list", "USER-2"]).len(), 1);
        assert_eq!(lines(session, &["list", "--site", "example.org"]).len(), 1);
        assert_eq!(
            lines(session, &["list", "--state", "never-used", "--sort", "created"]).len(),
            2
        );
        assert!(lines(session, &["list", "--state", "removed"]).is_empty());

        let id = listed[0]["id"].as_str().unwrap();
        let short = &id[..8];
        assert_eq!(line(session, &["show", short])["account"], "user-1");
        assert_eq!(line(session, &["label", short, "work"])["label"], "work");
        assert_eq!(lines(session, &["list", "work"]).len(), 1);
        assert_eq!(line(session, &["label", short, "--clear"])["label"], Value::Null);

        let removed = line(session, &["remove", short, "--yes"]);
        assert_eq!(removed["last_of_site"], true);
        assert!(removed["undo_until"].as_u64().unwrap() > now().0 + 29 * 86_400);
        assert_eq!(lines(session, &["list"]).len(), 1);
        assert_eq!(
            lines(session, &["list", "--state", "removed"])[0]["destroyed_at"],
            removed["undo_until"]
        );
        assert_eq!(line(session, &["restore-removed", short])["restored"], true);
        assert_eq!(lines(session, &["list"]).len(), 2);

        line(session, &["remove", short, "--yes"]);
        assert_eq!(line(session, &["destroy", short, "--yes"])["destroyed"], true);
        assert_eq!(
            refused(session, &["show", short]),
            ("passkey_not_found".to_owned(), 11)
        );
        let other = lines(session, &["list"])[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(
            line(session, &["remove", &other, "--now", "--yes"])["destroyed"],
            true
        );
        assert!(lines(session, &["list", "--state", "removed"]).is_empty());
    });
}

#[test]
fn bad_input_has_a_reason_and_changes_nothing() {
    let name = "bad_input_has_a_reason_and_changes_nothing";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        create(session, "login.example.org", 1);
        let id = lines(session, &["list"])[0]["id"].as_str().unwrap().to_owned();
        let long = "x".repeat(65);
        let cases: [(&[&str], &str, i32); 10] = [
            (
                &["show", "ffffffffffffffffffffffffffffffff"],
                "passkey_not_found",
                11,
            ),
            (&["show", "not-an-id"], "passkey_id_unfit", 11),
            (&["show", ""], "passkey_id_unfit", 11),
            (&["label", &id, &long], "label_unfit", 11),
            (&["label", &id, "  "], "label_unfit", 11),
            (&["restore-removed", &id], "passkey_not_removed", 11),
            (&["destroy", &id, "--yes"], "passkey_not_removed", 11),
            // Nobody is there to say yes.
            (&["remove", &id], "nobody_to_confirm", 3),
            (&["pin", "change"], "pin_not_set", 10),
            (&["pin", "reset", "--yes"], "pin_not_set", 10),
        ];
        for (args, code, exit) in cases {
            assert_eq!(refused(session, args), (code.to_owned(), exit), "{args:?}");
        }
        assert_eq!(lines(session, &["list"]).len(), 1);

        line(session, &["remove", &id, "--yes"]);
        for verb in [&["remove", &id, "--yes"][..], &["label", &id, "x"]] {
            assert_eq!(refused(session, verb), ("passkey_removed".to_owned(), 11));
        }
        for wrong in [
            &["label", "aa"][..],
            &["label", "aa", "text", "--clear"],
            &["list", "--sort", "colour"],
            &["activity", "--since", "yesterday"],
            &["activity", "verify", "--since", "1d"],
            &["pin"],
            &["verification", "face"],
            &["completion", "dos"],
        ] {
            assert_eq!(roamkey(session, wrong).status.code(), Some(2), "{wrong:?}");
        }
    });
}

#[test]
fn what_happened_is_told_counted_and_verified() {
    let name = "what_happened_is_told_counted_and_verified";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        assert!(lines(session, &["activity"]).is_empty());
        for event in [
            Event::Created,
            Event::SignedIn,
            Event::Refused(RefusedBecause::Denied),
        ] {
            let activity = Activity {
                rp_id: Some("login.example.org".to_owned()),
                account: Some("=1+1,\"x\"".to_owned()),
                user_verified: Some(true),
                ..Activity::of(event)
            };
            vault(session).note_activity(&activity, now()).unwrap();
        }
        let log = lines(session, &["activity"]);
        assert_eq!(log.len(), 3);
        assert_eq!(log[2]["because"], "denied");
        assert_eq!(log[2]["sequence"], 3);
        assert_eq!(lines(session, &["activity", "--since", "1d"]).len(), 3);
        assert!(lines(session, &["activity", "--since", "2100-01-01"]).is_empty());
        let csv = roamkey(session, &["activity", "--format", "csv"]);
        let csv = String::from_utf8(csv.stdout).unwrap();
        assert_eq!(csv.lines().count(), 4);
        assert!(csv.contains(r#","'=1+1,""x""","#), "{csv}");

        let sums = line(session, &["statistics"]);
        assert_eq!(sums["total"]["signed_in"], 1);
        assert_eq!(sums["total"]["success_per_mille"], 666);
        assert_eq!(sums["refusals"]["denied"], 1);
        assert_eq!(sums["by_site"][0]["site"], "login.example.org");

        assert_eq!(line(session, &["activity", "verify"])["entries"], 3);
        let file = session.folder().join("data/roamkey/activity.log");
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        for reading in [&["activity", "verify"][..], &["activity"], &["statistics"]] {
            assert_eq!(refused(session, reading), ("activity_broken".to_owned(), 9));
        }
        assert_eq!(
            refused(session, &["activity", "restart"]),
            ("nobody_to_confirm".to_owned(), 3)
        );
        let restarted = line(session, &["activity", "restart", "--yes"]);
        assert!(
            restarted["kept"]
                .as_str()
                .unwrap()
                .ends_with("activity.broken-1.log")
        );
        assert!(lines(session, &["activity"]).is_empty());
        assert_eq!(line(session, &["activity", "verify"])["entries"], 0);
        assert_eq!(
            line(session, &["activity", "restart", "--yes"])["begun"],
            false,
            "a log that is intact stays"
        );
    });
}

#[test]
fn a_list_that_was_lost_or_damaged_is_made_anew_and_what_is_gone_is_named() {
    let name = "a_list_that_was_lost_or_damaged_is_made_anew_and_what_is_gone_is_named";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        create(session, "login.example.org", 1);
        let index = session.folder().join("data/roamkey/index.sqlite3");
        for (damage, said) in [(true, "was damaged"), (false, "was gone")] {
            for suffix in ["", "-wal", "-shm"] {
                let _gone = std::fs::remove_file(format!("{}{suffix}", index.display()));
            }
            if damage {
                std::fs::write(&index, "this was an index").unwrap();
            }
            let listed = roamkey(session, &["list", "--json"]);
            assert!(listed.status.success(), "{listed:?}");
            let list = String::from_utf8(listed.stdout).unwrap();
            assert_eq!(list.lines().count(), 1, "{list}");
            let told = String::from_utf8(listed.stderr).unwrap();
            for word in [said, "labels", "removed", "passkeys found: 1"] {
                assert!(told.contains(word), "{told}");
            }
            let again = roamkey(session, &["list"]);
            assert!(again.stderr.is_empty(), "told once");
        }
    });
}

#[test]
fn the_pin_and_its_reset_are_told() {
    let name = "the_pin_and_its_reset_are_told";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        assert_eq!(line(session, &["pin", "status"])["set"], false);
        assert_eq!(refused(session, &["pin", "set"]), ("nobody_to_ask".to_owned(), 3));
        vault(session)
            .set_pin(&Pin::new("2468".to_owned()).unwrap(), now())
            .unwrap();
        let status = line(session, &["pin", "status"]);
        assert_eq!((&status["set"], &status["tries_left"]), (&true.into(), &8.into()));
        assert_eq!(
            refused(session, &["pin", "set"]),
            ("pin_already_set".to_owned(), 10)
        );
        let reset = line(session, &["pin", "reset", "--yes"]);
        assert_eq!(reset["pin"], "reset_waits");
        assert!(line(session, &["pin", "status"])["reset_wait_seconds"].is_u64());
        assert_eq!(line(session, &["verification"])["way"], "pin");
        assert_eq!(line(session, &["verification", "pin"])["chosen"], "pin");
        std::fs::write(session.folder().join("data/roamkey/settings.toml"), "colour = 1").unwrap();
        assert_eq!(
            refused(session, &["verification"]),
            ("settings_damaged".to_owned(), 12)
        );
    });
}

#[test]
fn doctor_says_which_tunnel_service_it_is_and_who_has_chosen_it() {
    let name = "doctor_says_which_tunnel_service_it_is_and_who_has_chosen_it";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        let folder = session.folder().join("data/roamkey");
        std::fs::create_dir_all(&folder).unwrap();
        for (settings, option, host, chosen_by) in [
            ("", None, "cable.ua5v.com", "default"),
            ("tunnel = 1", None, "cable.auth.com", "settings"),
            ("tunnel = 1", Some("0"), "cable.ua5v.com", "option"),
            ("tunnel = ", None, "cable.ua5v.com", "settings_unreadable"),
        ] {
            std::fs::write(folder.join("settings.toml"), settings).unwrap();
            let mut command = session.command(env!("CARGO_BIN_EXE_roamkey"));
            command.args(["doctor", "--json", "--tunnel-address", "127.0.0.1:9"]);
            if let Some(option) = option {
                command.args(["--tunnel", option]);
            }
            let output = command
                .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let checks = text
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap());
            let tunnel = checks
                .into_iter()
                .find(|check| check["check"] == "tunnel")
                .unwrap();
            assert_eq!(tunnel["facts"]["host"], host, "{settings} {option:?}");
            assert_eq!(tunnel["facts"]["chosen_by"], chosen_by, "{settings} {option:?}");
        }
    });
}

#[test]
fn doctor_names_what_works_and_what_does_not() {
    let name = "doctor_names_what_works_and_what_does_not";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        let output = session
            .command(env!("CARGO_BIN_EXE_roamkey"))
            .args(["doctor", "--json", "--tunnel-address", "127.0.0.1:9"])
            .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let found: Vec<(String, String, Value)> = text
            .lines()
            .map(|line| {
                let line: Value = serde_json::from_str(line).unwrap();
                let word = |key: &str| line[key].as_str().unwrap().to_owned();
                (word("check"), word("result"), line["code"].clone())
            })
            .collect();
        let expected = [
            ("store", "works", Value::Null),
            ("bluetooth", "broken", "bluetooth_no_service".into()),
            ("tunnel", "broken", "tunnel_unreachable".into()),
            ("clock", "works", Value::Null),
            ("verification", "broken", "pin_not_set".into()),
            ("folder", "works", Value::Null),
            ("activity", "works", Value::Null),
        ];
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(
                (found.0.as_str(), found.1.as_str(), &found.2),
                (expected.0, expected.1, &expected.2)
            );
        }
        assert_eq!(found.len(), expected.len());
        assert_eq!(
            output.status.code(),
            Some(6),
            "that of the first thing that is broken"
        );
        assert!(
            !session.folder().join("data/roamkey").exists(),
            "nothing was made"
        );
    });
}

#[test]
fn a_machine_without_a_keyring_can_choose_a_file_and_is_told_wherever_passkeys_are_shown() {
    let name = "a_machine_without_a_keyring_can_choose_a_file_and_is_told_wherever_passkeys_are_shown";
    in_private_session(PrivateKeyring::start_bus, module_path!(), name, |session| {
        assert_eq!(refused(session, &["list"]), ("keyring_missing".to_owned(), 9));
        assert_eq!(line(session, &["store"])["store"], "keyring");
        let file = session.folder().join("passphrase");
        let with = |args: &[&str]| {
            let words = [args, &["--passphrase-file", file.to_str().unwrap()]].concat();
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<String>>()
        };
        let refused_with = |args: &[&str]| {
            let words = with(args);
            refused(session, &words.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(
            refused_with(&["store", "create-file", "--yes"]).0,
            "passphrase_unreadable"
        );
        std::fs::write(&file, "short\n").unwrap();
        assert_eq!(
            refused_with(&["store", "create-file", "--yes"]).0,
            "passphrase_unfit"
        );
        std::fs::write(&file, "a long enough passphrase\n").unwrap();
        assert_eq!(refused_with(&["store", "create-file"]).0, "nobody_to_confirm");
        let words = with(&["store", "create-file", "--yes"]);
        let made = line(session, &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(made["store"], "passphrase_file");
        assert_eq!(refused_with(&["store", "create-file", "--yes"]).0, "store_there");

        assert_eq!(refused(session, &["list"]), ("passphrase_needed".to_owned(), 9));
        let words = with(&["list"]);
        let listed = roamkey(session, &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(
            String::from_utf8(listed.stdout)
                .unwrap()
                .contains("in a file under a passphrase")
        );
        std::fs::write(&file, "another long passphrase\n").unwrap();
        assert_eq!(refused_with(&["list"]).0, "passphrase_wrong");
    });
}

#[test]
fn completion_and_manual_know_every_verb() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_roamkey"))
            .args(args)
            .env("HOME", folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let help = run(&["--help"]);
    let verbs = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help" && !verb.starts_with('-'));
    let verbs: Vec<String> = verbs.map(str::to_owned).collect();
    assert!(verbs.len() > 10, "{help}");
    run(&["manual", "--dir", folder.path().to_str().unwrap()]);
    let bash = run(&["completion", "bash"]);
    for verb in verbs {
        let page = folder.path().join(format!("roamkey-{verb}.1"));
        assert!(
            std::fs::read_to_string(page).is_ok_and(|page| page.contains(".TH")),
            "{verb}"
        );
        assert!(bash.contains(&verb), "{verb}");
    }
}
