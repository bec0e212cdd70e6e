//! The canonical form, rule by rule, byte by byte.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use roamkey_cbor::{Error, Float, Map, Value, decode, decode_prefix, decode_with_depth, encode};

fn refuses(hex: &str, error: Error) {
    assert_eq!(decode(&hex::decode(hex).unwrap()), Err(error), "{hex}");
}

fn round_trips(hex: &str, value: Value<'_>) {
    let bytes = hex::decode(hex).unwrap();
    assert_eq!(decode(&bytes).as_ref(), Ok(&value), "{hex}");
    assert_eq!(hex::encode(encode(&value)), hex);
}

#[test]
fn integers_use_their_shortest_form() {
    round_trips("00", Value::from(0));
    round_trips("17", Value::from(23));
    round_trips("1818", Value::from(24));
    round_trips("18ff", Value::from(255));
    round_trips("190100", Value::from(256));
    round_trips("19ffff", Value::from(65_535));
    round_trips("1a00010000", Value::from(65_536));
    round_trips("1affffffff", Value::from(u32::MAX));
    round_trips("1b0000000100000000", Value::from(1_u64 << 32));
    round_trips("1bffffffffffffffff", Value::from(u64::MAX));
    round_trips("20", Value::from(-1));
    round_trips("26", Value::from(-7));
    round_trips("390100", Value::from(-257));
    round_trips("3b7fffffffffffffff", Value::from(i64::MIN));
    round_trips("3bffffffffffffffff", Value::Negative(u64::MAX));
    for longer in [
        "1817",
        "1900ff",
        "1a0000ffff",
        "1b00000000ffffffff",
        "3817",
        "5817",
        "7800",
        "9801",
        "b800",
    ] {
        refuses(longer, Error::NotShortest);
    }
}

#[test]
fn only_definite_lengths_are_accepted() {
    for indefinite in ["5f41ff", "7f6161ff", "9fff", "bfff", "1f", "3f"] {
        refuses(indefinite, Error::Indefinite);
    }
    for reserved in ["1c", "1d", "1e", "fc", "fd", "fe", "ff"] {
        refuses(reserved, Error::Reserved);
    }
}

#[test]
fn simple_values_and_floats_keep_their_bits() {
    round_trips("f4", Value::Bool(false));
    round_trips("f5", Value::Bool(true));
    round_trips("f6", Value::Null);
    round_trips("f7", Value::Undefined);
    round_trips("f93c00", Value::Float(Float::Half(0x3C00)));
    round_trips("fa3f800000", Value::Float(Float::Single(0x3F80_0000)));
    round_trips(
        "fb7ff8000000000001",
        Value::Float(Float::Double(0x7FF8_0000_0000_0001)),
    );
    for unassigned in ["e0", "f3", "f820", "f8ff"] {
        refuses(unassigned, Error::UnassignedSimple);
    }
    refuses("f818", Error::NotShortest);
}

#[test]
fn tags_are_refused() {
    refuses("c100", Error::Tagged);
    refuses("81d81800", Error::Tagged);
}

#[test]
fn input_must_hold_exactly_one_item() {
    for truncated in [
        "",
        "18",
        "1900",
        "41",
        "6261",
        "81",
        "a1",
        "a101",
        "a10143aabb",
        "f9",
        "f97e",
    ] {
        refuses(truncated, Error::Truncated);
    }
    refuses("0000", Error::Trailing);
    refuses("a000", Error::Trailing);
    assert_eq!(decode_prefix(&[0xA0, 0, 0]), Ok((Value::Map(Map::new()), 1)));
}

#[test]
fn a_claimed_length_beyond_the_input_is_refused_at_once() {
    for greedy in [
        "5bffffffffffffffff",
        "7b7fffffffffffffff",
        "9bffffffffffffffff",
        "bbffffffffffffffff",
        "9affffffff",
    ] {
        refuses(greedy, Error::Truncated);
    }
    // Two entries of a map take at least four bytes.
    refuses("a2010203", Error::Truncated);
}

#[test]
fn text_must_be_utf8() {
    round_trips("6161", Value::from("a"));
    round_trips("62c3a9", Value::from("é"));
    refuses("61ff", Error::NotUtf8);
    // An encoded surrogate, and an overlong slash.
    refuses("63eda080", Error::NotUtf8);
    refuses("62c0af", Error::NotUtf8);
}

#[test]
fn map_keys_are_sorted_by_major_type_then_length_then_bytes() {
    let map = Map::new()
        .with("a", 0)
        .with("aa", 0)
        .with("b", 0)
        .with(-1, 0)
        .with(24, 0)
        .with(3, 0)
        .with(vec![1_u8, 2], 0)
        .with(vec![9_u8], 0)
        .with(false, 0);
    round_trips(
        "a9030018180020004109004201020061610061620062616100f400",
        Value::from(map),
    );
    for unsorted in [
        "a202000100",
        "a220000000",
        "a26261610061620 0",
        "a2616200616100",
        "a2616100410000",
    ] {
        refuses(&unsorted.replace(' ', ""), Error::UnsortedKeys);
    }
}

#[test]
fn map_keys_are_unique() {
    refuses("a201000100", Error::DuplicateKey);
    refuses("a2616100616100", Error::DuplicateKey);
    let map = Map::new().with(1, 2).with(1, 3);
    assert_eq!((map.len(), map.get(1)), (1, Some(&Value::from(3))));
}

#[test]
fn depth_counts_maps_and_arrays() {
    let nested = |levels: usize| [vec![0x81; levels], vec![0]].concat();
    assert!(decode(&nested(4)).is_ok());
    assert_eq!(decode(&nested(5)), Err(Error::TooDeep));
    assert_eq!(decode(&nested(200_000)), Err(Error::TooDeep));
    assert!(decode_with_depth(&nested(16), 16).is_ok());
    assert_eq!(
        decode_with_depth(&nested(16), 16).map(|value| value.depth()),
        Ok(16)
    );
    refuses("a101a101a101a101a0", Error::TooDeep);
    // As a key too.
    refuses("a1818181810000", Error::TooDeep);
}

#[test]
fn maps_give_up_their_values() {
    let mut map = Map::new()
        .with(1, "x")
        .with("k", [7_u8])
        .with_some(2, None::<u8>)
        .with_some(3, Some(true));
    assert_eq!(map.take(1).and_then(Value::into_text).as_deref(), Some("x"));
    assert_eq!(
        map.take("k").and_then(Value::into_bytes).as_deref(),
        Some(&[7][..])
    );
    assert_eq!(
        (map.take(2), map.take(3), map.len()),
        (None, Some(Value::Bool(true)), 0)
    );
}

#[test]
fn integers_convert_only_when_they_fit() {
    assert_eq!(Value::from(i64::MIN).as_i64(), Some(i64::MIN));
    assert_eq!(Value::from(-7).as_i64(), Some(-7));
    assert_eq!(Value::from(-7).as_u64(), None);
    assert_eq!(Value::Negative(u64::MAX).as_i64(), None);
    assert_eq!(Value::Unsigned(u64::MAX).as_i64(), None);
}
