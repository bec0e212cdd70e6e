//! The client platform's transaction in memory: a phone of the test's own on the other end, no socket, no radio, no
//! sleep. Time is tokio's paused clock.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::sync::Mutex;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_cbor::{Map, Value, encode};
use roamkey_hybrid::client::{self, AwaitAdvert};
use roamkey_hybrid::{Hint, Message, TunnelDomain};
use roamkey_session::{
    AirError, Conversation, DataChannel as _, MAX_GET_INFO, RequestError, RequestLimits, RequestProgress,
    Scanner as _, TunnelError, connect,
};
use roamkey_testkit::air::MemoryAir;
use roamkey_testkit::phone::{Met, Phone};
use roamkey_testkit::tunnel::{MemoryChannel, MemoryTunnelService};
use tokio::time::Instant;

const NOW: u64 = 1_795_000_000;
const GET_INFO: &[u8] = b"\xA1\x01\x81\x68FIDO_2_1";

struct World {
    service: MemoryTunnelService,
    air: MemoryAir,
    steps: Mutex<Vec<RequestProgress>>,
    showing: Mutex<Option<AwaitAdvert>>,
    code: String,
}

type Connected = Result<(Vec<u8>, Conversation<MemoryChannel>), RequestError>;

impl World {
    fn new() -> Self {
        Self::at(266)
    }

    fn at(service: u16) -> Self {
        let showing = client::begin(
            client::Request {
                hint: Hint::GetAssertion,
                now: NOW,
                supports_linking: false,
            },
            &mut rng(),
        );
        Self {
            service: MemoryTunnelService::new(TunnelDomain::new(service).unwrap()),
            air: MemoryAir::new(),
            steps: Mutex::default(),
            code: showing.qr_text().to_owned(),
            showing: Mutex::new(Some(showing)),
        }
    }

    async fn connect(&self) -> Connected {
        let showing = self.showing.lock().unwrap().take().unwrap();
        let scanning = self.air.scan().await.unwrap();
        let observe = |step| self.steps.lock().unwrap().push(step);
        let limits = RequestLimits::default();
        connect(showing, scanning, &self.service, &mut rng(), limits, observe).await
    }

    /// The phone up to the client platform's first message.
    async fn met(&self) -> Met<MemoryChannel> {
        let waiting = Phone::scan(&self.code, &self.service, &mut rng()).await.unwrap();
        waiting.meet(&self.air, &mut rng()).await.unwrap()
    }

    /// Both ends, secured.
    async fn secured(&self) -> (Conversation<MemoryChannel>, Phone<MemoryChannel>) {
        let phone = async { self.met().await.introduce(GET_INFO).await.unwrap() };
        let (connected, phone) = tokio::join!(self.connect(), phone);
        let (get_info, conversation) = connected.unwrap();
        assert_eq!(get_info, GET_INFO);
        (conversation, phone)
    }
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(1)
}

fn ignore(_: RequestProgress) {}

#[tokio::test(start_paused = true)]
async fn a_phone_answers_one_request_after_the_other_and_is_told_the_end() {
    let world = World::new();
    let (mut conversation, mut phone) = world.secured().await;
    for round in 0..3 {
        let answering = async {
            assert_eq!(phone.request().await.unwrap(), [2, round]);
            phone.send(&Message::Ctap(vec![0, round])).await.unwrap();
        };
        let (reply, ()) = tokio::join!(conversation.ask(vec![2, round], ignore), answering);
        assert_eq!(reply.unwrap(), [0, round]);
    }
    let ((), ended) = tokio::join!(conversation.shut_down(), phone.ended());
    assert!(ended.unwrap(), "by a shutdown message");
    assert_eq!(
        *world.steps.lock().unwrap(),
        [
            RequestProgress::Nearby,
            RequestProgress::Connecting,
            RequestProgress::Secured
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_advert_is_found_among_hundreds_and_the_first_that_fits_decides() {
    let world = World::new();
    let foreign: Vec<_> = (0..500_u16)
        .map(|number| {
            let length = usize::from(number % 40);
            world.air.send_foreign(&number.to_be_bytes().repeat(20)[..length])
        })
        .collect();
    let (_, phone) = world.secured().await;
    drop(foreign);
    // A second phone with the same code waits in vain: the scan is over.
    let second = Phone::scan(&world.code, &world.service, &mut StdRng::seed_from_u64(9))
        .await
        .unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(600), second.meet(&world.air, &mut rng())).await;
    assert!(waited.is_err());
    drop(phone);
}

#[tokio::test(start_paused = true)]
async fn an_advert_with_more_behind_its_20_bytes_is_heard() {
    let world = World::new();
    let phone = async {
        let mut waiting = Phone::scan(&world.code, &world.service, &mut rng())
            .await
            .unwrap();
        let longer = [waiting.advert.as_bytes(), &[0xA1, 0x01, 0x18, 0x82][..]].concat();
        let _on_air = world.air.send_foreign(&longer);
        waiting.data.receive().await.unwrap()
    };
    let (message, connected) = tokio::join!(phone, world.connect());
    assert_eq!(message.len(), 81);
    assert!(matches!(
        connected,
        Err(RequestError::PhoneLeft | RequestError::Tunnel(_))
    ));
}

#[tokio::test(start_paused = true)]
async fn each_wait_has_a_limit_and_a_name() {
    let begun = Instant::now();
    let error = World::new().connect().await.unwrap_err();
    assert!(matches!(error, RequestError::NobodyScanned));
    assert_eq!(begun.elapsed(), Duration::from_secs(300));

    let world = World::new();
    let (connected, met) = tokio::join!(world.connect(), world.met());
    assert!(matches!(connected, Err(RequestError::HandshakeTimedOut)));
    drop(met);

    let world = World::new();
    let phone = async {
        let mut met = world.met().await;
        met.data.send(&[met.reply.clone()]).await.unwrap();
        met
    };
    let (connected, met) = tokio::join!(world.connect(), phone);
    assert!(matches!(connected, Err(RequestError::IntroductionTimedOut)));
    drop(met);

    let world = World::new();
    let (mut conversation, mut phone) = world.secured().await;
    let begun = Instant::now();
    let error = conversation.ask(vec![4], ignore).await.unwrap_err();
    assert!(matches!(error, RequestError::PersonTimedOut));
    assert_eq!(begun.elapsed(), Duration::from_secs(120));
    phone.request().await.unwrap();
    let ((), ended) = tokio::join!(conversation.shut_down(), phone.ended());
    assert!(ended.unwrap());
}

#[tokio::test(start_paused = true)]
async fn updates_are_passed_over_at_any_time() {
    let world = World::new();
    let (mut conversation, mut phone) = world.secured().await;
    let update = Message::Update(vec![0xA0]);
    phone.send(&update).await.unwrap();
    let answering = async {
        phone.request().await.unwrap();
        phone.send(&update).await.unwrap();
        phone.send(&Message::Update(vec![0xFF])).await.unwrap();
        phone.send(&Message::Ctap(vec![0])).await.unwrap();
        phone.send(&update).await.unwrap();
    };
    let (reply, ()) = tokio::join!(conversation.ask(vec![4], ignore), answering);
    assert_eq!(reply.unwrap(), [0]);
    let ((), ended) = tokio::join!(conversation.shut_down(), phone.ended());
    assert!(ended.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_phone_of_revision_zero_is_understood() {
    for counted in [2, 1] {
        let world = World::new();
        let phone = async {
            let map = [&[0xA1, 0x01, 0x4C][..], GET_INFO].concat();
            let block = if counted == 2 { 512 } else { 256 };
            let zeros = block - map.len() - counted;
            let mut padded = map.clone();
            padded.resize(block - counted, 0);
            match counted {
                2 => padded.extend(u16::try_from(zeros).unwrap().to_le_bytes()),
                _ => padded.push(u8::try_from(zeros).unwrap()),
            }
            let mut phone = world.met().await.introduce_with(padded).await.unwrap();
            let frame = phone.data.receive().await.unwrap();
            // No type byte in either direction: this end of the channel looks for one, and 4 is none.
            assert!(phone.channel.open(&frame).is_err());
            let mut reply = vec![0, 0xA0];
            reply.resize(31, 0);
            reply.push(29);
            let frame = phone.channel.seal_raw(reply).unwrap();
            phone.data.send(&[frame]).await.unwrap();
            phone
        };
        let client = async {
            let (get_info, mut conversation) = world.connect().await.unwrap();
            assert_eq!(get_info, GET_INFO);
            let reply = conversation.ask(vec![4], ignore).await.unwrap();
            conversation.shut_down().await;
            reply
        };
        let (mut phone, reply) = tokio::join!(phone, client);
        assert_eq!(reply, [0, 0xA0]);
        assert!(
            !phone.ended().await.unwrap(),
            "there is no shutdown message in revision 0"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn frames_of_any_length_are_opened() {
    let world = World::new();
    let (mut conversation, mut phone) = world.secured().await;
    let answering = async {
        phone.request().await.unwrap();
        // Type byte, status, no zeros and their count: three bytes in all.
        let frame = phone.channel.seal_raw(vec![1, 0, 0]).unwrap();
        phone.data.send(&[frame]).await.unwrap();
    };
    let (reply, ()) = tokio::join!(conversation.ask(vec![4], ignore), answering);
    assert_eq!(reply.unwrap(), [0]);
}

/// First messages, and what becomes of them.
#[tokio::test(start_paused = true)]
async fn introductions_that_make_no_sense_are_told_apart() {
    type Check = fn(&RequestError) -> bool;
    let described = |length: usize| {
        let info = Value::from(Map::new().with(1, vec![0_u8; length]));
        encode(&info)
    };
    let cases: [(Vec<u8>, Check); 8] = [
        (b"\xA1\x03\x81\x62dc".to_vec(), |error| {
            matches!(error, RequestError::NoCtap)
        }),
        // CTAP, and no description of it.
        (vec![0xA0], |error| matches!(error, RequestError::FirstMessage(_))),
        (b"\xA1\x03\x81\x64ctap".to_vec(), |error| {
            matches!(error, RequestError::FirstMessage(_))
        }),
        // Not a map, not CBOR, not canonical.
        (vec![0x80], |error| matches!(error, RequestError::FirstMessage(_))),
        (vec![0xFF; 40], |error| {
            matches!(error, RequestError::FirstMessage(_))
        }),
        (vec![0xA1, 0x18, 0x01, 0x41, 0xA0], |error| {
            matches!(error, RequestError::FirstMessage(_))
        }),
        (described(MAX_GET_INFO + 1), |error| {
            matches!(error, RequestError::GetInfoTooLong { .. })
        }),
        (described((1 << 20) - 100), |error| {
            matches!(error, RequestError::GetInfoTooLong { .. })
        }),
    ];
    for (first, expected) in cases {
        let world = World::new();
        let phone = async { world.met().await.introduce_with(first).await.unwrap() };
        let (connected, mut phone) = tokio::join!(world.connect(), phone);
        let error = connected.unwrap_err();
        assert!(expected(&error), "{error:?}");
        assert!(!phone.ended().await.unwrap(), "the tunnel is closed");
    }
}

#[tokio::test(start_paused = true)]
async fn a_phone_with_another_key_fails_the_handshake() {
    let world = World::new();
    let phone = async {
        let mut met = world.met().await;
        let last = met.reply.last_mut().unwrap();
        *last ^= 1;
        met.data.send(&[met.reply.clone()]).await.unwrap();
        met
    };
    let (connected, met) = tokio::join!(world.connect(), phone);
    assert!(matches!(connected, Err(RequestError::Handshake(_))));
    drop(met);

    let world = World::new();
    let phone = async {
        let mut met = world.met().await;
        met.data.send(&[vec![4; 80]]).await.unwrap();
        met
    };
    let (connected, met) = tokio::join!(world.connect(), phone);
    assert!(matches!(connected, Err(RequestError::Handshake(_))));
    drop(met);
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_place_of_a_reply_is_told_apart() {
    type Check = fn(&RequestError) -> bool;
    let cases: [(&str, Check); 6] = [
        ("shutdown", |error| matches!(error, RequestError::PhoneLeft)),
        ("empty shutdown", |error| matches!(error, RequestError::PhoneLeft)),
        ("json", |error| matches!(error, RequestError::NotAReply)),
        ("unknown type", |error| matches!(error, RequestError::Channel(_))),
        ("nothing", |error| matches!(error, RequestError::Channel(_))),
        ("garbage", |error| matches!(error, RequestError::Channel(_))),
    ];
    for (what, expected) in cases {
        let world = World::new();
        let (mut conversation, mut phone) = world.secured().await;
        let answering = async {
            phone.request().await.unwrap();
            let frame = match what {
                "shutdown" => phone.channel.seal(&Message::Shutdown).unwrap(),
                "empty shutdown" => phone.channel.seal_raw(vec![0, 0]).unwrap(),
                "json" => phone.channel.seal(&Message::Json(b"{}".to_vec())).unwrap(),
                "unknown type" => phone.channel.seal_raw(vec![4, 0, 0]).unwrap(),
                "nothing" => phone.channel.seal_raw(vec![0]).unwrap(),
                _ => vec![7; 48],
            };
            phone.data.send(&[frame]).await.unwrap();
        };
        let (reply, ()) = tokio::join!(conversation.ask(vec![4], ignore), answering);
        let error = reply.unwrap_err();
        assert!(expected(&error), "{what}: {error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_before_the_request_is_out_of_turn() {
    let world = World::new();
    let (mut conversation, mut phone) = world.secured().await;
    phone.send(&Message::Ctap(vec![0])).await.unwrap();
    let error = conversation.ask(vec![4], ignore).await.unwrap_err();
    assert!(matches!(error, RequestError::OutOfTurn));
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_leaves_is_told_from_a_tunnel_that_breaks() {
    for (code, left) in [(1000, true), (1001, true), (1008, false), (1009, false)] {
        let world = World::new();
        let (mut conversation, mut phone) = world.secured().await;
        let leaving = async {
            phone.request().await.unwrap();
            phone.data.close_with(code).await;
        };
        let (reply, ()) = tokio::join!(conversation.ask(vec![4], ignore), leaving);
        #[expect(clippy::wildcard_enum_match_arm, reason = "anything else fails the test")]
        match reply.unwrap_err() {
            RequestError::PhoneLeft => assert!(left, "{code}"),
            RequestError::Tunnel(TunnelError::Closed { .. }) => assert!(!left, "{code}"),
            error => panic!("{error:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_failing_radio_ends_the_wait() {
    let world = World::new();
    world.air.fail_with(Some(|| AirError::PoweredOff));
    assert!(matches!(world.air.scan().await, Err(AirError::PoweredOff)));
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_service_id_is_joined() {
    for service in [0, 1, 256, 266, 65535] {
        let (conversation, mut phone) = World::at(service).secured().await;
        let ((), ended) = tokio::join!(conversation.shut_down(), phone.ended());
        assert!(ended.unwrap());
    }
}
