//! `bench`: what a tunnel costs on this machine.
//!
//! Starts this program once more as a server on loopback, drives it through five phases and reads its memory and CPU
//! time from the system (`/proc`, so Linux only). Everything is bounded in count.
//!
//! | phase | what it does |
//! |---|---|
//! | set-up | creates, joins and closes tunnels, 16 at a time |
//! | idle | opens tunnels with both sides connected, twice closed and opened again |
//! | round trip | 200 bytes there and back, in several tunnels at once |
//! | bulk | 16,000-byte messages one way through one tunnel after the other |
//! | ceremony | a transaction's messages after the advert; the authenticator leaves Nagle's algorithm on |
//!
//! `--soak SECONDS` runs steady load instead.

mod phases;
mod server;
mod soak;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;

use server::Subject;

use super::client::{Clients, connector};

/// Options of `bench`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Tunnels in the idle phase; two file descriptors each, here and in the server.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=9500))]
    tunnels: u32,
    /// Tunnels in the set-up phase.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    setups: u32,
    /// Busy tunnels in the round-trip phase.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=4096))]
    busy: u32,
    /// Mebibytes in the bulk phase.
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=16_384))]
    mebibytes: u32,
    /// Instead of all that: seconds of steady load, with the server's memory before and after.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(10..=86_400))]
    soak: Option<u32>,
    /// Measure TLS: certificate chain for the name `localhost`, which is also what the clients trust.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// Runs all phases and prints one line for each result.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let tls = options.tls_cert.as_deref().zip(options.tls_key.as_deref());
        let subject = Subject::start(tls)?;
        let clients = connect_to(&subject, options)?;
        say(
            "server",
            format_args!(
                "{}, TLS {}",
                subject.address(),
                if tls.is_some() { "yes" } else { "no" }
            ),
        )?;
        if let Some(seconds) = options.soak {
            return soak::soak(&subject, &clients, seconds).await;
        }
        phases::ceremony(&clients).await?;
        phases::setup(&subject, &clients, options.setups).await?;
        phases::round_trips(&subject, &clients, 1).await?;
        phases::round_trips(&subject, &clients, options.busy).await?;
        phases::bulk(&subject, &clients, options.mebibytes).await?;
        // Last, in a fresh process, because it measures memory.
        drop(subject);
        let subject = Subject::start(tls)?;
        let clients = connect_to(&subject, options)?;
        phases::idle(&subject, &clients, options.tunnels).await
    })
}

fn connect_to(subject: &Subject, options: &Options) -> Result<Clients, Box<dyn Error>> {
    let tls = options
        .tls_cert
        .as_deref()
        .map(|file| connector(Some(file)))
        .transpose()?;
    Ok(Clients::new(subject.address(), "localhost", tls))
}

fn say(phase: &str, result: std::fmt::Arguments<'_>) -> io::Result<()> {
    writeln!(io::stdout(), "{phase:<12} {result}")
}
