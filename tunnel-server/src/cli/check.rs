//! `domain check` and `doctor`: step by step, each with its result, and a remedy where one fails.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use roamkey_hybrid::TunnelDomain;
use roamkey_tunnel_server::{Config, Security, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::client::{Clients, Failure, connector};

/// Options of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The running server's configuration file.
    #[arg(long, value_name = "FILE", env = "ROAMKEY_TUNNEL_CONFIG")]
    config: PathBuf,
    /// The number of its host name; with it the service is checked as clients see it, at its own address.
    #[arg(long)]
    id: Option<u16>,
    /// Trust the certificates in this PEM file instead of this machine's.
    #[arg(long, value_name = "FILE")]
    roots: Option<PathBuf>,
}

/// Checks the service behind a number.
pub(crate) fn domain(
    domain: TunnelDomain,
    address: Option<String>,
    roots: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    runtime()?.block_on(async {
        let host = domain.host();
        passed("name", &host)?;
        let target = address.unwrap_or_else(|| format!("{host}:443"));
        service(&host, &target, Some(roots)).await
    })
}

/// Checks a running server from its own machine.
pub(crate) fn doctor(options: &Options) -> Result<(), Box<dyn Error>> {
    let settings = Settings::load(&options.config)?;
    let config = settings.config()?;
    passed("configuration", &options.config.display().to_string())?;
    if let Security::Tls(files) = &config.security {
        let loaded = files.load().map_err(Into::into);
        step(
            "certificate",
            loaded,
            "give certificate and key in PEM, readable for this user",
        )?;
    }
    let descriptors = descriptors(&config);
    step(
        "descriptors",
        descriptors,
        "raise LimitNOFILE= in the unit, or lower limits.tunnels",
    )?;
    runtime()?.block_on(async {
        match config.admin {
            Some(admin) => {
                let alive = status(admin, "/livez", 200).await;
                step(
                    "alive",
                    alive,
                    "start the server; `admin` must be the address it was started with",
                )?;
                let ready = status(admin, "/readyz", 200).await;
                let remedy =
                    "draining: start it again; no certificate yet: the log tells what the ACME server said";
                step("ready", ready, remedy)?;
            }
            None => passed("alive", "not checked: `admin` is not set")?,
        }
        match (options.id.map(TunnelDomain::new).transpose()?, &config.security) {
            (Some(domain), Security::Tls(_) | Security::Acme(_)) => {
                let target = local(config.listen).to_string();
                service(&domain.host(), &target, Some(options.roots.as_deref())).await
            }
            (_, Security::PlainLoopback) => service("localhost", &config.listen.to_string(), None).await,
            (None, Security::Tls(_) | Security::Acme(_)) => {
                passed("pairing", "not checked: give --id").map_err(Into::into)
            }
        }
    })
}

/// The steps of a client; `roots` is there if it speaks TLS.
async fn service(host: &str, target: &str, roots: Option<Option<&Path>>) -> Result<(), Box<dyn Error>> {
    let address = step(
        "address",
        lookup(target).await,
        "add an A or AAAA record for the host name",
    )?;
    let tls = roots.map(connector).transpose()?;
    let reached = limited(async { Ok(TcpStream::connect(address).await?) }).await;
    let reached = step(
        "connection",
        reached,
        "start the server; let the port through the firewall",
    )?;
    drop(reached);
    let clients = Clients::new(address, host, tls);
    let secured = limited(clients.dial(true)).await;
    let secured = step(
        "TLS",
        secured,
        "the certificate must be for this host name and from an authority that browsers trust",
    )?;
    drop(secured);
    let created = limited(clients.create(true)).await;
    let remedy =
        "something in front of the server must pass WebSocket upgrades and the header X-caBLE-Routing-ID on";
    let (mut authenticator, routing, tunnel) = step("new tunnel", created, remedy)?;
    let joined = limited(clients.join(&routing, &tunnel)).await;
    let mut client = step("join", joined, "all requests must reach the same server process")?;
    let started = Instant::now();
    let paired = limited(async {
        client.send(vec![1; 81]).await?;
        authenticator.receive().await?;
        authenticator.send(vec![2; 81]).await?;
        client.receive().await?;
        Ok(started.elapsed())
    });
    let took = step(
        "messages",
        paired.await,
        "something in front of the server must not buffer WebSocket messages",
    )?;
    passed("round trip", &format!("{took:?}"))?;
    let again = limited(async {
        match clients.join(&routing, &tunnel).await {
            Ok(_) => Err("a tunnel was joined twice".into()),
            Err(_) => Ok(()),
        }
    });
    step(
        "single use",
        again.await,
        "this is not a tunnel service that can be trusted",
    )?;
    let goodbye = async { tokio::join!(client.close(), authenticator.close()) };
    // The checks are done; how long a goodbye takes is not one of them.
    let _ = timeout(LIMIT, goodbye).await;
    Ok(())
}

async fn lookup(target: &str) -> Result<SocketAddr, Failure> {
    let mut found = timeout(LIMIT, lookup_host(target)).await??;
    found.next().ok_or_else(|| "the name has no address".into())
}

async fn status(admin: SocketAddr, path: &str, expected: u16) -> Result<(), Failure> {
    limited(async {
        let mut tcp = TcpStream::connect(admin).await?;
        tcp.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
            .await?;
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await?;
        let line = answer.lines().next().unwrap_or_default();
        if line.contains(&format!(" {expected} ")) {
            Ok(())
        } else {
            Err(format!("{path} answered: {line}").into())
        }
    })
    .await
}

/// Two sockets for each tunnel, and some for those that have none yet. Linux only; elsewhere there is nothing to read.
fn descriptors(config: &Config) -> Result<(), Failure> {
    let Ok(limits) = std::fs::read_to_string("/proc/self/limits") else {
        return Ok(());
    };
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let allowed = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    let needed = config
        .max_tunnels
        .saturating_mul(2)
        .saturating_add(SPARE_DESCRIPTORS);
    match allowed {
        Some(allowed) if allowed < needed => Err(format!("{allowed} allowed here, {needed} needed").into()),
        _ => Ok(()),
    }
}

/// A server that listens everywhere is reached on loopback.
fn local(listen: SocketAddr) -> SocketAddr {
    let mut address = listen;
    if listen.ip().is_unspecified() {
        address.set_ip(if listen.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            [0, 0, 0, 0, 0, 0, 0, 1].into()
        });
    }
    address
}

async fn limited<T>(step: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    timeout(LIMIT, Box::pin(step))
        .await
        .unwrap_or_else(|_| Err("no answer in time".into()))
}

fn passed(name: &str, detail: &str) -> io::Result<()> {
    writeln!(io::stdout(), "ok    {name:<14} {detail}")
}

/// Reports a step; a failed one ends the check.
fn step<T>(name: &str, outcome: Result<T, Failure>, remedy: &str) -> Result<T, Box<dyn Error>> {
    match outcome {
        Ok(value) => {
            passed(name, "")?;
            Ok(value)
        }
        Err(failure) => {
            writeln!(
                io::stdout(),
                "FAIL  {name:<14} {failure}\n      {:<14} {remedy}",
                "remedy"
            )?;
            Err(format!("{name} failed").into())
        }
    }
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// For each step; a healthy one takes a second at most.
const LIMIT: Duration = Duration::from_secs(10);

/// Connections without a tunnel, the listeners, and what the runtime needs.
const SPARE_DESCRIPTORS: usize = 1000;
