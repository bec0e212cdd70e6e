//! What a session needs from the world, as traits: the air, the tunnel service and the person.
//!
//! Adapters (`roamkey-ble`, `roamkey-tunnel`) and the roots (CLI, app, tests) implement them; the session never
//! learns which ones it got. Every error here is one fault with one remedy.

use std::future::Future;

use roamkey_authenticator::{BoxError, ConsentPrompt, Outcome, Refusal, UserConsent};
use roamkey_hybrid::{Advert, RoutingId, TunnelDomain, TunnelId};

use crate::Progress;

/// Puts an advert on air over Bluetooth LE (CTAP 2.3 §11.5: service data under UUID FFF9).
pub trait Air: Send + Sync {
    /// An advert that is on air. Dropping it takes the advert off the air without waiting for that to happen.
    type Advertising: Advertising;

    /// Puts `advert` on air. Cancel-safe: a dropped future leaves nothing on air.
    ///
    /// # Errors
    ///
    /// The reason why this machine can't advertise right now.
    fn advertise(&self, advert: &Advert) -> impl Future<Output = Result<Self::Advertising, AirError>> + Send;
}

/// An advert on air.
pub trait Advertising: Send {
    /// Takes the advert off the air and returns when it is.
    fn stop(self) -> impl Future<Output = ()> + Send;
}

/// Listens for adverts over Bluetooth LE (CTAP 2.3 §11.5), as a client platform does.
pub trait Scanner: Send + Sync {
    /// A scan in progress. Dropping it ends the scan without waiting for that to happen.
    type Scanning: Scanning;

    /// Starts to listen. Cancel-safe: a dropped future leaves nothing running.
    ///
    /// # Errors
    ///
    /// The reason why this machine can't listen right now.
    fn scan(&self) -> impl Future<Output = Result<Self::Scanning, AirError>> + Send;
}

/// A scan in progress.
pub trait Scanning: Send {
    /// Waits for the next advert and returns its service data, whoever sent it, as often as it is heard; without limit.
    /// Cancel-safe: what was not returned is heard again or comes next.
    ///
    /// # Errors
    ///
    /// The reason why nothing will be heard any more.
    fn next(&mut self) -> impl Future<Output = Result<Vec<u8>, AirError>> + Send;

    /// Ends the scan and returns when it has ended.
    fn stop(self) -> impl Future<Output = ()> + Send;
}

/// Why nothing can be put on air or heard.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AirError {
    /// The Bluetooth service (on Linux `bluetoothd`) is not running or can't be reached.
    #[error("no Bluetooth service is running")]
    NoService(#[source] Option<BoxError>),
    /// The service runs and knows of no adapter.
    #[error("this machine has no Bluetooth adapter")]
    NoAdapter,
    /// There is an adapter and it is switched off.
    #[error("Bluetooth is switched off")]
    PoweredOff,
    /// The service refused this user.
    #[error("Bluetooth may not be used by this user")]
    NotPermitted(#[source] Option<BoxError>),
    /// The adapter or this operating system can't do it: send service data, listen, or one more advert at a time.
    #[error("this Bluetooth adapter can't do that")]
    Unsupported(#[source] Option<BoxError>),
    /// The service did not answer within its limit.
    #[error("the Bluetooth service did not answer in time")]
    TimedOut,
    /// Anything else that the service reported.
    #[error("the Bluetooth service failed")]
    Failed(#[source] BoxError),
}

/// A tunnel service that this device rents tunnels from.
pub trait TunnelService: Send + Sync {
    /// The open tunnel.
    type Channel: DataChannel;

    /// The service's 16-bit id, as the advert carries it.
    fn domain(&self) -> TunnelDomain;

    /// Creates the tunnel (`/cable/new/<tunnel id>`) and returns it with the routing ID that the service gave it.
    /// Limited in time by the implementation.
    ///
    /// # Errors
    ///
    /// The step that failed.
    fn open(
        &self,
        tunnel_id: &TunnelId,
    ) -> impl Future<Output = Result<(Self::Channel, RoutingId), TunnelError>> + Send;
}

/// Tunnel services that others rent tunnels from: a client platform joins wherever the advert says.
pub trait Tunnels: Send + Sync {
    /// The joined tunnel.
    type Channel: DataChannel;

    /// Joins the tunnel at `path` (`/cable/connect/<routing id>/<tunnel id>`) of a service. Limited in time by the
    /// implementation.
    ///
    /// # Errors
    ///
    /// The step that failed.
    fn join(
        &self,
        service: TunnelDomain,
        path: &str,
    ) -> impl Future<Output = Result<Self::Channel, TunnelError>> + Send;
}

/// A message pipe to the other end, whole messages in order.
pub trait DataChannel: Send {
    /// Sends the messages, all in one write. Not cancel-safe.
    ///
    /// # Errors
    ///
    /// [`TunnelError::Closed`] or [`TunnelError::Failed`] when the tunnel is gone.
    fn send(&mut self, messages: &[Vec<u8>]) -> impl Future<Output = Result<(), TunnelError>> + Send;

    /// Waits for the next message, without limit. Cancel-safe: no message is lost.
    ///
    /// # Errors
    ///
    /// [`TunnelError::Closed`] after the other end or the service closed the tunnel.
    fn receive(&mut self) -> impl Future<Output = Result<Vec<u8>, TunnelError>> + Send;

    /// Closes the tunnel (WebSocket code 1000) and waits, within a limit, until that is done.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// Why there is no tunnel, or no tunnel any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TunnelError {
    /// The name of the tunnel service has no address.
    #[error("the tunnel service's name could not be looked up")]
    NameLookup(#[source] std::io::Error),
    /// No connection to the address.
    #[error("the tunnel service could not be reached")]
    Unreachable(#[source] std::io::Error),
    /// TLS failed, most often a certificate that this machine does not trust.
    #[error("no secure connection to the tunnel service")]
    Tls(#[source] BoxError),
    /// The service answered with an HTTP status other than 101.
    #[error("the tunnel service refused with HTTP status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The service answered in a way that no tunnel service does: subprotocol, routing ID, framing.
    #[error("the tunnel service broke the protocol: {0}")]
    Protocol(&'static str),
    /// A step took longer than its limit.
    #[error("the tunnel service did not answer in time")]
    TimedOut,
    /// The tunnel was closed by the other end or by the service.
    #[error("the tunnel was closed")]
    Closed {
        /// The WebSocket close code, if there was one.
        code: Option<u16>,
    },
    /// The connection broke.
    #[error("the connection to the tunnel service broke")]
    Failed(#[source] BoxError),
}

/// The person, or what stands for them in a test.
pub trait User: Send + Sync {
    /// Tells of a step as it happens. Must not block.
    fn progress(&self, progress: Progress);

    /// Tells what became of a command, before its answer is sent. Must not block.
    fn settled(&self, _outcome: &Outcome) {}

    /// Shows `prompt` and waits for the answer, verifying the user where the prompt demands it. The session drops
    /// the future when the client platform withdraws the request: the prompt must vanish then.
    ///
    /// # Errors
    ///
    /// The person's refusal.
    fn ask(&self, prompt: ConsentPrompt) -> impl Future<Output = Result<UserConsent, Refusal>> + Send;
}
