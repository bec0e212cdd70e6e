//! The path of a request to a tunnel service.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_hybrid::RequestPath;
use roamkey_hybrid::paths::{connect, contact, new_tunnel};

fuzz_target!(|path: &str| {
    if let Ok(parsed) = RequestPath::parse(path) {
        let written = match &parsed {
            RequestPath::New(tunnel) => new_tunnel(tunnel),
            RequestPath::Connect(routing, tunnel) => connect(routing, tunnel),
            RequestPath::Contact(id) => contact(id),
        };
        assert!(written.eq_ignore_ascii_case(path));
    }
});
