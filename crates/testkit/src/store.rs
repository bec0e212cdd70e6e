//! A passkey store in memory with the full contract of [`CredentialStore`]: exact relying party ID, the last used
//! first, replacement on creation, `NotFound` for strangers, and faults on demand.

use std::cmp::Reverse;
use std::sync::{Mutex, MutexGuard, PoisonError};

use roamkey_authenticator::{
    Credential, CredentialStore, CredentialSummary, LargeBlob, PolicyVerdict, PrfSeed, PrfSeeds, PrivateKey,
    StoreError, UnixTime,
};
use roamkey_ctap::{CredentialId, RpId};

/// Passkeys in memory. They are gone when it is dropped.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Default)]
struct State {
    records: Vec<Record>,
    capacity: Option<usize>,
    fault: Option<Fault>,
    large_blob_fault: Option<Fault>,
    /// Counts creations and uses: a clock of seconds can't tell which came first.
    turns: u64,
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

impl Fault {
    fn error(self) -> StoreError {
        match self {
            Self::Locked => StoreError::Locked,
            Self::Missing => StoreError::Missing,
            Self::TimedOut => StoreError::TimedOut,
            Self::Corrupt => StoreError::Corrupt,
            Self::Failed => StoreError::Failed("the store is broken".into()),
        }
    }
}

struct Record {
    rp_id: RpId,
    /// The turn in which it was created or last used.
    turn: u64,
    summary: CredentialSummary,
    key: Vec<u8>,
    seed_with_uv: [u8; 32],
    seed_without_uv: [u8; 32],
    cred_blob: Option<Vec<u8>>,
    large_blob: Option<LargeBlob>,
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
        let store = Self::new();
        store.state().capacity = Some(capacity);
        store
    }

    /// Lets every call fail from here on, or work again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    /// Lets calls for large blobs fail from here on, or work again.
    pub fn set_large_blob_fault(&self, fault: Option<Fault>) {
        self.state().large_blob_fault = fault;
    }

    /// Counts the passkeys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state().records.len()
    }

    /// Tells whether there are no passkeys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lists all passkeys with their relying party, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<(RpId, CredentialSummary)> {
        let state = self.state();
        let all = state.records.iter();
        all.map(|record| (record.rp_id.clone(), record.summary.clone()))
            .collect()
    }

    /// Removes a passkey, and tells whether it was there.
    pub fn remove(&self, id: &CredentialId) -> bool {
        let mut state = self.state();
        let before = state.records.len();
        state.records.retain(|record| &record.summary.id != id);
        state.records.len() < before
    }

    /// Sets flag BS of a passkey, as a finished backup does.
    pub fn set_backed_up(&self, id: &CredentialId, backed_up: bool) {
        if let Ok(record) = self.state().record(id) {
            record.backup_state = backed_up;
        }
    }

    /// Sets what a policy says about a passkey.
    pub fn set_policy(&self, id: &CredentialId, policy: PolicyVerdict) {
        if let Ok(record) = self.state().record(id) {
            record.summary.policy = policy;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, unless a fault was asked for.
    fn working(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        match state.fault {
            None => Ok(state),
            Some(fault) => Err(fault.error()),
        }
    }

    /// The state for a call about large blobs.
    fn working_with_blobs(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.working()?;
        match state.large_blob_fault {
            None => Ok(state),
            Some(fault) => Err(fault.error()),
        }
    }
}

impl State {
    fn next_turn(&mut self) -> u64 {
        self.turns += 1;
        self.turns
    }

    fn record(&mut self, id: &CredentialId) -> Result<&mut Record, StoreError> {
        let mut records = self.records.iter_mut();
        records
            .find(|record| &record.summary.id == id)
            .ok_or(StoreError::NotFound)
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MemoryStore(..)")
    }
}

impl CredentialStore for MemoryStore {
    fn find(&self, rp_id: &RpId) -> Result<Vec<CredentialSummary>, StoreError> {
        let state = self.working()?;
        let own = state.records.iter().filter(|record| &record.rp_id == rp_id);
        let mut found: Vec<_> = own.collect();
        found.sort_by_key(|record| {
            let summary = &record.summary;
            Reverse((summary.last_used.unwrap_or(summary.created_at), record.turn))
        });
        Ok(found.into_iter().map(|record| record.summary.clone()).collect())
    }

    fn load(&self, id: &CredentialId) -> Result<Credential, StoreError> {
        let mut state = self.working()?;
        let record = state.record(id)?;
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
        &self,
        credential: &Credential,
        replaces: &[CredentialId],
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let mut state = self.working()?;
        let is_kept = |record: &Record| !replaces.contains(&record.summary.id);
        let kept = state.records.iter().filter(|record| is_kept(record)).count();
        if state.capacity.is_some_and(|capacity| kept >= capacity) {
            return Err(StoreError::Full);
        }
        if state.record(&credential.id).is_ok() {
            return Err(StoreError::Failed("this credential id exists".into()));
        }
        state.records.retain(is_kept);
        let turn = state.next_turn();
        state.records.push(Record {
            rp_id: credential.rp_id.clone(),
            turn,
            summary: CredentialSummary {
                id: credential.id.clone(),
                user: credential.user.clone(),
                algorithm: credential.key.algorithm(),
                discoverable: credential.discoverable,
                cred_protect: credential.cred_protect,
                created_at: now,
                last_used: None,
                label: None,
                policy: PolicyVerdict::Allowed,
            },
            key: credential.key.to_bytes().to_vec(),
            seed_with_uv: *credential.prf_seeds.with_uv.as_bytes(),
            seed_without_uv: *credential.prf_seeds.without_uv.as_bytes(),
            cred_blob: credential.cred_blob.clone(),
            large_blob: None,
            backup_eligible: credential.backup_eligible,
            backup_state: credential.backup_state,
        });
        Ok(())
    }

    fn used(&self, id: &CredentialId, now: UnixTime) -> Result<(), StoreError> {
        let mut state = self.working()?;
        let turn = state.next_turn();
        let record = state.record(id)?;
        record.summary.last_used = Some(now);
        record.turn = turn;
        Ok(())
    }

    fn large_blob(&self, id: &CredentialId) -> Result<Option<LargeBlob>, StoreError> {
        Ok(self.working_with_blobs()?.record(id)?.large_blob.clone())
    }

    fn set_large_blob(&self, id: &CredentialId, blob: Option<&LargeBlob>) -> Result<(), StoreError> {
        self.working_with_blobs()?.record(id)?.large_blob = blob.cloned();
        Ok(())
    }
}
