//! What one tunnel may take, each number with its reason.

use std::time::Duration;

/// Time and volume limits of one tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From `new` until the other side joined.
    pub join: Duration,
    /// Without a message from either side.
    pub idle: Duration,
    /// From `new` to the end, whatever happens in between.
    pub life: Duration,
    /// While one side does not take the message that was forwarded to it.
    pub stall: Duration,
    /// From the first close command until the connections are dropped.
    pub close: Duration,
    /// Messages from one side.
    pub messages: u32,
    /// Bytes from one side.
    pub bytes: u64,
    /// Messages that wait for one side before the other one is not read any more.
    pub held_messages: usize,
    /// Bytes that wait for one side before the other one is not read any more. One more message may follow.
    pub held_bytes: usize,
}

impl Limits {
    /// Chromium shows its QR code for three minutes and a person needs a moment to approve Bluetooth; the advert goes
    /// off the air after two minutes, so nobody joins later.
    pub const JOIN: Duration = Duration::from_secs(120);
    /// A browser gives a person up to ten minutes to answer and keeps a finished tunnel for three more.
    pub const IDLE: Duration = Duration::from_secs(600);
    /// A real transaction ends within a quarter of an hour; twice that hurts nobody.
    pub const LIFE: Duration = Duration::from_secs(1800);
    /// Who takes nothing for a minute is gone; until then it may be changing networks. The other side is not read
    /// meanwhile, so that this also bounds how long a vanished sender stays unnoticed.
    pub const STALL: Duration = Duration::from_secs(60);
    /// A close frame and its answer take one round trip; more than this is a dead peer.
    pub const CLOSE: Duration = Duration::from_secs(5);
    /// A transaction takes ten messages, a digital credential some dozens.
    pub const MESSAGES: u32 = 4096;
    /// Large blobs and digital credentials stay below a few MiB; this is where a free file transfer begins to hurt.
    pub const BYTES: u64 = 64 << 20;
    /// A client platform that sends first sends one handshake message and then waits for the answer.
    pub const HELD_MESSAGES: usize = 16;
    /// Four times the kernel's initial socket buffer: enough for one burst, little enough for thousands of tunnels.
    pub const HELD_BYTES: usize = 64 << 10;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            join: Self::JOIN,
            idle: Self::IDLE,
            life: Self::LIFE,
            stall: Self::STALL,
            close: Self::CLOSE,
            messages: Self::MESSAGES,
            bytes: Self::BYTES,
            held_messages: Self::HELD_MESSAGES,
            held_bytes: Self::HELD_BYTES,
        }
    }
}
