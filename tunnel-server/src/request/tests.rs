//! Request heads: the good one, and one change at a time.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const TUNNEL: &str = "F5F0491044D72B9C0FC6439A2D0B84E7";

fn good_request() -> String {
    request_for(&format!("/cable/new/{TUNNEL}"))
}

fn request_for(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: cable.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: fido.cable\r\n\r\n"
    )
}

fn changed(from: &str, to: &str) -> Result<Option<Asked>, Refusal> {
    let request = good_request();
    assert!(request.contains(from), "{from} is part of a good request");
    parse(request.replace(from, to).as_bytes())
}

#[test]
fn a_good_request_is_understood_and_its_length_known() {
    let request = good_request();
    let asked = parse(&[request.as_bytes(), b"\x82\x80frame"].concat())
        .unwrap()
        .unwrap();
    assert_eq!(asked.wish, Wish::New(TUNNEL.parse().unwrap()));
    assert_eq!(asked.key.as_bytes(), b"dGhlIHNhbXBsZSBub25jZQ==");
    assert_eq!(asked.length, request.len());
}

#[test]
fn chromium_156_is_understood() {
    let request = format!(
        "GET /cable/connect/65921A/{TUNNEL} HTTP/1.1\r\nHost: cable.ua5v.com\r\nConnection: Upgrade\r\n\
         Pragma: no-cache\r\nCache-Control: no-cache\r\nUser-Agent: Mozilla/5.0\r\nUpgrade: websocket\r\n\
         Origin: wss://cable.ua5v.com\r\nSec-WebSocket-Version: 13\r\nAccept-Encoding: gzip, deflate, br\r\n\
         Accept-Language: en-US\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\
         Sec-WebSocket-Protocol: fido.cable\r\n\r\n"
    );
    let asked = parse(request.as_bytes()).unwrap().unwrap();
    assert_eq!(
        asked.wish,
        Wish::Connect("65921A".parse().unwrap(), TUNNEL.parse().unwrap())
    );
}

#[test]
fn header_names_and_tokens_have_no_case_but_the_subprotocol_has() {
    assert!(
        changed("Connection: keep-alive, Upgrade", "CONNECTION: upgrade")
            .unwrap()
            .is_some()
    );
    assert!(
        changed("Upgrade: websocket", "upgrade: WebSocket")
            .unwrap()
            .is_some()
    );
    assert!(changed("fido.cable", "other, fido.cable").unwrap().is_some());
    assert_eq!(changed("fido.cable", "FIDO.cable"), Err(Refusal::NoSubprotocol));
}

#[test]
fn each_fault_gets_its_own_refusal() {
    for (from, to, refusal) in [
        ("GET", "POST", Refusal::NotGet),
        ("GET", "get", Refusal::NotGet),
        ("/cable/new/", "/cable/knew/", Refusal::NoSuchPath),
        ("E7 HTTP", "E7?x=1 HTTP", Refusal::NoSuchPath),
        ("HTTP/1.1", "HTTP/1.0", Refusal::NotAnUpgrade),
        ("keep-alive, Upgrade", "keep-alive", Refusal::NotAnUpgrade),
        ("Upgrade: websocket\r\n", "", Refusal::NotAnUpgrade),
        (
            "Upgrade: websocket\r\n",
            "Upgrade: h2c\r\n",
            Refusal::NotAnUpgrade,
        ),
        ("Version: 13", "Version: 8", Refusal::NotAnUpgrade),
        ("Sec-WebSocket-Version: 13\r\n", "", Refusal::NotAnUpgrade),
        (
            "dGhlIHNhbXBsZSBub25jZQ==",
            "dGhlIHNhbXBsZSBub25jZQ",
            Refusal::BadKey,
        ),
        (
            "dGhlIHNhbXBsZSBub25jZQ==",
            "dGhlIHNhbXBsZSBub25j_Q==",
            Refusal::BadKey,
        ),
        (
            "Host: cable.example",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            Refusal::BadKey,
        ),
        (
            "Sec-WebSocket-Protocol: fido.cable\r\n",
            "",
            Refusal::NoSubprotocol,
        ),
        ("fido.cable\r\n", "fido.cable2\r\n", Refusal::NoSubprotocol),
        ("Host: cable.example", "Content-Length: 5", Refusal::Body),
        ("Host: cable.example", "Transfer-Encoding: chunked", Refusal::Body),
        ("Host: cable.example", "Host cable.example", Refusal::NotHttp),
        ("GET /", "\x16\x03\x01 /", Refusal::NotHttp),
    ] {
        assert_eq!(changed(from, to), Err(refusal), "{from:?} → {to:?}");
    }
}

#[test]
fn contact_is_refused_with_an_explanation() {
    let refusal = parse(request_for("/cable/contact/Y29udGFjdA").as_bytes()).unwrap_err();
    assert_eq!((refusal, refusal.status()), (Refusal::NoContact, 404));
    assert!(refusal.to_string().contains("state-assisted"));
}

#[test]
fn every_prefix_of_a_good_request_asks_for_more() {
    let request = good_request();
    for length in 0..request.len() {
        assert_eq!(parse(&request.as_bytes()[..length]), Ok(None), "{length} bytes");
    }
}

#[test]
fn a_head_above_its_limit_is_refused_complete_or_not() {
    let long = good_request().replace("cable.example", &"a".repeat(MAX_HEAD));
    assert_eq!(parse(long.as_bytes()), Err(Refusal::HeadTooLarge));
    assert_eq!(parse(&long.as_bytes()[..MAX_HEAD]), Err(Refusal::HeadTooLarge));
    let many = good_request().replace("Host: cable.example\r\n", &"A: b\r\n".repeat(MAX_HEADERS));
    assert_eq!(parse(many.as_bytes()), Err(Refusal::HeadTooLarge));
}

#[test]
fn paths_of_the_vectors_are_accepted_and_refused() {
    let vectors: Value = serde_json::from_str(include_str!("../../vectors/relay.json")).unwrap();
    for path in vectors["paths_valid"].as_array().unwrap() {
        let path = path.as_str().unwrap();
        let parsed = parse(request_for(path).as_bytes());
        if path.starts_with("/cable/contact/") {
            assert_eq!(parsed, Err(Refusal::NoContact), "{path}");
        } else {
            assert!(parsed.unwrap().is_some(), "{path}");
        }
    }
    for path in vectors["paths_invalid"].as_array().unwrap() {
        let path = path.as_str().unwrap();
        assert_eq!(
            parse(request_for(path).as_bytes()),
            Err(Refusal::NoSuchPath),
            "{path}"
        );
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        let _ = parse(&bytes);
    }

    #[test]
    fn a_changed_byte_never_panics_and_an_accepted_length_is_within(at in any::<prop::sample::Index>(), byte: u8) {
        let mut request = good_request().into_bytes();
        let at = at.index(request.len());
        request[at] = byte;
        if let Ok(Some(asked)) = parse(&request) {
            prop_assert!(asked.length <= request.len());
        }
    }
}
