//! `roamkey verification`, by a mock polkit on a private system bus, as an ordinary user and as root.
//!
//! Passkeys are in a file under a passphrase here, so that no keyring is needed.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use roamkey_testkit::bus::PrivateBus;
use roamkey_testkit::polkit::{MockPolkit, Person, Rule};
use serde_json::Value;
use tempfile::TempDir;

/// A machine with a polkit, on which an ordinary user runs `roamkey`.
struct Machine {
    bus: PrivateBus,
    polkit: MockPolkit,
    folder: TempDir,
    program: PathBuf,
}

impl Machine {
    async fn new(rule: Rule) -> Self {
        let bus = PrivateBus::start().await.unwrap();
        bus.open_to_all().unwrap();
        let polkit = MockPolkit::start(bus.address(), "org.roamkey.verify", rule)
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        open_to_all(folder.path());
        // Where cargo builds, another user may have no way in.
        let program = folder.path().join("roamkey");
        fs::copy(env!("CARGO_BIN_EXE_roamkey"), &program).unwrap();
        fs::write(folder.path().join("passphrase"), "a long enough passphrase\n").unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        if is_root() {
            chown(&data, Some(ORDINARY), Some(ORDINARY)).unwrap();
        }
        fs::set_permissions(&data, Permissions::from_mode(0o700)).unwrap();
        let machine = Self {
            bus,
            polkit,
            folder,
            program,
        };
        let made = machine.run(&["store", "create-file", "--yes"]).await;
        assert!(made.status.success(), "{made:?}");
        machine
    }

    /// Runs it as an ordinary user.
    async fn run(&self, args: &[&str]) -> Output {
        run(&self.bus, &self.folder, &self.program, ordinary_user(), args).await
    }

    /// Runs it as root, or as somebody who is root in a namespace of their own.
    async fn run_as_root(&self, args: &[&str]) -> Output {
        let root: &[&str] = if is_root() {
            &[]
        } else {
            &["unshare", "--map-root-user"]
        };
        run(&self.bus, &self.folder, &self.program, root, args).await
    }
}

async fn run(bus: &PrivateBus, folder: &TempDir, program: &Path, user: &[&str], args: &[&str]) -> Output {
    let program = program.to_str().unwrap();
    let words = [user, &["setsid", "--wait", program], args].concat();
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .env("ROAMKEY_DATA_DIR", folder.path().join("data"))
        .env("ROAMKEY_PASSPHRASE_FILE", folder.path().join("passphrase"))
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus.address())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .stdin(Stdio::null());
    // The mock answers on this thread meanwhile.
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn ordinary_user() -> &'static [&'static str] {
    if is_root() {
        &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    } else {
        &[]
    }
}

#[tokio::test]
async fn the_operating_systems_check_is_chosen_by_passing_it() {
    let machine = Machine::new(Rule::Ask(Person::Passes)).await;
    let chosen = machine.run(&["verification", "os", "--json"]).await;
    let status = last(&chosen);
    assert_eq!(status["way"], "os", "{chosen:?}");
    assert_eq!(status["os_unavailable"], Value::Null);
    assert_eq!(machine.polkit.questions(), 1);
    assert_eq!(last(&machine.run(&["verification", "--json"]).await)["way"], "os");
    assert_eq!(machine.polkit.questions(), 1, "to tell is not to ask");
}

#[tokio::test]
async fn whatever_is_no_verification_has_its_own_reason_and_chooses_nothing() {
    let machine = Machine::new(Rule::Yes).await;
    for (rule, code, exit) in [
        (Rule::Yes, "os_verification_unasked", 10),
        (Rule::No, "os_verification_not_allowed", 10),
        (Rule::Unknown, "os_verification_not_installed", 10),
        (Rule::Ask(Person::Fails), "os_verification_failed", 10),
        (Rule::Ask(Person::IsNotReached), "os_verification_no_prompt", 10),
        (Rule::Ask(Person::Dismisses), "refused", 3),
    ] {
        machine.polkit.set(rule);
        let refused = machine.run(&["verification", "os", "--json"]).await;
        assert_eq!(last(&refused)["code"], code, "{rule:?}: {refused:?}");
        assert_eq!(refused.status.code(), Some(exit), "{rule:?}");
        let status = last(&machine.run(&["verification", "--json"]).await);
        assert_eq!(status["chosen"], "pin", "{rule:?}");
    }
}

#[tokio::test]
async fn root_is_never_verified_by_the_operating_system() {
    let machine = Machine::new(Rule::Ask(Person::Passes)).await;
    let refused = machine.run_as_root(&["verification", "os", "--json"]).await;
    assert_eq!(last(&refused)["code"], "os_verification_root", "{refused:?}");
    assert_eq!(machine.polkit.questions(), 0);
}

#[tokio::test]
async fn a_machine_without_polkit_says_so() {
    let machine = Machine::new(Rule::Ask(Person::Passes)).await;
    let Machine {
        bus,
        polkit,
        folder,
        program,
    } = machine;
    drop(polkit);
    let words = ["verification", "os", "--json"];
    let refused = run(&bus, &folder, &program, ordinary_user(), &words).await;
    assert_eq!(last(&refused)["code"], "os_verification_missing", "{refused:?}");
}

/// The last line of standard output.
fn last(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// `nobody`, whom every system has: a bus lets nobody in whom it does not find. `ordinary_user` names it too.
const ORDINARY: u32 = 65_534;
