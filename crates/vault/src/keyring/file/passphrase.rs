//! What a person types to open the file store.

use std::fmt;

use zeroize::Zeroizing;

use crate::pin::normalized;

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
        let passphrase = normalized(&typed.into());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_has_12_to_1024_characters_on_any_keyboard() {
        let passphrase = |text: &str| Passphrase::new(text.to_owned());
        assert!(matches!(
            passphrase("elevencharr"),
            Err(PassphraseFormatError::TooShort)
        ));
        let composed = passphrase("twelve char\u{e4}").unwrap();
        let decomposed = passphrase("twelve chara\u{308}").unwrap();
        assert_eq!(composed.as_bytes(), decomposed.as_bytes());
        assert!(matches!(
            passphrase(&"x".repeat(1025)),
            Err(PassphraseFormatError::TooLong)
        ));
        assert_eq!(format!("{composed:?}"), "Passphrase");
    }
}
