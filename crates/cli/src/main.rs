//! roamkey.
fn main() {}
