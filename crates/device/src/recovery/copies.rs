//! Which passkeys the last backup holds, and which ones were seen to work in a backup: `copies.json` in the data folder.
//!
//! It holds names of keyring items and nothing else, and answers one question of its owner: where is this passkey? Nothing
//! that a site learns depends on it. Without it, or with one that can't be read, passkeys count as being only here.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use roamkey_vault::{RecordId, Vault};
use serde::{Deserialize, Serialize};

use super::RecoveryError;
use super::files::{make_folder, replace};

/// The copies that are known of.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Copies {
    /// In the last backup.
    backup: BTreeSet<String>,
    /// In a backup in which their key has signed, or out of which they came.
    drilled: BTreeSet<String>,
}

/// As it is written.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    backup: BTreeSet<String>,
    drilled: BTreeSet<String>,
}

impl Copies {
    pub(super) fn load(vault: &Vault) -> Self {
        let Ok(bytes) = fs::read(path(vault)) else {
            return Self::default();
        };
        Self::parse(&bytes).unwrap_or_else(|| {
            tracing::warn!(
                "copies.json can't be read: passkeys count as being only here until the next backup"
            );
            Self::default()
        })
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_BYTES {
            return None;
        }
        let file: File = serde_json::from_slice(bytes).ok()?;
        let mut names = file.backup.iter().chain(&file.drilled);
        let known = file.version == VERSION && names.all(|name| name.parse::<RecordId>().is_ok());
        known.then_some(Self {
            backup: file.backup,
            drilled: file.drilled,
        })
    }

    pub(super) fn is_in_backup(&self, id: RecordId) -> bool {
        self.backup.contains(&id.to_string())
    }

    pub(super) fn is_drilled(&self, id: RecordId) -> bool {
        self.drilled.contains(&id.to_string())
    }

    /// A backup was written that holds these.
    pub(super) fn note_backup(vault: &Vault, ids: &[RecordId]) {
        let mut copies = Self::load(vault);
        copies.backup = ids.iter().map(RecordId::to_string).collect();
        copies.keep(vault);
    }

    /// These were seen to work in a backup.
    pub(super) fn note_drilled(vault: &Vault, ids: &[RecordId]) {
        let mut copies = Self::load(vault);
        copies.drilled.extend(ids.iter().map(RecordId::to_string));
        copies.keep(vault);
    }

    /// Forgets all copies, and returns those that were seen to work.
    pub(super) fn forget(vault: &Vault) -> Vec<RecordId> {
        let known = Self::load(vault);
        Self::default().keep(vault);
        known
            .drilled
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect()
    }

    /// The file's content for these copies.
    pub(crate) fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&File {
            version: VERSION,
            backup: self.backup.clone(),
            drilled: self.drilled.clone(),
        })
    }

    /// What can't be kept has happened all the same, and costs a passkey its place in a picture.
    fn keep(self, vault: &Vault) {
        let kept = || {
            make_folder(vault.dir())?;
            let bytes = self
                .to_bytes()
                .map_err(|error| RecoveryError::Write(error.into()))?;
            replace(&path(vault), |out| {
                out.write_all(&bytes).map_err(RecoveryError::Write)
            })
        };
        if let Err(error) = kept() {
            tracing::warn!(%error, "copies.json is not what it should be until the next backup");
        }
    }
}

fn path(vault: &Vault) -> PathBuf {
    Path::new(vault.dir()).join("copies.json")
}

const VERSION: u32 = 1;
/// The names of 10,000 passkeys, twice, take 0.7 MB.
const MAX_BYTES: usize = 8 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_version_did_not_write_counts_for_nothing() {
        let id = "00112233445566778899aabbccddeeff";
        let text = |version: u32, name: &str| {
            format!("{{\"version\":{version},\"backup\":[\"{name}\"],\"drilled\":[]}}")
        };
        let copies = Copies::parse(text(1, id).as_bytes()).unwrap();
        assert!(copies.is_in_backup(id.parse().unwrap()) && !copies.is_drilled(id.parse().unwrap()));
        assert!(Copies::parse(text(2, id).as_bytes()).is_none());
        assert!(Copies::parse(text(1, "alice").as_bytes()).is_none());
        assert!(Copies::parse(b"{}").is_none());
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
            let _ = Copies::parse(&bytes);
        }
    }
}
