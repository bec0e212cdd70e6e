//! `authenticatorGetAssertion` (CTAP 2.3 §6.2).
//!
//! ```text
//! request    {1: rpId, 2: clientDataHash, 3: allowList?, 4: extensions?, 5: options?, 6: pinUvAuthParam?,
//!             7: pinUvAuthProtocol?}
//! response   {1: credential, 2: authData, 3: signature, 4: user?, 5: numberOfCredentials?, 6: userSelected?,
//!             8: unsignedExtensionOutputs?}
//! ```

use roamkey_cbor::{Map, Value};

use crate::command::{MAX_LIST_LENGTH, response_fields, unsigned_outputs, with_first_byte};
use crate::entity::descriptors;
use crate::extensions::{HmacSecretInput, PrfInputs, PrfOutputs};
use crate::fields::{Fields, FromValue};
use crate::large_blob::{LargeBlobInput, LargeBlobOutput};
use crate::make_credential::Options;
use crate::{
    CredentialId, DecodeError, PublicKeyCredentialDescriptor, PublicKeyCredentialUserEntity, ResponseError,
    RpId,
};

/// Asks for a signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The relying party.
    pub rp_id: RpId,
    /// SHA-256 of the client data.
    pub client_data_hash: [u8; 32],
    /// Acceptable credentials. Absent and empty are the same: any discoverable one.
    pub allow_list: Vec<PublicKeyCredentialDescriptor>,
    /// Extension inputs.
    pub extensions: ExtensionInputs,
    /// Options.
    pub options: Options,
    /// Proof of a `pinUvAuthToken`.
    pub pin_uv_auth_param: Option<Vec<u8>>,
    /// The PIN/UV auth protocol that the proof was made with.
    pub pin_uv_auth_protocol: Option<u64>,
}

/// Extension inputs. What is not listed here is ignored, as the standard demands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ExtensionInputs {
    /// `prf`, as client platforms send it over hybrid.
    pub prf: Option<PrfInputs>,
    /// `credBlob`: whether to return the bytes that are kept with the credential.
    pub cred_blob: Option<bool>,
    /// `hmac-secret`: salts to evaluate.
    pub hmac_secret: Option<HmacSecretInput>,
    /// `largeBlob`: what to do with the bytes that are kept with the credential.
    pub large_blob: Option<LargeBlobInput>,
}

impl Request {
    pub(crate) fn from_value(value: Value<'_>) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, "parameters")?;
        let allow_list: Option<Value<'_>> = fields.optional(3, "allowList")?;
        Ok(Self {
            rp_id: fields.required(1, "rpId")?,
            client_data_hash: fields.required(2, "clientDataHash")?,
            allow_list: match allow_list {
                Some(list) => descriptors(list, "allowList", MAX_LIST_LENGTH)?,
                None => Vec::new(),
            },
            extensions: fields.optional(4, "extensions")?.unwrap_or_default(),
            options: fields.optional(5, "options")?.unwrap_or_default(),
            pin_uv_auth_param: fields.optional(6, "pinUvAuthParam")?,
            pin_uv_auth_protocol: fields.optional(7, "pinUvAuthProtocol")?,
        })
    }

    pub(crate) fn to_value(&self) -> Value<'_> {
        let allowed = self
            .allow_list
            .iter()
            .map(PublicKeyCredentialDescriptor::to_value);
        let extensions = Map::new()
            .with_some("prf", self.extensions.prf.as_ref().map(PrfInputs::to_value))
            .with_some("credBlob", self.extensions.cred_blob)
            .with_some(
                "hmac-secret",
                self.extensions
                    .hmac_secret
                    .as_ref()
                    .map(HmacSecretInput::to_value),
            )
            .with_some(
                "largeBlob",
                self.extensions.large_blob.as_ref().map(LargeBlobInput::to_value),
            );
        Map::new()
            .with(1, self.rp_id.as_str())
            .with(2, self.client_data_hash.as_slice())
            .with_some(
                3,
                (!self.allow_list.is_empty()).then(|| allowed.collect::<Value<'_>>()),
            )
            .with_some(4, (!extensions.is_empty()).then_some(extensions))
            .with_some(5, (!self.options.is_default()).then(|| self.options.to_value()))
            .with_some(6, self.pin_uv_auth_param.as_deref())
            .with_some(7, self.pin_uv_auth_protocol)
            .into()
    }
}

impl<'a> FromValue<'a> for ExtensionInputs {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        let large_blob: Option<Value<'_>> = fields.optional("largeBlob", "largeBlob")?;
        Ok(Self {
            large_blob: large_blob.map_or(Ok(None), LargeBlobInput::from_input)?,
            prf: fields.optional("prf", "prf")?,
            cred_blob: fields.optional("credBlob", "credBlob")?,
            hmac_secret: fields.optional("hmac-secret", "hmac-secret")?,
        })
    }
}

/// The signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    /// The credential that signed. May be left out if the allow list had one entry.
    pub credential: Option<PublicKeyCredentialDescriptor>,
    /// Authenticator data; see [`AuthenticatorData::decode`](crate::AuthenticatorData::decode).
    pub auth_data: Vec<u8>,
    /// The signature over authenticator data and client data hash.
    pub signature: Vec<u8>,
    /// The account.
    pub user: Option<PublicKeyCredentialUserEntity>,
    /// How many credentials could have signed. Authenticators that let the person pick leave it out.
    pub number_of_credentials: Option<u64>,
    /// Whether the person picked the account at the authenticator. Only without allow list.
    pub user_selected: Option<bool>,
    /// What `prf` returned.
    pub prf: Option<PrfOutputs>,
    /// What `largeBlob` returned.
    pub large_blob: Option<LargeBlobOutput>,
}

impl Response {
    /// Encodes the response, status byte first.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let unsigned = Map::new()
            .with_some("prf", self.prf.as_ref().map(PrfOutputs::to_value))
            .with_some(
                "largeBlob",
                self.large_blob.as_ref().map(LargeBlobOutput::to_value),
            );
        let map = Map::new()
            .with_some(
                1,
                self.credential
                    .as_ref()
                    .map(PublicKeyCredentialDescriptor::to_value),
            )
            .with(2, &self.auth_data)
            .with(3, &self.signature)
            .with_some(4, self.user.as_ref().map(PublicKeyCredentialUserEntity::to_value))
            .with_some(5, self.number_of_credentials)
            .with_some(6, self.user_selected)
            .with_some(8, (!unsigned.is_empty()).then_some(unsigned));
        with_first_byte(0, &map.into())
    }

    /// Decodes a response, status byte first.
    ///
    /// # Errors
    ///
    /// The status that the authenticator answered with, or what is malformed.
    pub fn decode(message: &[u8]) -> Result<Self, ResponseError> {
        let mut fields = response_fields(message)?;
        let mut unsigned = unsigned_outputs(&mut fields, 8)?;
        Ok(Self {
            credential: fields.optional(1, "credential")?,
            auth_data: fields.required(2, "authData")?,
            signature: fields.required(3, "signature")?,
            user: fields.optional(4, "user")?,
            number_of_credentials: fields.optional(5, "numberOfCredentials")?,
            user_selected: fields.optional(6, "userSelected")?,
            prf: unsigned.optional("prf", "prf")?,
            large_blob: unsigned.optional("largeBlob", "largeBlob")?,
        })
    }

    /// Returns the ID of the credential that signed, if the response names it.
    #[must_use]
    pub fn credential_id(&self) -> Option<&CredentialId> {
        self.credential
            .as_ref()
            .and_then(PublicKeyCredentialDescriptor::id)
    }
}
