//! One credential of a CXF file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_fuzz::read_passkeys;

fuzz_target!(|data: &[u8]| {
    read_passkeys(&[br#"{"accounts":[{"items":[{"credentials":["#, data, b"]}]}]}"].concat());
});
