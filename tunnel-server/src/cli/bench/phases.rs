//! The five measurements.

use std::error::Error;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::say;
use super::server::Subject;
use crate::cli::client::{Clients, End, Failure};

pub(super) type Pairs = Vec<(End, End)>;

/// CPU per tunnel that is created, joined and closed.
pub(super) async fn setup(subject: &Subject, clients: &Clients, count: u32) -> Result<(), Box<dyn Error>> {
    let (cpu, started) = (subject.cpu()?, Instant::now());
    let each = count.div_ceil(SETUPS_AT_ONCE);
    let mut workers = JoinSet::new();
    for _ in 0..SETUPS_AT_ONCE {
        let clients = clients.clone();
        workers.spawn(async move {
            for _ in 0..each {
                let (authenticator, client) = clients.pair(true).await?;
                tokio::join!(client.close(), authenticator.close());
            }
            Ok::<_, Failure>(())
        });
    }
    finish(workers).await?;
    let count = each * SETUPS_AT_ONCE;
    let (cpu, wall) = ((subject.cpu()? - cpu) / count, started.elapsed());
    say(
        "set-up",
        format_args!(
            "{cpu:?} CPU each, {:.0} a second",
            f64::from(count) / wall.as_secs_f64()
        ),
    )?;
    Ok(())
}

/// CPU and time per 200-byte round trip, with `busy` tunnels at once.
pub(super) async fn round_trips(
    subject: &Subject,
    clients: &Clients,
    busy: u32,
) -> Result<(), Box<dyn Error>> {
    let rounds = (ROUND_TRIPS / busy).clamp(10, MESSAGES_PER_TUNNEL);
    let pairs = pairs(clients, busy).await?;
    let (cpu, started) = (subject.cpu()?, Instant::now());
    let mut workers = JoinSet::new();
    for (mut authenticator, mut client) in pairs {
        workers.spawn(async move {
            for _ in 0..rounds {
                client.send(vec![1; SMALL]).await?;
                authenticator.receive().await?;
                authenticator.send(vec![2; SMALL]).await?;
                client.receive().await?;
            }
            Ok::<_, Failure>(())
        });
    }
    finish(workers).await?;
    let count = rounds * busy;
    let (cpu, wall) = ((subject.cpu()? - cpu) / count, started.elapsed() / rounds);
    say(
        "round trip",
        format_args!("{busy} busy: {cpu:?} CPU each, {wall:?} until all had one"),
    )?;
    Ok(())
}

/// Throughput one way through one tunnel at a time.
pub(super) async fn bulk(subject: &Subject, clients: &Clients, mebibytes: u32) -> Result<(), Box<dyn Error>> {
    let messages = u64::from(mebibytes) * (1 << 20) / LARGE_BYTES;
    let (mut left, mut wall, cpu) = (messages, Duration::ZERO, subject.cpu()?);
    while left > 0 {
        let turn = left.min(u64::from(MESSAGES_PER_TUNNEL));
        left -= turn;
        let (mut authenticator, mut client) = clients.pair(true).await.map_err(plain)?;
        let started = Instant::now();
        let sender = tokio::spawn(async move {
            for _ in 0..turn {
                client.send(vec![1; LARGE]).await?;
            }
            Ok::<_, std::io::Error>(client)
        });
        for _ in 0..turn {
            authenticator.receive().await?;
        }
        sender.await??;
        wall += started.elapsed();
    }
    let cpu = subject.cpu()? - cpu;
    let megabytes = f64::from(u32::try_from(messages * LARGE_BYTES / 1_000_000)?);
    let (rate, per_second) = (megabytes / wall.as_secs_f64(), megabytes / cpu.as_secs_f64());
    say(
        "bulk",
        format_args!("{rate:.0} MB/s, {per_second:.0} MB per second of server CPU"),
    )?;
    Ok(())
}

/// A transaction after the advert, with an authenticator that leaves Nagle's algorithm on.
pub(super) async fn ceremony(clients: &Clients) -> Result<(), Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..CEREMONIES {
        let (mut authenticator, routing, tunnel) = clients.create(false).await.map_err(plain)?;
        let started = Instant::now();
        let mut client = clients.join(&routing, &tunnel).await.map_err(plain)?;
        client.send(vec![1; HANDSHAKE]).await?;
        authenticator.receive().await?;
        authenticator.send(vec![2; HANDSHAKE]).await?;
        authenticator.send(vec![3; FIRST_MESSAGE]).await?;
        client.receive().await?;
        client.receive().await?;
        client.send(vec![4; SMALL]).await?;
        authenticator.receive().await?;
        authenticator.send(vec![5; FIRST_MESSAGE]).await?;
        client.receive().await?;
        times.push(started.elapsed());
        tokio::join!(client.close(), authenticator.close());
    }
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    say(
        "ceremony",
        format_args!(
            "median {:?}, 90th percentile {:?}, two writes and Nagle on",
            at(50),
            at(90)
        ),
    )?;
    Ok(())
}

/// Memory per idle tunnel, over three rounds of opening and closing.
pub(super) async fn idle(subject: &Subject, clients: &Clients, count: u32) -> Result<(), Box<dyn Error>> {
    // Threads, tables and the allocator's first pages are not the tunnels'.
    for (authenticator, client) in pairs(clients, WARM_UP).await? {
        tokio::join!(client.close(), authenticator.close());
    }
    let base = subject.memory()?;
    for round in 1..=IDLE_ROUNDS {
        let open = pairs(clients, count).await?;
        let peak = subject.memory()?;
        let mut closing = JoinSet::new();
        for (authenticator, client) in open {
            closing.spawn(async move {
                tokio::join!(client.close(), authenticator.close());
                Ok(())
            });
        }
        finish(closing).await?;
        let after = settled(subject, peak / 3).await?;
        say(
            "idle",
            format_args!(
                "round {round}: {count} tunnels, {} B each; peak {} KiB, after closing {} KiB",
                peak.saturating_sub(base) / u64::from(count),
                peak >> 10,
                after >> 10
            ),
        )?;
    }
    Ok(())
}

/// Memory once it has fallen to `enough`, or does not fall in time.
pub(super) async fn settled(subject: &Subject, enough: u64) -> Result<u64, Box<dyn Error>> {
    let started = Instant::now();
    loop {
        let memory = subject.memory()?;
        if memory <= enough || started.elapsed() > SETTLING {
            return Ok(memory);
        }
        tokio::time::sleep(SAMPLE).await;
    }
}

pub(super) async fn pairs(clients: &Clients, count: u32) -> Result<Pairs, Box<dyn Error>> {
    let each = count.div_ceil(SETUPS_AT_ONCE);
    let mut workers = JoinSet::new();
    let mut left = count;
    while left > 0 {
        let turn = left.min(each);
        left -= turn;
        let clients = clients.clone();
        workers.spawn(async move {
            let mut pairs = Vec::new();
            for _ in 0..turn {
                pairs.push(clients.pair(true).await?);
            }
            Ok::<_, Failure>(pairs)
        });
    }
    let mut pairs = Vec::new();
    while let Some(made) = workers.join_next().await {
        pairs.append(&mut made?.map_err(plain)?);
    }
    Ok(pairs)
}

async fn finish(mut workers: JoinSet<Result<(), Failure>>) -> Result<(), Box<dyn Error>> {
    while let Some(done) = workers.join_next().await {
        done?.map_err(plain)?;
    }
    Ok(())
}

fn plain(failure: Failure) -> Box<dyn Error> {
    failure
}

/// Enough to keep both cores busy, few enough to leave the accept queue empty.
const SETUPS_AT_ONCE: u32 = 16;

/// All tunnels together.
const ROUND_TRIPS: u32 = 100_000;

/// Below the server's limit of messages per side.
const MESSAGES_PER_TUNNEL: u32 = 3_800;

const CEREMONIES: usize = 101;

const IDLE_ROUNDS: u32 = 3;

const WARM_UP: u32 = 64;

/// The server gives memory back soon after tunnels have ended.
const SETTLING: Duration = Duration::from_secs(5);

const SAMPLE: Duration = Duration::from_millis(100);

/// A Noise handshake message.
const HANDSHAKE: usize = 81;

/// The first encrypted message with getInfo, and a typical assertion.
const FIRST_MESSAGE: usize = 400;

/// A typical CTAP request.
const SMALL: usize = 200;

/// A large blob, or an image in a digital credential.
const LARGE: usize = 16_000;
const LARGE_BYTES: u64 = 16_000;
