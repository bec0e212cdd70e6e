//! Ways in for the fuzzers, to decoders that are not public. No part of the crate's interface.

use crate::activity::Head;
use crate::activity::entry::Entry;
use crate::index;
use crate::keyring::file::format::{Header, decode_items};
use crate::record::Record;

/// An entry of the activity log behind its seal, and the keyring's item that says where the log ends.
pub fn activity(bytes: &[u8]) {
    let _any_answer = (Entry::decode(bytes), Head::decode(bytes));
}

/// The file store's file: its header, and its items behind the seal.
pub fn secrets_file(bytes: &[u8]) {
    let _any_answer = (Header::parse(bytes).map(|_| ()), decode_items(bytes));
}

/// A passkey's record in the keyring, and a row of the index behind its seal.
pub fn record(bytes: &[u8]) {
    if let Ok(record) = Record::decode(bytes) {
        assert!(
            *record.encode() == bytes,
            "what is accepted is written back byte for byte"
        );
    }
    index::read_any_row(bytes);
}
