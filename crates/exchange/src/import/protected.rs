//! Bitwarden's JSON export under a password.
//!
//! ```text
//! { "encrypted": true, "passwordProtected": true, "salt": text, "kdfType": 0 | 1, "kdfIterations": n,
//!   "kdfMemory": MiB, "kdfParallelism": n, "encKeyValidation_DO_NOT_EDIT": sealed, "data": sealed }
//!
//! master   kdfType 0: PBKDF2-HMAC-SHA-256(password, salt text, n)
//!          kdfType 1: Argon2id(password, SHA-256(salt text), n, memory, parallelism)
//! keys     HKDF-Expand(master, "enc"), HKDF-Expand(master, "mac")
//! sealed   "2." iv "|" ciphertext "|" mac: AES-256-CBC, HMAC-SHA-256 over iv ‖ ciphertext
//! ```

use aes::Aes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use hkdf::Hkdf;
use hmac::Mac as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::ImportError;
use crate::fields::{Fields, base64};
use crate::hmac_of;

type Key = Zeroizing<[u8; 32]>;

/// Opens the file: the JSON of an unprotected export.
pub(super) fn open(text: &str, password: Option<&str>) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let mut fields = Fields::parse(text).ok_or(ImportError::Damaged)?;
    let password = password.ok_or(ImportError::PasswordNeeded)?;
    let kdf = Kdf::read(&mut fields)?;
    let mut sealed = |name| fields.plain(&[name]).ok().flatten().ok_or(ImportError::Damaged);
    let (salt, check, data) = (
        sealed("salt")?,
        sealed("encKeyValidation_DO_NOT_EDIT")?,
        sealed("data")?,
    );
    let master = kdf.derive(password, &salt)?;
    let (encryption, authentication) = (expand(&master, b"enc"), expand(&master, b"mac"));
    let unseal = |text: &str| Sealed::parse(text)?.open(&encryption, &authentication);
    // A wrong password shows in the short text; after that, a broken MAC is a broken file.
    match unseal(&check) {
        Err(ImportError::PasswordWrong) => return Err(ImportError::PasswordWrong),
        other => drop(other?),
    }
    unseal(&data).map_err(|_| ImportError::Damaged)
}

enum Kdf {
    Pbkdf2 { rounds: u32 },
    Argon2id(argon2::Params),
}

/// Bitwarden allows 2,000,000.
const MAX_PBKDF2_ROUNDS: u64 = 2_000_000;
/// Bitwarden allows 1024 MiB, 10 rounds and 16 lanes.
const MAX_ARGON2_MIB: u64 = 1024;
const MAX_ARGON2_ROUNDS: u64 = 10;
const MAX_ARGON2_LANES: u64 = 16;

impl Kdf {
    fn read(fields: &mut Fields<'_>) -> Result<Self, ImportError> {
        let mut number = |name| fields.number(&[name]).ok().flatten();
        let kind = number("kdfType").ok_or(ImportError::Damaged)?;
        let rounds = number("kdfIterations").ok_or(ImportError::Damaged)?;
        let within = |value: u64, most: u64| {
            let value = u32::try_from(value).ok().filter(|_| (1..=most).contains(&value));
            value.ok_or(ImportError::TooMuchWork)
        };
        match kind {
            0 => Ok(Self::Pbkdf2 {
                rounds: within(rounds, MAX_PBKDF2_ROUNDS)?,
            }),
            1 => {
                let memory = within(number("kdfMemory").ok_or(ImportError::Damaged)?, MAX_ARGON2_MIB)?;
                let lanes = within(
                    number("kdfParallelism").ok_or(ImportError::Damaged)?,
                    MAX_ARGON2_LANES,
                )?;
                let rounds = within(rounds, MAX_ARGON2_ROUNDS)?;
                let params = argon2::Params::new(memory.saturating_mul(1024), rounds, lanes, Some(32));
                params.map(Self::Argon2id).map_err(|_| ImportError::TooMuchWork)
            }
            _ => Err(ImportError::NewerVersion),
        }
    }

    fn derive(self, password: &str, salt: &str) -> Result<Key, ImportError> {
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Self::Pbkdf2 { rounds } => {
                pbkdf2::pbkdf2_hmac::<Sha256>(
                    password.as_bytes(),
                    salt.as_bytes(),
                    rounds,
                    key.as_mut_slice(),
                );
            }
            Self::Argon2id(params) => {
                let salt = Sha256::digest(salt.as_bytes());
                argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
                    .hash_password_into(password.as_bytes(), &salt, key.as_mut_slice())
                    .map_err(|_| ImportError::TooMuchWork)?;
            }
        }
        Ok(key)
    }
}

fn expand(master: &Key, info: &[u8]) -> Key {
    let mut key = Zeroizing::new([0; 32]);
    // 32 bytes are a key long enough for HKDF-SHA-256, and one that it can make.
    if let Ok(hkdf) = Hkdf::<Sha256>::from_prk(master.as_slice()) {
        let _ = hkdf.expand(info, key.as_mut_slice());
    }
    key
}

struct Sealed {
    iv: [u8; 16],
    ciphertext: Zeroizing<Vec<u8>>,
    mac: Zeroizing<Vec<u8>>,
}

impl Sealed {
    fn parse(text: &str) -> Result<Self, ImportError> {
        let (kind, rest) = text.split_once('.').ok_or(ImportError::Damaged)?;
        if kind != "2" {
            return Err(ImportError::NewerVersion);
        }
        let parts: Option<Vec<_>> = rest.split('|').map(base64).collect();
        let [iv, ciphertext, mac] =
            <[_; 3]>::try_from(parts.ok_or(ImportError::Damaged)?).map_err(|_| ImportError::Damaged)?;
        let iv = iv.as_slice().try_into().map_err(|_| ImportError::Damaged)?;
        Ok(Self { iv, ciphertext, mac })
    }

    fn open(mut self, encryption: &Key, authentication: &Key) -> Result<Zeroizing<Vec<u8>>, ImportError> {
        let mut mac = hmac_of(authentication);
        mac.update(&self.iv);
        mac.update(&self.ciphertext);
        mac.verify_slice(&self.mac)
            .map_err(|_| ImportError::PasswordWrong)?;
        let cipher = cbc::Decryptor::<Aes256>::new((&**encryption).into(), &self.iv.into());
        let length = cipher
            .decrypt_padded::<Pkcs7>(&mut self.ciphertext)
            .map_err(|_| ImportError::Damaged)?
            .len();
        self.ciphertext.truncate(length);
        Ok(self.ciphertext)
    }
}
