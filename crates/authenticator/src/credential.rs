//! A passkey in memory: whole, with its key, or as the line in a list.

use std::fmt;

use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId};

use crate::{PolicyVerdict, PrfSeeds, PrivateKey};

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime(pub u64);

/// A passkey with its key (WebAuthn: public key credential source).
///
/// # Privacy
///
/// Names a person's account at a site. `Debug` shows none of it.
pub struct Credential {
    /// The credential ID: 32 random bytes for passkeys made here, anything for imported ones.
    pub id: CredentialId,
    /// The relying party.
    pub rp_id: RpId,
    /// The account.
    pub user: PublicKeyCredentialUserEntity,
    /// The private key.
    pub key: PrivateKey,
    /// The secrets behind `prf`, always both, made at creation: they can't be had later.
    pub prf_seeds: PrfSeeds,
    /// Whether a request without allow list finds it. Fixed at creation.
    pub discoverable: bool,
    /// Its protection policy. Fixed at creation.
    pub cred_protect: CredProtect,
    /// Bytes that the relying party keeps with it.
    pub cred_blob: Option<Vec<u8>>,
    /// BE: whether it may be backed up. Fixed at creation.
    pub backup_eligible: bool,
    /// BS: whether a verified backup or a second copy exists. The store fills it in when it loads.
    pub backup_state: bool,
    /// When it was created.
    pub created_at: UnixTime,
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credential(..)")
    }
}

/// A passkey as the index knows it, without any key.
///
/// # Privacy
///
/// Names a person's account. `Debug` shows none of it.
#[derive(Clone, Eq, PartialEq)]
pub struct CredentialSummary {
    /// The credential ID.
    pub id: CredentialId,
    /// The account.
    pub user: PublicKeyCredentialUserEntity,
    /// The signature algorithm.
    pub algorithm: Algorithm,
    /// Whether a request without allow list finds it.
    pub discoverable: bool,
    /// Its protection policy.
    pub cred_protect: CredProtect,
    /// When it was created.
    pub created_at: UnixTime,
    /// When it last signed.
    pub last_used: Option<UnixTime>,
    /// What its owner calls it.
    pub label: Option<String>,
    /// What the policy of a managed device says about it. The store fills it in.
    pub policy: PolicyVerdict,
}

impl fmt::Debug for CredentialSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CredentialSummary(..)")
    }
}
