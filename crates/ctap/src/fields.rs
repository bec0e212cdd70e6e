//! Taking typed items out of a CBOR map, each failure with the name of the item.
//!
//! Keys that nobody asks for are ignored, as CTAP 2.3 §8 demands of receivers.

use std::borrow::Cow;

use roamkey_cbor::{Map, Value};

use crate::DecodeError;

/// What a CBOR item can be turned into.
pub(crate) trait FromValue<'a>: Sized {
    /// Converts `value`, which is called `name` in errors.
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError>;
}

/// A map whose items are taken out one by one.
pub(crate) struct Fields<'a>(Map<'a>);

impl<'a> Fields<'a> {
    pub(crate) fn of(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        value
            .into_map()
            .map(Self)
            .ok_or(DecodeError::UnexpectedType(name))
    }

    pub(crate) fn optional<T: FromValue<'a>>(
        &mut self,
        key: impl Into<Value<'static>>,
        name: &'static str,
    ) -> Result<Option<T>, DecodeError> {
        self.0
            .take(key)
            .map(|value| T::from_value(value, name))
            .transpose()
    }

    pub(crate) fn required<T: FromValue<'a>>(
        &mut self,
        key: impl Into<Value<'static>>,
        name: &'static str,
    ) -> Result<T, DecodeError> {
        self.optional(key, name)?.ok_or(DecodeError::Missing(name))
    }

    pub(crate) fn optional_list<T: FromValue<'a>>(
        &mut self,
        key: impl Into<Value<'static>>,
        name: &'static str,
        limit: usize,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        self.0.take(key).map(|value| list(value, name, limit)).transpose()
    }

    pub(crate) fn required_list<T: FromValue<'a>>(
        &mut self,
        key: impl Into<Value<'static>>,
        name: &'static str,
        limit: usize,
    ) -> Result<Vec<T>, DecodeError> {
        self.optional_list(key, name, limit)?
            .ok_or(DecodeError::Missing(name))
    }
}

/// Converts an array element by element. All elements are decoded already, so the length is one that was seen.
pub(crate) fn list<'a, T: FromValue<'a>>(
    value: Value<'a>,
    name: &'static str,
    limit: usize,
) -> Result<Vec<T>, DecodeError> {
    let elements = value.into_array().ok_or(DecodeError::UnexpectedType(name))?;
    if elements.len() > limit {
        return Err(DecodeError::LimitExceeded(name));
    }
    elements
        .into_iter()
        .map(|element| T::from_value(element, name))
        .collect()
}

impl<'a> FromValue<'a> for Value<'a> {
    fn from_value(value: Self, _name: &'static str) -> Result<Self, DecodeError> {
        Ok(value)
    }
}

impl<'a> FromValue<'a> for Map<'a> {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        value.into_map().ok_or(DecodeError::UnexpectedType(name))
    }
}

impl<'a> FromValue<'a> for Cow<'a, str> {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        value.into_text().ok_or(DecodeError::UnexpectedType(name))
    }
}

impl FromValue<'_> for Vec<u8> {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        value
            .into_bytes()
            .map(Cow::into_owned)
            .ok_or(DecodeError::UnexpectedType(name))
    }
}

impl<const N: usize> FromValue<'_> for [u8; N] {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        let bytes = value.into_bytes().ok_or(DecodeError::UnexpectedType(name))?;
        bytes
            .as_ref()
            .try_into()
            .map_err(|_| DecodeError::InvalidLength(name))
    }
}

impl FromValue<'_> for String {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        value
            .into_text()
            .map(Cow::into_owned)
            .ok_or(DecodeError::UnexpectedType(name))
    }
}

impl FromValue<'_> for bool {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        value.as_bool().ok_or(DecodeError::UnexpectedType(name))
    }
}

impl FromValue<'_> for u64 {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        value.as_u64().ok_or(DecodeError::UnexpectedType(name))
    }
}
