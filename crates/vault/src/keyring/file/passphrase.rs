//! What a person types to open the file store.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// A passphrase as typed, in Unicode normalization form C, so that it is the same on every keyboard: 12 to 1024
/// characters. Whoever has the file may try as many as they have time for.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what was typed.
    ///
    /// # Errors
    ///
    /// [`PassphraseFormatError::TooShort`] below 12 characters, [`PassphraseFormatError::TooLong`] above 1024, counted
    /// after normalization.
    pub fn new(typed: impl Into<Zeroizing<String>>) -> Result<Self, PassphraseFormatError> {
        let typed = typed.into();
        // Normalization can triple the length; a string that grows leaves copies of itself behind.
        let mut passphrase = Zeroizing::new(String::with_capacity(typed.len().saturating_mul(3)));
        passphrase.extend(typed.nfc());
        match passphrase.chars().count() {
            ..MIN_CHARACTERS => Err(PassphraseFormatError::TooShort),
            MIN_CHARACTERS..=MAX_CHARACTERS => Ok(Self(passphrase)),
            _ => Err(PassphraseFormatError::TooLong),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// Why something typed is not a passphrase.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseFormatError {
    /// Fewer than 12 characters.
    #[error("a passphrase has at least {MIN_CHARACTERS} characters")]
    TooShort,
    /// More than 1024 characters.
    #[error("a passphrase has at most {MAX_CHARACTERS} characters")]
    TooLong,
}

const MIN_CHARACTERS: usize = 12;
const MAX_CHARACTERS: usize = 1024;
