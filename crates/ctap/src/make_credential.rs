//! `authenticatorMakeCredential` (CTAP 2.3 §6.1).
//!
//! ```text
//! request    {1: clientDataHash, 2: rp, 3: user, 4: pubKeyCredParams, 5: excludeList?, 6: extensions?, 7: options?,
//!             8: pinUvAuthParam?, 9: pinUvAuthProtocol?, 10: enterpriseAttestation?,
//!             11: attestationFormatsPreference?}
//! response   {1: fmt, 2: authData, 3: attStmt, 6: unsignedExtensionOutputs?}
//! ```

use roamkey_cbor::{Map, Value};

use crate::command::{MAX_LIST_LENGTH, response_fields, unsigned_outputs, with_first_byte};
use crate::entity::descriptors;
use crate::extensions::{CredProtect, HmacSecretInput, PrfInputs, PrfOutputs};
use crate::fields::{Fields, FromValue};
use crate::large_blob::LargeBlobSupport;
use crate::{
    DecodeError, PublicKeyCredentialDescriptor, PublicKeyCredentialParameters, PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity, ResponseError,
};

/// Longest `pubKeyCredParams`, in entries. COSE has about fifty signature algorithms.
const MAX_PARAMETERS: usize = 256;

/// Longest `attestationFormatsPreference`, in entries. WebAuthn registers less than ten.
const MAX_FORMATS: usize = 64;

/// Asks for a new credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// SHA-256 of the client data.
    pub client_data_hash: [u8; 32],
    /// The relying party.
    pub rp: PublicKeyCredentialRpEntity,
    /// The account.
    pub user: PublicKeyCredentialUserEntity,
    /// Acceptable algorithms, best first.
    pub pub_key_cred_params: Vec<PublicKeyCredentialParameters>,
    /// Credentials of which none may exist here. Absent and empty are the same.
    pub exclude_list: Vec<PublicKeyCredentialDescriptor>,
    /// Extension inputs.
    pub extensions: ExtensionInputs,
    /// Options.
    pub options: Options,
    /// Proof of a `pinUvAuthToken`.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// The PIN/UV auth protocol that the proof was made with.
    pub pin_uv_auth_protocol: Option<u64>,
    /// The kind of enterprise attestation that is wanted.
    pub enterprise_attestation: Option<u64>,
    /// Attestation formats, best first. Absent and empty are the same.
    pub attestation_formats_preference: Vec<String>,
}

/// Extension inputs. What is not listed here is ignored, as the standard demands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ExtensionInputs {
    /// `prf`, as client platforms send it over hybrid.
    pub prf: Option<PrfInputs>,
    /// `credProtect`.
    pub cred_protect: Option<CredProtect>,
    /// `credBlob`: bytes to keep with the credential.
    pub cred_blob: Option<Vec<u8>>,
    /// `hmac-secret`: whether the credential shall be able to evaluate.
    pub hmac_secret: Option<bool>,
    /// `hmac-secret-mc`: salts to evaluate at once.
    pub hmac_secret_mc: Option<HmacSecretInput>,
    /// `largeBlob`: how much room for bytes with the credential is wanted.
    pub large_blob: Option<LargeBlobSupport>,
}

/// Options. Unknown ones are ignored.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// Make the credential discoverable.
    pub rk: Option<bool>,
    /// Ask for user presence.
    pub up: Option<bool>,
    /// Verify the user.
    pub uv: Option<bool>,
}

impl Options {
    pub(crate) fn is_default(self) -> bool {
        self == Self::default()
    }

    pub(crate) fn to_value(self) -> Value<'static> {
        Map::new()
            .with_some("rk", self.rk)
            .with_some("up", self.up)
            .with_some("uv", self.uv)
            .into()
    }
}

impl<'a> FromValue<'a> for Options {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        Ok(Self {
            rk: fields.optional("rk", "option rk")?,
            up: fields.optional("up", "option up")?,
            uv: fields.optional("uv", "option uv")?,
        })
    }
}

impl Request {
    pub(crate) fn from_value(value: Value<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, "parameters")?;
        let exclude_list: Option<Value<'_>> = fields.optional(5, "excludeList")?;
        Ok(Self {
            client_data_hash: fields.required(1, "clientDataHash")?,
            rp: fields.required(2, "rp")?,
            user: fields.required(3, "user")?,
            pub_key_cred_params: fields.required_list(4, "pubKeyCredParams", MAX_PARAMETERS)?,
            exclude_list: match exclude_list {
                Some(list) => descriptors(list, "excludeList", MAX_LIST_LENGTH)?,
                None => Vec::new(),
            },
            extensions: fields.optional(6, "extensions")?.unwrap_or_default(),
            options: fields.optional(7, "options")?.unwrap_or_default(),
            pin_uv_auth_param: fields.optional(8, "pinUvAuthParam")?,
            pin_uv_auth_protocol: fields.optional(9, "pinUvAuthProtocol")?,
            enterprise_attestation: fields.optional(10, "enterpriseAttestation")?,
            attestation_formats_preference: fields
                .optional_list(11, "attestationFormatsPreference", MAX_FORMATS)?
                .unwrap_or_default(),
        })
    }

    pub(crate) fn to_value(&self) -> Value<'_> {
        let parameters = self
            .pub_key_cred_params
            .iter()
            .map(|parameters| parameters.to_value());
        let excluded = self
            .exclude_list
            .iter()
            .map(PublicKeyCredentialDescriptor::to_value);
        let formats = self.attestation_formats_preference.iter().map(Value::from);
        let extensions = self.extensions.to_map();
        Map::new()
            .with(1, self.client_data_hash.as_slice())
            .with(2, self.rp.to_value())
            .with(3, self.user.to_value())
            .with(4, parameters.collect::<Value<'_>>())
            .with_some(
                5,
                (!self.exclude_list.is_empty()).then(|| excluded.collect::<Value<'_>>()),
            )
            .with_some(6, (!extensions.is_empty()).then_some(extensions))
            .with_some(7, (!self.options.is_default()).then(|| self.options.to_value()))
            .with_some(8, self.pin_uv_auth_param.as_deref())
            .with_some(9, self.pin_uv_auth_protocol)
            .with_some(10, self.enterprise_attestation)
            .with_some(11, (formats.len() > 0).then(|| formats.collect::<Value<'_>>()))
            .into()
    }
}

impl ExtensionInputs {
    fn to_map(&self) -> Map<'_> {
        Map::new()
            .with_some("prf", self.prf.as_ref().map(PrfInputs::to_value))
            .with_some("credProtect", self.cred_protect.map(CredProtect::level))
            .with_some("credBlob", self.cred_blob.as_deref())
            .with_some("hmac-secret", self.hmac_secret)
            .with_some(
                "hmac-secret-mc",
                self.hmac_secret_mc.as_ref().map(HmacSecretInput::to_value),
            )
            .with_some("largeBlob", self.large_blob.map(LargeBlobSupport::to_value))
    }
}

impl<'a> FromValue<'a> for ExtensionInputs {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        let large_blob: Option<Value<'_>> = fields.optional("largeBlob", "largeBlob")?;
        Ok(Self {
            large_blob: large_blob.map_or(Ok(None), LargeBlobSupport::from_input)?,
            prf: fields.optional("prf", "prf")?,
            cred_protect: fields.optional("credProtect", "credProtect")?,
            cred_blob: fields.optional("credBlob", "credBlob")?,
            hmac_secret: fields.optional("hmac-secret", "hmac-secret")?,
            hmac_secret_mc: fields.optional("hmac-secret-mc", "hmac-secret-mc")?,
        })
    }
}

/// The new credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    /// The attestation statement format.
    pub fmt: String,
    /// Authenticator data; see [`AuthenticatorData::decode`](crate::AuthenticatorData::decode).
    pub auth_data: Vec<u8>,
    /// The attestation statement.
    pub att_stmt: Map<'static>,
    /// What `prf` returned.
    pub prf: Option<PrfOutputs>,
    /// Whether the credential has room for a large blob, if the request asked.
    pub large_blob_supported: Option<bool>,
}

impl Response {
    /// Encodes the response, status byte first.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let supported = |supported: bool| Map::new().with("supported", supported);
        let unsigned = Map::new()
            .with_some("prf", self.prf.as_ref().map(PrfOutputs::to_value))
            .with_some("largeBlob", self.large_blob_supported.map(supported));
        let map = Map::new()
            .with(1, &self.fmt)
            .with(2, &self.auth_data)
            .with(3, self.att_stmt.clone())
            .with_some(6, (!unsigned.is_empty()).then_some(unsigned));
        with_first_byte(0, &map.into())
    }

    /// Decodes a response, status byte first.
    ///
    /// # Errors
    ///
    /// The status that the authenticator answered with, or what is malformed.
    pub fn decode(message: &[u8]) -> Result<Self, ResponseError> {
        let mut fields = response_fields(message)?;
        let mut unsigned = unsigned_outputs(&mut fields, 6)?;
        let large_blob: Option<Value<'_>> = unsigned.optional("largeBlob", "largeBlob")?;
        let att_stmt: Map<'_> = fields.required(3, "attStmt")?;
        Ok(Self {
            fmt: fields.required(1, "fmt")?,
            auth_data: fields.required(2, "authData")?,
            att_stmt: att_stmt.into_owned(),
            prf: unsigned.optional("prf", "prf")?,
            large_blob_supported: match large_blob {
                Some(outputs) => {
                    Fields::of(outputs, "largeBlob")?.optional("supported", "largeBlob supported")?
                }
                None => None,
            },
        })
    }
}
