//! KeePassXC's `.passkey`, and whatever else is one JSON file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_fuzz::read_passkeys;

fuzz_target!(|data: &[u8]| {
    read_passkeys(data);
});
