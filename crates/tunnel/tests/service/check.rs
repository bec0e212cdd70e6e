//! The check of a service step by step: all steps of one that works, and for each step a service that fails there.

use roamkey_session::TunnelError;
use roamkey_tunnel::{CheckFailed, CheckPassed, CheckStep, Limits, WebSocketTunnel};
use roamkey_tunnel_server::{Config, Server};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::support::*;

async fn check(service: &WebSocketTunnel) -> (Vec<CheckPassed>, Result<(), CheckFailed>) {
    let mut steps = Vec::new();
    let outcome = within(service.check(&tunnel_id(), &mut |passed| steps.push(passed))).await;
    (steps, outcome)
}

fn names(steps: &[CheckPassed]) -> Vec<CheckStep> {
    steps.iter().map(|passed| passed.step).collect()
}

#[tokio::test]
async fn a_service_that_works_passes_every_step_and_says_what_was_found() {
    let folder = TempDir::new().unwrap();
    let (files, root) = certificate(folder.path(), &domain().host());
    let server = Server::spawn(Config::tls("127.0.0.1:0".parse().unwrap(), files)).unwrap();
    let address = server.address().to_string();
    let service = WebSocketTunnel::new(domain(), Some(address.parse().unwrap())).with_roots(vec![root]);

    let (steps, outcome) = check(&service).await;

    outcome.unwrap();
    let all = [
        CheckStep::Name,
        CheckStep::Address,
        CheckStep::Tls,
        CheckStep::WebSocket,
        CheckStep::RoutingId,
    ];
    assert_eq!(names(&steps), all);
    let found: Vec<_> = steps.iter().map(|passed| passed.found.as_deref()).collect();
    assert_eq!(
        found[..4],
        [Some("127.0.0.1"), Some(&*address), Some("TLS 1.3"), None]
    );
    assert_eq!(found[4].map(str::len), Some(6), "a routing id in hex");
}

#[tokio::test]
async fn a_service_on_this_machine_without_tls_has_no_step_for_it() {
    let server = Server::spawn(Config::plain("127.0.0.1:0".parse().unwrap())).unwrap();
    let (steps, outcome) = check(&plain(server.address())).await;
    outcome.unwrap();
    assert!(!names(&steps).contains(&CheckStep::Tls) && steps.len() == 4);
}

#[tokio::test]
async fn a_name_without_an_address_ends_at_the_name() {
    // RFC 6761: this name never resolves.
    let service = WebSocketTunnel::new(domain(), Some("nowhere.invalid:443".parse().unwrap()));
    let (steps, outcome) = check(&service).await;
    let failed = outcome.unwrap_err();
    assert_eq!((steps.len(), failed.step), (0, CheckStep::Name));
}

#[tokio::test]
async fn a_port_on_which_nobody_listens_ends_at_the_address() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let (steps, outcome) = check(&plain(address)).await;
    let failed = outcome.unwrap_err();
    assert_eq!(
        (names(&steps), failed.step),
        (vec![CheckStep::Name], CheckStep::Address)
    );
    assert!(matches!(failed.source, TunnelError::Unreachable(_)));
}

#[tokio::test]
async fn a_certificate_for_another_name_ends_at_tls() {
    let folder = TempDir::new().unwrap();
    let (files, root) = certificate(folder.path(), "127.0.0.1");
    let server = Server::spawn(Config::tls("127.0.0.1:0".parse().unwrap(), files)).unwrap();
    let address = server.address().to_string();
    let service = WebSocketTunnel::new(domain(), Some(address.parse().unwrap())).with_roots(vec![root]);
    let failed = check(&service).await.1.unwrap_err();
    assert!(failed.step == CheckStep::Tls && matches!(failed.source, TunnelError::Tls(_)));
}

#[tokio::test]
async fn an_answer_that_is_no_websocket_ends_there_and_a_silent_one_is_not_waited_for() {
    let page = answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let failed = check(&plain(page)).await.1.unwrap_err();
    assert_eq!(failed.step, CheckStep::WebSocket);
    let silent = answering(|_| Vec::new()).await;
    let limits = Limits {
        upgrade: std::time::Duration::from_millis(50),
        ..Limits::default()
    };
    let failed = check(&plain(silent).with_limits(limits)).await.1.unwrap_err();
    assert!(failed.step == CheckStep::WebSocket && matches!(failed.source, TunnelError::TimedOut));
}

#[tokio::test]
async fn an_answer_without_a_routing_id_ends_at_the_routing_id() {
    let address = answering(|request| {
        good_answer(request)
            .replace("X-caBLE-Routing-ID: 65921A\r\n", "")
            .into_bytes()
    })
    .await;
    let (steps, outcome) = check(&plain(address)).await;
    assert_eq!(
        (steps.len(), outcome.unwrap_err().step),
        (3, CheckStep::RoutingId)
    );
}
