//! What can be wrong with a policy file. Its text comes from the administrator and names no passkeys, so errors may
//! quote its keys.

/// Why a policy file can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The file is there and can't be read.
    #[error("the policy file can't be read")]
    Unreadable(#[source] std::io::Error),
    /// It is a folder or something else.
    #[error("the policy file is not a file")]
    NotAFile,
    /// It is larger than any policy.
    #[error("the policy file is larger than 64 kB")]
    TooLarge,
    /// The file, or the folder that it is in, belongs to somebody else than root.
    #[error("the policy file or its folder does not belong to root")]
    NotTheAdministrators,
    /// The file, or the folder that it is in, can be written by its group or by everybody.
    #[error("others than root can write to the policy file or its folder")]
    WritableByOthers,
    /// On this system nobody can tell here who may write to a file.
    #[error("policy files are not supported on this system")]
    Unsupported,
    /// It is not UTF-8.
    #[error("the policy file is not UTF-8")]
    NotUtf8,
    /// It is not TOML.
    #[error("the policy file is not TOML: line {line}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key that this program does not know. A rule that is not understood can't be kept.
    #[error("unknown key {key}")]
    UnknownKey {
        /// With all above it, as in `passkey[0].maximum_age`.
        key: String,
    },
    /// A key that must be there is not.
    #[error("missing key {key}")]
    MissingKey {
        /// With all above it.
        key: String,
    },
    /// A value of another type than it must be.
    #[error("{key} must be {expected}")]
    WrongType {
        /// With all above it.
        key: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A value that is not allowed.
    #[error("{key} must be {expected}")]
    NotAllowed {
        /// With all above it.
        key: String,
        /// What it must be.
        expected: &'static str,
    },
    /// Two rules for the same pattern.
    #[error("{key} is the pattern of another rule too")]
    Duplicate {
        /// With all above it.
        key: String,
    },
}
