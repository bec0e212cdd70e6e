//! The adapter and our own tunnel server, without TLS.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use roamkey_session::{DataChannel as _, TunnelError};
use roamkey_tunnel_server::{Config, Handle, Server};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;

use crate::support::*;

fn server() -> Handle {
    Server::spawn(Config::plain("127.0.0.1:0".parse().unwrap())).unwrap()
}

#[tokio::test]
async fn messages_pass_both_ways_whole_and_in_order() {
    let server = server();
    let (mut channel, routing_id) = open(&plain(server.address())).await.unwrap();
    let mut client = join(&server, &routing_id).await;
    client.send(Message::binary(vec![1; 81])).await.unwrap();
    assert_eq!(within(channel.receive()).await.unwrap(), [1; 81]);
    channel
        .send(&[vec![2; 81], vec![3; 300], Vec::new()])
        .await
        .unwrap();
    for expected in [vec![2; 81], vec![3; 300], Vec::new()] {
        assert_eq!(
            within(client.next()).await.unwrap().unwrap(),
            Message::binary(expected)
        );
    }
}

#[tokio::test]
async fn a_tunnel_id_in_use_is_refused() {
    let server = server();
    let service = plain(server.address());
    let _first = open(&service).await.unwrap();
    let error = open(&service).await.unwrap_err();
    assert!(matches!(error, TunnelError::Refused { status: 409 }), "{error:?}");
}

#[tokio::test]
async fn the_other_ends_close_code_arrives() {
    let server = server();
    let (mut channel, routing_id) = open(&plain(server.address())).await.unwrap();
    let mut client = join(&server, &routing_id).await;
    let frame = CloseFrame {
        code: 1000.into(),
        reason: "".into(),
    };
    client.send(Message::Close(Some(frame))).await.unwrap();
    let error = within(channel.receive()).await.unwrap_err();
    assert!(
        matches!(error, TunnelError::Closed { code: Some(1000) }),
        "{error:?}"
    );
    within(channel.close()).await;
}

#[tokio::test]
async fn closing_tells_the_other_end_1000() {
    let server = server();
    let (channel, routing_id) = open(&plain(server.address())).await.unwrap();
    let mut client = join(&server, &routing_id).await;
    within(channel.close()).await;
    match within(client.next()).await {
        Some(Ok(Message::Close(Some(frame)))) => assert_eq!(u16::from(frame.code), 1000),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_dies_breaks_the_tunnel() {
    let server = server();
    let (mut channel, _) = open(&plain(server.address())).await.unwrap();
    drop(server);
    let error = within(channel.receive()).await.unwrap_err();
    assert!(matches!(error, TunnelError::Failed(_)), "{error:?}");
}

/// The exchange of a transaction after the advert. A delayed acknowledgement anywhere would cost 40 ms each time, so
/// the best of several runs tells, however busy the machine is.
#[tokio::test]
async fn no_message_waits_for_a_delayed_acknowledgement() {
    let mut best = Duration::MAX;
    for _ in 0..10 {
        let server = server();
        let (mut channel, routing_id) = open(&plain(server.address())).await.unwrap();
        let started = Instant::now();
        let mut client = join(&server, &routing_id).await;
        client.send(Message::binary(vec![1; 81])).await.unwrap();
        channel.receive().await.unwrap();
        channel.send(&[vec![2; 81], vec![3; 300]]).await.unwrap();
        for _ in 0..2 {
            client.next().await.unwrap().unwrap();
        }
        client.send(Message::binary(vec![4; 200])).await.unwrap();
        channel.receive().await.unwrap();
        channel.send(&[vec![5; 400]]).await.unwrap();
        client.next().await.unwrap().unwrap();
        best = best.min(started.elapsed());
    }
    assert!(best < Duration::from_millis(30), "{best:?}");
}
