//! What a service manager hands over and wants to know, by systemd's conventions: a listening socket (`LISTEN_FDS`,
//! `LISTEN_PID`, sd_listen_fds(3)) and news (`NOTIFY_SOCKET`, sd_notify(3)).

use std::io;
use std::net::TcpListener;

use listenfd::ListenFd;

/// The socket that the service manager opened for us, if it did.
///
/// # Errors
///
/// More than one, or something else than a TCP socket that listens.
pub(crate) fn listener() -> io::Result<Option<TcpListener>> {
    let mut handed = ListenFd::from_env();
    match handed.len() {
        0 => Ok(None),
        1 => handed.take_tcp_listener(0),
        more => Err(io::Error::other(format!(
            "{more} sockets were handed over; the .socket unit must have one ListenStream="
        ))),
    }
}

/// Tells the service manager, if there is one: `READY=1`, `STOPPING=1`.
///
/// # Errors
///
/// The manager's socket can't be reached.
#[cfg(target_os = "linux")]
pub(crate) fn notify(news: &str) -> io::Result<()> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let Some(path) = std::env::var_os("NOTIFY_SOCKET") else {
        return Ok(());
    };
    let address = match path.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(&path)?,
    };
    UnixDatagram::unbound()?.send_to_addr(news.as_bytes(), &address)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn notify(_news: &str) -> io::Result<()> {
    Ok(())
}
