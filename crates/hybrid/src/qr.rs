//! The QR code that starts a transaction (CTAP 2.3 §11.5.1): `FIDO:/` and the digits of a CBOR map.
//!
//! | key | type | meaning | if it is missing |
//! |---|---|---|---|
//! | 0 | bytes, 33 | the client platform's P-256 key, compressed | malformed |
//! | 1 | bytes, 16 | the QR secret | malformed |
//! | 2 | integer | how many assigned tunnel services the client platform knows | it didn't say |
//! | 3 | unsigned | when the code was made, Unix seconds | no age |
//! | 4 | Boolean | whether the client platform can keep a link | it can't |
//! | 5 | text | [`Hint`] | `ga` |
//! | 6 | array or Boolean | channels (CTAP 2.3) or an obsolete flag | ignored either way |
//!
//! All other keys are ignored; the standard wants them there from time to time. The CBOR is canonical: Chromium reads
//! nothing else, and neither do we. Writers always send key 4, because older authenticators choose the encryption by
//! its presence, and leave out key 6, which older Google Play services reject.

use std::fmt;

use roamkey_cbor::{Map, Value};

use crate::TunnelDomain;
use crate::digits::{self, DigitsError};
use crate::hint::Hint;
use crate::keys::PublicKey;
use crate::secret::QrSecret;

/// A QR code as the client platform showed it. How old it is has not been looked at: see [`QrCode::fresh`].
pub struct QrCode {
    pub(crate) client_key: PublicKey,
    pub(crate) secret: QrSecret,
    known_domains: Option<u64>,
    timestamp: Option<u64>,
    supports_linking: bool,
    hint: Hint,
}

impl QrCode {
    /// Reads the text of a QR code. The prefix may be in any case, spaces are not allowed anywhere.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the text; each variant of [`QrError`] can occur.
    pub fn parse(text: &str) -> Result<Self, QrError> {
        if text.len() > MAX_TEXT {
            return Err(QrError::TooLong { actual: text.len() });
        }
        let (prefix, digits) = text.split_at_checked(PREFIX.len()).ok_or(QrError::Prefix)?;
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            return Err(QrError::Prefix);
        }
        let bytes = zeroize::Zeroizing::new(digits::decode(digits).map_err(QrError::Digits)?);
        let value = roamkey_cbor::decode(&bytes).map_err(QrError::Cbor)?;
        Self::from_map(value.as_map().ok_or(QrError::NotAMap)?)
    }

    /// What the client platform is about to ask for, for display only.
    #[must_use]
    pub const fn hint(&self) -> Hint {
        self.hint
    }

    /// When the code was made, in Unix seconds, if it says so.
    #[must_use]
    pub const fn timestamp(&self) -> Option<u64> {
        self.timestamp
    }

    /// How many of the assigned tunnel services (0, 1, …) the client platform knows, if it says so.
    #[must_use]
    pub const fn known_domains(&self) -> Option<u64> {
        self.known_domains
    }

    /// Whether the client platform can keep a link for later transactions without a QR code.
    #[must_use]
    pub const fn supports_linking(&self) -> bool {
        self.supports_linking
    }

    /// Tells whether the client platform can find `service`: it knows all hashed ones, and as many of the assigned
    /// ones as it says. One that says nothing (libwebauthn's capture of an iPhone session) is taken to know them.
    #[must_use]
    pub fn knows(&self, service: TunnelDomain) -> bool {
        service.is_hashed()
            || self
                .known_domains
                .is_none_or(|known| u64::from(service.id()) < known)
    }

    /// Checks the age of the code at `now`, Unix seconds. A code without a timestamp passes: the standard lets it.
    ///
    /// # Errors
    ///
    /// [`FreshnessError::TooOld`] after [`MAX_AGE`], [`FreshnessError::FromTheFuture`] beyond [`MAX_SKEW`].
    pub fn fresh(self, now: u64) -> Result<FreshQrCode, FreshnessError> {
        if let Some(made) = self.timestamp {
            if now.saturating_sub(made) > MAX_AGE {
                return Err(FreshnessError::TooOld { seconds: now - made });
            }
            if made.saturating_sub(now) > MAX_SKEW {
                return Err(FreshnessError::FromTheFuture { seconds: made - now });
            }
        }
        Ok(FreshQrCode(self))
    }

    fn from_map(map: &Map<'_>) -> Result<Self, QrError> {
        let bytes = |key: u64| map.get(key).and_then(Value::as_bytes);
        let client_key = bytes(0)
            .and_then(PublicKey::from_compressed)
            .ok_or(QrError::ClientKey)?;
        let secret = bytes(1)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(QrError::Secret)?;
        Ok(Self {
            client_key,
            secret: QrSecret::from_bytes(secret),
            known_domains: map.get(2_u64).map(count).transpose()?,
            timestamp: optional(map, 3, Value::as_u64, QrError::Timestamp)?,
            supports_linking: optional(map, 4, Value::as_bool, QrError::SupportsLinking)?.unwrap_or(false),
            hint: optional(map, 5, Value::as_text, QrError::Hint)?
                .map(Hint::from_wire)
                .unwrap_or_default(),
        })
    }
}

impl fmt::Debug for QrCode {
    /// Prints nothing of the content: whoever knows it can answer in the authenticator's place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QrCode")
    }
}

/// A QR code whose age was checked. The only way to one is [`QrCode::fresh`].
#[derive(Debug)]
pub struct FreshQrCode(QrCode);

impl FreshQrCode {
    /// Lends the code.
    #[must_use]
    pub const fn code(&self) -> &QrCode {
        &self.0
    }

    pub(crate) fn into_code(self) -> QrCode {
        self.0
    }
}

/// What a client platform puts into its QR code.
pub(crate) struct Offer<'a> {
    pub(crate) client_key: &'a PublicKey,
    pub(crate) secret: &'a QrSecret,
    pub(crate) now: u64,
    pub(crate) supports_linking: bool,
    pub(crate) hint: Hint,
}

impl Offer<'_> {
    /// Writes the text of the QR code.
    pub(crate) fn to_text(&self) -> String {
        let map = Map::new()
            .with(0_u64, self.client_key.to_compressed())
            .with(1_u64, self.secret.expose())
            .with(2_u64, KNOWN_DOMAINS)
            .with(3_u64, self.now)
            .with(4_u64, self.supports_linking)
            .with(5_u64, self.hint.as_str());
        let bytes = zeroize::Zeroizing::new(roamkey_cbor::encode(&map.into()));
        format!("{PREFIX}{}", digits::encode(&bytes))
    }
}

/// Why text is not a QR code of hybrid transport. Whoever made it is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// More than a QR symbol can hold.
    #[error("{actual} characters are more than a QR code can hold")]
    TooLong {
        /// Length of the text in bytes.
        actual: usize,
    },
    /// It does not begin with `FIDO:/`.
    #[error("the text does not begin with FIDO:/")]
    Prefix,
    /// What follows are not digits of bytes.
    #[error("the digits of the code are wrong")]
    Digits(#[source] DigitsError),
    /// The bytes are not canonical CBOR.
    #[error("the content of the code is not canonical CBOR")]
    Cbor(#[source] roamkey_cbor::Error),
    /// The CBOR is not a map.
    #[error("the content of the code is not a map")]
    NotAMap,
    /// Key 0 is missing or not a compressed point of the curve.
    #[error("the code has no valid public key")]
    ClientKey,
    /// Key 1 is missing or not 16 bytes.
    #[error("the code has no valid secret")]
    Secret,
    /// Key 2 is not an integer.
    #[error("the number of known tunnel services is not an integer")]
    KnownDomains,
    /// Key 3 is not an unsigned integer.
    #[error("the time of the code is not a number of seconds")]
    Timestamp,
    /// Key 4 is not a Boolean.
    #[error("the linking flag is not a Boolean")]
    SupportsLinking,
    /// Key 5 is not text.
    #[error("the hint is not text")]
    Hint,
}

/// Why a QR code may not be used at this time. Either it was kept, or one of the two clocks is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FreshnessError {
    /// Older than [`MAX_AGE`].
    #[error("the QR code is {seconds} seconds old")]
    TooOld {
        /// Its age.
        seconds: u64,
    },
    /// Made later than [`MAX_SKEW`] from now.
    #[error("the QR code is {seconds} seconds ahead of this device's clock")]
    FromTheFuture {
        /// How far ahead it is.
        seconds: u64,
    },
}

/// How old a QR code may be, in seconds: browsers show one for as long as their request lives, three minutes at
/// least, and two clocks may differ a little.
pub const MAX_AGE: u64 = 300;
/// How far ahead of our clock a QR code may be made, in seconds: as much as two clocks may reasonably differ.
pub const MAX_SKEW: u64 = 300;

/// How every QR code begins.
const PREFIX: &str = "FIDO:/";
/// Longest text in bytes: the prefix and the 7,089 digits that the largest QR symbol holds.
const MAX_TEXT: usize = 6 + 7_089;
/// The assigned tunnel services that our client role knows: 0 and 1.
const KNOWN_DOMAINS: u64 = 2;

/// Reads key 2. Chromium lets a negative integer pass, which can only mean none.
fn count(value: &Value<'_>) -> Result<u64, QrError> {
    match value {
        Value::Unsigned(count) => Ok(*count),
        Value::Negative(_) => Ok(0),
        Value::Bytes(_)
        | Value::Text(_)
        | Value::Array(_)
        | Value::Map(_)
        | Value::Bool(_)
        | Value::Null
        | Value::Undefined
        | Value::Float(_) => Err(QrError::KnownDomains),
    }
}

/// Reads a key that may be missing but not of another type.
fn optional<'m, 'v, T>(
    map: &'m Map<'v>,
    key: u64,
    read: impl FnOnce(&'m Value<'v>) -> Option<T>,
    wrong: QrError,
) -> Result<Option<T>, QrError> {
    map.get(key).map(|value| read(value).ok_or(wrong)).transpose()
}
