//! What goes through an open tunnel: whole binary messages, both ways, and nothing else.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::*;

#[tokio::test]
async fn messages_pass_both_ways_in_order() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    for round in 0..50_u8 {
        client.binary(&[round; 48]).await;
        authenticator.binary(&[!round; 600]).await;
    }
    for round in 0..50_u8 {
        assert_eq!(authenticator.receive().await, [round; 48]);
        assert_eq!(client.receive().await, [!round; 600]);
    }
}

#[tokio::test]
async fn upper_and_lower_case_name_the_same_tunnel() {
    let server = plain();
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let mut client = Peer::connect(&server, &routing.to_lowercase(), &TUNNEL.to_lowercase())
        .await
        .unwrap();
    client.binary(b"hello").await;
    assert_eq!(authenticator.receive().await, b"hello");
}

#[tokio::test]
async fn the_subprotocol_is_selected_and_extensions_are_declined() {
    let server = plain();
    let offered = request("GET", &format!("/cable/new/{TUNNEL}"), "").replace(
        "Host: localhost",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    );
    let mut tcp = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut tcp, offered.as_bytes())
        .await
        .unwrap();
    let mut answer = vec![0; 1024];
    let length = tokio::io::AsyncReadExt::read(&mut tcp, &mut answer)
        .await
        .unwrap();
    let answer = std::str::from_utf8(&answer[..length]).unwrap().to_owned();
    assert_eq!(status(&answer), 101);
    assert!(answer.contains("\r\nSec-WebSocket-Protocol: fido.cable\r\n"));
    assert!(
        answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
        "RFC 6455 §1.3"
    );
    assert!(!answer.contains("Extensions"));
}

#[tokio::test]
async fn a_routing_id_goes_to_the_creator_only() {
    let server = plain();
    let (_authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let (_client, response) = Peer::open(&server, &format!("/cable/connect/{routing}/{TUNNEL}"))
        .await
        .unwrap();
    assert!(response.headers().get("X-caBLE-Routing-ID").is_none());
}

#[tokio::test]
async fn messages_before_the_peer_are_held() {
    let server = plain();
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    for message in [&b"one"[..], b"two", b"three"] {
        authenticator.binary(message).await;
    }
    let mut client = Peer::connect(&server, &routing, TUNNEL).await.unwrap();
    for message in [&b"one"[..], b"two", b"three"] {
        assert_eq!(client.receive().await, message);
    }
}

#[tokio::test]
async fn more_messages_before_the_peer_than_are_held_are_slowed_down_not_refused() {
    let server = plain();
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let flood = tokio::spawn(async move {
        for number in 0..1000_u16 {
            authenticator
                .binary(&[&number.to_be_bytes()[..], &[0; 4000]].concat())
                .await;
        }
        authenticator
    });
    let mut client = Peer::connect(&server, &routing, TUNNEL).await.unwrap();
    for number in 0..1000_u16 {
        assert_eq!(client.receive().await[..2], number.to_be_bytes());
    }
    flood.await.unwrap();
}

#[tokio::test]
async fn bytes_behind_the_request_head_belong_to_the_websocket() {
    let server = plain();
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let mut bytes = request("GET", &format!("/cable/connect/{routing}/{TUNNEL}"), "").into_bytes();
    bytes.extend_from_slice(&[0x82, 0x85, 0, 0, 0, 0]); // final binary frame, five bytes, masked with zeros
    bytes.extend_from_slice(b"early");
    let mut tcp = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut tcp, &bytes)
        .await
        .unwrap();
    assert_eq!(authenticator.receive().await, b"early");
}

#[tokio::test]
async fn a_slow_reader_slows_the_sender_and_loses_nothing() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    let messages = 300_u16;
    let sender = tokio::spawn(async move {
        for number in 0..messages {
            client
                .binary(&[&number.to_be_bytes()[..], &[7; 100_000]].concat())
                .await;
        }
        client
    });
    for number in 0..messages {
        let message = authenticator.receive().await;
        assert_eq!(
            (message.len(), &message[..2]),
            (100_002, &number.to_be_bytes()[..])
        );
    }
    sender.await.unwrap();
}

#[tokio::test]
async fn tunnels_do_not_mix() {
    let server = plain();
    let mut pairs = Vec::new();
    for number in 0..20_u8 {
        pairs.push(pair_in(&server, &format!("{number:032x}")).await);
    }
    for (number, (_, client)) in (0..20_u8).zip(&mut pairs) {
        client.binary(&[number]).await;
    }
    for (number, (authenticator, _)) in (0..20_u8).zip(&mut pairs) {
        assert_eq!(authenticator.receive().await, [number]);
    }
}

#[tokio::test]
async fn pings_are_answered_and_not_relayed() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    client.send(Message::Ping(b"are you there"[..].into())).await;
    client.send(Message::Pong(b"unasked"[..].into())).await;
    let pong = within(client.socket.next()).await.unwrap().unwrap();
    assert_eq!(pong, Message::Pong(b"are you there"[..].into()));
    client.binary(b"data").await;
    assert_eq!(authenticator.receive().await, b"data");
}

#[tokio::test]
async fn a_ping_is_answered_while_nobody_has_joined() {
    let server = plain();
    let (mut authenticator, _) = Peer::create(&server, TUNNEL).await;
    authenticator.send(Message::Ping(b"x"[..].into())).await;
    assert_eq!(
        within(authenticator.socket.next()).await.unwrap().unwrap(),
        Message::Pong(b"x"[..].into())
    );
}

#[tokio::test]
async fn a_fragmented_message_arrives_whole() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    client
        .send(Message::Frame(Frame::message(
            &b"in "[..],
            OpCode::Data(Data::Binary),
            false,
        )))
        .await;
    client.send(Message::Ping(b"between"[..].into())).await;
    client
        .send(Message::Frame(Frame::message(
            &b"two "[..],
            OpCode::Data(Data::Continue),
            false,
        )))
        .await;
    client
        .send(Message::Frame(Frame::message(
            &b"cuts"[..],
            OpCode::Data(Data::Continue),
            true,
        )))
        .await;
    assert_eq!(authenticator.receive().await, b"in two cuts");
}

#[tokio::test]
async fn an_empty_and_a_largest_message_pass() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    client.binary(b"").await;
    assert_eq!(authenticator.receive().await, b"");
    let largest = vec![9; 1 << 20];
    let sent = largest.clone();
    let sender = tokio::spawn(async move {
        client.binary(&sent).await;
        client
    });
    assert_eq!(authenticator.receive().await, largest);
    sender.await.unwrap();
}

#[tokio::test]
async fn several_messages_sent_in_one_write_arrive_apart() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    authenticator
        .socket
        .feed(Message::binary(&b"reply"[..]))
        .await
        .unwrap();
    authenticator
        .socket
        .feed(Message::binary(&b"first message"[..]))
        .await
        .unwrap();
    authenticator.socket.flush().await.unwrap();
    assert_eq!(client.receive().await, b"reply");
    assert_eq!(client.receive().await, b"first message");
}
