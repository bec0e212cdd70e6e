//! `crypter.json`: frames at many lengths and counters, padding, and what must not open.

use serde_json::Value as Json;

use super::{array, bytes, fields, list, number};
use crate::channel::{Channel, ChannelError};
use crate::padding::{pad, unpad};
use crate::secret::TrafficKey;

pub(super) fn run(file: &Json) {
    fields(
        file,
        &[
            "key",
            "current",
            "sequence_from_counter_0",
            "old_v2_0_construction",
            "unpad_reject",
            "unpad_accept",
            "replay",
        ],
    );
    let key = TrafficKey::from_bytes(array(&file["key"]));
    for case in list(&file["current"]) {
        let message = bytes(&case["message"]);
        assert_eq!(u64::try_from(message.len()).unwrap(), number(&case["length"]));
        let mut padded = message.clone();
        pad(&mut padded);
        assert_eq!(padded, bytes(&case["padded"]));
        assert_eq!(unpad(padded), Some(message.clone()));
        for frame in list(&case["frames"]) {
            let counter = u32::try_from(number(&frame["counter"])).unwrap();
            both_ways(&key, counter, &message, &bytes(&frame["frame"]));
        }
    }
    sequence(&key, list(&file["sequence_from_counter_0"]));
    // We don't speak the construction of protocol 2.0, and nobody current does: its frames don't open.
    for frame in list(&file["old_v2_0_construction"]["frames"]) {
        let mut channel = Channel::new(&key, &key);
        assert_eq!(
            channel.open_plaintext(&bytes(&frame["frame"])),
            Err(ChannelError::Undecryptable)
        );
    }
    for case in list(&file["unpad_reject"]) {
        assert_eq!(unpad(bytes(&case["padded"])), None, "{case}");
    }
    for case in list(&file["unpad_accept"]) {
        assert_eq!(
            unpad(bytes(&case["padded"])),
            Some(bytes(&case["message"])),
            "{case}"
        );
    }
}

/// Seals and opens one message at one counter.
pub(super) fn both_ways(key: &TrafficKey, counter: u32, message: &[u8], frame: &[u8]) {
    let mut sender = Channel::new(key, key).at_counters(counter, counter);
    assert_eq!(sender.seal_plaintext(message.to_vec()).as_deref(), Ok(frame));
    let mut receiver = Channel::new(key, key).at_counters(counter, counter);
    assert_eq!(receiver.open_plaintext(frame).as_deref(), Ok(message));
    assert_eq!(receiver.open_plaintext(frame), Err(ChannelError::Undecryptable));
}

/// Frames open in order, and a frame out of order neither opens nor moves the counter.
fn sequence(key: &TrafficKey, frames: &[Json]) {
    let (mut sender, mut receiver) = (Channel::new(key, key), Channel::new(key, key));
    for (index, case) in frames.iter().enumerate() {
        let frame = bytes(&case["frame"]);
        assert_eq!(sender.seal_plaintext(bytes(&case["message"])).unwrap(), frame);
        for other in frames.iter().enumerate().filter(|(other, _)| *other != index) {
            let other = bytes(&other.1["frame"]);
            assert_eq!(receiver.open_plaintext(&other), Err(ChannelError::Undecryptable));
        }
        assert_eq!(receiver.open_plaintext(&frame).unwrap(), bytes(&case["message"]));
    }
}
