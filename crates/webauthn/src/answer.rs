//! The outside of a reply: a status byte, and a canonical CBOR map if it is zero (CTAP 2.3 §8).

use roamkey_cbor::{Map, Value, decode};
use roamkey_ctap::StatusCode;

use crate::error::AnswerError;
use crate::hmac_secret::SealedSalts;

/// A successful reply, taken apart.
#[derive(Debug)]
pub(crate) struct Answer<'a>(Map<'a>);

impl<'a> Answer<'a> {
    pub(crate) fn parse(reply: &'a [u8]) -> Result<Self, AnswerError> {
        let (status, body) = reply.split_first().ok_or(AnswerError::Malformed("status"))?;
        let status = StatusCode::from(*status);
        if status != StatusCode::Ok {
            return Err(AnswerError::Status(status));
        }
        let map = decode(body).map_err(AnswerError::Cbor)?.into_map();
        map.map(Self).ok_or(AnswerError::Malformed("answer"))
    }

    /// As [`parse`](Self::parse), for the answer to a request with sealed salts: an authenticator that can't open them
    /// is not the one whose key they were sealed for.
    pub(crate) fn parse_with(reply: &'a [u8], salts: Option<&SealedSalts>) -> Result<Self, AnswerError> {
        Self::parse(reply).map_err(|error| match (error, salts) {
            (AnswerError::Status(StatusCode::PinAuthInvalid), Some(_)) => AnswerError::KeyAgreement,
            _ => error,
        })
    }

    pub(crate) fn bytes(&self, key: u64, name: &'static str) -> Result<&[u8], AnswerError> {
        self.required(key, name, Value::as_bytes)
    }

    pub(crate) fn text(&self, key: u64, name: &'static str) -> Result<&str, AnswerError> {
        self.required(key, name, Value::as_text)
    }

    pub(crate) fn map(&self, key: u64, name: &'static str) -> Result<&Map<'a>, AnswerError> {
        self.optional_map(key, name)?.ok_or(AnswerError::Malformed(name))
    }

    pub(crate) fn optional_map(&self, key: u64, name: &'static str) -> Result<Option<&Map<'a>>, AnswerError> {
        self.0
            .get(key)
            .map(|value| value.as_map().ok_or(AnswerError::Malformed(name)))
            .transpose()
    }

    fn required<'m, T>(
        &'m self,
        key: u64,
        name: &'static str,
        read: impl FnOnce(&'m Value<'a>) -> Option<T>,
    ) -> Result<T, AnswerError> {
        self.0.get(key).and_then(read).ok_or(AnswerError::Malformed(name))
    }
}

/// Writes a command byte and a map.
pub(crate) fn command(number: u8, parameters: Map<'_>) -> Vec<u8> {
    let mut request = vec![number];
    roamkey_cbor::encode_into(&parameters.into(), &mut request);
    request
}

/// A list of credentials as Chromium sends it: sorted by ID, without transports.
pub(crate) fn descriptors(ids: &[Vec<u8>]) -> Option<Value<'_>> {
    let mut sorted: Vec<&Vec<u8>> = ids.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    (!sorted.is_empty()).then(|| {
        sorted
            .into_iter()
            .map(|id| {
                Value::from(
                    Map::new()
                        .with("id", id)
                        .with("type", crate::creation_options::PUBLIC_KEY),
                )
            })
            .collect()
    })
}

/// `options`, with what is true in it. Client platforms never send false ones.
pub(crate) fn options(resident_key: bool, user_verification: bool) -> Option<Map<'static>> {
    let options = Map::new()
        .with_some("rk", resident_key.then_some(true))
        .with_some("uv", user_verification.then_some(true));
    (!options.is_empty()).then_some(options)
}
