//! Our tunnel service as a process of its own, with TLS.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Result;
use crate::lines::Mark;
use crate::parts::Parts;
use crate::process::{Process, bound_to_this_thread};
use crate::trust::Trust;

/// A tunnel service that can be killed and started again at the same address.
#[derive(Debug)]
pub struct TunnelServer {
    program: String,
    tls: [PathBuf; 2],
    folder: PathBuf,
    address: SocketAddr,
    process: Option<Process>,
}

impl TunnelServer {
    /// Starts it on a free port of loopback and returns when it listens.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub async fn start(parts: &Parts, trust: &Trust, folder: &Path) -> Result<Self> {
        let mut server = Self {
            program: parts.tunnel_server.to_string_lossy().into_owned(),
            tls: [trust.certificate.clone(), trust.key.clone()],
            folder: folder.to_owned(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            process: None,
        };
        server.restart().await?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts it, unless it runs, where it was before.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub async fn restart(&mut self) -> Result<()> {
        if self.process.is_some() {
            return Ok(());
        }
        let [certificate, key] = &self.tls;
        let mut command = bound_to_this_thread(&self.program);
        command
            .args(["serve", "--listen", &self.address.to_string(), "--tls-cert"])
            .arg(certificate);
        command.arg("--tls-key").arg(key).env("ROAMKEY_LOG", "debug");
        let process = Process::start("tunnel-server", command, &self.folder)?;
        let ready = |line: &str| line.strip_prefix("ready ")?.trim().parse().ok();
        let listening = process
            .out()
            .line(Mark::default(), START_LIMIT, "ready ADDRESS", ready)
            .await;
        (self.address, _) = listening.map_err(|error| format!("{error}\n{}", process.err().text()))?;
        self.process = Some(process);
        Ok(())
    }

    /// Kills it, as a power cut would.
    ///
    /// # Errors
    ///
    /// It is not gone after some seconds.
    pub async fn kill(&mut self) -> Result<()> {
        match self.process.take() {
            Some(mut process) => process.kill().await,
            None => Ok(()),
        }
    }
}

const START_LIMIT: Duration = Duration::from_secs(10);
