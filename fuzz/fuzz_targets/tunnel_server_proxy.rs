//! What proxies put in front: PROXY headers of both versions, and the two forwarding headers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use roamkey_tunnel_server::{forwarded, proxy};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Some(header)) = proxy::parse(bytes) {
        assert!(header.length <= proxy::MAX_HEADER);
        // A header is the same without what follows it, and none without its last byte.
        let (whole, _) = bytes.split_at(header.length);
        assert_eq!(proxy::parse(whole), Ok(Some(header)));
        let (part, _) = bytes.split_at(header.length - 1);
        assert_eq!(proxy::parse(part), Ok(None));
    }
    let _ = (forwarded::forwarded(bytes), forwarded::x_forwarded_for(bytes));
});
