//! Rules about the repository as a whole: what is written about it is so, and what must not be in it is not.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "this is how a test fails"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use roamkey_tests::parts::{self, Build};
use serde_json::Value;

#[test]
fn every_path_in_architecture_md_exists() {
    let page = read("ARCHITECTURE.md");
    // Between backticks stands a path if it has a slash, or names a file or folder at the top.
    let quoted = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|text| !text.contains(char::is_whitespace));
    let top = ["tunnel-server", "tests", "fuzz", "script", "docs", "deny.toml"];
    let paths: Vec<&str> = quoted
        .filter(|text| looks_like_a_path(text) || top.contains(text))
        .collect();
    assert!(
        paths.len() > 20,
        "only {} paths: has the page changed its form?",
        paths.len()
    );
    let missing: Vec<&&str> = paths.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "no such file or folder: {missing:?}");
}

#[test]
fn every_member_stands_in_the_code_map() {
    let page = read("ARCHITECTURE.md");
    for package in packages() {
        let folder = package
            .folder
            .strip_prefix(root())
            .expect("a member is in the repository");
        let row = format!("| `{}` |", folder.display());
        assert!(page.contains(&row), "no row for {}", folder.display());
    }
}

#[test]
fn default_build_cannot_answer_for_the_person() {
    let roamkey = parts::roamkey(Build::Default, place()).expect("roamkey builds");
    let run = |arguments: &[&str]| {
        Command::new(&roamkey)
            .args(arguments)
            .output()
            .expect("roamkey runs")
    };

    for arguments in [&["--help"][..], &["authenticate", "--help"], &["list", "--help"]] {
        let help = run(arguments);
        assert!(help.status.success(), "{arguments:?}: {}", said(&help));
        assert!(
            !said(&help).contains("--dev-"),
            "{arguments:?} knows a development switch:\n{}",
            said(&help)
        );
    }
    for switch in [&["--dev-approve"][..], &["--dev-pin", "1234"], &["--dev-stdin"]] {
        let refused = run(&[&["authenticate", "FIDO:/0"], switch].concat());
        assert_eq!(refused.status.code(), Some(2), "{switch:?}: {}", said(&refused));
        assert!(
            said(&refused).contains("unexpected argument"),
            "{switch:?}: {}",
            said(&refused)
        );
    }
    let binary = std::fs::read(&roamkey).expect("roamkey can be read");
    for switch in ["dev-approve", "dev-pin"] {
        let found = binary
            .windows(switch.len())
            .any(|window| window == switch.as_bytes());
        assert!(!found, "the default build holds the text {switch:?}");
    }
}

#[test]
fn development_build_has_the_switches_that_the_browser_test_uses() {
    let roamkey = parts::roamkey(Build::Dev, place()).expect("roamkey builds");
    let help = Command::new(&roamkey)
        .args(["authenticate", "--help"])
        .output()
        .expect("roamkey runs");
    assert!(
        said(&help).contains("--dev-approve") && said(&help).contains("--dev-pin"),
        "{}",
        said(&help)
    );
}

#[test]
fn development_switches_are_in_no_default_feature() {
    for package in packages() {
        assert!(
            !package.default_features.contains("dev"),
            "{} has `dev` by default",
            package.name
        );
    }
}

#[test]
fn pure_crates_know_no_runtime_socket_or_global_randomness() {
    let foreign = [
        "tokio",
        "futures-util",
        "socket2",
        "rustls",
        "rand",
        "getrandom",
        "zbus",
        "rusqlite",
        "directories",
    ];
    for package in packages()
        .into_iter()
        .filter(|package| PURE.contains(&package.name.as_str()))
    {
        let found: Vec<_> = foreign
            .iter()
            .filter(|name| package.needs.contains(**name))
            .collect();
        assert!(found.is_empty(), "{} depends on {found:?}", package.name);
        let library = std::fs::read_to_string(package.folder.join("src/lib.rs")).expect("a library");
        assert!(
            library.contains("#![forbid(unsafe_code)]"),
            "{} does not forbid unsafe code",
            package.name
        );
    }
}

#[test]
fn dependencies_point_down_and_no_adapter_knows_another() {
    let levels: [&[&str]; 7] = [
        &["roamkey-cbor"],
        &["roamkey-ctap"],
        &["roamkey-hybrid", "roamkey-authenticator", "roamkey-webauthn"],
        &["roamkey-session", "roamkey-exchange"],
        &["roamkey-ble", "roamkey-tunnel", "roamkey-vault"],
        &["roamkey-device"],
        &["roamkey-cli"],
    ];
    let level = |name: &str| levels.iter().position(|level| level.contains(&name));
    for package in packages() {
        let Some(own) = level(&package.name) else { continue };
        for needed in &package.needs {
            let below = level(needed);
            assert!(
                below.is_none_or(|below| below < own),
                "{} depends on {needed}, which is not below it",
                package.name
            );
        }
    }
    let hybrid = packages()
        .into_iter()
        .find(|package| package.name == "roamkey-hybrid")
        .expect("a member");
    assert!(
        !hybrid.needs.contains("roamkey-ctap"),
        "hybrid carries CTAP payloads, it does not read them"
    );
}

#[test]
fn user_verified_is_made_where_the_pin_or_the_operating_system_says_so_and_nowhere_else() {
    let callers: BTreeSet<PathBuf> = product_sources()
        .into_iter()
        .filter(|file| {
            std::fs::read_to_string(root().join(file))
                .expect("source")
                .contains("UserVerified::by(")
        })
        .collect();
    assert_eq!(
        callers,
        BTreeSet::from([
            PathBuf::from("crates/device/src/verification.rs"),
            PathBuf::from("crates/vault/src/vault/pin.rs"),
        ])
    );
}

#[test]
fn noise_library_is_named_in_one_module() {
    let users: Vec<PathBuf> = product_sources()
        .into_iter()
        .filter(|file| {
            std::fs::read_to_string(root().join(file))
                .expect("source")
                .contains("snow::")
        })
        .collect();
    assert_eq!(users, [PathBuf::from("crates/hybrid/src/noise.rs")]);
}

#[test]
fn every_source_file_begins_with_what_it_is_for() {
    for file in product_sources() {
        let text = std::fs::read_to_string(root().join(&file)).expect("source");
        assert!(
            text.starts_with("//! "),
            "{} does not begin with `//! `",
            file.display()
        );
    }
}

/// A member of the workspace, as cargo describes it.
struct Package {
    name: String,
    folder: PathBuf,
    /// What it is built with: no dependencies of tests, none that only a feature brings.
    needs: BTreeSet<String>,
    default_features: BTreeSet<String>,
}

fn packages() -> Vec<Package> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(cargo)
        .current_dir(root())
        .args(arguments)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", said(&output));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let array = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let package = |package: &Value| Package {
        name: text(&package["name"]),
        folder: Path::new(&text(&package["manifest_path"]))
            .parent()
            .expect("a folder")
            .to_owned(),
        needs: array(&package["dependencies"])
            .iter()
            .filter(|dependency| dependency["kind"].is_null() && dependency["optional"] == false)
            .map(|dependency| text(&dependency["name"]))
            .collect(),
        default_features: array(&package["features"]["default"]).iter().map(text).collect(),
    };
    array(&metadata["packages"]).iter().map(package).collect()
}

/// Every source file of what is delivered: not of tests, benchmarks, the testkit and this package.
fn product_sources() -> Vec<PathBuf> {
    let mut sources = Vec::new();
    for package in packages() {
        if !["roamkey-testkit", "roamkey-tests", "roamkey-fuzz"].contains(&package.name.as_str()) {
            collect(&package.folder.join("src"), &mut sources);
        }
    }
    assert!(sources.len() > 50, "only {} source files", sources.len());
    sources
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(&path) {
            sources.push(path.strip_prefix(root()).expect("in the repository").to_owned());
        }
    }
}

/// Unit tests in files of their own: `tests.rs`, or anything in a folder `tests`.
fn is_test(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("tests.rs")
}

fn looks_like_a_path(text: &str) -> bool {
    text.contains('/')
        && text
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || "/._-".contains(sign))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("the file")
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn place() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the repository")
}

/// Bytes, time and randomness in, bytes out.
const PURE: [&str; 6] = [
    "roamkey-cbor",
    "roamkey-ctap",
    "roamkey-hybrid",
    "roamkey-authenticator",
    "roamkey-exchange",
    "roamkey-webauthn",
];
