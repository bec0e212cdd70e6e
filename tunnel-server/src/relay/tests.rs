//! The relay without sockets: each rule on its own, then random interleavings of several tunnels.

use std::time::{Duration, Instant};

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_hybrid::{RoutingId, TunnelId};

use super::*;

mod interleaved;

impl Payload for Vec<u8> {
    fn size(&self) -> usize {
        self.len()
    }
}

type Sent = Vec<u8>;

const SECOND: Duration = Duration::from_secs(1);

fn joined(now: Instant) -> Tunnel<Sent> {
    let mut tunnel = Tunnel::new(Limits::default(), now);
    tunnel.handle(Event::Joined, now);
    tunnel
}

fn commands(tunnel: &mut Tunnel<Sent>) -> Vec<Command<Sent>> {
    commands_at(tunnel, Instant::now())
}

fn commands_at(tunnel: &mut Tunnel<Sent>, now: Instant) -> Vec<Command<Sent>> {
    std::iter::from_fn(|| tunnel.next_command(now)).collect()
}

fn close(side: Side, code: CloseCode) -> Command<Sent> {
    Command::Close(side, code)
}

#[test]
fn messages_go_to_the_other_side() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    tunnel.handle(Event::Message(Side::Joiner, b"ask".to_vec()), now);
    tunnel.handle(Event::Message(Side::Creator, b"answer".to_vec()), now);
    assert_eq!(
        commands(&mut tunnel),
        [
            Command::Forward(Side::Creator, b"ask".to_vec()),
            Command::Forward(Side::Joiner, b"answer".to_vec())
        ]
    );
}

#[test]
fn a_message_waits_until_the_one_before_was_sent() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    tunnel.handle(Event::Message(Side::Joiner, vec![1]), now);
    tunnel.handle(Event::Message(Side::Joiner, vec![2]), now);
    assert_eq!(commands(&mut tunnel), [Command::Forward(Side::Creator, vec![1])]);
    tunnel.handle(Event::Sent(Side::Creator), now);
    assert_eq!(commands(&mut tunnel), [Command::Forward(Side::Creator, vec![2])]);
}

#[test]
fn messages_before_the_peer_are_held_and_then_delivered_in_order() {
    let now = Instant::now();
    let mut tunnel = Tunnel::new(Limits::default(), now);
    tunnel.handle(Event::Message(Side::Creator, vec![1]), now);
    tunnel.handle(Event::Message(Side::Creator, vec![2]), now);
    assert_eq!(commands(&mut tunnel), []);
    tunnel.handle(Event::Joined, now);
    assert_eq!(commands(&mut tunnel), [Command::Forward(Side::Joiner, vec![1])]);
    tunnel.handle(Event::Sent(Side::Joiner), now);
    assert_eq!(commands(&mut tunnel), [Command::Forward(Side::Joiner, vec![2])]);
}

#[test]
fn a_sender_is_not_read_while_enough_messages_are_held() {
    let now = Instant::now();
    let mut tunnel = Tunnel::new(
        Limits {
            held_messages: 2,
            ..Limits::default()
        },
        now,
    );
    tunnel.handle(Event::Message(Side::Creator, vec![1]), now);
    assert!(tunnel.reading(Side::Creator));
    tunnel.handle(Event::Message(Side::Creator, vec![2]), now);
    assert!(!tunnel.reading(Side::Creator));
    tunnel.handle(Event::Joined, now);
    commands(&mut tunnel);
    assert!(tunnel.reading(Side::Creator), "one of two is on its way");
}

#[test]
fn a_sender_is_not_read_while_enough_bytes_are_held() {
    let now = Instant::now();
    let mut tunnel = Tunnel::new(
        Limits {
            held_bytes: 4,
            ..Limits::default()
        },
        now,
    );
    tunnel.handle(Event::Message(Side::Creator, vec![0; 4]), now);
    assert!(!tunnel.reading(Side::Creator));
}

#[test]
fn the_close_code_is_passed_on() {
    for (sent, passed) in [
        (Some(1000), 1000),
        (Some(1001), 1001),
        (Some(4711), 4711),
        (None, 1000),
        (Some(1005), 1002),
        (Some(0), 1002),
    ] {
        let now = Instant::now();
        let mut tunnel = joined(now);
        tunnel.handle(Event::Left(Side::Joiner, sent), now);
        let [Command::Close(Side::Creator, code)] = commands(&mut tunnel)[..] else {
            panic!("{sent:?}")
        };
        assert_eq!(code.number(), passed);
        assert_eq!(tunnel.outcome(), Some(Outcome::Closed));
    }
}

#[test]
fn what_was_sent_before_a_close_arrives_before_it() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    for message in [vec![1], vec![2]] {
        tunnel.handle(Event::Message(Side::Joiner, message), now);
    }
    tunnel.handle(Event::Left(Side::Joiner, Some(1000)), now);
    assert_eq!(commands(&mut tunnel), [Command::Forward(Side::Creator, vec![1])]);
    tunnel.handle(Event::Sent(Side::Creator), now);
    assert_eq!(commands(&mut tunnel), [Command::Forward(Side::Creator, vec![2])]);
    tunnel.handle(Event::Sent(Side::Creator), now);
    assert_eq!(commands(&mut tunnel), [close(Side::Creator, CloseCode::NORMAL)]);
}

#[test]
fn a_peer_that_vanished_is_told_as_going_away() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    tunnel.handle(Event::Gone(Side::Creator), now);
    assert_eq!(commands(&mut tunnel), [close(Side::Joiner, CloseCode::AWAY)]);
    tunnel.handle(Event::Gone(Side::Joiner), now);
    assert!(tunnel.finished());
    assert_eq!(tunnel.outcome(), Some(Outcome::Lost));
}

#[test]
fn each_fault_has_its_close_code_and_the_other_side_is_told_as_going_away() {
    for (fault, code) in [
        (Fault::Text, CloseCode::UNSUPPORTED),
        (Fault::TooBig, CloseCode::TOO_BIG),
        (Fault::TooMuch, CloseCode::POLICY),
        (Fault::Framing, CloseCode::PROTOCOL),
    ] {
        let now = Instant::now();
        let mut tunnel = joined(now);
        tunnel.handle(Event::Fault(Side::Creator, fault), now);
        assert_eq!(
            commands(&mut tunnel),
            [close(Side::Creator, code), close(Side::Joiner, CloseCode::AWAY)]
        );
    }
}

#[test]
fn more_messages_or_bytes_than_allowed_end_the_tunnel() {
    for limits in [
        Limits {
            messages: 2,
            ..Limits::default()
        },
        Limits {
            bytes: 2,
            ..Limits::default()
        },
    ] {
        let now = Instant::now();
        let mut tunnel = Tunnel::new(limits, now);
        tunnel.handle(Event::Joined, now);
        for message in 0..3 {
            tunnel.handle(Event::Message(Side::Joiner, vec![message]), now);
        }
        assert_eq!(tunnel.outcome(), Some(Outcome::Fault(Fault::TooMuch)));
        assert!(commands(&mut tunnel).contains(&close(Side::Joiner, CloseCode::POLICY)));
    }
}

#[test]
fn nobody_joins_after_the_join_limit() {
    let now = Instant::now();
    let mut tunnel = Tunnel::<Sent>::new(Limits::default(), now);
    assert_eq!(tunnel.deadline(), now + Limits::JOIN);
    tunnel.handle(Event::Tick, now + Limits::JOIN - SECOND);
    assert_eq!(tunnel.outcome(), None);
    tunnel.handle(Event::Tick, now + Limits::JOIN);
    assert_eq!(tunnel.outcome(), Some(Outcome::NotJoined));
    assert_eq!(commands(&mut tunnel), [close(Side::Creator, CloseCode::POLICY)]);
    tunnel.handle(Event::Joined, now + Limits::JOIN);
    assert!(!tunnel.joined());
}

#[test]
fn a_message_moves_the_idle_limit_and_a_tick_before_it_does_nothing() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    let later = now + Limits::IDLE - SECOND;
    tunnel.handle(Event::Message(Side::Creator, vec![]), later);
    tunnel.handle(Event::Tick, now + Limits::IDLE);
    assert_eq!(tunnel.outcome(), None);
    tunnel.handle(Event::Tick, later + Limits::IDLE);
    assert_eq!(tunnel.outcome(), Some(Outcome::Idle));
}

#[test]
fn a_busy_tunnel_ends_at_its_life_limit() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    let end = now + Limits::LIFE;
    tunnel.handle(Event::Message(Side::Creator, vec![]), end - SECOND);
    tunnel.handle(Event::Tick, end);
    assert_eq!(tunnel.outcome(), Some(Outcome::TooOld));
}

#[test]
fn who_does_not_close_in_time_is_dropped() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    tunnel.handle(Event::Drain, now);
    assert_eq!(
        commands(&mut tunnel),
        [
            close(Side::Creator, CloseCode::AWAY),
            close(Side::Joiner, CloseCode::AWAY)
        ]
    );
    tunnel.handle(Event::Gone(Side::Creator), now);
    assert_eq!(tunnel.deadline(), now + Limits::CLOSE);
    tunnel.handle(Event::Tick, now + Limits::CLOSE);
    assert_eq!(commands(&mut tunnel), [Command::Abort(Side::Joiner)]);
    assert!(tunnel.finished());
}

#[test]
fn who_takes_nothing_for_too_long_is_dropped() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    tunnel.handle(Event::Message(Side::Joiner, vec![1]), now);
    commands_at(&mut tunnel, now);
    assert_eq!(tunnel.deadline(), now + Limits::STALL);
    tunnel.handle(Event::Tick, now + Limits::STALL);
    assert_eq!(
        commands(&mut tunnel),
        [
            Command::Abort(Side::Creator),
            close(Side::Joiner, CloseCode::AWAY)
        ]
    );
    assert_eq!(tunnel.outcome(), Some(Outcome::Stalled));
}

#[test]
fn a_blocked_reader_can_not_keep_an_ended_tunnel_alive() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    tunnel.handle(Event::Message(Side::Joiner, vec![1]), now);
    tunnel.handle(Event::Message(Side::Joiner, vec![2]), now);
    commands(&mut tunnel);
    tunnel.handle(Event::Gone(Side::Joiner), now);
    assert_eq!(
        commands(&mut tunnel),
        [],
        "the first message is still being written"
    );
    tunnel.handle(Event::Tick, now + Limits::CLOSE);
    assert_eq!(commands(&mut tunnel), [Command::Abort(Side::Creator)]);
    assert!(tunnel.finished());
}

#[test]
fn nothing_is_taken_from_a_side_that_is_closing() {
    let now = Instant::now();
    let mut tunnel = joined(now);
    tunnel.handle(Event::Left(Side::Joiner, None), now);
    assert!(!tunnel.reading(Side::Joiner) && !tunnel.reading(Side::Creator));
    tunnel.handle(Event::Message(Side::Creator, vec![1]), now);
    assert_eq!(commands(&mut tunnel), [close(Side::Creator, CloseCode::NORMAL)]);
}

#[test]
fn an_abandoned_tunnel_ends_only_if_nobody_joined() {
    let now = Instant::now();
    let mut waiting = Tunnel::<Sent>::new(Limits::default(), now);
    waiting.handle(Event::Abandoned, now);
    assert_eq!(waiting.outcome(), Some(Outcome::Lost));
    let mut tunnel = joined(now);
    tunnel.handle(Event::Abandoned, now);
    assert_eq!(tunnel.outcome(), None);
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

fn id(byte: u8) -> TunnelId {
    TunnelId::from_bytes([byte; TunnelId::LENGTH])
}

#[test]
fn a_tunnel_is_joined_once_with_the_right_routing_id() {
    let mut registry = Registry::new(8);
    let routing = registry.reserve(&id(1), "handover", &mut rng()).unwrap();
    let mut wrong = *routing.as_bytes();
    wrong[0] ^= 1;
    assert_eq!(
        registry.join(&RoutingId::from_bytes(wrong), &id(1)),
        Err(Unavailable::Unknown)
    );
    assert_eq!(registry.join(&routing, &id(2)), Err(Unavailable::Unknown));
    assert_eq!(registry.join(&routing, &id(1)), Ok("handover"));
    assert_eq!(registry.join(&routing, &id(1)), Err(Unavailable::Unknown));
}

#[test]
fn a_tunnel_id_is_free_again_only_after_its_tunnel_has_ended() {
    let mut registry = Registry::new(8);
    let routing = registry.reserve(&id(1), (), &mut rng()).unwrap();
    assert_eq!(
        registry.reserve(&id(1), (), &mut rng()),
        Err(Unavailable::Duplicate)
    );
    registry.join(&routing, &id(1)).unwrap();
    assert_eq!(
        registry.reserve(&id(1), (), &mut rng()),
        Err(Unavailable::Duplicate)
    );
    registry.release(&id(1));
    assert!(registry.is_empty());
    registry.reserve(&id(1), (), &mut rng()).unwrap();
}

#[test]
fn a_full_registry_refuses_and_recovers() {
    let mut registry = Registry::new(1);
    registry.reserve(&id(1), (), &mut rng()).unwrap();
    assert_eq!(registry.reserve(&id(2), (), &mut rng()), Err(Unavailable::Full));
    assert_eq!(
        registry.reserve(&id(1), (), &mut rng()),
        Err(Unavailable::Duplicate)
    );
    registry.release(&id(1));
    registry.reserve(&id(2), (), &mut rng()).unwrap();
}

#[test]
fn routing_ids_differ_from_tunnel_to_tunnel() {
    let mut registry = Registry::new(64);
    let mut rng = rng();
    let ids: std::collections::HashSet<_> = (0..64)
        .map(|n| registry.reserve(&id(n), (), &mut rng).unwrap())
        .collect();
    assert_eq!(ids.len(), 64);
}
