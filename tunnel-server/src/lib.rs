//! A tunnel service for FIDO hybrid transport: it pairs two WebSockets and learns nothing else.
//!
//! ```no_run
//! use roamkey_tunnel_server::{Config, Server};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::spawn(Config::plain("127.0.0.1:0".parse()?))?;
//! println!("listening on {}", server.address());
//! server.drain(std::time::Duration::from_secs(10)).await;
//! # Ok(())
//! # }
//! ```
//!
//! From the inside out: [`relay`] decides, without sockets or time; [`request`] and [`response`] are the HTTP around
//! it, [`proxy`] and [`forwarded`] what stands before it; `socket`, `pump` and `connection` move bytes; [`Server`] owns
//! the tasks.

#![forbid(unsafe_code)]

pub mod acme;
pub mod address;
mod admin;
mod config;
mod connection;
pub mod domain;
pub mod forwarded;
pub mod guard;
mod metrics;
pub mod proxy;
mod pump;
pub mod relay;
pub mod request;
pub mod response;
mod server;
mod settings;
mod shared;
mod socket;
mod tls;
mod transport;

pub use config::{Access, Config, Proxies, ProxySource, Security};
pub use server::{Handle, Server, StartError};
pub use settings::{
    AccessSettings, AcmeSettings, AddressSettings, LimitSettings, ProxySettings, Settings, SettingsError,
    TlsSettings,
};
pub use tls::{TlsError, TlsFiles};
