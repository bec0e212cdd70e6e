//! Passkeys to measure with: two of each site.

use roamkey_authenticator::{Credential, PrfSeed, PrfSeeds, PrivateKey, UnixTime};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};

pub(crate) const NOW: UnixTime = UnixTime(1_796_000_000);

/// A passkey whose bytes all follow from `number`.
pub(crate) fn credential(number: u32) -> Credential {
    let mut id = [7; 32];
    id.iter_mut()
        .zip(number.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    Credential {
        id: CredentialId::new(id),
        rp_id: RpId::parse(&format!("site-{}.example", number / 2)).unwrap(),
        user: PublicKeyCredentialUserEntity {
            id: UserHandle::parse(&number.to_be_bytes()).unwrap(),
            name: Some(format!("name-{number}@mail.example")),
            display_name: Some(format!("Display Name {number}")),
        },
        key: PrivateKey::from_bytes(Algorithm::Es256, &id).unwrap(),
        prf_seeds: PrfSeeds {
            with_uv: PrfSeed::from_bytes(id),
            without_uv: PrfSeed::from_bytes(id),
        },
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptional,
        cred_blob: None,
        backup_eligible: true,
        backup_state: false,
        created_at: NOW,
    }
}
