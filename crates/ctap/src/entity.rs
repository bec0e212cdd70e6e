//! Who and what a request is about: relying party, user, credential, parameters.
//!
//! ```text
//! PublicKeyCredentialRpEntity      {"id": text, "name": text?}
//! PublicKeyCredentialUserEntity    {"id": bytes, "name": text?, "displayName": text?}
//! PublicKeyCredentialDescriptor    {"id": bytes, "type": text, "transports": [text]?}
//! PublicKeyCredentialParameters    {"alg": integer, "type": text}
//! ```
//!
//! WebAuthn L3 §5.4 and §5.8, CTAP 2.3 §6.1. `Debug` of these types shows no personal data.

use std::borrow::Cow;
use std::fmt;

use roamkey_cbor::{Map, Value};

use crate::fields::{Fields, FromValue, list};
use crate::{Algorithm, DecodeError};

/// The only credential type there is.
const PUBLIC_KEY: &str = "public-key";

/// Longest relying party ID in bytes: a domain name has at most 253, the rest is reserve.
const MAX_RP_ID_LENGTH: usize = 255;

/// Longest user handle in bytes (WebAuthn L3 §5.4.3).
const MAX_USER_HANDLE_LENGTH: usize = 64;

/// A relying party ID: 1 to 255 bytes of UTF-8, usually a domain name.
///
/// # Privacy
///
/// Tells where a person has an account. It is never logged.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RpId(String);

impl RpId {
    /// Parses a relying party ID.
    ///
    /// # Errors
    ///
    /// [`DecodeError::InvalidValue`] when it is empty, [`DecodeError::LimitExceeded`] when it is too long.
    pub fn parse(text: &str) -> Result<Self, DecodeError> {
        match text.len() {
            0 => Err(DecodeError::InvalidValue("rp id")),
            1..=MAX_RP_ID_LENGTH => Ok(Self(text.to_owned())),
            _ => Err(DecodeError::LimitExceeded("rp id")),
        }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RpId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RpId(..)")
    }
}

impl FromValue<'_> for RpId {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        Self::parse(&value.into_text().ok_or(DecodeError::UnexpectedType(name))?)
    }
}

/// A user handle: 1 to 64 bytes that mean something to the relying party only.
///
/// # Privacy
///
/// Identifies a person's account. It is never logged.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UserHandle(Vec<u8>);

impl UserHandle {
    /// Parses a user handle.
    ///
    /// # Errors
    ///
    /// [`DecodeError::InvalidLength`] when it is empty, [`DecodeError::LimitExceeded`] when it is too long.
    pub fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        match bytes.len() {
            0 => Err(DecodeError::InvalidLength("user id")),
            1..=MAX_USER_HANDLE_LENGTH => Ok(Self(bytes.to_vec())),
            _ => Err(DecodeError::LimitExceeded("user id")),
        }
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for UserHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserHandle(..)")
    }
}

impl FromValue<'_> for UserHandle {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        Self::parse(&value.into_bytes().ok_or(DecodeError::UnexpectedType(name))?)
    }
}

/// A credential ID, ours or another authenticator's, of any length.
///
/// # Privacy
///
/// Identifies a person's credential. It is never logged.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CredentialId(Vec<u8>);

impl CredentialId {
    /// Takes the bytes as they are.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Returns the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CredentialId(..)")
    }
}

impl FromValue<'_> for CredentialId {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        value
            .into_bytes()
            .map(|bytes| Self(bytes.into_owned()))
            .ok_or(DecodeError::UnexpectedType(name))
    }
}

/// The AAGUID: 16 bytes that name the authenticator's model.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Aaguid(pub [u8; 16]);

impl FromValue<'_> for Aaguid {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        let bytes = value.into_bytes().ok_or(DecodeError::UnexpectedType(name))?;
        bytes[..]
            .try_into()
            .map(Self)
            .map_err(|_| DecodeError::InvalidLength(name))
    }
}

/// The relying party of a new credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKeyCredentialRpEntity {
    /// The relying party ID.
    pub id: RpId,
    /// What the relying party calls itself. Anyone may write anything here.
    pub name: Option<String>,
}

impl PublicKeyCredentialRpEntity {
    pub(crate) fn to_value(&self) -> Value<'_> {
        Map::new()
            .with("id", self.id.as_str())
            .with_some("name", self.name.as_deref())
            .into()
    }
}

impl<'a> FromValue<'a> for PublicKeyCredentialRpEntity {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        Ok(Self {
            id: fields.required("id", "rp id")?,
            name: fields.optional("name", "rp name")?,
        })
    }
}

/// The account that a credential belongs to.
///
/// # Privacy
///
/// Names a person. It is shown at the prompt and never logged.
#[derive(Clone, Eq, PartialEq)]
pub struct PublicKeyCredentialUserEntity {
    /// The user handle.
    pub id: UserHandle,
    /// The name that the person signs in with. Optional: not every client platform sends it.
    pub name: Option<String>,
    /// The name that the person is shown by. Optional: not every client platform sends it.
    pub display_name: Option<String>,
}

impl PublicKeyCredentialUserEntity {
    pub(crate) fn to_value(&self) -> Value<'_> {
        Map::new()
            .with("id", self.id.as_bytes())
            .with_some("name", self.name.as_deref())
            .with_some("displayName", self.display_name.as_deref())
            .into()
    }
}

impl fmt::Debug for PublicKeyCredentialUserEntity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PublicKeyCredentialUserEntity(..)")
    }
}

impl<'a> FromValue<'a> for PublicKeyCredentialUserEntity {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        Ok(Self {
            id: fields.required("id", "user id")?,
            name: fields.optional("name", "user name")?,
            display_name: fields.optional("displayName", "user displayName")?,
        })
    }
}

/// A credential that a list names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKeyCredentialDescriptor {
    /// The credential ID; `None` if the credential type is unknown, so that nothing here can match it.
    id: Option<CredentialId>,
}

impl PublicKeyCredentialDescriptor {
    /// Names a public key credential.
    #[must_use]
    pub fn new(id: CredentialId) -> Self {
        Self { id: Some(id) }
    }

    /// Returns the ID if the credential type is `public-key`. Descriptors of other types match nothing.
    #[must_use]
    pub fn id(&self) -> Option<&CredentialId> {
        self.id.as_ref()
    }

    pub(crate) fn to_value(&self) -> Value<'_> {
        let id = self.id.as_ref().map_or(&[][..], CredentialId::as_bytes);
        Map::new()
            .with("id", id)
            .with("type", if self.id.is_some() { PUBLIC_KEY } else { "" })
            .into()
    }
}

impl<'a> FromValue<'a> for PublicKeyCredentialDescriptor {
    /// Goes over the entries once instead of looking for each key: lists of these are the longest part of a request.
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let (mut id, mut kind) = (None, None);
        for (key, value) in value.into_map().ok_or(DecodeError::UnexpectedType(name))? {
            match key.as_text() {
                Some("id") => id = Some(CredentialId::from_value(value, "credential id")?),
                Some("type") => kind = Some(Cow::<str>::from_value(value, "credential type")?),
                // Only a hint for client platforms; its type is checked and its content ignored.
                Some("transports") => drop(list::<Cow<'_, str>>(value, "credential transports", usize::MAX)?),
                _ => {}
            }
        }
        let id = id.ok_or(DecodeError::Missing("credential id"))?;
        let kind = kind.ok_or(DecodeError::Missing("credential type"))?;
        Ok(Self {
            id: (kind == PUBLIC_KEY).then_some(id),
        })
    }
}

/// One entry of the relying party's list of acceptable algorithms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublicKeyCredentialParameters {
    /// The COSE algorithm identifier; `None` if the credential type is unknown or the number is out of range.
    algorithm: Option<i64>,
}

impl PublicKeyCredentialParameters {
    /// Accepts public key credentials with this algorithm.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self {
            algorithm: Some(algorithm.cose()),
        }
    }

    /// Returns the algorithm if it is one that exists here and the credential type is `public-key`.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm.and_then(Algorithm::from_cose)
    }

    pub(crate) fn to_value(self) -> Value<'static> {
        let kind = if self.algorithm.is_some() { PUBLIC_KEY } else { "" };
        Map::new()
            .with("alg", self.algorithm.unwrap_or(0))
            .with("type", kind)
            .into()
    }
}

impl<'a> FromValue<'a> for PublicKeyCredentialParameters {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        let algorithm: Value<'_> = fields.required("alg", "alg")?;
        let kind: Cow<'_, str> = fields.required("type", "credential type")?;
        match algorithm {
            Value::Unsigned(_) | Value::Negative(_) => Ok(Self {
                algorithm: algorithm.as_i64().filter(|_| kind == PUBLIC_KEY),
            }),
            Value::Bytes(_)
            | Value::Text(_)
            | Value::Array(_)
            | Value::Map(_)
            | Value::Bool(_)
            | Value::Null
            | Value::Undefined
            | Value::Float(_) => Err(DecodeError::UnexpectedType("alg")),
        }
    }
}

/// Decodes a list of descriptors, at most `limit` long.
pub(crate) fn descriptors(
    value: Value<'_>,
    name: &'static str,
    limit: usize,
) -> Result<Vec<PublicKeyCredentialDescriptor>, DecodeError> {
    list(value, name, limit)
}
