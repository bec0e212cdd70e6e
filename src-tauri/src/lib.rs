//! The desktop app: a window around [`roamkey_device::Device`].
//!
//! ```text
//! ui (Svelte) ── commands ──▶ app ── Action ──▶ controller ── Device
//!      ▲                                            │
//!      └────────── event "view" ◀── Window::show ◀──┘
//! ```
//!
//! Before that, [`Door`] asks for what has to be settled first: there is no controller without a vault that can be used.
//!
//! [`Controller`] holds all state and knows the window only as a trait; what can be shown is a type ([`view`]); the
//! commands are a few lines each. Private keys never come near the web view, and a PIN only while it is typed.

pub mod action;
mod app;
mod autostart;
mod commands;
mod controller;
mod door;
mod follow;
mod language;
mod platform;
pub mod request;
mod settings;
mod start;
mod surroundings;
mod text;
mod tray;
mod trial;
mod unattended;
pub mod view;
mod window;

pub use app::{main_on_desktop, run};
pub use controller::Controller;
pub use door::{Door, Doorway, OpenVault};
pub use surroundings::{Probe, Rebuilds, Surroundings};
pub use trial::Phones;
pub use window::Window;
