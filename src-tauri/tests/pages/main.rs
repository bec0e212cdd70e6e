//! The pages about safety, activity, settings and help, as their controller plays them: a real device in a folder of its
//! own, a keyring in memory, and a window whose person chooses files as the test says.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_in_result,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where it fails"
)]

mod activity;
mod export;
mod help;
mod rebuilt;
mod recovery;
mod restore;
mod settings;
mod stage;
