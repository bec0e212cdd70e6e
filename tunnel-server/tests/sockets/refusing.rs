//! Every refusal of a request head, as bytes on a socket, and the routing ID's rules.

use crate::support::*;

fn new_path() -> String {
    format!("/cable/new/{TUNNEL}")
}

#[tokio::test]
async fn each_bad_request_gets_its_status() {
    let server = plain();
    let new = new_path();
    for (bytes, expected) in [
        (request("GET", "/", ""), 404),
        (
            request("GET", &format!("/cable/connect/000000/{TUNNEL}"), ""),
            404,
        ),
        (request("GET", "/cable/contact/Y29udGFjdA", ""), 404),
        (request("POST", &new, ""), 405),
        (request("GET", &new, "Upgrade"), 426),
        (request("GET", &new, "Connection"), 426),
        (request("GET", &new, "Sec-WebSocket-Version"), 426),
        (request("GET", &new, "Sec-WebSocket-Key"), 400),
        (request("GET", &new, "Sec-WebSocket-Protocol"), 400),
        ("not HTTP\r\n\r\n".to_owned(), 400),
        (format!("GET {} HTTP/1.1\r\n", "/a".repeat(8 << 10)), 431),
    ] {
        let answer = raw(&server, bytes.as_bytes()).await;
        assert_eq!(status(&answer), expected, "{bytes}");
    }
    assert_eq!(server.tunnels(), 0);
}

#[tokio::test]
async fn refusals_say_what_would_help() {
    let server = plain();
    let answer = raw(&server, request("DELETE", &new_path(), "").as_bytes()).await;
    assert!(answer.contains("\r\nAllow: GET\r\n"), "{answer}");
    let answer = raw(&server, request("GET", &new_path(), "Upgrade").as_bytes()).await;
    assert!(
        answer.contains("\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"),
        "{answer}"
    );
    let answer = raw(
        &server,
        request("GET", "/cable/contact/Y29udGFjdA", "").as_bytes(),
    )
    .await;
    assert!(answer.ends_with("scan the QR code instead\n"), "{answer}");
}

#[tokio::test]
async fn a_second_new_with_the_same_id_is_refused_and_the_first_lives_on() {
    let server = plain();
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    assert_eq!(
        refused(Peer::open(&server, &new_path()).await.map(|(peer, _)| peer)),
        409
    );
    let mut client = Peer::connect(&server, &routing, TUNNEL).await.unwrap();
    assert_eq!(
        refused(Peer::open(&server, &new_path()).await.map(|(peer, _)| peer)),
        409
    );
    client.binary(b"still here").await;
    assert_eq!(authenticator.receive().await, b"still here");
}

#[tokio::test]
async fn a_wrong_routing_id_and_an_unknown_tunnel_get_the_same_answer() {
    let server = plain();
    let (_authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let wrong = if routing == "000000" { "000001" } else { "000000" };
    let other = "00000000000000000000000000000000";
    let wrong = raw(
        &server,
        request("GET", &format!("/cable/connect/{wrong}/{TUNNEL}"), "").as_bytes(),
    )
    .await;
    let unknown = raw(
        &server,
        request("GET", &format!("/cable/connect/{routing}/{other}"), "").as_bytes(),
    )
    .await;
    assert_eq!(wrong, unknown);
    assert_eq!(status(&wrong), 404);
    Peer::connect(&server, &routing, TUNNEL).await.unwrap();
}

#[tokio::test]
async fn a_tunnel_is_joined_once() {
    let server = plain();
    let (_authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let _client = Peer::connect(&server, &routing, TUNNEL).await.unwrap();
    assert_eq!(refused(Peer::connect(&server, &routing, TUNNEL).await), 404);
}

#[tokio::test]
async fn of_many_who_join_at_once_one_gets_in() {
    let server = plain();
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let joins = (0..16).map(|_| Peer::connect(&server, &routing, TUNNEL));
    let mut joined: Vec<_> = futures_util::future::join_all(joins)
        .await
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    assert_eq!(joined.len(), 1);
    joined[0].binary(b"only me").await;
    assert_eq!(authenticator.receive().await, b"only me");
}

#[tokio::test]
async fn of_many_who_create_at_once_one_gets_in() {
    let server = plain();
    let path = new_path();
    let creations = (0..16).map(|_| Peer::open(&server, &path));
    let created: Vec<_> = futures_util::future::join_all(creations)
        .await
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    assert_eq!(created.len(), 1);
}

#[tokio::test]
async fn one_tunnel_too_many_is_refused_with_a_hint_to_retry() {
    let server = plain_with(|config| config.max_tunnels = 1);
    let (authenticator, _) = Peer::create(&server, TUNNEL).await;
    let other = request("GET", "/cable/new/00000000000000000000000000000000", "");
    let answer = raw(&server, other.as_bytes()).await;
    assert_eq!(status(&answer), 503);
    assert!(answer.contains("\r\nRetry-After: "), "{answer}");
    drop(authenticator);
    freed(&server).await;
    Peer::create(&server, "00000000000000000000000000000000").await;
}

#[tokio::test]
async fn a_plain_server_listens_on_loopback_only() {
    let config = roamkey_tunnel_server::Config::plain("0.0.0.0:0".parse().unwrap());
    let error = roamkey_tunnel_server::Server::spawn(config).unwrap_err();
    assert!(matches!(error, roamkey_tunnel_server::StartError::NotLoopback(_)));
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let server = plain();
    let config = roamkey_tunnel_server::Config::plain(server.address());
    let error = roamkey_tunnel_server::Server::spawn(config).unwrap_err();
    assert!(
        matches!(error, roamkey_tunnel_server::StartError::Listen { address, .. } if address == server.address())
    );
}
