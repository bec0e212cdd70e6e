//! RFC 6455 §5 and §7 as bytes on a socket: what the Autobahn test-suite asks of a server, without its text messages,
//! which a tunnel refuses (1003). Each case is sent by a client platform, whole and in single bytes; the authenticator
//! must get the messages, the client the pongs and the close code.

use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::support::*;

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
const FIN: u8 = 0x80;

/// A masked frame.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xFA, 0x21, 0x3D];
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | u8::try_from(short).unwrap()),
        middle @ 126..0x1_0000 => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(middle).unwrap().to_be_bytes());
        }
        long => {
            bytes.push(0x80 | 127);
            bytes.extend(u64::try_from(long).unwrap().to_be_bytes());
        }
    }
    bytes.extend(mask);
    bytes.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    bytes
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes(), reason].concat())
}

/// What a case is, what is sent, and what comes of it.
struct Case {
    name: &'static str,
    sent: Vec<Vec<u8>>,
    /// Messages that the authenticator gets.
    relayed: Vec<Vec<u8>>,
    /// Pongs that the client gets.
    pongs: Vec<Vec<u8>>,
    /// How the client's connection is closed; `None` if it stays open.
    closed: Option<u16>,
}

fn case(name: &'static str, sent: &[Vec<u8>]) -> Case {
    Case {
        name,
        sent: sent.to_vec(),
        relayed: Vec::new(),
        pongs: Vec::new(),
        closed: None,
    }
}

impl Case {
    fn relays(mut self, messages: &[&[u8]]) -> Self {
        self.relayed = messages.iter().map(|message| message.to_vec()).collect();
        self
    }

    fn pongs(mut self, payloads: &[&[u8]]) -> Self {
        self.pongs = payloads.iter().map(|payload| payload.to_vec()).collect();
        self
    }

    fn closes(mut self, code: u16) -> Self {
        self.closed = Some(code);
        self
    }

    async fn check(&self, single_bytes: bool) {
        let server = plain();
        let (mut authenticator, mut client) = pair(&server).await;
        let bytes = self.sent.concat();
        let tcp = client.socket.get_mut();
        for part in bytes.chunks(if single_bytes { 1 } else { bytes.len() }) {
            // The server may have hung up in the middle of a case that closes.
            if tcp.write_all(part).await.is_err() {
                break;
            }
        }
        let name = self.name;
        for expected in &self.relayed {
            assert_eq!(&authenticator.receive().await, expected, "{name}");
        }
        for expected in &self.pongs {
            match within(client.socket.next()).await {
                Some(Ok(Message::Pong(payload))) => assert_eq!(&payload[..], expected, "{name}"),
                other => panic!("{name}: no pong but {other:?}"),
            }
        }
        match self.closed {
            // What is sent after a close frame may meet a closed socket: then a reset is the end.
            Some(code) => match within(client.socket.next()).await {
                Some(Ok(Message::Close(Some(frame)))) => assert_eq!(u16::from(frame.code), code, "{name}"),
                other => panic!("{name}: no close frame but {other:?}"),
            },
            None => {
                authenticator.binary(b"still open").await;
                assert_eq!(client.receive().await, b"still open", "{name}");
            }
        }
    }
}

async fn check(cases: Vec<Case>) {
    for case in cases {
        case.check(false).await;
        case.check(case.sent.concat().len() < 2000).await;
    }
}

/// Autobahn 1.2: every length at which the header changes.
#[tokio::test]
async fn binary_messages_of_every_header_form_pass() {
    let mut cases = Vec::new();
    for length in [0, 1, 125, 126, 127, 128, 65_535, 65_536] {
        let payload = vec![0xFE; length];
        cases.push(case("binary", &[frame(FIN | BINARY, &payload)]).relays(&[&payload]));
    }
    check(cases).await;
}

/// Autobahn 2: pings and pongs.
#[tokio::test]
async fn pings_are_answered_and_pongs_ignored() {
    let longest = [0xFE; 125];
    check(vec![
        case("empty ping", &[frame(FIN | PING, b"")]).pongs(&[b""]),
        case("ping with a payload", &[frame(FIN | PING, b"Hello")]).pongs(&[b"Hello"]),
        case("longest ping", &[frame(FIN | PING, &longest)]).pongs(&[&longest]),
        case("too long a ping", &[frame(FIN | PING, &[0; 126])]).closes(1002),
        case("unasked pong", &[frame(FIN | PONG, b"unasked")]),
        case(
            "pong, then ping",
            &[frame(FIN | PONG, b"x"), frame(FIN | PING, b"y")],
        )
        .pongs(&[b"y"]),
        case("two pings", &[frame(FIN | PING, b"1"), frame(FIN | PING, b"2")]).pongs(&[b"1", b"2"]),
    ])
    .await;
}

/// Autobahn 3 and 4: what is reserved.
#[tokio::test]
async fn reserved_bits_and_opcodes_close_with_1002() {
    let mut cases = Vec::new();
    for bits in 1..8_u8 {
        cases.push(case("reserved bit", &[frame(FIN | (bits << 4) | BINARY, b"x")]).closes(1002));
    }
    cases.push(case("reserved bit of a ping", &[frame(FIN | 0x40 | PING, b"x")]).closes(1002));
    for opcode in (0x3..0x8).chain(0xB..0x10) {
        cases.push(case("reserved opcode", &[frame(FIN | opcode, b"x")]).closes(1002));
        cases.push(
            case(
                "a message, then a reserved opcode",
                &[frame(FIN | BINARY, b"m"), frame(FIN | opcode, b"")],
            )
            .relays(&[b"m"])
            .closes(1002),
        );
    }
    check(cases).await;
}

/// Autobahn 5: fragments, with control frames between them.
#[tokio::test]
async fn fragments_are_one_message_and_control_frames_may_come_between() {
    let first = frame(BINARY, b"frag");
    let last = frame(FIN | CONTINUATION, b"ment");
    let ping = frame(FIN | PING, b"between");
    check(vec![
        case("two fragments", &[first.clone(), last.clone()]).relays(&[b"fragment"]),
        case(
            "empty fragments",
            &[frame(BINARY, b""), frame(CONTINUATION, b""), frame(FIN, b"")],
        )
        .relays(&[b""]),
        case(
            "a ping between fragments",
            &[first.clone(), ping.clone(), last.clone()],
        )
        .relays(&[b"fragment"])
        .pongs(&[b"between"]),
        case("many fragments with pings", &{
            let mut frames = vec![first.clone()];
            for _ in 0..5 {
                frames.extend([frame(CONTINUATION, b"-"), ping.clone()]);
            }
            frames.push(last.clone());
            frames
        })
        .relays(&[b"frag-----ment"])
        .pongs(&[&b"between"[..]; 5]),
        case(
            "two messages of two fragments",
            &[first.clone(), last.clone(), first.clone(), last.clone()],
        )
        .relays(&[b"fragment", b"fragment"]),
        case(
            "a fragmented ping",
            &[frame(PING, b"x"), frame(FIN | CONTINUATION, b"y")],
        )
        .closes(1002),
        case(
            "a fragmented pong",
            &[frame(PONG, b"x"), frame(FIN | CONTINUATION, b"y")],
        )
        .closes(1002),
        case("a fragmented close", &[frame(CLOSE, &[3, 232])]).closes(1002),
        case("a continuation of nothing", std::slice::from_ref(&last)).closes(1002),
        case("an open continuation of nothing", &[frame(CONTINUATION, b"x")]).closes(1002),
        case(
            "a continuation after the end",
            &[first.clone(), last.clone(), last.clone()],
        )
        .relays(&[b"fragment"])
        .closes(1002),
        case(
            "a new message within one",
            &[first.clone(), frame(FIN | BINARY, b"new")],
        )
        .closes(1002),
        case("a text within a message", &[first, frame(FIN | TEXT, b"new")]).closes(1002),
    ])
    .await;
}

/// Autobahn 6 in short: text of any kind is refused, whether it is UTF-8 or not.
#[tokio::test]
async fn text_closes_with_1003() {
    check(vec![
        case("text", &[frame(FIN | TEXT, "Grüße".as_bytes())]).closes(1003),
        case("empty text", &[frame(FIN | TEXT, b"")]).closes(1003),
        case("not UTF-8", &[frame(FIN | TEXT, &[0xFF, 0xFE])]).closes(1003),
        case(
            "fragmented text",
            &[frame(TEXT, b"a"), frame(FIN | CONTINUATION, b"b")],
        )
        .closes(1003),
    ])
    .await;
}

/// Autobahn 7: close frames.
#[tokio::test]
async fn close_frames_are_answered_and_broken_ones_refused() {
    let mut cases = vec![
        case("close with a longest reason", &[close(1000, &[b'*'; 123])]).closes(1000),
        case(
            "a message, then close",
            &[frame(FIN | BINARY, b"m"), close(1000, b"")],
        )
        .relays(&[b"m"])
        .closes(1000),
        case(
            "close, then a message",
            &[close(1000, b""), frame(FIN | BINARY, b"late")],
        )
        .closes(1000),
        case(
            "close, then a ping",
            &[close(1000, b""), frame(FIN | PING, b"late")],
        )
        .closes(1000),
        case("two closes", &[close(1000, b""), close(1001, b"")]).closes(1000),
        case("close with half a code", &[frame(FIN | CLOSE, &[3])]).closes(1002),
        case("too long a reason", &[close(1000, &[b'*'; 124])]).closes(1002),
    ];
    for code in [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
    ] {
        cases.push(case("valid code", &[close(code, b"")]).closes(code));
    }
    for code in [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999] {
        cases.push(case("invalid code", &[close(code, b"")]).closes(1002));
    }
    check(cases).await;
}

/// A close frame without a code is answered without one (§5.5.1), so there is no code to compare.
#[tokio::test]
async fn a_close_without_a_code_is_answered_without_one() {
    let server = plain();
    let (_authenticator, mut client) = pair(&server).await;
    client
        .socket
        .get_mut()
        .write_all(&frame(FIN | CLOSE, b""))
        .await
        .unwrap();
    match within(client.socket.next()).await {
        Some(Ok(Message::Close(None))) => {}
        other => panic!("{other:?}"),
    }
}

/// §5.1: a client masks everything.
#[tokio::test]
async fn frames_without_a_mask_close_with_1002() {
    check(vec![
        case("message", &[vec![FIN | BINARY, 1, b'x']]).closes(1002),
        case("ping", &[vec![FIN | PING, 0]]).closes(1002),
        case("close", &[vec![FIN | CLOSE, 2, 3, 232]]).closes(1002),
    ])
    .await;
}

/// Autobahn 9: large messages, whole and in fragments.
#[tokio::test]
async fn messages_up_to_the_limit_pass_in_any_fragments() {
    let payload: Vec<u8> = (0..1_u32 << 20).map(|number| number.to_le_bytes()[1]).collect();
    let mut cases = vec![case("1 MiB", &[frame(FIN | BINARY, &payload)]).relays(&[&payload])];
    for size in [4096, 65_536] {
        let chunks: Vec<_> = payload.chunks(size).collect();
        let frames: Vec<_> = (0..)
            .zip(&chunks)
            .map(|(number, chunk)| {
                let opcode = if number == 0 { BINARY } else { CONTINUATION };
                let fin = if number + 1 == chunks.len() { FIN } else { 0 };
                frame(fin | opcode, chunk)
            })
            .collect();
        cases.push(case("fragments of 1 MiB", &frames).relays(&[&payload]));
    }
    for case in cases {
        case.check(false).await;
    }
}
