//! A passkey's record in the keyring, and a row of the index behind its seal.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| roamkey_vault::fuzzing::record(data));
