//! The client platform's transaction, from the QR code to the last reply.
//!
//! | step | port | limit |
//! |---|---|---|
//! | an advert that fits the code; the first one decides | [`Scanning::next`] | [`RequestLimits::code`] |
//! | join the tunnel that it names, and leave the air | [`Tunnels::join`] | the adapter's own |
//! | handshake: our message, the phone's reply | [`DataChannel`] | [`RequestLimits::handshake`] |
//! | the phone introduces itself | [`DataChannel::receive`] | [`RequestLimits::introduction`] |
//! | a command, and the person at the phone | [`DataChannel`] | [`RequestLimits::person`] |
//! | shutdown message, close | [`DataChannel::close`] | the adapter's own |
//!
//! Updates may come at any time and are passed over: nothing here asked to be linked. After the shutdown nothing is
//! waited for, for the same reason.

use std::time::Duration;

use rand_core::CryptoRng;
use roamkey_hybrid::client::{AwaitAdvert, Proximity};
use roamkey_hybrid::{
    AdvertError, Channel, ChannelError, DomainError, FirstMessageError, HandshakeError, Message,
};
use tokio::time::timeout;

use crate::{AirError, DataChannel, Scanning, TunnelError, Tunnels};

/// How long a client platform waits for others.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    /// From the QR code to an advert that fits it.
    pub code: Duration,
    /// From our handshake message to the phone's.
    pub handshake: Duration,
    /// From the handshake to the phone's first message.
    pub introduction: Duration,
    /// From a command to its reply, with the person in between.
    pub person: Duration,
}

impl Default for RequestLimits {
    /// Five minutes to find a phone and unlock it: phones refuse an older code. Two minutes for the person. What
    /// phones do by themselves they do at once; half a minute is one on a very bad network.
    fn default() -> Self {
        Self {
            code: Duration::from_secs(300),
            handshake: Duration::from_secs(30),
            introduction: Duration::from_secs(30),
            person: Duration::from_secs(120),
        }
    }
}

/// A step that a client platform has just taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestProgress {
    /// The phone's advert was heard: it scanned the code, and it is nearby.
    Nearby,
    /// The tunnel is being joined.
    Connecting,
    /// The channel is encrypted end to end, and the phone said what it can do.
    Secured,
    /// The command is with the phone: the person has to answer there.
    Asking,
}

/// Why a transaction ended without a reply.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// No phone answered the code for [`RequestLimits::code`].
    #[error("no phone answered the code in time")]
    NobodyScanned,
    /// The phone did not shake hands within [`RequestLimits::handshake`].
    #[error("the phone did not shake hands in time")]
    HandshakeTimedOut,
    /// The phone did not introduce itself within [`RequestLimits::introduction`].
    #[error("the phone did not introduce itself in time")]
    IntroductionTimedOut,
    /// Nobody answered at the phone within [`RequestLimits::person`].
    #[error("nobody answered at the phone in time")]
    PersonTimedOut,
    /// The phone's advert names a tunnel service that does not exist.
    #[error("the phone uses a tunnel service that does not exist")]
    UnassignedService(#[source] DomainError),
    /// The phone's advert is of a form that is kept for later versions of the protocol.
    #[error("the phone's advert has a form that is reserved for later")]
    ReservedAdvert,
    /// The phone's handshake message is not one that this code and advert allow.
    #[error("the phone failed the handshake")]
    Handshake(#[source] HandshakeError),
    /// The phone's first message does not introduce it.
    #[error("the phone introduced itself wrongly")]
    FirstMessage(#[source] FirstMessageError),
    /// The phone does not offer CTAP: it does something else over hybrid.
    #[error("the phone offers no passkeys")]
    NoCtap,
    /// The phone described itself with more than [`MAX_GET_INFO`] bytes.
    #[error("the phone described itself with {actual} bytes")]
    GetInfoTooLong {
        /// Length of the description in bytes.
        actual: usize,
    },
    /// The phone sent something that the channel does not allow.
    #[error("the phone broke the protocol")]
    Channel(#[source] ChannelError),
    /// The phone sent a reply before it was asked.
    #[error("the phone replied before it was asked")]
    OutOfTurn,
    /// The phone sent something else than a reply.
    #[error("the phone sent something else than a reply")]
    NotAReply,
    /// The phone ended the transaction in place of a reply.
    #[error("the phone ended the transaction without a reply")]
    PhoneLeft,
    /// Bluetooth failed while the code was shown.
    #[error("could not listen over Bluetooth")]
    Air(#[source] AirError),
    /// The tunnel could not be joined or broke.
    #[error("the tunnel failed")]
    Tunnel(#[source] TunnelError),
}

/// Longest description of a phone that is looked at, in bytes. Real ones take 100 to 300.
pub const MAX_GET_INFO: usize = 16 << 10;

/// Waits for the phone that answers the code of `showing`, and connects to it. Scanning ends with the first advert
/// that fits, and with this future.
///
/// # Errors
///
/// Where it ended. The tunnel is closed then.
#[tracing::instrument(skip_all, name = "request")]
pub async fn connect<T: Tunnels>(
    showing: AwaitAdvert,
    scanning: impl Scanning,
    tunnels: &T,
    entropy: &mut (dyn CryptoRng + Send),
    limits: RequestLimits,
    observe: impl Fn(RequestProgress),
) -> Result<(Vec<u8>, Conversation<T::Channel>), RequestError> {
    let proximity = nearby(&showing, scanning, limits).await?;
    tracing::info!("the phone is nearby");
    observe(RequestProgress::Nearby);
    let (waiting, join) = showing
        .join(&proximity, entropy)
        .map_err(RequestError::Handshake)?;
    observe(RequestProgress::Connecting);
    let mut data = tunnels
        .join(join.service, &join.path)
        .await
        .map_err(RequestError::Tunnel)?;
    let secured = async {
        let reply = timeout(limits.handshake, async {
            data.send(&[join.message]).await?;
            data.receive().await
        });
        let reply = reply
            .await
            .map_err(|_| RequestError::HandshakeTimedOut)?
            .map_err(lost)?;
        let established = waiting.reply(&reply).map_err(RequestError::Handshake)?;
        let first = timeout(limits.introduction, data.receive()).await;
        let first = first
            .map_err(|_| RequestError::IntroductionTimedOut)?
            .map_err(lost)?;
        let (peer, channel, _) = established
            .first_message(&first)
            .map_err(RequestError::FirstMessage)?;
        let get_info = peer.get_info.ok_or(RequestError::NoCtap)?;
        if get_info.len() > MAX_GET_INFO {
            return Err(RequestError::GetInfoTooLong {
                actual: get_info.len(),
            });
        }
        Ok((get_info, channel))
    }
    .await;
    match secured {
        Ok((get_info, channel)) => {
            tracing::info!("channel secured");
            observe(RequestProgress::Secured);
            Ok((
                get_info,
                Conversation {
                    channel,
                    data,
                    limits,
                },
            ))
        }
        Err(error) => {
            data.close().await;
            Err(error)
        }
    }
}

/// Tries every advert until one fits. Those of others are passed over, by the hundred if need be; one that has our
/// tag and makes no sense is our phone's, and no other will come.
async fn nearby(
    showing: &AwaitAdvert,
    mut scanning: impl Scanning,
    limits: RequestLimits,
) -> Result<Proximity, RequestError> {
    let heard = timeout(limits.code, async {
        loop {
            let service_data = scanning.next().await.map_err(RequestError::Air)?;
            match showing.advert_seen(&service_data) {
                Ok(proximity) => return Ok(proximity),
                Err(AdvertError::Domain(error)) => return Err(RequestError::UnassignedService(error)),
                Err(AdvertError::Reserved) => return Err(RequestError::ReservedAdvert),
                // Another transaction's, or of a form that is not known: not for us.
                Err(_) => {}
            }
        }
    })
    .await;
    scanning.stop().await;
    heard.map_err(|_| RequestError::NobodyScanned)?
}

/// A secured channel to a phone, for one command after the other.
#[derive(Debug)]
pub struct Conversation<C> {
    channel: Channel,
    data: C,
    limits: RequestLimits,
}

impl<C: DataChannel> Conversation<C> {
    /// Sends a CTAP2 request (command byte ‖ CBOR) and waits for the reply (status byte ‖ CBOR). Cancel-safe as far
    /// as [`Conversation::shut_down`] may follow; another request may not.
    ///
    /// # Errors
    ///
    /// Why there is no reply. The conversation is over then.
    pub async fn ask(
        &mut self,
        request: Vec<u8>,
        observe: impl Fn(RequestProgress),
    ) -> Result<Vec<u8>, RequestError> {
        self.nothing_came_early().await?;
        let frame = self
            .channel
            .seal(&Message::Ctap(request))
            .map_err(RequestError::Channel)?;
        let data = &mut self.data;
        data.send(&[frame]).await.map_err(lost)?;
        observe(RequestProgress::Asking);
        let channel = &mut self.channel;
        let replied = timeout(self.limits.person, async {
            loop {
                let frame = data.receive().await.map_err(lost)?;
                if let Some(reply) = reply(channel, &frame)? {
                    return Ok(reply);
                }
            }
        });
        let reply = replied.await.map_err(|_| RequestError::PersonTimedOut)??;
        tracing::info!("the phone replied");
        Ok(reply)
    }

    /// Tells the phone that nothing more will come, and closes the tunnel. A phone that was asking its person takes
    /// the question back.
    pub async fn shut_down(mut self) {
        // Phones of revision 0 know no such message: the end of the tunnel tells them.
        if let Ok(frame) = self.channel.seal(&Message::Shutdown) {
            // A phone that is gone need not be told.
            let _ = self.data.send(&[frame]).await;
        }
        self.data.close().await;
        tracing::info!("closed");
    }

    /// What lies in the pipe before a request was sent can't be a reply to it.
    async fn nothing_came_early(&mut self) -> Result<(), RequestError> {
        // One look, without waiting: the future is dropped if there is nothing.
        while let Ok(received) = timeout(Duration::ZERO, self.data.receive()).await {
            if reply(&mut self.channel, &received.map_err(lost)?)?.is_some() {
                return Err(RequestError::OutOfTurn);
            }
        }
        Ok(())
    }
}

/// The reply in a frame, or `None` for what may come at any time.
fn reply(channel: &mut Channel, frame: &[u8]) -> Result<Option<Vec<u8>>, RequestError> {
    match channel.open(frame).map_err(RequestError::Channel)? {
        Message::Ctap(reply) => Ok(Some(reply)),
        Message::Update(_) => Ok(None),
        Message::Shutdown => Err(RequestError::PhoneLeft),
        Message::Json(_) => Err(RequestError::NotAReply),
    }
}

/// Tells a phone that left (1000: closed; 1001: gone, and the tunnel service says so) from a tunnel that broke.
fn lost(error: TunnelError) -> RequestError {
    match error {
        TunnelError::Closed {
            code: Some(1000 | 1001),
        } => RequestError::PhoneLeft,
        error @ (TunnelError::NameLookup(_)
        | TunnelError::Unreachable(_)
        | TunnelError::Tls(_)
        | TunnelError::Refused { .. }
        | TunnelError::Protocol(_)
        | TunnelError::TimedOut
        | TunnelError::Closed { .. }
        | TunnelError::Failed(_)) => RequestError::Tunnel(error),
    }
}
