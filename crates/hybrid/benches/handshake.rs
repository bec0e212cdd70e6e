//! Time of a handshake.
fn main() {}
