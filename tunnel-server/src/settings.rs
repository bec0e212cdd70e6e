//! The configuration file: TOML, every key optional, an unknown key an error that names it.
//!
//! Durations are whole seconds and say so in their names. `docs/operator/configuration.md` has the table; a test holds
//! it to this file.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use serde::Deserialize;

use crate::config::{Access, Config, Security};
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
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// The certificate.
    pub tls: TlsSettings,
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

/// `[access]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessSettings {
    /// Origins of browsers that are let in; empty means all.
    pub origins: Vec<String>,
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
    #[error("no certificate: set `tls.certificate` and `tls.key`, or `dev` for loopback without TLS")]
    NoCertificate,
    /// A certificate that would not be used.
    #[error("`dev` serves without TLS; leave out `tls.certificate` and `tls.key`")]
    DevWithCertificate,
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
        let security = match (self.dev, &self.tls.certificate, &self.tls.key) {
            (true, None, None) => Security::PlainLoopback,
            (true, ..) => return Err(SettingsError::DevWithCertificate),
            (false, Some(certificate), Some(key)) => Security::Tls(TlsFiles {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            (false, ..) => return Err(SettingsError::NoCertificate),
        };
        let access = Access {
            origins: self.access.origins.clone(),
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
            trusted_proxies: self.trusted_proxies.clone(),
            reload: seconds(self.tls.reload_seconds, Config::RELOAD),
            tls_limit: seconds(self.tls.handshake_seconds, Config::TLS_LIMIT),
            head_limit: seconds(self.limits.head_seconds, Config::HEAD_LIMIT),
        })
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
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn parse(text: &str) -> Result<Settings, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn an_empty_file_with_dev_is_the_default_configuration() {
        let config = parse("dev = true").unwrap().config().unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.limits, Limits::default());
        assert_eq!(config.max_message, Config::MAX_MESSAGE);
    }

    #[test]
    fn each_key_is_taken_over() {
        let settings = parse(
            r#"
            listen = "[::]:443"
            admin = "127.0.0.1:9090"
            drain_seconds = 5
            trusted_proxies = ["192.0.2.1", "2001:db8::1"]
            [tls]
            certificate = "cert.pem"
            key = "key.pem"
            reload_seconds = 1
            handshake_seconds = 2
            [access]
            origins = ["wss://cable.example"]
            [limits]
            tunnels = 3
            message_bytes = 4
            messages = 5
            bytes = 6
            held_messages = 7
            held_bytes = 8
            head_seconds = 9
            join_seconds = 10
            idle_seconds = 11
            stall_seconds = 12
            life_seconds = 13
            [address]
            setups = 14
            open = 15
            burst = 16
            per_minute = 17
            loopback = true
            "#,
        )
        .unwrap();
        let config = settings.config().unwrap();
        assert_eq!(settings.drain(), Duration::from_secs(5));
        assert_eq!((config.listen.port(), config.admin.unwrap().port()), (443, 9090));
        assert_eq!(config.trusted_proxies.len(), 2);
        assert!(matches!(config.security, Security::Tls(_)));
        assert_eq!(config.access.origins, ["wss://cable.example"]);
        assert_eq!(
            [config.reload, config.tls_limit, config.head_limit].map(|limit| limit.as_secs()),
            [1, 2, 9]
        );
        assert_eq!((config.max_tunnels, config.max_message), (3, 4));
        let limits = config.limits;
        assert_eq!(
            (
                limits.messages,
                limits.bytes,
                limits.held_messages,
                limits.held_bytes
            ),
            (5, 6, 7, 8)
        );
        let times = [limits.join, limits.idle, limits.stall, limits.life].map(|limit| limit.as_secs());
        assert_eq!(times, [10, 11, 12, 13]);
        let address = AddressLimits {
            setups: 14,
            open: 15,
            burst: 16,
            per_minute: 17,
            loopback: true,
        };
        assert_eq!(config.address_limits, address);
    }

    #[test]
    fn an_unknown_key_is_named() {
        for (text, key) in [
            ("lisen = 1", "lisen"),
            ("[limits]\nidle = 5", "idle"),
            ("[tsl]\nkey = 'k'", "tsl"),
        ] {
            let error = parse(text).err().unwrap().to_string();
            assert!(error.contains(&format!("unknown field `{key}`")), "{error}");
        }
    }

    /// The fields that TOML's error about an unknown one lists.
    fn fields(table: &str) -> Vec<String> {
        let error = parse(&format!("{table}no_such_key = 1"))
            .err()
            .unwrap()
            .to_string();
        let expected = error.rsplit("expected ").next().unwrap();
        // Names are in backticks; between them are commas, or "or" if there are two.
        expected
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_documented_keys_are_the_ones_there_are() {
        let document = include_str!("../../docs/operator/configuration.md");
        let documented: BTreeSet<_> = document
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
            .map(|(key, _)| key.to_owned())
            .collect();
        let tables = ["tls", "access", "limits", "address"];
        let root = fields("")
            .into_iter()
            .filter(|field| !tables.contains(&field.as_str()));
        let nested = tables.iter().flat_map(|table| {
            let fields = fields(&format!("{table}.")).into_iter();
            fields.map(move |field| format!("{table}.{field}"))
        });
        assert_eq!(documented, root.chain(nested).collect());
    }

    #[test]
    fn the_packaged_configuration_is_valid() {
        let settings = parse(include_str!("../../packaging/tunnel.toml")).unwrap();
        settings.config().unwrap();
    }

    #[test]
    fn what_is_missing_or_contradicts_itself_is_told() {
        for (text, expected) in [
            ("", "no address to listen on"),
            ("listen = '0.0.0.0:443'", "no certificate"),
            ("listen = '0.0.0.0:443'\ntls.key = 'k'", "no certificate"),
            ("dev = true\ntls.key = 'k'", "serves without TLS"),
            (
                "dev = true\nlimits.messages = 0",
                "`limits.messages` must not be zero",
            ),
            (
                "dev = true\naccess.token_file = '/no/such/token'",
                "/no/such/token can't be read",
            ),
        ] {
            let error = parse(text).unwrap().config().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_token_is_the_first_line_of_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let settings = parse(&format!("dev = true\naccess.token_file = '{}'", file.display())).unwrap();
        fs::write(&file, "sesame\nsecond line\n").unwrap();
        assert_eq!(settings.config().unwrap().access.token.as_deref(), Some("sesame"));
        fs::write(&file, "\n").unwrap();
        assert!(matches!(settings.config(), Err(SettingsError::NoToken(_))));
    }
}
