//! One passkey as the keyring keeps it: format version 1.
//!
//! Canonical CBOR (CTAP 2.3 §8), a map with these keys. It holds everything that is needed to sign, so a keyring alone
//! is enough to rebuild everything else. It is written once and never changed.
//!
//! ```text
//!  1  version              1
//!  2  credential id        bytes, 1 to 1023
//!  3  RP ID                text
//!  4  user handle          bytes, 1 to 64
//!  5  user name            text, optional
//!  6  user display name    text, optional
//!  7  COSE algorithm       integer
//!  8  credProtect          1, 2 or 3
//!  9  backup eligible      bool
//! 10  created              seconds since 1970
//! 11  discoverable         bool: a request without allow list finds it
//! 16  private key          bytes: 32 for ES256 (scalar, big endian) and EdDSA (seed); both primes for RS256, 256 to 512
//! 17  PRF seed with UV     32 bytes
//! 18  PRF seed without UV  32 bytes
//! 19  backup state then    bool: the state when the record was written
//! 20  credBlob             bytes, optional
//! ```
//!
//! Keys 2 to 11 are the [`Facts`], which the index keeps too. A reader of version 1 takes no other key, and says of a
//! record with a higher version just that. Fields for a later version begin at 32; a migration reads version 1 with
//! this module and writes the new one beside it.

use std::fmt;

use roamkey_cbor::{Map, Value, decode, encode};
use zeroize::Zeroizing;

use crate::keyring::SecretBytes;

#[cfg(test)]
mod tests;

/// What is known of a passkey without its secrets.
///
/// # Privacy
///
/// Names the site and the account: kept in the keyring and in sealed columns only, never logged.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Facts {
    pub(crate) credential_id: Vec<u8>,
    pub(crate) rp_id: String,
    pub(crate) user_id: Vec<u8>,
    pub(crate) user_name: Option<String>,
    pub(crate) user_display_name: Option<String>,
    /// COSE algorithm identifier.
    pub(crate) algorithm: i64,
    pub(crate) cred_protect: u8,
    pub(crate) backup_eligible: bool,
    /// Seconds since 1970.
    pub(crate) created_at: u64,
    pub(crate) discoverable: bool,
}

/// A whole passkey.
pub(crate) struct Record {
    pub(crate) facts: Facts,
    pub(crate) private_key: SecretBytes,
    pub(crate) prf_with_uv: Zeroizing<[u8; 32]>,
    pub(crate) prf_without_uv: Zeroizing<[u8; 32]>,
    pub(crate) backup_state: bool,
    pub(crate) cred_blob: Option<SecretBytes>,
}

/// Why bytes are not a passkey record that this program can use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A later version of this program wrote it. It must be left as it is.
    #[error("a newer version of this program wrote this passkey (record version {0})")]
    NewerVersion(u64),
    /// Not canonical CBOR; cut off, most often.
    #[error("a passkey record is damaged: {0}")]
    Cbor(roamkey_cbor::Error),
    /// Canonical CBOR, and not a map.
    #[error("a passkey record is damaged: it is not a map")]
    NotAMap,
    /// A field that must be there is not.
    #[error("a passkey record is damaged: it has no field {0}")]
    Missing(u8),
    /// A field has a type or value that it can't have.
    #[error("a passkey record is damaged: field {0} has no possible value")]
    Impossible(u8),
    /// There are fields that version 1 does not have.
    #[error("a passkey record is damaged: it has fields that its version does not have")]
    UnknownField,
}

impl Record {
    /// Writes the record.
    pub(crate) fn encode(&self) -> SecretBytes {
        let map = self
            .facts
            .to_map()
            .with(VERSION, RECORD_VERSION)
            .with(PRIVATE_KEY, self.private_key.as_slice())
            .with(PRF_WITH_UV, self.prf_with_uv.as_slice())
            .with(PRF_WITHOUT_UV, self.prf_without_uv.as_slice())
            .with(BACKUP_STATE, self.backup_state)
            .with_some(CRED_BLOB, self.cred_blob.as_ref().map(|blob| blob.as_slice()));
        // The map borrows the secrets, so this is the only copy.
        Zeroizing::new(encode(&map.into()))
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// [`RecordError::NewerVersion`] for any version above 1, the others for whatever is not version 1.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let mut map = decode(bytes)
            .map_err(RecordError::Cbor)?
            .into_map()
            .ok_or(RecordError::NotAMap)?;
        match take(&mut map, VERSION)?.as_u64() {
            Some(RECORD_VERSION) => {}
            Some(version) if version > RECORD_VERSION => return Err(RecordError::NewerVersion(version)),
            Some(_) | None => return Err(RecordError::Impossible(VERSION)),
        }
        let record = Self {
            facts: Facts::take_from(&mut map)?,
            private_key: Zeroizing::new(bytes_within(&mut map, PRIVATE_KEY, 1..=MAX_PRIVATE_KEY)?),
            prf_with_uv: seed(&mut map, PRF_WITH_UV)?,
            prf_without_uv: seed(&mut map, PRF_WITHOUT_UV)?,
            backup_state: boolean(&mut map, BACKUP_STATE)?,
            cred_blob: match map.take(CRED_BLOB) {
                Some(Value::Bytes(blob)) => Some(Zeroizing::new(blob.into_owned())),
                Some(_) => return Err(RecordError::Impossible(CRED_BLOB)),
                None => None,
            },
        };
        if !map.is_empty() {
            return Err(RecordError::UnknownField);
        }
        if record.backup_state && !record.facts.backup_eligible {
            return Err(RecordError::Impossible(BACKUP_STATE));
        }
        Ok(record)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record")
    }
}

impl Facts {
    /// The entries 2 to 11.
    pub(crate) fn to_map(&self) -> Map<'_> {
        Map::new()
            .with(CREDENTIAL_ID, &self.credential_id)
            .with(RP_ID, &self.rp_id)
            .with(USER_ID, &self.user_id)
            .with_some(USER_NAME, self.user_name.as_deref())
            .with_some(USER_DISPLAY_NAME, self.user_display_name.as_deref())
            .with(ALGORITHM, self.algorithm)
            .with(CRED_PROTECT, self.cred_protect)
            .with(BACKUP_ELIGIBLE, self.backup_eligible)
            .with(CREATED_AT, self.created_at)
            .with(DISCOVERABLE, self.discoverable)
    }

    /// Takes the entries 2 to 11 out of `map`.
    pub(crate) fn take_from(map: &mut Map<'_>) -> Result<Self, RecordError> {
        let cred_protect = take(map, CRED_PROTECT)?
            .as_u64()
            .and_then(|level| u8::try_from(level).ok());
        Ok(Self {
            credential_id: bytes_within(map, CREDENTIAL_ID, 1..=MAX_CREDENTIAL_ID)?,
            rp_id: rp_id(map)?,
            user_id: bytes_within(map, USER_ID, 1..=MAX_USER_ID)?,
            user_name: optional_text(map, USER_NAME)?,
            user_display_name: optional_text(map, USER_DISPLAY_NAME)?,
            algorithm: take(map, ALGORITHM)?
                .as_i64()
                .ok_or(RecordError::Impossible(ALGORITHM))?,
            cred_protect: cred_protect
                .filter(|level| (1..=3).contains(level))
                .ok_or(RecordError::Impossible(CRED_PROTECT))?,
            backup_eligible: boolean(map, BACKUP_ELIGIBLE)?,
            created_at: take(map, CREATED_AT)?
                .as_u64()
                .ok_or(RecordError::Impossible(CREATED_AT))?,
            discoverable: boolean(map, DISCOVERABLE)?,
        })
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Facts")
    }
}

fn take<'a>(map: &mut Map<'a>, key: u8) -> Result<Value<'a>, RecordError> {
    map.take(key).ok_or(RecordError::Missing(key))
}

fn bytes_within(
    map: &mut Map<'_>,
    key: u8,
    lengths: std::ops::RangeInclusive<usize>,
) -> Result<Vec<u8>, RecordError> {
    let bytes = take(map, key)?
        .into_bytes()
        .filter(|bytes| lengths.contains(&bytes.len()));
    bytes
        .map(std::borrow::Cow::into_owned)
        .ok_or(RecordError::Impossible(key))
}

fn boolean(map: &mut Map<'_>, key: u8) -> Result<bool, RecordError> {
    take(map, key)?.as_bool().ok_or(RecordError::Impossible(key))
}

fn rp_id(map: &mut Map<'_>) -> Result<String, RecordError> {
    let rp_id = optional_text(map, RP_ID)?.ok_or(RecordError::Missing(RP_ID))?;
    if (1..=MAX_RP_ID).contains(&rp_id.len()) {
        Ok(rp_id)
    } else {
        Err(RecordError::Impossible(RP_ID))
    }
}

fn optional_text(map: &mut Map<'_>, key: u8) -> Result<Option<String>, RecordError> {
    match map.take(key) {
        Some(Value::Text(text)) => Ok(Some(text.into_owned())),
        Some(_) => Err(RecordError::Impossible(key)),
        None => Ok(None),
    }
}

fn seed(map: &mut Map<'_>, key: u8) -> Result<Zeroizing<[u8; 32]>, RecordError> {
    let value = take(map, key)?;
    let bytes = value
        .as_bytes()
        .and_then(|bytes| <&[u8; 32]>::try_from(bytes).ok());
    bytes
        .map(|bytes| Zeroizing::new(*bytes))
        .ok_or(RecordError::Impossible(key))
}

/// The version that is written.
const RECORD_VERSION: u64 = 1;

const VERSION: u8 = 1;
const CREDENTIAL_ID: u8 = 2;
const RP_ID: u8 = 3;
const USER_ID: u8 = 4;
const USER_NAME: u8 = 5;
const USER_DISPLAY_NAME: u8 = 6;
const ALGORITHM: u8 = 7;
const CRED_PROTECT: u8 = 8;
const BACKUP_ELIGIBLE: u8 = 9;
const CREATED_AT: u8 = 10;
const DISCOVERABLE: u8 = 11;
const PRIVATE_KEY: u8 = 16;
const PRF_WITH_UV: u8 = 17;
const PRF_WITHOUT_UV: u8 = 18;
const BACKUP_STATE: u8 = 19;
const CRED_BLOB: u8 = 20;

/// WebAuthn L3 §5.8.3 ends credential ids at 1023 bytes.
const MAX_CREDENTIAL_ID: usize = 1023;
/// As `roamkey_ctap::RpId` has it.
const MAX_RP_ID: usize = 255;
/// WebAuthn L3 §5.4.3 ends user handles at 64 bytes.
const MAX_USER_ID: usize = 64;
/// Both primes of an RSA key of 4096 bits take 512 bytes. What is longer than this does not fit a keyring item.
const MAX_PRIVATE_KEY: usize = 1400;
