//! The activity log behind its seal, and the keyring's item that says where it ends.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| roamkey_vault::fuzzing::activity(data));
