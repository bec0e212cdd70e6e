//! Fetches one small JSON document from a site, as WebAuthn L3 §5.11.1 asks for lists of related origins: by HTTPS,
//! without credentials, without a referrer, over redirects that stay within HTTPS, status 200, `application/json`.
//!
//! ```text
//! look up ─▶ connect ─▶ TLS ─▶ GET path ─▶ 200 with a bounded body
//!   ◀──────────────────────────────────── 301, 302, 303, 307, 308 with another HTTPS URL
//! ```

use std::pin::pin;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, CONTENT_TYPE, HOST, LOCATION, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use roamkey_session::{BoxError, TunnelError};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

use crate::address::Address;
use crate::dial::dial;
use crate::limits::Limits;
use crate::trust::{Trust, tls_error};

/// Web sites, each at its own host. Clones share the root certificates.
#[derive(Debug, Clone)]
pub struct Sites {
    /// Instead of each site's own.
    address: Option<Address>,
    trust: Trust,
    limit: Duration,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The site answered with another status than 200.
    #[error("the site answered with HTTP status {0}")]
    Status(u16),
    /// The document is of another type than JSON.
    #[error("the document is not of the type application/json")]
    NotJson,
    /// The document is too long.
    #[error("the document is too long")]
    TooLong,
    /// The site sends us on to what is no HTTPS URL.
    #[error("the site sends us to an address without HTTPS")]
    NotHttps,
    /// The site sends us on and on.
    #[error("the site sends us from one address to the next without an end")]
    Redirects,
    /// The site's answer is no HTTP.
    #[error("the site broke the protocol")]
    Protocol(#[source] BoxError),
    /// The name of the site has no address.
    #[error("the site's name could not be looked up")]
    NameLookup(#[source] BoxError),
    /// No connection to the address.
    #[error("the site could not be reached")]
    Unreachable(#[source] BoxError),
    /// TLS failed, most often a certificate that this machine does not trust.
    #[error("no secure connection to the site")]
    Tls(#[source] BoxError),
    /// It took too long.
    #[error("the site did not answer in time")]
    TimedOut,
    /// The connection broke.
    #[error("the connection to the site broke")]
    Failed(#[source] BoxError),
}

impl Default for Sites {
    fn default() -> Self {
        Self::new()
    }
}

impl Sites {
    /// For everything together, redirects included. A person waits for it, and does not know for what.
    pub const LIMIT: Duration = Duration::from_secs(10);

    /// Each site at its own host.
    #[must_use]
    pub fn new() -> Self {
        Self {
            address: None,
            trust: Trust::default(),
            limit: Self::LIMIT,
        }
    }

    /// All sites at this address, for tests. The certificate must be for the site's host all the same.
    #[must_use]
    pub fn at(self, address: Address) -> Self {
        Self {
            address: Some(address),
            ..self
        }
    }

    /// Trusts these root certificates instead of the platform's.
    #[must_use]
    pub fn with_roots(self, roots: Vec<CertificateDer<'static>>) -> Self {
        Self {
            trust: Trust::in_roots(roots),
            ..self
        }
    }

    /// Another limit than [`Sites::LIMIT`].
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Fetches the JSON document at an HTTPS URL, of at most `most` bytes.
    ///
    /// # Errors
    ///
    /// Each variant of [`SiteError`].
    pub async fn json(&self, url: &str, most: usize) -> Result<Vec<u8>, SiteError> {
        let fetched = timeout(self.limit, Box::pin(self.follow(url, most))).await;
        fetched.map_err(|_| SiteError::TimedOut)?
    }

    async fn follow(&self, url: &str, most: usize) -> Result<Vec<u8>, SiteError> {
        let mut url = Url::parse(url).map_err(|_| SiteError::NotHttps)?;
        for _ in 0..=MAX_REDIRECTS {
            match self.get(&url, most).await? {
                Got::Document(bytes) => return Ok(bytes),
                Got::Elsewhere(next) => url = next,
            }
        }
        Err(SiteError::Redirects)
    }

    async fn get(&self, url: &Url, most: usize) -> Result<Got, SiteError> {
        if url.scheme() != "https" {
            return Err(SiteError::NotHttps);
        }
        let host = url.host_str().ok_or(SiteError::NotHttps)?;
        let tls = Box::pin(self.connect(host, url.port().unwrap_or(HTTPS))).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(tls)).await.map_err(http_error)?;
        let request = request(url)?;
        let mut exchange = pin!(async move {
            let response = sender.send_request(request).await.map_err(http_error)?;
            judge(response, url, most).await
        });
        tokio::select! {
            biased;
            got = &mut exchange => got,
            // The last of the body may be here when the connection is not any more.
            _ = connection => exchange.await,
        }
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TlsStream<TcpStream>, SiteError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| SiteError::Tls(Box::new(error)))?;
        let own = Address::new(host.trim_start_matches('[').trim_end_matches(']'), port);
        let address = self.address.as_ref().unwrap_or(&own);
        let limits = Limits::default();
        // The certificates are read while the connection is made.
        let (tcp, config) = tokio::join!(dial(address, &limits), self.trust.config());
        let connector = TlsConnector::from(config?);
        let connected = connector.connect(name, tcp?).await;
        connected.map_err(|error| tls_error(error).into())
    }
}

/// What a site answered.
enum Got {
    Document(Vec<u8>),
    Elsewhere(Url),
}

fn request(url: &Url) -> Result<Request<Empty<Bytes>>, SiteError> {
    let host = url.host_str().unwrap_or_default();
    let host = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    Request::get(path)
        .header(HOST, host)
        .header(ACCEPT, JSON)
        .header(USER_AGENT, concat!("Roamkey/", env!("CARGO_PKG_VERSION")))
        .header(CONNECTION, "close")
        .body(Empty::new())
        .map_err(|error| SiteError::Protocol(Box::new(error)))
}

async fn judge(response: Response<Incoming>, url: &Url, most: usize) -> Result<Got, SiteError> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let status = response.status();
    if REDIRECTS.contains(&status)
        && let Some(location) = text(LOCATION)
    {
        let next = url.join(location).map_err(|_| SiteError::NotHttps)?;
        return Ok(Got::Elsewhere(next));
    }
    if status != StatusCode::OK {
        return Err(SiteError::Status(status.as_u16()));
    }
    let kind = text(CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(JSON) {
        return Err(SiteError::NotJson);
    }
    match Limited::new(response.into_body(), most).collect().await {
        Ok(body) => Ok(Got::Document(body.to_bytes().into())),
        Err(error) if error.is::<LengthLimitError>() => Err(SiteError::TooLong),
        Err(error) => Err(SiteError::Failed(error)),
    }
}

fn http_error(error: hyper::Error) -> SiteError {
    if error.is_parse() {
        SiteError::Protocol(Box::new(error))
    } else {
        SiteError::Failed(Box::new(error))
    }
}

impl From<TunnelError> for SiteError {
    fn from(error: TunnelError) -> Self {
        match error {
            TunnelError::NameLookup(error) => Self::NameLookup(Box::new(error)),
            TunnelError::Unreachable(error) => Self::Unreachable(Box::new(error)),
            TunnelError::Tls(error) => Self::Tls(error),
            TunnelError::TimedOut => Self::TimedOut,
            TunnelError::Failed(error) => Self::Failed(error),
            error @ (TunnelError::Refused { .. }
            | TunnelError::Protocol(_)
            | TunnelError::Closed { .. }
            | _) => Self::Failed(Box::new(error)),
        }
    }
}

/// The port of HTTPS.
const HTTPS: u16 = 443;
const JSON: &str = "application/json";
/// As many as Fetch allows (§4.4, step "redirect count").
const MAX_REDIRECTS: usize = 20;
const REDIRECTS: [StatusCode; 5] = [
    StatusCode::MOVED_PERMANENTLY,
    StatusCode::FOUND,
    StatusCode::SEE_OTHER,
    StatusCode::TEMPORARY_REDIRECT,
    StatusCode::PERMANENT_REDIRECT,
];
