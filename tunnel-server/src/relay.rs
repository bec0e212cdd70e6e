//! The relay itself, without sockets, tasks or a clock of its own.
//!
//! Two parts, both driven by what happens and answering with what to do:
//!
//! * [`Registry`] knows every tunnel ID in use: `new` reserves one and gets a routing ID, `connect` takes what `new` left
//!   there, once. It decides who is refused.
//! * [`Tunnel`] is one tunnel: [`Event`]s in (joined, message, sent, left, fault, tick, drain), [`Command`]s out
//!   (forward, close, abort). It holds messages until the peer is there, slows a fast sender down and ends the tunnel
//!   when a limit is reached.
//!
//! ```text
//! authenticator   GET /cable/new/<tunnel>                 Registry::reserve → routing ID    Tunnel::new
//! client platform GET /cable/connect/<routing>/<tunnel>   Registry::join    → handover      Event::Joined
//! either          binary message                          Event::Message    → Command::Forward
//! either          close frame, or a broken connection     Event::Left       → Command::Close to the other one
//! ```
//!
//! The shell around it (`pump`, `connection`, `server`) owns the sockets and the time.

mod end;
mod limits;
mod registry;
mod tunnel;

pub use end::{CloseCode, Fault, Outcome};
pub use limits::Limits;
pub use registry::{Registry, Unavailable};
pub use tunnel::{Command, Event, Payload, Side, Tunnel};

#[cfg(test)]
mod tests;
