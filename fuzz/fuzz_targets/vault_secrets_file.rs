//! The file store's file: its header, and its items behind the seal.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| roamkey_vault::fuzzing::secrets_file(data));
