//! The client's address as an HTTP proxy hands it on: `Forwarded` (RFC 7239) or `X-Forwarded-For`.
//!
//! Only the last entry counts: the nearest proxy wrote it, and everything before came from outside. `Forwarded` is read
//! with its quotes, because a client may have put a comma into a value that the proxy quotes.
//!
//! ```text
//! Forwarded: for=203.0.113.9, for="[2001:db8::1]:4711";proto=https
//! X-Forwarded-For: 203.0.113.9, 192.0.2.1
//! ```

use std::net::IpAddr;

/// The header is there, and its last entry has no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the forwarding header has no readable address")]
pub struct Unreadable;

/// The client in the last `Forwarded` line.
///
/// # Errors
///
/// [`Unreadable`], also for `unknown` and for names that hide the address (RFC 7239 §6.3).
pub fn forwarded(line: &[u8]) -> Result<IpAddr, Unreadable> {
    let element = split(text(line)?, ',')?.pop().ok_or(Unreadable)?;
    let mut nodes = split(element, ';')?
        .into_iter()
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    match (nodes.next(), nodes.next()) {
        (Some((_, value)), None) => {
            let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            node(quoted.unwrap_or(value))
        }
        _ => Err(Unreadable),
    }
}

/// The client in the last `X-Forwarded-For` line.
///
/// # Errors
///
/// [`Unreadable`].
pub fn x_forwarded_for(line: &[u8]) -> Result<IpAddr, Unreadable> {
    let line = text(line)?;
    node(line.rsplit(',').next().unwrap_or(line).trim())
}

fn text(line: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(line).map_err(|_| Unreadable)
}

/// The parts between separators that are not in quotes.
fn split(text: &str, separator: char) -> Result<Vec<&str>, Unreadable> {
    let (mut parts, mut rest, mut quoted, mut escaped) = (Vec::new(), text, false, false);
    for (at, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if sign == separator && !quoted => {
                let begin = text.len() - rest.len();
                parts.push(text.get(begin..at).unwrap_or_default());
                rest = text.get(at + separator.len_utf8()..).unwrap_or_default();
            }
            _ => {}
        }
    }
    parts.push(rest);
    if quoted { Err(Unreadable) } else { Ok(parts) }
}

/// An address with or without port, IPv6 with or without brackets (RFC 7239 §6).
fn node(node: &str) -> Result<IpAddr, Unreadable> {
    if let Ok(address) = node.parse::<IpAddr>() {
        return Ok(address);
    }
    let (address, port) = match node.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or(Unreadable)?,
        None => node.split_at(node.find(':').unwrap_or(node.len())),
    };
    let port_is_fine = port.is_empty() || port.strip_prefix(':').is_some_and(|port| !port.is_empty());
    let address: IpAddr = address.parse().map_err(|_| Unreadable)?;
    if port_is_fine && address.is_ipv6() == node.starts_with('[') {
        Ok(address)
    } else {
        Err(Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_entry_of_forwarded_counts() {
        for (line, expected) in [
            ("for=192.0.2.1", "192.0.2.1"),
            ("for=192.0.2.1;proto=https;by=203.0.113.43", "192.0.2.1"),
            ("proto=https; For=\"192.0.2.1:4711\"", "192.0.2.1"),
            ("for=203.0.113.9, for=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("for=\"[2001:db8::1]\"", "2001:db8::1"),
            // A client chose the host; the comma in it is not the end of the entry.
            ("for=192.0.2.1;host=\"x,for=203.0.113.9\"", "192.0.2.1"),
            ("host=\"x\\\",for=203.0.113.9\";for=192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(forwarded(line.as_bytes()), Ok(address(expected)), "{line}");
        }
    }

    #[test]
    fn an_entry_without_one_address_is_unreadable() {
        for line in [
            "",
            "for=",
            "for=unknown",
            "for=_hidden",
            "proto=https",
            "for=192.0.2.1;for=192.0.2.2",
            "for=192.0.2.1,",
            "for=\"192.0.2.1",
            // What a client left open swallows the proxy's own entry.
            "for=\"203.0.113.9, for=192.0.2.1",
            "for=[2001:db8::1",
            "for=\"[192.0.2.1]\"",
            "for=\"192.0.2.1:\"",
        ] {
            assert_eq!(forwarded(line.as_bytes()), Err(Unreadable), "{line}");
        }
        assert_eq!(forwarded(b"for=\xff"), Err(Unreadable));
    }

    #[test]
    fn the_last_address_of_x_forwarded_for_counts() {
        for (line, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("203.0.113.9, 192.0.2.1", "192.0.2.1"),
            ("203.0.113.9,192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
        ] {
            assert_eq!(x_forwarded_for(line.as_bytes()), Ok(address(expected)), "{line}");
        }
        for line in ["", "192.0.2.1,", "unknown", "192.0.2.1, _hidden"] {
            assert_eq!(x_forwarded_for(line.as_bytes()), Err(Unreadable), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(line in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (forwarded(&line), x_forwarded_for(&line));
        }

        #[test]
        fn whatever_a_client_sends_first_the_proxys_own_entry_counts_or_none(
            sent in "[ -~]{0,40}", octets in any::<[u8; 4]>()
        ) {
            let client = IpAddr::from(octets);
            let line = format!("{sent}, for={client}");
            prop_assert!(matches!(forwarded(line.as_bytes()), Ok(found) if found == client)
                || forwarded(line.as_bytes()) == Err(Unreadable));
            let line = format!("{sent}, {client}");
            prop_assert_eq!(x_forwarded_for(line.as_bytes()), Ok(client));
        }
    }
}
