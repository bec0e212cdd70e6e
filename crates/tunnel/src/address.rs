//! Where to connect: `HOST:PORT`, as in `--tunnel-address`.

use std::fmt;
use std::str::FromStr;

/// A host name or address, and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

/// Why text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// No colon with something in front of it.
    #[error("an address is written HOST:PORT")]
    NoPort,
    /// What follows the last colon is not a port.
    #[error("the port is a number from 1 to 65535")]
    BadPort,
    /// More than one colon, and no brackets around the host.
    #[error("an IPv6 address is written [ADDRESS]:PORT")]
    NoBrackets,
}

impl Address {
    /// A host, without brackets even for IPv6, and a port.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
        }
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (host, port) = text.rsplit_once(':').ok_or(AddressError::NoPort)?;
        let port = match port.parse() {
            Ok(port @ 1..) if port_digits(text) => port,
            _ => return Err(AddressError::BadPort),
        };
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(inner) => inner,
            None if host.contains(':') => return Err(AddressError::NoBrackets),
            None => host,
        };
        if host.is_empty() {
            return Err(AddressError::NoPort);
        }
        Ok(Self::new(host, port))
    }
}

/// `u16::from_str` takes a leading plus sign.
fn port_digits(text: &str) -> bool {
    text.rsplit(':')
        .next()
        .is_some_and(|port| port.bytes().all(|digit| digit.is_ascii_digit()))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_both_kinds_of_addresses_are_read_and_written_back() {
        for (text, host) in [
            ("relay.example:8443", "relay.example"),
            ("127.0.0.1:1", "127.0.0.1"),
            ("[::1]:9", "::1"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.host(), host);
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn each_mistake_is_told() {
        for (text, error) in [
            ("relay.example", AddressError::NoPort),
            (":443", AddressError::NoPort),
            ("[]:443", AddressError::NoPort),
            ("", AddressError::NoPort),
            ("relay.example:", AddressError::BadPort),
            ("relay.example:0", AddressError::BadPort),
            ("relay.example:+1", AddressError::BadPort),
            ("relay.example:65536", AddressError::BadPort),
            ("relay.example:https", AddressError::BadPort),
            ("::1:443", AddressError::NoBrackets),
        ] {
            assert_eq!(text.parse::<Address>(), Err(error), "{text}");
        }
    }
}
