//! The vault as the authenticator's credential store.

use std::io::ErrorKind;

use roamkey_authenticator::{
    Credential, CredentialStore, CredentialSummary, LargeBlob, PolicyVerdict, PrfSeed, PrfSeeds, PrivateKey,
    StoreError, UnixTime,
};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use zeroize::Zeroizing;

use super::Vault;
use crate::index::{IndexError, Row};
use crate::record::{Facts, Record};
use crate::{FileStoreError, KeyringError, VaultError};

impl CredentialStore for Vault {
    fn find(&self, rp_id: &RpId) -> Result<Vec<CredentialSummary>, StoreError> {
        let rows = self.find_rows(rp_id.as_str())?;
        let now = (self.clock)();
        let mut found: Vec<_> = rows.into_iter().filter_map(summary).collect();
        for summary in &mut found {
            summary.policy = self
                .policy
                .verdict(rp_id.as_str(), summary.created_at, summary.last_used, now);
        }
        Ok(found)
    }

    fn load(&self, id: &CredentialId) -> Result<Credential, StoreError> {
        let (record, backup_state) = self.load_record(id.as_bytes())?;
        credential(record, backup_state).ok_or(StoreError::Corrupt)
    }

    fn create(
        &self,
        credential: &Credential,
        replaces: &[CredentialId],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let replaces: Vec<_> = replaces.iter().map(CredentialId::as_bytes).collect();
        Ok(self.create_record(&record(credential), &replaces, now)?)
    }

    fn used(&self, id: &CredentialId, now: UnixTime) -> Result<(), StoreError> {
        Ok(self.note_use(id.as_bytes(), now)?)
    }

    fn large_blob(&self, id: &CredentialId) -> Result<Option<LargeBlob>, StoreError> {
        Ok(self.read_large_blob(id.as_bytes())?)
    }

    fn set_large_blob(&self, id: &CredentialId, blob: Option<&LargeBlob>) -> Result<(), StoreError> {
        Ok(self.write_large_blob(id.as_bytes(), blob)?)
    }
}

impl From<VaultError> for StoreError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::NotFound
            | VaultError::AlreadyRemoved
            | VaultError::KeyMissing
            | VaultError::Keyring(KeyringError::NoItem) => Self::NotFound,
            VaultError::Record(_)
            | VaultError::Mismatch
            | VaultError::Index(IndexError::Attachment)
            | VaultError::Keyring(KeyringError::Garbled | KeyringError::Duplicate) => Self::Corrupt,
            VaultError::Keyring(
                KeyringError::Locked(_)
                | KeyringError::Dismissed(_)
                | KeyringError::File(FileStoreError::PassphraseNeeded | FileStoreError::WrongPassphrase),
            ) => Self::Locked,
            VaultError::Keyring(
                KeyringError::Unavailable(_)
                | KeyringError::NoCollection(_)
                | KeyringError::File(FileStoreError::NotThere),
            ) => Self::Missing,
            VaultError::Keyring(KeyringError::TimedOut) | VaultError::Busy => Self::TimedOut,
            VaultError::Keyring(KeyringError::File(FileStoreError::Io(ref cause)))
                if matches!(
                    cause.kind(),
                    ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
                ) =>
            {
                Self::Full
            }
            VaultError::Keyring(KeyringError::TooLarge { .. })
            | VaultError::AttachmentTooLarge
            | VaultError::Index(IndexError::DiskFull(_)) => Self::Full,
            VaultError::Keyring(
                KeyringError::Unsupported | KeyringError::File(_) | KeyringError::Failed(_),
            )
            | VaultError::NotKept
            | VaultError::NotRemoved
            | VaultError::NotAnId
            | VaultError::Ambiguous
            | VaultError::Label(_)
            | VaultError::OtherKeyring { .. }
            | VaultError::Index(_)
            | VaultError::Activity(_)
            | VaultError::Policy(_)
            | VaultError::Folder(_)
            | VaultError::Random(_) => Self::Failed(Box::new(error)),
        }
    }
}

pub(super) fn record(credential: &Credential) -> Record {
    let PublicKeyCredentialUserEntity {
        id,
        name,
        display_name,
    } = &credential.user;
    Record {
        facts: Facts {
            credential_id: credential.id.as_bytes().to_vec(),
            rp_id: credential.rp_id.as_str().to_owned(),
            user_id: id.as_bytes().to_vec(),
            user_name: name.clone(),
            user_display_name: display_name.clone(),
            algorithm: credential.key.algorithm().cose(),
            cred_protect: credential.cred_protect.level(),
            backup_eligible: credential.backup_eligible,
            created_at: credential.created_at.0,
            discoverable: credential.discoverable,
        },
        private_key: credential.key.to_bytes(),
        prf_with_uv: Zeroizing::new(*credential.prf_seeds.with_uv.as_bytes()),
        prf_without_uv: Zeroizing::new(*credential.prf_seeds.without_uv.as_bytes()),
        backup_state: credential.backup_eligible && credential.backup_state,
        cred_blob: credential.cred_blob.clone().map(Zeroizing::new),
    }
}

/// `None` if a field is beyond what CTAP allows, or the algorithm is one that can't sign here.
pub(super) fn credential(record: Record, backup_state: bool) -> Option<Credential> {
    let facts = &record.facts;
    let algorithm = Algorithm::from_cose(facts.algorithm)?;
    Some(Credential {
        id: CredentialId::new(facts.credential_id.as_slice()),
        rp_id: RpId::parse(&facts.rp_id).ok()?,
        user: user(facts)?,
        key: PrivateKey::from_bytes(algorithm, &record.private_key).ok()?,
        prf_seeds: PrfSeeds {
            with_uv: PrfSeed::from_bytes(*record.prf_with_uv),
            without_uv: PrfSeed::from_bytes(*record.prf_without_uv),
        },
        discoverable: facts.discoverable,
        cred_protect: CredProtect::from_level(facts.cred_protect.into())?,
        cred_blob: record.cred_blob.as_ref().map(|blob| blob.to_vec()),
        backup_eligible: facts.backup_eligible,
        // BS without BE would contradict WebAuthn L3 §6.1.3.
        backup_state: facts.backup_eligible && backup_state,
        created_at: UnixTime(facts.created_at),
    })
}

/// `None` for a passkey that this version can't sign with: it is in the list, and says so. The policy's verdict is the
/// caller's.
fn summary(row: Row) -> Option<CredentialSummary> {
    let facts = row.facts?;
    Some(CredentialSummary {
        id: CredentialId::new(facts.credential_id.as_slice()),
        user: user(&facts)?,
        algorithm: Algorithm::from_cose(facts.algorithm)?,
        discoverable: facts.discoverable,
        cred_protect: CredProtect::from_level(facts.cred_protect.into())?,
        created_at: UnixTime(facts.created_at),
        last_used: row.changing.last_used.map(UnixTime),
        label: row.changing.label,
        policy: PolicyVerdict::Allowed,
    })
}

fn user(facts: &Facts) -> Option<PublicKeyCredentialUserEntity> {
    Some(PublicKeyCredentialUserEntity {
        id: UserHandle::parse(&facts.user_id).ok()?,
        name: facts.user_name.clone(),
        display_name: facts.user_display_name.clone(),
    })
}
