//! `roamkey-tunnel-server`: a tunnel service for passkeys.
//!
//! ```text
//! roamkey-tunnel-server serve --dev [--listen ADDR]
//! roamkey-tunnel-server serve --listen ADDR --tls-cert FILE --tls-key FILE
//! roamkey-tunnel-server domain find [--tld TLD] [--length N] [--limit N]
//! roamkey-tunnel-server domain show ID
//! roamkey-tunnel-server bench
//! ```
//!
//! `serve` prints one line to standard output when it listens, `ready ADDR`, and logs to standard error
//! (`ROAMKEY_LOG`, a filter as in `info` or `roamkey_tunnel_server=debug`). The first SIGTERM or SIGINT drains, the
//! second ends at once. Exit codes: 0 done, 1 failed, 2 wrong command line.

mod bench;

use std::error::Error;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use roamkey_hybrid::TunnelDomain;
use roamkey_tunnel_server::domain::{self, Wanted};
use roamkey_tunnel_server::{Config, Server, TlsFiles};

/// A tunnel service for passkeys (FIDO hybrid transport).
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT.
    Serve(Serve),
    /// Host names that browsers derive from a 16-bit number.
    #[command(subcommand)]
    Domain(Domain),
    /// Measure what tunnels cost on this machine.
    Bench(bench::Options),
}

#[derive(Debug, Args)]
struct Serve {
    /// Without TLS, on a loopback address only.
    #[arg(long, conflicts_with_all = ["tls_cert", "tls_key"])]
    dev: bool,
    /// Where to listen; port 0 takes a free one. With --dev it may be left out: 127.0.0.1:8080.
    #[arg(long, value_name = "ADDR", required_unless_present = "dev")]
    listen: Option<SocketAddr>,
    /// Certificate chain in PEM.
    #[arg(long, value_name = "FILE", required_unless_present = "dev")]
    tls_cert: Option<PathBuf>,
    /// Private key in PEM.
    #[arg(long, value_name = "FILE", required_unless_present = "dev")]
    tls_key: Option<PathBuf>,
    /// Seconds that running tunnels get after the first signal.
    #[arg(long, value_name = "SECONDS", default_value_t = DRAIN_SECONDS)]
    drain: u64,
}

#[derive(Debug, Subcommand)]
enum Domain {
    /// List host names that a tunnel service of one's own could have.
    Find {
        /// Top-level domain: com, org, net or info.
        #[arg(long)]
        tld: Option<String>,
        /// Letters of the name.
        #[arg(long)]
        length: Option<usize>,
        /// Lines to print.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// Show the host name of one number.
    Show {
        /// 0, 1 or 256 to 65535.
        id: u16,
    },
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => serve(options),
        Command::Domain(Domain::Find { tld, length, limit }) => find(tld.as_deref(), length, limit),
        Command::Domain(Domain::Show { id }) => show(id),
        Command::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn serve(options: Serve) -> Result<(), Box<dyn Error>> {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ROAMKEY_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        let listen = options.listen.unwrap_or(DEV_ADDRESS);
        let config = match (options.tls_cert, options.tls_key) {
            (Some(certificate), Some(key)) => Config::tls(listen, TlsFiles { certificate, key }),
            _ => Config::plain(listen),
        };
        let server = Server::spawn(config)?;
        writeln!(io::stdout(), "ready {}", server.address())?;
        signals.next().await;
        tokio::select! {
            () = server.drain(Duration::from_secs(options.drain)) => {}
            () = signals.next() => {}
        }
        Ok(())
    })
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

fn find(tld: Option<&str>, length: Option<usize>, limit: usize) -> Result<(), Box<dyn Error>> {
    let found = domain::find(&Wanted { tld, length });
    let mut out = io::stdout().lock();
    for domain in found.iter().take(limit) {
        let host = domain.host();
        writeln!(
            out,
            "{:5}  {host}  (register {})",
            domain.id(),
            domain::registered(&host)
        )?;
    }
    if found.len() > limit {
        writeln!(io::stderr(), "{} more; --limit shows them", found.len() - limit)?;
    }
    Ok(())
}

fn show(id: u16) -> Result<(), Box<dyn Error>> {
    let domain = TunnelDomain::new(id)?;
    writeln!(io::stdout(), "{}", domain.host())?;
    Ok(())
}

/// The error with its chain, on one line. Nothing is left to do if standard error is closed.
fn complain(error: &dyn Error) {
    let mut line = format!("roamkey-tunnel-server: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        line.push_str(": ");
        line.push_str(&source.to_string());
        cause = source.source();
    }
    let _ = writeln!(io::stderr(), "{line}");
}

/// A person who was asked just before the restart has half a minute to answer.
const DRAIN_SECONDS: u64 = 30;

/// Loopback, because `--dev` serves nothing else.
const DEV_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
