//! Clients that hold on to what they got: half requests, half handshakes, floods.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::*;

#[tokio::test]
async fn a_half_sent_request_is_refused_at_the_head_limit() {
    let server = plain_with(|config| config.head_limit = Duration::from_millis(50));
    let mut tcp = TcpStream::connect(server.address()).await.unwrap();
    tcp.write_all(b"GET /cable/new/").await.unwrap();
    assert_eq!(status(&to_end(&mut tcp).await), 408);
}

#[tokio::test]
async fn a_request_that_drips_is_refused_at_the_head_limit() {
    let server = plain_with(|config| config.head_limit = Duration::from_millis(100));
    let (reader, mut writer) = TcpStream::connect(server.address()).await.unwrap().into_split();
    let drip = tokio::spawn(async move {
        for byte in request("GET", "/cable/new/", "").bytes().cycle() {
            tokio::time::sleep(Duration::from_millis(5)).await;
            if writer.write_all(&[byte]).await.is_err() {
                return;
            }
        }
    });
    let mut answer = String::new();
    let mut reader = reader;
    // The answer, or a reset because bytes went on arriving after it.
    let read = within(tokio::io::AsyncReadExt::read_to_string(&mut reader, &mut answer)).await;
    assert!(read.is_err() || status(&answer) == 408, "{answer}");
    within(drip).await.unwrap();
}

#[tokio::test]
async fn a_request_in_single_bytes_is_understood() {
    let server = plain();
    let mut tcp = TcpStream::connect(server.address()).await.unwrap();
    tcp.set_nodelay(true).unwrap();
    for byte in request("GET", &format!("/cable/new/{TUNNEL}"), "").bytes() {
        tcp.write_all(&[byte]).await.unwrap();
    }
    let mut answer = [0; 12];
    within(tokio::io::AsyncReadExt::read_exact(&mut tcp, &mut answer))
        .await
        .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
}

#[tokio::test]
async fn ten_thousand_connects_to_unknown_tunnels_leave_the_service_working() {
    let server = plain();
    let (mut authenticator, routing) = Peer::create(&server, TUNNEL).await;
    let address = server.address();
    let attackers = (0..10).map(|attacker| {
        tokio::spawn(async move {
            for number in 0..1000 {
                let path = format!("/cable/connect/000000/{:032x}", attacker * 1000 + number);
                let mut tcp = TcpStream::connect(address).await.unwrap();
                tcp.write_all(request("GET", &path, "").as_bytes()).await.unwrap();
                let mut answer = [0; 12];
                tokio::io::AsyncReadExt::read_exact(&mut tcp, &mut answer)
                    .await
                    .unwrap();
                assert_eq!(&answer, b"HTTP/1.1 404");
            }
        })
    });
    for attacker in attackers.collect::<Vec<_>>() {
        attacker.await.unwrap();
    }
    let mut client = Peer::connect(&server, &routing, TUNNEL).await.unwrap();
    client.binary(b"unharmed").await;
    assert_eq!(authenticator.receive().await, b"unharmed");
}

#[tokio::test]
async fn connections_that_send_nothing_do_not_keep_others_out() {
    let server = plain();
    let mut silent = Vec::new();
    for _ in 0..500 {
        silent.push(TcpStream::connect(server.address()).await.unwrap());
    }
    let (mut authenticator, mut client) = pair(&server).await;
    client.binary(b"through").await;
    assert_eq!(authenticator.receive().await, b"through");
}
