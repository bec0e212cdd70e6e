//! Clients for the tests: raw bytes, and WebSockets as authenticator and client platform.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use roamkey_tunnel_server::{Config, Handle, Server};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::{Error, Message};

pub(crate) const TUNNEL: &str = "F5F0491044D72B9C0FC6439A2D0B84E7";

/// A server without TLS on a free port.
pub(crate) fn plain() -> Handle {
    plain_with(|_| {})
}

pub(crate) fn plain_with(change: impl FnOnce(&mut Config)) -> Handle {
    let mut config = Config::plain(loopback());
    change(&mut config);
    Server::spawn(config).unwrap()
}

pub(crate) fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// What the server answers to these bytes, until it closes.
pub(crate) async fn raw(server: &Handle, bytes: &[u8]) -> String {
    let mut tcp = TcpStream::connect(server.address()).await.unwrap();
    tcp.write_all(bytes).await.unwrap();
    to_end(&mut tcp).await
}

pub(crate) async fn to_end(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

pub(crate) fn request(method: &str, path: &str, drop_header: &str) -> String {
    let headers = [
        "Host: localhost",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol: fido.cable",
    ];
    let headers: String = headers
        .iter()
        .filter(|header| drop_header.is_empty() || !header.starts_with(drop_header))
        .map(|header| format!("{header}\r\n"))
        .collect();
    format!("{method} {path} HTTP/1.1\r\n{headers}\r\n")
}

pub(crate) fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("{answer:?}"))
}

/// A good request with one more header.
pub(crate) fn request_with(path: &str, header: &str) -> String {
    request("GET", path, "").replace("Host: localhost", header)
}

/// Status of the answer to this request, whose connection is kept open if it is a WebSocket.
pub(crate) async fn answered(server: &Handle, request: &str) -> (u16, TcpStream) {
    let mut tcp = TcpStream::connect(server.address()).await.unwrap();
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 12];
    within(tcp.read_exact(&mut head)).await.unwrap();
    (status(std::str::from_utf8(&head).unwrap()), tcp)
}

/// What the private address says.
pub(crate) async fn private(server: &Handle, path: &str) -> String {
    let mut tcp = TcpStream::connect(server.admin_address().unwrap()).await.unwrap();
    tcp.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
        .await
        .unwrap();
    to_end(&mut tcp).await
}

pub(crate) async fn metrics(server: &Handle) -> String {
    private(server, "/metrics").await
}

/// A WebSocket client. `WebSocketStream` answers pings while it is read.
pub(crate) struct Peer<S = TcpStream> {
    pub(crate) socket: WebSocketStream<S>,
}

impl Peer {
    /// Creates a tunnel as an authenticator does; with the routing ID.
    pub(crate) async fn create(server: &Handle, tunnel: &str) -> (Self, String) {
        let (peer, response) = Self::open(server, &format!("/cable/new/{tunnel}")).await.unwrap();
        (peer, routing_id(&response))
    }

    /// Joins as a client platform does.
    pub(crate) async fn connect(server: &Handle, routing: &str, tunnel: &str) -> Result<Self, Error> {
        Ok(Self::open(server, &format!("/cable/connect/{routing}/{tunnel}"))
            .await?
            .0)
    }

    pub(crate) async fn open(server: &Handle, path: &str) -> Result<(Self, Response), Error> {
        let tcp = TcpStream::connect(server.address()).await?;
        tcp.set_nodelay(true)?;
        Self::over(tcp, "ws", path).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    pub(crate) async fn over(stream: S, scheme: &str, path: &str) -> Result<(Self, Response), Error> {
        let mut request = format!("{scheme}://localhost{path}").into_client_request()?;
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", "fido.cable".parse().unwrap());
        let (socket, response) = within(tokio_tungstenite::client_async(request, stream)).await?;
        Ok((Self { socket }, response))
    }

    pub(crate) async fn send(&mut self, message: impl Into<Message>) {
        within(self.socket.send(message.into())).await.unwrap();
    }

    pub(crate) async fn binary(&mut self, bytes: &[u8]) {
        self.send(bytes.to_vec()).await;
    }

    /// The next message, which must be binary.
    pub(crate) async fn receive(&mut self) -> Vec<u8> {
        match within(self.socket.next()).await {
            Some(Ok(Message::Binary(bytes))) => bytes.to_vec(),
            other => panic!("no binary message but {other:?}"),
        }
    }

    /// The close code, after which the connection must end.
    pub(crate) async fn closed(&mut self) -> u16 {
        let code = match within(self.socket.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => frame.code.into(),
            other => panic!("no close frame but {other:?}"),
        };
        assert!(within(self.socket.next()).await.is_none());
        code
    }
}

pub(crate) fn routing_id(response: &Response) -> String {
    let values: Vec<_> = response.headers().get_all("X-caBLE-Routing-ID").iter().collect();
    assert_eq!(values.len(), 1, "exactly one routing ID");
    let routing = values[0].to_str().unwrap();
    assert_eq!(routing.len(), 6);
    assert!(routing.bytes().all(|digit| digit.is_ascii_hexdigit()));
    routing.to_owned()
}

/// Two sides of one tunnel: authenticator, client platform.
pub(crate) async fn pair(server: &Handle) -> (Peer, Peer) {
    pair_in(server, TUNNEL).await
}

pub(crate) async fn pair_in(server: &Handle, tunnel: &str) -> (Peer, Peer) {
    let (authenticator, routing) = Peer::create(server, tunnel).await;
    let client = Peer::connect(server, &routing, tunnel).await.unwrap();
    (authenticator, client)
}

/// The HTTP status of a refused WebSocket.
pub(crate) fn refused(outcome: Result<Peer, Error>) -> u16 {
    match outcome.map(|_| ()) {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("not refused: {other:?}"),
    }
}

/// Tunnels that have ended are freed by their own task; this waits for it.
pub(crate) async fn freed(server: &Handle) {
    within(async {
        while server.tunnels() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Nothing in these tests takes ten seconds unless it hangs.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("no answer within ten seconds")
}
