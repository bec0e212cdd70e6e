//! What the controller needs of the machine besides a window and a device: the real one from `start`, tests have their
//! own.

use std::fmt;
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use roamkey_device::ChosenTunnel;

use crate::view::{Bluetooth, Language};

/// Looks whether this machine can advertise.
pub type Probe = Box<dyn Fn() -> BoxFuture<'static, Bluetooth> + Send + Sync>;

/// The machine around the app.
pub struct Surroundings {
    /// How Bluetooth is looked at without using it.
    pub bluetooth: Probe,
    /// The tunnel service that is chosen: the device's.
    pub tunnel: ChosenTunnel,
    /// Whether that was fixed from outside.
    pub tunnel_is_fixed: bool,
    /// The program of this app, to be started by the session or by a timer.
    pub program: PathBuf,
    /// Where the session looks for what it starts.
    pub autostart: Option<PathBuf>,
    /// Where the systemd units of this person are.
    pub units: Option<PathBuf>,
    /// The language of the session.
    pub language: Language,
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}
