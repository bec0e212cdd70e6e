//! The bench for end-to-end tests: an unmodified browser, a keyring, two Bluetooth hosts, a tunnel service, a website.
//!
//! ```text
//!   host 0                                     loopback                                    host 1
//!   ┌────────────────────────┐     ┌───────────────────────────┐     ┌───────────────────────────────────┐
//!   │ Chromium on Xvfb       │────►│ roamkey-tunnel-server, TLS │◄────│ roamkey authenticate --image FILE │
//!   │ shows the QR code, ────┼─────┼──── read off the screen ───┼────►│ (feature dev), asks its Person    │
//!   │ hears the advert       │     └───────────────────────────┘     │ gnome-keyring, own session bus    │
//!   │ system bus: org.bluez  │◄───────────── mock air ───────────────│ system bus: org.bluez             │
//!   └───────────┬────────────┘                                       └───────────────────────────────────┘
//!               │ http://localhost:PORT
//!   ┌───────────▼────────────┐
//!   │ Site: a relying party  │   verifies with a server library that shares no code with Roamkey
//!   └────────────────────────┘
//! ```
//!
//! Nothing of Chromium is patched, faked or switched: the dialog is the native one, driven by what the page does
//! (over the DevTools protocol, whose WebAuthn domain stays off). Every wait is for an event and has a limit.
//!
//! # What it needs
//!
//! The Debian packages `chromium`, `xvfb`, `dbus`, `gnome-keyring` and `fonts-dejavu-core`. A missing one fails the
//! tests by name. The binaries under test are built by the bench itself ([`parts`]).

pub mod bench;
pub mod cdp;
pub mod chromium;
pub mod code;
pub mod device;
pub mod hosts;
pub mod lines;
pub mod parts;
pub mod polkit;
pub mod process;
pub mod requests;
pub mod screen;
pub mod terminal;
pub mod trust;
pub mod tunnel_server;

/// What any step of the bench may end with: the tests only print it.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
