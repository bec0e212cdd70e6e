//! The list of all passkeys, as a person reads and searches it.

use std::cmp::Reverse;
use std::fmt;

use roamkey_authenticator::UnixTime;
use roamkey_ctap::Algorithm;

use super::{Access, Vault};
use crate::VaultError;
use crate::index::{Index, RecordId, Row, RowState, Trash};

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
    /// Whether a verified backup or a second copy of it exists.
    pub backed_up: bool,
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

/// A passkey in the trash. It signs nothing, and can be restored until it is destroyed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RemovedPasskey {
    /// The passkey.
    pub entry: PasskeyEntry,
    /// When it was removed.
    pub removed_at: UnixTime,
    /// After this time its key is destroyed.
    pub destroyed_at: UnixTime,
}

/// What to look for, and in which order. The default is all passkeys that are not removed, by site.
///
/// # Privacy
///
/// Says what a person looks for: `Debug` prints the order only.
#[derive(Clone, Default)]
pub struct Query {
    /// Part of the site, of the account's names or of the label, in upper or lower case.
    pub text: Option<String>,
    /// The site or a domain above it: `example.org` finds `example.org` and `login.example.org`.
    pub site: Option<String>,
    /// Which ones.
    pub state: Option<StateFilter>,
    /// In which order.
    pub sort: Sort,
}

/// Which passkeys to list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StateFilter {
    /// Those that can be used, and that their site knows.
    Ready,
    /// Those whose creation was interrupted.
    Unfinished,
    /// Those that can't be used: missing, damaged or of a newer version.
    Broken,
    /// Those that have never signed in.
    NeverUsed,
    /// Those of which a verified backup or a second copy exists.
    BackedUp,
    /// Those of which there is none.
    NotBackedUp,
    /// Those in the trash, and no others.
    Removed,
}

/// The order of a list. What is equal is in the order of creation.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Sort {
    /// By site, then by account.
    #[default]
    Site,
    /// The last used first, those that were never used at the end.
    LastUsed,
    /// The latest first.
    Created,
}

impl Vault {
    /// Lists all passkeys but the removed ones, by site and account, those that can't be used too. Of the keyring, only
    /// the key to the index is asked for.
    ///
    /// # Errors
    ///
    /// The keyring's if it is locked or not there, the index's. An empty list means that there are no passkeys.
    pub fn list(&self) -> Result<Vec<PasskeyEntry>, VaultError> {
        self.search(&Query::default())
    }

    /// Lists the passkeys that `query` finds, in its order.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list). An empty list means that there is no such passkey.
    pub fn search(&self, query: &Query) -> Result<Vec<PasskeyEntry>, VaultError> {
        let removed = query.state == Some(StateFilter::Removed);
        let mut matcher = Matcher::new(query);
        let mut entries = Vec::new();
        self.for_each_row(|row| {
            if row.changing.trash.is_some() == removed {
                let entry = PasskeyEntry::from(row);
                if matcher.finds(&entry) {
                    entries.push(entry);
                }
            }
        })?;
        sort(&mut entries, query.sort);
        Ok(entries)
    }

    /// Lists the trash, the last removed first.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    pub fn removed(&self) -> Result<Vec<RemovedPasskey>, VaultError> {
        let mut removed = Vec::new();
        self.for_each_row(|row| {
            if let Some(Trash {
                removed_at,
                destroyed_at,
            }) = row.changing.trash
            {
                removed.push(RemovedPasskey {
                    entry: row.into(),
                    removed_at: UnixTime(removed_at),
                    destroyed_at: UnixTime(destroyed_at),
                });
            }
        })?;
        removed.sort_by_key(|passkey| (Reverse(passkey.removed_at), passkey.entry.record_id));
        Ok(removed)
    }

    /// Gives every row to `each`. Rows that do not open are made anew from the keyring.
    fn for_each_row(&self, mut each: impl FnMut(Row)) -> Result<(), VaultError> {
        let mut rows = Vec::new();
        self.with_index(Access::Look, |index: &mut Index| {
            rows.clear();
            let broken = index.for_each(|row| rows.push(row))?;
            for id in broken {
                if let Some(sealed) = index.sealed_row(id)? {
                    rows.push(self.repaired_row(index, &sealed)?);
                }
            }
            Ok(())
        })?;
        rows.into_iter().for_each(&mut each);
        Ok(())
    }
}

/// A query, prepared for many passkeys.
struct Matcher<'a> {
    text: Option<String>,
    site: Option<String>,
    query: &'a Query,
    /// Room for a text in lower case.
    lower: String,
}

impl<'a> Matcher<'a> {
    fn new(query: &'a Query) -> Self {
        let site = query
            .site
            .as_deref()
            .map(|site| site.trim_end_matches('.').to_lowercase());
        Self {
            text: query.text.as_deref().map(str::to_lowercase),
            site,
            query,
            lower: String::new(),
        }
    }

    fn finds(&mut self, entry: &PasskeyEntry) -> bool {
        self.query.state.is_none_or(|state| state.includes(entry))
            && self
                .site
                .as_deref()
                .is_none_or(|site| entry.rp_id.as_deref().is_some_and(|rp_id| is_within(rp_id, site)))
            && self.has_text(entry)
    }

    fn has_text(&mut self, entry: &PasskeyEntry) -> bool {
        let Some(text) = &self.text else { return true };
        let parts = [
            &entry.rp_id,
            &entry.user_name,
            &entry.user_display_name,
            &entry.label,
        ];
        parts.into_iter().flatten().any(|part| {
            self.lower.clear();
            self.lower.extend(part.chars().flat_map(char::to_lowercase));
            self.lower.contains(text.as_str())
        })
    }
}

impl StateFilter {
    fn includes(self, entry: &PasskeyEntry) -> bool {
        match self {
            Self::Ready => entry.state == PasskeyState::Ready,
            Self::Unfinished => entry.state == PasskeyState::Unfinished,
            Self::Broken => !matches!(entry.state, PasskeyState::Ready | PasskeyState::Unfinished),
            Self::NeverUsed => entry.last_used.is_none(),
            Self::BackedUp => entry.backed_up,
            Self::NotBackedUp => !entry.backed_up,
            Self::Removed => true,
        }
    }
}

/// Tells whether `rp_id` is `domain` or below it.
fn is_within(rp_id: &str, domain: &str) -> bool {
    rp_id
        .strip_suffix(domain)
        .is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

fn sort(entries: &mut [PasskeyEntry], order: Sort) {
    match order {
        Sort::Site => entries.sort_unstable_by(|a, b| {
            let key = |entry: &PasskeyEntry| (entry.created_at, entry.record_id);
            (&a.rp_id, &a.user_name)
                .cmp(&(&b.rp_id, &b.user_name))
                .then_with(|| key(a).cmp(&key(b)))
        }),
        Sort::LastUsed => {
            entries
                .sort_unstable_by_key(|entry| (Reverse(entry.last_used), entry.created_at, entry.record_id));
        }
        Sort::Created => entries.sort_unstable_by_key(|entry| (Reverse(entry.created_at), entry.record_id)),
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
        let backed_up = changing.backup_state && facts.as_ref().is_some_and(|facts| facts.backup_eligible);
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
            backed_up,
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

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("state", &self.state)
            .field("sort", &self.sort)
            .finish_non_exhaustive()
    }
}
