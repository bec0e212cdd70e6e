//! The authenticator's first message, decrypted: both revisions, with and without a link.

#![no_main]

mod hybrid_fixture;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use roamkey_hybrid::{LinkVerifier, PeerInfo};

static LINKS: LazyLock<LinkVerifier> = LazyLock::new(|| hybrid_fixture::connected().2);

fuzz_target!(|data: &[u8]| {
    let _ = PeerInfo::from_plaintext(data, None);
    if let Ok(peer) = PeerInfo::from_plaintext(data, Some(&LINKS)) {
        let without = PeerInfo::from_plaintext(data, None);
        assert!(without.is_ok_and(|without| without.get_info == peer.get_info));
    }
});
