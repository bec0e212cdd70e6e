//! One broken rule a test, and the error that names it.

use std::time::Duration;

use roamkey_session::{DataChannel as _, TunnelError};
use roamkey_tunnel::{Address, Limits, WebSocketTunnel};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::support::*;

/// Opens a tunnel at a server that changes a good answer.
async fn changed(from: &'static str, to: &'static str) -> TunnelError {
    let address = answering(move |request| {
        let answer = good_answer(request);
        assert!(answer.contains(from), "{from} is part of a good answer");
        answer.replace(from, to).into_bytes()
    })
    .await;
    open(&plain(address)).await.unwrap_err()
}

#[tokio::test]
async fn a_good_answer_opens_the_tunnel_with_its_routing_id() {
    let address = answering(|request| good_answer(request).into_bytes()).await;
    let (_, routing_id) = open(&plain(address)).await.unwrap();
    assert_eq!(routing_id, "65921A".parse().unwrap());
}

#[tokio::test]
async fn the_request_is_what_tunnel_services_expect() {
    let (tell, told) = tokio::sync::oneshot::channel();
    let address = answering(move |request| {
        tell.send(request.to_owned()).unwrap();
        good_answer(request).into_bytes()
    })
    .await;
    open(&plain(address)).await.unwrap();
    let request = told.await.unwrap();
    assert!(
        request.starts_with("GET /cable/new/F5F0491044D72B9C0FC6439A2D0B84E7 HTTP/1.1\r\n"),
        "{request}"
    );
    for header in [
        "Host: cable.wufkweyy3uaxb.com",
        "Sec-WebSocket-Protocol: fido.cable",
        "Sec-WebSocket-Version: 13",
        "Connection: Upgrade",
        "Upgrade: websocket",
    ] {
        assert!(
            request.contains(&format!("\r\n{header}\r\n")),
            "{header} in {request}"
        );
    }
    assert!(!request.contains("Extensions"), "{request}");
}

#[tokio::test]
async fn each_wrong_handshake_is_named() {
    for (from, to, fault) in [
        (
            "Sec-WebSocket-Protocol: fido.cable\r\n",
            "",
            "no subprotocol fido.cable",
        ),
        ("fido.cable", "graphql-ws", "another subprotocol than fido.cable"),
        ("X-caBLE-Routing-ID: 65921A\r\n", "", "no routing ID"),
        (
            "X-caBLE-Routing-ID: ",
            "X-caBLE-Routing-ID: 000000\r\nX-caBLE-Routing-ID: ",
            "more than one routing ID",
        ),
        ("65921A", "65921", "a malformed routing ID"),
        ("65921A", "65921A0", "a malformed routing ID"),
        ("65921A", "65921G", "a malformed routing ID"),
        ("65921A", "", "a malformed routing ID"),
        ("65921A", "65921A, 65921A", "a malformed routing ID"),
        ("Accept: ", "Accept: x", "an answer to another request"),
        ("Upgrade: websocket\r\n", "", "no WebSocket answer"),
        (
            "Connection: Upgrade\r\n",
            "Sec-WebSocket-Extensions: permessage-deflate\r\nConnection: Upgrade\r\n",
            "an extension that was not offered",
        ),
        ("HTTP/1.1 101", "SSH-2.0 101", "no WebSocket answer"),
    ] {
        let error = changed(from, to).await;
        assert!(
            matches!(error, TunnelError::Protocol(named) if named == fault),
            "{from:?} → {to:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn an_http_status_is_told() {
    for expected in [302_u16, 400, 404, 409, 410, 418, 503] {
        let answer = format!("HTTP/1.1 {expected} No\r\nContent-Length: 2\r\n\r\nno");
        let address = answering(move |_| answer.into_bytes()).await;
        let error = open(&plain(address)).await.unwrap_err();
        assert!(
            matches!(error, TunnelError::Refused { status } if status == expected),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_answer_failed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let service = plain(listener.local_addr().unwrap());
    let hang_up = async {
        let (mut tcp, _) = listener.accept().await.unwrap();
        read_head(&mut tcp).await;
    };
    let (opened, ()) = tokio::join!(open(&service), hang_up);
    assert!(matches!(opened, Err(TunnelError::Failed(_))), "{opened:?}");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let address = answering(|_| [&b"HTTP/1.1 101 Go\r\nA: "[..], &vec![b'a'; 1 << 20]].concat()).await;
    let error = open(&plain(address)).await.unwrap_err();
    assert!(
        matches!(error, TunnelError::Protocol("an endless answer")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_silent_service_times_out() {
    let address = answering(|_| Vec::new()).await;
    let limits = Limits {
        upgrade: Duration::from_millis(50),
        ..Limits::default()
    };
    let error = open(&plain(address).with_limits(limits)).await.unwrap_err();
    assert!(matches!(error, TunnelError::TimedOut), "{error:?}");
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = open(&plain(address)).await.unwrap_err();
    assert!(matches!(error, TunnelError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn a_name_that_can_not_exist_is_a_lookup_error() {
    let service = WebSocketTunnel::new(domain(), Some(Address::new("no..such..name", 443)));
    let error = open(&service.with_roots(Vec::new())).await.unwrap_err();
    assert!(matches!(error, TunnelError::NameLookup(_)), "{error:?}");
}

#[tokio::test]
async fn only_loopback_is_spoken_to_without_tls() {
    let error = WebSocketTunnel::plain_loopback(domain(), "192.0.2.1:80".parse().unwrap()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("192.0.2.1:80 is not a loopback address")
    );
}

/// What `receive` says when these bytes follow a good answer.
async fn frames(bytes: &'static [u8]) -> Result<Vec<u8>, TunnelError> {
    let address = answering(move |request| [good_answer(request).as_bytes(), bytes].concat()).await;
    let (mut channel, _) = open(&plain(address)).await.unwrap();
    within(channel.receive()).await
}

#[tokio::test]
async fn frames_behind_the_answer_are_received() {
    assert_eq!(frames(b"\x82\x05early").await.unwrap(), b"early");
}

#[tokio::test]
async fn broken_frames_are_named() {
    for (bytes, fault) in [
        (&b"\x81\x02hi"[..], "a text message"),
        (b"\x81\x01\xFF", "a text message"),
        (b"\x82\x81\0\0\0\0x", "broken WebSocket framing"),
        (b"\xC2\x01x", "broken WebSocket framing"),
        (b"\x82\x7F\0\0\0\0\0\x10\0\x01", "a message above 1 MiB"),
    ] {
        let error = frames(bytes).await.unwrap_err();
        assert!(
            matches!(error, TunnelError::Protocol(named) if named == fault),
            "{bytes:02X?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_close_code_is_passed_on() {
    for (bytes, expected) in [
        (&b"\x88\x02\x03\xE9"[..], Some(1001)),
        (b"\x88\x02\x03\xF0", Some(1008)),
        (b"\x88\x00", None),
    ] {
        let error = frames(bytes).await.unwrap_err();
        assert!(
            matches!(error, TunnelError::Closed { code } if code == expected),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_connection_that_ends_without_a_close_frame_failed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let service = plain(listener.local_addr().unwrap());
    let serve = async {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let answer = good_answer(&read_head(&mut tcp).await);
        tokio::io::AsyncWriteExt::write_all(&mut tcp, answer.as_bytes())
            .await
            .unwrap();
    };
    let (opened, ()) = tokio::join!(open(&service), serve);
    let error = within(opened.unwrap().0.receive()).await.unwrap_err();
    assert!(matches!(error, TunnelError::Failed(_)), "{error:?}");
}

#[tokio::test]
async fn a_ping_is_answered_while_waiting() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let service = plain(listener.local_addr().unwrap());
    let serve = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let answer = [good_answer(&read_head(&mut tcp).await).as_bytes(), b"\x89\x02hi"].concat();
        tokio::io::AsyncWriteExt::write_all(&mut tcp, &answer)
            .await
            .unwrap();
        let mut pong = [0; 8];
        tcp.read_exact(&mut pong).await.unwrap();
        let unmasked = [pong[6] ^ pong[2], pong[7] ^ pong[3]];
        tokio::io::AsyncWriteExt::write_all(&mut tcp, b"\x82\x01x")
            .await
            .unwrap();
        (pong[0], pong[1], unmasked)
    });
    let (mut channel, _) = open(&service).await.unwrap();
    assert_eq!(within(channel.receive()).await.unwrap(), b"x");
    assert_eq!(serve.await.unwrap(), (0x8A, 0x82, *b"hi"));
}

#[tokio::test]
async fn a_service_that_takes_nothing_times_out_a_send() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = Limits {
        send: Duration::from_millis(100),
        ..Limits::default()
    };
    let service = plain(listener.local_addr().unwrap()).with_limits(limits);
    let serve = async {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let answer = good_answer(&read_head(&mut tcp).await);
        tokio::io::AsyncWriteExt::write_all(&mut tcp, answer.as_bytes())
            .await
            .unwrap();
        tcp
    };
    let (opened, unread) = tokio::join!(open(&service), serve);
    let error = within(opened.unwrap().0.send(&[vec![0; 16 << 20]]))
        .await
        .unwrap_err();
    assert!(matches!(error, TunnelError::TimedOut), "{error:?}");
    drop(unread);
}

#[tokio::test]
async fn closing_says_1000_and_does_not_wait_for_ever() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = Limits {
        close: Duration::from_millis(50),
        ..Limits::default()
    };
    let service = plain(listener.local_addr().unwrap()).with_limits(limits);
    let serve = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let answer = good_answer(&read_head(&mut tcp).await);
        tokio::io::AsyncWriteExt::write_all(&mut tcp, answer.as_bytes())
            .await
            .unwrap();
        let mut frames = Vec::new();
        tcp.read_to_end(&mut frames).await.unwrap();
        frames
    });
    let (channel, _) = open(&service).await.unwrap();
    within(channel.close()).await;
    let frames = serve.await.unwrap();
    let [0x88, 0x82, a, b, _, _, high, low] = frames[..] else {
        panic!("{frames:02X?}")
    };
    assert_eq!(u16::from_be_bytes([high ^ a, low ^ b]), 1000);
}
