//! The private address: is it alive, is it ready, what did it count.
//!
//! | path | answer |
//! |---|---|
//! | `/livez` | 200 while the process runs |
//! | `/readyz` | 200, or 503 from the first signal on and before there is a certificate |
//! | `/metrics` | Prometheus text |
//!
//! Plain HTTP/1.1, one request a connection; keep it away from the public network.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::shared::Shared;

/// Answers until it is dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < MOST => match accepted {
                Ok((tcp, _)) => drop(connections.spawn(answer(tcp, Arc::clone(&shared)))),
                Err(_) => sleep(PAUSE).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn answer(mut tcp: TcpStream, shared: Arc<Shared>) {
    let exchange = async {
        let mut head = Vec::new();
        let (status, body) = loop {
            if tcp.read_buf(&mut head).await? == 0 || head.len() > MAX_HEAD {
                return io::Result::Ok(());
            }
            if let Some(path) = path(&head)? {
                break page(path, &shared);
            }
        };
        let response = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        tcp.write_all(response.as_bytes()).await?;
        tcp.shutdown().await
    };
    // A monitor that goes away in the middle asks again.
    let _ = timeout(LIMIT, exchange).await;
}

/// The path of a GET request, once its head is complete.
fn path(head: &[u8]) -> io::Result<Option<&str>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) if request.method == Some("GET") => Ok(request.path),
        Ok(httparse::Status::Complete(_)) => Ok(Some("")),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

fn page(path: &str, shared: &Shared) -> (&'static str, String) {
    match path {
        "/livez" => ("200 OK", "alive\n".to_owned()),
        "/readyz" => match shared.unready() {
            Some(reason) => ("503 Service Unavailable", format!("{reason}\n")),
            None => ("200 OK", "ready\n".to_owned()),
        },
        "/metrics" => ("200 OK", shared.metrics_page()),
        _ => ("404 Not Found", "/livez, /readyz, /metrics\n".to_owned()),
    }
}

/// Monitors come one by one.
const MOST: usize = 32;

/// A monitor's request takes a few hundred bytes.
const MAX_HEAD: usize = 4 << 10;

/// For one request and its answer.
const LIMIT: Duration = Duration::from_secs(5);

/// Between two tries when the system has no file descriptor left.
const PAUSE: Duration = Duration::from_millis(100);
