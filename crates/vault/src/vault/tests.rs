//! The vault as a whole: over a keyring in memory, and over a real gnome-keyring on a private bus.

mod activity;
mod behaviour;
mod contract;
mod crash;
mod damage;
mod file_store;
mod import;
mod interleave;
mod kill;
mod machine;
mod manage;
mod migrate;
mod pin;
mod policy;
mod real;
mod secrets;
mod support;
