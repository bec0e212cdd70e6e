//! The other side: this machine shows a QR code, and a phone that scans it signs in or creates a passkey.
//!
//! ```text
//! Requester ─ sign_in(origin, options) ─▶ Pending: the code to show
//!                                           │ next
//!                                           ▼
//!           Nearby ─▶ Connecting ─▶ Secured ─▶ AskOnPhone ─▶ Done(SignIn), or Failed
//! ```
//!
//! Where the RP ID is of another domain than the origin, its list of related origins is fetched first. Then Bluetooth is
//! asked: a machine that can't listen shows no code. From then on a task of its own carries the
//! transaction; dropping [`Pending`] (or [`Pending::cancel`]) tells the phone that nothing more will come.

use std::fmt;

use rand::rngs::SysRng;
use rand_core::{CryptoRng, UnwrapErr};
use roamkey_ble::Scanner;
use roamkey_hybrid::Hint;
use roamkey_hybrid::client::{self, AwaitAdvert};
use roamkey_session::{
    Conversation, DataChannel, RequestLimits, RequestProgress, Scanning, Tunnels, connect,
};
use roamkey_tunnel::{Address, Sites, WebSocketTunnels};
use roamkey_webauthn::{
    Assertion, Capabilities, Creation, CreationOptions, KeyAgreement, KnownPasskey, Origin, Registration,
    RelatedOrigins, RequestOptions, SealedSalts, SignIn,
};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use crate::errand::Answer;
use crate::qr_picture::QrPicture;
use crate::{RequestFailure, now};

/// What asks phones: where it listens and how it reaches tunnel services.
#[derive(Clone, Debug)]
pub struct Requester<S = Scanner, T = WebSocketTunnels> {
    scanner: S,
    tunnels: T,
    sites: Option<Sites>,
    limits: RequestLimits,
}

impl Requester {
    /// This machine: its Bluetooth adapters, and tunnel services at their own hosts, or all at `tunnel_address`.
    #[must_use]
    pub fn system(tunnel_address: Option<Address>) -> Self {
        Self::new(Scanner::new(), WebSocketTunnels::new(tunnel_address))
    }
}

impl<S, T> Requester<S, T> {
    /// Wires one from its parts.
    #[must_use]
    pub fn new(scanner: S, tunnels: T) -> Self {
        Self {
            scanner,
            tunnels,
            sites: Some(Sites::new()),
            limits: RequestLimits::default(),
        }
    }

    /// Fetches lists of related origins like this. `None` fetches none: an RP ID of another domain is refused then.
    #[must_use]
    pub fn with_sites(self, sites: Option<Sites>) -> Self {
        Self { sites, ..self }
    }

    /// Waits for others as long as this, instead of the default.
    #[must_use]
    pub fn with_limits(self, limits: RequestLimits) -> Self {
        Self { limits, ..self }
    }
}

impl<S, T> Requester<S, T>
where
    S: roamkey_session::Scanner,
    S::Scanning: 'static,
    T: Tunnels + Clone + 'static,
{
    /// Asks for a new passkey, on behalf of a site at `origin`. Needs a tokio runtime around it.
    ///
    /// # Errors
    ///
    /// [`RequestFailure::Options`] and [`RequestFailure::RpId`] for what the site may not ask,
    /// [`RequestFailure::Site`] and [`RequestFailure::RelatedOrigins`] for a list of related origins that can't be had,
    /// [`RequestFailure::Air`] for a machine that can't listen. No code was shown then.
    pub async fn create(
        &self,
        origin: &Origin,
        options: CreationOptions,
    ) -> Result<Pending<Registration>, RequestFailure> {
        let ceremony = self.creation(origin, options).await?;
        self.begin(ceremony, |done| match done {
            Answer::Created(registration) => Some(*registration),
            Answer::SignedIn(_) => None,
        })
        .await
    }

    /// Asks for a sign-in, on behalf of a site at `origin`. A signature by one of the `known` passkeys is verified.
    /// Needs a tokio runtime around it.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub async fn sign_in(
        &self,
        origin: &Origin,
        options: RequestOptions,
        known: Vec<KnownPasskey>,
    ) -> Result<Pending<SignIn>, RequestFailure> {
        let ceremony = self.assertion(origin, options, known).await?;
        self.begin(ceremony, |done| match done {
            Answer::SignedIn(sign_in) => Some(*sign_in),
            Answer::Created(_) => None,
        })
        .await
    }

    /// As [`create`](Self::create), for who takes either answer.
    pub(crate) async fn create_any(
        &self,
        origin: &Origin,
        options: CreationOptions,
    ) -> Result<Pending<Answer>, RequestFailure> {
        let ceremony = self.creation(origin, options).await?;
        self.begin(ceremony, Some).await
    }

    /// As [`sign_in`](Self::sign_in), for who takes either answer.
    pub(crate) async fn sign_in_any(
        &self,
        origin: &Origin,
        options: RequestOptions,
        known: Vec<KnownPasskey>,
    ) -> Result<Pending<Answer>, RequestFailure> {
        let ceremony = self.assertion(origin, options, known).await?;
        self.begin(ceremony, Some).await
    }

    async fn creation(&self, origin: &Origin, options: CreationOptions) -> Result<Ceremony, RequestFailure> {
        let ceremony = match self.related(origin, options.rp.id.as_deref()).await? {
            Some(list) => Creation::related(options, origin, &list),
            None => Creation::new(options, origin),
        };
        Ok(Ceremony::Create(Box::new(ceremony?)))
    }

    async fn assertion(
        &self,
        origin: &Origin,
        options: RequestOptions,
        known: Vec<KnownPasskey>,
    ) -> Result<Ceremony, RequestFailure> {
        let ceremony = match self.related(origin, options.rp_id.as_deref()).await? {
            Some(list) => Assertion::related(options, origin, &list),
            None => Assertion::new(options, origin),
        };
        Ok(Ceremony::SignIn(Box::new(ceremony?), known))
    }

    /// The RP ID's list of related origins, where one could let the origin use it.
    async fn related(
        &self,
        origin: &Origin,
        named: Option<&str>,
    ) -> Result<Option<RelatedOrigins>, RequestFailure> {
        let (Some(sites), Some(rp_id), Some(url)) =
            (&self.sites, named, RelatedOrigins::wanted(origin, named))
        else {
            return Ok(None);
        };
        tracing::info!("fetching a list of related origins");
        let list = sites.json(&url, RelatedOrigins::MAX_LENGTH).await?;
        Ok(Some(RelatedOrigins::parse(rp_id, &list)?))
    }

    async fn begin<O>(
        &self,
        ceremony: Ceremony,
        pick: fn(Answer) -> Option<O>,
    ) -> Result<Pending<O>, RequestFailure> {
        let hint = match ceremony {
            Ceremony::Create(_) => Hint::MakeCredential,
            Ceremony::SignIn(..) => Hint::GetAssertion,
        };
        let scanning = self.scanner.scan().await.map_err(RequestFailure::Air)?;
        let request = client::Request {
            hint,
            now: now().0,
            supports_linking: false,
        };
        let showing = client::begin(request, &mut UnwrapErr(SysRng));
        let code = Zeroizing::new(showing.qr_text().to_owned());
        // All events of a transaction fit in, so that a slow reader holds nothing up.
        let (events, received) = mpsc::channel(EVENTS);
        let (cancel, cancelled) = oneshot::channel();
        let transaction = Transaction {
            tunnels: self.tunnels.clone(),
            limits: self.limits,
            events,
            cancelled,
        };
        tokio::spawn(transaction.run(showing, scanning, ceremony));
        Ok(Pending {
            code,
            events: received,
            cancel,
            pick,
        })
    }
}

/// A code that waits for a phone, and then the transaction with that phone.
pub struct Pending<O> {
    code: Zeroizing<String>,
    events: mpsc::Receiver<Step>,
    /// Dropping it is what cancels.
    cancel: oneshot::Sender<()>,
    pick: fn(Answer) -> Option<O>,
}

/// What happens, as it happens.
#[derive(Debug)]
pub enum RequestEvent<O> {
    /// The phone scanned the code, and is nearby.
    Nearby,
    /// The tunnel to it is being joined.
    Connecting,
    /// The channel is encrypted end to end.
    Secured,
    /// The person has to answer at the phone.
    AskOnPhone,
    /// Done. Nothing follows.
    Done(O),
    /// Not done. Nothing follows.
    Failed(RequestFailure),
}

impl<O> Pending<O> {
    /// The text of the QR code, `FIDO:/…`. Whoever reads it and is nearby can answer.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.code
    }

    /// The QR code, drawn.
    ///
    /// # Errors
    ///
    /// [`RequestFailure::Internal`] if it can't be, which does not happen.
    pub fn picture(&self) -> Result<QrPicture, RequestFailure> {
        QrPicture::of(&self.code).ok_or(RequestFailure::Internal)
    }

    /// Waits for the next event; `None` after the last. Cancel-safe.
    pub async fn next(&mut self) -> Option<RequestEvent<O>> {
        Some(match self.events.recv().await? {
            Step::Progress(RequestProgress::Nearby) => RequestEvent::Nearby,
            Step::Progress(RequestProgress::Connecting) => RequestEvent::Connecting,
            Step::Progress(RequestProgress::Secured) => RequestEvent::Secured,
            Step::Progress(RequestProgress::Asking) => RequestEvent::AskOnPhone,
            Step::Ended(Err(failure)) => RequestEvent::Failed(failure),
            Step::Ended(Ok(outcome)) => match (self.pick)(outcome) {
                Some(done) => RequestEvent::Done(done),
                None => RequestEvent::Failed(RequestFailure::Internal),
            },
        })
    }

    /// Waits for the end and passes over the events before.
    ///
    /// # Errors
    ///
    /// Why it was not done.
    pub async fn finished(mut self) -> Result<O, RequestFailure> {
        while let Some(event) = self.next().await {
            match event {
                RequestEvent::Done(done) => return Ok(done),
                RequestEvent::Failed(failure) => return Err(failure),
                RequestEvent::Nearby
                | RequestEvent::Connecting
                | RequestEvent::Secured
                | RequestEvent::AskOnPhone => {}
            }
        }
        Err(RequestFailure::Internal)
    }

    /// Ends the transaction: the phone gets a shutdown message and takes its question back. Returns when the tunnel
    /// is closed. Dropping does the same without waiting.
    pub async fn cancel(self) {
        let Self {
            mut events, cancel, ..
        } = self;
        drop(cancel);
        while events.recv().await.is_some() {}
    }
}

impl<O> fmt::Debug for Pending<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending(..)")
    }
}

/// What is asked of the phone.
enum Ceremony {
    Create(Box<Creation>),
    SignIn(Box<Assertion>, Vec<KnownPasskey>),
}

/// From the task to its owner.
enum Step {
    Progress(RequestProgress),
    Ended(Result<Answer, RequestFailure>),
}

/// What the task needs.
struct Transaction<T> {
    tunnels: T,
    limits: RequestLimits,
    events: mpsc::Sender<Step>,
    cancelled: oneshot::Receiver<()>,
}

impl<T: Tunnels> Transaction<T> {
    /// Carries the transaction out. The task ends with it, or soon after its owner is gone.
    async fn run(self, showing: AwaitAdvert, scanning: impl Scanning, ceremony: Ceremony) {
        let Self {
            tunnels,
            limits,
            events,
            mut cancelled,
        } = self;
        let observe = |progress| {
            // An owner that is gone cancels.
            let _ = events.try_send(Step::Progress(progress));
        };
        let entropy = &mut UnwrapErr(SysRng);
        let connected = tokio::select! {
            connected = connect(showing, scanning, &tunnels, entropy, limits, observe) => connected,
            // Nothing is under way with the phone that a closed tunnel would not say.
            _ = &mut cancelled => return,
        };
        let ended = match connected {
            Ok((get_info, mut conversation)) => {
                let capabilities = Capabilities::from_get_info(&get_info);
                let ended = tokio::select! {
                    ended = ceremony.hold(&capabilities, &mut conversation, entropy, observe) => Some(ended),
                    _ = &mut cancelled => None,
                };
                // The owner has its answer before the goodbye, which takes a round trip.
                if let Some(ended) = ended {
                    let _ = events.try_send(Step::Ended(ended));
                }
                conversation.shut_down().await;
                return;
            }
            Err(error) => Err(RequestFailure::Session(error)),
        };
        let _ = events.try_send(Step::Ended(ended));
    }
}

impl Ceremony {
    /// Asks the phone, once more if it can serve the second-best wish, and judges its answer.
    async fn hold<C: DataChannel>(
        self,
        capabilities: &Capabilities,
        conversation: &mut Conversation<C>,
        entropy: &mut (dyn CryptoRng + Send),
        observe: impl Fn(RequestProgress),
    ) -> Result<Answer, RequestFailure> {
        let session = RequestFailure::Session;
        match self {
            Self::Create(creation) => {
                let creation = match creation.key_agreement(capabilities) {
                    Some(agreement) => match sealed(agreement, conversation, entropy).await? {
                        Some(salts) => creation.with_salts(salts),
                        None => *creation,
                    },
                    None => *creation,
                };
                let mut asked = creation.ask(capabilities)?;
                let mut reply = conversation
                    .ask(asked.request.clone(), &observe)
                    .await
                    .map_err(session)?;
                if let Some(again) = creation.ask_again(capabilities, &asked, &reply) {
                    reply = conversation
                        .ask(again.request.clone(), &observe)
                        .await
                        .map_err(session)?;
                    asked = again;
                }
                let registration = creation.finish(&asked, &reply, capabilities)?;
                Ok(Answer::Created(Box::new(registration)))
            }
            Self::SignIn(assertion, known) => {
                let assertion = match assertion.key_agreement(capabilities) {
                    Some(agreement) => match sealed(agreement, conversation, entropy).await? {
                        Some(salts) => assertion.with_salts(salts),
                        None => *assertion,
                    },
                    None => *assertion,
                };
                let request = assertion.ask(capabilities)?;
                let reply = conversation.ask(request, &observe).await.map_err(session)?;
                Ok(Answer::SignedIn(Box::new(assertion.finish(&reply, &known)?)))
            }
        }
    }
}

/// Seals the inputs of `prf` for a phone that asks for that. Nobody has to answer there yet.
async fn sealed<C: DataChannel>(
    agreement: KeyAgreement,
    conversation: &mut Conversation<C>,
    entropy: &mut (dyn CryptoRng + Send),
) -> Result<Option<SealedSalts>, RequestFailure> {
    let reply = conversation.ask(agreement.request(), |_| {}).await;
    let reply = reply.map_err(RequestFailure::Session)?;
    Ok(agreement.agree(&reply, entropy)?)
}

/// Four steps, once more the question, and the end: more than a transaction has.
const EVENTS: usize = 8;
