//! The authenticator's transaction, from a fresh QR code's tunnel ID to an answered command.
//!
//! | step | port | limit |
//! |---|---|---|
//! | open a tunnel, get a routing ID | [`TunnelService::open`] | the adapter's own |
//! | advert on air until the first handshake message | [`Air::advertise`] | [`Limits::client`] |
//! | handshake reply and first message, in one write | [`DataChannel::send`] | the adapter's own |
//! | a command arrives | [`DataChannel::receive`] | [`Limits::request`] |
//! | the person answers; a shutdown or a closed tunnel withdraws the question | [`User::ask`] | [`Limits::person`] |
//! | shutdown, close or the next command | [`DataChannel::receive`] | [`Limits::linger`] |

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand_core::CryptoRng;
use roamkey_authenticator::{
    Answer, Authenticator, Begun, ConsentPrompt, CredentialStore, Outcome, Pending, Refusal, UnixTime,
    UserConsent,
};
use roamkey_ctap::Command;
use roamkey_hybrid::authenticator::{AwaitClient, AwaitRoutingId};
use roamkey_hybrid::{Channel, ChannelError, HandshakeError, Message};
use tokio::time::timeout;

use crate::{Advertising, Air, AirError, DataChannel, TunnelError, TunnelService, User};

/// Everything that one transaction needs besides the QR code.
#[derive(Debug)]
pub struct Authentication<'a, T, A, U, S, R> {
    /// The tunnel service to rent a tunnel from.
    pub tunnel: &'a T,
    /// Where the advert goes on air.
    pub air: &'a A,
    /// Who is told and asked.
    pub user: &'a U,
    /// What commands may do.
    pub authenticator: Authenticator,
    /// Where passkeys are held. Its calls may block: they run on a thread of their own.
    pub store: S,
    /// Randomness for nonces, ephemeral keys and new passkeys.
    pub entropy: R,
    /// The time of day.
    pub clock: fn() -> UnixTime,
    /// How long each wait may take.
    pub limits: Limits,
}

/// How long a transaction waits for others.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the advert to the client platform's first message. Also how long the advert stays on air.
    pub client: Duration,
    /// From the secured channel to the first command.
    pub request: Duration,
    /// From the question to the person's answer.
    pub person: Duration,
    /// From an answer to the shutdown message or the next command.
    pub linger: Duration,
}

impl Default for Limits {
    /// Two minutes for the client platform and for the person: a browser gives up after three. A command follows the
    /// handshake at once, so 30 seconds is a generous half minute; a shutdown follows the answer at once as well.
    fn default() -> Self {
        Self {
            client: Duration::from_secs(120),
            request: Duration::from_secs(30),
            person: Duration::from_secs(120),
            linger: Duration::from_secs(5),
        }
    }
}

/// A step that has just been taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The tunnel service gave us a tunnel.
    TunnelOpen,
    /// The advert is on air.
    OnAir,
    /// The client platform heard the advert and proved it: it is nearby.
    Nearby,
    /// The channel is encrypted end to end and the client platform knows what this authenticator can do.
    Secured,
    /// A question stands before the person.
    Asking,
    /// The client platform took its request back; the question is void.
    Withdrawn,
    /// The answer is on its way.
    Answered,
}

/// Where a transaction was when the tunnel failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Opening the tunnel.
    Opening,
    /// Waiting for the client platform to come.
    OnAir,
    /// Shaking hands.
    Handshake,
    /// Waiting for a command.
    Secured,
    /// Waiting for the person.
    Asking,
}

/// Why a transaction ended without an answered command.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The client platform's handshake message is not one that this QR code and advert allow.
    #[error("the other device failed the handshake")]
    Handshake(#[source] HandshakeError),
    /// The client platform sent something that the channel does not allow.
    #[error("the other device broke the protocol")]
    Channel(#[source] ChannelError),
    /// The client platform sent a command while the last one was still before the person.
    #[error("the other device sent a second request before the first was answered")]
    SecondCommand,
    /// The advert was on air for [`Limits::client`] and nobody came.
    #[error("no device answered the advert in time")]
    ClientNeverCame,
    /// The channel was open for [`Limits::request`] and no command came.
    #[error("the other device connected and asked nothing")]
    NoRequest,
    /// The advert could not be put on air.
    #[error("could not advertise over Bluetooth")]
    Air(#[source] AirError),
    /// The tunnel could not be opened or broke.
    #[error("the tunnel failed")]
    Tunnel {
        /// How far the transaction had come.
        phase: Phase,
        /// What the tunnel reported.
        #[source]
        source: TunnelError,
    },
    /// The command was carried out, and the tunnel broke before the answer was through: the relying party may not
    /// know of it.
    #[error("the tunnel failed before the answer was through")]
    AnswerLost {
        /// What had been done.
        outcome: Outcome,
        /// What the tunnel reported.
        #[source]
        source: TunnelError,
    },
    /// The thread that the passkey store works on is gone.
    #[error("the passkey store stopped working")]
    StoreThread(#[source] tokio::task::JoinError),
}

impl<T, A, U, S, R> Authentication<'_, T, A, U, S, R>
where
    T: TunnelService,
    A: Air,
    U: User,
    S: CredentialStore + Send + 'static,
    R: CryptoRng + Send + 'static,
{
    /// Carries the transaction out and says what became of the last command.
    ///
    /// # Errors
    ///
    /// The reason why no command was answered, or why an answer did not get through.
    #[tracing::instrument(skip_all, name = "authenticate")]
    pub async fn run(self, waiting: AwaitRoutingId) -> Result<Outcome, SessionError> {
        let Self {
            tunnel,
            air,
            user,
            authenticator,
            store,
            mut entropy,
            clock,
            limits,
        } = self;
        let (mut data, routing_id) = tunnel
            .open(waiting.tunnel_id())
            .await
            .map_err(lost(Phase::Opening))?;
        tracing::info!("tunnel open");
        user.progress(Progress::TunnelOpen);

        let (waiting, advert) = waiting.routed(routing_id, &mut entropy);
        let core = Core {
            authenticator,
            store,
            entropy,
            clock,
        };
        let transacted = async {
            let advertising = air.advertise(&advert).await.map_err(SessionError::Air)?;
            tracing::info!("advert on air");
            user.progress(Progress::OnAir);
            let (channel, core) = establish(waiting, advertising, core, &mut data, user, limits).await?;
            let core = Shared(Arc::new(Mutex::new(core)));
            Conversation {
                channel,
                core,
                data: &mut data,
                user,
                limits,
            }
            .run()
            .await
        }
        .await;
        data.close().await;
        transacted
    }
}

/// Waits for the client platform, shakes hands and sends the first message. The advert goes off the air with the
/// first message that arrives, whatever it is.
async fn establish<S, R: CryptoRng>(
    waiting: AwaitClient,
    advertising: impl Advertising,
    mut core: Core<S, R>,
    data: &mut impl DataChannel,
    user: &impl User,
    limits: Limits,
) -> Result<(Channel, Core<S, R>), SessionError> {
    let heard = timeout(limits.client, data.receive()).await;
    let answered = async {
        let message = heard
            .map_err(|_| SessionError::ClientNeverCame)?
            .map_err(lost(Phase::OnAir))?;
        let (reply, established) = waiting
            .respond(&message, &mut core.entropy)
            .map_err(SessionError::Handshake)?;
        user.progress(Progress::Nearby);
        let (first, channel) = established
            .post_handshake(&core.authenticator.get_info())
            .map_err(SessionError::Channel)?;
        data.send(&[reply, first]).await.map_err(lost(Phase::Handshake))?;
        Ok(channel)
    };
    let ((), answered) = tokio::join!(advertising.stop(), answered);
    let channel = answered?;
    tracing::info!("channel secured");
    user.progress(Progress::Secured);
    Ok((channel, core))
}

/// The secured part of a transaction: commands in, answers out.
struct Conversation<'a, D, U, S, R> {
    channel: Channel,
    core: Shared<S, R>,
    data: &'a mut D,
    user: &'a U,
    limits: Limits,
}

impl<D, U, S, R> Conversation<'_, D, U, S, R>
where
    D: DataChannel,
    U: User,
    S: CredentialStore + Send + 'static,
    R: CryptoRng + Send + 'static,
{
    /// Answers commands until the client platform shuts down, and returns what became of the last one.
    async fn run(mut self) -> Result<Outcome, SessionError> {
        let mut last: Option<Outcome> = None;
        loop {
            let wait = if last.is_some() {
                self.limits.linger
            } else {
                self.limits.request
            };
            let received = match timeout(wait, self.data.receive()).await {
                Ok(Ok(frame)) => self.channel.open(&frame).map_err(SessionError::Channel),
                Ok(Err(error)) => Err(lost(Phase::Secured)(error)),
                Err(_) => Err(SessionError::NoRequest),
            };
            let command = match (received, last.take()) {
                (Ok(Message::Ctap(command)), _) => command,
                (Ok(Message::Shutdown), Some(outcome)) => return Ok(outcome),
                (Ok(Message::Shutdown), None) => return Ok(Outcome::Refused(Refusal::Withdrawn)),
                // Updates are ours to send, and JSON belongs to digital credentials, which we do not offer.
                (Ok(Message::Update(_) | Message::Json(_)), before) => {
                    last = before;
                    continue;
                }
                // The answer is through: how the other end goes away no longer matters.
                (Err(error), Some(outcome)) => {
                    tracing::debug!(%error, "ended after the answer");
                    return Ok(outcome);
                }
                (Err(error), None) => return Err(error),
            };
            match self.answer(command).await? {
                Replied::Sent(outcome) => last = Some(outcome),
                Replied::Withdrawn => return Ok(Outcome::Refused(Refusal::Withdrawn)),
            }
        }
    }

    /// Carries one command out and sends its answer.
    async fn answer(&mut self, command: Vec<u8>) -> Result<Replied, SessionError> {
        let answer = match self.core.begin(command).await? {
            Begun::Reply(answer) => answer,
            Begun::Ask(pending, prompt) => match self.ask(prompt).await? {
                Asked::Answered(Ok(consent)) => self.core.finish(pending, consent).await?,
                Asked::Answered(Err(refusal)) => pending.refuse(refusal),
                Asked::TimedOut => pending.refuse(Refusal::TimedOut),
                Asked::Withdrawn => {
                    self.user.settled(&Outcome::Refused(Refusal::Withdrawn));
                    self.user.progress(Progress::Withdrawn);
                    return Ok(Replied::Withdrawn);
                }
            },
        };
        let (bytes, outcome) = answer.into_parts();
        self.user.settled(&outcome);
        let frame = self
            .channel
            .seal(&Message::Ctap(bytes))
            .map_err(SessionError::Channel)?;
        if let Err(source) = self.data.send(&[frame]).await {
            return Err(SessionError::AnswerLost { outcome, source });
        }
        tracing::info!("answered");
        self.user.progress(Progress::Answered);
        Ok(Replied::Sent(outcome))
    }

    /// Puts the question to the person, and takes it back if the client platform does.
    async fn ask(&mut self, prompt: ConsentPrompt) -> Result<Asked, SessionError> {
        self.user.progress(Progress::Asking);
        tokio::select! {
            answered = timeout(self.limits.person, self.user.ask(prompt)) => {
                Ok(answered.map_or(Asked::TimedOut, Asked::Answered))
            }
            withdrawn = withdrawal(&mut self.channel, self.data) => withdrawn.map(|()| Asked::Withdrawn),
        }
    }
}

/// Waits until the client platform takes its request back: by a shutdown message, or by closing the tunnel.
async fn withdrawal(channel: &mut Channel, data: &mut impl DataChannel) -> Result<(), SessionError> {
    loop {
        match data.receive().await {
            // 1000: closed. 1001: the other end went away without a word, and the tunnel service says so.
            Err(TunnelError::Closed {
                code: Some(1000 | 1001),
            }) => return Ok(()),
            Err(error) => return Err(lost(Phase::Asking)(error)),
            Ok(frame) => match channel.open(&frame).map_err(SessionError::Channel)? {
                Message::Shutdown => return Ok(()),
                Message::Ctap(_) => return Err(SessionError::SecondCommand),
                Message::Update(_) | Message::Json(_) => {}
            },
        }
    }
}

/// How a question ended.
enum Asked {
    Answered(Result<UserConsent, Refusal>),
    TimedOut,
    Withdrawn,
}

/// What became of a command.
enum Replied {
    Sent(Outcome),
    Withdrawn,
}

/// The authenticator with all it works on. Each step runs on a blocking thread, since a keyring may take its time; a
/// step that has begun runs to its end even if the transaction is dropped meanwhile.
struct Core<S, R> {
    authenticator: Authenticator,
    store: S,
    entropy: R,
    clock: fn() -> UnixTime,
}

/// Where the core lives between steps.
struct Shared<S, R>(Arc<Mutex<Core<S, R>>>);

impl<S, R> Shared<S, R>
where
    S: CredentialStore + Send + 'static,
    R: CryptoRng + Send + 'static,
{
    async fn begin(&self, request: Vec<u8>) -> Result<Begun, SessionError> {
        self.step(move |core| match Command::decode(&request) {
            Ok(command) => core.authenticator.begin(command, &core.store, (core.clock)()),
            Err(error) => Begun::Reply(Answer::undecodable(&error)),
        })
        .await
    }

    async fn finish(&self, pending: Pending, consent: UserConsent) -> Result<Answer, SessionError> {
        self.step(move |core| pending.finish(consent, &core.store, &mut core.entropy, (core.clock)()))
            .await
    }

    async fn step<O: Send + 'static>(
        &self,
        step: impl FnOnce(&mut Core<S, R>) -> O + Send + 'static,
    ) -> Result<O, SessionError> {
        let core = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || step(&mut core.lock().unwrap_or_else(PoisonError::into_inner)))
            .await
            .map_err(SessionError::StoreThread)
    }
}

/// Names the phase in which a tunnel failed.
fn lost(phase: Phase) -> impl FnOnce(TunnelError) -> SessionError {
    move |source| SessionError::Tunnel { phase, source }
}
