//! A phone that does what a test says, step by step: scans a code, goes on air, shakes hands, introduces itself, and
//! answers with bytes of the test's choosing. Every step can be done wrongly.
//!
//! ```text
//! Phone::scan ──▶ Waiting { advert } ──meet──▶ Met { reply } ──introduce──▶ Phone { data, channel }
//! ```

use rand_core::CryptoRng;
use roamkey_hybrid::authenticator::{self, AwaitClient, Established};
use roamkey_hybrid::{Advert, Channel, Message, QrCode};
use roamkey_session::{Advertising as _, Air, DataChannel, TunnelError, TunnelService};

/// A phone with a secured channel.
#[derive(Debug)]
pub struct Phone<C> {
    /// The tunnel.
    pub data: C,
    /// What seals and opens its messages.
    pub channel: Channel,
}

/// A phone that has scanned a code and has a tunnel.
#[derive(Debug)]
pub struct Waiting<C> {
    /// The tunnel.
    pub data: C,
    /// What it would put on air.
    pub advert: Advert,
    state: AwaitClient,
}

/// A phone to which the client platform has come.
#[derive(Debug)]
pub struct Met<C> {
    /// The tunnel.
    pub data: C,
    /// The handshake's reply, not sent yet.
    pub reply: Vec<u8>,
    established: Established,
}

/// Whatever went wrong in a phone; a test only prints it.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

impl<C: DataChannel> Phone<C> {
    /// Scans a code and opens a tunnel.
    ///
    /// # Errors
    ///
    /// The code's, or the tunnel's.
    pub async fn scan<T: TunnelService<Channel = C>>(
        code: &str,
        tunnel: &T,
        rng: &mut dyn CryptoRng,
    ) -> Result<Waiting<C>, Fault> {
        let code = QrCode::parse(code)?;
        let made = code.timestamp().unwrap_or_default();
        let waiting = authenticator::begin(code.fresh(made)?, tunnel.domain())?;
        let (data, routing_id) = tunnel.open(waiting.tunnel_id()).await?;
        let (state, advert) = waiting.routed(routing_id, rng);
        Ok(Waiting { data, advert, state })
    }

    /// Waits for a request and returns it: command byte ‖ CBOR.
    ///
    /// # Errors
    ///
    /// The tunnel's, or that something else came.
    pub async fn request(&mut self) -> Result<Vec<u8>, Fault> {
        match self.channel.open(&self.data.receive().await?)? {
            Message::Ctap(request) => Ok(request),
            other @ (Message::Shutdown | Message::Update(_) | Message::Json(_)) => {
                Err(format!("{other:?} in place of a request").into())
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    ///
    /// The tunnel's.
    pub async fn send(&mut self, message: &Message) -> Result<(), Fault> {
        let frame = self.channel.seal(message)?;
        Ok(self.data.send(&[frame]).await?)
    }

    /// Waits for the end: a shutdown message, or a closed tunnel. Tells whether it was a shutdown message.
    ///
    /// # Errors
    ///
    /// Something else came.
    pub async fn ended(&mut self) -> Result<bool, Fault> {
        match self.data.receive().await {
            Ok(frame) => match self.channel.open(&frame)? {
                Message::Shutdown => Ok(true),
                other @ (Message::Ctap(_) | Message::Update(_) | Message::Json(_)) => {
                    Err(format!("{other:?} in place of the end").into())
                }
            },
            Err(TunnelError::Closed { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl<C: DataChannel> Waiting<C> {
    /// Puts its advert on air until the client platform's first message, and answers that.
    ///
    /// # Errors
    ///
    /// The air's, the tunnel's, or the handshake's.
    pub async fn meet(mut self, air: &impl Air, rng: &mut dyn CryptoRng) -> Result<Met<C>, Fault> {
        let advertising = air.advertise(&self.advert).await?;
        let message = self.data.receive().await;
        advertising.stop().await;
        let (reply, established) = self.state.respond(&message?, rng)?;
        Ok(Met {
            data: self.data,
            reply,
            established,
        })
    }
}

impl<C: DataChannel> Met<C> {
    /// Sends the reply and a usual first message.
    ///
    /// # Errors
    ///
    /// The tunnel's.
    pub async fn introduce(self, get_info: &[u8]) -> Result<Phone<C>, Fault> {
        let (first, channel) = self.established.post_handshake(get_info)?;
        Self::send(self.data, vec![self.reply, first], channel).await
    }

    /// Sends the reply and this first message.
    ///
    /// # Errors
    ///
    /// The tunnel's.
    pub async fn introduce_with(self, first: Vec<u8>) -> Result<Phone<C>, Fault> {
        let (first, channel) = self.established.post_handshake_with(first)?;
        Self::send(self.data, vec![self.reply, first], channel).await
    }

    async fn send(mut data: C, frames: Vec<Vec<u8>>, channel: Channel) -> Result<Phone<C>, Fault> {
        data.send(&frames).await?;
        Ok(Phone { data, channel })
    }
}
