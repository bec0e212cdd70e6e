//! One accepted connection: TLS, request head, answer; then it becomes one side of a tunnel.
//!
//! Set-up needs far more memory than waiting does, so it runs in a boxed future of its own that is freed before the
//! tunnel begins. The creator's task goes on as the tunnel's [`Pump`]; the joiner's hands its socket over and ends.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tracing::debug;

use crate::acme;
use crate::metrics::Dropped;
use crate::proxy;
use crate::pump::Pump;
use crate::relay::CloseCode;
use crate::request::{self, Asked, MAX_HEAD, Wish};
use crate::response::{self, Refusal};
use crate::shared::{Shared, Visit};
use crate::socket::Socket;
use crate::transport::Transport;

/// Serves a connection until its tunnel has ended. `visit` and `permit` are held during set-up.
pub(crate) async fn serve(tcp: TcpStream, shared: Arc<Shared>, visit: Visit, permit: OwnedSemaphorePermit) {
    let pump = Box::pin(establish(tcp, shared, visit)).await;
    drop(permit);
    match pump {
        Ok(Some(pump)) => pump.await,
        Ok(None) => {}
        Err(fault) => debug!(%fault, "connection lost before it had a tunnel"),
    }
}

/// Why a connection ended without an answer.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("the proxy sent no PROXY header in time")]
    HeaderTooSlow,
    #[error("the proxy's header can't be used: {0}")]
    Header(#[source] io::Error),
    #[error("too many connections of the proxy's client")]
    TooMany,
    #[error("the TLS handshake took too long")]
    TlsTooSlow,
    #[error("the TLS handshake failed: {0}")]
    Tls(#[source] io::Error),
    #[error("it was only to prove that this host name is ours")]
    Challenge,
    #[error("the connection ended within the request head")]
    Incomplete,
    #[error("the answer could not be sent in time")]
    AnswerTooSlow,
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
}

async fn establish(mut tcp: TcpStream, shared: Arc<Shared>, mut visit: Visit) -> Result<Option<Pump>, Lost> {
    tcp.set_nodelay(true)?;
    if visit.has_header() {
        identify(&mut tcp, &shared, &mut visit).await?;
    }
    let mut transport = secure(tcp, &shared).await?;
    let (asked, rest) = match timeout(shared.head_limit, read_head(&mut transport)).await {
        Ok(Ok(head)) => head,
        Ok(Err(HeadError::Refused(refusal))) => return refuse(transport, &shared, refusal).await,
        Ok(Err(HeadError::Lost(lost))) => return Err(lost),
        Err(_) => return refuse(transport, &shared, Refusal::HeadTooSlow).await,
    };
    let seat = match shared.allow(&asked, &visit) {
        Ok(seat) => seat,
        Err(refusal) => return refuse(transport, &shared, refusal).await,
    };
    match asked.wish {
        Wish::New(tunnel) => {
            let (lease, routing, peer, closing) = match shared.reserve(tunnel) {
                Ok(reserved) => reserved,
                Err(refusal) => return refuse(transport, &shared, refusal).await,
            };
            answer(&mut transport, &response::switching(&asked.key, Some(&routing))).await?;
            shared.metrics.created(visit.since().elapsed());
            let socket = Socket::new(transport, rest, shared.max_message, seat).await;
            Ok(Some(Pump::new(shared.limits, socket, peer, closing, lease)))
        }
        Wish::Connect(routing, tunnel) => {
            let handover = match shared.join(&routing, &tunnel) {
                Ok(handover) => handover,
                Err(refusal) => return refuse(transport, &shared, refusal).await,
            };
            answer(&mut transport, &response::switching(&asked.key, None)).await?;
            let socket = Socket::new(transport, rest, shared.max_message, seat).await;
            if let Err(socket) = handover.send(socket) {
                let mut closing = socket.close(Some((CloseCode::AWAY, "the other side vanished")));
                let _ = timeout(shared.limits.close, poll_fn(|cx| closing.poll(cx))).await;
            }
            Ok(None)
        }
    }
}

/// Learns from a proxy's header who is connected.
async fn identify(tcp: &mut TcpStream, shared: &Shared, visit: &mut Visit) -> Result<(), Lost> {
    let lost = match timeout(shared.head_limit, proxy::read(tcp)).await {
        Ok(Ok(header)) => match visit.came_from(header.client) {
            Ok(()) => return Ok(()),
            Err(_) => {
                shared.metrics.dropped(Dropped::TooMany);
                return Err(Lost::TooMany);
            }
        },
        Ok(Err(error)) => Lost::Header(error),
        Err(_) => Lost::HeaderTooSlow,
    };
    shared.metrics.dropped(Dropped::NoProxyHeader);
    Err(lost)
}

async fn secure(tcp: TcpStream, shared: &Shared) -> Result<Transport, Lost> {
    let Some(acceptor) = shared.acceptor() else {
        return Ok(Transport::plain(tcp));
    };
    let lost = match timeout(shared.tls_limit, acceptor.accept(tcp)).await {
        Ok(Ok(tls)) if acme::is_challenge(tls.get_ref().1) => return Err(Lost::Challenge),
        Ok(Ok(tls)) => return Ok(Transport::tls(tls)),
        Ok(Err(error)) => Lost::Tls(error),
        Err(_) => Lost::TlsTooSlow,
    };
    shared.metrics.tls_failure();
    Err(lost)
}

enum HeadError {
    Refused(Refusal),
    Lost(Lost),
}

/// Reads the request head; what came behind it belongs to the WebSocket.
async fn read_head(transport: &mut Transport) -> Result<(Asked, Vec<u8>), HeadError> {
    let mut head = Vec::with_capacity(FIRST_READ);
    loop {
        let before = head.len();
        match transport.read_buf(&mut head).await {
            Ok(0) => return Err(HeadError::Lost(Lost::Incomplete)),
            Ok(_) => {}
            Err(error) => return Err(HeadError::Lost(error.into())),
        }
        transport.acknowledge();
        // A head ends with a line, so that anything else is not worth a look. Garbage is noticed at the limit.
        let line_ended = head.iter().skip(before).any(|byte| *byte == b'\n');
        if !line_ended && head.len() < MAX_HEAD {
            continue;
        }
        match request::parse(&head) {
            Ok(Some(asked)) => {
                let rest = head.split_off(asked.length.min(head.len()));
                return Ok((asked, rest));
            }
            Ok(None) => {}
            Err(refusal) => return Err(HeadError::Refused(refusal)),
        }
    }
}

async fn answer(transport: &mut Transport, response: &[u8]) -> Result<(), Lost> {
    let write = async {
        transport.write_all(response).await?;
        transport.flush().await
    };
    timeout(ANSWER_LIMIT, write)
        .await
        .map_err(|_| Lost::AnswerTooSlow)??;
    Ok(())
}

/// Sends the refusal and reads on for a moment, so that the answer is not lost to a reset.
async fn refuse(mut transport: Transport, shared: &Shared, refusal: Refusal) -> Result<Option<Pump>, Lost> {
    shared.metrics.refused(refusal);
    debug!(status = refusal.status(), reason = refusal.label(), "refused");
    answer(&mut transport, &refusal.response()).await?;
    let linger = async {
        transport.shutdown().await?;
        let mut bytes = [0; LINGER_BUFFER];
        let mut left = MAX_HEAD;
        while let read @ 1.. = transport.read(&mut bytes).await? {
            let Some(rest) = left.checked_sub(read) else { break };
            left = rest;
        }
        io::Result::Ok(())
    };
    // Both an error and the limit end the lingering; there is nobody left to tell.
    let _ = timeout(LINGER_LIMIT, linger).await;
    Ok(None)
}

/// The answer fits any socket buffer, so that only a broken connection needs time.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// After a refusal, until the peer has closed.
const LINGER_LIMIT: Duration = Duration::from_secs(1);

/// A browser's request head.
const FIRST_READ: usize = 1 << 10;

/// On the stack, for bytes that nobody looks at.
const LINGER_BUFFER: usize = 512;
