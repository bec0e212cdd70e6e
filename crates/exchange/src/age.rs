//! The age file format, version 1 (C2SP `age.md`): what backups are wrapped in, so that `age` and `rage` open them too.
//!
//! ```text
//! age-encryption.org/v1
//! -> X25519 <share>                     one stanza for each recipient: the file key, wrapped
//! <wrapped file key>
//! --- <HMAC of all the above>
//! nonce (16) ‖ chunks of 64 KiB, each ChaCha20-Poly1305 with a counter and a mark on the last one
//! ```
//!
//! Written is one stanza: `X25519` for the recovery identity, or `scrypt` for a passphrase. Read are files with any
//! number of `X25519` stanzas, or one `scrypt` stanza; stanzas of other kinds are passed over, as the format wants.
//! Text armour is not read.

mod header;
mod kind;
mod stream;

use std::io::{self, Write};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use self::header::Header;
pub use self::kind::{Identity, Recipient};
pub use self::stream::Encryptor;

/// The key that a file is encrypted with, before it is wrapped.
type FileKey = Zeroizing<[u8; 16]>;

/// For whom a file is encrypted.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a passphrase has none")]
pub enum Lock<'a> {
    /// For who holds the identity.
    Recipient(&'a Recipient),
    /// For who knows the passphrase.
    Passphrase(&'a str),
}

/// What a file is opened with.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a passphrase has none")]
pub enum Unlock<'a> {
    /// With the identity.
    Identity(&'a Identity),
    /// With the passphrase.
    Passphrase(&'a str),
}

/// Which of the two opens a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OpensWith {
    /// An identity.
    Identity,
    /// A passphrase.
    Passphrase,
}

/// Why a file does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AgeError {
    /// It is no age file, or one in text armour.
    #[error("not an age file")]
    NotAge,
    /// It is of a later version of the format.
    #[error("an age file of a later version")]
    NewerVersion,
    /// It ends too early.
    #[error("the file is cut off")]
    CutOff,
    /// It is altered or was made wrongly.
    #[error("the file is damaged")]
    Damaged,
    /// The identity or the passphrase is another one.
    #[error("the file is encrypted for somebody else")]
    NoMatch,
    /// It wants a passphrase where an identity was given, or the other way round.
    #[error("the file opens with the other kind of key")]
    OtherKind(OpensWith),
    /// Its passphrase takes more work to check than we do for a file of unknown origin.
    #[error("the passphrase's work factor is too high")]
    TooMuchWork,
}

/// Begins a file: writes the header to `out` and returns the writer for the content. [`Encryptor::finish`] ends it.
///
/// # Errors
///
/// Those of `out`.
pub fn encrypt<W: Write>(lock: Lock<'_>, rng: &mut dyn CryptoRng, mut out: W) -> io::Result<Encryptor<W>> {
    let mut file_key: FileKey = Zeroizing::new([0; 16]);
    rng.fill_bytes(file_key.as_mut_slice());
    let stanza = match lock {
        Lock::Recipient(recipient) => recipient.wrap(&file_key, rng),
        Lock::Passphrase(passphrase) => kind::wrap_by_passphrase(passphrase, &file_key, rng),
    };
    out.write_all(&header::write(&[stanza], &file_key))?;
    let mut nonce = [0; 16];
    rng.fill_bytes(&mut nonce);
    out.write_all(&nonce)?;
    Ok(Encryptor::new(&file_key, &nonce, out))
}

/// Tells what opens a file, without opening it.
///
/// # Errors
///
/// [`AgeError`] for what is no whole header.
pub fn opens_with(file: &[u8]) -> Result<OpensWith, AgeError> {
    let header = Header::parse(file)?;
    Ok(if header.is_for_a_passphrase()? {
        OpensWith::Passphrase
    } else {
        OpensWith::Identity
    })
}

/// Opens a whole file.
///
/// # Errors
///
/// [`AgeError`]. Nothing is given out of a file that is not whole and unaltered.
pub fn decrypt(file: &[u8], unlock: Unlock<'_>) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    let header = Header::parse(file)?;
    let for_passphrase = header.is_for_a_passphrase()?;
    let file_key = match unlock {
        Unlock::Identity(_) if for_passphrase => return Err(AgeError::OtherKind(OpensWith::Passphrase)),
        Unlock::Passphrase(_) if !for_passphrase => return Err(AgeError::OtherKind(OpensWith::Identity)),
        Unlock::Identity(identity) => identity.unwrap_any(&header.stanzas)?,
        Unlock::Passphrase(passphrase) => kind::unwrap_by_passphrase(passphrase, &header.stanzas)?,
    };
    header.check(&file_key)?;
    stream::decrypt(&file_key, header.payload)
}

/// Tells whether `file` begins like an age file, of any version.
#[must_use]
pub fn is_age(file: &[u8]) -> bool {
    file.starts_with(header::MAGIC)
}
