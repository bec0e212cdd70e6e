//! The `roamkey` command as a shell runs it: exit codes, the last `--json` line, and what never happens.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A command with a data folder of its own and no way to a keyring, a Bluetooth service or a terminal.
fn roamkey(folder: &TempDir) -> Command {
    // A new session has no controlling terminal.
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_roamkey"));
    command.env("ROAMKEY_DATA_DIR", folder.path());
    for bus in ["DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"] {
        command.env(bus, "unix:path=/nonexistent/bus");
    }
    command.stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    roamkey(&folder).args(args).output().unwrap()
}

fn exit(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// The last line of standard output, which must be the outcome.
fn outcome(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "outcome");
    assert_eq!(last["exit"], exit(output));
    last
}

fn picture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../device/tests/images")
        .join(name);
    path.to_str().unwrap().to_owned()
}

#[test]
fn bad_codes_have_an_exit_code_of_their_own_and_a_reason() {
    let no_code = picture("chromium156_no_code.png");
    let old_code = picture("chromium156_get.png");
    let cases: [(&[&str], &str); 6] = [
        (&["https://example.org"], "not_a_sign_in_code"),
        (&["FIDO:/123"], "damaged_code"),
        (&["--image", "/nonexistent/picture.png"], "picture_unreadable"),
        (&["--image", "/proc/self/cmdline"], "not_a_picture"),
        (&["--image", &no_code], "no_code_in_picture"),
        (&["--image", &old_code], "code_too_old"),
    ];
    for (args, code) in cases {
        let output = run(&[&["authenticate", "--json"], args].concat());
        assert_eq!(outcome(&output)["code"], code, "{args:?}");
        assert_eq!(exit(&output), 5, "{args:?}");
        assert!(
            outcome(&output)["next_step"]
                .as_str()
                .is_some_and(|hint| !hint.is_empty())
        );
    }
}

#[test]
fn a_code_can_come_in_by_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = roamkey(&folder)
        .args(["authenticate", "--json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"  FIDO:/12345\n").unwrap();
    assert_eq!(
        outcome(&child.wait_with_output().unwrap())["code"],
        "damaged_code"
    );
}

#[test]
fn a_tunnel_service_that_does_not_exist_is_refused() {
    let output = run(&["authenticate", "--json", "--tunnel", "17", "FIDO:/1"]);
    assert_eq!(outcome(&output)["code"], "tunnel_service_unassigned");
    assert_eq!(exit(&output), 7);
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let wrong: [&[&str]; 5] = [
        &["authenticate"],
        &["authenticate", "FIDO:/1", "--tunnel", "65536"],
        &["authenticate", "FIDO:/1", "--tunnel-address", "no port"],
        &["authenticate", "FIDO:/1", "--image", "x.png"],
        &["sign-in"],
    ];
    for args in wrong {
        assert_eq!(exit(&run(args)), 2, "{args:?}");
    }
}

#[test]
fn without_a_keyring_the_list_is_an_error_and_never_empty() {
    let output = run(&["list"]);
    assert_eq!(exit(&output), 9);
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr).unwrap().contains("no keyring"));
}

#[test]
fn a_person_reads_what_happened_and_what_to_do() {
    let output = run(&["authenticate", "FIDO:/123"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("damaged") && text.contains("again"), "{text}");
    assert!(output.stdout.is_empty(), "standard output is for --json");
}
