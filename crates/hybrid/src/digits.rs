//! Bytes as decimal digits, the form in which a QR code carries them (CTAP 2.3 §11.5.1).
//!
//! QR symbols hold three digits in ten bits, so digits are the densest text there is. The bytes are cut into chunks
//! of seven; each chunk is a little-endian integer, printed in decimal and padded with zeros on the left:
//!
//! | bytes in chunk | 1 | 2 | 3 | 4 | 5 | 6 | 7 |
//! |---|---|---|---|---|---|---|---|
//! | digits | 3 | 5 | 8 | 10 | 13 | 15 | 17 |

/// Bytes in a full chunk.
const CHUNK_BYTES: usize = 7;
/// Digits of a full chunk.
const CHUNK_DIGITS: usize = 17;

/// Writes bytes as digits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes
        .chunks(CHUNK_BYTES)
        .map(|chunk| {
            let value = chunk
                .iter()
                .rev()
                .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
            format!("{value:0width$}", width = digits_for(chunk.len()))
        })
        .collect()
}

/// Reads digits, `0` to `9` and nothing else.
///
/// # Errors
///
/// [`DigitsError::NotADigit`], [`DigitsError::Length`] and [`DigitsError::Overflow`].
pub(crate) fn decode(digits: &str) -> Result<Vec<u8>, DigitsError> {
    let mut bytes = Vec::with_capacity(digits.len() / CHUNK_DIGITS * CHUNK_BYTES + CHUNK_BYTES);
    for chunk in digits.as_bytes().chunks(CHUNK_DIGITS) {
        let mut value = 0_u64;
        for digit in chunk {
            if !digit.is_ascii_digit() {
                return Err(DigitsError::NotADigit);
            }
            // Seventeen digits stay far below 2⁶⁴.
            value = value * 10 + u64::from(digit - b'0');
        }
        let length = bytes_for(chunk.len()).ok_or(DigitsError::Length)?;
        let little_endian = value.to_le_bytes();
        let (low, high) = little_endian
            .split_at_checked(length)
            .ok_or(DigitsError::Length)?;
        if high.iter().any(|byte| *byte != 0) {
            return Err(DigitsError::Overflow);
        }
        bytes.extend_from_slice(low);
    }
    Ok(bytes)
}

/// Why digits are not bytes. Whoever made the QR code is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DigitsError {
    /// A sign other than `0` to `9`.
    #[error("not a decimal digit")]
    NotADigit,
    /// No number of bytes gives this number of digits.
    #[error("no number of bytes gives this number of digits")]
    Length,
    /// A chunk is a larger number than its bytes can hold.
    #[error("a chunk of digits is too large for its bytes")]
    Overflow,
}

/// Digits of a chunk of `bytes`: as many as its largest value needs.
fn digits_for(bytes: usize) -> usize {
    match bytes {
        0 => 0,
        1 => 3,
        2 => 5,
        3 => 8,
        4 => 10,
        5 => 13,
        6 => 15,
        _ => CHUNK_DIGITS,
    }
}

/// Bytes of a chunk of `digits`.
fn bytes_for(digits: usize) -> Option<usize> {
    (1..=CHUNK_BYTES).find(|bytes| digits_for(*bytes) == digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_survive_the_round_trip(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn accepted_digits_have_one_spelling(digits in "[0-9]{0,60}") {
            if let Ok(bytes) = decode(&digits) {
                prop_assert_eq!(encode(&bytes), digits);
            }
        }

        #[test]
        fn arbitrary_text_never_panics(text in any::<String>()) {
            let _ = decode(&text);
        }
    }
}
