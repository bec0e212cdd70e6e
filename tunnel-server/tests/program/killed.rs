//! A server that is killed under load, and started again at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::serving::*;

const PAIRS: u32 = 32;

type Socket = WebSocketStream<TcpStream>;

async fn open(address: std::net::SocketAddr, path: &str) -> Result<(Socket, String), Error> {
    let tcp = TcpStream::connect(address).await?;
    let mut request = format!("ws://localhost{path}").into_client_request()?;
    request
        .headers_mut()
        .insert("Sec-WebSocket-Protocol", "fido.cable".parse().unwrap());
    let (socket, response) = tokio_tungstenite::client_async(request, tcp).await?;
    let routing = response.headers().get("X-caBLE-Routing-ID");
    Ok((socket, routing.map_or("", |id| id.to_str().unwrap()).to_owned()))
}

async fn pair(address: std::net::SocketAddr, number: u32) -> Result<[Socket; 2], Error> {
    let (authenticator, routing) = open(address, &format!("/cable/new/{number:032x}")).await?;
    let (client, _) = open(address, &format!("/cable/connect/{routing}/{number:032x}")).await?;
    Ok([authenticator, client])
}

/// One message there and back.
async fn round([authenticator, client]: &mut [Socket; 2]) -> Result<(), Error> {
    pass(client, authenticator).await?;
    pass(authenticator, client).await
}

async fn pass(from: &mut Socket, to: &mut Socket) -> Result<(), Error> {
    from.send(Message::binary(vec![7; 200])).await?;
    match to.next().await {
        Some(Ok(Message::Binary(bytes))) => {
            assert_eq!(bytes, vec![7; 200]);
            Ok(())
        }
        Some(Err(error)) => Err(error),
        other => panic!("neither a message nor an error: {other:?}"),
    }
}

#[tokio::test]
async fn clients_of_a_killed_server_see_a_broken_connection_and_go_on_after_the_restart() {
    let server = Serving::start(&DEV);
    let address = server.address;
    let busy = Arc::new(AtomicU32::new(0));
    let mut clients = Vec::new();
    for number in 0..PAIRS {
        let (mut pair, busy) = (pair(address, number).await.unwrap(), Arc::clone(&busy));
        clients.push(tokio::spawn(async move {
            round(&mut pair).await.unwrap();
            busy.fetch_add(1, Ordering::Relaxed);
            loop {
                if let Err(error) = round(&mut pair).await {
                    return error;
                }
            }
        }));
    }
    while busy.load(Ordering::Relaxed) < PAIRS {
        tokio::task::yield_now().await;
    }
    server.signal("KILL");
    for client in clients {
        let ended = tokio::time::timeout(Duration::from_secs(10), client);
        let error = ended.await.expect("the client noticed").unwrap();
        let broken = matches!(
            error,
            Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        );
        assert!(broken, "{error:?}");
    }
    server.end();

    let refused = open(address, "/cable/new/00000000000000000000000000000000").await;
    assert!(matches!(refused, Err(Error::Io(_))), "{:?}", refused.err());

    // The same address and the same ids at once: nothing of before is in the way.
    let restarted = Serving::start(&["serve", "--dev", "--listen", &address.to_string()]);
    assert_eq!(restarted.address, address);
    for number in 0..PAIRS {
        let mut pair = pair(address, number).await.unwrap();
        round(&mut pair).await.unwrap();
    }
}
