//! How long each step may take.

use std::time::Duration;

/// A limit for every wait. The defaults are the associated constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Looking the name up.
    pub lookup: Duration,
    /// The TCP connection, all addresses together.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// The WebSocket handshake.
    pub upgrade: Duration,
    /// Handing messages over to the network.
    pub send: Duration,
    /// Saying goodbye.
    pub close: Duration,
}

impl Limits {
    /// A resolver repeats a lost question after 5 s; one repetition is waited for.
    pub const LOOKUP: Duration = Duration::from_secs(10);
    /// TCP repeats a lost SYN after 1, 3 and 7 s; after that a person would rather be told.
    pub const CONNECT: Duration = Duration::from_secs(10);
    /// Two round trips and a signature; seconds only on a very bad network.
    pub const TLS: Duration = Duration::from_secs(10);
    /// One round trip; a service under load may take a moment.
    pub const UPGRADE: Duration = Duration::from_secs(10);
    /// Messages are small; a connection that takes none for this long is dead.
    pub const SEND: Duration = Duration::from_secs(15);
    /// A person waits for this; a service that does not answer a close frame at once will not miss us.
    pub const CLOSE: Duration = Duration::from_secs(2);
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lookup: Self::LOOKUP,
            connect: Self::CONNECT,
            tls: Self::TLS,
            upgrade: Self::UPGRADE,
            send: Self::SEND,
            close: Self::CLOSE,
        }
    }
}
