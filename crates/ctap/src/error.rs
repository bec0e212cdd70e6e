//! What can be wrong with a message, and the one map from there to the wire (CTAP 2.3 §8.2).

use crate::StatusCode;

/// Why a message could not be decoded. The sender is at fault in every case.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// There is not even a first byte.
    #[error("the message is empty")]
    Empty,
    /// The message is longer than [`MAX_MESSAGE_SIZE`](crate::MAX_MESSAGE_SIZE).
    #[error("the message is too large")]
    TooLarge,
    /// The command byte is unknown or stands for a command that is not offered.
    #[error("command {0:#04x} is not supported")]
    UnsupportedCommand(u8),
    /// The subcommand is unknown or not offered.
    #[error("the subcommand is not supported")]
    UnsupportedSubcommand,
    /// Bytes follow a command that has no parameters.
    #[error("the command takes no parameters")]
    UnexpectedParameters,
    /// The parameters are not canonical CBOR.
    #[error("the parameters are not canonical CBOR")]
    InvalidCbor(#[from] roamkey_cbor::Error),
    /// An item has another type than its place demands.
    #[error("{0} has the wrong type")]
    UnexpectedType(&'static str),
    /// A required item is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An item has the right type and a value that is not allowed.
    #[error("{0} has a value that is not allowed")]
    InvalidValue(&'static str),
    /// An item has the right type and a length that is not allowed.
    #[error("{0} has a wrong length")]
    InvalidLength(&'static str),
    /// A list or an item is longer than its limit.
    #[error("{0} exceeds its limit")]
    LimitExceeded(&'static str),
}

impl DecodeError {
    /// Returns the status code that tells the sender.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Empty | Self::UnexpectedParameters | Self::InvalidLength(_) => StatusCode::InvalidLength,
            Self::TooLarge => StatusCode::RequestTooLarge,
            Self::UnsupportedCommand(_) => StatusCode::InvalidCommand,
            Self::UnsupportedSubcommand => StatusCode::InvalidSubcommand,
            Self::InvalidCbor(_) => StatusCode::InvalidCbor,
            Self::UnexpectedType(_) => StatusCode::CborUnexpectedType,
            Self::Missing(_) => StatusCode::MissingParameter,
            Self::InvalidValue(_) => StatusCode::InvalidParameter,
            Self::LimitExceeded(_) => StatusCode::LimitExceeded,
        }
    }
}

/// Why a client got no result out of a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// The authenticator answered with an error.
    #[error("the authenticator answered {0:?}")]
    Status(StatusCode),
    /// The authenticator broke the protocol.
    #[error("the authenticator's response is malformed")]
    Malformed(#[from] DecodeError),
}
