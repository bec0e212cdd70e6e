//! A backup: the age file around it, and what may be in one that the identity opens.

#![no_main]

use std::io::Write as _;

use libfuzzer_sys::fuzz_target;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_authenticator::UnixTime;
use roamkey_exchange::age::{Identity, Lock, Unlock, encrypt};
use roamkey_exchange::backup::open;
use roamkey_exchange::import::Options;

fuzz_target!(|data: &[u8]| {
    let identity = Identity::from_bytes(&[3; 32]);
    let mut rng = StdRng::seed_from_u64(1);
    let mut read = |file: &[u8]| {
        let mut options = Options {
            password: None,
            backup_flags: None,
            now: UnixTime(1_795_000_000),
            rng: &mut rng,
        };
        let _ = open(file, Unlock::Identity(&identity), &mut options);
    };
    read(data);
    let lock = identity.recipient();
    let Ok(mut wrapped) = encrypt(Lock::Recipient(&lock), &mut StdRng::seed_from_u64(2), Vec::new()) else {
        return;
    };
    if wrapped.write_all(data).is_ok()
        && let Ok(file) = wrapped.finish()
    {
        read(&file);
    }
});
