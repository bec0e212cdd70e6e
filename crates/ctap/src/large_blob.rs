//! The extension `largeBlob` in its unsigned form (WebAuthn L3 §10.1.5, CTAP 2.3 §12): bytes that a relying party keeps
//! with a passkey, read and written while the passkey signs.
//!
//! ```text
//! creation    in   {"support": "required" or "preferred"}
//!             out  {"supported": bool}
//! assertion   in   {"read": true} or {"write": bytes, "originalSize": unsigned}
//!             out  {"blob": bytes, "originalSize": unsigned} or {"written": bool}, or nothing when there is no blob
//! ```
//!
//! The bytes are compressed (RFC 1951) by the client platform, which also tells the length before. Chromium 156 takes
//! outputs of no other shape, and none that it did not ask for.

use std::fmt;

use roamkey_cbor::{Map, Value};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::DecodeError;
use crate::fields::{Fields, FromValue};

/// What a relying party keeps with a passkey, as the client platform compressed it. Wiped on drop.
///
/// # Privacy
///
/// Anything that the site wants; `Debug` shows none of it.
#[derive(Clone, Eq, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct LargeBlob {
    /// The compressed bytes.
    pub data: Vec<u8>,
    /// The length before compression, in bytes, as the client platform told it.
    pub original_size: u64,
}

impl LargeBlob {
    /// Most compressed bytes that are kept per passkey: 64 KiB.
    pub const MAX_LENGTH: usize = 64 * 1024;
}

impl fmt::Debug for LargeBlob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LargeBlob(..)")
    }
}

/// How much a request for a new credential wants `largeBlob`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LargeBlobSupport {
    /// The credential is of no use without.
    Required,
    /// It would be nice to have.
    Preferred,
}

/// What a request for a signature wants of `largeBlob`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LargeBlobInput {
    /// Return what is kept.
    Read,
    /// Keep this in place of what is kept; no bytes at all delete it.
    Write(LargeBlob),
}

/// What became of that.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LargeBlobOutput {
    /// This is kept.
    Read(LargeBlob),
    /// Whether it is kept from here on.
    Written(bool),
}

impl LargeBlobSupport {
    pub(crate) fn to_value(self) -> Value<'static> {
        let support = match self {
            Self::Required => "required",
            Self::Preferred => "preferred",
        };
        Map::new().with("support", support).into()
    }

    /// Reads the input at creation. A value that WebAuthn does not define counts as none, as it demands.
    pub(crate) fn from_input(value: Value<'_>) -> Result<Option<Self>, DecodeError> {
        let support: Option<String> =
            Fields::of(value, "largeBlob")?.optional("support", "largeBlob support")?;
        Ok(match support.as_deref() {
            Some("required") => Some(Self::Required),
            Some("preferred") => Some(Self::Preferred),
            Some(_) | None => None,
        })
    }
}

impl LargeBlobInput {
    pub(crate) fn to_value(&self) -> Value<'_> {
        match self {
            Self::Read => Map::new().with("read", true).into(),
            Self::Write(blob) => Map::new()
                .with("write", &blob.data)
                .with("originalSize", blob.original_size)
                .into(),
        }
    }

    /// Reads the input at assertion; `{"read": false}` and `{}` ask for nothing.
    pub(crate) fn from_input(value: Value<'_>) -> Result<Option<Self>, DecodeError> {
        let mut fields = Fields::of(value, "largeBlob")?;
        let read: Option<bool> = fields.optional("read", "largeBlob read")?;
        let write: Option<Vec<u8>> = fields.optional("write", "largeBlob write")?;
        let original_size: Option<u64> = fields.optional("originalSize", "largeBlob originalSize")?;
        match (read, write, original_size) {
            (Some(true), None, None) => Ok(Some(Self::Read)),
            (None | Some(false), None, None) => Ok(None),
            (None, Some(data), Some(original_size)) => {
                Ok(Some(Self::Write(LargeBlob { data, original_size })))
            }
            (None, Some(_), None) => Err(DecodeError::Missing("largeBlob originalSize")),
            (Some(_), Some(_), _) | (_, None, Some(_)) => Err(DecodeError::InvalidValue("largeBlob")),
        }
    }
}

impl LargeBlobOutput {
    pub(crate) fn to_value(&self) -> Value<'_> {
        match self {
            Self::Read(blob) => Map::new()
                .with("blob", &blob.data)
                .with("originalSize", blob.original_size)
                .into(),
            Self::Written(written) => Map::new().with("written", *written).into(),
        }
    }
}

impl<'a> FromValue<'a> for LargeBlobOutput {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        if let Some(written) = fields.optional("written", "largeBlob written")? {
            return Ok(Self::Written(written));
        }
        Ok(Self::Read(LargeBlob {
            data: fields.required("blob", "largeBlob blob")?,
            original_size: fields.required("originalSize", "largeBlob originalSize")?,
        }))
    }
}
