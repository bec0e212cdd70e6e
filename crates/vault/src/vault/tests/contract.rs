//! The contract that all stores of passkeys keep, over every keyring that a vault may have.

use roamkey_testkit::keyring::{PrivateKeyring, in_private_session};
use roamkey_testkit::store_contract::check_store_contract;

use super::support::*;
use crate::{Passphrase, Vault, VaultConfig};

#[test]
fn a_vault_over_a_keyring_in_memory_keeps_the_contract() {
    let mut worlds = Vec::new();
    check_store_contract(|| {
        worlds.push(World::new());
        worlds.last().unwrap().vault()
    });
}

#[test]
fn a_vault_over_a_file_keeps_the_contract() {
    let mut folders = Vec::new();
    check_store_contract(|| {
        folders.push(tempfile::tempdir().unwrap());
        let config = VaultConfig::new(folders.last().unwrap().path());
        let passphrase = || Passphrase::new("correct horse battery".to_owned()).unwrap();
        config.create_passphrase_store(&passphrase()).unwrap();
        Vault::open(config.passphrase(passphrase())).unwrap()
    });
}

#[test]
fn a_vault_over_a_real_keyring_keeps_the_contract() {
    let name = "a_vault_over_a_real_keyring_keeps_the_contract";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        check_store_contract(|| {
            empty(session);
            vault_of(session)
        });
    });
}
