//! CTAP requests: what is understood survives being written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_ctap::{Command, StatusCode};

fuzz_target!(|data: &[u8]| match Command::decode(data) {
    Ok(command) => {
        let again = Command::decode(&command.encode()).map(|again| again.encode());
        assert_eq!(again, Ok(command.encode()));
    }
    Err(error) => assert_ne!(error.status(), StatusCode::Ok),
});
