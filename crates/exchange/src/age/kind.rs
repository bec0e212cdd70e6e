//! The two kinds of stanzas: how a file key is wrapped for an X25519 recipient, and under a passphrase.
//!
//! ```text
//! -> X25519 <ephemeral share>         wrap key = HKDF-SHA-256(X25519(ephemeral, recipient), share ‖ recipient, "…/X25519")
//! -> scrypt <salt, 16> <log2 N>       wrap key = scrypt(passphrase, "…/scrypt" ‖ salt, N, r = 8, p = 1)
//! body                                ChaCha20-Poly1305(wrap key, nonce of zeros, file key), 32 bytes
//! ```

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use bech32::{Bech32, Hrp};
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use x25519_dalek::{EphemeralSecret, PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::header::{Stanza, decode};
use super::{AgeError, FileKey};

/// An age X25519 identity: the secret half. 32 bytes that mean a scalar, any of them.
pub struct Identity(StaticSecret);

/// An age X25519 recipient: the public half. Not secret; who exchanges it reads the backups that follow.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Recipient([u8; 32]);

/// log2 N that is written: 128 MiB and about half a second.
const WORK_FACTOR: u8 = 17;
/// log2 N up to which a file is opened: 1 GiB.
const MAX_WORK_FACTOR: u8 = 20;
const X25519: &str = "X25519";
const SCRYPT: &str = "scrypt";
const X25519_INFO: &[u8] = b"age-encryption.org/v1/X25519";
const SCRYPT_SALT: &[u8] = b"age-encryption.org/v1/scrypt";
const SECRET_PREFIX: Hrp = Hrp::parse_unchecked("age-secret-key-");
const PUBLIC_PREFIX: Hrp = Hrp::parse_unchecked("age");

impl Identity {
    /// Takes the 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(StaticSecret::from(*bytes))
    }

    /// The public half.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient(PublicKey::from(&self.0).to_bytes())
    }

    /// The identity as an age identity file has it, `AGE-SECRET-KEY-1…`.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let encoded = bech32::encode_upper::<Bech32>(SECRET_PREFIX, self.0.as_bytes());
        // A text of 74 characters is within what bech32 allows.
        Zeroizing::new(encoded.unwrap_or_default())
    }

    /// Reads what [`to_text`](Self::to_text) writes.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(read_bech32(text, SECRET_PREFIX)?);
        Some(Self::from_bytes(&bytes))
    }

    /// Unwraps the file key from whichever stanza is for this identity.
    pub(super) fn unwrap_any(&self, stanzas: &[Stanza<'_>]) -> Result<FileKey, AgeError> {
        let mut found = Err(AgeError::NoMatch);
        for stanza in stanzas {
            let Some((_, arguments)) = stanza.arguments.split_first().filter(|(kind, _)| *kind == X25519)
            else {
                continue;
            };
            let [share] = arguments else {
                return Err(AgeError::Damaged);
            };
            let share: [u8; 32] = decode(share)?.try_into().map_err(|_| AgeError::Damaged)?;
            let key = self.wrap_key(&share)?;
            let body: &[u8; WRAPPED] = stanza.body.as_slice().try_into().map_err(|_| AgeError::Damaged)?;
            if found.is_err() {
                found = unwrap(&key, body);
            }
        }
        found
    }

    fn wrap_key(&self, share: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, AgeError> {
        let shared = self.0.diffie_hellman(&PublicKey::from(*share));
        if !shared.was_contributory() {
            return Err(AgeError::Damaged);
        }
        Ok(derive(shared.as_bytes(), share, &self.recipient()))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

impl Recipient {
    /// Takes the 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads `age1…`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        read_bech32(text, PUBLIC_PREFIX).map(Self)
    }

    pub(super) fn wrap(&self, file_key: &FileKey, rng: &mut dyn CryptoRng) -> Stanza<'static> {
        let ephemeral = EphemeralSecret::random_from_rng(rng);
        let share = PublicKey::from(&ephemeral).to_bytes();
        let shared = ephemeral.diffie_hellman(&PublicKey::from(self.0));
        let key = derive(shared.as_bytes(), &share, self);
        Stanza {
            arguments: vec![X25519.into(), BASE64.encode(share).into()],
            body: wrap(&key, file_key),
        }
    }
}

/// `age1…`
impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = bech32::encode_lower::<Bech32>(PUBLIC_PREFIX, &self.0).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({self})")
    }
}

pub(super) fn wrap_by_passphrase(
    passphrase: &str,
    file_key: &FileKey,
    rng: &mut dyn CryptoRng,
) -> Stanza<'static> {
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    let key = stretch(passphrase, &salt, WORK_FACTOR);
    Stanza {
        arguments: vec![
            SCRYPT.into(),
            BASE64.encode(salt).into(),
            WORK_FACTOR.to_string().into(),
        ],
        body: wrap(&key, file_key),
    }
}

pub(super) fn unwrap_by_passphrase(passphrase: &str, stanzas: &[Stanza<'_>]) -> Result<FileKey, AgeError> {
    let [stanza] = stanzas else {
        return Err(AgeError::Damaged);
    };
    let [_, salt, work_factor] = stanza.arguments.as_slice() else {
        return Err(AgeError::Damaged);
    };
    let salt: [u8; 16] = decode(salt)?.try_into().map_err(|_| AgeError::Damaged)?;
    let body: &[u8; WRAPPED] = stanza.body.as_slice().try_into().map_err(|_| AgeError::Damaged)?;
    // Digits without a sign or a leading zero.
    let plain = !work_factor.starts_with('0') && work_factor.bytes().all(|byte| byte.is_ascii_digit());
    match work_factor.parse::<u8>() {
        Ok(work_factor @ 1..=MAX_WORK_FACTOR) if plain => {
            unwrap(&stretch(passphrase, &salt, work_factor), body)
        }
        Ok(21..=63) if plain => Err(AgeError::TooMuchWork),
        _ => Err(AgeError::Damaged),
    }
}

/// The wrapped file key: 16 bytes and a tag.
const WRAPPED: usize = 32;

fn wrap(key: &[u8; 32], file_key: &FileKey) -> Vec<u8> {
    let cipher = ChaCha20Poly1305::new(key.into());
    // The cipher refuses only 256 GiB and more. The nonce may be zero: each key wraps one file key.
    cipher
        .encrypt(&Nonce::default(), file_key.as_slice())
        .unwrap_or_default()
}

fn unwrap(key: &[u8; 32], body: &[u8; WRAPPED]) -> Result<FileKey, AgeError> {
    let cipher = ChaCha20Poly1305::new(key.into());
    let opened = cipher.decrypt(&Nonce::default(), body.as_slice());
    let opened = Zeroizing::new(opened.map_err(|_| AgeError::NoMatch)?);
    opened
        .as_slice()
        .try_into()
        .map(Zeroizing::new)
        .map_err(|_| AgeError::Damaged)
}

fn derive(shared: &[u8; 32], share: &[u8; 32], recipient: &Recipient) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let salt = [share.as_slice(), &recipient.0].concat();
    // HKDF-SHA-256 refuses only more than 8160 bytes.
    let _ = Hkdf::<Sha256>::new(Some(&salt), shared).expand(X25519_INFO, key.as_mut_slice());
    key
}

fn stretch(passphrase: &str, salt: &[u8; 16], work_factor: u8) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let salt = [SCRYPT_SALT, salt].concat();
    // The parameters are within scrypt's bounds: 1 to 20, 8 and 1, and a key of 32 bytes.
    if let Ok(params) = scrypt::Params::new(work_factor, 8, 1) {
        let _ = scrypt::scrypt(passphrase.as_bytes(), &salt, &params, key.as_mut_slice());
    }
    key
}

/// 32 bytes behind `prefix`; bech32 asks for one case throughout.
fn read_bech32(text: &str, prefix: Hrp) -> Option<[u8; 32]> {
    let checked = bech32::primitives::decode::CheckedHrpstring::new::<Bech32>(text).ok()?;
    if checked.hrp() != prefix {
        return None;
    }
    let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(checked.byte_iter().collect());
    bytes.as_slice().try_into().ok()
}
