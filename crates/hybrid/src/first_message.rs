//! The authenticator's first message, which introduces it (CTAP 2.3 §11.5). It has no type byte.
//!
//! | key | type | meaning |
//! |---|---|---|
//! | 1 | bytes | what authenticatorGetInfo returns: CBOR without a status byte |
//! | 2 | map | a link, the old way |
//! | 3 | array of text | features, `ctap` and `dc` among them; only `ctap` if it is missing |
//!
//! Other keys are ignored. Key 1 must be there if `ctap` is among the features, and only then.
//!
//! Authenticators of revision 0 send the map padded: map ‖ z zeros ‖ LE16(z), or map ‖ z zeros ‖ byte z in the oldest,
//! and go on without type bytes. A message is of revision 1 if it is canonical CBOR as it stands.

use roamkey_cbor::{Map, Value};

use crate::channel::ChannelError;
use crate::link::Link;
use crate::linking::{LinkVerifier, LinkingError};

/// How an authenticator introduces itself.
#[derive(Debug)]
#[non_exhaustive]
pub struct PeerInfo {
    /// What authenticatorGetInfo returns, CBOR without a status byte. `None` if the authenticator does not speak CTAP.
    pub get_info: Option<Vec<u8>>,
    /// What the authenticator can do, as it says.
    pub features: Vec<String>,
    /// A link, if it came with this message and was asked for.
    pub link: Option<Link>,
    /// The revision of the protocol that the authenticator speaks.
    pub revision: Revision,
}

/// A revision of the protocol after the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    /// The first message is padded, and there are no type bytes.
    Zero,
    /// The current one.
    One,
}

impl PeerInfo {
    /// Reads the decrypted first message. A link in it is verified if there is a verifier, and ignored otherwise.
    ///
    /// # Errors
    ///
    /// Each variant of [`FirstMessageError`] but [`FirstMessageError::Channel`] can occur.
    pub fn from_plaintext(plaintext: &[u8], links: Option<&LinkVerifier>) -> Result<Self, FirstMessageError> {
        let (value, revision) = match roamkey_cbor::decode(plaintext) {
            Ok(value) => (value, Revision::One),
            Err(error) => (
                padded_map(plaintext).ok_or(FirstMessageError::Cbor(error))?,
                Revision::Zero,
            ),
        };
        let map = value.as_map().ok_or(FirstMessageError::NotAMap)?;
        let features = features(map)?;
        let get_info = get_info(map)?;
        match (get_info.is_some(), features.iter().any(|feature| feature == CTAP)) {
            (false, true) => return Err(FirstMessageError::MissingGetInfo),
            (true, false) => return Err(FirstMessageError::UnexpectedGetInfo),
            (true, true) | (false, false) => {}
        }
        let link = match (links, map.get(2_u64)) {
            (Some(links), Some(link)) => Some(links.verify_link(link).map_err(FirstMessageError::Link)?),
            (None, _) | (_, None) => None,
        };
        Ok(Self {
            get_info,
            features,
            link,
            revision,
        })
    }
}

/// Writes the first message of revision 1. `get_info` is what authenticatorGetInfo returns.
pub(crate) fn encode(get_info: &[u8]) -> Vec<u8> {
    let features = Value::Array(vec![Value::from(CTAP)]);
    roamkey_cbor::encode(&Map::new().with(1_u64, get_info).with(3_u64, features).into())
}

/// Why an authenticator's first message was refused. It broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FirstMessageError {
    /// The frame could not be opened.
    #[error("the first frame could not be opened")]
    Channel(#[source] ChannelError),
    /// Neither canonical CBOR nor a padded map.
    #[error("the first message is not canonical CBOR")]
    Cbor(#[source] roamkey_cbor::Error),
    /// The CBOR is not a map.
    #[error("the first message is not a map")]
    NotAMap,
    /// Key 1 is not bytes.
    #[error("the authenticator's description is not a byte string")]
    GetInfo,
    /// Key 3 is not an array of text.
    #[error("the authenticator's features are not a list of texts")]
    Features,
    /// The authenticator speaks CTAP and does not describe itself.
    #[error("the authenticator does not describe itself")]
    MissingGetInfo,
    /// The authenticator describes itself and does not speak CTAP.
    #[error("the authenticator describes itself and does not speak CTAP")]
    UnexpectedGetInfo,
    /// Key 2 is not a valid link.
    #[error("the first message holds an invalid link")]
    Link(#[source] LinkingError),
}

/// The feature that says: speaks CTAP2.
const CTAP: &str = "ctap";

fn features(map: &Map<'_>) -> Result<Vec<String>, FirstMessageError> {
    let Some(value) = map.get(3_u64) else {
        return Ok(vec![CTAP.to_owned()]);
    };
    let texts = value
        .as_array()
        .ok_or(FirstMessageError::Features)?
        .iter()
        .map(Value::as_text);
    texts
        .map(|text| text.map(str::to_owned).ok_or(FirstMessageError::Features))
        .collect()
}

fn get_info(map: &Map<'_>) -> Result<Option<Vec<u8>>, FirstMessageError> {
    let bytes = |value: &Value<'_>| {
        value
            .as_bytes()
            .map(<[u8]>::to_vec)
            .ok_or(FirstMessageError::GetInfo)
    };
    map.get(1_u64).map(bytes).transpose()
}

/// Reads a padded map: with a count of two bytes, or else of one. The zeros are not looked at.
fn padded_map(plaintext: &[u8]) -> Option<Value<'_>> {
    let cut = |counted: &[u8], zeros: usize| counted.len().checked_sub(zeros);
    let wide = plaintext
        .split_last_chunk::<2>()
        .and_then(|(rest, count)| plaintext.get(..cut(rest, usize::from(u16::from_le_bytes(*count)))?));
    let narrow = plaintext
        .split_last()
        .and_then(|(count, rest)| plaintext.get(..cut(rest, usize::from(*count))?));
    [wide, narrow]
        .into_iter()
        .flatten()
        .filter_map(|map| roamkey_cbor::decode(map).ok())
        .find(|value| value.as_map().is_some())
}
