//! The list of all passkeys, as a person reads it.

use std::fmt;

use roamkey_authenticator::UnixTime;
use roamkey_ctap::Algorithm;

use super::{Access, Vault};
use crate::VaultError;
use crate::index::{Index, RecordId, Row, RowState};

/// A passkey in the list.
///
/// # Privacy
///
/// Names a site and an account there: to be shown to the person, never to be logged. `Debug` prints the state only.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct PasskeyEntry {
    /// The passkey's name in the keyring.
    pub record_id: RecordId,
    /// The site; `None` if the passkey could never be read.
    pub rp_id: Option<String>,
    /// The account's name at the site.
    pub user_name: Option<String>,
    /// The account's name for people.
    pub user_display_name: Option<String>,
    /// What the person calls the passkey.
    pub label: Option<String>,
    /// When it was created.
    pub created_at: Option<UnixTime>,
    /// When it last signed in.
    pub last_used: Option<UnixTime>,
    /// How often it signed in.
    pub uses: u64,
    /// Whether it can be used.
    pub state: PasskeyState,
}

/// Whether a passkey can be used, as far as is known without asking the keyring.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PasskeyState {
    /// It can.
    Ready,
    /// It can, but its creation was interrupted: the site probably does not know it.
    Unfinished,
    /// Its key was not in the keyring when it was last needed.
    Missing,
    /// Its item in the keyring can't be read.
    Damaged,
    /// A newer version of this program made it.
    NewerVersion,
}

impl Vault {
    /// Lists all passkeys by site and account, those that can't be used too. Of the keyring, only the key to the index
    /// is asked for.
    ///
    /// # Errors
    ///
    /// The keyring's if it is locked or not there, the index's. An empty list means that there are no passkeys.
    pub fn list(&self) -> Result<Vec<PasskeyEntry>, VaultError> {
        let read = |index: &mut Index| {
            let rows = index.all()?;
            rows.iter()
                .map(|sealed| self.repaired_row(index, sealed).map(PasskeyEntry::from))
                .collect()
        };
        let mut entries: Vec<PasskeyEntry> = self.with_index(Access::Look, read)?.unwrap_or_default();
        entries.sort_by(|a, b| {
            (&a.rp_id, &a.user_name, a.created_at).cmp(&(&b.rp_id, &b.user_name, b.created_at))
        });
        Ok(entries)
    }
}

impl From<Row> for PasskeyEntry {
    fn from(row: Row) -> Self {
        let Row {
            record_id,
            facts,
            changing,
        } = row;
        let known = facts
            .as_ref()
            .is_none_or(|facts| Algorithm::from_cose(facts.algorithm).is_some());
        let state = match changing.state {
            RowState::Ready | RowState::Unfinished if !known => PasskeyState::NewerVersion,
            RowState::Ready => PasskeyState::Ready,
            RowState::Unfinished => PasskeyState::Unfinished,
            RowState::Missing => PasskeyState::Missing,
            RowState::Damaged => PasskeyState::Damaged,
            RowState::Newer => PasskeyState::NewerVersion,
        };
        let created_at = facts.as_ref().map(|facts| UnixTime(facts.created_at));
        let (rp_id, user_name, user_display_name) = match facts {
            Some(facts) => (Some(facts.rp_id), facts.user_name, facts.user_display_name),
            None => (None, None, None),
        };
        Self {
            record_id,
            rp_id,
            user_name,
            user_display_name,
            label: changing.label,
            created_at,
            last_used: changing.last_used.map(UnixTime),
            uses: changing.uses,
            state,
        }
    }
}

impl fmt::Debug for PasskeyEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasskeyEntry")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
