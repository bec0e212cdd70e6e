//! Reading passkeys from other programs' files.
//!
//! ```text
//! file ─ detect ─▶ zip (its JSON files, each bounded) ─┐
//!              └─▶ CXF · Bitwarden, plain or protected · KeePassXC .passkey ─▶ Import: passkeys, and what was skipped
//! ```
//!
//! A file that can't be read as a whole is an [`ImportError`] and gives nothing. In a file that can, an entry that is
//! no usable passkey is skipped and reported with its place and a [`Reason`]; the others are not held up by it.

mod bitwarden;
mod cxf;
mod error;
mod format;
mod keepassxc;
mod protected;
mod zip;

use std::collections::HashMap;

use rand_core::CryptoRng;
use roamkey_authenticator::{Credential, PrfSeed, PrfSeeds, PrivateKey, UnixTime};
use roamkey_ctap::{CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use zeroize::Zeroizing;

use crate::Passkey;
use crate::backup::BackupInfo;
pub use error::{EntryPlace, ImportError, Reason, Skipped};
pub use format::Format;

/// Longest file that is read, in bytes. 10,000 passkeys take some 12 MB.
pub const MAX_FILE: usize = 64 * 1024 * 1024;

/// What a reader of files needs to know and have.
#[expect(missing_debug_implementations, reason = "a password has none")]
pub struct Options<'a> {
    /// Opens a password-protected Bitwarden file.
    pub password: Option<&'a str>,
    /// Backup flags for passkeys whose file has none; `None` for what their program is known to use.
    pub backup_flags: Option<BackupFlags>,
    /// Creation time of passkeys whose file has none.
    pub now: UnixTime,
    /// Makes PRF seeds for passkeys whose file has none.
    pub rng: &'a mut dyn CryptoRng,
}

/// BE and BS of WebAuthn. A site that follows the standard refuses a passkey whose BE has changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BackupFlags {
    /// BE: it may be backed up.
    pub eligible: bool,
    /// BS: it is.
    pub state: bool,
}

/// What a file held.
#[derive(Debug)]
pub struct Import {
    /// The file's format; of a zip, that of what is in it.
    pub format: Format,
    /// The passkeys that can be used.
    pub passkeys: Vec<Passkey>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    /// Entries that are no passkeys: passwords, notes, cards.
    pub others: usize,
    /// Passkeys whose further fields were too long to keep.
    pub trimmed: usize,
    /// What the file says of itself, if Roamkey wrote it.
    pub backup: Option<BackupInfo>,
}

impl Import {
    fn new(format: Format) -> Self {
        Self {
            format,
            passkeys: Vec::new(),
            skipped: Vec::new(),
            others: 0,
            trimmed: 0,
            backup: None,
        }
    }

    /// Takes a passkey, or says why not.
    fn add(&mut self, place: EntryPlace, rp_id: Option<String>, entry: Result<Passkey, Reason>) {
        match entry {
            Ok(passkey) => self.passkeys.push(passkey),
            Err(reason) => self.skipped.push(Skipped { place, rp_id, reason }),
        }
    }

    fn join(&mut self, other: Self) {
        self.passkeys.extend(other.passkeys);
        self.skipped.extend(other.skipped);
        self.others = self.others.saturating_add(other.others);
        self.trimmed = self.trimmed.saturating_add(other.trimmed);
        self.backup = self.backup.take().or(other.backup);
    }

    /// Lets no two passkeys have one id: the same one twice counts once, and of two that differ neither is taken.
    fn without_duplicates(mut self) -> Self {
        let mut seen: HashMap<Vec<u8>, (Zeroizing<Vec<u8>>, bool)> = HashMap::new();
        let mut double = Vec::new();
        for (index, passkey) in self.passkeys.iter().enumerate() {
            let secret = identity_of(passkey);
            match seen.get_mut(passkey.credential.id.as_bytes()) {
                Some((first, differs)) => {
                    *differs |= *first != secret;
                    double.push(index);
                }
                None => {
                    let id = passkey.credential.id.as_bytes().to_vec();
                    seen.insert(id, (secret, false));
                }
            }
        }
        let passkeys = std::mem::take(&mut self.passkeys);
        for (index, passkey) in passkeys.into_iter().enumerate() {
            let differs = seen
                .get(passkey.credential.id.as_bytes())
                .is_some_and(|(_, differs)| *differs);
            let reason = match (double.binary_search(&index).is_ok(), differs) {
                (_, true) => Reason::AmbiguousId,
                (true, false) => Reason::Repeated,
                (false, false) => {
                    self.passkeys.push(passkey);
                    continue;
                }
            };
            self.skipped.push(Skipped {
                place: EntryPlace::Passkey(index.saturating_add(1)),
                rp_id: Some(passkey.credential.rp_id.as_str().to_owned()),
                reason,
            });
        }
        self
    }
}

/// Reads a file of any format but age.
///
/// # Errors
///
/// [`ImportError`], and then nothing is taken from the file.
pub fn read(file: &[u8], options: &mut Options<'_>) -> Result<Import, ImportError> {
    if file.len() > MAX_FILE {
        return Err(ImportError::TooLarge);
    }
    if crate::age::is_age(file) {
        return Err(ImportError::Encrypted);
    }
    let import = if zip::is_zip(file) {
        read_zip(file, options)?
    } else {
        read_json(file, options)?
    };
    Ok(import.without_duplicates())
}

/// Reads every file of an archive that may hold passkeys.
fn read_zip(file: &[u8], options: &mut Options<'_>) -> Result<Import, ImportError> {
    let mut whole: Option<Import> = None;
    for content in zip::read(file, |name| name.ends_with(".json") || name.ends_with(".passkey"))? {
        match (read_json(&content, options), &mut whole) {
            (Ok(import), None) => whole = Some(import),
            (Ok(import), Some(whole)) => whole.join(import),
            // A manifest or an attachment.
            (Err(ImportError::UnknownFormat), _) => {}
            (Err(error), _) => return Err(error),
        }
    }
    whole.ok_or(ImportError::NothingInArchive)
}

fn read_json(file: &[u8], options: &mut Options<'_>) -> Result<Import, ImportError> {
    let text = std::str::from_utf8(file).map_err(|_| ImportError::UnknownFormat)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format::detect(text)? {
        Format::Cxf => cxf::read(text, options),
        Format::Bitwarden => bitwarden::read(text, options),
        Format::BitwardenProtected => {
            let plain = protected::open(text, options.password)?;
            let plain = std::str::from_utf8(&plain).map_err(|_| ImportError::Damaged)?;
            let mut import = bitwarden::read(plain, options)?;
            import.format = Format::BitwardenProtected;
            Ok(import)
        }
        Format::KeePassXc => keepassxc::read(text, options),
    }
}

/// What all formats know of a passkey, before it is checked.
struct Parts {
    credential_id: Vec<u8>,
    rp_id: Option<String>,
    user_id: Option<Vec<u8>>,
    user_name: Option<String>,
    user_display_name: Option<String>,
    key: PrivateKey,
    /// With and without user verification.
    seeds: Option<PrfSeeds>,
    created_at: Option<u64>,
    flags: BackupFlags,
}

impl Parts {
    /// Checks the parts and makes them a credential.
    fn credential(self, options: &mut Options<'_>) -> Result<Credential, Reason> {
        if !(1..=MAX_CREDENTIAL_ID).contains(&self.credential_id.len()) {
            return Err(Reason::Field("credentialId"));
        }
        let rp_id = self.rp_id.ok_or(Reason::Missing("rpId"))?;
        // A web address instead of a name would never be asked for.
        let name_only =
            !rp_id.contains(|sign: char| sign == '/' || sign.is_whitespace() || sign.is_control());
        let rp_id = RpId::parse(&rp_id)
            .ok()
            .filter(|_| name_only)
            .ok_or(Reason::Field("rpId"))?;
        let user_id = self.user_id.ok_or(Reason::Missing("userHandle"))?;
        let seeds = match self.seeds {
            Some(seeds) => seeds,
            None => PrfSeeds::generate(options.rng),
        };
        Ok(Credential {
            id: CredentialId::new(self.credential_id),
            rp_id,
            user: PublicKeyCredentialUserEntity {
                id: UserHandle::parse(&user_id).map_err(|_| Reason::Field("userHandle"))?,
                name: self.user_name,
                display_name: self.user_display_name,
            },
            key: self.key,
            prf_seeds: seeds,
            discoverable: true,
            cred_protect: CredProtect::UserVerificationOptional,
            cred_blob: None,
            backup_eligible: self.flags.eligible,
            backup_state: self.flags.eligible && self.flags.state,
            created_at: UnixTime(self.created_at.unwrap_or(options.now.0)),
        })
    }
}

/// What makes a passkey this one: site and key.
fn identity_of(passkey: &Passkey) -> Zeroizing<Vec<u8>> {
    let credential = &passkey.credential;
    let secret = credential.key.to_bytes();
    Zeroizing::new([credential.rp_id.as_str().as_bytes(), b"\0", &secret].concat())
}

/// 32 bytes for a PRF seed.
fn seed(bytes: Option<&Zeroizing<Vec<u8>>>, name: &'static str) -> Result<Option<PrfSeed>, Reason> {
    let Some(bytes) = bytes else { return Ok(None) };
    let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| Reason::Field(name))?;
    Ok(Some(PrfSeed::from_bytes(bytes)))
}

/// WebAuthn L3 §5.8.3.
const MAX_CREDENTIAL_ID: usize = 1023;
/// What programs use that keep passkeys in more than one place.
const SYNCED: BackupFlags = BackupFlags {
    eligible: true,
    state: true,
};
