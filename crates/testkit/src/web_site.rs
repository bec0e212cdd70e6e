//! A web site with TLS on loopback that answers each request with bytes of a test's choosing.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// What is sent, and what happens to the connection then.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether the connection stays open until the other end closes it.
    pub hold: bool,
}

/// Some sites at one address. They are gone when it is dropped.
#[derive(Debug)]
pub struct WebSite {
    address: SocketAddr,
    root: CertificateDer<'static>,
    requests: Arc<Mutex<Vec<String>>>,
    serving: AbortHandle,
}

impl Answer {
    /// A whole response with this head, without its last line end, and this body.
    #[must_use]
    pub fn response(head: &str, body: &[u8]) -> Self {
        let head = format!("{head}\r\nContent-Length: {}\r\n\r\n", body.len());
        Self {
            bytes: [head.as_bytes(), body].concat(),
            hold: false,
        }
    }

    /// A document of the type `application/json`.
    #[must_use]
    pub fn json(body: &str) -> Self {
        Self::response(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json",
            body.as_bytes(),
        )
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::response(&format!("HTTP/1.1 {status} Moved\r\nLocation: {location}"), b"")
    }
}

impl WebSite {
    /// Starts sites of these hosts, which answer a request, by its head, with what `answer` says.
    ///
    /// # Errors
    ///
    /// Certificate or socket can't be made.
    pub async fn start(
        hosts: &[&str],
        answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(hosts).map_err(io::Error::other)?;
        let root = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(io::Error::other)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![root.clone()], key)
            .map_err(io::Error::other)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (heard, answer) = (Arc::clone(&requests), Arc::new(answer));
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, heard, answer) = (acceptor.clone(), Arc::clone(&heard), Arc::clone(&answer));
                connections.spawn(async move {
                    let mut tls = acceptor.accept(tcp).await?;
                    let request = head(&mut tls).await?;
                    let answer = answer(&request);
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                    tls.write_all(&answer.bytes).await?;
                    tls.flush().await?;
                    if answer.hold {
                        tls.read_to_end(&mut Vec::new()).await?;
                    }
                    tls.shutdown().await
                });
            }
        });
        Ok(Self {
            address,
            root,
            requests,
            serving: serving.abort_handle(),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its certificate.
    #[must_use]
    pub fn root(&self) -> CertificateDer<'static> {
        self.root.clone()
    }

    /// The heads of all requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for WebSite {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
