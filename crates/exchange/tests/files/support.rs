//! Passkeys to write, and options to read with.

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use roamkey_authenticator::{Credential, LargeBlob, PrfSeed, PrfSeeds, PrivateKey, UnixTime};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use roamkey_exchange::import::Options;
use roamkey_exchange::{Passkey, key};

pub(crate) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub(crate) fn options(rng: &mut StdRng) -> Options<'_> {
    Options {
        password: None,
        backup_flags: None,
        now: UnixTime(1_795_000_000),
        rng,
    }
}

pub(crate) fn rsa_key() -> PrivateKey {
    let der = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../authenticator/tests/rsa/2048.pkcs8"
    ))
    .unwrap();
    key::from_pkcs8(&der).unwrap()
}

pub(crate) fn passkey(number: u64) -> Passkey {
    let mut rng = rng(number);
    let algorithm = if number.is_multiple_of(3) {
        Algorithm::EdDsa
    } else {
        Algorithm::Es256
    };
    Passkey {
        credential: Credential {
            id: CredentialId::new(rng.random::<[u8; 32]>()),
            rp_id: RpId::parse(&format!("site-{number}.example")).unwrap(),
            user: PublicKeyCredentialUserEntity {
                id: UserHandle::parse(&rng.random::<[u8; 16]>()).unwrap(),
                name: Some(format!("alice-{number}")),
                display_name: Some("Alice".to_owned()),
            },
            key: PrivateKey::generate(algorithm, &mut rng).unwrap(),
            prf_seeds: PrfSeeds::generate(&mut rng),
            discoverable: true,
            cred_protect: CredProtect::UserVerificationOptional,
            cred_blob: None,
            backup_eligible: true,
            backup_state: false,
            created_at: UnixTime(1_760_000_000 + number),
        },
        label: None,
        large_blob: None,
        foreign: None,
    }
}

/// Passkeys of every kind that the vault can hold.
pub(crate) fn any_passkey() -> impl Strategy<Value = Passkey> {
    let who = (
        proptest::collection::vec(any::<u8>(), 1..=64),
        proptest::option::of("\\PC{1,40}"),
        proptest::option::of("\\PC{1,40}"),
        proptest::option::of("\\PC{1,30}"),
        "[a-z0-9.-]{1,60}",
    );
    let what = (
        proptest::collection::vec(any::<u8>(), 1..=300),
        any::<u64>(),
        any::<[bool; 3]>(),
        1..=3_u64,
        proptest::option::of(proptest::collection::vec(any::<u8>(), 1..=32)),
        proptest::option::of((proptest::collection::vec(any::<u8>(), 1..=2000), any::<u32>())),
    );
    (who, what).prop_map(|((handle, name, display_name, label, rp_id), what)| {
        let (id, seed, [eligible, state, discoverable], level, cred_blob, large_blob) = what;
        let mut rng = rng(seed);
        let key = match seed % 8 {
            0 => rsa_key(),
            odd if odd % 2 == 1 => PrivateKey::generate(Algorithm::EdDsa, &mut rng).unwrap(),
            _ => PrivateKey::generate(Algorithm::Es256, &mut rng).unwrap(),
        };
        let label = label.filter(|label| *label != rp_id);
        Passkey {
            credential: Credential {
                id: CredentialId::new(id),
                rp_id: RpId::parse(&rp_id).unwrap(),
                user: PublicKeyCredentialUserEntity {
                    id: UserHandle::parse(&handle).unwrap(),
                    name,
                    display_name,
                },
                key,
                prf_seeds: PrfSeeds {
                    with_uv: PrfSeed::from_bytes(rng.random()),
                    without_uv: PrfSeed::from_bytes(rng.random()),
                },
                discoverable,
                cred_protect: CredProtect::from_level(level).unwrap(),
                cred_blob,
                backup_eligible: eligible,
                backup_state: eligible && state,
                created_at: UnixTime(seed % 4_000_000_000),
            },
            label,
            large_blob: large_blob.map(|(data, size)| LargeBlob {
                data,
                original_size: size.into(),
            }),
            foreign: None,
        }
    })
}

/// Compares two passkeys in everything.
#[track_caller]
pub(crate) fn assert_same(read: &Passkey, written: &Passkey) {
    assert_same_credential(&read.credential, &written.credential);
    assert_eq!(read.label, written.label);
    assert!(read.large_blob == written.large_blob, "the large blob differs");
    assert!(read.foreign == written.foreign, "the foreign fields differ");
    let (read, written) = (&read.credential, &written.credential);
    assert_eq!(read.user.display_name, written.user.display_name);
    assert_eq!(
        read.prf_seeds.with_uv.as_bytes(),
        written.prf_seeds.with_uv.as_bytes()
    );
    assert_eq!(
        read.prf_seeds.without_uv.as_bytes(),
        written.prf_seeds.without_uv.as_bytes()
    );
    assert_eq!(read.discoverable, written.discoverable);
    assert_eq!(read.cred_protect, written.cred_protect);
    assert_eq!(read.cred_blob, written.cred_blob);
    assert_eq!(read.backup_eligible, written.backup_eligible);
    assert_eq!(read.backup_state, written.backup_state);
    assert_eq!(read.created_at, written.created_at);
}

/// Compares what every format has a place for.
#[track_caller]
pub(crate) fn assert_same_credential(read: &Credential, written: &Credential) {
    assert_eq!(read.id.as_bytes(), written.id.as_bytes());
    assert_eq!(read.rp_id.as_str(), written.rp_id.as_str());
    assert_eq!(read.user.id.as_bytes(), written.user.id.as_bytes());
    assert_eq!(read.user.name, written.user.name);
    assert_eq!(*read.key.to_bytes(), *written.key.to_bytes());
    assert_eq!(read.key.algorithm(), written.key.algorithm());
}
