//! A phone or a tunnel service that breaks one rule: each ends the request with a code of its own, and the tunnel is
//! closed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::unwrap_in_result,
    reason = "a test stops where it fails"
)]

mod phone_stage;
mod stage;

use std::future::Future;
use std::time::Duration;

use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use roamkey_cbor::{Map, Value, encode};
use roamkey_device::hybrid::{Message, QrCode};
use roamkey_device::session::{DataChannel as _, RequestLimits};
use roamkey_device::tunnel::{Limits, WebSocketChannel, WebSocketTunnels};
use roamkey_device::webauthn::{Origin, RequestOptions, SignIn};
use roamkey_device::{ErrorCode, Pending, RequestFailure, Requester};
use roamkey_testkit::phone::{Met, Phone, Waiting};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use phone_stage::{Both, ORIGIN, RP_ID};

/// base64url of three credential IDs of one byte.
const OPTIONS: &str = r#"{"challenge": "AAECAw", "rpId": "login.example.org", "userVerification": "required",
    "allowCredentials": [{"type": "public-key", "id": "AQ"}, {"type": "public-key", "id": "Ag"}]}"#;

async fn ask(both: &Both) -> Pending<SignIn> {
    let limits = RequestLimits {
        code: Duration::from_secs(20),
        handshake: Duration::from_secs(5),
        introduction: Duration::from_secs(5),
        person: Duration::from_secs(5),
    };
    let requester = both.requester.clone().with_limits(limits);
    let options = RequestOptions::from_json(OPTIONS).unwrap();
    let origin = Origin::parse(ORIGIN).unwrap();
    requester.sign_in(&origin, options, Vec::new()).await.unwrap()
}

/// A request against a phone that does as `lie` says once it is on the way.
async fn met_by<F: Future>(lie: impl FnOnce(Met<WebSocketChannel>) -> F) -> ErrorCode {
    let both = Both::plain();
    let pending = ask(&both).await;
    let waiting = scan(&both, &pending).await;
    let phone = async {
        let met = waiting.meet(&both.air, &mut UnwrapErr(SysRng)).await.unwrap();
        lie(met).await
    };
    let (ended, _phone) = tokio::join!(pending.finished(), phone);
    ended.unwrap_err().code()
}

/// A request against a phone that answers it with these bytes.
async fn answered_by(reply: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<SignIn, RequestFailure> {
    let both = Both::plain();
    let pending = ask(&both).await;
    let waiting = scan(&both, &pending).await;
    let phone = async {
        let met = waiting.meet(&both.air, &mut UnwrapErr(SysRng)).await.unwrap();
        let mut phone = met.introduce(b"\xA1\x01\x81\x68FIDO_2_1").await.unwrap();
        let request = phone.request().await.unwrap();
        phone.send(&Message::Ctap(reply(&request))).await.unwrap();
        assert!(phone.ended().await.unwrap(), "the end is said");
    };
    tokio::join!(pending.finished(), phone).0
}

async fn scan(both: &Both, pending: &Pending<SignIn>) -> Waiting<WebSocketChannel> {
    Phone::scan(pending.link(), &both.tunnel, &mut UnwrapErr(SysRng))
        .await
        .unwrap()
}

/// An assertion that is right but for its signature, which nobody here can judge.
fn assertion(rp_id: &str, flags: u8, id: u8) -> Map<'static> {
    let mut data = Sha256::digest(rp_id).to_vec();
    data.extend([flags, 0, 0, 0, 0]);
    Map::new()
        .with(1, Map::new().with("id", [id]).with("type", "public-key"))
        .with(2, data)
        .with(3, [0_u8; 70])
}

fn ok(map: Map<'_>) -> Vec<u8> {
    [vec![0], encode(&Value::from(map))].concat()
}

#[tokio::test]
async fn each_lie_in_an_answer_has_its_code() {
    answered_by(|_| ok(assertion(RP_ID, 0x05, 1))).await.unwrap();
    let cases: [(Vec<u8>, ErrorCode); 10] = [
        (
            ok(assertion("example.com", 0x05, 1)),
            ErrorCode::PhoneAnswerOtherSite,
        ),
        (ok(assertion(RP_ID, 0x05, 3)), ErrorCode::PhoneAnswerOtherPasskey),
        (ok(assertion(RP_ID, 0x01, 1)), ErrorCode::PhoneAnswerUnverified),
        (ok(assertion(RP_ID, 0x04, 1)), ErrorCode::PhoneAnswerUnverified),
        // Keys 2 and 1 in this order; a byte behind the map; a length in more bytes than it needs; nothing at all.
        (vec![0, 0xA2, 2, 0x40, 1, 0xA0], ErrorCode::PhoneAnswerMalformed),
        (
            [ok(assertion(RP_ID, 0x05, 1)), vec![0]].concat(),
            ErrorCode::PhoneAnswerMalformed,
        ),
        (vec![0, 0xB8, 0x00], ErrorCode::PhoneAnswerMalformed),
        (vec![], ErrorCode::PhoneAnswerMalformed),
        (vec![0x2E], ErrorCode::PhoneNoPasskey),
        (vec![0x7F], ErrorCode::PhoneFailed),
    ];
    for (reply, code) in cases {
        let failure = answered_by(|_| reply).await.unwrap_err();
        assert_eq!(failure.code(), code);
        let detail = failure.detail().unwrap_or_default();
        assert!(!detail.contains("example"), "no site in {detail}");
    }
}

#[tokio::test]
async fn each_lie_before_the_answer_has_its_code() {
    let wrong_key = met_by(async |mut met| {
        met.data.send(&[[&[4_u8][..], &[7; 80]].concat()]).await.unwrap();
        met.data
    });
    assert_eq!(wrong_key.await, ErrorCode::PhoneHandshakeFailed);
    let long = Map::new().with(1, vec![0_u8; (1 << 20) - 200]);
    let talkative = met_by(async |met| met.introduce_with(encode(&Value::from(long))).await.unwrap());
    assert_eq!(talkative.await, ErrorCode::PhoneIntroductionTooLong);
    let other_trade = met_by(async |met| met.introduce_with(b"\xA1\x03\x81\x62dc".to_vec()).await.unwrap());
    assert_eq!(other_trade.await, ErrorCode::PhoneOffersNoPasskeys);
    let silent = met_by(async |met| met.introduce_with(vec![0xA0]).await.unwrap());
    assert_eq!(silent.await, ErrorCode::PhoneIntroductionWrong);
    let garbage = met_by(async |met| {
        let mut phone = met.introduce(&[0xA0]).await.unwrap();
        phone.request().await.unwrap();
        phone.data.send(&[vec![9; 64]]).await.unwrap();
        phone
    });
    assert_eq!(garbage.await, ErrorCode::PhoneBrokeProtocol);
    let leaving = met_by(async |met| {
        let mut phone = met.introduce(&[0xA0]).await.unwrap();
        phone.request().await.unwrap();
        phone.data.close().await;
    });
    assert_eq!(leaving.await, ErrorCode::PhoneLeft);
    // Whether it is seen before the request is a matter of microseconds; an answer it is in no case.
    let hasty = met_by(async |met| {
        let mut phone = met.introduce(&[0xA0]).await.unwrap();
        phone.send(&Message::Ctap(vec![0, 0xA0])).await.unwrap();
        phone
    });
    let code = hasty.await;
    assert!(
        matches!(code, ErrorCode::PhoneOutOfTurn | ErrorCode::PhoneAnswerMalformed),
        "{code:?}"
    );
}

#[tokio::test]
async fn an_advert_for_a_service_that_does_not_exist_ends_the_wait() {
    let both = Both::plain();
    let pending = ask(&both).await;
    let _on_air = both.air.send_foreign(&advert_for(pending.link(), 0, 200));
    assert_eq!(
        pending.finished().await.unwrap_err().code(),
        ErrorCode::PhoneTunnelUnassigned
    );

    let pending = ask(&both).await;
    let _on_air = both.air.send_foreign(&advert_for(pending.link(), 1, 0));
    assert_eq!(
        pending.finished().await.unwrap_err().code(),
        ErrorCode::PhoneTooNew
    );
}

/// An advert with any first byte and any service in it, made from the code alone (CTAP 2.3 §11.5.1).
fn advert_for(link: &str, first: u8, service: u16) -> Vec<u8> {
    assert!(QrCode::parse(link).is_ok());
    let mut plaintext = [0_u8; 16];
    plaintext[0] = first;
    plaintext[14..].copy_from_slice(&service.to_le_bytes());
    let key = eid_key(&secret(link));
    let mut block = aes::Block::from(plaintext);
    aes::Aes256::new_from_slice(&key[..32])
        .unwrap()
        .encrypt_block(&mut block);
    let tag = hmac(&key[32..], &block);
    [&block[..], &tag[..4]].concat()
}

/// The 16 bytes under key 1 of the code's map.
fn secret(link: &str) -> Vec<u8> {
    let digits = link.strip_prefix("FIDO:/").unwrap();
    let mut bytes = Vec::new();
    for chunk in digits.as_bytes().chunks(17) {
        let value: u64 = std::str::from_utf8(chunk).unwrap().parse().unwrap();
        let length = [0, 3, 5, 8, 10, 13, 15, 17]
            .iter()
            .position(|digits| *digits == chunk.len())
            .unwrap();
        bytes.extend(&value.to_le_bytes()[..length]);
    }
    let map = roamkey_cbor::decode(&bytes).unwrap().into_map().unwrap();
    map.get(1).unwrap().as_bytes().unwrap().to_vec()
}

/// HKDF-SHA-256 without salt, info 1 as four bytes, 64 bytes.
fn eid_key(secret: &[u8]) -> Vec<u8> {
    let root = hmac(&[0; 32], secret);
    let first = hmac(&root, &[1, 0, 0, 0, 1]);
    let second = hmac(&root, &[&first[..], &[1, 0, 0, 0, 2]].concat());
    [first, second].concat()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |byte: u8| -> Vec<u8> {
        let mut block = vec![byte; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::digest([&pad(0x36)[..], message].concat());
    Sha256::digest([&pad(0x5C)[..], &inner[..]].concat()).to_vec()
}

/// A request by way of a tunnel service that answers with this and then closes, or does nothing more.
async fn relay_that(answer: &'static str, frame: &'static [u8], then_close: bool) -> ErrorCode {
    let both = Both::plain();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(socket.read_u8().await.unwrap());
        }
        let request = String::from_utf8(request).unwrap();
        let accept = request
            .lines()
            .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
            .map(|key| derive_accept_key(key.as_bytes()))
            .unwrap();
        socket
            .write_all(answer.replace("@ACCEPT@", &accept).as_bytes())
            .await
            .unwrap();
        socket.write_all(frame).await.unwrap();
        if !then_close {
            let mut rest = Vec::new();
            let _ = socket.read_to_end(&mut rest).await;
        }
    });
    let short = Duration::from_millis(300);
    let tunnels = WebSocketTunnels::plain_loopback(address)
        .unwrap()
        .with_limits(Limits {
            upgrade: short,
            close: short,
            ..Limits::default()
        });
    let limits = RequestLimits {
        handshake: short,
        ..RequestLimits::default()
    };
    let requester = Requester::new(both.air.clone(), tunnels).with_limits(limits);
    let options = RequestOptions::from_json(OPTIONS).unwrap();
    let origin = Origin::parse(ORIGIN).unwrap();
    let pending = requester.sign_in(&origin, options, Vec::new()).await.unwrap();
    let waiting = scan(&both, &pending).await;
    let _on_air = both.air.send_foreign(waiting.advert.as_bytes());
    let failure = pending.finished().await.unwrap_err();
    serving.abort();
    failure.code()
}

#[tokio::test]
async fn each_way_of_a_tunnel_service_to_fail_has_its_code() {
    const UPGRADE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: @ACCEPT@\r\nSec-WebSocket-Protocol: fido.cable\r\n\r\n";
    const MOVED: &str =
        "HTTP/1.1 302 Found\r\nLocation: https://portal.example/\r\nContent-Length: 0\r\n\r\n";
    let cases: [(&str, &[u8], bool, ErrorCode); 9] = [
        (MOVED, b"", false, ErrorCode::TunnelRedirected),
        (
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            b"",
            false,
            ErrorCode::TunnelRefused,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            b"",
            false,
            ErrorCode::TunnelRefused,
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n", b"", false, ErrorCode::TunnelProtocol),
        ("", b"", false, ErrorCode::TunnelTimeout),
        ("", b"", true, ErrorCode::TunnelLost),
        (UPGRADE, b"", false, ErrorCode::PhoneHandshakeTimeout),
        (UPGRADE, b"", true, ErrorCode::TunnelLost),
        // A text message: "hi".
        (UPGRADE, b"\x81\x02hi", false, ErrorCode::TunnelProtocol),
    ];
    for (answer, frame, then_close, code) in cases {
        assert_eq!(
            relay_that(answer, frame, then_close).await,
            code,
            "{answer} {frame:?}"
        );
    }
}
