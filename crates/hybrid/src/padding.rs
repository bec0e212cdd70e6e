//! Padding hides the length of a message from the tunnel service (CTAP 2.3 §11.5).
//!
//! ```text
//! message ‖ z zero bytes ‖ byte z        a multiple of 32 bytes, 0 ≤ z ≤ 31
//! ```
//!
//! The last byte counts the zeros, not itself. An empty message is legal: 31 zeros and `1f`. On the way in, the zeros
//! and the multiple of 32 are not checked: libwebauthn pads before it adds the message type, and all known receivers
//! take that.

/// Padded messages are a multiple of this many bytes.
pub(crate) const BLOCK: usize = 32;

/// Appends the padding.
pub(crate) fn pad(message: &mut Vec<u8>) {
    let zeros = BLOCK - 1 - message.len() % BLOCK;
    message.resize(message.len() + zeros, 0);
    message.push(u8::try_from(zeros).unwrap_or(0));
}

/// Cuts the padding off, or returns `None` if there is less of it than its last byte says.
#[must_use]
pub(crate) fn unpad(mut padded: Vec<u8>) -> Option<Vec<u8>> {
    let zeros = usize::from(padded.pop()?);
    padded.truncate(padded.len().checked_sub(zeros)?);
    Some(padded)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn padding_round_trips(message in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut padded = message.clone();
            pad(&mut padded);
            prop_assert_eq!(padded.len() % BLOCK, 0);
            prop_assert!(padded.len() > message.len() && padded.len() <= message.len() + BLOCK);
            prop_assert_eq!(unpad(padded), Some(message));
        }

        #[test]
        fn arbitrary_padding_never_panics(padded in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = unpad(padded);
        }
    }
}
