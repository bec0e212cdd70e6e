//! Origins, and which RP IDs they may use (WebAuthn L3 §5.1.3 steps 7 and 8, HTML "registrable domain suffix").
//!
//! ```text
//! https://login.example.co.uk:8443    may use    login.example.co.uk, example.co.uk
//!                                     not        co.uk (a public suffix), example.org (another domain)
//! ```
//!
//! An RP ID of another domain may list origins that may use it too: see `related_origins.rs`.

use std::fmt;

/// An origin that may use WebAuthn: `https`, or `http` on this very machine.
///
/// # Privacy
///
/// Tells where a person has an account. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    text: String,
    host: String,
}

impl Origin {
    /// Reads an origin: scheme, host, and a port if it is not the usual one. Capital letters, the usual port and one
    /// slash at the end are tidied away; a path is not an origin's.
    ///
    /// # Errors
    ///
    /// Each variant of [`OriginError`].
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if !text.is_ascii() {
            return Err(OriginError::NotAscii);
        }
        let text = text.to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(OriginError::Malformed)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.starts_with('[') {
            return Err(OriginError::IpAddress);
        }
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, Some(port_number(port)?)),
            None => (rest, None),
        };
        let usual = match scheme {
            "https" => 443,
            "http" if is_local(host) => 80,
            "http" => return Err(OriginError::NotSecure),
            _ => return Err(OriginError::Malformed),
        };
        if !is_domain(host) {
            return Err(OriginError::Malformed);
        }
        if is_ipv4(host) {
            return Err(OriginError::IpAddress);
        }
        let port = port.filter(|port| *port != usual);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self {
            text: format!("{scheme}://{host}{port}"),
            host: host.to_owned(),
        })
    }

    /// The origin as it stands in client data.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Tells which RP ID this origin uses: the one it names, or else its host.
    ///
    /// # Errors
    ///
    /// Each variant of [`RpIdError`].
    pub fn rp_id(&self, named: Option<&str>) -> Result<String, RpIdError> {
        let Some(named) = named else {
            return Ok(self.host.clone());
        };
        // RP IDs are compared as they are: one in capitals is hashed in capitals, and no authenticator knows it.
        if !is_domain(named) || is_ipv4(named) {
            return Err(RpIdError::Malformed);
        }
        if named == self.host {
            return Ok(named.to_owned());
        }
        // A name that the list does not hold counts as under the rule `*`: its last label is a public suffix.
        if psl::suffix_str(named) == Some(named) {
            return Err(RpIdError::PublicSuffix);
        }
        let below = self
            .host
            .strip_suffix(named)
            .is_some_and(|rest| rest.ends_with('.'));
        if !below {
            return Err(RpIdError::OtherDomain);
        }
        Ok(named.to_owned())
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin(..)")
    }
}

/// Why text is not an origin that may use WebAuthn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// Not `https://` and a host name, with a port at the most.
    #[error("an origin is https:// and a host name, without a path")]
    Malformed,
    /// A host name outside of ASCII.
    #[error("the host name is not in ASCII: write it as xn--…")]
    NotAscii,
    /// Not HTTPS, and not this machine.
    #[error("only https origins and http://localhost may use passkeys")]
    NotSecure,
    /// An address in place of a name.
    #[error("passkeys belong to names, not to IP addresses")]
    IpAddress,
}

/// Why an origin may not use an RP ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RpIdError {
    /// Not a domain name in lower-case ASCII.
    #[error("the RP ID is not a domain name in lower-case letters")]
    Malformed,
    /// Neither the origin's host nor a domain above it.
    #[error("the RP ID is neither the origin's host nor a domain above it")]
    OtherDomain,
    /// Many parties share it.
    #[error("the RP ID is a public suffix, which many parties share")]
    PublicSuffix,
    /// Of another domain, and that does not list the origin as related.
    #[error("the RP ID's list of related origins does not name the origin")]
    NotListed,
}

/// Longest host name in bytes (RFC 1035 §2.3.4).
const MAX_HOST: usize = 253;
/// Longest label of one in bytes.
const MAX_LABEL: usize = 63;

fn is_domain(host: &str) -> bool {
    let label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
    };
    host.len() <= MAX_HOST && host.split('.').all(label)
}

/// URLs take a host for an IPv4 address if its last label is a number.
fn is_ipv4(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x")
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

fn port_number(text: &str) -> Result<u16, OriginError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|port| digits && *port != 0)
        .ok_or(OriginError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_tidied_and_everything_else_is_told_apart() {
        for (text, tidy) in [
            ("https://example.org", "https://example.org"),
            ("HTTPS://Login.Example.org:443/", "https://login.example.org"),
            ("https://example.org:8443", "https://example.org:8443"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://app.localhost:80", "http://app.localhost"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), tidy);
        }
        for (text, error) in [
            ("example.org", OriginError::Malformed),
            ("https://", OriginError::Malformed),
            ("https://example.org/login", OriginError::Malformed),
            ("https://user@example.org", OriginError::Malformed),
            ("https://example.org:0", OriginError::Malformed),
            ("https://example.org:+1", OriginError::Malformed),
            ("https://example.org:99999", OriginError::Malformed),
            ("https://example..org", OriginError::Malformed),
            ("https://example.org.", OriginError::Malformed),
            ("ftp://example.org", OriginError::Malformed),
            ("https://bücher.example", OriginError::NotAscii),
            ("http://example.org", OriginError::NotSecure),
            ("https://192.168.1.1", OriginError::IpAddress),
            ("https://[::1]:8443", OriginError::IpAddress),
            ("https://0x7f.0x1", OriginError::IpAddress),
        ] {
            assert_eq!(Origin::parse(text).map(|_| ()), Err(error), "{text}");
        }
    }

    #[test]
    fn an_rp_id_is_the_host_or_a_registrable_domain_above_it() {
        let rp_id = |origin: &str, named: Option<&str>| Origin::parse(origin).unwrap().rp_id(named);
        assert_eq!(rp_id("https://a.example.org", None).unwrap(), "a.example.org");
        for (origin, named) in [
            ("https://a.example.org:8443", "example.org"),
            ("https://login.example.co.uk", "example.co.uk"),
            ("http://localhost:8080", "localhost"),
            ("https://me.github.io", "me.github.io"),
            ("https://a.intern.corp", "intern.corp"),
        ] {
            assert_eq!(rp_id(origin, Some(named)).unwrap(), named);
        }
        for (origin, named, error) in [
            ("https://example.org", "login.example.org", RpIdError::OtherDomain),
            ("https://notexample.org", "example.org", RpIdError::OtherDomain),
            ("https://example.org", "example.com", RpIdError::OtherDomain),
            ("https://example.org", "org", RpIdError::PublicSuffix),
            ("https://login.example.co.uk", "co.uk", RpIdError::PublicSuffix),
            ("https://me.github.io", "github.io", RpIdError::PublicSuffix),
            ("https://a.intern.corp", "corp", RpIdError::PublicSuffix),
            ("https://example.org", "", RpIdError::Malformed),
            ("https://example.org", "Example.org", RpIdError::Malformed),
            ("https://example.org", "192.168.1.1", RpIdError::Malformed),
            ("https://example.org", "co.uk", RpIdError::PublicSuffix),
            ("https://example.org", "https://example.org", RpIdError::Malformed),
            ("https://example.org", ".org", RpIdError::Malformed),
        ] {
            assert_eq!(rp_id(origin, Some(named)), Err(error), "{origin} {named}");
        }
    }
}
