//! A private OS keyring: `gnome-keyring-daemon` on a `dbus-daemon` of its own, in a home of its own.
//!
//! ```text
//! folder/bus          the bus's socket; no activation, so nothing starts that the test did not start
//! folder/home, run, data, …   HOME and XDG_* of everybody on that bus
//! folder/bus.pid, keyring.pid  what to end; files, because a test may restart the keyring from another process
//! ```
//!
//! The keyring adapter reads `DBUS_SESSION_BUS_ADDRESS`, and a test must not change its own environment while other
//! tests run. [`in_private_session`] therefore runs the test binary a second time, for that one test, inside.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

use crate::bus::wait_for_owner;

/// A private session bus with, most of the time, a keyring on it. The value that started it ends it when dropped.
#[derive(Debug)]
pub struct PrivateKeyring {
    folder: PathBuf,
    owned: Option<TempDir>,
    children: Mutex<Vec<Child>>,
}

/// How the keyring is found when it has started.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyringState {
    /// The login keyring exists and is open.
    Unlocked,
    /// The login keyring, if there is one from before, is locked, and nobody can answer a prompt.
    Locked,
}

impl PrivateKeyring {
    /// Starts the bus and an unlocked keyring, and returns when both answer.
    ///
    /// # Errors
    ///
    /// A daemon is not installed or did not come up within its limit.
    pub fn start() -> io::Result<Self> {
        let session = Self::start_bus()?;
        session.start_keyring(KeyringState::Unlocked)?;
        Ok(session)
    }

    /// Starts the bus only: a machine without a keyring.
    ///
    /// # Errors
    ///
    /// `dbus-daemon` is not installed or did not come up.
    pub fn start_bus() -> io::Result<Self> {
        let owned = tempfile::Builder::new().prefix("roamkey-keyring-").tempdir()?;
        let session = Self {
            folder: owned.path().to_owned(),
            owned: Some(owned),
            children: Mutex::default(),
        };
        for name in FOLDERS {
            make_private_folder(&session.folder.join(name))?;
        }
        let config = session.folder.join("bus.conf");
        let socket = session.folder.join("bus");
        std::fs::write(&config, BUS_CONFIG.replace("@SOCKET@", &socket.to_string_lossy()))?;
        let mut daemon = session
            .command("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        std::fs::write(session.folder.join("bus.pid"), daemon.id().to_string())?;
        let stdout = daemon.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        session.adopt(daemon);
        // The daemon prints its address when it listens. If it dies, the pipe ends.
        let mut address = String::new();
        BufReader::new(stdout).read_line(&mut address)?;
        if address.is_empty() {
            return Err(io::Error::other("dbus-daemon ended before it listened"));
        }
        Ok(session)
    }

    /// Takes up the session that this process was started in by [`in_private_session`].
    #[must_use]
    pub fn attached() -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os(FOLDER_VARIABLE)?);
        Some(Self {
            folder,
            owned: None,
            children: Mutex::default(),
        })
    }

    /// The environment in which a process finds this keyring and no other, nor any folder of the real user.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        let path = |name: &str| self.folder.join(name).to_string_lossy().into_owned();
        vec![
            ("DBUS_SESSION_BUS_ADDRESS".to_owned(), self.address()),
            ("HOME".to_owned(), path("home")),
            ("XDG_RUNTIME_DIR".to_owned(), path("run")),
            ("XDG_DATA_HOME".to_owned(), path("data")),
            ("XDG_CONFIG_HOME".to_owned(), path("config")),
            ("XDG_CACHE_HOME".to_owned(), path("cache")),
            ("XDG_STATE_HOME".to_owned(), path("state")),
        ]
    }

    /// The bus's address in D-Bus notation.
    #[must_use]
    pub fn address(&self) -> String {
        format!("unix:path={}", self.folder.join("bus").display())
    }

    /// The folder in which this session keeps everything.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts `gnome-keyring-daemon` and returns when it owns its name on the bus.
    ///
    /// # Errors
    ///
    /// The daemon is not installed or did not come up within 20 seconds.
    pub fn start_keyring(&self, state: KeyringState) -> io::Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        // It has been seen to end itself with a fatal error of its own; what it says is all there is to learn of that.
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join(KEYRING_LOG))?;
        command
            .args(["--foreground", "--components=secrets"])
            .stdout(Stdio::null())
            .stderr(log);
        match state {
            KeyringState::Unlocked => command.arg("--unlock").stdin(Stdio::piped()),
            KeyringState::Locked => command.stdin(Stdio::null()),
        };
        let mut daemon = command.spawn()?;
        std::fs::write(self.folder.join("keyring.pid"), daemon.id().to_string())?;
        if let Some(mut stdin) = daemon.stdin.take() {
            stdin.write_all(PASSWORD)?;
        }
        self.adopt(daemon);
        self.on_bus(|connection| async move { wait_for_owner(&connection, SERVICE, true).await })
    }

    /// Kills the keyring's daemon as a crash would, and returns when its name is free.
    ///
    /// # Errors
    ///
    /// There is no such process, or the bus still knows it after 20 seconds.
    pub fn kill_keyring(&self) -> io::Result<()> {
        self.kill("keyring.pid")?;
        self.on_bus(|connection| async move { wait_for_owner(&connection, SERVICE, false).await })
    }

    /// Locks the login keyring, as the session does when the person walks away.
    ///
    /// # Errors
    ///
    /// The keyring refused or did not answer.
    pub fn lock(&self) -> io::Result<()> {
        self.on_bus(|connection| async move {
            let login = ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets/collection/login");
            let reply = connection
                .call_method(
                    Some(SERVICE),
                    SERVICE_PATH,
                    Some(SERVICE_INTERFACE),
                    "Lock",
                    &(vec![login],),
                )
                .await?;
            let (locked, _prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) = reply.body().deserialize()?;
            if locked.is_empty() {
                return Err(zbus::Error::Failure("the keyring did not lock".to_owned()));
            }
            Ok(())
        })
    }

    /// A command that runs in this session.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("GNOME_KEYRING_CONTROL");
        command.env(FOLDER_VARIABLE, &self.folder).envs(self.env());
        command
    }

    /// Tells whether a daemon of this process has ended itself with a fatal error, which GLib does by SIGTRAP.
    fn keyring_broke_down(&self) -> bool {
        use std::os::unix::process::ExitStatusExt as _;
        let mut children = self.children.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ends = children
            .iter_mut()
            .filter_map(|child| child.try_wait().ok().flatten());
        ends.any(|end| end.signal() == Some(SIGTRAP))
    }

    fn adopt(&self, child: Child) {
        self.children
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(child);
    }

    fn kill(&self, pid_file: &str) -> io::Result<()> {
        let pid_file = self.folder.join(pid_file);
        let pid = std::fs::read_to_string(&pid_file)?;
        // Never twice: by then the number may be another process's.
        std::fs::remove_file(pid_file)?;
        let status = Command::new("kill")
            .args(["-9", pid.trim()])
            .stderr(Stdio::null())
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    /// Runs one exchange with the bus on a thread of its own, so that it works inside and outside of an async runtime.
    fn on_bus<F>(&self, exchange: impl FnOnce(zbus::Connection) -> F + Send) -> io::Result<()>
    where
        F: Future<Output = zbus::Result<()>>,
    {
        let address = self.address();
        let run = move || -> io::Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let work = async {
                    let connection = zbus::connection::Builder::address(address.as_str())?
                        .build()
                        .await?;
                    exchange(connection).await
                };
                tokio::time::timeout(LIMIT, work).await?.map_err(io::Error::other)
            })
        };
        std::thread::scope(|scope| scope.spawn(run).join())
            .unwrap_or_else(|_| Err(io::Error::other("the exchange with the bus panicked")))
    }
}

impl Drop for PrivateKeyring {
    fn drop(&mut self) {
        if self.owned.is_none() {
            return;
        }
        for pid_file in ["keyring.pid", "bus.pid"] {
            // Whatever was killed before is no longer there to be killed.
            let _gone = self.kill(pid_file);
        }
        for child in self.children.get_mut().unwrap_or_else(PoisonError::into_inner) {
            let _gone = child.kill();
            let _reaped = child.wait();
        }
    }
}

/// Runs `body` in a private session: the first time around as a new process of this test binary, told to run only the
/// test `module_path::name`; inside that process, for real.
///
/// On a busy machine gnome-keyring 42 ends itself now and then, once in some hundred sessions, with a fatal error of
/// its own (SIGTRAP). That says nothing about the test, which is then run once more in another session.
///
/// # Panics
///
/// If the session can't start, or the test fails in there.
#[expect(clippy::panic, reason = "this is how a test fails")]
pub fn in_private_session(
    start: impl Fn() -> io::Result<PrivateKeyring>,
    module_path: &str,
    name: &str,
    body: impl FnOnce(&PrivateKeyring),
) {
    if let Some(session) = PrivateKeyring::attached() {
        return body(&session);
    }
    let module = module_path.split_once("::").map_or("", |(_crate, module)| module);
    let test = format!("{module}::{name}");
    let test = test.trim_start_matches("::");
    let run = || {
        let session = start().unwrap_or_else(|error| panic!("no private keyring session: {error}"));
        let outcome = run_again_inside(&session, test)
            .unwrap_or_else(|error| panic!("could not run {test} again: {error}"));
        (outcome, session.keyring_broke_down())
    };
    let outcome = match run() {
        (Err(_failure), true) => run().0,
        (outcome, _) => outcome,
    };
    if let Err(failure) = outcome {
        panic!("{test} failed inside its session:\n{failure}");
    }
}

/// Runs one test of this binary in the session, and returns what it printed if it failed.
fn run_again_inside(session: &PrivateKeyring, test: &str) -> io::Result<Result<(), String>> {
    let output = session
        .command(std::env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .output()?;
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    // A wrong name would run no test at all, successfully.
    if output.status.success() && out.contains("1 passed") {
        return Ok(Ok(()));
    }
    let daemon = std::fs::read_to_string(session.folder.join(KEYRING_LOG)).unwrap_or_default();
    Ok(Err(format!("{out}\n{err}\nthe keyring said:\n{daemon}")))
}

fn make_private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

/// Carries the session's folder into the processes that run in it.
const FOLDER_VARIABLE: &str = "ROAMKEY_TEST_KEYRING";
const FOLDERS: [&str; 6] = ["home", "run", "data", "config", "cache", "state"];
const SIGTRAP: i32 = 5;
const KEYRING_LOG: &str = "keyring.log";
const PASSWORD: &[u8] = b"private keyring";
const SERVICE: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";
const SERVICE_INTERFACE: &str = "org.freedesktop.Secret.Service";
/// A machine that runs many tests at once may take seconds to start one more process.
const LIMIT: Duration = Duration::from_secs(20);

/// No service folders: a call to a service that is not there fails at once instead of starting one.
const BUS_CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=@SOCKET@</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"#;
