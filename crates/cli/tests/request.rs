//! `roamkey request` as a shell runs it, where it ends before any code is shown.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const SITE: &str = "very-private-site.example";

/// Runs it with options on standard input, and no way to a Bluetooth service.
fn run(args: &[&str], options: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_roamkey"))
        .args(["-vvv", "request"])
        .args(args)
        .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that does not read its input has ended already.
    let _ = child.stdin.take().unwrap().write_all(options.as_bytes());
    child.wait_with_output().unwrap()
}

fn get(origin: &str, options: &Value) -> Output {
    run(
        &["get", "--json", "--origin", origin, "--options", "-"],
        &options.to_string(),
    )
}

/// The only line of standard output, which must be the outcome: no code was shown.
fn outcome(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1, "{text}");
    let outcome: Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(outcome["event"], "outcome");
    assert_eq!(outcome["exit"], output.status.code().unwrap());
    outcome
}

fn options() -> Value {
    json!({ "challenge": "AAECAw", "rpId": SITE })
}

fn origin() -> String {
    format!("https://login.{SITE}")
}

#[test]
fn without_bluetooth_no_code_is_shown() {
    let output = get(&origin(), &options());
    assert_eq!(outcome(&output)["code"], "bluetooth_no_service");
    assert_eq!(output.status.code(), Some(6));
}

#[test]
fn a_wrong_member_is_named() {
    let mut wrong = options();
    wrong["allowCredentials"] =
        json!([{ "type": "public-key", "id": "AQ" }, { "type": "public-key", "id": "+/" }]);
    let outcome = outcome(&get(&origin(), &wrong));
    assert_eq!(outcome["code"], "options_invalid");
    assert_eq!(outcome["detail"], "allowCredentials[1].id is not base64url");
    assert_eq!(outcome["exit"], 5);
}

#[test]
fn origins_and_sites_that_do_not_go_together_are_refused() {
    for (origin, code) in [
        ("login.very-private-site.example", "origin_invalid"),
        ("http://very-private-site.example", "origin_invalid"),
        ("https://example.org", "rp_id_mismatch"),
    ] {
        let args = [
            "get",
            "--json",
            "--no-related-origins",
            "--origin",
            origin,
            "--options",
            "-",
        ];
        let output = run(&args, &options().to_string());
        assert_eq!(outcome(&output)["code"], code, "{origin}");
        assert_eq!(output.status.code(), Some(5));
    }
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let missing = [
        "get",
        "--json",
        "--origin",
        "https://example.org",
        "--options",
        "/nonexistent/options.json",
    ];
    assert_eq!(outcome(&run(&missing, ""))["code"], "options_unreadable");
    let registered = [
        "get",
        "--json",
        "--origin",
        "https://example.org",
        "--options",
        "-",
    ];
    let registered = [
        &registered[..],
        &["--registered", "/nonexistent/registration.json"],
    ]
    .concat();
    let output = run(&registered, r#"{"challenge": "AA"}"#);
    assert_eq!(outcome(&output)["code"], "options_unreadable");
}

#[test]
fn without_json_standard_output_stays_empty_and_the_reason_is_told() {
    let args = ["create", "--origin", "https://example.org", "--options", "-"];
    let output = run(&args, r#"{"challenge": "AA"}"#);
    assert!(output.stdout.is_empty());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("[options_invalid]") && told.contains("(rp is missing)"),
        "{told}"
    );
}

#[test]
fn a_log_at_its_loudest_names_no_site() {
    for options in [options(), json!({ "rpId": SITE })] {
        let output = get(&origin(), &options);
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(!log.contains("private-site"), "{log}");
    }
}

#[test]
fn both_wishes_want_an_origin_and_options() {
    for args in [
        &["create"][..],
        &["get", "--origin", "https://example.org"],
        &["get", "--options", "-"],
        &[],
    ] {
        assert_eq!(run(args, "").status.code(), Some(2), "{args:?}");
    }
}
