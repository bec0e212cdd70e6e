//! What the server counts, and how Prometheus reads it.
//!
//! No label holds an address, an id or anything else of a client: the number of series is fixed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::relay::Outcome;
use crate::response::Refusal;

/// All counters since the start.
#[derive(Debug)]
pub(crate) struct Metrics {
    created: AtomicU64,
    joined: AtomicU64,
    messages: AtomicU64,
    bytes: AtomicU64,
    tls_failures: AtomicU64,
    dropped: ByLabel,
    certificates: AtomicU64,
    certificate_failures: AtomicU64,
    ended: ByLabel,
    refused: ByLabel,
    setup: Histogram,
    pairing: Histogram,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            created: AtomicU64::new(0),
            joined: AtomicU64::new(0),
            messages: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            tls_failures: AtomicU64::new(0),
            dropped: ByLabel::new(Dropped::ALL.iter().map(|reason| reason.label())),
            certificates: AtomicU64::new(0),
            certificate_failures: AtomicU64::new(0),
            ended: ByLabel::new(Outcome::ALL.iter().map(|outcome| outcome.label())),
            refused: ByLabel::new(Refusal::ALL.iter().map(|refusal| refusal.label())),
            setup: Histogram::default(),
            pairing: Histogram::default(),
        }
    }

    /// A tunnel exists; `took` since its connection was accepted.
    pub(crate) fn created(&self, took: Duration) {
        add(&self.created, 1);
        self.setup.observe(took);
    }

    /// Its other side is there; `waited` since it was created.
    pub(crate) fn joined(&self, waited: Duration) {
        add(&self.joined, 1);
        self.pairing.observe(waited);
    }

    pub(crate) fn message(&self, size: usize) {
        add(&self.messages, 1);
        add(&self.bytes, u64::try_from(size).unwrap_or(u64::MAX));
    }

    pub(crate) fn ended(&self, outcome: Outcome) {
        self.ended.count(outcome.label());
    }

    pub(crate) fn refused(&self, refusal: Refusal) {
        self.refused.count(refusal.label());
    }

    pub(crate) fn tls_failure(&self) {
        add(&self.tls_failures, 1);
    }

    /// A connection that got no answer.
    pub(crate) fn dropped(&self, reason: Dropped) {
        self.dropped.count(reason.label());
    }

    pub(crate) fn certificate_loaded(&self) {
        add(&self.certificates, 1);
    }

    /// No certificate where there should be a new one; the old one stays.
    pub(crate) fn certificate_failed(&self) {
        add(&self.certificate_failures, 1);
    }

    /// Whether there ever was a certificate.
    pub(crate) fn certified(&self) -> bool {
        self.certificates.load(Ordering::Relaxed) > 0
    }

    /// The Prometheus text format, version 0.0.4.
    pub(crate) fn render(&self, active: usize, draining: bool) -> String {
        let mut page = Page(String::new());
        page.gauge(
            "tunnels_active",
            "Tunnels in use.",
            u64::try_from(active).unwrap_or(u64::MAX),
        );
        page.gauge("draining", "1 while the service shuts down.", u64::from(draining));
        page.counter("tunnels_created_total", "Tunnels created.", &self.created);
        page.counter("tunnels_joined_total", "Tunnels that were joined.", &self.joined);
        page.labelled(
            "tunnels_ended_total",
            "Tunnels ended, by reason.",
            "reason",
            &self.ended,
        );
        page.labelled(
            "requests_refused_total",
            "Requests refused, by reason.",
            "reason",
            &self.refused,
        );
        page.labelled(
            "connections_dropped_total",
            "Connections dropped before TLS, by reason.",
            "reason",
            &self.dropped,
        );
        page.counter(
            "tls_failures_total",
            "TLS handshakes that failed or took too long.",
            &self.tls_failures,
        );
        page.counter(
            "certificate_loads_total",
            "Times the certificate was loaded.",
            &self.certificates,
        );
        page.counter(
            "certificate_failures_total",
            "Times a new certificate could not be had or used.",
            &self.certificate_failures,
        );
        page.counter(
            "messages_total",
            "Messages received from either side.",
            &self.messages,
        );
        page.counter("message_bytes_total", "Bytes in these messages.", &self.bytes);
        page.histogram(
            "setup_seconds",
            "From accepting a connection to a new tunnel.",
            &self.setup,
        );
        page.histogram(
            "pairing_seconds",
            "From a new tunnel to the other side's joining.",
            &self.pairing,
        );
        page.0
    }
}

/// Why a connection gets no answer: there is nobody to tell yet, or nobody who could be told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Dropped {
    /// Too many set-ups from one address.
    TooMany,
    /// A trusted proxy sent no PROXY header.
    NoProxyHeader,
}

impl Dropped {
    const ALL: [Self; 2] = [Self::TooMany, Self::NoProxyHeader];

    fn label(self) -> &'static str {
        match self {
            Self::TooMany => "too_many_from_address",
            Self::NoProxyHeader => "no_proxy_header",
        }
    }
}

fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

/// One counter for each value of a label, all there from the start.
#[derive(Debug)]
struct ByLabel(Mutex<BTreeMap<&'static str, u64>>);

impl ByLabel {
    fn new(labels: impl Iterator<Item = &'static str>) -> Self {
        Self(Mutex::new(labels.map(|label| (label, 0)).collect()))
    }

    fn count(&self, label: &'static str) {
        *self.lock().entry(label).or_default() += 1;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Durations by upper bound.
#[derive(Debug, Default)]
struct Histogram {
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

impl Histogram {
    fn observe(&self, took: Duration) {
        for (bucket, (bound, _)) in self.buckets.iter().zip(BOUNDS) {
            if took <= bound {
                add(bucket, 1);
            }
        }
        add(&self.count, 1);
        add(&self.micros, u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }
}

struct Page(String);

impl Page {
    fn head(&mut self, name: &str, help: &str, kind: &str) {
        self.line(format_args!("# HELP {PREFIX}{name} {help}"));
        self.line(format_args!("# TYPE {PREFIX}{name} {kind}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string can't fail.
        let _ = writeln!(self.0, "{line}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "gauge");
        self.line(format_args!("{PREFIX}{name} {value}"));
    }

    fn counter(&mut self, name: &str, help: &str, counter: &AtomicU64) {
        self.head(name, help, "counter");
        self.line(format_args!("{PREFIX}{name} {}", counter.load(Ordering::Relaxed)));
    }

    fn labelled(&mut self, name: &str, help: &str, label: &str, counters: &ByLabel) {
        self.head(name, help, "counter");
        for (value, count) in &*counters.lock() {
            self.line(format_args!("{PREFIX}{name}{{{label}=\"{value}\"}} {count}"));
        }
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, help, "histogram");
        for (bucket, (_, bound)) in histogram.buckets.iter().zip(BOUNDS) {
            self.line(format_args!(
                "{PREFIX}{name}_bucket{{le=\"{bound}\"}} {}",
                bucket.load(Ordering::Relaxed)
            ));
        }
        let count = histogram.count.load(Ordering::Relaxed);
        let micros = histogram.micros.load(Ordering::Relaxed);
        self.line(format_args!("{PREFIX}{name}_bucket{{le=\"+Inf\"}} {count}"));
        self.line(format_args!(
            "{PREFIX}{name}_sum {}.{:06}",
            micros / 1_000_000,
            micros % 1_000_000
        ));
        self.line(format_args!("{PREFIX}{name}_count {count}"));
    }
}

const PREFIX: &str = "roamkey_tunnel_";

/// From a loopback set-up to the join limit.
const BOUNDS: [(Duration, &str); 10] = [
    (Duration::from_micros(500), "0.0005"),
    (Duration::from_millis(2), "0.002"),
    (Duration::from_millis(10), "0.01"),
    (Duration::from_millis(50), "0.05"),
    (Duration::from_millis(250), "0.25"),
    (Duration::from_secs(1), "1"),
    (Duration::from_secs(5), "5"),
    (Duration::from_secs(15), "15"),
    (Duration::from_secs(60), "60"),
    (Duration::from_secs(120), "120"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_shows_what_moved_it() {
        let metrics = Metrics::new();
        let before = metrics.render(0, false);
        metrics.created(Duration::from_millis(1));
        metrics.joined(Duration::from_secs(3));
        metrics.message(48);
        metrics.ended(Outcome::Closed);
        metrics.refused(Refusal::Duplicate);
        metrics.tls_failure();
        metrics.dropped(Dropped::TooMany);
        metrics.certificate_loaded();
        metrics.certificate_failed();
        let after = metrics.render(7, true);
        for line in [
            "tunnels_active 7",
            "draining 1",
            "tunnels_created_total 1",
            "tunnels_joined_total 1",
            "tunnels_ended_total{reason=\"closed\"} 1",
            "requests_refused_total{reason=\"duplicate\"} 1",
            "connections_dropped_total{reason=\"too_many_from_address\"} 1",
            "certificate_failures_total 1",
            "tls_failures_total 1",
            "certificate_loads_total 1",
            "messages_total 1",
            "message_bytes_total 48",
            "setup_seconds_bucket{le=\"0.0005\"} 0",
            "setup_seconds_bucket{le=\"0.002\"} 1",
            "setup_seconds_sum 0.001000",
            "pairing_seconds_bucket{le=\"1\"} 0",
            "pairing_seconds_bucket{le=\"+Inf\"} 1",
            "pairing_seconds_count 1",
        ] {
            let line = format!("\n{PREFIX}{line}\n");
            assert!(after.contains(&line), "{line} in {after}");
            assert!(line.ends_with(" 0\n") || !before.contains(&line), "{line} before");
        }
    }

    #[test]
    fn every_reason_moves_its_own_line() {
        let metrics = Metrics::new();
        let line = |name: &str, reason: &str| format!("\n{PREFIX}{name}{{reason=\"{reason}\"}} 1\n");
        for outcome in Outcome::ALL {
            metrics.ended(outcome);
        }
        for refusal in Refusal::ALL {
            metrics.refused(refusal);
        }
        for dropped in Dropped::ALL {
            metrics.dropped(dropped);
        }
        let page = metrics.render(0, false);
        let ended = Outcome::ALL.map(|outcome| line("tunnels_ended_total", outcome.label()));
        let refused = Refusal::ALL.map(|refusal| line("requests_refused_total", refusal.label()));
        let dropped = Dropped::ALL.map(|dropped| line("connections_dropped_total", dropped.label()));
        for line in ended.iter().chain(&refused).chain(&dropped) {
            assert!(page.contains(line), "{line} in {page}");
        }
    }

    #[test]
    fn every_reason_is_there_from_the_start() {
        let page = Metrics::new().render(0, false);
        assert_eq!(page.matches("tunnels_ended_total{").count(), Outcome::ALL.len());
        assert_eq!(
            page.matches("requests_refused_total{").count(),
            Refusal::ALL.len()
        );
    }
}
