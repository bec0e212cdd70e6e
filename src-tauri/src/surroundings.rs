//! What the controller needs of the machine besides a window and a device: the real one from `start`, tests have their
//! own.

use std::fmt;
use std::path::PathBuf;

use futures_util::future::BoxFuture;
use roamkey_device::ChosenTunnel;
use roamkey_device::vault::{Rebuilt, VaultConfig};
use tokio::sync::mpsc;

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

/// What happens to the list of passkeys of a vault: that it had to be built anew, in whichever part of the app that was
/// found out.
#[derive(Debug)]
pub struct Rebuilds(mpsc::UnboundedReceiver<Rebuilt>);

impl Rebuilds {
    /// Listens to all vaults that are opened with this configuration from here on. They tell it in the middle of their
    /// work, so it is only passed on there.
    #[must_use]
    pub fn of(config: VaultConfig) -> (VaultConfig, Self) {
        let (told, rebuilds) = mpsc::unbounded_channel();
        let config = config.on_rebuilt(move |rebuilt| {
            // Without an app there is nobody to tell.
            let _ = told.send(rebuilt.clone());
        });
        (config, Self(rebuilds))
    }

    /// The next one; `None` when no vault is left.
    pub(crate) async fn next(&mut self) -> Option<Rebuilt> {
        self.0.recv().await
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}
