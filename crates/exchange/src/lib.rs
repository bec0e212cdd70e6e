//! Passkeys in files: recovery words, backups, and other programs' formats. Bytes in, bytes out: no files, no clock, no
//! randomness of its own.
//!
//! ```text
//! RecoveryWords ─ identity ─▶ age ◀─ recipient ─ kept on the device
//!                              │
//! passkeys ─ BackupWriter ─▶ age( CXF + our extension ) ─ backup::open ─▶ Import
//!                        other programs' files ─ import::read ───────────▶ Import: passkeys, skipped and why
//! ```
//!
//! ```
//! use rand::rngs::SysRng;
//! use rand_core::UnwrapErr;
//! use roamkey_exchange::age::Lock;
//! use roamkey_exchange::backup::BackupWriter;
//! use roamkey_exchange::RecoveryWords;
//!
//! let mut rng = UnwrapErr(SysRng);
//! let words = RecoveryWords::generate(&mut rng);
//! let backup = BackupWriter::new(Vec::new(), Lock::Recipient(&words.recipient()), &mut rng, 1_795_000_000)?;
//! let (file, info) = backup.finish(None)?;
//! assert_eq!(info.count, 0);
//! assert!(file.len() > 65_536);
//! # Ok::<(), std::io::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod age;
pub mod backup;
pub mod export;
mod fields;
pub mod import;
pub mod key;
mod passkey;
pub mod passphrase;
mod sheet;
pub mod split;
mod verify;
mod words;

use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use import::Format;
pub use passkey::{Foreign, Passkey};
pub use sheet::{Sheet, SheetLanguage, sheet};
pub use verify::signs;
pub use words::{RecoveryWords, WORDS, WordsError};

/// HMAC-SHA-256 with a key of 32 bytes, which the algorithm fills up with zeros to its block.
fn hmac_of(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new((&*block).into())
}
