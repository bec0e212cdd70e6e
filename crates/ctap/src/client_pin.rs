//! `authenticatorClientPIN` (CTAP 2.3 §6.5), as far as key agreement needs it.
//!
//! ```text
//! request    {1: pinUvAuthProtocol, 2: subCommand, …}
//! response   {1: keyAgreement}
//! ```

use roamkey_cbor::{Map, Value};

use crate::fields::Fields;
use crate::{CoseKey, DecodeError, ResponseError, command};

/// A request. Parameters of subcommands other than key agreement are not kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClientPin {
    /// The PIN/UV auth protocol; absent in subcommands that need none.
    pub protocol: Option<u64>,
    /// The subcommand.
    pub subcommand: u64,
}

impl ClientPin {
    /// The subcommand that asks for the authenticator's key agreement key.
    pub const GET_KEY_AGREEMENT: u64 = 0x02;

    pub(crate) fn from_value(value: Value<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, "parameters")?;
        Ok(Self {
            protocol: fields.optional(1, "pinUvAuthProtocol")?,
            subcommand: fields.required(2, "subCommand")?,
        })
    }

    pub(crate) fn to_value(self) -> Value<'static> {
        Map::new()
            .with_some(1, self.protocol)
            .with(2, self.subcommand)
            .into()
    }
}

/// The response to key agreement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyAgreement(pub CoseKey);

impl KeyAgreement {
    /// Encodes the response, status byte first.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        command::with_first_byte(0, &Map::new().with(1, self.0.to_value()).into())
    }

    /// Decodes a response, status byte first.
    ///
    /// # Errors
    ///
    /// The status that the authenticator answered with, or what is malformed.
    pub fn decode(message: &[u8]) -> Result<Self, ResponseError> {
        let mut fields = command::response_fields(message)?;
        Ok(Self(fields.required(1, "keyAgreement")?))
    }
}
