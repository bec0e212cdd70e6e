//! Handshake messages: the first byte chooses who reads the rest, the authenticator (even) or the client platform.

#![no_main]

mod hybrid_fixture;

use libfuzzer_sys::fuzz_target;
use rand::{SeedableRng as _, rngs::StdRng};

fuzz_target!(|data: &[u8]| {
    let Some((role, message)) = data.split_first() else {
        return;
    };
    if role % 2 == 0 {
        let (on_air, _) = hybrid_fixture::on_air(&hybrid_fixture::showing());
        let _ = on_air.respond(message, &mut StdRng::seed_from_u64(4));
    } else {
        let _ = hybrid_fixture::joined().0.reply(message);
    }
});
