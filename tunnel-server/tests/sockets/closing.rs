//! How tunnels end: codes passed on, faults, limits, drain.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};

use crate::support::*;

#[tokio::test]
async fn a_close_code_is_passed_on_and_the_tunnel_is_freed() {
    let server = plain();
    for code in [1000_u16, 1001, 4242] {
        let (mut authenticator, mut client) = pair(&server).await;
        client
            .send(Message::Close(Some(CloseFrame {
                code: code.into(),
                reason: "".into(),
            })))
            .await;
        assert_eq!(authenticator.closed().await, code);
        assert_eq!(client.closed().await, code, "echoed");
        freed(&server).await;
    }
}

#[tokio::test]
async fn messages_before_a_close_arrive_first() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    for number in 0..20 {
        client.binary(&[number]).await;
    }
    client.send(Message::Close(None)).await;
    for number in 0..20 {
        assert_eq!(authenticator.receive().await, [number]);
    }
    assert_eq!(authenticator.closed().await, 1000);
}

#[tokio::test]
async fn a_vanished_peer_is_told_as_going_away() {
    let server = plain();
    let (authenticator, mut client) = pair(&server).await;
    drop(authenticator);
    assert_eq!(client.closed().await, 1001);
    freed(&server).await;
}

#[tokio::test]
async fn a_creator_that_leaves_frees_its_tunnel() {
    let server = plain();
    let (authenticator, routing) = Peer::create(&server, TUNNEL).await;
    drop(authenticator);
    freed(&server).await;
    assert_eq!(refused(Peer::connect(&server, &routing, TUNNEL).await), 404);
}

#[tokio::test]
async fn a_text_message_closes_with_1003() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    client.send(Message::text("hello")).await;
    assert_eq!(client.closed().await, 1003);
    assert_eq!(authenticator.closed().await, 1001);
}

#[tokio::test]
async fn a_text_message_that_is_not_utf_8_closes_with_1003_too() {
    let server = plain();
    let (mut authenticator, _) = Peer::create(&server, TUNNEL).await;
    authenticator
        .send(Message::Frame(Frame::message(
            &b"\xFF"[..],
            OpCode::Data(Data::Text),
            true,
        )))
        .await;
    assert_eq!(authenticator.closed().await, 1003);
}

#[tokio::test]
async fn a_message_one_byte_too_big_closes_with_1009() {
    let server = plain_with(|config| config.max_message = 1000);
    let (mut authenticator, mut client) = pair(&server).await;
    client.binary(&[1; 1000]).await;
    assert_eq!(authenticator.receive().await.len(), 1000);
    client.binary(&[1; 1001]).await;
    assert_eq!(client.closed().await, 1009);
    assert_eq!(authenticator.closed().await, 1001);
}

#[tokio::test]
async fn fragments_that_add_up_to_too_much_close_with_1009() {
    let server = plain_with(|config| config.max_message = 1000);
    let (_authenticator, mut client) = pair(&server).await;
    client
        .send(Message::Frame(Frame::message(
            vec![0; 600],
            OpCode::Data(Data::Binary),
            false,
        )))
        .await;
    client
        .send(Message::Frame(Frame::message(
            vec![0; 600],
            OpCode::Data(Data::Continue),
            true,
        )))
        .await;
    assert_eq!(client.closed().await, 1009);
}

#[tokio::test]
async fn a_frame_that_announces_more_than_memory_closes_with_1009() {
    let server = plain();
    let (_authenticator, mut client) = pair(&server).await;
    let tcp = client.socket.get_mut();
    let head = [
        0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0,
    ];
    tokio::io::AsyncWriteExt::write_all(tcp, &head).await.unwrap();
    assert_eq!(client.closed().await, 1009);
}

#[tokio::test]
async fn more_messages_than_allowed_close_with_1008() {
    let server = plain_with(|config| config.limits.messages = 3);
    let (mut authenticator, mut client) = pair(&server).await;
    for _ in 0..4 {
        client.binary(b"x").await;
    }
    assert_eq!(client.closed().await, 1008);
    for _ in 0..3 {
        assert_eq!(authenticator.receive().await, b"x");
    }
    assert_eq!(authenticator.closed().await, 1001);
}

#[tokio::test]
async fn nobody_joining_in_time_closes_with_1008_and_frees_the_tunnel() {
    let server = plain_with(|config| config.limits.join = Duration::from_millis(50));
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    assert_eq!(authenticator.closed().await, 1008);
    freed(&server).await;
    assert_eq!(refused(Peer::connect(&server, &routing, TUNNEL).await), 404);
}

#[tokio::test]
async fn an_idle_tunnel_closes_with_1008_and_pings_do_not_keep_it() {
    let server = plain_with(|config| config.limits.idle = Duration::from_millis(100));
    let (mut authenticator, mut client) = pair(&server).await;
    let closed = within(async {
        loop {
            client.send(Message::Ping(b""[..].into())).await;
            match client.socket.next().await {
                Some(Ok(Message::Pong(_))) => {}
                Some(Ok(Message::Close(Some(frame)))) => return u16::from(frame.code),
                other => panic!("{other:?}"),
            }
        }
    });
    assert_eq!(closed.await, 1008);
    assert_eq!(authenticator.closed().await, 1008);
}

#[tokio::test]
async fn a_busy_tunnel_ends_at_its_life_limit() {
    let server = plain_with(|config| config.limits.life = Duration::from_millis(100));
    let (mut authenticator, mut client) = pair(&server).await;
    let echo = tokio::spawn(async move {
        while let Some(Ok(Message::Binary(bytes))) = authenticator.socket.next().await {
            authenticator.send(Message::Binary(bytes)).await;
        }
    });
    let code = loop {
        if futures_util::SinkExt::send(&mut client.socket, Message::binary(&b"x"[..]))
            .await
            .is_err()
        {
            break None;
        }
        match within(client.socket.next()).await {
            Some(Ok(Message::Binary(_))) => {}
            Some(Ok(Message::Close(Some(frame)))) => break Some(u16::from(frame.code)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(code, Some(1008));
    echo.await.unwrap();
}

#[tokio::test]
async fn a_peer_that_does_not_answer_the_close_frame_is_dropped() {
    let server = plain_with(|config| config.limits.close = Duration::from_millis(50));
    let (authenticator, mut client) = pair(&server).await;
    client.send(Message::Close(None)).await;
    // Its socket stays open and unread.
    freed(&server).await;
    drop(authenticator);
}

#[tokio::test]
async fn a_reader_that_stands_still_is_dropped_and_the_sender_told() {
    let server = plain_with(|config| config.limits.stall = Duration::from_millis(50));
    let (authenticator, client) = pair(&server).await;
    let (mut sink, mut stream) = client.socket.split();
    let flood = async move { while sink.send(Message::binary(vec![0; 100_000])).await.is_ok() {} };
    let told = async move {
        match stream.next().await {
            Some(Ok(Message::Close(Some(frame)))) => u16::from(frame.code),
            other => panic!("{other:?}"),
        }
    };
    let (told, ()) = within(async { tokio::join!(told, flood) }).await;
    assert_eq!(told, 1001);
    freed(&server).await;
    drop(authenticator);
}

#[tokio::test]
async fn drain_refuses_new_lets_tunnels_finish_and_ends() {
    let server = plain();
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let address = server.address();
    let drained = tokio::spawn(server.drain(Duration::from_secs(60)));
    let refused = within(async {
        loop {
            let mut tcp = tokio::net::TcpStream::connect(address).await.unwrap();
            let other = request("GET", "/cable/new/00000000000000000000000000000000", "");
            tokio::io::AsyncWriteExt::write_all(&mut tcp, other.as_bytes())
                .await
                .unwrap();
            let mut answer = [0; 12];
            tokio::io::AsyncReadExt::read_exact(&mut tcp, &mut answer)
                .await
                .unwrap();
            if &answer == b"HTTP/1.1 503" {
                return true;
            }
        }
    });
    assert!(refused.await);
    let tcp = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut client, _) = Peer::over(tcp, "ws", &format!("/cable/connect/{routing}/{TUNNEL}"))
        .await
        .unwrap();
    client.binary(b"last words").await;
    assert_eq!(authenticator.receive().await, b"last words");
    client.send(Message::Close(None)).await;
    assert_eq!(authenticator.closed().await, 1000);
    within(drained).await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn when_the_grace_time_is_over_tunnels_are_closed_with_1001() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    let drained = tokio::spawn(server.drain(Duration::ZERO));
    assert_eq!(authenticator.closed().await, 1001);
    assert_eq!(client.closed().await, 1001);
    within(drained).await.unwrap();
}

#[tokio::test]
async fn dropping_the_handle_ends_everything_at_once() {
    let server = plain();
    let (mut authenticator, mut client) = pair(&server).await;
    drop(server);
    for peer in [&mut authenticator, &mut client] {
        assert!(!matches!(within(peer.socket.next()).await, Some(Ok(_))));
    }
}
