//! Frames of an established channel, and the messages that come out of genuine ones.

#![no_main]

mod hybrid_fixture;

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use roamkey_hybrid::{Channel, Message};

thread_local!(static CHANNEL: RefCell<Channel> = hybrid_fixture::connected().0.into());

fuzz_target!(|data: &[u8]| {
    assert!(CHANNEL.with_borrow_mut(|channel| channel.open(data)).is_err());
    if let Ok(message) = Message::from_plaintext(data) {
        assert!(data.starts_with(&message.to_plaintext()));
    }
});
