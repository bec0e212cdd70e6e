//! The operating system's check by a real polkit, as an ordinary user: the right password, a wrong one, nobody to ask,
//! and whole ceremonies over Bluetooth and tunnel that polkit verifies.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::fs::{self, Permissions};
use std::io::{PipeWriter, Write as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::process::Stdio;

use roamkey_testkit::bus::PrivateBus;
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_tests::hosts::{Hosts, LIMIT};
use roamkey_tests::lines::Mark;
use roamkey_tests::parts::{self, Build};
use roamkey_tests::polkit::{Agent, PASSWORD, POLICY, Polkit, as_nobody, in_own_namespace};
use roamkey_tests::process::Process;
use roamkey_tests::requests::{ORIGIN, RP_ID, Requests, event, outcome};
use roamkey_tests::terminal::Terminal;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

const PLACE: &str = env!("CARGO_TARGET_TMPDIR");

/// `roamkey` of an ordinary user, whose passkeys are in a file, so that no keyring is needed.
struct Person {
    folder: TempDir,
    system_bus: String,
    runs: usize,
}

impl Person {
    async fn on(bus: &PrivateBus) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        // Where cargo builds, another user may have no way in.
        let built = parts::roamkey(Build::Default, Path::new(PLACE)).unwrap();
        fs::copy(built, folder.path().join("roamkey")).unwrap();
        fs::write(folder.path().join("passphrase"), "a long enough passphrase\n").unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, Permissions::from_mode(0o700)).unwrap();
        chown(&data, Some(65_534), Some(65_534)).unwrap();
        bus.open_to_all().unwrap();
        let mut person = Self {
            folder,
            system_bus: bus.address().to_owned(),
            runs: 0,
        };
        let made = person.run(&["store", "create-file", "--yes"]).await;
        assert_eq!(made["store"], "passphrase_file");
        person
    }

    fn start(&mut self, mut command: Command) -> Process {
        self.runs += 1;
        command
            .current_dir("/")
            .env("ROAMKEY_DATA_DIR", self.folder.path().join("data"))
            .env("ROAMKEY_PASSPHRASE_FILE", self.folder.path().join("passphrase"))
            .env("SSL_CERT_FILE", self.folder.path().join("authority"))
            .env_remove("SSL_CERT_DIR")
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.system_bus)
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        Process::start(&format!("roamkey-{}", self.runs), command, self.folder.path()).unwrap()
    }

    /// Runs `roamkey` and returns the last line of its JSON.
    async fn run(&mut self, arguments: &[&str]) -> Value {
        let mut command = as_nobody(self.folder.path().join("roamkey"));
        command.args(arguments).arg("--json").stdin(Stdio::null());
        last(self.start(command)).await
    }

    /// Starts a process that becomes `roamkey` when something is written to the pipe: what is to answer for it can be
    /// told its number before.
    async fn start_later(&mut self, arguments: &[&str]) -> (Process, PipeWriter) {
        let (stdin, go) = std::io::pipe().unwrap();
        let mut command = as_nobody("sh");
        command.args(["-c", r#"echo ready; read -r go; exec "$0" "$@" --json"#]);
        command
            .arg(self.folder.path().join("roamkey"))
            .args(arguments)
            .stdin(stdin);
        let process = self.start(command);
        process
            .out()
            .phrase(Mark::default(), LIMIT, "ready")
            .await
            .unwrap();
        (process, go)
    }

    /// Chooses the operating system's check, with this password for polkit.
    async fn choose_os(&mut self, bus: &PrivateBus, password: &str) -> Value {
        let (roamkey, mut go) = self.start_later(&["verification", "os"]).await;
        let mut agent = Agent::of(&roamkey, bus, self.folder.path()).await.unwrap();
        go.write_all(b"go\n").unwrap();
        agent.type_password(password).await.unwrap();
        let said = last(roamkey).await;
        let shown = agent.shown();
        assert!(
            shown.contains("Confirm that it is you, to use a passkey with Roamkey"),
            "{shown}"
        );
        said
    }

    /// Runs `roamkey authenticate`, says yes to its question, and types this password for polkit.
    async fn authenticate(&mut self, bus: &PrivateBus, tunnel: &str, link: &str, password: &str) -> Value {
        let (mut terminal, program_end) = Terminal::open().unwrap();
        let mut command = Command::new("setsid");
        // `as_nobody` begins a session too, and the terminal must be that one's.
        command
            .arg("--ctty")
            .arg("--")
            .args(roamkey_tests::polkit::AS_NOBODY);
        command.arg(self.folder.path().join("roamkey"));
        command
            .args(["authenticate", "--json", "--tunnel-address", tunnel, link])
            .stdin(program_end);
        let roamkey = self.start(command);
        event(&roamkey, "question").await.unwrap();
        let mut agent = Agent::of(&roamkey, bus, self.folder.path()).await.unwrap();
        terminal.answer("Approve", "y").await.unwrap();
        event(&roamkey, "system_asks").await.unwrap();
        agent.type_password(password).await.unwrap();
        last(roamkey).await
    }
}

/// The last line of JSON that a process prints before it ends.
async fn last(mut process: Process) -> Value {
    process.ended(LIMIT).await.unwrap();
    let printed = process.out().finished(LIMIT).await.unwrap();
    let last = printed.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {printed}\n{}", process.err().text()))
}

/// Runs a test with a polkit that has this policy.
fn with_polkit(name: &str, policy: &str, test: impl AsyncFnOnce(&PrivateBus, &mut Person)) {
    let run = || {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let bus = PrivateBus::start().await?;
            let mut person = Person::on(&bus).await;
            let _polkit = Polkit::start(&bus, policy, person.folder.path()).await?;
            test(&bus, &mut person).await;
            Ok(())
        })
    };
    in_own_namespace(name, run).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_right_password_verifies_and_a_wrong_one_does_not() {
    let name = "the_right_password_verifies_and_a_wrong_one_does_not";
    with_polkit(name, POLICY, async |bus, person| {
        let refused = person.choose_os(bus, "a password of somebody else").await;
        assert_eq!(refused["code"], "os_verification_failed");
        assert_eq!(person.run(&["verification"]).await["chosen"], "pin");

        let chosen = person.choose_os(bus, PASSWORD).await;
        assert_eq!((&chosen["chosen"], &chosen["way"]), (&"os".into(), &"os".into()));
        assert_eq!(person.run(&["verification"]).await["way"], "os");
    });
}

#[test]
fn where_nothing_can_show_the_question_it_says_so() {
    let name = "where_nothing_can_show_the_question_it_says_so";
    with_polkit(name, POLICY, async |_bus, person| {
        let refused = person.run(&["verification", "os"]).await;
        assert_eq!(refused["code"], "os_verification_no_prompt");
        assert_eq!(person.run(&["verification"]).await["chosen"], "pin");
    });
}

#[test]
fn a_policy_that_asks_nobody_verifies_nobody() {
    let name = "a_policy_that_asks_nobody_verifies_nobody";
    let policy = POLICY.replace(">auth_self<", ">yes<");
    with_polkit(name, &policy, async |_bus, person| {
        let refused = person.run(&["verification", "os"]).await;
        assert_eq!(refused["code"], "os_verification_unasked");
    });
}

#[test]
fn a_policy_that_is_not_installed_has_its_own_reason() {
    let name = "a_policy_that_is_not_installed_has_its_own_reason";
    let policy = POLICY.replace("org.roamkey.verify", "org.example.other");
    with_polkit(name, &policy, async |_bus, person| {
        let refused = person.run(&["verification", "os"]).await;
        assert_eq!(refused["code"], "os_verification_not_installed");
    });
}

#[test]
fn a_registration_and_a_sign_in_are_verified_by_polkit_and_a_wrong_password_signs_nothing() {
    let name = "a_registration_and_a_sign_in_are_verified_by_polkit_and_a_wrong_password_signs_nothing";
    let run = || tokio::runtime::Runtime::new()?.block_on(ceremonies());
    in_own_namespace(name, run).unwrap_or_else(|error| panic!("{error}"));
}

async fn ceremonies() -> roamkey_tests::Result<()> {
    let hosts = Hosts::start(Path::new(PLACE), "polkit").await?;
    let authority = hosts.make.authority.clone();
    let tunnel = hosts.make.tunnel_address.clone();
    let mut person = Person::on(&hosts.far).await;
    fs::copy(authority, person.folder.path().join("authority"))?;
    let _polkit = Polkit::start(&hosts.far, POLICY, person.folder.path()).await?;
    let mut requests = Requests::between(hosts);
    assert_eq!(person.choose_os(&requests.hosts.far, PASSWORD).await["way"], "os");

    let mut rp = RelyingParty::new(RP_ID, ORIGIN)?;
    let options = rp.registration_options(&RegistrationRequest::of("alice"))?;
    let (request, link) = requests.request("create", &options, &[]).await?;
    let done = person
        .authenticate(&requests.hosts.far, &tunnel, &link, PASSWORD)
        .await;
    assert_eq!(done["code"], "created", "{done}");
    let response = event(&request, "response").await?;
    assert!(rp.register(&response["response"])?.user_verified);
    outcome(request).await?;

    let options = rp.authentication_options(&AuthenticationRequest::of("alice"))?;
    let (request, link) = requests.request("get", &options, &[]).await?;
    let done = person
        .authenticate(&requests.hosts.far, &tunnel, &link, PASSWORD)
        .await;
    assert_eq!(done["code"], "signed_in", "{done}");
    let response = event(&request, "response").await?;
    assert!(rp.authenticate(&response["response"])?.user_verified);
    outcome(request).await?;

    let options = rp.authentication_options(&AuthenticationRequest::of("alice"))?;
    let (request, link) = requests.request("get", &options, &[]).await?;
    let refused = person
        .authenticate(&requests.hosts.far, &tunnel, &link, "not this one")
        .await;
    assert_eq!(refused["code"], "os_verification_failed", "{refused}");
    assert_eq!(outcome(request).await?["ok"], false);
    Ok(())
}
