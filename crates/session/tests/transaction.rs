//! Whole transactions in memory: the session and the authenticator on one end, a client platform and a relying party
//! on the other, no socket, no radio, no sleep. Time is tokio's paused clock.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    reason = "a test stops where it fails"
)]

use std::sync::Arc;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_authenticator::{Authenticator, Outcome, Refusal, UnixTime, UserVerificationState};
use roamkey_hybrid::authenticator as hybrid;
use roamkey_hybrid::client::{self, AwaitAdvert};
use roamkey_hybrid::{Hint, Message, QrCode, TunnelDomain};
use roamkey_session::{
    AirError, Authentication, DataChannel as _, Limits, Phase, Progress, SessionError, TunnelError,
};
use roamkey_testkit::air::MemoryAir;
use roamkey_testkit::client::{Client, ClientError};
use roamkey_testkit::relying_party::client_platform::{Registering, SigningIn};
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_testkit::store::MemoryStore;
use roamkey_testkit::tunnel::{MemoryChannel, MemoryTunnelService};
use roamkey_testkit::user::{Reaction, ScriptedUser};

const NOW: u64 = 1_795_000_000;
const RP_ID: &str = "login.example.org";
const ORIGIN: &str = "https://login.example.org";

/// Both ends' surroundings.
struct World {
    service: MemoryTunnelService,
    air: MemoryAir,
    user: ScriptedUser,
    store: Arc<MemoryStore>,
    seed: u64,
}

impl World {
    fn new(reaction: Reaction) -> Self {
        Self {
            service: MemoryTunnelService::new(TunnelDomain::new(266).unwrap()),
            air: MemoryAir::new(),
            user: ScriptedUser::new(reaction),
            store: Arc::default(),
            seed: 1,
        }
    }

    fn rng(&mut self) -> StdRng {
        self.seed += 1;
        StdRng::seed_from_u64(self.seed)
    }

    /// Runs one transaction, with `peer` as the other end.
    async fn transact<O>(
        &mut self,
        peer: impl AsyncFnOnce(Client<MemoryChannel>) -> O,
    ) -> (Result<Outcome, SessionError>, Result<O, ClientError>) {
        let mut rng = self.rng();
        let waiting = qr(&mut rng);
        let authentication = self.authenticate(waiting.qr_text().to_owned());
        let joined = async {
            let mut listener = self.air.listen();
            let connect = async |join: &client::Join| self.service.connect(&join.path);
            let client = Client::join(waiting, &mut listener, connect, &mut rng).await?;
            Ok(peer(client).await)
        };
        tokio::join!(authentication, joined)
    }

    async fn authenticate(&self, qr_text: String) -> Result<Outcome, SessionError> {
        let fresh = QrCode::parse(&qr_text).unwrap().fresh(NOW).unwrap();
        let waiting = hybrid::begin(fresh, TunnelDomain::new(266).unwrap()).unwrap();
        let authentication = Authentication {
            tunnel: &self.service,
            air: &self.air,
            user: &self.user,
            authenticator: Authenticator::new(UserVerificationState::Configured),
            store: Arc::clone(&self.store),
            entropy: StdRng::seed_from_u64(self.seed + 1000),
            clock: || UnixTime(NOW),
            limits: Limits::default(),
        };
        let outcome = authentication.run(waiting).await;
        assert!(self.air.on_air().is_empty(), "nothing stays on air");
        outcome
    }
}

fn qr(rng: &mut StdRng) -> AwaitAdvert {
    client::begin(
        client::Request {
            hint: Hint::GetAssertion,
            now: NOW,
            supports_linking: false,
        },
        rng,
    )
}

/// Asks once and shuts down, as browsers do.
async fn answer(mut client: Client<MemoryChannel>, request: &[u8]) -> Vec<u8> {
    let answer = client.ask(request).await.unwrap();
    client.shut_down().await.unwrap();
    answer
}

/// What the client platform asks for a new passkey, without a relying party behind it.
fn registering(relying_party: &mut RelyingParty, account: &str) -> Registering {
    let options = relying_party
        .registration_options(&RegistrationRequest::of(account))
        .unwrap();
    Registering::new(&options, ORIGIN).unwrap()
}

fn relying_party() -> RelyingParty {
    RelyingParty::new(RP_ID, ORIGIN).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_passkey_is_created_and_signs_in() {
    let mut world = World::new(Reaction::Approve(0));
    let mut rp = relying_party();

    let registering = registering(&mut rp, "alice");
    let (outcome, registered) = world
        .transact(async |mut client| {
            let answer = client.ask(registering.request()).await.unwrap();
            client.shut_down().await.unwrap();
            registering.finish(&answer).unwrap()
        })
        .await;
    assert!(matches!(outcome, Ok(Outcome::Created)), "{outcome:?}");
    rp.register(&registered.unwrap().response).unwrap();

    let options = rp
        .authentication_options(&AuthenticationRequest::discoverable())
        .unwrap();
    let signing_in = SigningIn::new(&options, ORIGIN).unwrap();
    let (outcome, finished) = world
        .transact(async |mut client| {
            let answer = client.ask(signing_in.request()).await.unwrap();
            client.shut_down().await.unwrap();
            signing_in.finish(&answer).unwrap()
        })
        .await;
    assert!(matches!(outcome, Ok(Outcome::SignedIn)), "{outcome:?}");
    assert_eq!(
        rp.authenticate(&finished.unwrap().response).unwrap().account,
        "alice"
    );

    let shown = world.user.shown();
    assert_eq!(shown.len(), 2);
    assert!(
        shown
            .iter()
            .all(|question| question.rp_id == RP_ID && question.verification)
    );
}

#[tokio::test(start_paused = true)]
async fn steps_are_told_in_order() {
    let mut world = World::new(Reaction::Approve(0));
    let registering = registering(&mut relying_party(), "alice");
    let (outcome, _) = world
        .transact(async |client| answer(client, registering.request()).await)
        .await;
    outcome.unwrap();
    use Progress as P;
    assert_eq!(
        world.user.steps(),
        [
            P::TunnelOpen,
            P::OnAir,
            P::Nearby,
            P::Secured,
            P::Asking,
            P::Answered
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_command_means_a_second_question() {
    let mut world = World::new(Reaction::Approve(0));
    let mut rp = relying_party();
    let requests = [registering(&mut rp, "alice"), registering(&mut rp, "bob")];
    let (outcome, _) = world
        .transact(async |mut client| {
            for registering in requests {
                client.ask(registering.request()).await.unwrap();
            }
            client.shut_down().await.unwrap();
        })
        .await;
    assert!(matches!(outcome, Ok(Outcome::Created)));
    assert_eq!(world.user.shown().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_while_asking_withdraws_the_question_and_creates_nothing() {
    let mut world = World::new(Reaction::Wait);
    let registering = registering(&mut relying_party(), "alice");
    let (outcome, _) = world
        .transact(async |mut client| {
            client
                .send(&Message::Ctap(registering.request().to_vec()))
                .await
                .unwrap();
            client.shut_down().await.unwrap();
        })
        .await;
    assert!(
        matches!(outcome, Ok(Outcome::Refused(Refusal::Withdrawn))),
        "{outcome:?}"
    );
    assert!(world.store.is_empty());
    assert_eq!(world.user.steps().last(), Some(&Progress::Withdrawn));
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_goes_away_while_asking_withdraws_the_question() {
    for code in [1000, 1001] {
        let mut world = World::new(Reaction::Wait);
        let registering = registering(&mut relying_party(), "alice");
        let (outcome, _) = world
            .transact(async |mut client| {
                client
                    .send(&Message::Ctap(registering.request().to_vec()))
                    .await
                    .unwrap();
                client.data.close_with(code).await;
            })
            .await;
        assert!(
            matches!(outcome, Ok(Outcome::Refused(Refusal::Withdrawn))),
            "{code}: {outcome:?}"
        );
        assert!(world.store.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_tunnel_that_breaks_while_asking_is_an_error_of_that_phase() {
    let mut world = World::new(Reaction::Wait);
    let registering = registering(&mut relying_party(), "alice");
    let (outcome, _) = world
        .transact(async |mut client| {
            client
                .send(&Message::Ctap(registering.request().to_vec()))
                .await
                .unwrap();
            client.data.close_with(1011).await;
        })
        .await;
    let Err(SessionError::Tunnel {
        phase: Phase::Asking,
        source: TunnelError::Closed { code: Some(1011) },
    }) = outcome
    else {
        panic!("{outcome:?}")
    };
    assert!(world.store.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_answered_and_creates_nothing() {
    for (refusal, status) in [(Refusal::Denied, 0x27), (Refusal::TimedOut, 0x2f)] {
        let mut world = World::new(Reaction::Refuse(refusal));
        let registering = registering(&mut relying_party(), "alice");
        let (outcome, answer) = world
            .transact(async |client| answer(client, registering.request()).await)
            .await;
        assert!(
            matches!(outcome, Ok(Outcome::Refused(told)) if told == refusal),
            "{outcome:?}"
        );
        assert_eq!(answer.unwrap(), [status]);
        assert!(world.store.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_approval_without_the_demanded_verification_is_a_refusal() {
    let mut world = World::new(Reaction::ApproveUnverified);
    let registering = registering(&mut relying_party(), "alice");
    let (outcome, answer) = world
        .transact(async |client| answer(client, registering.request()).await)
        .await;
    assert!(
        matches!(outcome, Ok(Outcome::Refused(Refusal::VerificationFailed))),
        "{outcome:?}"
    );
    assert_ne!(answer.unwrap(), [0]);
    assert!(world.store.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_question_nobody_answers_is_refused_after_its_limit() {
    let mut world = World::new(Reaction::Wait);
    let registering = registering(&mut relying_party(), "alice");
    let started = tokio::time::Instant::now();
    let (outcome, answer) = world
        .transact(async |client| answer(client, registering.request()).await)
        .await;
    assert!(
        matches!(outcome, Ok(Outcome::Refused(Refusal::TimedOut))),
        "{outcome:?}"
    );
    assert_eq!(answer.unwrap(), [0x2f]);
    assert!(started.elapsed() >= Limits::default().person);
}

#[tokio::test(start_paused = true)]
async fn a_second_command_before_the_answer_ends_the_transaction() {
    let mut world = World::new(Reaction::Wait);
    let registering = registering(&mut relying_party(), "alice");
    let (outcome, _) = world
        .transact(async |mut client| {
            let command = Message::Ctap(registering.request().to_vec());
            client.send(&command).await.unwrap();
            client.send(&command).await.unwrap();
            client.data.receive().await
        })
        .await;
    assert!(matches!(outcome, Err(SessionError::SecondCommand)), "{outcome:?}");
    assert!(world.store.is_empty());
}

#[tokio::test(start_paused = true)]
async fn updates_and_digital_credential_requests_are_passed_over() {
    let mut world = World::new(Reaction::Approve(0));
    let registering = registering(&mut relying_party(), "alice");
    let (outcome, _) = world
        .transact(async |mut client| {
            client.send(&Message::Json(b"{}".to_vec())).await.unwrap();
            client.ask(registering.request()).await.unwrap();
            client.shut_down().await.unwrap();
        })
        .await;
    assert!(matches!(outcome, Ok(Outcome::Created)), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn an_altered_frame_ends_the_transaction() {
    let mut world = World::new(Reaction::Approve(0));
    let registering = registering(&mut relying_party(), "alice");
    let (outcome, _) = world
        .transact(async |mut client| {
            let mut frame = client
                .channel
                .seal(&Message::Ctap(registering.request().to_vec()))
                .unwrap();
            *frame.last_mut().unwrap() ^= 1;
            client.data.send(&[frame]).await.unwrap();
            client.data.receive().await
        })
        .await;
    assert!(matches!(outcome, Err(SessionError::Channel(_))), "{outcome:?}");
    assert!(world.user.shown().is_empty(), "nobody was asked");
}

#[tokio::test(start_paused = true)]
async fn undecodable_commands_get_their_status_and_nobody_is_asked() {
    for (command, status) in [
        (&[0x01][..], 0x12),
        (&[0x01, 0xa0], 0x14),
        (&[0x02, 0xff], 0x12),
        (&[0x77], 0x01),
        (&[0x07], 0x01),
    ] {
        let mut world = World::new(Reaction::Approve(0));
        let (_, answer) = world.transact(async |client| answer(client, command).await).await;
        assert_eq!(answer.unwrap(), [status], "{command:02x?}");
        assert!(world.user.shown().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_platform_is_given_up_after_its_limit() {
    let mut world = World::new(Reaction::Approve(0));
    let (outcome, _) = world
        .transact(async |mut client| client.data.receive().await)
        .await;
    assert!(matches!(outcome, Err(SessionError::NoRequest)), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn without_a_shutdown_the_transaction_ends_soon_after_the_answer() {
    let mut world = World::new(Reaction::Approve(0));
    let registering = registering(&mut relying_party(), "alice");
    let (outcome, waited) = world
        .transact(async |mut client| {
            client.ask(registering.request()).await.unwrap();
            let answered = tokio::time::Instant::now();
            let closed = client.data.receive().await;
            assert!(matches!(closed, Err(TunnelError::Closed { code: Some(1000) })));
            answered.elapsed()
        })
        .await;
    assert!(matches!(outcome, Ok(Outcome::Created)), "{outcome:?}");
    assert!(waited.unwrap() < Limits::default().linger + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn an_advert_that_nobody_hears_leaves_the_air_after_its_limit() {
    let mut world = World::new(Reaction::Approve(0));
    let text = qr(&mut world.rng()).qr_text().to_owned();
    let outcome = world.authenticate(text).await;
    assert!(
        matches!(outcome, Err(SessionError::ClientNeverCame)),
        "{outcome:?}"
    );
    assert_eq!(world.air.ever_on_air(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_bluetooth_the_tunnel_is_closed_and_nothing_was_on_air() {
    let mut world = World::new(Reaction::Approve(0));
    world.air.fail_with(Some(|| AirError::PoweredOff));
    let text = qr(&mut world.rng()).qr_text().to_owned();
    let outcome = world.authenticate(text).await;
    assert!(
        matches!(outcome, Err(SessionError::Air(AirError::PoweredOff))),
        "{outcome:?}"
    );
    assert_eq!(world.air.ever_on_air(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_prove_the_advert_was_heard_gets_no_reply() {
    let mut world = World::new(Reaction::Approve(0));
    let mut rng = world.rng();
    let shown = qr(&mut rng);
    let text = shown.qr_text().to_owned();
    let mut listener = world.air.listen();
    let intruder = async {
        let proximity = shown.advert_seen(&listener.next().await).unwrap();
        let (_, join) = shown.join(&proximity, &mut rng).unwrap();
        let mut data = world.service.connect(&join.path).unwrap();
        let mut message = join.message;
        *message.last_mut().unwrap() ^= 1;
        data.send(&[message]).await.unwrap();
        data.receive().await
    };
    let (outcome, answer) = tokio::join!(world.authenticate(text), intruder);
    assert!(matches!(outcome, Err(SessionError::Handshake(_))), "{outcome:?}");
    assert!(
        matches!(answer, Err(TunnelError::Closed { .. })),
        "the intruder gets no reply"
    );
}
