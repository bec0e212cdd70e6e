//! Bytes to values, accepting the canonical form only (CTAP 2.3 §8, RFC 8949 §3).
//!
//! ```text
//! first byte   major type (3 bits) ‖ additional information (5 bits)
//! 0..=23       the argument itself
//! 24..=27      the argument follows in 1, 2, 4 or 8 bytes, big endian
//! 28..=31      reserved or indefinite: refused
//! ```

use std::borrow::Cow;

use crate::map::encoded_order;
use crate::{Error, Float, Map, Value};

/// Levels of maps and arrays that CTAP2 allows, the outermost counted.
pub const MAX_DEPTH: u8 = 4;

/// Elements for which room is made at once. Longer arrays and maps grow as their elements turn out to be there, so
/// that no length decides over memory before its bytes were seen.
const FIRST_CAPACITY: usize = 64;

/// Decodes one item that fills the whole input, at most [`MAX_DEPTH`] levels deep.
///
/// # Errors
///
/// The first rule of the canonical form that the input breaks.
pub fn decode(bytes: &[u8]) -> Result<Value<'_>, Error> {
    decode_with_depth(bytes, MAX_DEPTH)
}

/// Decodes one item that fills the whole input, at most `depth` levels deep.
///
/// # Errors
///
/// As for [`decode`].
pub fn decode_with_depth(bytes: &[u8], depth: u8) -> Result<Value<'_>, Error> {
    let mut decoder = Decoder { rest: bytes };
    let value = decoder.value(depth)?;
    if decoder.rest.is_empty() {
        Ok(value)
    } else {
        Err(Error::Trailing)
    }
}

/// Decodes the item at the beginning of the input, at most [`MAX_DEPTH`] levels deep, and tells its length in bytes.
///
/// # Errors
///
/// As for [`decode`], except that bytes may follow.
pub fn decode_prefix(bytes: &[u8]) -> Result<(Value<'_>, usize), Error> {
    let mut decoder = Decoder { rest: bytes };
    let value = decoder.value(MAX_DEPTH)?;
    Ok((value, bytes.len() - decoder.rest.len()))
}

struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    fn value(&mut self, depth: u8) -> Result<Value<'a>, Error> {
        let [first] = *self.take_array()?;
        let information = first & 0x1F;
        match first >> 5 {
            0 => self.argument(information).map(Value::Unsigned),
            1 => self.argument(information).map(Value::Negative),
            2 => self
                .string(information)
                .map(|bytes| Value::Bytes(Cow::Borrowed(bytes))),
            3 => {
                let text = std::str::from_utf8(self.string(information)?).map_err(|_| Error::NotUtf8)?;
                Ok(Value::Text(Cow::Borrowed(text)))
            }
            4 => self.array(information, depth),
            5 => self.map(information, depth),
            6 => Err(Error::Tagged),
            _ => self.simple(information),
        }
    }

    fn array(&mut self, information: u8, depth: u8) -> Result<Value<'a>, Error> {
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        let length = self.count(information, 1)?;
        let mut elements = Vec::with_capacity(length.min(FIRST_CAPACITY));
        for _ in 0..length {
            elements.push(self.value(depth)?);
        }
        Ok(Value::Array(elements))
    }

    fn map(&mut self, information: u8, depth: u8) -> Result<Value<'a>, Error> {
        let depth = depth.checked_sub(1).ok_or(Error::TooDeep)?;
        let length = self.count(information, 2)?;
        let mut entries = Vec::with_capacity(length.min(FIRST_CAPACITY));
        let mut previous: Option<&[u8]> = None;
        for _ in 0..length {
            let before = self.rest;
            let key = self.value(depth)?;
            let encoded = before
                .get(..before.len() - self.rest.len())
                .ok_or(Error::Truncated)?;
            match previous.map(|previous| encoded_order(previous, encoded)) {
                None | Some(std::cmp::Ordering::Less) => previous = Some(encoded),
                Some(std::cmp::Ordering::Equal) => return Err(Error::DuplicateKey),
                Some(std::cmp::Ordering::Greater) => return Err(Error::UnsortedKeys),
            }
            entries.push((key, self.value(depth)?));
        }
        Ok(Value::Map(Map::from_canonical(entries)))
    }

    fn simple(&mut self, information: u8) -> Result<Value<'a>, Error> {
        match information {
            20 => Ok(Value::Bool(false)),
            21 => Ok(Value::Bool(true)),
            22 => Ok(Value::Null),
            23 => Ok(Value::Undefined),
            0..=19 => Err(Error::UnassignedSimple),
            24 => {
                // Values below 32 have a shorter form or none at all.
                let [value] = *self.take_array()?;
                Err(if value < 32 {
                    Error::NotShortest
                } else {
                    Error::UnassignedSimple
                })
            }
            25 => Ok(Value::Float(Float::Half(u16::from_be_bytes(*self.take_array()?)))),
            26 => Ok(Value::Float(Float::Single(u32::from_be_bytes(
                *self.take_array()?,
            )))),
            27 => Ok(Value::Float(Float::Double(u64::from_be_bytes(
                *self.take_array()?,
            )))),
            _ => Err(Error::Reserved),
        }
    }

    /// Reads the argument of major types 0 to 5.
    fn argument(&mut self, information: u8) -> Result<u64, Error> {
        let (argument, shorter) = match information {
            0..=23 => return Ok(u64::from(information)),
            24 => (u64::from(u8::from_be_bytes(*self.take_array()?)), 23),
            25 => (
                u64::from(u16::from_be_bytes(*self.take_array()?)),
                u64::from(u8::MAX),
            ),
            26 => (
                u64::from(u32::from_be_bytes(*self.take_array()?)),
                u64::from(u16::MAX),
            ),
            27 => (u64::from_be_bytes(*self.take_array()?), u64::from(u32::MAX)),
            28..=30 => return Err(Error::Reserved),
            _ => return Err(Error::Indefinite),
        };
        if argument > shorter {
            Ok(argument)
        } else {
            Err(Error::NotShortest)
        }
    }

    /// Reads a number of elements of which each takes at least `size` bytes, so that the input bounds it.
    fn count(&mut self, information: u8, size: usize) -> Result<usize, Error> {
        let count = usize::try_from(self.argument(information)?).map_err(|_| Error::Truncated)?;
        if count <= self.rest.len() / size {
            Ok(count)
        } else {
            Err(Error::Truncated)
        }
    }

    fn string(&mut self, information: u8) -> Result<&'a [u8], Error> {
        let length = usize::try_from(self.argument(information)?).map_err(|_| Error::Truncated)?;
        let (string, rest) = self.rest.split_at_checked(length).ok_or(Error::Truncated)?;
        self.rest = rest;
        Ok(string)
    }

    fn take_array<const N: usize>(&mut self) -> Result<&'a [u8; N], Error> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(Error::Truncated)?;
        self.rest = rest;
        Ok(array)
    }
}
