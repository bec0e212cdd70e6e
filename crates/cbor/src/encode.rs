//! Values to bytes in the canonical form (CTAP 2.3 §8). Nothing here sorts: a [`Map`](crate::Map) is in order already.

use crate::{Float, Value};

/// Encodes `value`.
///
/// The buffer is allocated once, at its final length, so that no copy of a secret stays behind in a buffer that was
/// too small.
#[must_use]
pub fn encode(value: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(encoded_len(value));
    write(value, &mut out);
    out
}

/// Encodes `value` at the end of `out`, which grows at most once.
pub fn encode_into(value: &Value<'_>, out: &mut Vec<u8>) {
    out.reserve_exact(encoded_len(value));
    write(value, out);
}

/// Tells the length of [`encode`]'s result in bytes.
#[must_use]
pub fn encoded_len(value: &Value<'_>) -> usize {
    match value {
        Value::Unsigned(n) | Value::Negative(n) => head_len(*n),
        Value::Bytes(bytes) => string_len(bytes.len()),
        Value::Text(text) => string_len(text.len()),
        Value::Array(elements) => {
            head_len(to_u64(elements.len())) + elements.iter().map(encoded_len).sum::<usize>()
        }
        Value::Map(map) => {
            let entries = map
                .iter()
                .map(|(key, value)| encoded_len(key) + encoded_len(value));
            head_len(to_u64(map.len())) + entries.sum::<usize>()
        }
        Value::Bool(_) | Value::Null | Value::Undefined => 1,
        Value::Float(Float::Half(_)) => 3,
        Value::Float(Float::Single(_)) => 5,
        Value::Float(Float::Double(_)) => 9,
    }
}

fn write(value: &Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Unsigned(n) => head(0, *n, out),
        Value::Negative(n) => head(1, *n, out),
        Value::Bytes(bytes) => {
            head(2, to_u64(bytes.len()), out);
            out.extend_from_slice(bytes);
        }
        Value::Text(text) => {
            head(3, to_u64(text.len()), out);
            out.extend_from_slice(text.as_bytes());
        }
        Value::Array(elements) => {
            head(4, to_u64(elements.len()), out);
            elements.iter().for_each(|element| write(element, out));
        }
        Value::Map(map) => {
            head(5, to_u64(map.len()), out);
            map.iter().for_each(|(key, value)| {
                write(key, out);
                write(value, out);
            });
        }
        Value::Bool(false) => out.push(0xF4),
        Value::Bool(true) => out.push(0xF5),
        Value::Null => out.push(0xF6),
        Value::Undefined => out.push(0xF7),
        Value::Float(Float::Half(bits)) => extend(0xF9, &bits.to_be_bytes(), out),
        Value::Float(Float::Single(bits)) => extend(0xFA, &bits.to_be_bytes(), out),
        Value::Float(Float::Double(bits)) => extend(0xFB, &bits.to_be_bytes(), out),
    }
}

/// Writes a major type and its argument in the shortest form.
fn head(major: u8, argument: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    if let Ok(argument) = u8::try_from(argument) {
        if argument < 24 {
            out.push(major | argument)
        } else {
            extend(major | 24, &[argument], out)
        }
    } else if let Ok(argument) = u16::try_from(argument) {
        extend(major | 25, &argument.to_be_bytes(), out);
    } else if let Ok(argument) = u32::try_from(argument) {
        extend(major | 26, &argument.to_be_bytes(), out);
    } else {
        extend(major | 27, &argument.to_be_bytes(), out);
    }
}

fn extend(first: u8, rest: &[u8], out: &mut Vec<u8>) {
    out.push(first);
    out.extend_from_slice(rest);
}

fn string_len(length: usize) -> usize {
    head_len(to_u64(length)) + length
}

fn head_len(argument: u64) -> usize {
    match argument {
        0..=23 => 1,
        24..=0xFF => 2,
        0x100..=0xFFFF => 3,
        0x1_0000..=0xFFFF_FFFF => 5,
        _ => 9,
    }
}

fn to_u64(length: usize) -> u64 {
    // Saturates only where a `usize` is wider than 64 bits, and no such length fits into memory.
    u64::try_from(length).unwrap_or(u64::MAX)
}
