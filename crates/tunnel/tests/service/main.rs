//! The adapter over real sockets on loopback: against our tunnel server, and against servers that break one rule each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may panic as the tests do"
)]

mod check;
mod misbehaving;
mod our_server;
mod support;
mod tls;
