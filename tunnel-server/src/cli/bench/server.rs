//! The server under measurement: a child process, and what the system says about it.

use std::error::Error;
use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server; dropping it ends the process.
#[derive(Debug)]
pub(super) struct Subject {
    process: Child,
    address: SocketAddr,
}

impl Subject {
    /// Starts it on a free loopback port.
    pub(super) fn start(tls: Option<(&Path, &Path)>) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("ROAMKEY_LOG", "warn");
        match tls {
            Some((certificate, key)) => command
                .arg("--tls-cert")
                .arg(certificate)
                .arg("--tls-key")
                .arg(key),
            None => command.arg("--dev"),
        };
        let mut process = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let address = line
            .strip_prefix("ready ")
            .ok_or("the server did not start")?
            .trim()
            .parse()?;
        Ok(Self { process, address })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resident memory in bytes.
    pub(super) fn memory(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse().ok());
        kibibytes
            .map(|number: u64| number * 1024)
            .ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    /// CPU time of all threads so far. `schedstat` counts nanoseconds, where `stat` counts hundredths of a second.
    pub(super) fn cpu(&self) -> io::Result<Duration> {
        let mut total = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let schedstat = fs::read_to_string(task?.path().join("schedstat"))?;
            total += schedstat
                .split_whitespace()
                .next()
                .and_then(|running| running.parse().ok())
                .unwrap_or(0);
        }
        Ok(Duration::from_nanos(total))
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // It may have ended already; there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
