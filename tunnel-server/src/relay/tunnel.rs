//! One tunnel: two sides, a queue towards each, and the limits that end it.
//!
//! ```text
//! side:  Absent ──Joined──▶ Open ──(other side left, limit, drain)──▶ Leaving ──queue empty──▶ Closing ──Gone──▶ Gone
//!                            └──Left───────────────────────────────────────────────────────────▶ Closing
//! ```
//!
//! `Leaving` still delivers what the other side sent before it left; `Closing` has been told to close, or is answering
//! the peer's close frame. Who is not gone when [`Limits::close`] has passed is `Expired` and gets dropped.

use std::collections::VecDeque;
use std::time::Instant;

use super::end::{CloseCode, Fault, Outcome};
use super::limits::Limits;

/// What travels through a tunnel. The relay looks at nothing but its size.
pub trait Payload {
    /// Size in bytes.
    fn size(&self) -> usize;
}

/// One end of a tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The connection that created the tunnel (`/cable/new`).
    Creator,
    /// The connection that joined it (`/cable/connect`).
    Joiner,
}

impl Side {
    /// Both sides.
    pub const BOTH: [Self; 2] = [Self::Creator, Self::Joiner];

    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Creator => Self::Joiner,
            Self::Joiner => Self::Creator,
        }
    }
}

/// What happened to a tunnel.
#[derive(Debug)]
pub enum Event<M> {
    /// The other side is there.
    Joined,
    /// Nobody can join any more.
    Abandoned,
    /// A whole binary message arrived from this side.
    Message(Side, M),
    /// This side's connection took the last forwarded message and can take another one.
    Sent(Side),
    /// This side sent a close frame, with this code if it had one.
    Left(Side, Option<u16>),
    /// This side's connection is broken or completely closed.
    Gone(Side),
    /// This side broke a rule.
    Fault(Side, Fault),
    /// The service shuts down and waits no longer.
    Drain,
    /// Time has passed.
    Tick,
}

/// What to do for a tunnel.
#[derive(Debug, PartialEq, Eq)]
pub enum Command<M> {
    /// Send the message to this side and report [`Event::Sent`].
    Forward(Side, M),
    /// Send a close frame to this side and report [`Event::Gone`] when the connection is closed.
    Close(Side, CloseCode),
    /// Drop this side's connection at once.
    Abort(Side),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Absent,
    Open,
    Leaving(CloseCode),
    Closing,
    Expired,
    Gone,
}

/// What goes out to one side, and what came in from it.
#[derive(Debug)]
struct Lane<M> {
    state: State,
    outgoing: VecDeque<M>,
    outgoing_bytes: usize,
    /// Since when the connection is writing a forwarded message.
    sending: Option<Instant>,
    messages: u32,
    bytes: u64,
}

impl<M> Lane<M> {
    fn new(state: State) -> Self {
        Self {
            state,
            outgoing: VecDeque::new(),
            outgoing_bytes: 0,
            sending: None,
            messages: 0,
            bytes: 0,
        }
    }

    fn discard(&mut self) {
        self.outgoing = VecDeque::new();
        self.outgoing_bytes = 0;
    }
}

/// One tunnel.
#[derive(Debug)]
pub struct Tunnel<M> {
    limits: Limits,
    created: Instant,
    active: Instant,
    ended: Option<(Outcome, Instant)>,
    creator: Lane<M>,
    joiner: Lane<M>,
}

impl<M: Payload> Tunnel<M> {
    /// A tunnel that was just created; its creator is connected.
    #[must_use]
    pub fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            created: now,
            active: now,
            ended: None,
            creator: Lane::new(State::Open),
            joiner: Lane::new(State::Absent),
        }
    }

    /// Takes in what happened. Follow it with [`Self::next_command`] until that is `None`.
    pub fn handle(&mut self, event: Event<M>, now: Instant) {
        match event {
            Event::Joined => {
                if self.joiner.state == State::Absent && self.ended.is_none() {
                    self.joiner.state = State::Open;
                    self.active = now;
                }
            }
            Event::Abandoned => {
                if self.joiner.state == State::Absent {
                    self.end(Outcome::Lost, CloseCode::AWAY, now);
                }
            }
            Event::Message(from, message) => self.message(from, message, now),
            Event::Sent(side) => self.lane_mut(side).sending = None,
            Event::Left(side, code) => {
                self.settle(side, State::Closing);
                self.end(Outcome::Closed, CloseCode::passed_on(code), now);
            }
            Event::Gone(side) => {
                self.settle(side, State::Gone);
                self.end(Outcome::Lost, CloseCode::AWAY, now);
            }
            Event::Fault(side, fault) => self.fault(side, fault, now),
            Event::Drain => self.end(Outcome::Drained, CloseCode::AWAY, now),
            Event::Tick => self.tick(now),
        }
    }

    /// The next thing to do.
    pub fn next_command(&mut self, now: Instant) -> Option<Command<M>> {
        for side in Side::BOTH {
            let lane = self.lane_mut(side);
            if lane.state == State::Expired {
                lane.discard();
                lane.state = State::Gone;
                return Some(Command::Abort(side));
            }
            if lane.sending.is_some() {
                continue;
            }
            if let State::Open | State::Leaving(_) = lane.state
                && let Some(message) = lane.outgoing.pop_front()
            {
                lane.outgoing_bytes = lane.outgoing_bytes.saturating_sub(message.size());
                lane.sending = Some(now);
                return Some(Command::Forward(side, message));
            }
            if let State::Leaving(code) = lane.state {
                lane.state = State::Closing;
                return Some(Command::Close(side, code));
            }
        }
        None
    }

    /// Whether this side should be read from: it is open, and what it sent before is on its way.
    #[must_use]
    pub fn reading(&self, side: Side) -> bool {
        let towards = self.lane(side.other());
        self.lane(side).state == State::Open
            && towards.outgoing.len() < self.limits.held_messages
            && towards.outgoing_bytes < self.limits.held_bytes
    }

    /// When [`Event::Tick`] is due. It may move later with every event.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        if let Some((_, since)) = self.ended {
            return since + self.limits.close;
        }
        let quiet = match self.joiner.state {
            State::Absent => self.created + self.limits.join,
            State::Open | State::Leaving(_) | State::Closing | State::Expired | State::Gone => {
                self.active + self.limits.idle
            }
        };
        let stalled = Side::BOTH
            .iter()
            .filter_map(|side| self.lane(*side).sending)
            .min();
        let stall = stalled.map_or(quiet, |since| since + self.limits.stall);
        quiet.min(stall).min(self.created + self.limits.life)
    }

    /// Whether both connections are gone.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.creator.state == State::Gone && matches!(self.joiner.state, State::Gone | State::Absent)
    }

    /// Whether the other side joined.
    #[must_use]
    pub fn joined(&self) -> bool {
        self.joiner.state != State::Absent
    }

    /// Why the tunnel ended, when it did.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.ended.map(|(outcome, _)| outcome)
    }

    /// Messages and bytes received, both sides together.
    #[must_use]
    pub fn volume(&self) -> (u64, u64) {
        (
            u64::from(self.creator.messages) + u64::from(self.joiner.messages),
            self.creator.bytes + self.joiner.bytes,
        )
    }

    fn message(&mut self, from: Side, message: M, now: Instant) {
        let limits = self.limits;
        let size = message.size();
        let lane = self.lane_mut(from);
        if lane.state != State::Open {
            return;
        }
        lane.messages = lane.messages.saturating_add(1);
        lane.bytes = lane.bytes.saturating_add(u64::try_from(size).unwrap_or(u64::MAX));
        if lane.messages > limits.messages || lane.bytes > limits.bytes {
            return self.fault(from, Fault::TooMuch, now);
        }
        self.active = now;
        let towards = self.lane_mut(from.other());
        if let State::Absent | State::Open = towards.state {
            towards.outgoing_bytes = towards.outgoing_bytes.saturating_add(size);
            towards.outgoing.push_back(message);
        }
    }

    /// The culprit gets its code at once, the other side what was sent before and then "away".
    fn fault(&mut self, side: Side, fault: Fault, now: Instant) {
        let lane = self.lane_mut(side);
        if lane.state == State::Open {
            lane.discard();
            lane.state = State::Leaving(fault.code());
        }
        self.end(Outcome::Fault(fault), CloseCode::AWAY, now);
    }

    fn tick(&mut self, now: Instant) {
        if now < self.deadline() {
            return;
        }
        if self.ended.is_some() {
            for side in Side::BOTH {
                self.expire(side);
            }
        } else if let Some(side) = Side::BOTH.into_iter().find(|side| self.stalled(*side, now)) {
            self.expire(side);
            self.end(Outcome::Stalled, CloseCode::AWAY, now);
        } else if now >= self.created + self.limits.life {
            self.end(Outcome::TooOld, CloseCode::POLICY, now);
        } else if self.joiner.state == State::Absent {
            self.end(Outcome::NotJoined, CloseCode::POLICY, now);
        } else {
            self.end(Outcome::Idle, CloseCode::POLICY, now);
        }
    }

    fn stalled(&self, side: Side, now: Instant) -> bool {
        self.lane(side)
            .sending
            .is_some_and(|since| now >= since + self.limits.stall)
    }

    fn expire(&mut self, side: Side) {
        let lane = self.lane_mut(side);
        if let State::Open | State::Leaving(_) | State::Closing = lane.state {
            lane.state = State::Expired;
        }
    }

    fn settle(&mut self, side: Side, state: State) {
        let lane = self.lane_mut(side);
        lane.discard();
        if lane.state != State::Gone {
            lane.state = state;
        }
    }

    fn end(&mut self, outcome: Outcome, code: CloseCode, now: Instant) {
        for side in Side::BOTH {
            let lane = self.lane_mut(side);
            if lane.state == State::Open {
                lane.state = State::Leaving(code);
            }
        }
        self.ended.get_or_insert((outcome, now));
    }

    fn lane(&self, side: Side) -> &Lane<M> {
        match side {
            Side::Creator => &self.creator,
            Side::Joiner => &self.joiner,
        }
    }

    fn lane_mut(&mut self, side: Side) -> &mut Lane<M> {
        match side {
            Side::Creator => &mut self.creator,
            Side::Joiner => &mut self.joiner,
        }
    }
}
