//! Both ends over one tunnel server: a requester, and our own authenticator with its vault in memory.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "a test stops where it fails; each user takes its part"
)]

use roamkey_device::tunnel::{WebSocketTunnel, WebSocketTunnels};
use roamkey_device::{Device, Requester, TunnelDomain};
use roamkey_testkit::air::MemoryAir;

use crate::stage::{Stage, domain};

pub const RP_ID: &str = "login.example.org";
pub const ORIGIN: &str = "https://login.example.org";

pub struct Both {
    pub requester: Requester<MemoryAir, WebSocketTunnels>,
    pub device: Device<WebSocketTunnel, MemoryAir>,
    pub air: MemoryAir,
    /// The authenticator's way to its tunnel service.
    pub tunnel: WebSocketTunnel,
    stage: Stage,
    folder: tempfile::TempDir,
}

impl Both {
    /// With the usual service, without TLS.
    pub fn plain() -> Self {
        Self::start(domain(), false)
    }

    /// With this service.
    pub fn start(service: TunnelDomain, tls: bool) -> Self {
        let stage = Stage::of(service, tls);
        let tunnels = match &stage.root {
            Some(root) => {
                let address = stage.server.address().to_string().parse().unwrap();
                WebSocketTunnels::new(Some(address)).with_roots(vec![root.clone()])
            }
            None => WebSocketTunnels::plain_loopback(stage.server.address()).unwrap(),
        };
        let folder = tempfile::tempdir().unwrap();
        let (air, tunnel) = (stage.air.clone(), stage.tunnel.clone());
        let device = Device::new(
            stage.vault.clone(),
            tunnel.clone(),
            air.clone(),
            folder.path().to_owned(),
        )
        .unwrap();
        Self {
            // No site is asked for anything, unless a test puts one there.
            requester: Requester::new(air.clone(), tunnels).with_sites(None),
            device,
            air,
            tunnel,
            stage,
            folder,
        }
    }
}
