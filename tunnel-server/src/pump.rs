//! Drives one [`Tunnel`] with two sockets, in one task.
//!
//! The task starts with the creator's socket and gets the joiner's through a oneshot channel. It reads a side only
//! while the tunnel wants it ([`Tunnel::reading`]), which lets TCP slow a fast sender down, and flushes once after all
//! that could be read was forwarded.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::futures::OwnedNotified;
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep};
use tokio_tungstenite::tungstenite::Bytes;

use crate::relay::{CloseCode, Command, Event, Limits, Outcome, Payload, Side, Tunnel};
use crate::shared::Lease;
use crate::socket::{Closing, Received, Socket};

impl Payload for Bytes {
    fn size(&self) -> usize {
        self.len()
    }
}

/// A tunnel at work. Resolves when both connections are gone.
pub(crate) struct Pump {
    tunnel: Tunnel<Bytes>,
    creator: Leg,
    joiner: Leg,
    peer: Option<oneshot::Receiver<Socket>>,
    drain: Option<Pin<Box<OwnedNotified>>>,
    timer: Pin<Box<Sleep>>,
    lease: Lease,
}

/// One side's connection.
enum Leg {
    Absent,
    /// `busy` while a message was taken that the socket could not write at once.
    Open {
        socket: Socket,
        busy: bool,
    },
    Closing(Closing),
}

impl Pump {
    pub(crate) fn new(
        limits: Limits,
        socket: Socket,
        peer: oneshot::Receiver<Socket>,
        drain: OwnedNotified,
        lease: Lease,
    ) -> Self {
        let tunnel = Tunnel::new(limits, Instant::now().into_std());
        let timer = Box::pin(tokio::time::sleep_until(tunnel.deadline().into()));
        Self {
            tunnel,
            creator: Leg::Open { socket, busy: false },
            joiner: Leg::Absent,
            peer: Some(peer),
            drain: Some(Box::pin(drain)),
            timer,
            lease,
        }
    }

    fn happened(&mut self, event: Event<Bytes>) {
        self.tunnel.handle(event, Instant::now().into_std());
    }

    fn poll_joined(&mut self, cx: &mut Context<'_>) {
        if self.tunnel.outcome().is_some() {
            self.peer = None; // Whoever joins in this moment finds nobody and is closed by its own task.
        }
        let Some(peer) = &mut self.peer else { return };
        if let Poll::Ready(joined) = Pin::new(peer).poll(cx) {
            self.peer = None;
            match joined {
                Ok(socket) => {
                    self.joiner = Leg::Open { socket, busy: false };
                    self.happened(Event::Joined);
                }
                Err(_) => self.happened(Event::Abandoned),
            }
        }
    }

    fn poll_drain(&mut self, cx: &mut Context<'_>) {
        if let Some(drain) = &mut self.drain
            && drain.as_mut().poll(cx).is_ready()
        {
            self.drain = None;
            self.happened(Event::Drain);
        }
    }

    fn poll_timer(&mut self, cx: &mut Context<'_>) {
        if self.timer.as_mut().poll(cx).is_ready() {
            self.happened(Event::Tick);
            // Messages move the deadline without touching the timer, so a tick may only mean "look again later".
            self.arm(cx);
        }
    }

    fn arm(&mut self, cx: &mut Context<'_>) {
        self.timer.as_mut().reset(self.tunnel.deadline().into());
        if self.timer.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
    }

    /// Reads one message from this side. Tells whether anything happened.
    fn receive(&mut self, side: Side, cx: &mut Context<'_>) -> bool {
        if !self.tunnel.reading(side) {
            return false;
        }
        let Leg::Open { socket, .. } = self.leg_mut(side) else {
            return false;
        };
        let Poll::Ready(received) = socket.poll_receive(cx) else {
            return false;
        };
        match received {
            Received::Message(bytes) => {
                self.lease.message(bytes.len());
                self.happened(Event::Message(side, bytes));
            }
            Received::Close(code) => {
                self.close(side, None);
                self.happened(Event::Left(side, code));
            }
            Received::Gone => self.gone(side),
            Received::Fault(fault) => self.happened(Event::Fault(side, fault)),
        }
        true
    }

    /// Moves this side's writing or closing on. Tells whether anything happened.
    fn write(&mut self, side: Side, cx: &mut Context<'_>) -> bool {
        let gone = match self.leg_mut(side) {
            Leg::Open { socket, busy: true } => match socket.poll_sent(cx) {
                Poll::Pending => return false,
                Poll::Ready(Ok(())) => false,
                Poll::Ready(Err(_)) => true,
            },
            Leg::Closing(closing) => match closing.poll(cx) {
                Poll::Pending => return false,
                Poll::Ready(()) => true,
            },
            Leg::Absent | Leg::Open { .. } => return false,
        };
        if gone {
            self.gone(side);
        } else {
            self.sent(side);
        }
        true
    }

    fn obey(&mut self) -> bool {
        let mut obeyed = false;
        while let Some(command) = self.tunnel.next_command(Instant::now().into_std()) {
            obeyed = true;
            match command {
                Command::Forward(side, bytes) => self.forward(side, bytes),
                Command::Close(side, code) => {
                    let reason = self.tunnel.outcome().map_or("", reason);
                    self.close(side, Some((code, reason)));
                }
                Command::Abort(side) => *self.leg_mut(side) = Leg::Absent,
            }
        }
        obeyed
    }

    fn forward(&mut self, side: Side, bytes: Bytes) {
        let Leg::Open { socket, busy } = self.leg_mut(side) else {
            return;
        };
        *busy = true;
        if socket.send(bytes).is_err() {
            self.gone(side);
        }
    }

    fn flush(&mut self, side: Side, cx: &mut Context<'_>) -> bool {
        let Leg::Open { socket, .. } = self.leg_mut(side) else {
            return false;
        };
        if let Poll::Ready(Err(_)) = socket.poll_flush(cx) {
            self.gone(side);
            return true;
        }
        false
    }

    fn sent(&mut self, side: Side) {
        if let Leg::Open { busy, .. } = self.leg_mut(side) {
            *busy = false;
        }
        self.happened(Event::Sent(side));
    }

    fn close(&mut self, side: Side, code: Option<(CloseCode, &'static str)>) {
        let leg = self.leg_mut(side);
        *leg = match std::mem::replace(leg, Leg::Absent) {
            Leg::Open { socket, .. } => Leg::Closing(socket.close(code)),
            other @ (Leg::Absent | Leg::Closing(_)) => other,
        };
    }

    fn gone(&mut self, side: Side) {
        *self.leg_mut(side) = Leg::Absent;
        self.happened(Event::Gone(side));
    }

    fn leg_mut(&mut self, side: Side) -> &mut Leg {
        match side {
            Side::Creator => &mut self.creator,
            Side::Joiner => &mut self.joiner,
        }
    }

    fn report(&self) {
        let (messages, bytes) = self.tunnel.volume();
        if let Some(outcome) = self.tunnel.outcome() {
            self.lease.ended(outcome, self.tunnel.joined(), messages, bytes);
        }
    }
}

impl Future for Pump {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.poll_drain(cx);
        this.poll_timer(cx);
        this.poll_joined(cx);
        loop {
            let mut moved = false;
            for side in Side::BOTH {
                moved |= this.receive(side, cx);
                moved |= this.write(side, cx);
            }
            moved |= this.obey();
            if !moved {
                for side in Side::BOTH {
                    moved |= this.flush(side, cx);
                }
            }
            if !moved {
                break;
            }
        }
        if this.tunnel.finished() {
            this.report();
            return Poll::Ready(());
        }
        // An end that this very poll brought moves the deadline forward.
        if this.tunnel.deadline() < this.timer.deadline().into_std() {
            this.arm(cx);
        }
        if this.tunnel.outcome().is_some() {
            this.peer = None;
        }
        Poll::Pending
    }
}

/// The text in a close frame, for whoever debugs a client.
fn reason(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Closed => "the other side left",
        Outcome::Lost => "the other side vanished",
        Outcome::NotJoined => "nobody joined in time",
        Outcome::Idle => "idle for too long",
        Outcome::Stalled => "the other side does not read",
        Outcome::TooOld => "open for too long",
        Outcome::Fault(_) => "a message broke a rule",
        Outcome::Drained => "this service is shutting down",
    }
}
