//! A real polkit: `polkitd` with Roamkey's policy on a private bus, and somebody who answers its question.
//!
//! polkit's paths are compiled in, and its helper, which checks the password, is set-user-ID and takes nothing from its
//! environment. So a test that needs polkit runs in a mount namespace of its own, where its processes alone see these:
//!
//! ```text
//! /run                                     empty, but for /run/dbus/system_bus_socket → the private bus
//! /usr/share/polkit-1/actions              org.roamkey.policy, and nothing else
//! /etc/shadow                              nobody, with the password PASSWORD
//! /usr/lib/polkit-1/polkit-agent-helper-1  a copy that belongs to this namespace's root
//!
//! roamkey ── CheckAuthorization ──→ polkitd ── BeginAuthentication ──→ pkttyagent ──→ the test types the password
//!  (nobody)                            ↑ (polkitd)                      (nobody)
//!                                      └── the answer ── polkit-agent-helper-1 (root, by PAM)
//! ```
//!
//! That takes root who may mount, or an ordinary user with subordinate ids, who is root in a user namespace then.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use roamkey_testkit::bus::PrivateBus;

use crate::Result;
use crate::process::Process;
use crate::terminal::Terminal;

/// Runs `body` in such a namespace: the first time around as a new process of this test binary, told to run only the
/// test `name`; inside that process, for real.
///
/// # Errors
///
/// What is missing, or what the test said when it failed in there.
pub fn in_own_namespace(name: &str, body: impl FnOnce() -> Result<()>) -> Result<()> {
    if std::env::var_os(INSIDE).is_some() {
        cover()?;
        return body();
    }
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.args(["--map-root-user", "--map-auto"]);
    }
    let output = command
        .args(["--mount", "--propagation", "private", "--"])
        .arg(std::env::current_exe()?)
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "yes")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("no unshare (package util-linux): {error}"))?;
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    if err.starts_with("unshare:") {
        return Err(format!("{}\n{NAMESPACE_NEEDED}", err.trim_end()).into());
    }
    // A wrong name would run no test at all, successfully.
    if output.status.success() && out.contains("1 passed") {
        return Ok(());
    }
    Err(format!("{name} failed inside its namespace:\n{out}\n{err}").into())
}

/// Puts everything in place but the bus, for this process and those that it starts.
fn cover() -> Result<()> {
    for program in [DAEMON, HELPER] {
        if !Path::new(program).is_file() {
            return Err(
                format!("no {program}: install the Debian package polkitd (script/bootstrap test)").into(),
            );
        }
    }
    let helper = fs::read(HELPER)?;
    // Not from another user's temporary folder: that may be mounted so that no program is set-user-ID.
    mount(&["-t", "tmpfs", "-o", "mode=755", "tmpfs"], "/run")?;
    fs::create_dir_all("/run/dbus")?;
    fs::create_dir(ACTIONS)?;
    let shadow = covered("shadow");
    fs::write(&shadow, format!("nobody:{PASSWORD_HASH}:19700:0:99999:7:::\n"))?;
    fs::set_permissions(&shadow, Permissions::from_mode(0o600))?;
    let copy = covered("helper");
    fs::write(&copy, helper)?;
    fs::set_permissions(&copy, Permissions::from_mode(0o4755))?;
    mount_over(&covered("actions"), "/usr/share/polkit-1/actions")?;
    mount_over(&shadow, "/etc/shadow")?;
    mount_over(&copy, HELPER)
}

fn covered(name: &str) -> PathBuf {
    Path::new("/run").join(name)
}

fn mount_over(what: &Path, place: &str) -> Result<()> {
    mount(&["--bind", &what.to_string_lossy()], place)
}

fn mount(what: &[&str], place: &str) -> Result<()> {
    let output = Command::new("mount").args(what).arg(place).output()?;
    if output.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(format!("can't mount on {place}: {}", why.trim_end()).into())
}

/// polkit. Dropping it ends the daemon.
#[derive(Debug)]
pub struct Polkit {
    _daemon: Process,
}

impl Polkit {
    /// Starts it as the machine's polkit on `bus`, with one policy file. To be called once, [in a namespace of its
    /// own](in_own_namespace).
    ///
    /// # Errors
    ///
    /// It does not start.
    pub async fn start(bus: &PrivateBus, policy: &str, logs: &Path) -> Result<Self> {
        bus.open_to_all()?;
        symlink(bus.socket(), "/run/dbus/system_bus_socket")?;
        fs::write(Path::new(ACTIONS).join("org.roamkey.policy"), policy)?;
        let mut command = crate::process::bound_to_this_thread(DAEMON);
        command
            .arg("--no-debug")
            .env("DBUS_SYSTEM_BUS_ADDRESS", bus.address());
        let daemon = Process::start("polkitd", command, logs)?;
        let started = bus.wait_for_service("org.freedesktop.PolicyKit1").await;
        started.map_err(|error| format!("polkitd: {error}; it said: {}", daemon.err().text()))?;
        Ok(Self { _daemon: daemon })
    }
}

/// What shows polkit's question for one process: `pkttyagent`, with a terminal of its own.
#[derive(Debug)]
pub struct Agent {
    _process: Process,
    terminal: Terminal,
}

impl Agent {
    /// Starts it, and returns when polkit knows it.
    ///
    /// # Errors
    ///
    /// It does not start, or polkit does not take it.
    pub async fn of(asking: &Process, bus: &PrivateBus, logs: &Path) -> Result<Self> {
        let (terminal, program_end) = Terminal::open()?;
        let mut command = tokio::process::Command::new("setsid");
        command.args(["--ctty", "--"]).args(AS_NOBODY).arg("pkttyagent");
        // It closes this file when polkit has taken it, and ends it when polkit has not.
        let asking = asking.id().ok_or("nothing asks any more")?;
        command.args(["--notify-fd", "1", "--process", &asking.to_string()]);
        command
            .stdin(program_end)
            .env("DBUS_SYSTEM_BUS_ADDRESS", bus.address())
            .env("LC_ALL", "C.UTF-8");
        let process = Process::start("pkttyagent", command, logs)?;
        process.out().finished(START_LIMIT).await?;
        let complaints = process.err().text();
        if complaints.is_empty() {
            Ok(Self {
                _process: process,
                terminal,
            })
        } else {
            Err(format!("pkttyagent: {complaints}").into())
        }
    }

    /// Waits for the question, and types this password.
    ///
    /// # Errors
    ///
    /// The question does not come.
    pub async fn type_password(&mut self, password: &str) -> Result<()> {
        self.terminal.answer_hidden("Password: ", password).await
    }

    /// Everything that it showed.
    pub fn shown(&self) -> String {
        self.terminal.shown()
    }
}

/// `program`, to be run by the ordinary user. It ends with the thread that starts it.
pub fn as_nobody(program: impl AsRef<OsStr>) -> tokio::process::Command {
    let mut command = tokio::process::Command::new("setsid");
    command.arg("--").args(AS_NOBODY).arg(program);
    command
}

/// Roamkey's policy, as it is installed.
pub const POLICY: &str = include_str!("../../packaging/polkit/org.roamkey.policy");
/// The password of `nobody`.
pub const PASSWORD: &str = "a password of nobody";

/// `openssl passwd -6 -salt roamkeytests` of it.
const PASSWORD_HASH: &str =
    "$6$roamkeytests$29fnIY0hpNGbWdeR3xOIuyyuHP7LqZ.d7MklE5oG66tHbCJ6KrZ5FF2.IiaR3wB.J8X0q5uWca0lVMhO9tzSD.";
/// What turns a command into one of `nobody`, whom every Debian has and every bus knows. It ends with its starter.
pub const AS_NOBODY: [&str; 7] = [
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    "--pdeathsig",
    "KILL",
    "--",
];
const DAEMON: &str = "/usr/lib/polkit-1/polkitd";
const HELPER: &str = "/usr/lib/polkit-1/polkit-agent-helper-1";
const ACTIONS: &str = "/run/actions";
const INSIDE: &str = "ROAMKEY_TEST_POLKIT";
const NAMESPACE_NEEDED: &str = "A real polkit needs a mount namespace. As root: the capability SYS_ADMIN (for a container: \
                                --cap-add SYS_ADMIN). As an ordinary user: subordinate ids (package uidmap, /etc/subuid).";
const START_LIMIT: Duration = Duration::from_secs(10);
