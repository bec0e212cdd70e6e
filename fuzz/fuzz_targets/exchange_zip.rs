//! An archive with files of passkeys.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_fuzz::read_passkeys;

fuzz_target!(|data: &[u8]| {
    read_passkeys(&[b"PK\x03\x04", data].concat());
    read_passkeys(data);
});
