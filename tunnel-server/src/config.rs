//! What a server needs to know before it starts.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::Deserialize;

use crate::acme::Acme;
use crate::address::AddressRange;
use crate::guard::AddressLimits;
use crate::relay::Limits;
use crate::tls::TlsFiles;

/// Configuration of a server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// TLS or not.
    pub security: Security,
    /// Limits of each tunnel.
    pub limits: Limits,
    /// Bytes of one message; a bigger one closes the tunnel with 1009.
    pub max_message: usize,
    /// Tunnels at once; one more is refused with 503.
    pub max_tunnels: usize,
    /// Where `/livez`, `/readyz` and `/metrics` are; nowhere if `None`. Keep it private.
    pub admin: Option<SocketAddr>,
    /// How much one client address may take.
    pub address_limits: AddressLimits,
    /// Who may do what.
    pub access: Access,
    /// Proxies that tell who their clients are, if there are any.
    pub proxies: Option<Proxies>,
    /// How often the certificate's files are looked at for a change.
    pub reload: Duration,
    /// From the connection to the end of the TLS handshake.
    pub tls_limit: Duration,
    /// From the end of the TLS handshake to the end of the request head.
    pub head_limit: Duration,
}

/// Whether connections are encrypted.
#[derive(Debug, Clone)]
pub enum Security {
    /// No TLS, loopback addresses only: for tests and demonstrations.
    PlainLoopback,
    /// TLS 1.2 or 1.3 with this certificate.
    Tls(TlsFiles),
    /// The same with a certificate that the server gets and renews by itself.
    Acme(Acme),
}

/// Proxies in front of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxies {
    /// Where they connect from. Nobody else is believed.
    pub addresses: Vec<AddressRange>,
    /// How all of them tell the client's address.
    pub source: ProxySource,
}

/// How a proxy tells the client's address. It is one way only, because a client can send what a proxy leaves alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxySource {
    /// The PROXY protocol, version 1 or 2, ahead of TLS.
    ProxyProtocol,
    /// The header `Forwarded` (RFC 7239).
    Forwarded,
    /// The header `X-Forwarded-For`.
    XForwardedFor,
}

impl Proxies {
    /// Whether this address is one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|range| range.contains(address))
    }
}

/// Who may do what. The default is: everybody, everything.
#[derive(Clone, Default)]
pub struct Access {
    /// If not empty: browsers with another `Origin` are refused. Who sends none is let in; it is no browser.
    pub origins: Vec<String>,
    /// If not empty: clients from elsewhere are refused, for `new` as for `connect`.
    pub addresses: Vec<AddressRange>,
    /// If set: `new` needs the header `Authorization: Bearer <token>`.
    pub token: Option<String>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("origins", &self.origins)
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Without TLS, on a loopback address.
    #[must_use]
    pub fn plain(listen: SocketAddr) -> Self {
        Self {
            listen,
            security: Security::PlainLoopback,
            limits: Limits::default(),
            max_message: Self::MAX_MESSAGE,
            max_tunnels: Self::MAX_TUNNELS,
            admin: None,
            address_limits: AddressLimits::default(),
            access: Access::default(),
            proxies: None,
            reload: Self::RELOAD,
            tls_limit: Self::TLS_LIMIT,
            head_limit: Self::HEAD_LIMIT,
        }
    }

    /// With TLS.
    #[must_use]
    pub fn tls(listen: SocketAddr, files: TlsFiles) -> Self {
        Self {
            security: Security::Tls(files),
            ..Self::plain(listen)
        }
    }

    /// 1 MiB: what Chromium accepts in one message.
    pub const MAX_MESSAGE: usize = 1 << 20;

    /// Two file descriptors each must fit the usual hard limit of 20,000 with room for set-ups.
    pub const MAX_TUNNELS: usize = 9_500;

    /// Renewals come once in weeks; this is how long one takes to be seen.
    pub const RELOAD: Duration = Duration::from_secs(30);

    /// A TLS handshake takes two round trips; a bad mobile network needs seconds for that, a stalled client for ever.
    pub const TLS_LIMIT: Duration = Duration::from_secs(10);

    /// A request head fits one packet and comes with the first bytes. Long enough for a bad network, short enough for
    /// slow-loris clients to hold little.
    pub const HEAD_LIMIT: Duration = Duration::from_secs(10);
}
