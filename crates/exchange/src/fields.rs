//! The fields of a JSON object, taken one by one; what nobody took is kept as it was.
//!
//! Values are borrowed from the file's text where that has no escapes, so that the secrets in it are not copied around;
//! what must be copied is wiped.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::import::Reason;

/// An object's fields.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Fields<'a>(#[serde(borrow)] BTreeMap<Cow<'a, str>, &'a RawValue>);

/// Text that may be secret.
pub(crate) enum Text<'a> {
    Borrowed(&'a str),
    Owned(Zeroizing<String>),
}

#[derive(Deserialize)]
#[serde(transparent)]
struct MaybeBorrowed<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Fields<'a> {
    /// Reads an object; `None` for anything else.
    pub(crate) fn parse(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    pub(crate) fn of(raw: &'a RawValue) -> Option<Self> {
        Self::parse(raw.get())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value under the first of these names that is there; `null` counts as not there.
    fn take(&mut self, names: &[&'static str]) -> Option<&'a RawValue> {
        let mut found = None;
        for name in names {
            let value = self.0.remove(*name).filter(|raw| raw.get() != "null");
            found = found.or(value);
        }
        found
    }

    pub(crate) fn text(&mut self, names: &[&'static str]) -> Result<Option<Text<'a>>, Reason> {
        let Some(raw) = self.take(names) else {
            return Ok(None);
        };
        let text = text_of(raw).ok_or(Reason::Field(name_of(names)))?;
        Ok(Some(text))
    }

    /// A text that is no secret; the empty one counts as not there.
    pub(crate) fn plain(&mut self, names: &[&'static str]) -> Result<Option<String>, Reason> {
        let text = self.text(names)?.map(|text| text.as_str().to_owned());
        Ok(text.filter(|text| !text.is_empty()))
    }

    pub(crate) fn bytes(&mut self, names: &[&'static str]) -> Result<Option<Zeroizing<Vec<u8>>>, Reason> {
        let Some(text) = self.text(names)? else {
            return Ok(None);
        };
        let bytes = base64(text.as_str()).ok_or(Reason::Field(name_of(names)))?;
        Ok(Some(bytes))
    }

    /// A number, or a text of digits.
    pub(crate) fn number(&mut self, names: &[&'static str]) -> Result<Option<u64>, Reason> {
        let Some(raw) = self.take(names) else {
            return Ok(None);
        };
        let digits = raw.get().trim_matches('"');
        digits
            .parse()
            .map(Some)
            .map_err(|_| Reason::Field(name_of(names)))
    }

    /// A truth value, also as the texts that some programs write.
    pub(crate) fn truth(&mut self, names: &[&'static str]) -> Result<Option<bool>, Reason> {
        let Some(raw) = self.take(names) else {
            return Ok(None);
        };
        match raw.get().trim_matches('"') {
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(Reason::Field(name_of(names))),
        }
    }

    pub(crate) fn object(&mut self, names: &[&'static str]) -> Result<Option<Self>, Reason> {
        let Some(raw) = self.take(names) else {
            return Ok(None);
        };
        Self::of(raw).map(Some).ok_or(Reason::Field(name_of(names)))
    }

    /// The elements of an array; none if there is no array.
    pub(crate) fn array(&mut self, names: &[&'static str]) -> Result<Vec<&'a RawValue>, Reason> {
        let Some(raw) = self.take(names) else {
            return Ok(Vec::new());
        };
        serde_json::from_str(raw.get()).map_err(|_| Reason::Field(name_of(names)))
    }

    /// What nobody took, as a JSON object; `None` if that is nothing.
    pub(crate) fn rest(self) -> Option<String> {
        let left: BTreeMap<_, _> = self.0.iter().filter(|(_, raw)| raw.get() != "null").collect();
        if left.is_empty() {
            return None;
        }
        serde_json::to_string(&left).ok()
    }
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

/// A JSON text.
pub(crate) fn text_of(raw: &RawValue) -> Option<Text<'_>> {
    let MaybeBorrowed(text) = serde_json::from_str(raw.get()).ok()?;
    Some(match text {
        Cow::Borrowed(text) => Text::Borrowed(text),
        Cow::Owned(text) => Text::Owned(Zeroizing::new(text)),
    })
}

/// Base64 in either alphabet, padded or not: programs differ.
pub(crate) fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let standard = text.contains(['+', '/']);
    let engine = if standard { &STANDARD } else { &URL_SAFE };
    engine.decode(text).ok().map(Zeroizing::new)
}

/// Base64 as CXF writes it: URL alphabet, no padding.
pub(crate) fn base64url(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

fn name_of(names: &[&'static str]) -> &'static str {
    names.first().copied().unwrap_or_default()
}

const TOLERANT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, TOLERANT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, TOLERANT);
