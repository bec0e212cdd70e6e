//! The server over real sockets on loopback: what it refuses, what it relays, how it ends, and how it is attacked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may panic as the tests do"
)]

mod closing;
mod conformance;
mod defence;
mod operation;
mod proxies;
mod refusing;
mod relaying;
mod support;
mod tls;
