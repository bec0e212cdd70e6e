//! Reading JSON members one by one, each fault with the path of its member: `excludeCredentials[2].id`.
//!
//! Strict where a mistake would change what is asked: types, base64url, lengths. Tolerant where the standard is:
//! unknown members are ignored, `null` is the same as missing, and padding after base64url is let pass, since many
//! servers send it.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use serde_json::Value;

/// What is wrong with options, and where. Values are never in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct OptionsError {
    /// The member, as a path from the top: `user.id`. `the JSON` for the whole.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The text is not JSON at all.
    #[error("is not valid JSON")]
    NotJson,
    /// Required and not there.
    #[error("is missing")]
    Missing,
    /// Of another type than this.
    #[error("is not {0}")]
    NotA(&'static str),
    /// Not base64url.
    #[error("is not base64url")]
    NotBase64Url,
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// Longer than allowed.
    #[error("is longer than {0} bytes or entries")]
    TooLong(usize),
    /// A value that is not among those allowed.
    #[error("has a value that is not allowed")]
    NotAllowed,
    /// A wish that nothing here can fulfil.
    #[error("asks for something that a phone can't do: {0}")]
    NotPossible(&'static str),
}

/// Longest JSON that is read, in bytes: far above any options, also with a large blob in them.
pub const MAX_JSON_BYTES: usize = 1 << 20;

/// Parses text into an object. A lone member `publicKey` around everything, as it is handed to
/// `navigator.credentials`, is taken off.
pub(crate) fn parse(text: &str) -> Result<Value, OptionsError> {
    if text.len() > MAX_JSON_BYTES {
        return Err(error(WHOLE, Problem::TooLong(MAX_JSON_BYTES)));
    }
    let mut value: Value = serde_json::from_str(text).map_err(|_| error(WHOLE, Problem::NotJson))?;
    if let Some(members) = value.as_object_mut()
        && members.len() == 1
        && let Some(inner) = members.remove(WRAPPER)
    {
        return Ok(inner);
    }
    Ok(value)
}

/// A JSON object and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Object<'v> {
    members: &'v serde_json::Map<String, Value>,
    path: String,
}

impl<'v> Object<'v> {
    /// The object at the top.
    pub(crate) fn top(value: &'v Value) -> Result<Self, OptionsError> {
        let members = value
            .as_object()
            .ok_or_else(|| error(WHOLE, Problem::NotA("an object")))?;
        Ok(Self {
            members,
            path: String::new(),
        })
    }

    /// An error at a member.
    pub(crate) fn error(&self, name: &str, problem: Problem) -> OptionsError {
        error(&self.path_of(name), problem)
    }

    /// A member that must be there.
    pub(crate) fn required<T: FromJson<'v>>(&self, name: &str) -> Result<T, OptionsError> {
        self.optional(name)?
            .ok_or_else(|| self.error(name, Problem::Missing))
    }

    /// A member that may be missing or null.
    pub(crate) fn optional<T: FromJson<'v>>(&self, name: &str) -> Result<Option<T>, OptionsError> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => T::from_json(value, &self.path_of(name)).map(Some),
        }
    }

    /// A list that may be missing, of at most `limit` entries.
    pub(crate) fn list<T: FromJson<'v>>(&self, name: &str, limit: usize) -> Result<Vec<T>, OptionsError> {
        let entries: Vec<T> = self.optional(name)?.unwrap_or_default();
        if entries.len() > limit {
            return Err(self.error(name, Problem::TooLong(limit)));
        }
        Ok(entries)
    }

    /// One of several words; `unknown` for a word that the standard may add later.
    pub(crate) fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
        unknown: Option<T>,
    ) -> Result<Option<T>, OptionsError> {
        let Some(text) = self.optional::<&str>(name)? else {
            return Ok(None);
        };
        let found = words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, meaning)| *meaning);
        match found.or(unknown) {
            Some(meaning) => Ok(Some(meaning)),
            None => Err(self.error(name, Problem::NotAllowed)),
        }
    }

    /// Its members, each with its path.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'v String, &'v Value, String)> + '_ {
        self.members
            .iter()
            .map(|(name, value)| (name, value, self.path_of(name)))
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }
}

/// What a JSON value can be turned into.
pub(crate) trait FromJson<'v>: Sized {
    fn from_json(value: &'v Value, path: &str) -> Result<Self, OptionsError>;
}

impl<'v> FromJson<'v> for Object<'v> {
    fn from_json(value: &'v Value, path: &str) -> Result<Self, OptionsError> {
        let members = value
            .as_object()
            .ok_or_else(|| error(path, Problem::NotA("an object")))?;
        Ok(Self {
            members,
            path: path.to_owned(),
        })
    }
}

impl<'v> FromJson<'v> for &'v str {
    fn from_json(value: &'v Value, path: &str) -> Result<Self, OptionsError> {
        value.as_str().ok_or_else(|| error(path, Problem::NotA("text")))
    }
}

impl FromJson<'_> for String {
    fn from_json(value: &Value, path: &str) -> Result<Self, OptionsError> {
        <&str>::from_json(value, path).map(str::to_owned)
    }
}

impl FromJson<'_> for bool {
    fn from_json(value: &Value, path: &str) -> Result<Self, OptionsError> {
        value
            .as_bool()
            .ok_or_else(|| error(path, Problem::NotA("true or false")))
    }
}

impl FromJson<'_> for i64 {
    fn from_json(value: &Value, path: &str) -> Result<Self, OptionsError> {
        value
            .as_i64()
            .ok_or_else(|| error(path, Problem::NotA("an integer")))
    }
}

/// Anything at all, to see whether it is there.
impl<'v> FromJson<'v> for &'v Value {
    fn from_json(value: &'v Value, _: &str) -> Result<Self, OptionsError> {
        Ok(value)
    }
}

/// Bytes, written as base64url.
impl FromJson<'_> for Vec<u8> {
    fn from_json(value: &Value, path: &str) -> Result<Self, OptionsError> {
        decode_base64url(<&str>::from_json(value, path)?).ok_or_else(|| error(path, Problem::NotBase64Url))
    }
}

/// An array, entry by entry. Bytes are no array: `Vec<u8>` has a rule of its own, and there is no rule for `u8`.
impl<'v, T: FromJson<'v>> FromJson<'v> for Vec<T> {
    fn from_json(value: &'v Value, path: &str) -> Result<Self, OptionsError> {
        let entries = value
            .as_array()
            .ok_or_else(|| error(path, Problem::NotA("an array")))?;
        entries
            .iter()
            .enumerate()
            .map(|(index, entry)| T::from_json(entry, &format!("{path}[{index}]")))
            .collect()
    }
}

pub(crate) fn error(field: &str, problem: Problem) -> OptionsError {
    OptionsError {
        field: field.to_owned(),
        problem,
    }
}

/// Decodes base64url, with or without padding.
pub(crate) fn decode_base64url(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text).ok()
}

/// Encodes base64url without padding, as WebAuthn writes bytes.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const WHOLE: &str = "the JSON";
const WRAPPER: &str = "publicKey";
