//! One credential of a Bitwarden export.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_fuzz::read_passkeys;

fuzz_target!(|data: &[u8]| {
    read_passkeys(&[br#"{"items":[{"login":{"fido2Credentials":["#, data, b"]}}]}"].concat());
});
