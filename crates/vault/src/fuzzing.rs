//! Ways in for the fuzzers, to decoders that are not public. No part of the crate's interface.

use crate::activity::Head;
use crate::activity::entry::Entry;
use crate::keyring::file::format::{Header, decode_items};

/// An entry of the activity log behind its seal, and the keyring's item that says where the log ends.
pub fn activity(bytes: &[u8]) {
    let _any_answer = (Entry::decode(bytes), Head::decode(bytes));
}

/// The file store's file: its header, and its items behind the seal.
pub fn secrets_file(bytes: &[u8]) {
    let _any_answer = (Header::parse(bytes).map(|_| ()), decode_items(bytes));
}
