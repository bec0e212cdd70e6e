//! The configuration file: TOML, every key optional, an unknown key an error that names it.
//!
//! Durations are whole seconds and say so in their names. `docs/operator/configuration.md` has the table; a test holds
//! it to this file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use serde::Deserialize;

use crate::acme::Acme;
use crate::address::AddressRange;
use crate::config::{Access, Config, Proxies, ProxySource, Security};
use crate::guard::AddressLimits;
use crate::relay::Limits;
use crate::tls::TlsFiles;

/// What a configuration file says. Command line and environment are laid over it by the program.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// Where health and metrics are.
    pub admin: Option<SocketAddr>,
    /// Without TLS, on a loopback address.
    pub dev: bool,
    /// Seconds for running tunnels after the first signal.
    pub drain_seconds: Option<u64>,
    /// The certificate.
    pub tls: TlsSettings,
    /// A certificate that the server gets by itself.
    pub acme: AcmeSettings,
    /// Proxies in front of the server.
    pub proxy: ProxySettings,
    /// Who may do what.
    pub access: AccessSettings,
    /// Limits of each tunnel.
    pub limits: LimitSettings,
    /// Limits of each client address.
    pub address: AddressSettings,
}

/// `[tls]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsSettings {
    /// Certificate chain in PEM.
    pub certificate: Option<PathBuf>,
    /// Private key in PEM.
    pub key: Option<PathBuf>,
    /// How often the files are looked at.
    pub reload_seconds: Option<u64>,
    /// From the connection to the end of the handshake.
    pub handshake_seconds: Option<u64>,
}

/// `[acme]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcmeSettings {
    /// Host names of the certificate.
    pub hosts: Vec<String>,
    /// `mailto:` addresses for the authority.
    pub contacts: Vec<String>,
    /// URL of the authority's directory.
    pub directory: Option<String>,
    /// A folder for account key and certificate.
    pub folder: Option<PathBuf>,
    /// Certificates to trust for the directory.
    pub roots: Option<PathBuf>,
}

/// `[proxy]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxySettings {
    /// Where proxies connect from.
    pub addresses: Vec<AddressRange>,
    /// How they tell the client's address.
    pub source: Option<ProxySource>,
}

/// `[access]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessSettings {
    /// Origins of browsers that are let in; empty means all.
    pub origins: Vec<String>,
    /// Addresses that are let in; empty means all.
    pub addresses: Vec<AddressRange>,
    /// A file whose first line is needed to create a tunnel.
    pub token_file: Option<PathBuf>,
}

/// `[limits]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// Tunnels at once.
    pub tunnels: Option<usize>,
    /// Bytes of one message.
    pub message_bytes: Option<usize>,
    /// Messages from one side of a tunnel.
    pub messages: Option<u32>,
    /// Bytes from one side of a tunnel.
    pub bytes: Option<u64>,
    /// Messages held for a side that does not take them.
    pub held_messages: Option<usize>,
    /// Bytes held for a side that does not take them.
    pub held_bytes: Option<usize>,
    /// From the connection to the end of the request head.
    pub head_seconds: Option<u64>,
    /// Until somebody joined.
    pub join_seconds: Option<u64>,
    /// Without a message.
    pub idle_seconds: Option<u64>,
    /// While one side takes nothing.
    pub stall_seconds: Option<u64>,
    /// From the beginning to the end.
    pub life_seconds: Option<u64>,
}

/// `[address]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AddressSettings {
    /// Connections without an answer yet.
    pub setups: Option<u32>,
    /// WebSockets at once.
    pub open: Option<u32>,
    /// Requests in one burst.
    pub burst: Option<u32>,
    /// Requests a minute.
    pub per_minute: Option<u32>,
    /// Whether loopback addresses are counted as well.
    pub loopback: Option<bool>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A file can't be read.
    #[error("{path} can't be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error("{path} is not a valid configuration")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, key and what is wrong with it.
        #[source]
        source: toml::de::Error,
    },
    /// Nowhere to listen.
    #[error("no address to listen on: set `listen`")]
    NoAddress,
    /// No certificate, and not meant to be without.
    #[error(
        "no certificate: set `tls.certificate` and `tls.key`, or `acme.hosts`, or `dev` for loopback without TLS"
    )]
    NoCertificate,
    /// A certificate that would not be used.
    #[error("`dev` serves without TLS; leave out `tls.certificate`, `tls.key` and `acme.hosts`")]
    DevWithCertificate,
    /// Two sources of one certificate.
    #[error("`acme.hosts` gets a certificate; leave out `tls.certificate` and `tls.key`")]
    TwoCertificates,
    /// ACME without a place for keys, which would order a certificate at each start.
    #[error("`acme.hosts` needs `acme.folder`, where account key and certificate are kept")]
    NoFolder,
    /// Only half of what is needed to believe a proxy.
    #[error("`proxy.addresses` and `proxy.source` go together")]
    HalfAProxy,
    /// A limit of zero would refuse everybody.
    #[error("`{0}` must not be zero")]
    Zero(&'static str),
    /// The token would be empty.
    #[error("{0} has no token in its first line")]
    NoToken(PathBuf),
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Read`] and [`SettingsError::Parse`].
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let text = read(path)?;
        toml::from_str(&text).map_err(|source| SettingsError::Parse {
            path: path.to_owned(),
            source,
        })
    }

    /// Seconds for running tunnels after the first signal. A person who was asked just before has half a minute.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds.unwrap_or(DRAIN_SECONDS))
    }

    /// The configuration, with defaults for what is not set.
    ///
    /// # Errors
    ///
    /// What is missing or contradicts itself.
    pub fn config(&self) -> Result<Config, SettingsError> {
        self.refuse_zeros()?;
        let listen = match self.listen {
            None if self.dev => DEV_ADDRESS.into(),
            None => return Err(SettingsError::NoAddress),
            Some(listen) => listen,
        };
        let security = self.security()?;
        let proxies = match (self.proxy.addresses.as_slice(), self.proxy.source) {
            ([], None) => None,
            ([], Some(_)) | ([_, ..], None) => return Err(SettingsError::HalfAProxy),
            (addresses, Some(source)) => Some(Proxies {
                addresses: addresses.to_vec(),
                source,
            }),
        };
        let access = Access {
            origins: self.access.origins.clone(),
            addresses: self.access.addresses.clone(),
            token: self.access.token_file.as_deref().map(token).transpose()?,
        };
        Ok(Config {
            listen,
            security,
            limits: self.tunnel_limits(),
            max_message: self.limits.message_bytes.unwrap_or(Config::MAX_MESSAGE),
            max_tunnels: self.limits.tunnels.unwrap_or(Config::MAX_TUNNELS),
            admin: self.admin,
            address_limits: self.address_limits(),
            access,
            proxies,
            reload: seconds(self.tls.reload_seconds, Config::RELOAD),
            tls_limit: seconds(self.tls.handshake_seconds, Config::TLS_LIMIT),
            head_limit: seconds(self.limits.head_seconds, Config::HEAD_LIMIT),
        })
    }

    fn security(&self) -> Result<Security, SettingsError> {
        let (tls, acme) = (&self.tls, &self.acme);
        match (self.dev, &tls.certificate, &tls.key, acme.hosts.is_empty()) {
            (true, None, None, true) => Ok(Security::PlainLoopback),
            (true, ..) => Err(SettingsError::DevWithCertificate),
            (false, Some(certificate), Some(key), true) => Ok(Security::Tls(TlsFiles {
                certificate: certificate.clone(),
                key: key.clone(),
            })),
            (false, None, None, false) => Ok(Security::Acme(Acme {
                hosts: acme.hosts.clone(),
                contacts: acme.contacts.clone(),
                directory: acme
                    .directory
                    .clone()
                    .unwrap_or_else(|| Acme::LETS_ENCRYPT.to_owned()),
                folder: acme.folder.clone().ok_or(SettingsError::NoFolder)?,
                roots: acme.roots.clone(),
            })),
            (false, _, _, false) => Err(SettingsError::TwoCertificates),
            (false, _, _, true) => Err(SettingsError::NoCertificate),
        }
    }

    fn tunnel_limits(&self) -> Limits {
        let set = &self.limits;
        Limits {
            join: seconds(set.join_seconds, Limits::JOIN),
            idle: seconds(set.idle_seconds, Limits::IDLE),
            life: seconds(set.life_seconds, Limits::LIFE),
            stall: seconds(set.stall_seconds, Limits::STALL),
            close: Limits::CLOSE,
            messages: set.messages.unwrap_or(Limits::MESSAGES),
            bytes: set.bytes.unwrap_or(Limits::BYTES),
            held_messages: set.held_messages.unwrap_or(Limits::HELD_MESSAGES),
            held_bytes: set.held_bytes.unwrap_or(Limits::HELD_BYTES),
        }
    }

    fn address_limits(&self) -> AddressLimits {
        let (set, default) = (&self.address, AddressLimits::default());
        AddressLimits {
            setups: set.setups.unwrap_or(default.setups),
            open: set.open.unwrap_or(default.open),
            burst: set.burst.unwrap_or(default.burst),
            per_minute: set.per_minute.unwrap_or(default.per_minute),
            loopback: set.loopback.unwrap_or(default.loopback),
        }
    }

    fn refuse_zeros(&self) -> Result<(), SettingsError> {
        let (tls, limits, address) = (&self.tls, &self.limits, &self.address);
        let zeros = [
            ("tls.reload_seconds", tls.reload_seconds == Some(0)),
            ("tls.handshake_seconds", tls.handshake_seconds == Some(0)),
            ("limits.tunnels", limits.tunnels == Some(0)),
            ("limits.message_bytes", limits.message_bytes == Some(0)),
            ("limits.messages", limits.messages == Some(0)),
            ("limits.bytes", limits.bytes == Some(0)),
            ("limits.held_messages", limits.held_messages == Some(0)),
            ("limits.held_bytes", limits.held_bytes == Some(0)),
            ("limits.head_seconds", limits.head_seconds == Some(0)),
            ("limits.join_seconds", limits.join_seconds == Some(0)),
            ("limits.idle_seconds", limits.idle_seconds == Some(0)),
            ("limits.stall_seconds", limits.stall_seconds == Some(0)),
            ("limits.life_seconds", limits.life_seconds == Some(0)),
            ("address.setups", address.setups == Some(0)),
            ("address.open", address.open == Some(0)),
            ("address.burst", address.burst == Some(0)),
            ("address.per_minute", address.per_minute == Some(0)),
        ];
        zeros
            .into_iter()
            .find(|(_, zero)| *zero)
            .map_or(Ok(()), |(key, _)| Err(SettingsError::Zero(key)))
    }
}

fn seconds(set: Option<u64>, default: Duration) -> Duration {
    // Above ten years the arithmetic of time would end somewhere.
    set.map_or(default, |seconds| {
        Duration::from_secs(seconds.min(LONGEST_SECONDS))
    })
}

fn read(path: &Path) -> Result<String, SettingsError> {
    fs::read_to_string(path).map_err(|source| SettingsError::Read {
        path: path.to_owned(),
        source,
    })
}

fn token(path: &Path) -> Result<String, SettingsError> {
    let text = read(path)?;
    let token = text.lines().next().unwrap_or_default().trim();
    if token.is_empty() {
        Err(SettingsError::NoToken(path.to_owned()))
    } else {
        Ok(token.to_owned())
    }
}

/// See [`Settings::drain`].
const DRAIN_SECONDS: u64 = 30;

/// Ten years.
const LONGEST_SECONDS: u64 = 10 * 366 * 86_400;

/// Loopback, because `dev` serves nothing else.
const DEV_ADDRESS: ([u8; 4], u16) = ([127, 0, 0, 1], 8080);

#[cfg(test)]
mod tests;
