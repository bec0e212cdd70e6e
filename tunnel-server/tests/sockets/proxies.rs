//! Behind proxies: whom they name is counted and checked; what anybody else says about himself is not believed.

use std::time::Duration;

use roamkey_tunnel_server::guard::AddressLimits;
use roamkey_tunnel_server::{Config, Handle, Proxies, ProxySource};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::*;

fn new(number: u32) -> String {
    format!("/cable/new/{number:032x}")
}

/// One request a minute of each client; all of this machine is a proxy.
fn behind(source: ProxySource) -> impl FnOnce(&mut Config) {
    move |config| {
        config.admin = Some(loopback());
        config.address_limits = AddressLimits {
            burst: 1,
            per_minute: 1,
            loopback: true,
            ..AddressLimits::default()
        };
        config.proxies = Some(Proxies {
            addresses: vec!["127.0.0.0/8".parse().unwrap()],
            source,
        });
    }
}

/// Asks for a tunnel behind these bytes; the status, or `None` if the connection was dropped.
async fn ask(server: &Handle, header: &[u8], number: u32) -> Option<u16> {
    let mut tcp = TcpStream::connect(server.address()).await.unwrap();
    let request = request("GET", &new(number), "");
    tcp.write_all(&[header, request.as_bytes()].concat())
        .await
        .unwrap();
    let mut head = [0; 12];
    // A reset is an end as well.
    let whole = within(tcp.read_exact(&mut head)).await.is_ok();
    whole.then(|| status(std::str::from_utf8(&head).unwrap()))
}

fn line(client: &str) -> Vec<u8> {
    format!("PROXY TCP4 {client} 198.51.100.1 56324 443\r\n").into_bytes()
}

fn binary(octets: [u8; 4]) -> Vec<u8> {
    let signature = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c";
    [&signature[..], &octets, &[198, 51, 100, 1, 0xdc, 4, 1, 0xbb]].concat()
}

#[tokio::test]
async fn clients_in_a_proxys_header_are_counted_each_by_themselves() {
    for (source, cases) in [
        (
            ProxySource::XForwardedFor,
            [
                ("X-Forwarded-For: 203.0.113.9, 192.0.2.1", 101),
                ("X-Forwarded-For: 192.0.2.1", 429),
                ("X-Forwarded-For: 192.0.2.2:4711", 101),
                ("X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 192.0.2.2", 429),
            ],
        ),
        (
            ProxySource::Forwarded,
            [
                ("Forwarded: for=192.0.2.1;proto=https", 101),
                ("Forwarded: for=192.0.2.9, For=192.0.2.1", 429),
                ("Forwarded: for=192.0.2.1, For=\"[2001:db8::1]:4711\"", 101),
                ("Forwarded: for=\"[2001:db8::2]\"", 429),
            ],
        ),
    ] {
        let server = plain_with(behind(source));
        for (number, (header, expected)) in (1..).zip(cases) {
            let (status, _) = answered(&server, &request_with(&new(number), header)).await;
            assert_eq!(status, expected, "{header}");
        }
    }
}

#[tokio::test]
async fn the_header_that_the_proxy_does_not_write_is_the_clients_and_ignored() {
    let server = plain_with(behind(ProxySource::XForwardedFor));
    for (number, spoofed, expected) in [(1, "203.0.113.1", 101), (2, "203.0.113.2", 429)] {
        let headers = format!("Forwarded: for={spoofed}\r\nX-Forwarded-For: 192.0.2.1");
        let (status, _) = answered(&server, &request_with(&new(number), &headers)).await;
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn a_proxys_header_without_an_address_is_refused() {
    let server = plain_with(behind(ProxySource::Forwarded));
    for header in [
        "Forwarded: for=unknown",
        "Forwarded: for=\"192.0.2.1, for=192.0.2.2",
    ] {
        assert_eq!(answered(&server, &request_with(&new(1), header)).await.0, 400);
    }
    let page = metrics(&server).await;
    assert!(
        page.contains("_refused_total{reason=\"bad_forwarding\"} 2\n"),
        "{page}"
    );
}

#[tokio::test]
async fn headers_of_anybody_else_are_ignored() {
    for source in [ProxySource::Forwarded, ProxySource::XForwardedFor] {
        let server = plain_with(|config| {
            behind(source)(config);
            config.proxies = Some(Proxies {
                addresses: vec!["192.0.2.0/24".parse().unwrap()],
                source,
            });
        });
        for (number, expected) in [(1, 101), (2, 429)] {
            let header = format!("Forwarded: for=192.0.2.{number}\r\nX-Forwarded-For: 192.0.2.{number}");
            let (status, _) = answered(&server, &request_with(&new(number), &header)).await;
            assert_eq!(status, expected);
        }
    }
}

#[tokio::test]
async fn clients_in_both_versions_of_the_proxy_protocol_are_counted_each_by_themselves() {
    let server = plain_with(behind(ProxySource::ProxyProtocol));
    for (number, header, expected) in [
        (1, line("192.0.2.1"), 101),
        (2, line("192.0.2.1"), 429),
        (3, binary([192, 0, 2, 1]), 429),
        (4, binary([192, 0, 2, 2]), 101),
        (5, line("192.0.2.2"), 429),
        // The proxy itself: counted under its own address.
        (6, b"PROXY UNKNOWN\r\n".to_vec(), 101),
        (7, b"PROXY UNKNOWN\r\n".to_vec(), 429),
    ] {
        assert_eq!(ask(&server, &header, number).await, Some(expected), "{number}");
    }
}

#[tokio::test]
async fn a_proxys_client_in_single_bytes_is_understood() {
    let server = plain_with(behind(ProxySource::ProxyProtocol));
    for (number, header) in [(1, line("192.0.2.1")), (2, binary([192, 0, 2, 2]))] {
        let mut tcp = TcpStream::connect(server.address()).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        for byte in [&header, request("GET", &new(number), "").as_bytes()].concat() {
            tcp.write_all(&[byte]).await.unwrap();
        }
        let mut head = [0; 12];
        within(tcp.read_exact(&mut head)).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 101");
    }
}

#[tokio::test]
async fn a_proxy_that_sends_no_header_is_dropped_and_counted() {
    let server = plain_with(|config| {
        behind(ProxySource::ProxyProtocol)(config);
        config.head_limit = Duration::from_millis(100);
    });
    for header in [
        &b""[..],
        b"PROXY TCP4 nobody\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0",
    ] {
        assert_eq!(ask(&server, header, 1).await, None);
    }
    // A part of one, and then nothing.
    let mut tcp = TcpStream::connect(server.address()).await.unwrap();
    tcp.write_all(b"PROXY TCP4 192.0").await.unwrap();
    assert_eq!(within(tcp.read(&mut [0])).await.unwrap_or(0), 0);
    let page = metrics(&server).await;
    assert!(
        page.contains("_connections_dropped_total{reason=\"no_proxy_header\"} 4\n"),
        "{page}"
    );
}

#[tokio::test]
async fn a_proxy_header_of_anybody_else_is_no_request() {
    let server = plain();
    assert_eq!(ask(&server, &line("192.0.2.1"), 1).await, Some(400));
    assert_eq!(ask(&server, &binary([192, 0, 2, 1]), 1).await, Some(400));
}

#[tokio::test]
async fn silent_connections_are_counted_by_the_client_that_the_proxy_names() {
    let server = plain_with(|config| {
        behind(ProxySource::ProxyProtocol)(config);
        config.address_limits = AddressLimits {
            setups: 1,
            loopback: true,
            ..AddressLimits::default()
        };
    });
    let mut silent = TcpStream::connect(server.address()).await.unwrap();
    silent.write_all(&line("192.0.2.1")).await.unwrap();
    // The first may still be on its way when the second is there, so one of them is dropped, whichever.
    let mut second = TcpStream::connect(server.address()).await.unwrap();
    second.write_all(&line("192.0.2.1")).await.unwrap();
    let (mut one, mut other) = ([0], [0]);
    let ended = within(async {
        tokio::select! {
            ended = silent.read(&mut one) => ended,
            ended = second.read(&mut other) => ended,
        }
    });
    assert_eq!(ended.await.unwrap_or(0), 0);
    assert_eq!(ask(&server, &line("192.0.2.2"), 1).await, Some(101));
    let page = metrics(&server).await;
    assert!(
        page.contains("_connections_dropped_total{reason=\"too_many_from_address\"} 1\n"),
        "{page}"
    );
}

#[tokio::test]
async fn the_list_of_addresses_is_about_the_proxys_client() {
    let server = plain_with(|config| {
        behind(ProxySource::ProxyProtocol)(config);
        config.access.addresses = vec!["192.0.2.0/24".parse().unwrap()];
    });
    assert_eq!(ask(&server, &line("192.0.2.1"), 1).await, Some(101));
    assert_eq!(ask(&server, &line("203.0.113.1"), 2).await, Some(403));
}
