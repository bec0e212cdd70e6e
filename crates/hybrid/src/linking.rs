//! The update message that hands out a [`Link`] (CTAP 2.3 §11.5.2).
//!
//! ```text
//! update        CBOR {0: zeros, so that type byte and CBOR fill 512 bytes less the padding's own, 1: linking map}
//! linking map   1 contact ID (bytes) · 2 link ID (8) · 3 link secret (32) · 4 identity key, uncompressed (65)
//!               5 name (text) · 6 signature (32)
//! signature     HMAC-SHA-256(key = X of ECDH(identity key, client's QR key), data = handshake hash)
//! ```
//!
//! The signature shows that the sender holds the identity key and was at the other end of this very handshake.
//! Authenticators of old put the linking map into key 2 of their first message.

use hmac::Mac as _;
use roamkey_cbor::{Map, Value};

use crate::TunnelDomain;
use crate::keys::{PrivateKey, PublicKey};
use crate::link::{ContactId, Link, LinkId, LinkOffer};
use crate::mac::hmac_sha256;
use crate::secret::LinkSecret;

/// Writes the payload of an update message.
pub(crate) fn update(offer: &LinkOffer<'_>, client: &PublicKey, handshake_hash: &[u8; 32]) -> Vec<u8> {
    let signature = hmac_sha256(&offer.identity.agree(client))
        .chain_update(handshake_hash)
        .finalize()
        .into_bytes();
    let link = Map::new()
        .with(1_u64, offer.contact_id.as_bytes())
        .with(2_u64, offer.id.as_bytes())
        .with(3_u64, offer.secret.expose())
        .with(4_u64, offer.identity.public().to_uncompressed())
        .with(5_u64, offer.name)
        .with(6_u64, signature.as_slice());
    let unpadded = Map::new().with(1_u64, link);
    let length = roamkey_cbor::encoded_len(&unpadded.clone().into());
    let padding = vec![0; FILL.saturating_sub(length)];
    roamkey_cbor::encode(&unpadded.with(0_u64, padding).into())
}

/// Verifies the updates of one established channel, for the client platform.
#[derive(Debug)]
pub struct LinkVerifier {
    pub(crate) client: PrivateKey,
    pub(crate) handshake_hash: [u8; 32],
    pub(crate) service: TunnelDomain,
}

impl LinkVerifier {
    /// Reads the payload of an update message and verifies the link in it. `None` if it holds no link: such an update
    /// is about something newer, and to be ignored.
    ///
    /// # Errors
    ///
    /// Each variant of [`LinkingError`] can occur.
    pub fn verify(&self, update: &[u8]) -> Result<Option<Link>, LinkingError> {
        let value = roamkey_cbor::decode(update).map_err(LinkingError::Cbor)?;
        let map = value.as_map().ok_or(LinkingError::NotAMap)?;
        map.get(1_u64).map(|link| self.verify_link(link)).transpose()
    }

    /// Verifies a linking map, then hands out the link.
    pub(crate) fn verify_link(&self, link: &Value<'_>) -> Result<Link, LinkingError> {
        let map = link.as_map().ok_or(LinkingError::NotAMap)?;
        let bytes = |key: u64| map.get(key).and_then(Value::as_bytes);
        let authenticator = bytes(4)
            .and_then(PublicKey::from_uncompressed)
            .ok_or(LinkingError::IdentityKey)?;
        hmac_sha256(&self.client.agree(&authenticator))
            .chain_update(self.handshake_hash)
            .verify_slice(bytes(6).ok_or(LinkingError::Signature)?)
            .map_err(|_| LinkingError::Signature)?;
        let contact_id = bytes(1).and_then(|it| ContactId::from_bytes(it.to_vec()));
        let id = bytes(2).and_then(|it| it.try_into().ok());
        let secret = bytes(3).and_then(|it| it.try_into().ok());
        Ok(Link {
            contact_id: contact_id.ok_or(LinkingError::ContactId)?,
            id: LinkId::from_bytes(id.ok_or(LinkingError::LinkId)?),
            secret: LinkSecret::from_bytes(secret.ok_or(LinkingError::LinkSecret)?),
            authenticator,
            service: self.service,
            name: map
                .get(5_u64)
                .and_then(Value::as_text)
                .ok_or(LinkingError::Name)?
                .to_owned(),
        })
    }
}

/// Why an update holds no valid link. The authenticator broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkingError {
    /// The bytes are not canonical CBOR.
    #[error("the update is not canonical CBOR")]
    Cbor(#[source] roamkey_cbor::Error),
    /// The CBOR, or its key 1, is not a map.
    #[error("the update is not a map")]
    NotAMap,
    /// Key 1 is missing, empty, too long or not bytes.
    #[error("the link has no valid contact ID")]
    ContactId,
    /// Key 2 is missing or not 8 bytes.
    #[error("the link has no valid ID")]
    LinkId,
    /// Key 3 is missing or not 32 bytes.
    #[error("the link has no valid secret")]
    LinkSecret,
    /// Key 4 is missing or not an uncompressed point of the curve.
    #[error("the link has no valid identity key")]
    IdentityKey,
    /// Key 5 is missing or not text.
    #[error("the link has no name")]
    Name,
    /// Key 6 is missing or was not made by the holder of the identity key for this handshake.
    #[error("the link is not signed for this handshake")]
    Signature,
}

/// Length of the unpadded update, in bytes, that needs no zeros: with type byte, the zeros' own CBOR head and key and
/// the padding of the channel it stays within 512 bytes.
const FILL: usize = 492;
