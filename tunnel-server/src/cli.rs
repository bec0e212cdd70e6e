//! The program's commands.

pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod client;
pub(crate) mod domain;
mod memory;
pub(crate) mod serve;
pub(crate) mod systemd;
