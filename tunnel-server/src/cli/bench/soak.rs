//! Steady load for a long time: does memory stay where it is?

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::phases::{pairs, settled};
use super::say;
use super::server::Subject;
use crate::cli::client::{Clients, Failure};

/// Idle tunnels that stay, and transactions that come and go. Fails if one of them fails, or if memory grew.
pub(super) async fn soak(subject: &Subject, clients: &Clients, seconds: u32) -> Result<(), Box<dyn Error>> {
    let duration = Duration::from_secs(seconds.into());
    let idle = pairs(clients, IDLE).await?;
    let done = Arc::new(AtomicU64::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(work(clients.clone(), Arc::clone(&done)));
    }
    watch(&mut workers, duration / WARM_UP_PART).await?;
    let (before, cpu, started) = (subject.memory()?, subject.cpu()?, Instant::now());
    let first = done.load(Ordering::Relaxed);
    for minute in 1.. {
        let left = duration.saturating_sub(started.elapsed());
        watch(&mut workers, left.min(REPORT)).await?;
        say(
            "soak",
            format_args!(
                "{minute:3}: {} KiB, {} transactions",
                subject.memory()? >> 10,
                done.load(Ordering::Relaxed) - first
            ),
        )?;
        if left <= REPORT {
            break;
        }
    }
    let (after, cpu) = (subject.memory()?, subject.cpu()? - cpu);
    let count = done.load(Ordering::Relaxed) - first;
    workers.shutdown().await;
    drop(idle);
    let end = settled(subject, before / 3).await?;
    say(
        "soak",
        format_args!(
            "{seconds} s, {IDLE} idle tunnels, {count} transactions, {:.1} % of a core; {} KiB before, {} KiB after, \
             {} KiB when all had left",
            100.0 * cpu.as_secs_f64() / started.elapsed().as_secs_f64(),
            before >> 10,
            after >> 10,
            end >> 10
        ),
    )?;
    if after > before + before / GROWTH_PART + GROWTH_BYTES {
        return Err("memory has grown under steady load".into());
    }
    Ok(())
}

/// Lets the workers work. A worker that ends has failed.
async fn watch(workers: &mut JoinSet<Result<(), Failure>>, duration: Duration) -> Result<(), Box<dyn Error>> {
    tokio::select! {
        () = sleep(duration) => Ok(()),
        Some(ended) = workers.join_next() => {
            ended?.map_err(|failure| -> Box<dyn Error> { failure })?;
            Err("a worker ended".into())
        }
    }
}

/// One transaction after the other, with a person's pause between them.
async fn work(clients: Clients, done: Arc<AtomicU64>) -> Result<(), Failure> {
    loop {
        let (mut authenticator, mut client) = clients.pair(true).await?;
        for size in MESSAGES {
            client.send(vec![1; size]).await?;
            authenticator.receive().await?;
            authenticator.send(vec![2; size]).await?;
            client.receive().await?;
        }
        tokio::join!(client.close(), authenticator.close());
        done.fetch_add(1, Ordering::Relaxed);
        sleep(PAUSE).await;
    }
}

/// A small city's evening.
const IDLE: u32 = 1000;

/// With the pause they make some 300 transactions a second, a fraction of what one core can do.
const WORKERS: u32 = 32;

const PAUSE: Duration = Duration::from_millis(100);

/// Handshake, request and answer, a large blob.
const MESSAGES: [usize; 4] = [81, 400, 3_500, 60_000];

/// A tenth of the time passes before memory is looked at: tables and the allocator's pages grow to their size.
const WARM_UP_PART: u32 = 10;

const REPORT: Duration = Duration::from_secs(60);

/// A twentieth and half a MiB: what the allocator's pages move up and down.
const GROWTH_PART: u64 = 20;
const GROWTH_BYTES: u64 = 512 << 10;
