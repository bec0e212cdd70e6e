//! The same over TLS, with certificates made for the test.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, KeyPair};
use roamkey_tunnel_server::{Config, Handle, Server, StartError, TlsFiles};
use rustls::crypto::ring;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::*;

struct Secure {
    server: Handle,
    root: CertificateDer<'static>,
    files: TempDir,
}

fn secure(change: impl FnOnce(&mut Config)) -> Secure {
    let files = TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let paths = TlsFiles {
        certificate: files.path().join("cert.pem"),
        key: files.path().join("key.pem"),
    };
    write(files.path(), &made);
    let mut config = Config::tls(loopback(), paths);
    change(&mut config);
    Secure {
        server: Server::spawn(config).unwrap(),
        root: made.cert.der().clone(),
        files,
    }
}

fn write(folder: &Path, made: &CertifiedKey<KeyPair>) {
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
}

impl Secure {
    async fn tls(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        alpn: &[&str],
    ) -> std::io::Result<Box<TlsStream<TcpStream>>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let tcp = TcpStream::connect(self.server.address()).await?;
        tcp.set_nodelay(true)?;
        let connector = TlsConnector::from(Arc::new(config));
        let stream = connector
            .connect(ServerName::try_from("localhost").unwrap(), tcp)
            .await?;
        Ok(Box::new(stream))
    }

    async fn peer(&self, path: &str) -> (Peer<Box<TlsStream<TcpStream>>>, String) {
        let stream = self.tls(&[&TLS13, &TLS12], &[]).await.unwrap();
        let (peer, response) = Peer::over(stream, "wss", path).await.unwrap();
        let routing = response
            .headers()
            .get("X-caBLE-Routing-ID")
            .map(|_| routing_id(&response));
        (peer, routing.unwrap_or_default())
    }
}

#[tokio::test]
async fn messages_pass_over_tls() {
    let secure = secure(|_| {});
    let (mut authenticator, routing) = secure.peer(&format!("/cable/new/{TUNNEL}")).await;
    let (mut client, _) = secure.peer(&format!("/cable/connect/{routing}/{TUNNEL}")).await;
    client.binary(&[1; 81]).await;
    assert_eq!(authenticator.receive().await, [1; 81]);
    let large = vec![2; 300_000];
    authenticator.binary(&large).await;
    assert_eq!(client.receive().await, large);
    client
        .send(tokio_tungstenite::tungstenite::Message::Close(None))
        .await;
    assert_eq!(authenticator.closed().await, 1000);
    freed(&secure.server).await;
}

#[tokio::test]
async fn both_tls_versions_and_a_browsers_protocol_list_are_accepted() {
    let secure = secure(|_| {});
    for version in [&TLS12, &TLS13] {
        secure.tls(&[version], &["http/1.1"]).await.unwrap();
    }
    let stream = secure.tls(&[&TLS13], &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[tokio::test]
async fn a_half_open_tls_handshake_is_dropped_at_its_limit() {
    let secure = secure(|config| config.tls_limit = Duration::from_millis(50));
    let mut tcp = TcpStream::connect(secure.server.address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut tcp, &[0x16, 0x03, 0x01])
        .await
        .unwrap();
    let mut rest = Vec::new();
    // Closed or reset, but without an answer.
    let _ = within(tcp.read_to_end(&mut rest)).await;
    assert_eq!(rest, b"");
}

#[tokio::test]
async fn plain_http_at_a_tls_port_gets_no_http() {
    let secure = secure(|_| {});
    let mut tcp = TcpStream::connect(secure.server.address()).await.unwrap();
    let bytes = request("GET", &format!("/cable/new/{TUNNEL}"), "");
    tokio::io::AsyncWriteExt::write_all(&mut tcp, bytes.as_bytes())
        .await
        .unwrap();
    let mut rest = Vec::new();
    let _ = within(tcp.read_to_end(&mut rest)).await;
    assert!(!rest.starts_with(b"HTTP"));
    secure.tls(&[&TLS13], &[]).await.unwrap();
}

#[tokio::test]
async fn the_file_that_is_wrong_is_named() {
    let files = TempDir::new().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let path = |name: &str| files.path().join(name);
    std::fs::write(path("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(path("key.pem"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(path("other.pem"), other.signing_key.serialize_pem()).unwrap();
    std::fs::write(path("empty.pem"), "").unwrap();
    for (certificate, key, named) in [
        ("missing.pem", "key.pem", "missing.pem"),
        ("empty.pem", "key.pem", "empty.pem"),
        ("key.pem", "key.pem", "key.pem"),
        ("cert.pem", "missing.pem", "missing.pem"),
        ("cert.pem", "cert.pem", "cert.pem"),
        ("cert.pem", "other.pem", "together"),
    ] {
        let config = Config::tls(
            loopback(),
            TlsFiles {
                certificate: path(certificate),
                key: path(key),
            },
        );
        let error = Server::spawn(config).unwrap_err();
        assert!(matches!(error, StartError::Tls(_)));
        assert!(error.to_string().contains(named), "{certificate} {key}: {error}");
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_used_and_a_broken_one_is_not() {
    let mut secure = secure(|config| config.reload = Duration::from_millis(10));
    let (mut authenticator, routing) = secure.peer(&format!("/cable/new/{TUNNEL}")).await;
    std::fs::write(secure.files.path().join("cert.pem"), "no certificate").unwrap();
    let renewed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (mut client, _) = secure.peer(&format!("/cable/connect/{routing}/{TUNNEL}")).await;
    write(secure.files.path(), &renewed);
    secure.root = renewed.cert.der().clone();
    within(async { while secure.tls(&[&TLS13], &[]).await.is_err() {} }).await;
    client.binary(b"on the old certificate").await;
    assert_eq!(authenticator.receive().await, b"on the old certificate");
}

#[tokio::test]
async fn a_failed_handshake_is_counted() {
    let secure = secure(|config| config.admin = Some(loopback()));
    let mut tcp = TcpStream::connect(secure.server.address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut tcp, b"no TLS at all, and more than a record header")
        .await
        .unwrap();
    let _ = within(tcp.read_to_end(&mut Vec::new())).await;
    assert!(
        metrics(&secure.server)
            .await
            .contains("\nroamkey_tunnel_tls_failures_total 1\n")
    );
    assert!(
        metrics(&secure.server)
            .await
            .contains("\nroamkey_tunnel_certificate_loads_total 1\n")
    );
}
