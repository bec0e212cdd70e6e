//! What a service manager hands over, and what it is told.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};

use crate::serving::*;

/// The program with this listener as its third descriptor, as systemd passes it. A shell moves it there.
fn activated(listener: TcpListener, arguments: &str) -> Command {
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_roamkey-tunnel-server");
    command
        .arg("-c")
        .arg(format!(
            "LISTEN_PID=$$ LISTEN_FDS=1 exec '{program}' {arguments} 3<&0 </dev/null"
        ))
        .stdin(Stdio::from(OwnedFd::from(listener)));
    command
}

#[test]
fn a_socket_that_is_handed_over_goes_before_the_configured_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = Serving::run(&mut activated(listener, "serve --dev --listen 127.0.0.1:1"));
    assert_eq!(server.address, address);
    server.create(TUNNEL);
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn connections_wait_in_a_handed_over_socket_while_the_server_restarts() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let start = || Serving::run(&mut activated(listener.try_clone().unwrap(), "serve --dev"));
    let first = start();
    let address = first.address;
    first.signal("KILL");
    first.end();
    let waiting = std::net::TcpStream::connect(address).unwrap();
    let second = start();
    assert_eq!(second.address, address);
    assert_eq!(ask_on(waiting, TUNNEL).0, "101");
}

#[test]
fn a_handed_over_socket_does_not_lift_the_rule_about_tls() {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let output = activated(listener, "serve --dev").output().unwrap();
    assert!(
        text(&output.stderr).contains("is not a loopback address"),
        "{output:?}"
    );
}

#[test]
fn the_manager_hears_of_the_start_and_of_the_drain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager
        .set_read_timeout(Some(std::time::Duration::from_secs(10)))
        .unwrap();
    let hear = || {
        let mut news = [0; 64];
        let length = manager.recv(&mut news).unwrap();
        text(&news[..length])
    };
    let server = Serving::run(program().args(DEV).env("NOTIFY_SOCKET", &path));
    assert_eq!(hear(), "READY=1");
    server.signal("TERM");
    assert_eq!(hear(), "STOPPING=1");
    assert_eq!(server.end().0, Some(0));
}
