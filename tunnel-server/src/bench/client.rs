//! Clients for the measurements: both ends of a tunnel.

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

/// Makes tunnels at one server, each with another ID.
#[derive(Clone)]
pub(super) struct Clients {
    address: SocketAddr,
    tls: Option<TlsConnector>,
    next: Arc<AtomicU64>,
}

/// One end of a tunnel.
pub(super) struct End(WebSocketStream<Box<dyn Connection>>);

trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

impl Clients {
    pub(super) fn new(address: SocketAddr, trusted: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let tls = trusted.map(connector).transpose()?;
        Ok(Self {
            address,
            tls,
            next: Arc::default(),
        })
    }

    /// A tunnel with both ends connected.
    pub(super) async fn pair(&self, nodelay: bool) -> Result<(End, End), Box<dyn Error + Send + Sync>> {
        let (authenticator, routing, tunnel) = self.create(nodelay).await?;
        Ok((authenticator, self.join(&routing, &tunnel).await?))
    }

    pub(super) async fn create(
        &self,
        nodelay: bool,
    ) -> Result<(End, RoutingId, TunnelId), Box<dyn Error + Send + Sync>> {
        let mut id = [0; TunnelId::LENGTH];
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        for (byte, digit) in id.iter_mut().zip(number.to_be_bytes()) {
            *byte = digit;
        }
        let tunnel = TunnelId::from_bytes(id);
        let (end, response) = self.open(&paths::new_tunnel(&tunnel), nodelay).await?;
        let routing = response
            .headers()
            .get(paths::ROUTING_ID_HEADER)
            .ok_or("no routing ID")?
            .to_str()?
            .parse()?;
        Ok((end, routing, tunnel))
    }

    pub(super) async fn join(
        &self,
        routing: &RoutingId,
        tunnel: &TunnelId,
    ) -> Result<End, Box<dyn Error + Send + Sync>> {
        Ok(self.open(&paths::connect(routing, tunnel), true).await?.0)
    }

    async fn open(&self, path: &str, nodelay: bool) -> Result<(End, Response), Box<dyn Error + Send + Sync>> {
        let tcp = TcpStream::connect(self.address).await?;
        tcp.set_nodelay(nodelay)?;
        let stream: Box<dyn Connection> = match &self.tls {
            None => Box::new(tcp),
            Some(tls) => Box::new(Box::pin(tls.connect(ServerName::try_from("localhost")?, tcp)).await?),
        };
        let mut request = format!("ws://localhost{path}").into_client_request()?;
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

fn connector(trusted: &Path) -> Result<TlsConnector, Box<dyn Error>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(trusted)? {
        roots.add(certificate?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

impl End {
    pub(super) async fn send(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.0
            .send(Message::binary(bytes))
            .await
            .map_err(io::Error::other)
    }

    /// The length of the next message.
    pub(super) async fn receive(&mut self) -> io::Result<usize> {
        match self.0.next().await {
            Some(Ok(Message::Binary(bytes))) => Ok(bytes.len()),
            Some(Err(error)) => Err(io::Error::other(error)),
            Some(Ok(_)) | None => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }

    /// Says goodbye and waits for the server to hang up.
    pub(super) async fn close(mut self) {
        // However it ends, it is closed.
        let _ = self.0.close(None).await;
        while let Some(Ok(_)) = self.0.next().await {}
    }
}
