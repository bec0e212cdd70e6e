//! Requests as they travel: a command byte, then at most one CBOR map (CTAP 2.3 §6 and §8).
//!
//! ```text
//! 01 makeCredential   02 getAssertion   04 getInfo   06 clientPIN   08 getNextAssertion   0B selection
//! ```
//!
//! All other commands are not offered over hybrid and get `CTAP1_ERR_INVALID_COMMAND`.

use roamkey_cbor::{
    Error as CborError, MAX_DEPTH, Map, Value, decode, decode_with_depth, encode_into, encoded_len,
};

use crate::fields::Fields;
use crate::{ClientPin, DecodeError, ResponseError, StatusCode, get_assertion, make_credential};

/// Longest request in bytes. Holds an allow list of [`MAX_LIST_LENGTH`] entries of 2000 bytes, and the largest blob.
pub const MAX_MESSAGE_SIZE: usize = 512 * 1024;

/// Longest allow or exclude list, in entries. Client platforms send lists whole, whatever `getInfo` says: Chromium
/// 156 was seen to send 64 entries to an authenticator that claimed 8.
pub const MAX_LIST_LENGTH: usize = 256;

const MAKE_CREDENTIAL: u8 = 0x01;
const GET_ASSERTION: u8 = 0x02;
const GET_INFO: u8 = 0x04;
const CLIENT_PIN: u8 = 0x06;
const GET_NEXT_ASSERTION: u8 = 0x08;
const SELECTION: u8 = 0x0B;

/// A request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    /// Create a credential.
    MakeCredential(Box<make_credential::Request>),
    /// Sign with a credential.
    GetAssertion(Box<get_assertion::Request>),
    /// Return the next of several assertions.
    GetNextAssertion,
    /// Tell what the authenticator can do.
    GetInfo,
    /// PIN and key agreement.
    ClientPin(ClientPin),
    /// Let the person pick this authenticator.
    Selection,
}

impl Command {
    /// Decodes a request.
    ///
    /// # Errors
    ///
    /// What is wrong with it; [`DecodeError::status`] tells the sender.
    pub fn decode(message: &[u8]) -> Result<Self, DecodeError> {
        if message.len() > MAX_MESSAGE_SIZE {
            return Err(DecodeError::TooLarge);
        }
        let (&command, parameters) = message.split_first().ok_or(DecodeError::Empty)?;
        match command {
            MAKE_CREDENTIAL => {
                let request = make_credential::Request::from_value(decode(parameters)?)?;
                Ok(Self::MakeCredential(Box::new(request)))
            }
            GET_ASSERTION => {
                let request = get_assertion::Request::from_value(decode_get_assertion(parameters)?)?;
                Ok(Self::GetAssertion(Box::new(request)))
            }
            GET_INFO => without_parameters(Self::GetInfo, parameters),
            CLIENT_PIN => ClientPin::from_value(decode(parameters)?).map(Self::ClientPin),
            GET_NEXT_ASSERTION => without_parameters(Self::GetNextAssertion, parameters),
            SELECTION => without_parameters(Self::Selection, parameters),
            unsupported => Err(DecodeError::UnsupportedCommand(unsupported)),
        }
    }

    /// Encodes the request.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::MakeCredential(request) => with_first_byte(MAKE_CREDENTIAL, &request.to_value()),
            Self::GetAssertion(request) => with_first_byte(GET_ASSERTION, &request.to_value()),
            Self::ClientPin(request) => with_first_byte(CLIENT_PIN, &request.to_value()),
            Self::GetNextAssertion => vec![GET_NEXT_ASSERTION],
            Self::GetInfo => vec![GET_INFO],
            Self::Selection => vec![SELECTION],
        }
    }
}

fn without_parameters(command: Command, parameters: &[u8]) -> Result<Command, DecodeError> {
    if parameters.is_empty() {
        Ok(command)
    } else {
        Err(DecodeError::UnexpectedParameters)
    }
}

/// Decodes the parameters of getAssertion. They are at most [`MAX_DEPTH`] levels deep, except for `prf`: WebAuthn's
/// `evalByCredential`, which client platforms pass on as it is, takes one level more.
fn decode_get_assertion(parameters: &[u8]) -> Result<Value<'_>, DecodeError> {
    const EXTENSIONS: u64 = 4;
    let outcome = decode(parameters);
    if outcome != Err(CborError::TooDeep) {
        return Ok(outcome?);
    }
    let value = decode_with_depth(parameters, MAX_DEPTH + 1)?;
    let extensions = value
        .as_map()
        .and_then(|map| map.get(EXTENSIONS))
        .and_then(Value::as_map);
    let deep_in_prf = extensions.is_some_and(|map| only_deep_at(map, &Value::from("prf"), MAX_DEPTH - 2));
    let deep_in_extensions = value
        .as_map()
        .is_some_and(|map| only_deep_at(map, &Value::from(EXTENSIONS), MAX_DEPTH - 1));
    if deep_in_prf && deep_in_extensions {
        Ok(value)
    } else {
        Err(CborError::TooDeep.into())
    }
}

/// Tells whether everything but the value under `exempt` is at most `depth` levels deep.
fn only_deep_at(map: &Map<'_>, exempt: &Value<'_>, depth: u8) -> bool {
    let shallow = |value: &Value<'_>| value.depth() <= usize::from(depth);
    map.iter()
        .all(|(key, value)| shallow(key) && (key == exempt || shallow(value)))
}

/// Writes a command or status byte and a map.
pub(crate) fn with_first_byte(first: u8, value: &Value<'_>) -> Vec<u8> {
    let mut message = Vec::with_capacity(1 + encoded_len(value));
    message.push(first);
    encode_into(value, &mut message);
    message
}

/// Takes the map of unsigned extension outputs out of a response; an empty one if there is none.
pub(crate) fn unsigned_outputs<'a>(fields: &mut Fields<'a>, key: u64) -> Result<Fields<'a>, DecodeError> {
    const NAME: &str = "unsignedExtensionOutputs";
    let outputs: Option<Map<'_>> = fields.optional(key, NAME)?;
    Fields::of(outputs.unwrap_or_default().into(), NAME)
}

/// Splits a response and decodes its map.
pub(crate) fn response_fields(message: &[u8]) -> Result<Fields<'_>, ResponseError> {
    let (&status, body) = message.split_first().ok_or(DecodeError::Empty)?;
    let status = StatusCode::from(status);
    if status != StatusCode::Ok {
        return Err(ResponseError::Status(status));
    }
    Ok(Fields::of(decode(body).map_err(DecodeError::from)?, "response")?)
}
