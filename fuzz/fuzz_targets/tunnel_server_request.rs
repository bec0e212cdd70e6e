//! Request heads as a tunnel server gets them: `request::parse`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_tunnel_server::request;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some(asked)) = request::parse(bytes) {
        assert!(asked.length <= bytes.len());
    }
});
