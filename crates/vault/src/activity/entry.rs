//! One entry in CBOR.
//!
//! ```text
//! 1 previous (32)   SHA-256 of the frame before; zeros in the first
//! 2 at (s)          3 event   4 why it was refused   5 RP ID   6 account   7 record id (16)
//! 8 user verified   9 peer   10 count
//! ```
//!
//! Keys that a later version adds are passed over, and names of its events read as "other".

use roamkey_authenticator::UnixTime;
use roamkey_cbor::{Map, Value, decode_prefix, encode};

use super::{Activity, Event, RefusedBecause};
use crate::RecordId;

/// What a frame seals.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) previous: [u8; 32],
    pub(crate) at: UnixTime,
    pub(crate) activity: Activity,
}

impl Entry {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let Activity {
            event,
            rp_id,
            account,
            record,
            user_verified,
            peer,
            count,
        } = &self.activity;
        let map = Map::new()
            .with(PREVIOUS, self.previous)
            .with(AT, self.at.0)
            .with(EVENT, event.as_str())
            .with_some(BECAUSE, event.refused_because().map(RefusedBecause::as_str))
            .with_some(RP_ID, rp_id.as_deref().map(|text| cut(text, MAX_NAME)))
            .with_some(ACCOUNT, account.as_deref().map(|text| cut(text, MAX_NAME)))
            .with_some(RECORD, record.map(|record| record.0))
            .with_some(USER_VERIFIED, *user_verified)
            .with_some(PEER, peer.as_deref().map(|text| cut(text, MAX_PEER)))
            .with_some(COUNT, *count);
        encode(&map.into())
    }

    /// Reads an entry that is followed by zeros only.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (value, length) = decode_prefix(bytes).ok()?;
        if bytes.iter().skip(length).any(|byte| *byte != 0) {
            return None;
        }
        let mut map = value.into_map()?;
        let because = text(&mut map, BECAUSE);
        Some(Self {
            previous: map.take(PREVIOUS)?.as_bytes()?.try_into().ok()?,
            at: UnixTime(map.take(AT)?.as_u64()?),
            activity: Activity {
                event: event(&text(&mut map, EVENT)?, because.as_deref()),
                rp_id: text(&mut map, RP_ID),
                account: text(&mut map, ACCOUNT),
                record: map
                    .take(RECORD)
                    .and_then(|record| record.as_bytes()?.try_into().ok().map(RecordId)),
                user_verified: map.take(USER_VERIFIED).and_then(|value| value.as_bool()),
                peer: text(&mut map, PEER),
                count: map.take(COUNT).and_then(|value| value.as_u64()),
            },
        })
    }
}

fn text(map: &mut Map<'_>, key: u8) -> Option<String> {
    map.take(key).and_then(Value::into_text).map(String::from)
}

fn event(name: &str, because: Option<&str>) -> Event {
    let event = Event::ALL.iter().find(|event| event.as_str() == name);
    let event = event.copied().unwrap_or(Event::Other);
    if event.refused_because().is_none() {
        return event;
    }
    let reason = RefusedBecause::ALL
        .iter()
        .find(|reason| Some(reason.as_str()) == because);
    Event::Refused(reason.copied().unwrap_or(RefusedBecause::Other))
}

/// The longest beginning of at most `max` bytes that is whole characters.
fn cut(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// The longest domain name has 253 bytes, and account names are kept up to 256.
const MAX_NAME: usize = 256;
const MAX_PEER: usize = 64;

const PREVIOUS: u8 = 1;
const AT: u8 = 2;
const EVENT: u8 = 3;
const BECAUSE: u8 = 4;
const RP_ID: u8 = 5;
const ACCOUNT: u8 = 6;
const RECORD: u8 = 7;
const USER_VERIFIED: u8 = 8;
const PEER: u8 = 9;
const COUNT: u8 = 10;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::activity::frame::PLAIN_LENGTH;

    #[test]
    fn the_longest_entry_fits_into_a_frame() {
        let longest = Entry {
            previous: [255; 32],
            at: UnixTime(u64::MAX),
            activity: Activity {
                event: Event::Refused(RefusedBecause::VerificationFailed),
                rp_id: Some("ä".repeat(500)),
                account: Some("€".repeat(500)),
                record: Some(RecordId([255; 16])),
                user_verified: Some(true),
                peer: Some("x".repeat(500)),
                count: Some(u64::MAX),
            },
        };
        let bytes = longest.encode();
        assert!(bytes.len() <= PLAIN_LENGTH, "{}", bytes.len());
        let read = Entry::decode(&bytes).unwrap();
        assert_eq!(read.activity.rp_id.unwrap(), "ä".repeat(128));
        assert_eq!(read.activity.account.unwrap(), "€".repeat(85));
    }

    #[test]
    fn every_event_and_reason_reads_as_it_was_written() {
        let reasons = RefusedBecause::ALL.iter().copied().map(Event::Refused);
        for event in Event::ALL.iter().copied().chain(reasons) {
            let entry = Entry {
                previous: [1; 32],
                at: UnixTime(7),
                activity: Activity::of(event),
            };
            assert_eq!(Entry::decode(&entry.encode()), Some(entry));
        }
    }

    #[test]
    fn what_a_newer_version_noted_is_read_as_something_else_and_not_lost() {
        let newer = Map::new()
            .with(PREVIOUS, [0_u8; 32])
            .with(AT, 7_u8)
            .with(EVENT, "levitated")
            .with(99_u8, "how");
        let read = Entry::decode(&encode(&newer.into())).unwrap();
        assert_eq!(read.activity.event, Event::Other);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _any_answer = Entry::decode(&bytes);
        }
    }
}
