//! A private D-Bus: `dbus-daemon` on a socket in a temporary folder, for as long as the value lives.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A bus of its own, on which everybody may do everything. Dropping it ends the daemon and removes its folder.
#[derive(Debug)]
pub struct PrivateBus {
    address: String,
    _daemon: Child,
    folder: TempDir,
}

impl PrivateBus {
    /// Starts `dbus-daemon` and returns when it accepts connections.
    ///
    /// # Errors
    ///
    /// The daemon is not installed, did not start, or did not say so within 10 seconds.
    pub async fn start() -> io::Result<Self> {
        Self::start_in(folder()?, "").await
    }

    /// Starts a bus on which nobody may call the service `name`, whoever owns it.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_denying(name: &str) -> io::Result<Self> {
        let rule = format!("<deny send_destination=\"{name}\" send_type=\"method_call\"/>");
        Self::start_in(folder()?, &rule).await
    }

    /// Starts a bus that runs `command` when somebody first calls the service `name`, unless the caller forbids it.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_with_service(name: &str, command: &str) -> io::Result<Self> {
        let folder = folder()?;
        let service = format!("[D-BUS Service]\nName={name}\nExec={command}\n");
        std::fs::write(folder.path().join(format!("{name}.service")), service)?;
        Self::start_in(folder, "").await
    }

    async fn start_in(folder: TempDir, rule: &str) -> io::Result<Self> {
        let config = folder.path().join("bus.conf");
        let log = folder.path().join("log");
        std::fs::write(
            &config,
            CONFIG
                .replace("@FOLDER@", &folder.path().to_string_lossy())
                .replace("@RULE@", rule),
        )?;

        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log)?)
            .kill_on_drop(true)
            .spawn()?;
        let stdout = daemon.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(stdout).lines();
        let address = tokio::time::timeout(START_LIMIT, lines.next_line()).await??;
        let Some(address) = address else {
            let log = std::fs::read_to_string(&log)?;
            return Err(io::Error::other(format!(
                "dbus-daemon ended before it printed its address: {log}"
            )));
        };
        Ok(Self {
            address,
            _daemon: daemon,
            folder,
        })
    }

    /// Waits until somebody offers the service `name`.
    ///
    /// # Errors
    ///
    /// Nobody does for 10 seconds, or the bus is gone.
    pub async fn wait_for_service(&self, name: &str) -> io::Result<()> {
        let owned = async {
            let connection = zbus::connection::Builder::address(self.address())?
                .build()
                .await?;
            wait_for_owner(&connection, name, true).await
        };
        tokio::time::timeout(START_LIMIT, owned)
            .await?
            .map_err(io::Error::other)
    }

    /// Lets other users of this machine in.
    ///
    /// # Errors
    ///
    /// Its folder is gone.
    pub fn open_to_all(&self) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(self.folder.path(), std::fs::Permissions::from_mode(0o755))
    }

    /// The bus's socket.
    #[must_use]
    pub fn socket(&self) -> std::path::PathBuf {
        self.folder.path().join("socket")
    }

    /// The bus's address in D-Bus notation, as `DBUS_SYSTEM_BUS_ADDRESS` takes it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Waits until `name` has an owner, or has none.
pub(crate) async fn wait_for_owner(
    connection: &zbus::Connection,
    name: &str,
    wanted: bool,
) -> zbus::Result<()> {
    use futures_util::StreamExt as _;
    let bus = zbus::fdo::DBusProxy::new(connection).await?;
    let mut changes = bus.receive_name_owner_changed_with_args(&[(0, name)]).await?;
    // Asked after subscribing: a change in between is in the stream.
    while bus.name_has_owner(name.try_into()?).await? != wanted {
        if changes.next().await.is_none() {
            return Err(zbus::Error::Failure("the bus is gone".to_owned()));
        }
    }
    Ok(())
}

fn folder() -> io::Result<TempDir> {
    tempfile::Builder::new().prefix("roamkey-bus-").tempdir()
}

/// A machine that runs many tests at once may take seconds to start one more process.
const START_LIMIT: Duration = Duration::from_secs(10);

/// Everything is allowed but what the rule takes away.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=@FOLDER@/socket</listen>
  <servicedir>@FOLDER@</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
    @RULE@
  </policy>
</busconfig>
"#;
