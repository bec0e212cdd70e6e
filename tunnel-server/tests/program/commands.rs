//! Every command, its exit code and what it says.

use crate::serving::*;

#[test]
fn it_says_where_it_listens_and_sigterm_ends_it_cleanly() {
    for signal in ["TERM", "INT"] {
        let server = Serving::start(&DEV);
        assert_ne!(server.address.port(), 0);
        server.signal(signal);
        assert_eq!(server.end().0, Some(0));
    }
}

#[test]
fn a_second_signal_does_not_wait_for_tunnels() {
    let server = Serving::start(&DEV);
    let _tunnel = server.create(TUNNEL);
    server.signal("TERM");
    // The first signal has arrived when no tunnel can be created any more.
    while server.ask(OTHER).0 != "503" {}
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn the_log_names_no_address_and_no_whole_id() {
    let server = Serving::start(&["serve", "--dev", "--listen", "127.0.0.1:0", "--drain", "0"]);
    let tunnel = server.create(TUNNEL);
    let ours = tunnel.local_addr().unwrap();
    drop(tunnel);
    drop(server.create(OTHER));
    server.signal("TERM");
    let (_, log) = server.end();
    assert!(log.contains("F5F0"), "{log}");
    let log = log.to_uppercase();
    for secret in [
        TUNNEL,
        "0000000000000001",
        &ours.to_string(),
        "127.0.0.1",
        &format!(":{}", ours.port()),
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// What a server logs at this level while one tunnel is opened and refused a second time, and the server drained.
fn log_at(level: &str) -> String {
    let server = Serving::run(program().args(DEV).env("ROAMKEY_LOG", level));
    let tunnel = server.create(TUNNEL);
    assert_eq!(server.ask(TUNNEL).0, "409");
    drop(tunnel);
    server.signal("TERM");
    server.end().1
}

#[test]
fn at_warn_a_server_that_works_says_nothing() {
    assert_eq!(log_at("warn"), "");
}

#[test]
fn at_info_no_line_is_about_a_tunnel_and_at_debug_one_is() {
    let (info, debug) = (log_at("info"), log_at("roamkey_tunnel_server=debug"));
    assert!(!info.contains("F5F0") && info.contains("draining"), "{info}");
    assert_eq!(
        debug.lines().filter(|line| line.contains("F5F0")).count(),
        1,
        "{debug}"
    );
}

#[test]
fn only_loopback_is_served_without_tls() {
    let output = run(&["serve", "--dev", "--listen", "0.0.0.0:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("0.0.0.0:0 is not a loopback address"),
        "{output:?}"
    );
}

#[test]
fn a_missing_certificate_is_named_with_its_cause() {
    let output = run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        "/no/such/cert.pem",
        "--tls-key",
        "/no/such/key.pem",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let error = text(&output.stderr);
    assert!(
        error.contains("/no/such/cert.pem") && error.contains("No such file"),
        "{error}"
    );
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    for arguments in [
        &["serve"][..],
        &["serve", "--listen", "127.0.0.1:0"],
        &["serve", "--listen", "127.0.0.1:0", "--tls-cert", "cert.pem"],
        &["serve", "--dev", "--tls-cert", "cert.pem", "--tls-key", "key.pem"],
        &["serve", "--dev", "--listen", "nowhere"],
        &["serve", "--config", "/no/such/file.toml"],
        &["check-config", "/no/such/file.toml"],
        &["domain", "show", "65536"],
        &[],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_domain_is_shown() {
    for (id, host) in [
        ("0", "cable.ua5v.com"),
        ("266", "cable.wufkweyy3uaxb.com"),
        ("65535", "cable.lw6vahpb5pldb.net"),
    ] {
        assert_eq!(text(&run(&["domain", "show", id]).stdout), format!("{host}\n"));
    }
    let unassigned = run(&["domain", "show", "255"]);
    assert_eq!(unassigned.status.code(), Some(1));
    assert!(text(&unassigned.stderr).contains("unassigned"));
}

#[test]
fn all_domains_are_listed() {
    let lines = text(&run(&["domain", "list"]).stdout);
    assert_eq!(lines.lines().count(), 65_280);
    assert!(lines.contains("  266  cable.wufkweyy3uaxb.com  (register wufkweyy3uaxb.com)\n"));
}

#[test]
fn domains_are_found_by_length_and_top_level_domain() {
    let output = run(&["domain", "find", "--tld", "org", "--length", "12", "--limit", "3"]);
    let lines = text(&output.stdout);
    assert_eq!(lines.lines().count(), 3, "{lines}");
    for line in lines.lines() {
        let mut words = line.split_whitespace();
        let (id, host) = (words.next().unwrap(), words.next().unwrap());
        assert!(host.ends_with(".org"));
        assert_eq!(text(&run(&["domain", "show", id]).stdout).trim(), host);
    }
}

#[test]
fn a_configuration_is_checked_and_an_unknown_key_is_named() {
    let (_folder, path) = file("good.toml", "dev = true\n[limits]\nidle_seconds = 60\n");
    let output = run(&["check-config", &path]);
    assert!(output.status.success(), "{output:?}");
    let (_folder, path) = file("bad.toml", "dev = true\n[limits]\nidel_seconds = 60\n");
    let output = run(&["check-config", &path]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("idel_seconds") && error.contains("line 3"),
        "{error}"
    );
}

#[test]
fn the_environment_goes_before_the_file_and_the_command_line_before_both() {
    let (_folder, path) = file("server.toml", "dev = true\nlisten = \"127.0.0.1:1\"\n");
    let mut command = program();
    command
        .args(["serve", "--config", &path])
        .env("ROAMKEY_TUNNEL_LISTEN", "0.0.0.0:2");
    assert!(text(&command.output().unwrap().stderr).contains("0.0.0.0:2 is not a loopback address"));
    command.args(["--listen", "0.0.0.0:3"]);
    assert!(text(&command.output().unwrap().stderr).contains("0.0.0.0:3 is not a loopback address"));
}

#[test]
fn the_doctor_finds_a_running_server_well_and_a_missing_one_missing() {
    let server = Serving::start(&["serve", "--dev", "--listen", "127.0.0.1:0"]);
    let (_folder, path) = file(
        "server.toml",
        &format!(
            "dev = true\nlisten = \"{}\"\nlimits.tunnels = 10\n",
            server.address
        ),
    );
    let output = run(&["doctor", "--config", &path]);
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).contains("ok    single use"), "{output:?}");
    drop(server);
    let output = run(&["doctor", "--config", &path]);
    assert_eq!(output.status.code(), Some(1));
    let lines = text(&output.stdout);
    assert!(
        lines.contains("FAIL  connection") && lines.contains("remedy"),
        "{lines}"
    );
}

#[test]
fn a_domain_is_checked_at_another_address_under_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["cable.wufkweyy3uaxb.com".to_owned()]).unwrap();
    let [certificate, key] =
        ["cert.pem", "key.pem"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let server = Serving::start(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        &certificate,
        "--tls-key",
        &key,
    ]);
    let address = server.address.to_string();
    let output = run(&[
        "domain",
        "check",
        "266",
        "--address",
        &address,
        "--roots",
        &certificate,
    ]);
    assert!(output.status.success(), "{output:?}");
    let output = run(&[
        "domain",
        "check",
        "257",
        "--address",
        &address,
        "--roots",
        &certificate,
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("FAIL  TLS"), "{output:?}");
}
