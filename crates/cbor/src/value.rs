//! One CBOR item in memory (RFC 8949 §3), borrowed from the input where that is possible.

use std::borrow::Cow;

use crate::Map;

/// One CBOR item. Tags have no variant, since CTAP2 forbids them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value<'a> {
    /// Major type 0.
    Unsigned(u64),
    /// Major type 1: the integer `-1 - n`.
    Negative(u64),
    /// Major type 2.
    Bytes(Cow<'a, [u8]>),
    /// Major type 3.
    Text(Cow<'a, str>),
    /// Major type 4.
    Array(Vec<Self>),
    /// Major type 5.
    Map(Map<'a>),
    /// Simple values 20 and 21.
    Bool(bool),
    /// Simple value 22.
    Null,
    /// Simple value 23.
    Undefined,
    /// Major type 7, additional information 25 to 27.
    Float(Float),
}

/// A floating point number, kept bit by bit in the width it came in: CTAP2 leaves floats as they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Float {
    /// The bits of an IEEE 754 binary16.
    Half(u16),
    /// The bits of an IEEE 754 binary32.
    Single(u32),
    /// The bits of an IEEE 754 binary64.
    Double(u64),
}

impl<'a> Value<'a> {
    /// Returns the integer if it is one and not negative.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Unsigned(n) = self {
            Some(*n)
        } else {
            None
        }
    }

    /// Returns the integer if it is one and fits, negative or not.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Negative(n) = self {
            i64::try_from(*n).ok().map(|n| -1 - n)
        } else {
            self.as_u64().and_then(|n| i64::try_from(n).ok())
        }
    }

    /// Returns the byte string if it is one.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self {
            Some(bytes)
        } else {
            None
        }
    }

    /// Returns the text string if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Returns the Boolean if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// Returns the elements if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self {
            Some(elements)
        } else {
            None
        }
    }

    /// Returns the map if it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map<'a>> {
        if let Self::Map(map) = self {
            Some(map)
        } else {
            None
        }
    }

    /// Tells whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the byte string itself, without a copy, if it is one.
    #[must_use]
    pub fn into_bytes(self) -> Option<Cow<'a, [u8]>> {
        if let Self::Bytes(bytes) = self {
            Some(bytes)
        } else {
            None
        }
    }

    /// Returns the text string itself, without a copy, if it is one.
    #[must_use]
    pub fn into_text(self) -> Option<Cow<'a, str>> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Returns the elements themselves if it is an array.
    #[must_use]
    pub fn into_array(self) -> Option<Vec<Self>> {
        if let Self::Array(elements) = self {
            Some(elements)
        } else {
            None
        }
    }

    /// Returns the map itself if it is one.
    #[must_use]
    pub fn into_map(self) -> Option<Map<'a>> {
        if let Self::Map(map) = self {
            Some(map)
        } else {
            None
        }
    }

    /// Copies what is borrowed, so that the value outlives the input it was decoded from.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Unsigned(n) => Value::Unsigned(n),
            Self::Negative(n) => Value::Negative(n),
            Self::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Array(elements) => Value::Array(elements.into_iter().map(Value::into_owned).collect()),
            Self::Map(map) => Value::Map(map.into_owned()),
            Self::Bool(value) => Value::Bool(value),
            Self::Null => Value::Null,
            Self::Undefined => Value::Undefined,
            Self::Float(float) => Value::Float(float),
        }
    }

    /// Counts the levels of maps and arrays: 0 for anything else, 1 for an array of integers.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::Array(elements) => 1 + elements.iter().map(Self::depth).max().unwrap_or(0),
            Self::Map(map) => {
                1 + map
                    .iter()
                    .map(|(key, value)| key.depth().max(value.depth()))
                    .max()
                    .unwrap_or(0)
            }
            Self::Unsigned(_)
            | Self::Negative(_)
            | Self::Bytes(_)
            | Self::Text(_)
            | Self::Bool(_)
            | Self::Null
            | Self::Undefined
            | Self::Float(_) => 0,
        }
    }
}
