//! `authenticatorGetInfo` (CTAP 2.3 §6.4).
//!
//! ```text
//! response   {1: versions, 2: extensions?, 3: aaguid, 4: options?, 5: maxMsgSize?, 6: pinUvAuthProtocols?,
//!             7: maxCredentialCountInList?, 8: maxCredentialIdLength?, 9: transports?, 10: algorithms?,
//!             15: maxCredBlobLength?, 22: attestationFormats?, …}
//! ```
//!
//! Over hybrid the map travels in the first message without a status byte, and client platforms never ask again.

use roamkey_cbor::{Map, Value, decode, encode};

use crate::fields::{Fields, FromValue};
use crate::{Aaguid, DecodeError, PublicKeyCredentialParameters};

/// Longest list of any kind that is read, in entries.
const MAX_ENTRIES: usize = 256;

/// What an authenticator can do. Fields that nobody here uses are ignored when read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Info {
    /// Protocol versions.
    pub versions: Vec<String>,
    /// Extensions.
    pub extensions: Vec<String>,
    /// The authenticator's model.
    pub aaguid: Aaguid,
    /// Options, by name.
    pub options: Vec<(String, bool)>,
    /// Longest message in bytes.
    pub max_msg_size: Option<u64>,
    /// PIN/UV auth protocols, best first.
    pub pin_uv_auth_protocols: Vec<u64>,
    /// Longest allow or exclude list.
    pub max_credential_count_in_list: Option<u64>,
    /// Longest credential ID in bytes.
    pub max_credential_id_length: Option<u64>,
    /// Transports.
    pub transports: Vec<String>,
    /// Algorithms, best first.
    pub algorithms: Vec<PublicKeyCredentialParameters>,
    /// Longest `credBlob` in bytes.
    pub max_cred_blob_length: Option<u64>,
    /// Attestation formats.
    pub attestation_formats: Vec<String>,
}

impl Info {
    /// Encodes the map, without a status byte.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let texts = |texts: &[String]| {
            let array = texts
                .iter()
                .map(|text| Value::from(text.clone()))
                .collect::<Value<'static>>();
            (!texts.is_empty()).then_some(array)
        };
        let protocols = self
            .pin_uv_auth_protocols
            .iter()
            .map(|protocol| Value::from(*protocol));
        let algorithms = self.algorithms.iter().map(|parameters| parameters.to_value());
        let options: Map<'_> = self
            .options
            .iter()
            .map(|(name, value)| (Value::from(name), Value::from(*value)))
            .collect();
        let map = Map::new()
            .with(1, self.versions.iter().map(Value::from).collect::<Value<'_>>())
            .with_some(2, texts(&self.extensions))
            .with(3, self.aaguid.0.as_slice())
            .with_some(4, (!options.is_empty()).then_some(options))
            .with_some(5, self.max_msg_size)
            .with_some(6, (protocols.len() > 0).then(|| protocols.collect::<Value<'_>>()))
            .with_some(7, self.max_credential_count_in_list)
            .with_some(8, self.max_credential_id_length)
            .with_some(9, texts(&self.transports))
            .with_some(
                10,
                (algorithms.len() > 0).then(|| algorithms.collect::<Value<'_>>()),
            )
            .with_some(15, self.max_cred_blob_length)
            .with_some(22, texts(&self.attestation_formats));
        encode(&map.into())
    }

    /// Decodes the map, without a status byte.
    ///
    /// # Errors
    ///
    /// What is malformed.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(decode(bytes)?, "getInfo")?;
        let options: Map<'_> = fields.optional(4, "options")?.unwrap_or_default();
        let options = options
            .into_iter()
            .map(|(name, value)| {
                Ok((
                    String::from_value(name, "options")?,
                    bool::from_value(value, "options")?,
                ))
            })
            .collect::<Result<_, DecodeError>>()?;
        let mut texts = |key: u64, name| {
            fields
                .optional_list(key, name, MAX_ENTRIES)
                .map(Option::unwrap_or_default)
        };
        Ok(Self {
            extensions: texts(2, "extensions")?,
            transports: texts(9, "transports")?,
            attestation_formats: texts(22, "attestationFormats")?,
            versions: fields.required_list(1, "versions", MAX_ENTRIES)?,
            aaguid: fields.required(3, "aaguid")?,
            options,
            max_msg_size: fields.optional(5, "maxMsgSize")?,
            pin_uv_auth_protocols: fields
                .optional_list(6, "pinUvAuthProtocols", MAX_ENTRIES)?
                .unwrap_or_default(),
            max_credential_count_in_list: fields.optional(7, "maxCredentialCountInList")?,
            max_credential_id_length: fields.optional(8, "maxCredentialIdLength")?,
            algorithms: fields
                .optional_list(10, "algorithms", MAX_ENTRIES)?
                .unwrap_or_default(),
            max_cred_blob_length: fields.optional(15, "maxCredBlobLength")?,
        })
    }

    /// Returns an option's value, if the option is there.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<bool> {
        self.options
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| *value)
    }
}
