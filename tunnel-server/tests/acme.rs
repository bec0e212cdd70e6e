//! Certificates by ACME, ordered from Pebble: Let's Encrypt's own server for tests, with a name server that sends every
//! host name here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests may panic as the tests do"
)]

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use roamkey_tunnel_server::acme::Acme;
use roamkey_tunnel_server::{Config, Handle, Security, Server};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, MutexGuard};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

const HOST: &str = "cable.wufkweyy3uaxb.com";

/// A certificate authority, ended with the test.
struct Authority {
    processes: Vec<Child>,
    management: u16,
    own: CertificateDer<'static>,
}

/// What an authority needs before it runs: its own certificate and its address.
struct Site {
    folder: TempDir,
    port: u16,
    /// For its management, its names, and the management of these.
    helpers: [u16; 3],
    _alone: MutexGuard<'static, ()>,
    own: CertificateDer<'static>,
}

impl Site {
    async fn new() -> Self {
        // Ports are free when they are chosen, and taken later: only one test at a time may choose.
        let alone = ONE_AT_A_TIME.lock().await;
        let listeners = [(); 4].map(|()| listener());
        let [port, helpers @ ..] = listeners.map(|listener| listener.local_addr().unwrap().port());
        let folder = TempDir::new().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        Self {
            port,
            helpers,
            _alone: alone,
            own: made.cert.der().clone(),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An authority that checks host names at `port`, and whose certificates live for `validity`.
    fn open(&self, port: u16, validity: Duration) -> Authority {
        let [management, names, of_names] = self.helpers;
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": self.path("cert.pem"),
            "privateKey": self.path("key.pem"),
            "httpPort": 1,
            "tlsPort": port,
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": validity.as_secs(),
        }});
        std::fs::write(self.path("pebble.json"), config.to_string()).unwrap();
        let mut resolver = Command::new("pebble-challtestsrv");
        resolver.args([
            "-defaultIPv6",
            "",
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
        ]);
        resolver.arg("-management").arg(format!("127.0.0.1:{of_names}"));
        resolver.arg("-dns01").arg(format!("127.0.0.1:{names}"));
        let mut pebble = Command::new("pebble");
        pebble.arg("-config").arg(self.path("pebble.json"));
        pebble.arg("-dnsserver").arg(format!("127.0.0.1:{names}"));
        // No pauses, and no refusals at random.
        pebble
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0");
        let processes = [resolver, pebble].map(|mut command| {
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("Pebble is installed: script/bootstrap test")
        });
        Authority {
            processes: processes.into(),
            management,
            own: self.own.clone(),
        }
    }

    /// A server that orders there.
    fn server(&self, listener: TcpListener) -> Handle {
        let mut config = Config::plain(listener.local_addr().unwrap());
        config.admin = Some("127.0.0.1:0".parse().unwrap());
        config.security = Security::Acme(Acme {
            hosts: vec![HOST.to_owned()],
            contacts: vec!["mailto:operator@example.org".to_owned()],
            directory: format!("https://localhost:{}/dir", self.port),
            folder: self.path("acme"),
            roots: Some(self.path("cert.pem")),
        });
        Server::spawn_on(listener, config).unwrap()
    }
}

impl Authority {
    /// The root of all certificates it issues.
    async fn root(&self) -> CertificateDer<'static> {
        let address = SocketAddr::from(([127, 0, 0, 1], self.management));
        let mut page = within(async {
            loop {
                if let Ok(page) = connect(address, "localhost", &self.own).await {
                    return page;
                }
                tokio::task::yield_now().await;
            }
        })
        .await;
        page.write_all(b"GET /roots/0 HTTP/1.0\r\nHost: localhost\r\n\r\n")
            .await
            .unwrap();
        let mut answer = Vec::new();
        // Go's server ends without a TLS goodbye.
        let _ = page.read_to_end(&mut answer).await;
        CertificateDer::from_pem_slice(&answer).unwrap()
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

async fn connect(
    address: SocketAddr,
    host: &'static str,
    root: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = TcpStream::connect(address).await?;
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(ServerName::try_from(host).unwrap(), tcp).await
}

/// The certificate that the server shows once it has one that `wanted` accepts, and a connection with it.
async fn served(
    server: &Handle,
    root: &CertificateDer<'static>,
    wanted: impl Fn(&CertificateDer<'_>) -> bool,
) -> (CertificateDer<'static>, TlsStream<TcpStream>) {
    within(async {
        loop {
            if let Ok(stream) = connect(server.address(), HOST, root).await {
                let shown = stream.get_ref().1.peer_certificates().unwrap()[0]
                    .clone()
                    .into_owned();
                if wanted(&shown) {
                    return (shown, stream);
                }
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

async fn private(server: &Handle, path: &str) -> String {
    let mut tcp = TcpStream::connect(server.admin_address().unwrap()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The number behind a metric's name.
async fn metric(server: &Handle, name: &str) -> u64 {
    let page = private(server, "/metrics").await;
    let line = page.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().parse().unwrap()
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), Box::pin(future))
        .await
        .expect("no answer within a minute")
}

const LOADS: &str = "roamkey_tunnel_certificate_loads_total";
const FAILURES: &str = "roamkey_tunnel_certificate_failures_total";

#[tokio::test]
async fn a_certificate_is_ordered_and_renewed_before_it_ends() {
    let (site, listener) = (Site::new().await, listener());
    let authority = site.open(listener.local_addr().unwrap().port(), Duration::from_secs(6));
    let root = authority.root().await;
    let server = site.server(listener);
    let (first, mut stream) = served(&server, &root, |_| true).await;
    stream
        .write_all(
            b"GET /cable/new/F5F0491044D72B9C0FC6439A2D0B84E7 HTTP/1.1\r\nConnection: Upgrade\r\n\
              Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
              Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: fido.cable\r\n\r\n",
        )
        .await
        .unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 101");
    assert!(private(&server, "/readyz").await.contains("200 OK"));
    served(&server, &root, |shown| *shown != first).await;
    assert!(metric(&server, LOADS).await >= 2);
    assert_eq!(
        server.tunnels(),
        1,
        "the tunnel goes on while the certificate changes"
    );
}

#[tokio::test]
async fn a_restart_serves_the_kept_certificate_without_the_authority() {
    let (site, listener) = (Site::new().await, listener());
    let port = listener.local_addr().unwrap().port();
    let authority = site.open(port, Duration::from_secs(3600));
    let root = authority.root().await;
    let server = site.server(listener);
    let (first, _stream) = served(&server, &root, |_| true).await;
    within(async {
        while !kept(&site.path("acme")) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    drop((server, authority));
    let server = site.server(self::listener());
    let (again, _stream) = served(&server, &root, |_| true).await;
    assert_eq!(first, again);
    assert_eq!(metric(&server, FAILURES).await, 0);
}

/// Whether the folder holds a certificate, and nobody else may look into it.
fn kept(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o077, 0);
    std::fs::read_dir(folder).unwrap().any(|entry| {
        entry
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with("cached_cert")
    })
}

#[tokio::test]
async fn without_an_authority_the_service_runs_unready_until_there_is_one() {
    let (site, listener) = (Site::new().await, listener());
    let port = listener.local_addr().unwrap().port();
    let server = site.server(listener);
    within(async { while metric(&server, FAILURES).await == 0 {} }).await;
    assert!(private(&server, "/livez").await.contains("200 OK"));
    let unready = private(&server, "/readyz").await;
    assert!(
        unready.contains("503") && unready.contains("no certificate yet"),
        "{unready}"
    );
    connect(server.address(), HOST, &site.own).await.unwrap_err();

    let authority = site.open(port, Duration::from_secs(3600));
    let root = authority.root().await;
    served(&server, &root, |_| true).await;
    assert!(private(&server, "/readyz").await.contains("200 OK"));
}

#[tokio::test]
async fn a_folder_that_others_may_look_into_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new().await;
    let folder = site.path("acme");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut config = Config::plain("127.0.0.1:0".parse().unwrap());
    config.security = Security::Acme(Acme {
        hosts: vec![HOST.to_owned()],
        contacts: Vec::new(),
        directory: Acme::LETS_ENCRYPT.to_owned(),
        folder: folder.clone(),
        roots: None,
    });
    let error = Server::spawn(config).unwrap_err();
    assert!(error.to_string().contains(folder.to_str().unwrap()), "{error}");
}
