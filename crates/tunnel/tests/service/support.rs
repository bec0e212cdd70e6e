//! Servers for the tests, and the client platform at the other end of a tunnel.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use roamkey_hybrid::{RoutingId, TunnelDomain, TunnelId, paths};
use roamkey_session::{TunnelError, TunnelService as _};
use roamkey_tunnel::{WebSocketChannel, WebSocketTunnel};
use roamkey_tunnel_server::{Handle, TlsFiles};
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::{WebSocketStream, client_async};

pub(crate) fn domain() -> TunnelDomain {
    TunnelDomain::new(266).unwrap()
}

pub(crate) fn tunnel_id() -> TunnelId {
    "F5F0491044D72B9C0FC6439A2D0B84E7".parse().unwrap()
}

pub(crate) fn plain(address: SocketAddr) -> WebSocketTunnel {
    WebSocketTunnel::plain_loopback(domain(), address).unwrap()
}

pub(crate) type Opened = Result<(WebSocketChannel, RoutingId), TunnelError>;

pub(crate) async fn open(service: &WebSocketTunnel) -> Opened {
    within(service.open(&tunnel_id())).await
}

/// Joins as a client platform does.
pub(crate) async fn join(server: &Handle, routing_id: &RoutingId) -> WebSocketStream<TcpStream> {
    let tcp = TcpStream::connect(server.address()).await.unwrap();
    tcp.set_nodelay(true).unwrap();
    let url = format!("ws://localhost{}", paths::connect(routing_id, &tunnel_id()));
    let mut request = url.into_client_request().unwrap();
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", paths::SUBPROTOCOL.parse().unwrap());
    within(client_async(request, tcp)).await.unwrap().0
}

/// A server for one connection: reads the request head, writes what `answer` makes of it, keeps the connection.
pub(crate) async fn answering(answer: impl FnOnce(&str) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let head = read_head(&mut tcp).await;
        tcp.write_all(&answer(&head)).await.unwrap();
        // Until the client has had enough.
        let _ = tcp.read_to_end(&mut Vec::new()).await;
    });
    address
}

pub(crate) async fn read_head(tcp: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// A 101 as it should be.
pub(crate) fn good_answer(request: &str) -> String {
    let key = request
        .lines()
        .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
        .unwrap();
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: fido.cable\r\nX-caBLE-Routing-ID: 65921A\r\n\r\n",
        derive_accept_key(key.as_bytes())
    )
}

/// A certificate in files, as the server wants it, and as a root to trust.
pub(crate) fn certificate(folder: &Path, host: &str) -> (TlsFiles, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed([host.to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: folder.join("cert.pem"),
        key: folder.join("key.pem"),
    };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    (files, made.cert.der().clone())
}

/// Nothing in these tests takes ten seconds unless it hangs.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), Box::pin(future))
        .await
        .expect("no answer within ten seconds")
}
