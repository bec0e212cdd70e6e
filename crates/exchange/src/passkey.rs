//! A passkey as it travels in files: the credential, and what belongs to it beside.

use std::fmt;

use roamkey_authenticator::{Credential, LargeBlob};
use zeroize::Zeroizing;

use crate::Format;

/// A passkey on its way into or out of a file.
///
/// # Privacy
///
/// Holds a private key and names an account. `Debug` shows none of it.
pub struct Passkey {
    /// The credential with its key.
    pub credential: Credential,
    /// What its owner calls it.
    pub label: Option<String>,
    /// What the site keeps with it.
    pub large_blob: Option<LargeBlob>,
    /// Fields that only another program knows.
    pub foreign: Option<Foreign>,
}

/// Fields of a file that mean nothing here, kept so that a later export gives them back.
///
/// # Privacy
///
/// Whatever the other program put there; wiped on drop, never shown.
#[derive(Clone, Eq, PartialEq)]
pub struct Foreign {
    format: Format,
    json: Zeroizing<String>,
}

impl Foreign {
    /// Longest text that is kept, in bytes.
    pub const MAX_LENGTH: usize = 1024;

    /// Keeps a JSON object; `None` if it is too long.
    pub(crate) fn new(format: Format, json: String) -> Option<Self> {
        let json = Zeroizing::new(json);
        (json.len() <= Self::MAX_LENGTH).then_some(Self { format, json })
    }

    /// Which format they are of.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The fields, a JSON object.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// As bytes for a store that keeps them with the passkey: the format's name, a line end, the JSON object.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([self.format.as_str().as_bytes(), b"\n", self.json.as_bytes()].concat())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) writes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (name, json) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
        let format = Format::ALL.iter().find(|format| format.as_str() == name)?;
        crate::fields::Fields::parse(json)?;
        Self::new(*format, json.to_owned())
    }
}

impl fmt::Debug for Passkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passkey(..)")
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Foreign")
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
