//! A checker of CTAP2's canonical form (CTAP 2.3 §8) that shares no code with ours: `ciborium` reads the message and
//! writes it again, in definite lengths and shortest integers; then only the order of keys is left to look at.

use ciborium::Value;

/// Panics unless `cbor` is one item in canonical form.
pub(crate) fn assert_canonical(cbor: &[u8]) {
    let mut rest = cbor;
    let value: Value = ciborium::from_reader(&mut rest).unwrap();
    assert!(rest.is_empty(), "bytes behind the end of {}", hex::encode(cbor));
    assert_eq!(hex::encode(written(&value)), hex::encode(cbor));
    assert_sorted(&value);
}

fn written(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

/// Keys rise: by major type, then by length, then byte by byte. No two are equal.
fn assert_sorted(value: &Value) {
    match value {
        Value::Map(entries) => {
            let keys = entries.iter().map(|(key, _)| {
                let key = written(key);
                (key[0] >> 5, key.len(), key)
            });
            assert!(keys.is_sorted_by(|a, b| a < b), "keys of {value:?}");
            for (key, value) in entries {
                assert_sorted(key);
                assert_sorted(value);
            }
        }
        Value::Array(elements) => elements.iter().for_each(assert_sorted),
        Value::Tag(..) | Value::Float(_) => panic!("{value:?} has no place in CTAP2"),
        Value::Integer(_) | Value::Bytes(_) | Value::Text(_) | Value::Bool(_) | Value::Null | _ => {}
    }
}
