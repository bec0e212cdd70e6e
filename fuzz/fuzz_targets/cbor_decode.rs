//! CBOR: what is accepted is written back byte for byte, so there is one encoding only.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_cbor::{decode, decode_prefix, decode_with_depth, encode};

fuzz_target!(|data: &[u8]| {
    if let Ok(value) = decode_with_depth(data, 8) {
        assert_eq!(encode(&value), data);
        assert_eq!(decode(data).is_ok(), value.depth() <= 4);
    }
    if let Ok((value, length)) = decode_prefix(data) {
        assert!(data.starts_with(&encode(&value)) && length <= data.len());
    }
});
