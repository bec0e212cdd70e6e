//! Where the log ends, as the keyring knows it: without that, a log that was cut off would look like a shorter one.
//!
//! ```text
//! 1 version (1)   2 the last entry's sequence   3 SHA-256 of its frame (32)
//! ```

use roamkey_cbor::{Map, decode, encode};

use crate::record::RecordError;

/// The last entry.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Head {
    /// Its sequence; 0 if there is none.
    pub(crate) sequence: u64,
    /// Its frame's hash; zeros if there is none.
    pub(crate) hash: [u8; 32],
}

impl Head {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let map = Map::new()
            .with(VERSION, ITEM_VERSION)
            .with(SEQUENCE, self.sequence)
            .with(HASH, self.hash);
        encode(&map.into())
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut map = decode(bytes)
            .map_err(RecordError::Cbor)?
            .into_map()
            .ok_or(RecordError::NotAMap)?;
        match map.take(VERSION).and_then(|version| version.as_u64()) {
            Some(ITEM_VERSION) => {}
            Some(version) if version > ITEM_VERSION => return Err(RecordError::NewerVersion(version)),
            Some(_) | None => return Err(RecordError::Impossible(VERSION)),
        }
        let sequence = map.take(SEQUENCE).ok_or(RecordError::Missing(SEQUENCE))?;
        let hash = map.take(HASH).ok_or(RecordError::Missing(HASH))?;
        Ok(Self {
            sequence: sequence.as_u64().ok_or(RecordError::Impossible(SEQUENCE))?,
            hash: hash
                .as_bytes()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or(RecordError::Impossible(HASH))?,
        })
    }
}

/// The item's name in the keyring.
pub(crate) const HEAD_USER: &str = "activity-head";

const ITEM_VERSION: u64 = 1;

const VERSION: u8 = 1;
const SEQUENCE: u8 = 2;
const HASH: u8 = 3;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_head_of_a_newer_version_is_called_that() {
        let newer = encode(&Map::new().with(VERSION, 2_u8).into());
        assert_eq!(Head::decode(&newer), Err(RecordError::NewerVersion(2)));
    }

    proptest! {
        #[test]
        fn a_head_reads_as_it_was_written(sequence in any::<u64>(), hash in any::<[u8; 32]>()) {
            let head = Head { sequence, hash };
            prop_assert_eq!(Head::decode(&head.encode()), Ok(head));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _any_answer = Head::decode(&bytes);
        }
    }
}
