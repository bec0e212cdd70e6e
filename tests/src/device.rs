//! The device that holds passkeys: `roamkey`, as a process, on a host of its own, with a keyring of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use roamkey_testkit::keyring::PrivateKeyring;
use serde::Deserialize;
use serde_json::Value;
use tokio::process::Command;

use crate::Result;
use crate::lines::{Lines, Mark};
use crate::process::{Process, bound_to_this_thread};
use crate::terminal::Terminal;

/// What a device is made of.
#[derive(Clone, Debug)]
pub struct Make {
    /// `roamkey` with the feature `dev`.
    pub program: PathBuf,
    /// `DBUS_SYSTEM_BUS_ADDRESS`, where it finds BlueZ.
    pub system_bus: String,
    /// `SSL_CERT_FILE`.
    pub authority: PathBuf,
    /// Where every tunnel service is.
    pub tunnel_address: String,
    /// For its logs.
    pub logs: PathBuf,
}

/// A device with an empty, unlocked keyring.
#[derive(Debug)]
pub struct Device {
    name: String,
    make: Make,
    keyring: PrivateKeyring,
    runs: usize,
}

/// How the device gets the code.
#[derive(Clone, Copy, Debug)]
pub enum Code<'a> {
    /// `roamkey authenticate FIDO:/…`
    Text(&'a str),
    /// `roamkey authenticate --image FILE`
    Picture(&'a Path),
}

/// Who answers the device's questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// Somebody who says yes to everything and types this PIN: the switches `--dev-approve` and `--dev-pin`.
    Agreeable(&'static str),
    /// The test, at a terminal.
    AtTerminal,
}

/// A run of `roamkey authenticate`.
#[derive(Debug)]
pub struct Run {
    process: Process,
    terminal: Option<Terminal>,
    read_up_to: Mark,
}

/// How a run ended, in the eyes of the device.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Outcome {
    /// Whether all went well.
    pub ok: bool,
    /// The stable name of what happened.
    pub code: String,
    /// The exit code.
    pub exit: i32,
}

impl Device {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// Its keyring does not start.
    pub fn new(name: &str, make: &Make) -> Result<Self> {
        let keyring = PrivateKeyring::start()?;
        Ok(Self {
            name: name.to_owned(),
            make: make.clone(),
            keyring,
            runs: 0,
        })
    }

    /// Runs `roamkey authenticate` by way of a tunnel service.
    ///
    /// # Errors
    ///
    /// It can't be started.
    pub fn authenticate(&mut self, code: Code<'_>, tunnel: u16, person: Person) -> Result<Run> {
        let (terminal, input) = match person {
            Person::Agreeable(_) => (None, Stdio::null()),
            Person::AtTerminal => {
                let (terminal, program_end) = Terminal::open()?;
                (Some(terminal), Stdio::from(program_end))
            }
        };
        let mut command = self.command(terminal.is_some());
        command.args(["authenticate", "--json", "--tunnel", &tunnel.to_string()]);
        command
            .args(["--tunnel-address", &self.make.tunnel_address])
            .stdin(input);
        match code {
            Code::Text(text) => command.arg(text),
            Code::Picture(file) => command.arg("--image").arg(file),
        };
        if let Person::Agreeable(pin) = person {
            command.args(["--dev-approve", "--dev-pin", pin]);
        }
        let process = self.start(command)?;
        Ok(Run {
            process,
            terminal,
            read_up_to: Mark::default(),
        })
    }

    /// What `roamkey list --json` prints: the device's passkeys.
    ///
    /// # Errors
    ///
    /// It fails.
    pub async fn passkeys(&mut self) -> Result<Vec<Value>> {
        self.run(&["list", "--json"]).await
    }

    /// Runs `roamkey` with these arguments and without a terminal, and returns the JSON lines that it prints.
    ///
    /// # Errors
    ///
    /// It fails.
    pub async fn run(&mut self, arguments: &[&str]) -> Result<Vec<Value>> {
        let mut command = self.command(false);
        command.args(arguments).stdin(Stdio::null());
        let mut process = self.start(command)?;
        let status = process.ended(END_LIMIT).await?;
        if !status.success() {
            let command = arguments.first().copied().unwrap_or_default();
            return Err(format!("roamkey {command}: {status}: {}", process.err().text()).into());
        }
        let printed = process.out().finished(END_LIMIT).await?;
        Ok(printed
            .lines()
            .map(serde_json::from_str)
            .collect::<serde_json::Result<_>>()?)
    }

    /// Locks the keyring, as the session does when the person walks away.
    ///
    /// # Errors
    ///
    /// The keyring does not lock.
    pub fn lock_keyring(&self) -> Result<()> {
        Ok(self.keyring.lock()?)
    }

    /// Everything that this device's runs wrote to their logs.
    ///
    /// # Errors
    ///
    /// A file can't be read.
    pub fn logs(&self) -> Result<String> {
        let mut logs = String::new();
        for run in 1..=self.runs {
            logs += &std::fs::read_to_string(self.make.logs.join(format!("{}-{run}.err", self.name)))?;
        }
        Ok(logs)
    }

    fn command(&self, with_terminal: bool) -> Command {
        // A session of its own: without a terminal to ask on, or with the one on standard input.
        let mut command = bound_to_this_thread("setsid");
        if with_terminal {
            command.arg("--ctty");
        }
        command.arg("--").arg(&self.make.program).arg("-vv");
        command
            .envs(self.keyring.env())
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.make.system_bus);
        command.env("SSL_CERT_FILE", &self.make.authority);
        for inherited in [
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "SSL_CERT_DIR",
            "ROAMKEY_DATA_DIR",
            "ROAMKEY_TUNNEL",
            "RUST_LOG",
        ] {
            command.env_remove(inherited);
        }
        command
    }

    fn start(&mut self, command: Command) -> Result<Process> {
        self.runs += 1;
        Process::start(&format!("{}-{}", self.name, self.runs), command, &self.make.logs)
    }
}

impl Run {
    /// Waits for the next event of this name, after those read before.
    ///
    /// # Errors
    ///
    /// The run ends without it.
    pub async fn event(&mut self, name: &str) -> Result<Value> {
        let wanted = |line: &str| {
            let event: Value = serde_json::from_str(line).ok()?;
            (event.get("event").and_then(Value::as_str) == Some(name)).then_some(event)
        };
        let (event, read) = self
            .process
            .out()
            .line(self.read_up_to, EVENT_LIMIT, name, wanted)
            .await?;
        self.read_up_to = read;
        Ok(event)
    }

    /// The person at the terminal.
    ///
    /// # Errors
    ///
    /// The run has none.
    pub fn terminal(&mut self) -> Result<&mut Terminal> {
        self.terminal
            .as_mut()
            .ok_or_else(|| "this run has no terminal".into())
    }

    /// Everything that it printed.
    pub fn events(&self) -> &Lines {
        self.process.out()
    }

    /// Kills it, as a crash would.
    ///
    /// # Errors
    ///
    /// It is not gone after some seconds.
    pub async fn kill(mut self) -> Result<()> {
        self.process.kill().await
    }

    /// Waits for its end. Its last event must be the outcome, and its exit code the one in there.
    ///
    /// # Errors
    ///
    /// It does not end, or not like that.
    pub async fn outcome(mut self) -> Result<Outcome> {
        let status = self.process.ended(END_LIMIT).await?;
        let printed = self.process.out().finished(END_LIMIT).await?;
        let last = printed.lines().last().unwrap_or_default();
        let said = || format!("{last}\n{}", self.process.err().text());
        let outcome = serde_json::from_str::<Outcome>(last)
            .map_err(|error| format!("the last event is no outcome ({error}): {}", said()))?;
        if status.code() != Some(outcome.exit) {
            return Err(format!("{status} does not go with: {}", said()).into());
        }
        Ok(outcome)
    }
}

/// The PIN of every [`Device`].
pub const PIN: &str = "2718";

const EVENT_LIMIT: Duration = Duration::from_secs(20);
/// After the last answer, a device waits some seconds for the browser to close the tunnel.
const END_LIMIT: Duration = Duration::from_secs(30);
