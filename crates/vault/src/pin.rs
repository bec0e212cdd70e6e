//! The app PIN, one of the ways to verify the user.
//!
//! ```text
//! lock → read item → still to wait? → write item with one more failure → Argon2id, compare → write item without failures
//! ```
//!
//! The failure is in the keyring before the PIN is looked at, so ending the program in the middle saves no try. The
//! first 8 tries are free of delays; each one after that waits longer. A right PIN sets the count back to nothing.
//!
//! The PIN protects against somebody else at this device. It encrypts nothing: who can read and write the unlocked
//! keyring needs no PIN.

use std::fmt;
use std::time::Duration;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

mod attempts;
mod item;

pub(crate) use attempts::Attempts;
pub(crate) use item::{PIN_USER, PinItem};

use crate::VaultError;
use crate::policy::Policy;
use crate::record::RecordError;

/// A PIN as typed, in Unicode normalization form C as CTAP 2.3 §6.5.1 has it, so that it is the same on every
/// keyboard: 4 to 63 characters.
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Takes what was typed.
    ///
    /// # Errors
    ///
    /// [`PinFormatError::TooShort`] below 4 characters, [`PinFormatError::TooLong`] above 63, counted after
    /// normalization.
    pub fn new(typed: impl Into<Zeroizing<String>>) -> Result<Self, PinFormatError> {
        let pin = normalized(&typed.into());
        match pin.chars().count() {
            ..MIN_CHARACTERS => Err(PinFormatError::TooShort),
            MIN_CHARACTERS..=MAX_CHARACTERS => Ok(Self(pin)),
            _ => Err(PinFormatError::TooLong),
        }
    }

    /// Tells whether the PIN has at least as many characters as a policy asks for.
    pub(crate) fn is_long_enough(&self, policy: &Policy) -> Result<(), PinError> {
        match policy.minimum_pin_length() {
            Some(minimum) if self.0.chars().count() < usize::from(minimum) => {
                Err(PinError::ShorterThanPolicy { minimum })
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

/// What was typed, in Unicode normalization form C.
pub(crate) fn normalized(typed: &str) -> Zeroizing<String> {
    // Normalization can triple the length; a string that grows leaves copies of itself behind.
    let mut normalized = Zeroizing::new(String::with_capacity(typed.len().saturating_mul(3)));
    normalized.extend(typed.nfc());
    normalized
}

/// Why something typed is not a PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PinFormatError {
    /// Fewer than 4 characters.
    #[error("a PIN has at least {MIN_CHARACTERS} characters")]
    TooShort,
    /// More than 63 characters.
    #[error("a PIN has at most {MAX_CHARACTERS} characters")]
    TooLong,
}

/// Whether there is a PIN, and whether it may be tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PinState {
    /// No PIN has been set.
    NotSet,
    /// A PIN has been set.
    Set {
        /// Tries before the next delay: 8 at first, 0 once every wrong try costs a delay.
        tries_left: u32,
        /// How long until the next try is taken.
        wait: Option<Duration>,
    },
}

/// How far a reset without the PIN has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PinReset {
    /// There is no PIN any more; a new one can be set.
    Done,
    /// It takes more time; the PIN goes on to work.
    Waiting {
        /// How long until a second call removes the PIN.
        wait: Duration,
    },
}

/// How long the reset of a PIN takes for somebody whom nothing verifies: longer than a stranger has the machine to
/// themselves, and short enough for one day's work, since a restart begins it anew.
pub const PIN_RESET_WAIT: Duration = Duration::from_secs(4 * 60 * 60);

/// Why a PIN was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// Not the PIN.
    #[error("this is not the PIN")]
    Wrong {
        /// Tries before the next delay.
        tries_left: u32,
        /// How long until the next try is taken.
        wait: Option<Duration>,
    },
    /// Too many wrong tries; this one was not looked at.
    #[error("too many wrong PINs; the next try is possible in {} s", .wait.as_secs())]
    Wait {
        /// How long until the next try is taken.
        wait: Duration,
    },
    /// There is no PIN.
    #[error("no PIN has been set")]
    NotSet,
    /// The policy of this device does not count this way to verify the user.
    #[error("the policy of this device does not allow this verification")]
    NotAllowed,
    /// The policy of this device asks for a longer PIN. One that was set before and is right can still be changed.
    #[error("the policy of this device asks for a PIN of at least {minimum} characters")]
    ShorterThanPolicy {
        /// Characters.
        minimum: u8,
    },
    /// There is a PIN already; it can be changed.
    #[error("a PIN has already been set")]
    AlreadySet,
    /// The keyring's item of the PIN can't be read.
    #[error("the PIN's entry in the keyring can't be read")]
    Item(#[source] RecordError),
    /// The hash could not be computed: no memory.
    #[error("the PIN could not be checked")]
    Hash(#[source] argon2::Error),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

const MIN_CHARACTERS: usize = 4;
const MAX_CHARACTERS: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_4_to_63_characters() {
        assert!(matches!(
            Pin::new("123".to_owned()),
            Err(PinFormatError::TooShort)
        ));
        assert!(Pin::new("1234".to_owned()).is_ok());
        assert!(Pin::new("ö".repeat(63)).is_ok());
        assert!(matches!(Pin::new("x".repeat(64)), Err(PinFormatError::TooLong)));
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_pin() {
        let composed = Pin::new("h\u{e4}nde".to_owned()).unwrap();
        let decomposed = Pin::new("ha\u{308}nde".to_owned()).unwrap();
        assert_eq!(composed.as_bytes(), decomposed.as_bytes());
    }

    #[test]
    fn length_is_counted_after_normalization() {
        assert!(matches!(
            Pin::new("a\u{308}bc".to_owned()),
            Err(PinFormatError::TooShort)
        ));
    }

    #[test]
    fn debug_prints_the_name_of_the_type_only() {
        assert_eq!(format!("{:?}", Pin::new("1234".to_owned()).unwrap()), "Pin");
    }
}
