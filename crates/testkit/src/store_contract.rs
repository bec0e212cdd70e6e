//! The contract of [`CredentialStore`], to be run against every store there is.
//!
//! A rule is a function that gets an empty store and panics if the store breaks it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a rule that is broken panics"
)]

use roamkey_authenticator::{
    Credential, CredentialStore, LargeBlob, PrfSeed, PrfSeeds, PrivateKey, StoreError, UnixTime,
};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};

/// Runs all rules, each on a store that `make` has just made.
///
/// # Panics
///
/// If the store breaks a rule.
pub fn check_store_contract<S: CredentialStore>(mut make: impl FnMut() -> S) {
    strangers_are_not_found(&make());
    passkeys_are_found_by_their_exact_site_and_load_whole(&make());
    keys_and_flags_of_every_kind_are_kept(&make());
    the_last_used_comes_first(&make());
    replaced_passkeys_are_gone(&make());
    large_blobs_are_kept_replaced_and_deleted(&make());
    large_blobs_go_with_their_passkey(&make());
}

fn strangers_are_not_found(store: &impl CredentialStore) {
    store.create(&passkey("a.example", 1), &[], NOW).unwrap();
    let stranger = CredentialId::new([9; 32]);
    assert!(matches!(store.load(&stranger), Err(StoreError::NotFound)));
    assert!(matches!(store.used(&stranger, NOW), Err(StoreError::NotFound)));
    assert!(matches!(store.large_blob(&stranger), Err(StoreError::NotFound)));
    assert!(matches!(
        store.set_large_blob(&stranger, None),
        Err(StoreError::NotFound)
    ));
}

fn passkeys_are_found_by_their_exact_site_and_load_whole(store: &impl CredentialStore) {
    let made = passkey("a.example", 1);
    assert!(store.find(&made.rp_id).unwrap().is_empty());
    store.create(&made, &[], NOW).unwrap();
    for other in ["example", "b.a.example", "a.example.org"] {
        assert!(
            store.find(&RpId::parse(other).unwrap()).unwrap().is_empty(),
            "{other}"
        );
    }
    let found = store.find(&made.rp_id).unwrap();
    assert!(found.len() == 1 && found[0].id == made.id && found[0].user == made.user);
    assert_eq!((found[0].last_used, found[0].created_at), (None, NOW));
    let loaded = store.load(&made.id).unwrap();
    assert!(loaded.rp_id == made.rp_id && loaded.user == made.user && loaded.cred_blob == made.cred_blob);
    assert!(loaded.key.to_bytes() == made.key.to_bytes());
    assert_eq!(
        loaded.prf_seeds.with_uv.as_bytes(),
        made.prf_seeds.with_uv.as_bytes()
    );
    assert_eq!(
        loaded.prf_seeds.without_uv.as_bytes(),
        made.prf_seeds.without_uv.as_bytes()
    );
    assert_eq!(
        (loaded.discoverable, loaded.cred_protect),
        (made.discoverable, made.cred_protect)
    );
    assert_eq!((loaded.backup_eligible, loaded.backup_state), (true, false));
}

fn keys_and_flags_of_every_kind_are_kept(store: &impl CredentialStore) {
    let mut made = passkey("a.example", 1);
    made.key = PrivateKey::from_bytes(Algorithm::EdDsa, &[9; 32]).unwrap();
    (made.discoverable, made.backup_state, made.cred_blob) = (false, true, None);
    made.cred_protect = CredProtect::UserVerificationRequired;
    store.create(&made, &[], NOW).unwrap();
    let found = &store.find(&made.rp_id).unwrap()[0];
    assert_eq!(
        (found.algorithm, found.discoverable, found.cred_protect),
        (Algorithm::EdDsa, false, CredProtect::UserVerificationRequired)
    );
    let loaded = store.load(&made.id).unwrap();
    assert!(loaded.key.sign(&[b"message"]).unwrap() == made.key.sign(&[b"message"]).unwrap());
    assert_eq!(
        (loaded.discoverable, loaded.backup_state, loaded.cred_blob),
        (false, true, None)
    );
}

fn the_last_used_comes_first(store: &impl CredentialStore) {
    for number in 1..=3 {
        store.create(&passkey("a.example", number), &[], NOW).unwrap();
    }
    store
        .used(&CredentialId::new([2; 32]), UnixTime(NOW.0 + 5))
        .unwrap();
    let found = store.find(&RpId::parse("a.example").unwrap()).unwrap();
    assert_eq!((found.len(), found[0].last_used), (3, Some(UnixTime(NOW.0 + 5))));
    assert!(found[0].id == CredentialId::new([2; 32]));
}

fn replaced_passkeys_are_gone(store: &impl CredentialStore) {
    let (old, other, new) = (
        passkey("a.example", 1),
        passkey("a.example", 2),
        passkey("a.example", 3),
    );
    store.create(&old, &[], NOW).unwrap();
    store.create(&other, &[], NOW).unwrap();
    let replaces = [old.id.clone(), CredentialId::new([9; 32])];
    store.create(&new, &replaces, NOW).unwrap();
    assert!(matches!(store.load(&old.id), Err(StoreError::NotFound)));
    assert!(store.load(&other.id).is_ok() && store.load(&new.id).is_ok());
    assert_eq!(store.find(&new.rp_id).unwrap().len(), 2);
}

fn large_blobs_are_kept_replaced_and_deleted(store: &impl CredentialStore) {
    let made = passkey("a.example", 1);
    store.create(&made, &[], NOW).unwrap();
    assert!(store.large_blob(&made.id).unwrap().is_none());
    for length in [1, LargeBlob::MAX_LENGTH] {
        let blob = LargeBlob {
            data: vec![7; length],
            original_size: 70_000,
        };
        store.set_large_blob(&made.id, Some(&blob)).unwrap();
        assert!(store.large_blob(&made.id).unwrap() == Some(blob));
    }
    store.set_large_blob(&made.id, None).unwrap();
    store.set_large_blob(&made.id, None).unwrap();
    assert!(store.large_blob(&made.id).unwrap().is_none());
}

fn large_blobs_go_with_their_passkey(store: &impl CredentialStore) {
    let (old, new) = (passkey("a.example", 1), passkey("a.example", 2));
    store.create(&old, &[], NOW).unwrap();
    let blob = LargeBlob {
        data: vec![7],
        original_size: 1,
    };
    store.set_large_blob(&old.id, Some(&blob)).unwrap();
    store.create(&new, std::slice::from_ref(&old.id), NOW).unwrap();
    assert!(matches!(store.large_blob(&old.id), Err(StoreError::NotFound)));
    assert!(store.large_blob(&new.id).unwrap().is_none());
}

fn passkey(rp_id: &str, number: u8) -> Credential {
    Credential {
        id: CredentialId::new([number; 32]),
        rp_id: RpId::parse(rp_id).unwrap(),
        user: PublicKeyCredentialUserEntity {
            id: UserHandle::parse(&[number]).unwrap(),
            name: Some(format!("name-{number}")),
            display_name: None,
        },
        key: PrivateKey::from_bytes(Algorithm::Es256, &[number; 32]).unwrap(),
        prf_seeds: PrfSeeds {
            with_uv: PrfSeed::from_bytes([number + 100; 32]),
            without_uv: PrfSeed::from_bytes([number + 200; 32]),
        },
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptional,
        cred_blob: Some(vec![number; 5]),
        backup_eligible: true,
        backup_state: false,
        created_at: NOW,
    }
}

const NOW: UnixTime = UnixTime(1_796_000_000);

#[cfg(test)]
mod tests {
    #[test]
    fn the_store_in_memory_keeps_the_contract() {
        super::check_store_contract(crate::store::MemoryStore::new);
    }
}
