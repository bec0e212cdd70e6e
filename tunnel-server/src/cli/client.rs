//! Clients of a tunnel service, for measuring and checking one: both ends of a tunnel, step by step.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::{SinkExt as _, StreamExt as _};
use roamkey_hybrid::{RoutingId, TunnelId, paths};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// One tunnel service, and what its tunnels are called.
#[derive(Clone)]
pub(crate) struct Clients {
    address: SocketAddr,
    host: String,
    tls: Option<TlsConnector>,
    prefix: [u8; 8],
    next: Arc<AtomicU64>,
}

/// One end of a tunnel.
pub(crate) struct End(WebSocketStream<Stream>);

/// The bytes below a WebSocket.
pub(crate) type Stream = Box<dyn Connection>;

/// Anything to read from and write to.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

impl Clients {
    /// Clients of the service `host` at `address`; without `tls` they speak plain HTTP.
    pub(crate) fn new(address: SocketAddr, host: &str, tls: Option<TlsConnector>) -> Self {
        Self {
            address,
            host: host.to_owned(),
            tls,
            prefix: rand::random(),
            next: Arc::default(),
        }
    }

    /// A tunnel with both ends connected.
    pub(crate) async fn pair(&self, nodelay: bool) -> Result<(End, End), Failure> {
        let (authenticator, routing, tunnel) = self.create(nodelay).await?;
        Ok((authenticator, self.join(&routing, &tunnel).await?))
    }

    /// A tunnel with a new ID.
    pub(crate) async fn create(&self, nodelay: bool) -> Result<(End, RoutingId, TunnelId), Failure> {
        let number = self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let id = <[u8; TunnelId::LENGTH]>::try_from([self.prefix, number].concat().as_slice())?;
        let tunnel = TunnelId::from_bytes(id);
        let (end, response) = self.open(&paths::new_tunnel(&tunnel), nodelay).await?;
        let routing = response
            .headers()
            .get(paths::ROUTING_ID_HEADER)
            .ok_or("the answer has no routing ID")?;
        Ok((end, routing.to_str()?.parse()?, tunnel))
    }

    /// The other end of that tunnel.
    pub(crate) async fn join(&self, routing: &RoutingId, tunnel: &TunnelId) -> Result<End, Failure> {
        Ok(self.open(&paths::connect(routing, tunnel), true).await?.0)
    }

    /// A connection, encrypted if the service is.
    pub(crate) async fn dial(&self, nodelay: bool) -> Result<Stream, Failure> {
        let tcp = TcpStream::connect(self.address).await?;
        tcp.set_nodelay(nodelay)?;
        let Some(tls) = &self.tls else {
            return Ok(Box::new(tcp));
        };
        let name = ServerName::try_from(self.host.clone())?;
        Ok(Box::new(Box::pin(tls.connect(name, tcp)).await?))
    }

    async fn open(&self, path: &str, nodelay: bool) -> Result<(End, Response), Failure> {
        let stream = self.dial(nodelay).await?;
        let mut request = format!("ws://{}{path}", self.host).into_client_request()?;
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", paths::SUBPROTOCOL.parse()?);
        let config = WebSocketConfig::default()
            .read_buffer_size(1 << 10)
            .write_buffer_size(0);
        let (socket, response) = Box::pin(client_async_with_config(request, stream, Some(config))).await?;
        Ok((End(socket), response))
    }
}

/// TLS that trusts this machine's root certificates, or those of a PEM file instead.
pub(crate) fn connector(roots: Option<&Path>) -> Result<TlsConnector, Box<dyn Error>> {
    let mut store = RootCertStore::empty();
    match roots {
        Some(file) => {
            for certificate in CertificateDer::pem_file_iter(file)? {
                store.add(certificate?)?;
            }
        }
        None => drop(store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl End {
    pub(crate) async fn send(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.0
            .send(Message::binary(bytes))
            .await
            .map_err(io::Error::other)
    }

    /// The length of the next message.
    pub(crate) async fn receive(&mut self) -> io::Result<usize> {
        match self.0.next().await {
            Some(Ok(Message::Binary(bytes))) => Ok(bytes.len()),
            Some(Err(error)) => Err(io::Error::other(error)),
            Some(Ok(_)) | None => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }

    /// Says goodbye and waits for the server to hang up.
    pub(crate) async fn close(mut self) {
        // However it ends, it is closed.
        let _ = self.0.close(None).await;
        while let Some(Ok(_)) = self.0.next().await {}
    }
}
