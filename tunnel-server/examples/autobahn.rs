//! Lets the Autobahn test-suite's client loose on a tunnel server: an echo service whose every byte passes a tunnel.
//!
//! ```text
//! wstest ── WebSocket ──▶ 127.0.0.1:9001 ── joins a new tunnel ──▶ tunnel server ──▶ an authenticator that echoes
//! ```
//!
//! The suite knows neither our paths nor our subprotocol, so the first line of its request is replaced, the subprotocol
//! added, and taken out of the answer. All that follows is passed on as it is.
//!
//! ```text
//! cargo run -p roamkey-tunnel-server --example autobahn        prints READY, serves until it is killed
//! wstest -m fuzzingclient -s SPEC                              autobahntestsuite 25.10.1 from PyPI, Python 2.7
//! ```
//!
//! with SPEC `{"servers": [{"agent": "roamkey", "url": "ws://127.0.0.1:9001"}], "cases": ["*"]}`. `docs/testing.md` tells
//! what came of it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a tool for tests, which may end at the first error"
)]

use futures_util::{SinkExt as _, StreamExt as _};
use roamkey_tunnel_server::{Config, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() {
    let mut config = Config::plain("127.0.0.1:0".parse().unwrap());
    // The suite's largest messages; ours end at 1 MiB.
    config.max_message = LARGEST;
    config.limits.bytes = u64::MAX;
    config.limits.messages = u32::MAX;
    let server = Server::spawn(config).unwrap();
    let relay = server.address();
    let listener = TcpListener::bind("127.0.0.1:9001").await.unwrap();
    println!("READY");
    for number in 0_u32.. {
        let (suite, _) = listener.accept().await.unwrap();
        tokio::spawn(async move {
            if let Err(error) = serve(suite, relay, number).await {
                println!("case {number}: {error}");
            }
        });
    }
}

async fn serve(mut suite: TcpStream, relay: std::net::SocketAddr, number: u32) -> Result<(), Failure> {
    let tunnel = format!("{number:032X}");
    let mut request = format!("ws://{relay}/cable/new/{tunnel}").into_client_request()?;
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", "fido.cable".parse()?);
    let (mut authenticator, response) =
        tokio_tungstenite::client_async(request, TcpStream::connect(relay).await?).await?;
    let routing = response
        .headers()
        .get("X-caBLE-Routing-ID")
        .ok_or("no routing ID")?;
    let path = format!("/cable/connect/{}/{tunnel}", routing.to_str()?);
    tokio::spawn(async move {
        while let Some(Ok(message)) = authenticator.next().await {
            if let Message::Binary(bytes) = message {
                authenticator.send(Message::Binary(bytes)).await?;
            }
        }
        Ok::<_, Failure>(())
    });

    let mut server = TcpStream::connect(relay).await?;
    let head = head(&mut suite).await?;
    let (_, headers) = head.split_once("\r\n").ok_or("no request")?;
    let head = format!("GET {path} HTTP/1.1\r\nSec-WebSocket-Protocol: fido.cable\r\n{headers}");
    server.write_all(head.as_bytes()).await?;
    let answer = self::head(&mut server).await?;
    let answer = answer.replace("Sec-WebSocket-Protocol: fido.cable\r\n", "");
    suite.write_all(answer.as_bytes()).await?;
    tokio::io::copy_bidirectional(&mut suite, &mut server).await?;
    Ok(())
}

/// Up to the empty line, and not one byte more.
async fn head(tcp: &mut TcpStream) -> Result<String, Failure> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await?);
    }
    Ok(String::from_utf8(head)?)
}

const LARGEST: usize = 64 << 20;
