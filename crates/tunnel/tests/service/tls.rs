//! The adapter over TLS: the service's own name whatever the address, and whom it trusts.

use std::process::Command;
use std::time::Duration;

use roamkey_session::{DataChannel as _, TunnelError};
use roamkey_tunnel::{Address, Limits, WebSocketTunnel};
use roamkey_tunnel_server::{Config, Handle, Server, TlsFiles};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::support::*;

fn server(files: TlsFiles) -> Handle {
    Server::spawn(Config::tls("127.0.0.1:0".parse().unwrap(), files)).unwrap()
}

fn service_at(address: std::net::SocketAddr) -> WebSocketTunnel {
    WebSocketTunnel::new(domain(), Some(address.to_string().parse().unwrap()))
}

#[tokio::test]
async fn a_trusted_certificate_for_the_services_host_opens_the_tunnel() {
    let folder = TempDir::new().unwrap();
    let (files, root) = certificate(folder.path(), &domain().host());
    let server = server(files);
    let service = service_at(server.address()).with_roots(vec![root]);
    service.prepare().await.unwrap();
    let (channel, _) = open(&service).await.unwrap();
    assert_eq!(server.tunnels(), 1);
    within(channel.close()).await;
}

#[tokio::test]
async fn a_certificate_from_nobody_we_trust_is_a_tls_error() {
    let folder = TempDir::new().unwrap();
    let (files, _) = certificate(folder.path(), &domain().host());
    let other = TempDir::new().unwrap();
    let (_, root) = certificate(other.path(), &domain().host());
    let server = server(files);
    let error = open(&service_at(server.address()).with_roots(vec![root]))
        .await
        .unwrap_err();
    assert!(matches!(error, TunnelError::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn a_certificate_for_the_address_instead_of_the_service_is_a_tls_error() {
    let folder = TempDir::new().unwrap();
    let (files, root) = certificate(folder.path(), "127.0.0.1");
    let server = server(files);
    let error = open(&service_at(server.address()).with_roots(vec![root]))
        .await
        .unwrap_err();
    assert!(matches!(error, TunnelError::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn a_service_without_tls_is_a_tls_error() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut tcp, _) = listener.accept().await.unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut tcp, b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .await
                .unwrap();
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut tcp, &mut Vec::new()).await;
        });
        address
    };
    let error = open(&service_at(address).with_roots(Vec::new()))
        .await
        .unwrap_err();
    assert!(matches!(error, TunnelError::Tls(_)), "{error:?}");
}

#[tokio::test]
async fn a_stalled_tls_handshake_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = Limits {
        tls: Duration::from_millis(50),
        ..Limits::default()
    };
    let service = service_at(listener.local_addr().unwrap())
        .with_roots(Vec::new())
        .with_limits(limits);
    let error = open(&service).await.unwrap_err();
    assert!(matches!(error, TunnelError::TimedOut), "{error:?}");
}

/// The variable counts when a process starts using certificates, so the test runs itself again as another process.
#[tokio::test]
async fn root_certificates_come_from_ssl_cert_file() {
    if let Ok(address) = std::env::var(CHILD) {
        let service = WebSocketTunnel::new(domain(), Some(address.parse::<Address>().unwrap()));
        let (channel, _) = open(&service).await.unwrap();
        within(channel.close()).await;
        return;
    }
    let folder = TempDir::new().unwrap();
    let (files, _) = certificate(folder.path(), &domain().host());
    let certificate = files.certificate.clone();
    let server = server(files);
    let address = server.address().to_string();
    let run = move |file: &std::path::Path| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "tls::root_certificates_come_from_ssl_cert_file"]);
        child
            .env(CHILD, &address)
            .env("SSL_CERT_FILE", file)
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap()
    };
    let missing = folder.path().join("missing.pem");
    let (trusting, trusting_nobody) = tokio::task::spawn_blocking(move || (run(&certificate), run(&missing)))
        .await
        .unwrap();
    assert!(trusting.status.success(), "{trusting:?}");
    assert!(!trusting_nobody.status.success());
    let output = String::from_utf8_lossy(&trusting_nobody.stdout).into_owned();
    assert!(output.contains("NoRoots"), "{output}");
}

const CHILD: &str = "ROAMKEY_TEST_TUNNEL_ADDRESS";
