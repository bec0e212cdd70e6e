//! A link: what a client platform keeps so that it can reach an authenticator without a QR code (CTAP 2.3 §11.5.2).
//!
//! The client platform asks the tunnel service for the authenticator by its contact ID and sends, in the header
//! [`CLIENT_PAYLOAD_HEADER`](crate::paths::CLIENT_PAYLOAD_HEADER), the upper-case hexadecimal form of a CBOR map:
//!
//! | key | type | meaning |
//! |---|---|---|
//! | 1 | bytes, 8 | link ID |
//! | 2 | bytes, 16 | client nonce, new for each request |
//! | 3 | text | `ga` or `mc` |

use rand_core::CryptoRng;
use roamkey_cbor::{Map, Value};

use crate::TunnelDomain;
use crate::hint::Hint;
use crate::id::{hex, unhex};
use crate::keys::{PrivateKey, PublicKey};
use crate::secret::LinkSecret;

/// How a tunnel service reaches an authenticator. Opaque to the client platform, 1 to 1,024 bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ContactId(Vec<u8>);

impl ContactId {
    /// Longest contact ID in bytes. The longest seen are push tokens of a few hundred bytes, and it has to fit a path.
    pub const MAX: usize = 1024;

    /// Takes the bytes. `None` if there are none or too many.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        (!bytes.is_empty() && bytes.len() <= Self::MAX).then_some(Self(bytes))
    }

    /// Lends the bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for ContactId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContactId")
    }
}

/// Tells an authenticator which of its links a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkId([u8; 8]);

impl LinkId {
    /// Takes the bytes as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Lends the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

/// Makes the keys of one state-assisted transaction differ from those of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientNonce([u8; 16]);

impl ClientNonce {
    /// Takes the bytes as they are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Lends the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(crate) fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// What a client platform stores about an authenticator. It comes out of a verified update, or out of the storage
/// that such a one was put in.
pub struct Link {
    /// How the tunnel service reaches the authenticator.
    pub contact_id: ContactId,
    /// What the authenticator knows the link by.
    pub id: LinkId,
    /// The root of the keys of each transaction over this link.
    pub secret: LinkSecret,
    /// The authenticator's identity key.
    pub authenticator: PublicKey,
    /// The authenticator's tunnel service, as its advert said.
    pub service: TunnelDomain,
    /// The name the authenticator goes by.
    ///
    /// # Privacy
    ///
    /// Often contains a person's name.
    pub name: String,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link")
    }
}

/// What an authenticator gives to a client platform that it links.
pub struct LinkOffer<'a> {
    /// How the tunnel service reaches us.
    pub contact_id: &'a ContactId,
    /// What we will know the link by.
    pub id: LinkId,
    /// The root of the keys of each transaction over this link.
    pub secret: &'a LinkSecret,
    /// Our identity key.
    pub identity: &'a PrivateKey,
    /// The name that the client platform shows.
    ///
    /// # Privacy
    ///
    /// Often contains a person's name.
    pub name: &'a str,
}

impl std::fmt::Debug for LinkOffer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkOffer")
    }
}

/// A linked client platform's request for a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedRequest {
    /// Which link it is about.
    pub link_id: LinkId,
    /// New for each request.
    pub client_nonce: ClientNonce,
    /// What it is about to ask for: a sign-in or a registration.
    pub hint: Hint,
}

impl LinkedRequest {
    /// Reads the value of the header, hexadecimal of either case.
    ///
    /// # Errors
    ///
    /// Each variant of [`LinkedRequestError`] can occur.
    pub fn from_header(value: &str) -> Result<Self, LinkedRequestError> {
        if value.len() > MAX_HEADER {
            return Err(LinkedRequestError::Hex);
        }
        let mut bytes = vec![0; value.len() / 2];
        unhex(value, &mut bytes).map_err(|_| LinkedRequestError::Hex)?;
        let value = roamkey_cbor::decode(&bytes).map_err(LinkedRequestError::Cbor)?;
        let map = value.as_map().ok_or(LinkedRequestError::NotAMap)?;
        let field = |key: u64| map.get(key).and_then(Value::as_bytes);
        let link_id = field(1)
            .and_then(|it| it.try_into().ok())
            .ok_or(LinkedRequestError::LinkId)?;
        let nonce = field(2)
            .and_then(|it| it.try_into().ok())
            .ok_or(LinkedRequestError::ClientNonce)?;
        let hint = match map.get(3_u64).and_then(Value::as_text) {
            Some("ga") => Hint::GetAssertion,
            Some("mc") => Hint::MakeCredential,
            _ => return Err(LinkedRequestError::Hint),
        };
        Ok(Self {
            link_id: LinkId(link_id),
            client_nonce: ClientNonce(nonce),
            hint,
        })
    }

    /// Writes the value of the header.
    #[must_use]
    pub fn to_header(&self) -> String {
        let map = Map::new()
            .with(1_u64, self.link_id.as_bytes())
            .with(2_u64, self.client_nonce.as_bytes())
            .with(3_u64, self.hint.as_str());
        hex(&roamkey_cbor::encode(&map.into()))
    }
}

/// Why a header is not a linked client platform's request. Whoever sent it is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkedRequestError {
    /// Not hexadecimal, or too long.
    #[error("the client payload is not hexadecimal")]
    Hex,
    /// The bytes are not canonical CBOR.
    #[error("the client payload is not canonical CBOR")]
    Cbor(#[source] roamkey_cbor::Error),
    /// The CBOR is not a map.
    #[error("the client payload is not a map")]
    NotAMap,
    /// Key 1 is missing or not 8 bytes.
    #[error("the client payload has no valid link ID")]
    LinkId,
    /// Key 2 is missing or not 16 bytes.
    #[error("the client payload has no valid nonce")]
    ClientNonce,
    /// Key 3 is missing or neither `ga` nor `mc`.
    #[error("the client payload has no valid hint")]
    Hint,
}

/// Longest header value in bytes: ours has 68, and unknown keys may come to it.
const MAX_HEADER: usize = 2048;
