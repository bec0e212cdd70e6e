//! Several tunnels at once, in any order of events, against a model that remembers what everybody sent.
//!
//! What must hold whatever the order: nobody joins a tunnel twice; what a side receives is what the other side of the
//! *same* tunnel sent, in order and without a gap; all of it if the sender closed cleanly; and an ended tunnel leaves
//! nothing behind.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    New(u8),
    Connect { tunnel: u8, right: bool },
    Send { tunnel: u8, creator: bool, size: usize },
    Writable { tunnel: u8, creator: bool },
    Leave { tunnel: u8, creator: bool },
    Vanish { tunnel: u8, creator: bool },
    Text { tunnel: u8, creator: bool },
    Wait { seconds: u64 },
    Drain { tunnel: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let tunnel = 0..TUNNELS;
    let side = (tunnel.clone(), any::<bool>());
    prop_oneof![
        3 => tunnel.clone().prop_map(Step::New),
        4 => (tunnel.clone(), prop::bool::weighted(0.8)).prop_map(|(tunnel, right)| Step::Connect { tunnel, right }),
        12 => (side.clone(), 0..40_usize)
            .prop_map(|((tunnel, creator), size)| Step::Send { tunnel, creator, size }),
        12 => side.clone().prop_map(|(tunnel, creator)| Step::Writable { tunnel, creator }),
        2 => side.clone().prop_map(|(tunnel, creator)| Step::Leave { tunnel, creator }),
        1 => side.clone().prop_map(|(tunnel, creator)| Step::Vanish { tunnel, creator }),
        1 => side.prop_map(|(tunnel, creator)| Step::Text { tunnel, creator }),
        1 => (1..90_u64).prop_map(|seconds| Step::Wait { seconds }),
        1 => tunnel.prop_map(|tunnel| Step::Drain { tunnel }),
    ]
}

/// One end as its peer would see it.
#[derive(Debug, Default)]
struct End {
    /// Sent by the peer and not read by the relay yet: the socket's buffer.
    unread: VecDeque<Vec<u8>>,
    sent: Vec<Vec<u8>>,
    received: Vec<Vec<u8>>,
    writing: bool,
    left: bool,
    left_clean: bool,
    told_to_close: bool,
    gone: bool,
}

#[derive(Debug)]
struct Live {
    tunnel: Tunnel<Sent>,
    creator: End,
    joiner: Option<End>,
}

impl Live {
    fn end(&mut self, side: Side) -> Option<&mut End> {
        match side {
            Side::Creator => Some(&mut self.creator),
            Side::Joiner => self.joiner.as_mut(),
        }
    }

    /// What the shell does until nothing moves any more.
    fn pump(&mut self, now: Instant) {
        loop {
            let mut moved = false;
            for side in Side::BOTH {
                if !self.tunnel.reading(side) {
                    continue;
                }
                let Some(end) = self.end(side) else { continue };
                if let Some(message) = end.unread.pop_front() {
                    self.tunnel.handle(Event::Message(side, message), now);
                    moved = true;
                } else if end.left && !end.gone {
                    end.gone = true;
                    self.tunnel.handle(Event::Left(side, Some(1000)), now);
                    self.tunnel.handle(Event::Gone(side), now);
                    moved = true;
                }
            }
            while let Some(command) = self.tunnel.next_command(now) {
                moved = true;
                self.obey(command, now);
            }
            if !moved {
                return;
            }
        }
    }

    fn obey(&mut self, command: Command<Sent>, now: Instant) {
        match command {
            Command::Forward(side, message) => {
                let end = self.end(side).expect("only to who is there");
                assert!(!end.writing && !end.told_to_close);
                end.writing = true;
                end.received.push(message);
            }
            Command::Close(side, _) => {
                let end = self.end(side).expect("only to who is there");
                assert!(!end.told_to_close, "once");
                end.told_to_close = true;
                end.gone = true;
                self.tunnel.handle(Event::Gone(side), now);
            }
            Command::Abort(side) => self.end(side).expect("only who is there").gone = true,
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let Some(joiner) = &self.joiner else {
            prop_assert!(self.creator.received.is_empty());
            return Ok(());
        };
        for (from, to) in [(&self.creator, joiner), (joiner, &self.creator)] {
            prop_assert!(from.sent.starts_with(&to.received), "lost, reordered or foreign");
            let all_read = from.unread.is_empty();
            if self.tunnel.finished()
                && self.tunnel.outcome() == Some(Outcome::Closed)
                && from.left_clean
                && all_read
            {
                // Unless it was dropped for not reading, or left as well, the peer got everything first.
                if to.told_to_close {
                    prop_assert_eq!(&from.sent, &to.received);
                }
            }
        }
        Ok(())
    }
}

struct World {
    now: Instant,
    rng: StdRng,
    registry: Registry<()>,
    live: Vec<Option<(Live, RoutingId)>>,
    serial: u32,
}

impl World {
    fn apply(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let now = self.now;
        match *step {
            Step::New(tunnel) => self.create(tunnel)?,
            Step::Connect { tunnel, right } => self.connect(tunnel, right)?,
            Step::Send {
                tunnel,
                creator,
                size,
            } => {
                self.serial += 1;
                let mut message = [&[tunnel, u8::from(creator)][..], &self.serial.to_be_bytes()].concat();
                message.resize(message.len() + size, 0);
                if let Some(end) = self.end(tunnel, creator)
                    && !end.left
                    && !end.gone
                {
                    end.sent.push(message.clone());
                    end.unread.push_back(message);
                }
            }
            Step::Writable { tunnel, creator } => {
                if let Some(end) = self.end(tunnel, creator)
                    && end.writing
                {
                    end.writing = false;
                    self.event(tunnel, Event::Sent(side(creator)));
                }
            }
            Step::Leave { tunnel, creator } => {
                if let Some(end) = self.end(tunnel, creator)
                    && !end.gone
                {
                    end.left = true;
                    end.left_clean = true;
                }
            }
            Step::Vanish { tunnel, creator } => {
                if let Some(end) = self.end(tunnel, creator)
                    && !end.gone
                {
                    end.gone = true;
                    self.event(tunnel, Event::Gone(side(creator)));
                }
            }
            Step::Text { tunnel, creator } => {
                if self.end(tunnel, creator).is_some_and(|end| !end.gone) {
                    self.event(tunnel, Event::Fault(side(creator), Fault::Text));
                }
            }
            Step::Wait { seconds } => self.now = now + Duration::from_secs(seconds),
            Step::Drain { tunnel } => self.event(tunnel, Event::Drain),
        }
        self.settle()
    }

    fn create(&mut self, tunnel: u8) -> Result<(), TestCaseError> {
        let slot = &mut self.live[usize::from(tunnel)];
        match self.registry.reserve(&id(tunnel), (), &mut self.rng) {
            Ok(routing) => {
                prop_assert!(slot.is_none(), "created twice");
                let live = Live {
                    tunnel: Tunnel::new(LIMITS, self.now),
                    creator: End::default(),
                    joiner: None,
                };
                *slot = Some((live, routing));
            }
            Err(refused) => {
                prop_assert_eq!(refused, Unavailable::Duplicate);
                prop_assert!(slot.is_some());
            }
        }
        Ok(())
    }

    fn connect(&mut self, tunnel: u8, right: bool) -> Result<(), TestCaseError> {
        let slot = &mut self.live[usize::from(tunnel)];
        let mut routing = slot.as_ref().map_or([0; 3], |(_, routing)| *routing.as_bytes());
        routing[2] ^= u8::from(!right);
        match self.registry.join(&RoutingId::from_bytes(routing), &id(tunnel)) {
            Ok(()) => {
                let (live, _) = slot.as_mut().expect("joined, so it exists");
                prop_assert!(right);
                prop_assert!(live.joiner.is_none(), "joined twice");
                live.joiner = Some(End::default());
                live.tunnel.handle(Event::Joined, self.now);
                if !live.tunnel.joined() {
                    live.joiner = None; // The tunnel had ended: the shell closes the newcomer.
                }
            }
            Err(refused) => {
                prop_assert_eq!(refused, Unavailable::Unknown);
                let joinable = slot
                    .as_ref()
                    .is_some_and(|(live, _)| live.joiner.is_none() && !live.tunnel.joined());
                prop_assert!(
                    !right
                        || !joinable
                        || slot
                            .as_ref()
                            .is_some_and(|(live, _)| live.tunnel.outcome().is_some())
                );
            }
        }
        Ok(())
    }

    fn end(&mut self, tunnel: u8, creator: bool) -> Option<&mut End> {
        self.live[usize::from(tunnel)]
            .as_mut()
            .and_then(|(live, _)| live.end(side(creator)))
    }

    fn event(&mut self, tunnel: u8, event: Event<Sent>) {
        let now = self.now;
        if let Some((live, _)) = &mut self.live[usize::from(tunnel)] {
            live.tunnel.handle(event, now);
        }
    }

    fn settle(&mut self) -> Result<(), TestCaseError> {
        for (tunnel, slot) in (0..TUNNELS).zip(&mut self.live) {
            let Some((live, _)) = slot else { continue };
            if self.now >= live.tunnel.deadline() {
                live.tunnel.handle(Event::Tick, self.now);
            }
            live.pump(self.now);
            live.check()?;
            if live.tunnel.finished() {
                self.registry.release(&id(tunnel));
                *slot = None;
            }
        }
        Ok(())
    }
}

fn side(creator: bool) -> Side {
    if creator { Side::Creator } else { Side::Joiner }
}

proptest! {
    #[test]
    fn tunnels_keep_order_and_apart_and_leave_nothing_behind(steps in prop::collection::vec(step(), 1..200)) {
        let mut world = World {
            now: Instant::now(),
            rng: rng(),
            registry: Registry::new(usize::from(TUNNELS)),
            live: (0..TUNNELS).map(|_| None).collect(),
            serial: 0,
        };
        for step in &steps {
            world.apply(step)?;
        }
        // Whatever is left ends by itself: life limit, then close limit.
        for _ in 0..2 {
            world.now += LIMITS.life;
            world.settle()?;
        }
        prop_assert!(world.registry.is_empty());
        prop_assert!(world.live.iter().all(Option::is_none));
    }
}

const TUNNELS: u8 = 3;

/// Small enough for random steps to reach each of them.
const LIMITS: Limits = Limits {
    join: Duration::from_secs(120),
    idle: Duration::from_secs(300),
    life: Duration::from_secs(600),
    stall: Duration::from_secs(60),
    close: Duration::from_secs(5),
    messages: 20,
    bytes: 600,
    held_messages: 3,
    held_bytes: 50,
};
