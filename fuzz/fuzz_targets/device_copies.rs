//! `copies.json` in the data folder.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| roamkey_device::fuzzing::copies(data));
