//! A map whose keys are unique and in canonical order at all times (CTAP 2.3 §8).
//!
//! Order of keys: lower major type first, then the shorter encoding, then the lower bytes. `"id"` comes before
//! `"name"`, `24` before `-1`.

use std::cmp::Ordering;

use crate::{Value, encode};

/// A map with unique keys in canonical order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Map<'a> {
    entries: Vec<(Value<'a>, Value<'a>)>,
}

impl<'a> Map<'a> {
    /// Makes a map without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry at its place, replacing an entry with the same key, and returns the map.
    #[must_use]
    pub fn with(mut self, key: impl Into<Value<'a>>, value: impl Into<Value<'a>>) -> Self {
        self.insert(key, value);
        self
    }

    /// Adds an entry as [`with`](Self::with) does if there is a value, and returns the map.
    #[must_use]
    pub fn with_some(self, key: impl Into<Value<'a>>, value: Option<impl Into<Value<'a>>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds an entry at its place and returns the value that it replaces.
    pub fn insert(&mut self, key: impl Into<Value<'a>>, value: impl Into<Value<'a>>) -> Option<Value<'a>> {
        let (key, value) = (key.into(), value.into());
        match self.position(&key) {
            Ok(place) => self
                .entries
                .get_mut(place)
                .map(|entry| std::mem::replace(&mut entry.1, value)),
            Err(place) => {
                self.entries.insert(place, (key, value));
                None
            }
        }
    }

    /// Returns the value under `key`.
    #[must_use]
    pub fn get<'k>(&self, key: impl Into<Value<'k>>) -> Option<&Value<'a>> {
        let place = self.position(&key.into()).ok()?;
        self.entries.get(place).map(|(_, value)| value)
    }

    /// Takes the value under `key` out of the map.
    pub fn take<'k>(&mut self, key: impl Into<Value<'k>>) -> Option<Value<'a>> {
        let place = self.position(&key.into()).ok()?;
        Some(self.entries.remove(place).1)
    }

    /// Iterates over the entries in canonical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Value<'a>, &Value<'a>)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// Counts the entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Copies what is borrowed, so that the map outlives the input it was decoded from.
    #[must_use]
    pub fn into_owned(self) -> Map<'static> {
        Map {
            entries: self
                .entries
                .into_iter()
                .map(|(key, value)| (key.into_owned(), value.into_owned()))
                .collect(),
        }
    }

    /// Takes entries of which the decoder has seen that their keys are unique and in order.
    pub(crate) fn from_canonical(entries: Vec<(Value<'a>, Value<'a>)>) -> Self {
        Self { entries }
    }

    fn position(&self, key: &Value<'_>) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|(own, _)| canonical_order(own, key))
    }
}

impl<'a> IntoIterator for Map<'a> {
    type Item = (Value<'a>, Value<'a>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    /// Iterates over the entries in canonical order.
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a> FromIterator<(Value<'a>, Value<'a>)> for Map<'a> {
    /// Collects entries in any order; of entries with the same key the last one stays.
    fn from_iter<I: IntoIterator<Item = (Value<'a>, Value<'a>)>>(entries: I) -> Self {
        let mut map = Self::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

/// Compares two encoded, non-empty keys.
pub(crate) fn encoded_order(a: &[u8], b: &[u8]) -> Ordering {
    let major = |key: &[u8]| key.first().map(|byte| byte >> 5);
    major(a)
        .cmp(&major(b))
        .then_with(|| a.len().cmp(&b.len()))
        .then_with(|| a.cmp(b))
}

/// Compares two keys as [`encoded_order`] compares their encodings, without encoding the usual ones.
fn canonical_order(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::Unsigned(a), Value::Unsigned(b)) | (Value::Negative(a), Value::Negative(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => {
            a.len().cmp(&b.len()).then_with(|| a.as_bytes().cmp(b.as_bytes()))
        }
        (Value::Bytes(a), Value::Bytes(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        _ => encoded_order(&encode(a), &encode(b)),
    }
}
