//! A backup: one age file, in it CXF with our extension, padded so that its size tells little.
//!
//! ```text
//! age( CXF JSON ‖ spaces up to the padded length )
//! padded length   at least 64 KiB, and otherwise with as many low bits zero as costs 12 % at most (Padmé)
//! ```
//!
//! It is written passkey by passkey and never whole in memory. It is read whole: nothing is taken out of a file before
//! all of it is known to be unaltered.

use std::io::{self, Write};

use rand_core::CryptoRng;

use crate::Passkey;
use crate::age::{self, AgeError, Encryptor, Lock, Unlock};
use crate::export::CxfWriter;
use crate::import::{self, Format, Import, ImportError, Options};

/// The name of our extension in CXF.
pub(crate) const EXTENSION: &str = "roamkey";
/// Its version. One that is higher is refused, not guessed at.
pub(crate) const EXTENSION_VERSION: u64 = 1;

/// What a backup says of itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BackupInfo {
    /// When it was made, in seconds since 1970.
    pub made_at: u64,
    /// How many passkeys are in it.
    pub count: u64,
    /// The head of the activity log then.
    pub activity_head: Option<String>,
}

/// Why a backup can't be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BackupError {
    /// The file around it does not open.
    #[error(transparent)]
    Age(#[from] AgeError),
    /// What is in it can't be read.
    #[error(transparent)]
    Content(#[from] ImportError),
}

/// Writes a backup, passkey by passkey.
#[derive(Debug)]
pub struct BackupWriter<W: Write>(CxfWriter<Counted<Encryptor<W>>>);

impl<W: Write> BackupWriter<W> {
    /// Begins a backup that is made at `made_at`, in seconds since 1970.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn new(out: W, lock: Lock<'_>, rng: &mut dyn CryptoRng, made_at: u64) -> io::Result<Self> {
        let inner = age::encrypt(lock, rng, out)?;
        CxfWriter::new(Counted { inner, written: 0 }, made_at).map(Self)
    }

    /// Writes a passkey.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn push(&mut self, passkey: &Passkey) -> io::Result<()> {
        self.0.push(passkey)
    }

    /// Pads and ends the backup.
    ///
    /// # Errors
    ///
    /// Those of the writer.
    pub fn finish(self, activity_head: Option<&str>) -> io::Result<(W, BackupInfo)> {
        let (mut out, info) = self.0.finish(activity_head)?;
        let padding = padded(out.written).saturating_sub(out.written);
        io::copy(&mut io::Read::take(io::repeat(b' '), padding), &mut out)?;
        Ok((out.inner.finish()?, info))
    }
}

/// Opens a backup, or any CXF in an age file.
///
/// # Errors
///
/// [`BackupError`]. A backup that holds fewer passkeys than it says is damaged.
pub fn open(file: &[u8], unlock: Unlock<'_>, options: &mut Options<'_>) -> Result<Import, BackupError> {
    let plain = age::decrypt(file, unlock)?;
    let import = import::read(&plain, options)?;
    if import.format != Format::Cxf {
        return Ok(import);
    }
    let read = import.passkeys.len().saturating_add(import.skipped.len());
    match &import.backup {
        Some(info) if u64::try_from(read) != Ok(info.count) => Err(ImportError::Damaged.into()),
        _ => Ok(import),
    }
}

/// Counts what is written.
#[derive(Debug)]
struct Counted<W> {
    inner: W,
    written: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.written = self
            .written
            .saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

const LEAST: u64 = 64 * 1024;

/// Padmé: keeps as many leading bits of the length as the length of its exponent has.
fn padded(length: u64) -> u64 {
    let length = length.max(LEAST);
    let exponent = length.ilog2();
    let kept = exponent.ilog2().saturating_add(1);
    let mask = 1_u64
        .checked_shl(exponent.saturating_sub(kept))
        .map_or(0, |bit| bit.saturating_sub(1));
    length.saturating_add(mask) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_costs_an_eighth_at_most_and_leaves_few_lengths() {
        for length in [1, LEAST, LEAST + 1, 100_000, 1_000_000, 12_345_678] {
            let padded = padded(length);
            assert!(
                padded >= length.max(LEAST) && padded <= length.max(LEAST) / 8 * 9,
                "{length}: {padded}"
            );
        }
        let lengths: std::collections::BTreeSet<_> = (LEAST..2 * LEAST).map(padded).collect();
        assert!(lengths.len() <= 33, "{} lengths", lengths.len());
    }
}
