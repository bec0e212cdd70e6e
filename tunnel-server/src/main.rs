//! `roamkey-tunnel-server`: a tunnel service for passkeys.
//!
//! ```text
//! roamkey-tunnel-server serve --dev [--listen ADDR]
//! roamkey-tunnel-server serve --listen ADDR --tls-cert FILE --tls-key FILE
//! roamkey-tunnel-server serve --config FILE
//! roamkey-tunnel-server check-config FILE
//! roamkey-tunnel-server domain list | find | show ID | check ID
//! roamkey-tunnel-server doctor --config FILE [--id ID]
//! roamkey-tunnel-server bench
//! ```
//!
//! `serve` prints one line to standard output when it listens, `ready ADDR` (and `admin ADDR` if there is one), and
//! logs to standard error (`ROAMKEY_LOG`, a filter as in `info` or `roamkey_tunnel_server=debug`). The first SIGTERM
//! or SIGINT drains, the second ends at once. Exit codes: 0 done, 1 failed, 2 wrong command line or configuration.

mod cli;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use roamkey_tunnel_server::SettingsError;

use cli::{bench, check, domain, serve};

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
    Serve(serve::Options),
    /// Check a configuration file, and the certificate it names.
    CheckConfig {
        /// The file (TOML).
        file: PathBuf,
    },
    /// Host names that browsers derive from a 16-bit number.
    #[command(subcommand)]
    Domain(domain::Command),
    /// Check a running server, step by step.
    Doctor(check::Options),
    /// Measure what tunnels cost on this machine.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(options) => serve::run(options),
        Command::CheckConfig { file } => serve::check_config(&file),
        Command::Domain(command) => domain::run(command),
        Command::Doctor(options) => check::doctor(&options),
        Command::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(error.as_ref());
            if error.is::<SettingsError>() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// The error with its chain. Nothing is left to do if standard error is closed.
fn complain(error: &dyn Error) {
    let mut text = format!("roamkey-tunnel-server: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    let _ = writeln!(io::stderr(), "{text}");
}

/// What clap uses for a wrong command line.
const USAGE: u8 = 2;

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
