//! The payload of an update message, and the header of a linked client platform's request.

#![no_main]

mod hybrid_fixture;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use roamkey_hybrid::{LinkVerifier, LinkedRequest};

static LINKS: LazyLock<LinkVerifier> = LazyLock::new(|| hybrid_fixture::connected().2);

fuzz_target!(|data: &[u8]| {
    let _ = LINKS.verify(data);
    if let Ok(Ok(request)) = str::from_utf8(data).map(LinkedRequest::from_header) {
        assert_eq!(LinkedRequest::from_header(&request.to_header()), Ok(request));
    }
});
