//! What operators rely on: limits by address, access, health, metrics.

use std::time::Duration;

use roamkey_tunnel_server::Config;
use roamkey_tunnel_server::guard::AddressLimits;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::*;

fn new(number: u32) -> String {
    format!("/cable/new/{number:032x}")
}

fn limited(limits: AddressLimits) -> impl FnOnce(&mut Config) {
    move |config| {
        config.admin = Some(loopback());
        config.address_limits = AddressLimits {
            loopback: true,
            ..limits
        };
    }
}

#[tokio::test]
async fn too_many_requests_from_one_address_get_429_with_a_hint_to_retry() {
    let server = plain_with(limited(AddressLimits {
        burst: 3,
        per_minute: 1,
        ..AddressLimits::default()
    }));
    for _ in 0..3 {
        assert_eq!(
            status(
                &raw(
                    &server,
                    request(
                        "GET",
                        "/cable/connect/000000/00000000000000000000000000000000",
                        ""
                    )
                    .as_bytes()
                )
                .await
            ),
            404
        );
    }
    let answer = raw(&server, request("GET", &new(1), "").as_bytes()).await;
    assert_eq!(status(&answer), 429);
    assert!(answer.contains("\r\nRetry-After: "), "{answer}");
}

#[tokio::test]
async fn too_many_websockets_of_one_address_get_429_until_one_is_closed() {
    let server = plain_with(limited(AddressLimits {
        open: 2,
        ..AddressLimits::default()
    }));
    let (authenticator, client) = pair(&server).await;
    assert_eq!(answered(&server, &request("GET", &new(1), "")).await.0, 429);
    drop((authenticator, client));
    freed(&server).await;
    assert_eq!(answered(&server, &request("GET", &new(1), "")).await.0, 101);
}

#[tokio::test]
async fn too_many_silent_connections_of_one_address_are_dropped() {
    let server = plain_with(limited(AddressLimits {
        setups: 2,
        ..AddressLimits::default()
    }));
    let silent = [
        TcpStream::connect(server.address()).await.unwrap(),
        TcpStream::connect(server.address()).await.unwrap(),
    ];
    let mut third = TcpStream::connect(server.address()).await.unwrap();
    assert_eq!(within(third.read(&mut [0])).await.unwrap_or(0), 0);
    assert!(
        metrics(&server)
            .await
            .contains("\nroamkey_tunnel_connections_dropped_total{reason=\"too_many_from_address\"} 1\n")
    );
    drop(silent);
    // The server notices the ends one by one.
    within(async { while Peer::open(&server, &new(1)).await.is_err() {} }).await;
}

#[tokio::test]
async fn without_a_list_any_origin_or_none_is_let_in() {
    let server = plain();
    assert_eq!(
        answered(&server, &request_with(&new(1), "Origin: wss://anything.example"))
            .await
            .0,
        101
    );
    assert_eq!(answered(&server, &request("GET", &new(2), "")).await.0, 101);
}

#[tokio::test]
async fn with_a_list_only_its_origins_and_programs_without_one_are_let_in() {
    let server = plain_with(|config| config.access.origins = vec!["wss://cable.example".to_owned()]);
    assert_eq!(
        answered(&server, &request_with(&new(1), "Origin: wss://cable.example"))
            .await
            .0,
        101
    );
    assert_eq!(
        answered(&server, &request_with(&new(2), "Origin: https://evil.example"))
            .await
            .0,
        403
    );
    assert_eq!(answered(&server, &request("GET", &new(3), "")).await.0, 101);
}

#[tokio::test]
async fn with_a_list_of_addresses_only_these_are_let_in() {
    let allow = |ranges: &[&str]| {
        let addresses = ranges.iter().map(|range| range.parse().unwrap()).collect();
        plain_with(|config| config.access.addresses = addresses)
    };
    let server = allow(&["192.0.2.0/24", "127.0.0.0/8"]);
    pair(&server).await;
    let server = allow(&["192.0.2.0/24", "2001:db8::/32"]);
    for path in [new(1), format!("/cable/connect/000000/{TUNNEL}")] {
        let answer = raw(&server, request("GET", &path, "").as_bytes()).await;
        assert_eq!(status(&answer), 403);
        assert!(answer.ends_with("not for this address\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_token_is_needed_for_new_and_not_for_connect() {
    let server = plain_with(|config| config.access.token = Some("sesame".to_owned()));
    let path = format!("/cable/new/{TUNNEL}");
    assert_eq!(answered(&server, &request("GET", &path, "")).await.0, 401);
    assert_eq!(
        answered(&server, &request_with(&path, "Authorization: Bearer Sesame"))
            .await
            .0,
        401
    );
    assert_eq!(
        answered(&server, &request_with(&path, "Authorization: Basic sesame"))
            .await
            .0,
        401
    );
    let mut tcp = TcpStream::connect(server.address()).await.unwrap();
    let bytes = request_with(&path, "Authorization: Bearer sesame");
    tokio::io::AsyncWriteExt::write_all(&mut tcp, bytes.as_bytes())
        .await
        .unwrap();
    let mut head = vec![0; 1024];
    let length = tcp.read(&mut head).await.unwrap();
    let head = String::from_utf8(head[..length].to_vec()).unwrap();
    let routing = head.split("X-caBLE-Routing-ID: ").nth(1).unwrap();
    Peer::connect(&server, &routing[..6], TUNNEL).await.unwrap();
}

#[tokio::test]
async fn the_private_address_tells_health_and_nothing_else() {
    let server = plain_with(|config| config.admin = Some(loopback()));
    assert!(
        private(&server, "/livez")
            .await
            .starts_with("HTTP/1.1 200 OK\r\n")
    );
    assert!(
        private(&server, "/readyz")
            .await
            .starts_with("HTTP/1.1 200 OK\r\n")
    );
    assert!(private(&server, "/").await.starts_with("HTTP/1.1 404 "));
    assert_eq!(
        status(&raw(&server, request("GET", "/metrics", "").as_bytes()).await),
        404,
        "not on the public one"
    );
}

#[tokio::test]
async fn readiness_ends_with_the_drain_and_liveness_does_not() {
    let server = plain_with(|config| config.admin = Some(loopback()));
    let admin = server.admin_address().unwrap();
    let (mut authenticator, _) = Peer::create(&server, TUNNEL).await;
    let drained = tokio::spawn(server.drain(Duration::from_secs(60)));
    let ask = async |path: &str| {
        let mut tcp = TcpStream::connect(admin).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\n\r\n");
        tokio::io::AsyncWriteExt::write_all(&mut tcp, request.as_bytes())
            .await
            .unwrap();
        status(&to_end(&mut tcp).await)
    };
    within(async { while ask("/readyz").await != 503 {} }).await;
    assert_eq!(ask("/livez").await, 200);
    authenticator.send(Message::Close(None)).await;
    within(drained).await.unwrap();
}

#[tokio::test]
async fn a_tunnel_moves_the_metrics_while_it_is_open() {
    let server = plain_with(|config| config.admin = Some(loopback()));
    let (mut authenticator, mut client) = pair(&server).await;
    client.binary(&[0; 48]).await;
    authenticator.receive().await;
    assert_eq!(
        answered(&server, &request("GET", &format!("/cable/new/{TUNNEL}"), ""))
            .await
            .0,
        409
    );
    let page = metrics(&server).await;
    for line in [
        "tunnels_active 1",
        "draining 0",
        "tunnels_created_total 1",
        "tunnels_joined_total 1",
        "messages_total 1",
        "message_bytes_total 48",
        "requests_refused_total{reason=\"duplicate\"} 1",
        "setup_seconds_count 1",
        "pairing_seconds_count 1",
    ] {
        assert!(
            page.contains(&format!("\nroamkey_tunnel_{line}\n")) || page.starts_with(line),
            "{line} in {page}"
        );
    }
    client.send(Message::text("x")).await;
    client.closed().await;
    authenticator.closed().await;
    freed(&server).await;
    let page = metrics(&server).await;
    assert!(
        page.contains("\nroamkey_tunnel_tunnels_ended_total{reason=\"text_message\"} 1\n"),
        "{page}"
    );
    assert!(page.contains("\nroamkey_tunnel_tunnels_active 0\n"), "{page}");
}

#[tokio::test]
async fn dashboard_and_alerts_name_only_metrics_that_exist() {
    let server = plain_with(|config| config.admin = Some(loopback()));
    let page = metrics(&server).await;
    let dashboard = include_str!("../../../packaging/monitoring/grafana-dashboard.json");
    let alerts = include_str!("../../../packaging/monitoring/alerts.yaml");
    serde_json::from_str::<serde_json::Value>(dashboard).unwrap();
    let mut named = 0;
    for text in [dashboard, alerts] {
        for rest in text.split("roamkey_tunnel_").skip(1) {
            let name: String = rest
                .chars()
                .take_while(|sign| sign.is_ascii_lowercase() || *sign == '_')
                .collect();
            let exists = [" ", "{"]
                .iter()
                .any(|end| page.contains(&format!("\nroamkey_tunnel_{name}{end}")));
            assert!(exists, "{name}");
            named += 1;
        }
    }
    assert!(named > 10);
}
