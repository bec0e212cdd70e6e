//! The text of a QR code, as a camera or a command line gives it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_hybrid::{QrCode, TunnelDomain, authenticator};

fuzz_target!(|text: &str| {
    let code = QrCode::parse(text).map(|code| code.fresh(1_780_000_000));
    if let (Ok(Ok(code)), Ok(service)) = (code, TunnelDomain::new(0)) {
        let _ = authenticator::begin(code, service);
    }
});
