//! Which format a JSON file is of, told by the names at its top.

use super::ImportError;
use crate::fields::Fields;

/// A format of files with passkeys.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Format {
    /// FIDO Credential Exchange Format 1.0 and its drafts.
    Cxf,
    /// Bitwarden's JSON export.
    Bitwarden,
    /// Bitwarden's JSON export under a password.
    BitwardenProtected,
    /// KeePassXC's `.passkey`.
    KeePassXc,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Cxf,
        Self::Bitwarden,
        Self::BitwardenProtected,
        Self::KeePassXc,
    ];

    /// A stable name, as reports print it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cxf => "cxf",
            Self::Bitwarden => "bitwarden",
            Self::BitwardenProtected => "bitwarden_protected",
            Self::KeePassXc => "keepassxc",
        }
    }
}

pub(super) fn detect(text: &str) -> Result<Format, ImportError> {
    let Some(mut top) = Fields::parse(text) else {
        // An object that does not end, or something else altogether.
        let object = text.trim_start().starts_with('{');
        let known = [
            "\"accounts\"",
            "\"items\"",
            "\"encKeyValidation_DO_NOT_EDIT\"",
            "\"relyingParty\"",
        ];
        let begun = object && known.iter().any(|name| text.contains(name));
        return Err(if begun {
            ImportError::Damaged
        } else {
            ImportError::UnknownFormat
        });
    };
    if top.has("accounts") {
        return Ok(Format::Cxf);
    }
    let encrypted = top.truth(&["encrypted"]).ok().flatten();
    let protected = top.truth(&["passwordProtected"]).ok().flatten();
    match (encrypted, protected) {
        (Some(true), Some(true)) => Ok(Format::BitwardenProtected),
        (Some(true), _) => Err(ImportError::AccountRestricted),
        _ if top.has("items") => Ok(Format::Bitwarden),
        _ if top.has("relyingParty") || top.has("privateKey") => Ok(Format::KeePassXc),
        _ => Err(ImportError::UnknownFormat),
    }
}
