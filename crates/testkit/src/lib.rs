//! For tests and the demo only: stand-ins for the world around a session.

pub mod air;
#[cfg(target_os = "linux")]
pub mod bluez;
#[cfg(target_os = "linux")]
pub mod bus;
pub mod client;
#[cfg(target_os = "linux")]
pub mod desktop;
#[cfg(target_os = "linux")]
pub mod keyring;
pub mod memory_keyring;
pub mod phone;
#[cfg(target_os = "linux")]
pub mod polkit;
pub mod relying_party;
pub mod store;
pub mod store_contract;
pub mod tunnel;
pub mod user;
pub mod web_site;
