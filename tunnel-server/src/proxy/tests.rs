//! Headers of both versions, and everything that is none.

use proptest::prelude::*;

use super::*;

fn client(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

/// A header of version 2.
fn binary(kind: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [SIGNATURE, &[kind, family], &length, body].concat()
}

fn addresses_4(octets: [u8; 4]) -> Vec<u8> {
    [&octets[..], &[198, 51, 100, 1], &[0xdc, 4, 1, 0xbb]].concat()
}

fn addresses_6(octets: [u8; 16]) -> Vec<u8> {
    [&octets[..], &[0; 16], &[0xdc, 4, 1, 0xbb]].concat()
}

#[test]
fn a_line_tells_the_client() {
    for (line, expected) in [
        (
            "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n",
            client("192.0.2.1"),
        ),
        (
            "PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n",
            client("2001:db8::1"),
        ),
        ("PROXY UNKNOWN\r\n", None),
        ("PROXY UNKNOWN ffff:f...f:ffff whatever 65535 65535\r\n", None),
    ] {
        let bytes = format!("{line}GET / HTTP/1.1\r\n");
        let expected = Header {
            client: expected,
            length: line.len(),
        };
        assert_eq!(parse(bytes.as_bytes()), Ok(Some(expected)), "{line}");
    }
}

#[test]
fn a_malformed_line_is_refused() {
    for line in [
        "PROXY \r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324 65536\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 +1 443\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 56324 443\r\n",
        "PROXY TCP6 192.0.2.1 198.51.100.1 56324 443\r\n",
        "PROXY  TCP4 192.0.2.1 198.51.100.1 56324 443\r\n",
        "PROXY TCP4 192.0.2.256 198.51.100.1 56324 443\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.1 56324 443\r\n",
        "PROXY TCP4 \u{ff} 198.51.100.1 56324 443\r\n",
    ] {
        assert_eq!(parse(line.as_bytes()), Err(HeaderError::Line), "{line}");
    }
    let endless = [b"PROXY UNKNOWN".as_slice(), &[b' '; MAX_LINE]].concat();
    assert_eq!(parse(&endless), Err(HeaderError::Line));
}

#[test]
fn a_binary_header_tells_the_client_and_its_extensions_are_skipped() {
    let mut extended = addresses_4([192, 0, 2, 1]);
    extended.extend([4, 0, 3, 1, 2, 3]);
    for (kind, family, body, expected) in [
        (PROXY, 0x11, addresses_4([192, 0, 2, 1]), client("192.0.2.1")),
        (PROXY, 0x11, extended, client("192.0.2.1")),
        (PROXY, 0x21, addresses_6([7; 16]), Some(IpAddr::from([7; 16]))),
        (LOCAL, 0x00, Vec::new(), None),
        (LOCAL, 0x11, addresses_4([192, 0, 2, 1]), None),
        (PROXY, 0x00, Vec::new(), None),
        (PROXY, 0x12, addresses_4([192, 0, 2, 1]), None),
        (PROXY, 0x31, vec![0; 216], None),
    ] {
        let header = binary(kind, family, &body);
        let expected = Header {
            client: expected,
            length: header.len(),
        };
        let bytes = [&header[..], b"\x16\x03\x01"].concat();
        assert_eq!(parse(&bytes), Ok(Some(expected)), "{kind:02x} {family:02x}");
    }
}

#[test]
fn an_impossible_binary_header_is_refused() {
    for (bytes, expected) in [
        (binary(0x11, 0x11, &[0; 12]), HeaderError::Kind),
        (binary(0x22, 0x11, &[0; 12]), HeaderError::Kind),
        (binary(PROXY, 0x41, &[0; 12]), HeaderError::Kind),
        (binary(PROXY, 0x13, &[0; 12]), HeaderError::Kind),
        (binary(PROXY, 0x11, &[0; 11]), HeaderError::Length),
        (binary(PROXY, 0x21, &[0; 35]), HeaderError::Length),
        (binary(PROXY, 0x11, &[0; MAX_HEADER]), HeaderError::Length),
    ] {
        assert_eq!(parse(&bytes), Err(expected));
    }
}

#[test]
fn other_protocols_are_refused_at_their_first_difference() {
    for bytes in [
        &b"GET / HTTP/1.1\r\n"[..],
        b"\x16\x03\x01",
        b"PROXX",
        b"\r\n\r\n\0\r\nQUIT\r",
    ] {
        assert_eq!(parse(bytes), Err(HeaderError::Unknown));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        start in prop::sample::select(vec![&b""[..], LINE, SIGNATURE]),
        rest in prop::collection::vec(any::<u8>(), 0..300)
    ) {
        let bytes = [start, &rest].concat();
        if let Ok(Some(header)) = parse(&bytes) {
            prop_assert!(header.length <= bytes.len());
        }
    }

    #[test]
    fn a_header_is_the_same_however_much_of_it_has_arrived(
        octets in any::<[u8; 16]>(), port in any::<u16>(), extension in prop::collection::vec(any::<u8>(), 0..100),
        version_2 in any::<bool>()
    ) {
        let address = Ipv6Addr::from(octets);
        let bytes = if version_2 {
            binary(PROXY, STREAM_6, &[addresses_6(octets), extension].concat())
        } else {
            format!("PROXY TCP6 {address} ::1 {port} 443\r\n").into_bytes()
        };
        for part in 0..bytes.len() {
            prop_assert_eq!(parse(&bytes[..part]), Ok(None));
        }
        let whole = Header { client: Some(address.into()), length: bytes.len() };
        prop_assert_eq!(parse(&bytes), Ok(Some(whole)));
    }
}
