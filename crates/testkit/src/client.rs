//! The other end of a hybrid transaction, where no browser is at hand: shows a QR code, hears the advert, joins the
//! tunnel, asks, and shuts down. What it asks is the caller's, for instance [`client_platform`]'s.
//!
//! [`client_platform`]: crate::relying_party::client_platform

use rand_core::CryptoRng;
use roamkey_hybrid::client::{AwaitAdvert, Join};
use roamkey_hybrid::{Channel, ChannelError, FirstMessageError, HandshakeError, Message, PeerInfo};
use roamkey_session::{DataChannel, TunnelError};

use crate::air::Listener;

/// A client platform with a secured channel.
#[derive(Debug)]
pub struct Client<C> {
    /// The tunnel.
    pub data: C,
    /// What seals and opens its messages.
    pub channel: Channel,
    /// What the authenticator said of itself.
    pub peer: PeerInfo,
}

/// Why the other end gave up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The tunnel failed.
    #[error("the tunnel failed")]
    Tunnel(#[from] TunnelError),
    /// The handshake failed.
    #[error("the handshake failed")]
    Handshake(#[from] HandshakeError),
    /// The authenticator's first message is none.
    #[error("the first message is wrong")]
    FirstMessage(#[from] FirstMessageError),
    /// A later message is none.
    #[error("a message is wrong")]
    Channel(#[from] ChannelError),
    /// A message of a kind that answers nothing.
    #[error("the answer is no CTAP message")]
    NoAnswer,
}

impl<C: DataChannel> Client<C> {
    /// Listens for the advert that answers the QR code of `waiting`, joins by `connect` and shakes hands.
    ///
    /// # Errors
    ///
    /// The step that failed. Foreign adverts are passed over.
    pub async fn join(
        waiting: AwaitAdvert,
        listener: &mut Listener,
        connect: impl AsyncFnOnce(&Join) -> Result<C, TunnelError>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, ClientError> {
        let proximity = loop {
            if let Ok(proximity) = waiting.advert_seen(&listener.next().await) {
                break proximity;
            }
        };
        let (waiting, join) = waiting.join(&proximity, rng)?;
        let mut data = connect(&join).await?;
        data.send(&[join.message]).await?;
        let established = waiting.reply(&data.receive().await?)?;
        let (peer, channel, _) = established.first_message(&data.receive().await?)?;
        Ok(Self { data, channel, peer })
    }

    /// Sends a CTAP2 request (command byte ‖ CBOR) and waits for the answer (status byte ‖ CBOR).
    ///
    /// # Errors
    ///
    /// [`ClientError::NoAnswer`] for anything but a CTAP message; updates are passed over.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, ClientError> {
        self.send(&Message::Ctap(request.to_vec())).await?;
        loop {
            match self.channel.open(&self.data.receive().await?)? {
                Message::Ctap(answer) => return Ok(answer),
                Message::Update(_) => {}
                Message::Shutdown | Message::Json(_) => return Err(ClientError::NoAnswer),
            }
        }
    }

    /// Sends a message of any kind.
    ///
    /// # Errors
    ///
    /// The tunnel's.
    pub async fn send(&mut self, message: &Message) -> Result<(), ClientError> {
        let frame = self.channel.seal(message)?;
        Ok(self.data.send(&[frame]).await?)
    }

    /// Ends the transaction as a client platform does: shutdown message, then close.
    ///
    /// # Errors
    ///
    /// The tunnel's.
    pub async fn shut_down(mut self) -> Result<(), ClientError> {
        self.send(&Message::Shutdown).await?;
        self.data.close().await;
        Ok(())
    }
}
