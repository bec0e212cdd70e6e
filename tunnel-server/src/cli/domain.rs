//! `domain`: which host name could be ours, and does the service behind it work?

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Subcommand;
use roamkey_hybrid::TunnelDomain;
use roamkey_tunnel_server::domain::{self, Wanted};

use super::check;

/// Commands below `domain`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List every host name that browsers derive from a number.
    List,
    /// Find host names, shortest first, to register one of them.
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
    /// Check the service behind a number, step by step: name, connection, TLS, WebSocket, pairing.
    Check {
        /// 0, 1 or 256 to 65535.
        id: u16,
        /// Connect here instead; TLS and request keep the service's name.
        #[arg(long, value_name = "HOST:PORT")]
        address: Option<String>,
        /// Trust the certificates in this PEM file instead of this machine's.
        #[arg(long, value_name = "FILE")]
        roots: Option<PathBuf>,
    },
}

/// Carries the command out.
pub(crate) fn run(command: Command) -> Result<(), Box<dyn Error>> {
    match command {
        Command::List => print(&domain::find(&Wanted::default())),
        Command::Find { tld, length, limit } => {
            let found = domain::find(&Wanted {
                tld: tld.as_deref(),
                length,
            });
            print(found.get(..limit).unwrap_or(&found))?;
            if found.len() > limit {
                writeln!(io::stderr(), "{} more; --limit shows them", found.len() - limit)?;
            }
            Ok(())
        }
        Command::Show { id } => {
            writeln!(io::stdout(), "{}", TunnelDomain::new(id)?.host())?;
            Ok(())
        }
        Command::Check { id, address, roots } => {
            check::domain(TunnelDomain::new(id)?, address, roots.as_deref())
        }
    }
}

fn print(domains: &[TunnelDomain]) -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for domain in domains {
        let host = domain.host();
        writeln!(
            out,
            "{:5}  {host}  (register {})",
            domain.id(),
            domain::registered(&host)
        )?;
    }
    Ok(())
}
