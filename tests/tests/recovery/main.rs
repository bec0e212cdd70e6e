//! Recovery from the outside: the program, a keyring of its own, files, and `age` from the distribution.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "this is how a test fails"
)]

mod terminal;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use roamkey_testkit::keyring::PrivateKeyring;
use roamkey_tests::parts::{self, Build};
use serde_json::Value;

/// 24 words that stand for bytes of a test.
const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth \
                     useful legal winner thank year wave sausage worth title";

/// Of passkeys in a file.
const PASSPHRASE: &str = "violet granite tundra whisk marble oboe";

/// A person's device: a keyring, a home, and files beside.
struct Device {
    keyring: PrivateKeyring,
}

impl Device {
    fn new() -> Self {
        let device = Self {
            keyring: PrivateKeyring::start().expect("a keyring"),
        };
        std::fs::write(device.path("words"), WORDS).expect("a file");
        device
    }

    fn path(&self, name: &str) -> PathBuf {
        self.keyring.folder().join(name)
    }

    /// Runs `roamkey`, `%` in an argument standing for this device's folder.
    fn run(&self, arguments: &[&str]) -> Output {
        let folder = self.keyring.folder().to_string_lossy();
        let arguments = arguments.iter().map(|argument| argument.replace('%', &folder));
        // A session of its own: no terminal to ask on.
        Command::new("setsid")
            .args(["--wait", "--"])
            .arg(program())
            .args(arguments)
            .arg("--json")
            .env_remove("ROAMKEY_DATA_DIR")
            .envs(self.keyring.env())
            .env("PATH", self.path_with("bin"))
            .stdin(Stdio::null())
            .output()
            .expect("roamkey runs")
    }

    fn path_with(&self, folder: &str) -> String {
        let path = std::env::var("PATH").expect("a PATH");
        format!("{}:{path}", self.path(folder).display())
    }

    /// The events of a run that went well.
    fn done(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        events(&output)
    }

    /// The error code of a run that did not.
    fn code(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?}: {}", said(&output));
        let last = events(&output).pop().expect("an outcome");
        assert_eq!(last["event"], "outcome", "{last}");
        last["code"].as_str().expect("a code").to_owned()
    }

    /// A device with three passkeys, recovery set up, and a backup of it.
    fn with_a_backup() -> (Self, String) {
        let device = Self::new();
        let vector = vector("cxf_1_0.json");
        let imported = device.done(&["import", &vector, "--yes"]);
        assert_eq!(
            (&imported[0]["new"], &imported[1]["added"]),
            (&3.into(), &3.into())
        );
        device.done(&["recovery", "setup", "--words-file", "%/words"]);
        let written = device.done(&["backup", "now", "--to", "%/backups"]);
        let path = written[0]["path"].as_str().expect("a path").to_owned();
        (device, path)
    }
}

#[test]
fn a_backup_and_the_words_bring_every_passkey_to_another_device() {
    let (old, file) = Device::with_a_backup();
    let drilled = old.done(&["backup", "drill", &file, "--words-file", "%/words"]);
    assert_eq!(
        (&drilled[0]["working"], &drilled[0]["backed_up"]),
        (&3.into(), &3.into())
    );

    let fresh = Device::new();
    let dry = fresh.done(&["restore", &file, "--words-file", "%/words", "--dry-run"]);
    assert_eq!(
        (&dry[0]["mode"], &dry[0]["new"], dry.len()),
        (&"fresh".into(), &3.into(), 1)
    );
    assert!(fresh.done(&["list"]).is_empty());
    fresh.done(&["restore", &file, "--words-file", "%/words", "--yes"]);
    assert_eq!(fresh.done(&["list"]).len(), 3);
    let again = fresh.done(&["restore", &file, "--words-file", "%/words", "--yes"]);
    assert_eq!(
        (&again[0]["mode"], &again[0]["new"], &again[0]["same"]),
        (&"merge".into(), &0.into(), &3.into())
    );
}

#[test]
fn the_emergency_sheet_speaks_the_language_that_is_asked_for() {
    let device = Device::new();
    device.done(&["recovery", "setup", "--words-file", "%/words"]);
    for (language, tag) in [
        (None, "en"),
        (Some("de"), "de"),
        (Some("ja"), "ja"),
        (Some("ar"), "ar"),
    ] {
        let file = format!("%/{tag}.html");
        let mut arguments = vec!["recovery", "sheet", &file];
        arguments.extend(language.into_iter().flat_map(|language| ["--language", language]));
        device.done(&arguments);
        let sheet = std::fs::read_to_string(device.path(&format!("{tag}.html"))).expect("a sheet");
        assert!(sheet.contains(&format!("lang=\"{tag}\"")), "{tag}");
    }
}

#[test]
fn age_opens_a_backup_with_the_identity_of_the_words_and_we_open_what_age_writes() {
    let (device, file) = Device::with_a_backup();
    let identity = device.done(&["recovery", "identity", "--words-file", "%/words"]);
    std::fs::write(
        device.path("identity"),
        identity[0]["identity"].as_str().expect("text"),
    )
    .expect("a file");
    let opened = Command::new("age")
        .args(["--decrypt", "--identity"])
        .arg(device.path("identity"))
        .arg(&file)
        .output()
        .expect("age is installed (script/bootstrap test)");
    assert!(opened.status.success(), "{}", said(&opened));
    let cxf: Value = serde_json::from_slice(&opened.stdout).expect("JSON");
    assert_eq!(cxf["accounts"][0]["items"].as_array().expect("items").len(), 3);

    let status = device.done(&["backup", "status"]);
    let recipient = status[0]["recipient"].as_str().expect("a recipient");
    let sealed = Command::new("age")
        .args(["--recipient", recipient, "--output"])
        .args([device.path("sealed"), PathBuf::from(vector("bitwarden.json"))])
        .output()
        .expect("age runs");
    assert!(sealed.status.success(), "{}", said(&sealed));
    let imported = device.done(&["import", "%/sealed", "--words-file", "%/words", "--dry-run"]);
    assert_eq!(imported[0]["format"], "bitwarden");
}

#[test]
fn what_does_not_open_says_why_and_changes_nothing() {
    let (device, file) = Device::with_a_backup();
    let before = device.done(&["list"]);
    let other = "abandon ".repeat(23) + "art";
    for (name, content) in [
        ("other", other.as_str()),
        ("order", &WORDS.replace("legal winner", "winner legal")),
        ("few", "legal winner thank"),
    ] {
        std::fs::write(device.path(name), content).expect("a file");
    }
    let whole = std::fs::read(&file).expect("the backup");
    std::fs::write(device.path("cut"), &whole[..whole.len() / 2]).expect("a file");
    std::fs::write(device.path("large"), vec![b' '; 100_000_000]).expect("a file");
    let restore = |file: &str, words: &str| device.code(&["restore", file, "--words-file", words, "--yes"]);
    assert_eq!(restore(&file, "%/other"), "words_of_another");
    assert_eq!(restore(&file, "%/order"), "words_do_not_fit");
    assert_eq!(restore(&file, "%/few"), "words_wrong");
    assert_eq!(restore("%/cut", "%/words"), "file_damaged");
    assert_eq!(restore("%/large", "%/words"), "file_too_large");
    assert_eq!(restore("%/nowhere", "%/words"), "file_unreadable");
    assert_eq!(device.code(&["restore", &file, "--yes"]), "file_protected");
    assert_eq!(
        device.code(&["import", &vector("bitwarden_account_restricted.json")]),
        "file_of_account"
    );
    assert_eq!(
        device.code(&["export", "%/plain.json", "--plain"]),
        "nobody_to_ask"
    );
    assert!(!device.path("plain.json").exists());
    assert_eq!(
        device.code(&["recovery", "setup", "--words-file", "%/other"]),
        "recovery_already_set_up"
    );
    assert_eq!(device.done(&["list"]), before);
}

#[test]
fn any_two_of_three_shares_open_a_backup() {
    let (device, file) = Device::with_a_backup();
    let split = device.done(&["recovery", "split", "2", "3", "--words-file", "%/words"]);
    let shares = split[0]["shares"].as_array().expect("shares");
    let two = format!(
        "{}\n{}\n",
        shares[2].as_str().expect("text"),
        shares[0].as_str().expect("text")
    );
    std::fs::write(device.path("two"), two).expect("a file");
    std::fs::write(device.path("one"), shares[1].as_str().expect("text")).expect("a file");
    device.done(&["backup", "drill", &file, "--words-file", "%/two"]);
    assert_eq!(
        device.code(&["backup", "drill", &file, "--words-file", "%/one"]),
        "shares_too_few"
    );
}

#[test]
fn a_schedule_is_a_timer_of_the_persons_session() {
    let (device, _) = Device::with_a_backup();
    fake_systemctl(&device, 1);
    assert_eq!(device.code(&["backup", "schedule", "daily"]), "schedule_failed");
    let units = device.path("config/systemd/user");
    assert!(
        !units.join("roamkey-backup.timer").exists(),
        "what failed left nothing"
    );
    fake_systemctl(&device, 0);
    device.done(&["backup", "schedule", "daily"]);
    let service = std::fs::read_to_string(units.join("roamkey-backup.service")).expect("a unit");
    assert!(
        service.contains("\"backup\" \"now\"") && service.contains("--data-dir"),
        "{service}"
    );
    let called = std::fs::read_to_string(device.path("called")).expect("calls");
    assert!(
        called.contains("--user enable --now roamkey-backup.timer"),
        "{called}"
    );
    assert_eq!(device.done(&["backup", "status"])[0]["scheduled"], true);
    device.done(&["backup", "schedule", "never"]);
    assert!(!units.join("roamkey-backup.timer").exists());
}

#[test]
fn a_schedule_finds_the_passphrase_from_wherever_it_starts() {
    let device = Device::new();
    fake_systemctl(&device, 0);
    std::fs::write(device.path("passphrase"), PASSPHRASE).expect("a file");
    // As somebody types it who stands in another folder.
    let here = std::env::current_dir().expect("a folder");
    let up = "../".repeat(here.components().count());
    let relative = format!(
        "{up}{}",
        device
            .path("passphrase")
            .display()
            .to_string()
            .trim_start_matches('/')
    );
    let in_store = ["--data-dir", "%/store", "--passphrase-file", &relative];
    let run = |arguments: &[&str]| device.done(&[&in_store, arguments].concat());
    run(&["store", "create-file", "--yes"]);
    run(&["recovery", "setup", "--words-file", "%/words"]);
    run(&["backup", "schedule", "daily"]);
    let unit = device.path("config/systemd/user/roamkey-backup.service");
    let service = std::fs::read_to_string(unit).expect("a unit");
    assert!(service.contains("\"--passphrase-file\" \"/"), "{service}");
}

/// A `systemctl` that notes how it was called.
fn fake_systemctl(device: &Device, exit: i32) {
    let folder = device.path("bin");
    std::fs::create_dir_all(&folder).expect("a folder");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\nexit {exit}\n",
        device.path("called").display()
    );
    std::fs::write(folder.join("systemctl"), script).expect("a file");
    let permissions = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.join("systemctl"), permissions).expect("a program");
}

fn events(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON Lines"))
        .collect()
}

fn vector(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/exchange/vectors/import");
    folder.join(name).to_string_lossy().into_owned()
}

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        parts::roamkey(Build::Dev, Path::new(env!("CARGO_TARGET_TMPDIR"))).expect("roamkey builds")
    })
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
