//! The program's commands.

pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod client;
pub(crate) mod domain;
pub(crate) mod serve;
