//! Properties of decoder and encoder, with ciborium as the independent opinion.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use roamkey_cbor::{Float, Map, Value, decode_prefix, decode_with_depth, encode, encoded_len};

const DEPTH: u8 = 8;

fn value() -> impl Strategy<Value = Value<'static>> {
    let leaf = prop_oneof![
        any::<u64>().prop_map(Value::Unsigned),
        (0_u64..300).prop_map(Value::Unsigned),
        any::<u64>().prop_map(Value::Negative),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
        Just(Value::Undefined),
        any::<u16>().prop_map(|bits| Value::Float(Float::Half(bits))),
        any::<u32>().prop_map(|bits| Value::Float(Float::Single(bits))),
        any::<u64>().prop_map(|bits| Value::Float(Float::Double(bits))),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::vec((inner.clone(), inner), 0..8)
                .prop_map(|entries| Value::Map(entries.into_iter().collect::<Map<'_>>())),
        ]
    })
}

/// What both sides can express: ciborium has no `undefined` and keeps floats as numbers.
fn common_value() -> impl Strategy<Value = Value<'static>> {
    let leaf = prop_oneof![
        any::<u64>().prop_map(Value::Unsigned),
        (0_u64..300).prop_map(Value::Unsigned),
        any::<u64>().prop_map(Value::Negative),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::vec((inner.clone(), inner), 0..8)
                .prop_map(|entries| Value::Map(entries.into_iter().collect::<Map<'_>>())),
        ]
    })
}

fn to_ciborium(value: &Value<'_>) -> ciborium::Value {
    match value {
        Value::Unsigned(n) => ciborium::Value::Integer((*n).into()),
        Value::Negative(n) => ciborium::Value::Integer((-1 - i128::from(*n)).try_into().unwrap()),
        Value::Bytes(bytes) => ciborium::Value::Bytes(bytes.to_vec()),
        Value::Text(text) => ciborium::Value::Text(text.to_string()),
        Value::Array(elements) => ciborium::Value::Array(elements.iter().map(to_ciborium).collect()),
        Value::Map(map) => ciborium::Value::Map(
            map.iter()
                .map(|(k, v)| (to_ciborium(k), to_ciborium(v)))
                .collect(),
        ),
        Value::Bool(value) => ciborium::Value::Bool(*value),
        Value::Null => ciborium::Value::Null,
        Value::Undefined | Value::Float(_) => panic!("not common"),
    }
}

proptest! {
    #[test]
    fn decoding_reverses_encoding(value in value()) {
        let bytes = encode(&value);
        prop_assert_eq!(bytes.len(), encoded_len(&value));
        prop_assert_eq!(bytes.capacity(), bytes.len());
        prop_assert_eq!(decode_with_depth(&bytes, DEPTH), Ok(value));
    }

    #[test]
    fn arbitrary_bytes_never_panic_and_what_is_accepted_has_no_other_encoding(
        bytes in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        if let Ok(value) = decode_with_depth(&bytes, DEPTH) {
            prop_assert_eq!(encode(&value), bytes);
        }
    }

    #[test]
    fn one_changed_byte_is_refused_or_canonical(value in value(), place in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = encode(&value);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok((value, length)) = decode_prefix(&bytes) {
            let again = encode(&value);
            prop_assert_eq!(&again[..], &bytes[..length]);
        }
    }

    #[test]
    fn every_proper_prefix_is_refused(value in value(), place in any::<prop::sample::Index>()) {
        let bytes = encode(&value);
        let place = place.index(bytes.len());
        prop_assert!(decode_with_depth(&bytes[..place], DEPTH).is_err());
    }

    #[test]
    fn an_independent_decoder_reads_the_same(value in common_value()) {
        let theirs: ciborium::Value = ciborium::from_reader(&encode(&value)[..]).unwrap();
        prop_assert_eq!(theirs, to_ciborium(&value));
    }

    #[test]
    fn an_independent_encoder_writes_the_same(value in common_value()) {
        let mut theirs = Vec::new();
        ciborium::into_writer(&to_ciborium(&value), &mut theirs).unwrap();
        prop_assert_eq!(theirs, encode(&value));
    }

    #[test]
    fn owning_changes_nothing(value in value()) {
        let bytes = encode(&value);
        let owned = decode_with_depth(&bytes, DEPTH).unwrap().into_owned();
        prop_assert_eq!(owned, value);
    }
}
