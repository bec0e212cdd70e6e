//! Both ends of a transaction on one machine: a device with its vault in memory, a real tunnel server on loopback, an
//! air in memory, and a client platform. What `roamkey demo` shows, for tests and benchmarks.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "a test stops where it fails; each user takes its part"
)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use roamkey_device::hybrid::client::{self, AwaitAdvert};
use roamkey_device::tunnel::WebSocketTunnel;
use roamkey_device::vault::{Backend, Pin, VaultConfig};
use roamkey_device::{Code, Device, Done, Failure, Hint, TunnelDomain, User, now};
use roamkey_testkit::air::MemoryAir;
use roamkey_testkit::client::{Client, ClientError};
use roamkey_testkit::memory_keyring::memory_keyring;
use roamkey_tunnel_server::{Config, Handle, Server, TlsFiles};
use rustls_pki_types::CertificateDer;
use tempfile::TempDir;

pub const PIN: &str = "correct horse";

pub struct Stage {
    pub device: Device<WebSocketTunnel, MemoryAir>,
    pub air: MemoryAir,
    pub tunnel: WebSocketTunnel,
    pub vault: VaultConfig,
    pub server: Handle,
    /// The server's certificate, if it has one.
    pub root: Option<CertificateDer<'static>>,
    folder: TempDir,
}

impl Stage {
    /// Everything running, the PIN set, no passkey yet. Needs a runtime around it.
    pub fn new() -> Self {
        Self::of(domain(), false)
    }

    /// The same with TLS.
    pub fn with_tls() -> Self {
        Self::of(domain(), true)
    }

    /// The same in the role of any tunnel service.
    pub fn of(service: TunnelDomain, tls: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if !tls {
            let server = Server::spawn(Config::plain(ANY_PORT)).unwrap();
            let tunnel = WebSocketTunnel::plain_loopback(service, server.address()).unwrap();
            return Self::with(folder, server, tunnel, None);
        }
        let made = rcgen::generate_simple_self_signed([service.host()]).unwrap();
        let files = TlsFiles {
            certificate: folder.path().join("tls.pem"),
            key: folder.path().join("tls.key"),
        };
        std::fs::write(&files.certificate, made.cert.pem()).unwrap();
        std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        let server = Server::spawn(Config::tls(ANY_PORT, files)).unwrap();
        let address = server.address().to_string().parse().unwrap();
        let root = made.cert.der().clone();
        let tunnel = WebSocketTunnel::new(service, Some(address)).with_roots(vec![root.clone()]);
        Self::with(folder, server, tunnel, Some(root))
    }

    fn with(
        folder: TempDir,
        server: Handle,
        tunnel: WebSocketTunnel,
        root: Option<CertificateDer<'static>>,
    ) -> Self {
        let vault = VaultConfig::new(folder.path()).backend(Backend::other(memory_keyring().unwrap()));
        roamkey_device::vault::Vault::open(vault.clone())
            .unwrap()
            .set_pin(&pin(PIN), now())
            .unwrap();
        let air = MemoryAir::new();
        let device = Device::new(
            vault.clone(),
            tunnel.clone(),
            air.clone(),
            folder.path().to_owned(),
        )
        .unwrap();
        Self {
            device,
            air,
            tunnel,
            vault,
            server,
            root,
            folder,
        }
    }

    /// Where everything is that is not in the keyring.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// One transaction: the device with `user`, and a client platform that asks `request`.
    pub async fn transact(
        &self,
        user: &impl User,
        request: &[u8],
    ) -> (Result<Done, Failure>, Result<Answered, ClientError>) {
        let waiting = code(now().0);
        let sign_in = self.device.read(&Code::from_text(waiting.qr_text())).unwrap();
        tokio::join!(self.device.run(sign_in, user), self.browse(waiting, request))
    }

    /// The client platform's end.
    pub async fn browse(&self, waiting: AwaitAdvert, request: &[u8]) -> Result<Answered, ClientError> {
        let mut heard = Instant::now();
        let connect = async |join: &client::Join| {
            heard = Instant::now();
            self.tunnel.join(&join.path).await
        };
        let mut client =
            Client::join(waiting, &mut self.air.listen(), connect, &mut UnwrapErr(SysRng)).await?;
        let bytes = client.ask(request).await?;
        let took = heard.elapsed();
        client.shut_down().await?;
        Ok(Answered { bytes, took })
    }
}

/// What the client platform got.
#[derive(Debug)]
pub struct Answered {
    /// Status byte ‖ CBOR.
    pub bytes: Vec<u8>,
    /// Since the advert was heard.
    pub took: Duration,
}

/// A client platform that shows a QR code made at `made`.
pub fn code(made: u64) -> AwaitAdvert {
    let request = client::Request {
        hint: Hint::GetAssertion,
        now: made,
        supports_linking: false,
    };
    client::begin(request, &mut UnwrapErr(SysRng))
}

/// The times of `count` runs together, for a benchmark.
pub async fn total(count: u64, one: impl AsyncFn() -> Duration) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..count {
        total += one().await;
    }
    total
}

pub fn domain() -> TunnelDomain {
    TunnelDomain::new(266).unwrap()
}

pub fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned()).unwrap()
}

const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
