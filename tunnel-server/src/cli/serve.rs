//! `serve` and `check-config`: configuration from file, environment and command line, signals, logs.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use roamkey_tunnel_server::{Security, Server, Settings};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::{memory, systemd};

/// Options of `serve`. What is given here or in the environment goes before the file.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE", env = "ROAMKEY_TUNNEL_CONFIG")]
    config: Option<PathBuf>,
    /// Without TLS, on a loopback address only.
    #[arg(long)]
    dev: bool,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", env = "ROAMKEY_TUNNEL_LISTEN")]
    listen: Option<SocketAddr>,
    /// Where health and metrics are; keep it private.
    #[arg(long, value_name = "ADDR", env = "ROAMKEY_TUNNEL_ADMIN")]
    admin: Option<SocketAddr>,
    /// Certificate chain in PEM.
    #[arg(long, value_name = "FILE", env = "ROAMKEY_TUNNEL_TLS_CERT")]
    tls_cert: Option<PathBuf>,
    /// Private key in PEM.
    #[arg(long, value_name = "FILE", env = "ROAMKEY_TUNNEL_TLS_KEY")]
    tls_key: Option<PathBuf>,
    /// Seconds that running tunnels get after the first signal.
    #[arg(long, value_name = "SECONDS", env = "ROAMKEY_TUNNEL_DRAIN")]
    drain: Option<u64>,
}

impl Options {
    fn settings(self) -> Result<Settings, Box<dyn Error>> {
        let mut settings = self
            .config
            .as_deref()
            .map(Settings::load)
            .transpose()?
            .unwrap_or_default();
        settings.dev |= self.dev;
        settings.listen = self.listen.or(settings.listen);
        settings.admin = self.admin.or(settings.admin);
        settings.tls.certificate = self.tls_cert.or(settings.tls.certificate);
        settings.tls.key = self.tls_key.or(settings.tls.key);
        settings.drain_seconds = self.drain.or(settings.drain_seconds);
        Ok(settings)
    }
}

/// A level is ours alone: below `info`, libraries write down requests, and with them whole ids. Who names a library gets
/// what it logs.
fn filter() -> EnvFilter {
    let wanted = std::env::var("ROAMKEY_LOG").unwrap_or_else(|_| "info".to_owned());
    match wanted.parse::<LevelFilter>() {
        Ok(level) => EnvFilter::new(format!(
            "{},roamkey_tunnel_server={level}",
            level.min(LevelFilter::INFO)
        )),
        Err(_) => EnvFilter::try_new(wanted).unwrap_or_else(|_| "info".into()),
    }
}

/// Serves until the first signal, drains, and ends at once at the second one.
pub(crate) fn run(options: Options) -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(filter())
        .with_writer(io::stderr)
        .init();
    let mut settings = options.settings()?;
    let handed = systemd::listener()?;
    if let Some(listener) = &handed {
        settings.listen = Some(listener.local_addr()?);
    }
    let config = settings.config()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        let server = match handed {
            Some(listener) => Server::spawn_on(listener, config)?,
            None => Server::spawn(config)?,
        };
        writeln!(io::stdout(), "ready {}", server.address())?;
        if let Some(admin) = server.admin_address() {
            writeln!(io::stdout(), "admin {admin}")?;
        }
        systemd::notify("READY=1")?;
        tokio::select! {
            () = signals.next() => {}
            () = memory::tend(|| server.tunnels()) => {}
        }
        systemd::notify("STOPPING=1")?;
        tokio::select! {
            () = server.drain(settings.drain()) => {}
            () = signals.next() => {}
        }
        Ok(())
    })
}

/// Checks a configuration file, and the certificate it names.
pub(crate) fn check_config(file: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let config = Settings::load(file)?.config()?;
    match &config.security {
        Security::Tls(files) => drop(files.load()?),
        // A certificate that is ordered can't be looked at before.
        Security::Acme(_) | Security::PlainLoopback => {}
    }
    writeln!(io::stdout(), "{} is valid", file.display())?;
    Ok(())
}

/// SIGTERM and SIGINT, whichever comes.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "the Unix variant can fail")]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        // Without a handler the process can only be killed, which ends everything as well.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
