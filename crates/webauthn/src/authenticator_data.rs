//! Authenticator data of any authenticator (WebAuthn L3 §6.1), as far as a client platform looks into it.
//!
//! ```text
//! rpIdHash 32 ‖ flags 1 ‖ signCount 4 ‖ if AT: aaguid 16 ‖ length 2 ‖ credential id ‖ COSE key ‖ if ED: CBOR map
//! ```

use roamkey_cbor::{Map, decode_prefix};
use roamkey_ctap::PrfEvaluation;
use sha2::{Digest as _, Sha256};

use crate::error::AnswerError;
use crate::hmac_secret::SealedSalts;
use crate::public_key::PublicKey;

/// Authenticator data that was taken apart, to its last byte.
#[derive(Debug)]
pub(crate) struct AuthenticatorData<'a> {
    rp_id_hash: &'a [u8; 32],
    flags: u8,
    /// The new passkey: its ID and its key.
    pub(crate) attested: Option<(&'a [u8], PublicKey)>,
    /// Extension outputs that are signed; empty if there are none.
    pub(crate) extensions: Map<'a>,
}

impl<'a> AuthenticatorData<'a> {
    /// Takes the bytes apart.
    ///
    /// # Errors
    ///
    /// [`AnswerError::Cbor`] and [`AnswerError::Malformed`].
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, AnswerError> {
        let mut rest = bytes;
        let rp_id_hash = take(&mut rest)?;
        let [flags] = *take(&mut rest)?;
        let _counter: &[u8; 4] = take(&mut rest)?;
        let attested = if flags & AT == 0 {
            None
        } else {
            let _aaguid: &[u8; 16] = take(&mut rest)?;
            let length = usize::from(u16::from_be_bytes(*take(&mut rest)?));
            let (id, after) = rest
                .split_at_checked(length)
                .filter(|_| (1..=MAX_CREDENTIAL_ID).contains(&length))
                .ok_or(AnswerError::Malformed("credential id"))?;
            let (key, length) = decode_prefix(after).map_err(AnswerError::Cbor)?;
            rest = after.get(length..).unwrap_or_default();
            Some((
                id,
                PublicKey::from_cose(&key).ok_or(AnswerError::Malformed("public key"))?,
            ))
        };
        let mut extensions = Map::new();
        if flags & ED != 0 {
            let (outputs, length) = decode_prefix(rest).map_err(AnswerError::Cbor)?;
            extensions = outputs
                .into_map()
                .ok_or(AnswerError::Malformed("extension outputs"))?;
            rest = rest.get(length..).unwrap_or_default();
        }
        if !rest.is_empty() {
            return Err(AnswerError::Malformed(NAME));
        }
        Ok(Self {
            rp_id_hash,
            flags,
            attested,
            extensions,
        })
    }

    /// Opens outputs of `hmac-secret`, or of its likeness at creation. Those of a person who was not verified are another
    /// function's, and count as none.
    ///
    /// # Errors
    ///
    /// [`AnswerError::Malformed`].
    pub(crate) fn sealed(
        &self,
        extension: &'static str,
        salts: Option<&SealedSalts>,
    ) -> Result<Option<PrfEvaluation>, AnswerError> {
        let (Some(salts), Some(output)) = (salts, self.extensions.get(extension)) else {
            return Ok(None);
        };
        let output = output.as_bytes().ok_or(AnswerError::Malformed(extension))?;
        Ok(Some(salts.open(output)?).filter(|_| self.flags & UV != 0))
    }

    /// Checks whose site it is for, and that a person was there, verified if that was demanded.
    ///
    /// # Errors
    ///
    /// [`AnswerError::WrongSite`], [`AnswerError::NotPresent`] and [`AnswerError::NotVerified`].
    pub(crate) fn check(&self, rp_id: &str, verified: bool) -> Result<(), AnswerError> {
        if *self.rp_id_hash != <[u8; 32]>::from(Sha256::digest(rp_id)) {
            return Err(AnswerError::WrongSite);
        }
        if self.flags & UP == 0 {
            return Err(AnswerError::NotPresent);
        }
        if verified && self.flags & UV == 0 {
            return Err(AnswerError::NotVerified);
        }
        Ok(())
    }
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], AnswerError> {
    let (array, after) = rest.split_first_chunk().ok_or(AnswerError::Malformed(NAME))?;
    *rest = after;
    Ok(array)
}

const NAME: &str = "authenticator data";
const UP: u8 = 0x01;
const UV: u8 = 0x04;
const AT: u8 = 0x40;
const ED: u8 = 0x80;
/// Longest credential ID in bytes (WebAuthn L3 §5.1).
const MAX_CREDENTIAL_ID: usize = 1023;
