//! Files of all formats: those that others made, those made from the formats' descriptions, and our own, there and back.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test fails by panicking"
)]

mod age;
mod backup;
mod import;
mod round_trip;
mod support;
mod words;
