//! A QR code's text, taken apart and put together again, to see what becomes of one that is not as it should be.
//!
//! `FIDO:/` and digits: seven bytes make seventeen digits, little-endian; the bytes are a CBOR map in which key 3 is
//! the time of its making (CTAP 2.3 §11.5.1). Written anew, so that it is no echo of `roamkey-hybrid`.

use roamkey_cbor::{Value, decode, encode};

use crate::Result;

/// The same code, made `seconds` later; negative for earlier.
///
/// # Errors
///
/// The text is no such code.
pub fn moved_in_time(text: &str, seconds: i64) -> Result<String> {
    let bytes = from_digits(text.strip_prefix("FIDO:/").ok_or("no FIDO:/ in front")?)?;
    let mut map = decode(&bytes)?.into_map().ok_or("the code is no map")?;
    let made = map
        .get(3_u64)
        .and_then(Value::as_u64)
        .ok_or("the code has no time")?;
    map.insert(
        3_u64,
        made.checked_add_signed(seconds).ok_or("that is before 1970")?,
    );
    Ok(format!("FIDO:/{}", to_digits(&encode(&Value::from(map)))))
}

fn from_digits(digits: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for chunk in digits.as_bytes().chunks(17) {
        let number: u64 = std::str::from_utf8(chunk)?.parse()?;
        let length = DIGITS
            .iter()
            .position(|digits| *digits == chunk.len())
            .ok_or("a chunk of digits is cut off")?;
        bytes.extend_from_slice(number.to_le_bytes().get(..length).unwrap_or_default());
    }
    Ok(bytes)
}

fn to_digits(bytes: &[u8]) -> String {
    let chunks = bytes.chunks(7).map(|chunk| {
        let number = chunk
            .iter()
            .rev()
            .fold(0_u64, |number, byte| number * 256 + u64::from(*byte));
        let width = DIGITS.get(chunk.len()).copied().unwrap_or_default();
        format!("{number:0width$}")
    });
    chunks.collect()
}

/// Digits for 0 to 7 bytes.
const DIGITS: [usize; 8] = [0, 3, 5, 8, 10, 13, 15, 17];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_back() {
        for length in 0..40_u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(37)).collect();
            assert_eq!(from_digits(&to_digits(&bytes)).unwrap(), bytes);
        }
    }

    #[test]
    fn time_moves_and_the_rest_stays() {
        let map = |time: u64| {
            roamkey_cbor::Map::new()
                .with(0, vec![2; 33])
                .with(3, time)
                .with(5, "ga")
        };
        let text = |time| format!("FIDO:/{}", to_digits(&encode(&Value::from(map(time)))));
        assert_eq!(
            moved_in_time(&text(1_700_000_000), -600).unwrap(),
            text(1_699_999_400)
        );
    }
}
