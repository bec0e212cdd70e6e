//! What several fuzz targets do.

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_authenticator::UnixTime;
use roamkey_exchange::import::{Options, read};
use roamkey_exchange::{key, signs};

/// Reads a file of passkeys; every key that is taken signs, and is written as it can be read again.
pub fn read_passkeys(file: &[u8]) {
    let mut rng = StdRng::seed_from_u64(1);
    let mut options = Options {
        password: None,
        backup_flags: None,
        now: UnixTime(1_795_000_000),
        rng: &mut rng,
    };
    let Ok(import) = read(file, &mut options) else {
        return;
    };
    for passkey in &import.passkeys {
        let key = &passkey.credential.key;
        assert!(signs(key, b"challenge"));
        assert!(key::from_pkcs8(&key::to_pkcs8(key)).is_ok());
        assert!(passkey.credential.backup_eligible || !passkey.credential.backup_state);
    }
}
