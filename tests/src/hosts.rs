//! Two hosts without a browser: something that asks on the one, and `roamkey authenticate` on the other, with a BlueZ and
//! a bus for each, and our tunnel server with TLS under every name of [`TUNNELS`].

use std::path::{Path, PathBuf};
use std::time::Duration;

use roamkey_hybrid::TunnelDomain;
use roamkey_testkit::bluez::{HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;

use crate::Result;
use crate::bench::TUNNELS;
use crate::device::{Device, Make};
use crate::lines::Mark;
use crate::parts::Parts;
use crate::process::Process;
use crate::trust::Trust;
use crate::tunnel_server::TunnelServer;

/// The two hosts.
#[derive(Debug)]
pub struct Hosts {
    /// The one that holds passkeys, on host 1.
    pub phone: Device,
    /// What it is made of; `roamkey request` is the same program.
    pub make: Make,
    /// The bus of host 0.
    pub near: PrivateBus,
    /// Both hosts' Bluetooth and the air between them.
    pub bluez: MockBluez,
    /// The tunnel server.
    pub server: TunnelServer,
    /// For logs and files.
    pub folder: PathBuf,
    /// The bus of host 1.
    pub far: PrivateBus,
}

impl Hosts {
    /// Starts everything. `place` is the test's `CARGO_TARGET_TMPDIR`, where `name` is emptied first.
    ///
    /// # Errors
    ///
    /// What did not start.
    pub async fn start(place: &Path, name: &str) -> Result<Self> {
        let folder = place.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let parts = Parts::gather(place)?;
        let hosts = TUNNELS
            .iter()
            .map(|id| Ok(TunnelDomain::new(*id)?.host()))
            .collect::<Result<Vec<_>>>()?;
        let trust = Trust::create(&folder, &hosts)?;
        let server = TunnelServer::start(&parts, &trust, &folder).await?;
        let (near, far) = (PrivateBus::start().await?, PrivateBus::start().await?);
        let config = [HostConfig::new(near.address()), HostConfig::new(far.address())];
        let bluez = MockBluez::start(config).await?;
        let make = Make {
            program: parts.roamkey,
            system_bus: far.address().to_owned(),
            authority: trust.authority,
            tunnel_address: server.address().to_string(),
            logs: folder.clone(),
        };
        Ok(Self {
            phone: Device::new("phone", &make)?,
            make,
            near,
            bluez,
            server,
            folder,
            far,
        })
    }

    /// Waits until nobody on host 0 listens any more.
    ///
    /// # Errors
    ///
    /// Somebody does, for 20 seconds.
    pub async fn quiet(&self) -> Result<()> {
        let quiet = |state: &roamkey_testkit::bluez::State| {
            state.hosts.first().is_some_and(|host| !host.is_discovering())
        };
        Ok(self.bluez.wait_until("no discovery", quiet).await.map(drop)?)
    }
}

/// Waits for a line of which `pick` makes something.
///
/// # Errors
///
/// The process ends without it.
pub async fn said<T>(process: &Process, what: &str, pick: impl FnMut(&str) -> Option<T>) -> Result<T> {
    Ok(process.out().line(Mark::default(), LIMIT, what, pick).await?.0)
}

/// Long enough for a ceremony on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(30);
