//! A passkey store in memory with the full contract of [`CredentialStore`]: exact relying party ID, the last used
//! first, replacement on creation, `NotFound` for strangers, and faults on demand.

use roamkey_authenticator::{
    Credential, CredentialStore, CredentialSummary, PolicyVerdict, PrfSeed, PrfSeeds, PrivateKey, StoreError,
    UnixTime,
};
use roamkey_ctap::{Algorithm, CredentialId, RpId};

/// Passkeys in memory. They are gone when it is dropped.
#[derive(Default)]
pub struct MemoryStore {
    records: Vec<Record>,
    capacity: Option<usize>,
    fault: Option<Fault>,
}

/// What every call of a [`MemoryStore`] fails with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// [`StoreError::Locked`].
    Locked,
    /// [`StoreError::Missing`].
    Missing,
    /// [`StoreError::TimedOut`].
    TimedOut,
    /// [`StoreError::Corrupt`].
    Corrupt,
    /// [`StoreError::Failed`].
    Failed,
}

struct Record {
    rp_id: RpId,
    summary: CredentialSummary,
    key: [u8; 32],
    seed_with_uv: [u8; 32],
    seed_without_uv: [u8; 32],
    cred_blob: Option<Vec<u8>>,
    backup_eligible: bool,
    backup_state: bool,
}

impl MemoryStore {
    /// Makes an empty store without limit.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an empty store that holds at most `capacity` passkeys.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            capacity: Some(capacity),
            ..Self::default()
        }
    }

    /// Lets every call fail from here on, or work again.
    pub fn set_fault(&mut self, fault: Option<Fault>) {
        self.fault = fault;
    }

    /// Counts the passkeys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Tells whether there are no passkeys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Lists all passkeys with their relying party, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (&RpId, &CredentialSummary)> {
        self.records.iter().map(|record| (&record.rp_id, &record.summary))
    }

    /// Removes a passkey, and tells whether it was there.
    pub fn remove(&mut self, id: &CredentialId) -> bool {
        let before = self.records.len();
        self.records.retain(|record| &record.summary.id != id);
        self.records.len() < before
    }

    /// Sets flag BS of a passkey, as a finished backup does.
    pub fn set_backed_up(&mut self, id: &CredentialId, backed_up: bool) {
        if let Some(record) = self.records.iter_mut().find(|record| &record.summary.id == id) {
            record.backup_state = backed_up;
        }
    }

    /// Sets what a policy says about a passkey.
    pub fn set_policy(&mut self, id: &CredentialId, policy: PolicyVerdict) {
        if let Some(record) = self.records.iter_mut().find(|record| &record.summary.id == id) {
            record.summary.policy = policy;
        }
    }

    fn working(&self) -> Result<(), StoreError> {
        match self.fault {
            None => Ok(()),
            Some(Fault::Locked) => Err(StoreError::Locked),
            Some(Fault::Missing) => Err(StoreError::Missing),
            Some(Fault::TimedOut) => Err(StoreError::TimedOut),
            Some(Fault::Corrupt) => Err(StoreError::Corrupt),
            Some(Fault::Failed) => Err(StoreError::Failed("the store is broken".into())),
        }
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MemoryStore(..)")
    }
}

impl CredentialStore for MemoryStore {
    fn find(&self, rp_id: &RpId) -> Result<Vec<CredentialSummary>, StoreError> {
        self.working()?;
        let own = self.records.iter().filter(|record| &record.rp_id == rp_id);
        let mut found: Vec<_> = own.map(|record| record.summary.clone()).collect();
        found.sort_by_key(|summary| std::cmp::Reverse(summary.last_used.unwrap_or(summary.created_at)));
        Ok(found)
    }

    fn load(&self, id: &CredentialId) -> Result<Credential, StoreError> {
        self.working()?;
        let record = self
            .records
            .iter()
            .find(|record| &record.summary.id == id)
            .ok_or(StoreError::NotFound)?;
        Ok(Credential {
            id: record.summary.id.clone(),
            rp_id: record.rp_id.clone(),
            user: record.summary.user.clone(),
            key: PrivateKey::from_bytes(record.summary.algorithm, &record.key)
                .map_err(|_| StoreError::Corrupt)?,
            prf_seeds: PrfSeeds {
                with_uv: PrfSeed::from_bytes(record.seed_with_uv),
                without_uv: PrfSeed::from_bytes(record.seed_without_uv),
            },
            discoverable: record.summary.discoverable,
            cred_protect: record.summary.cred_protect,
            cred_blob: record.cred_blob.clone(),
            backup_eligible: record.backup_eligible,
            backup_state: record.backup_state,
            created_at: record.summary.created_at,
        })
    }

    fn create(
        &mut self,
        credential: &Credential,
        replaces: &[CredentialId],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        self.working()?;
        let kept = self
            .records
            .iter()
            .filter(|record| !replaces.contains(&record.summary.id))
            .count();
        if self.capacity.is_some_and(|capacity| kept >= capacity) {
            return Err(StoreError::Full);
        }
        if self
            .records
            .iter()
            .any(|record| record.summary.id == credential.id)
        {
            return Err(StoreError::Failed("this credential id exists".into()));
        }
        self.records
            .retain(|record| !replaces.contains(&record.summary.id));
        let algorithm: Algorithm = credential.key.algorithm();
        self.records.push(Record {
            rp_id: credential.rp_id.clone(),
            summary: CredentialSummary {
                id: credential.id.clone(),
                user: credential.user.clone(),
                algorithm,
                discoverable: credential.discoverable,
                cred_protect: credential.cred_protect,
                created_at: now,
                last_used: None,
                label: None,
                policy: PolicyVerdict::Allowed,
            },
            key: *credential.key.to_bytes(),
            seed_with_uv: *credential.prf_seeds.with_uv.as_bytes(),
            seed_without_uv: *credential.prf_seeds.without_uv.as_bytes(),
            cred_blob: credential.cred_blob.clone(),
            backup_eligible: credential.backup_eligible,
            backup_state: credential.backup_state,
        });
        Ok(())
    }

    fn used(&mut self, id: &CredentialId, now: UnixTime) -> Result<(), StoreError> {
        self.working()?;
        let mut records = self.records.iter_mut();
        let record = records
            .find(|record| &record.summary.id == id)
            .ok_or(StoreError::NotFound)?;
        record.summary.last_used = Some(now);
        Ok(())
    }
}
