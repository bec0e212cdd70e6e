//! The program as an operator starts it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may panic as well"
)]

mod commands;
mod flood;
mod killed;
mod service_manager;
mod serving;
