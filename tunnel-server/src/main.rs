//! Tunnel service.
fn main() {}
