//! For tests and the demo only: stand-ins for the world around a session.

pub mod relying_party;
