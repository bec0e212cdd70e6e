//! Authenticator data, the bytes that an assertion signs (WebAuthn L3 §6.1).
//!
//! ```text
//! rpIdHash   32   SHA-256 of the relying party ID
//! flags       1   UP 0x01, UV 0x04, BE 0x08, BS 0x10, AT 0x40, ED 0x80
//! signCount   4   big endian
//! if AT:     aaguid 16 ‖ credentialIdLength 2, big endian ‖ credentialId ‖ credentialPublicKey, a COSE map
//! if ED:     extensions, a CBOR map
//! ```

use roamkey_cbor::{Map, Value, decode_prefix, encode_into};

use crate::fields::FromValue;
use crate::{Aaguid, CoseKey, CredentialId, DecodeError};

/// The flags byte without AT and ED, which follow from the contents.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Flags {
    /// UP: a person acted.
    pub user_present: bool,
    /// UV: the person was verified.
    pub user_verified: bool,
    /// BE: the credential may be backed up.
    pub backup_eligible: bool,
    /// BS: the credential is backed up.
    pub backup_state: bool,
}

const UP: u8 = 0x01;
const UV: u8 = 0x04;
const BE: u8 = 0x08;
const BS: u8 = 0x10;
const AT: u8 = 0x40;
const ED: u8 = 0x80;

impl Flags {
    fn byte(self) -> u8 {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        bit(self.user_present, UP)
            | bit(self.user_verified, UV)
            | bit(self.backup_eligible, BE)
            | bit(self.backup_state, BS)
    }

    fn from_byte(byte: u8) -> Self {
        Self {
            user_present: byte & UP != 0,
            user_verified: byte & UV != 0,
            backup_eligible: byte & BE != 0,
            backup_state: byte & BS != 0,
        }
    }
}

/// What authenticator data says about a new credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AttestedCredentialData {
    /// The authenticator's model.
    pub aaguid: Aaguid,
    /// The new credential, at most 65,535 bytes.
    pub credential_id: CredentialId,
    /// Its public key.
    pub public_key: CoseKey,
}

/// Authenticator data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthenticatorData {
    /// SHA-256 of the relying party ID.
    pub rp_id_hash: [u8; 32],
    /// The flags.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// The new credential, at creation.
    pub attested: Option<AttestedCredentialData>,
    /// Signed extension outputs, if there are any.
    pub extensions: Option<Map<'static>>,
}

impl AuthenticatorData {
    /// Encodes the data.
    ///
    /// # Errors
    ///
    /// [`DecodeError::LimitExceeded`] when the credential ID has more than 65,535 bytes.
    pub fn encode(&self) -> Result<Vec<u8>, DecodeError> {
        let flags = self.flags.byte()
            | if self.attested.is_some() { AT } else { 0 }
            | if self.extensions.is_some() { ED } else { 0 };
        let mut out = Vec::with_capacity(256);
        out.extend_from_slice(&self.rp_id_hash);
        out.push(flags);
        out.extend_from_slice(&self.sign_count.to_be_bytes());
        if let Some(attested) = &self.attested {
            let id = attested.credential_id.as_bytes();
            let length = u16::try_from(id.len()).map_err(|_| DecodeError::LimitExceeded("credential id"))?;
            out.extend_from_slice(&attested.aaguid.0);
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(id);
            encode_into(&attested.public_key.to_value(), &mut out);
        }
        if let Some(extensions) = &self.extensions {
            encode_into(&Value::Map(extensions.clone()), &mut out);
        }
        Ok(out)
    }

    /// Decodes the data; no bytes may follow.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        const NAME: &str = "authenticator data";
        let mut rest = bytes;
        let rp_id_hash = *take(&mut rest)?;
        let [flags] = *take(&mut rest)?;
        let sign_count = u32::from_be_bytes(*take(&mut rest)?);
        let mut attested = None;
        if flags & AT != 0 {
            let aaguid = Aaguid(*take(&mut rest)?);
            let length = usize::from(u16::from_be_bytes(*take(&mut rest)?));
            let (id, after) = rest
                .split_at_checked(length)
                .ok_or(DecodeError::InvalidLength(NAME))?;
            rest = after;
            let public_key = CoseKey::from_value(take_value(&mut rest)?, NAME)?;
            attested = Some(AttestedCredentialData {
                aaguid,
                credential_id: CredentialId::new(id),
                public_key,
            });
        }
        let mut extensions = None;
        if flags & ED != 0 {
            let map = take_value(&mut rest)?
                .into_map()
                .ok_or(DecodeError::UnexpectedType(NAME))?;
            extensions = Some(map.into_owned());
        }
        if !rest.is_empty() {
            return Err(DecodeError::InvalidLength(NAME));
        }
        Ok(Self {
            rp_id_hash,
            flags: Flags::from_byte(flags),
            sign_count,
            attested,
            extensions,
        })
    }
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], DecodeError> {
    let (array, after) = rest
        .split_first_chunk()
        .ok_or(DecodeError::InvalidLength("authenticator data"))?;
    *rest = after;
    Ok(array)
}

fn take_value<'a>(rest: &mut &'a [u8]) -> Result<Value<'a>, DecodeError> {
    let (value, length) = decode_prefix(rest)?;
    *rest = rest.get(length..).unwrap_or_default();
    Ok(value)
}
