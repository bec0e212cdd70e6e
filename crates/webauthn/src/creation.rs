//! A registration (WebAuthn L3 §5.1.3): options to `authenticatorMakeCredential`, reply to
//! `RegistrationResponseJSON`.

use std::fmt;

use roamkey_cbor::{Map, Value, encode};
use roamkey_ctap::{PrfEvaluation, StatusCode};
use serde_json::{Map as JsonMap, Value as Json, json};

use crate::answer::{Answer, command, descriptors, options};
use crate::authenticator_data::AuthenticatorData;
use crate::client_data::ClientData;
use crate::creation_options::{CreationOptions, LargeBlobSupport, PUBLIC_KEY, Requirement};
use crate::error::{AnswerError, CeremonyError, SignatureCheck};
use crate::hmac_secret::{self, KeyAgreement, SealedSalts};
use crate::json::base64url;
use crate::public_key::PublicKey;
use crate::{Capabilities, Origin, RelatedOrigins, large_blob, prf};

/// A registration whose origin may use its RP ID.
#[derive(Debug)]
pub struct Creation {
    options: CreationOptions,
    rp_id: String,
    client_data: ClientData,
    salts: Option<SealedSalts>,
}

/// A request that was made, and what it asked for.
pub struct Asked {
    /// Command byte ‖ CBOR.
    pub request: Vec<u8>,
    discoverable: bool,
}

impl Creation {
    /// Checks the origin against the RP ID and builds the client data.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::RpId`].
    pub fn new(options: CreationOptions, origin: &Origin) -> Result<Self, CeremonyError> {
        let rp_id = origin.rp_id(options.rp.id.as_deref())?;
        Ok(Self::of(options, origin, rp_id))
    }

    /// The same for an RP ID of another domain, if that lists the origin as related.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::RpId`].
    pub fn related(
        options: CreationOptions,
        origin: &Origin,
        list: &RelatedOrigins,
    ) -> Result<Self, CeremonyError> {
        let rp_id = list.rp_id(origin, options.rp.id.as_deref())?;
        Ok(Self::of(options, origin, rp_id))
    }

    fn of(options: CreationOptions, origin: &Origin, rp_id: String) -> Self {
        Self {
            client_data: ClientData::new("webauthn.create", &options.challenge, origin),
            rp_id,
            options,
            salts: None,
        }
    }

    /// What an authenticator has to be asked for first, if there are inputs of `prf` and it evaluates them at a
    /// creation as `hmac-secret-mc` only.
    #[must_use]
    pub fn key_agreement(&self, capabilities: &Capabilities) -> Option<KeyAgreement> {
        let input = self.options.extensions.prf.as_ref()?.as_ref()?;
        let protocol = capabilities.seals(hmac_secret::NAME_AT_CREATION)?;
        Some(KeyAgreement::new(protocol, input))
    }

    /// Asks with these salts.
    #[must_use]
    pub fn with_salts(self, salts: SealedSalts) -> Self {
        Self {
            salts: Some(salts),
            ..self
        }
    }

    /// The request for an authenticator that can do this. Where the site leaves it open, the passkey is to be
    /// discoverable and the person is verified, as Chromium has it over hybrid.
    ///
    /// # Errors
    ///
    /// What the site demands and the authenticator can't do.
    pub fn ask(&self, capabilities: &Capabilities) -> Result<Asked, CeremonyError> {
        let wanted = &self.options;
        if wanted.user_verification == Requirement::Required && !capabilities.user_verification {
            return Err(CeremonyError::CannotVerify);
        }
        if wanted.resident_key == Requirement::Required && !capabilities.resident_keys {
            return Err(CeremonyError::CannotKeep);
        }
        let discoverable = wanted.resident_key != Requirement::Discouraged && capabilities.resident_keys;
        Ok(Asked {
            request: self.request(capabilities, discoverable)?,
            discoverable,
        })
    }

    /// The request once more without a discoverable passkey, if the site can do without and the authenticator had no
    /// room for one.
    #[must_use]
    pub fn ask_again(&self, capabilities: &Capabilities, asked: &Asked, reply: &[u8]) -> Option<Asked> {
        let full = reply.first() == Some(&StatusCode::KeyStoreFull.byte());
        if !full || !asked.discoverable || self.options.resident_key != Requirement::Preferred {
            return None;
        }
        Some(Asked {
            request: self.request(capabilities, false).ok()?,
            discoverable: false,
        })
    }

    /// Takes the reply to `asked` (status byte ‖ CBOR) apart and checks everything that can be checked here.
    ///
    /// # Errors
    ///
    /// Each variant of [`AnswerError`] but [`AnswerError::NotAllowed`] can occur.
    pub fn finish(
        self,
        asked: &Asked,
        reply: &[u8],
        capabilities: &Capabilities,
    ) -> Result<Registration, AnswerError> {
        let answer = Answer::parse_with(reply, self.salts.as_ref())?;
        let auth_data = answer.bytes(2, "authData")?;
        let data = AuthenticatorData::parse(auth_data)?;
        data.check(
            &self.rp_id,
            self.options.user_verification == Requirement::Required,
        )?;
        let sealed = data.sealed(hmac_secret::NAME_AT_CREATION, self.salts.as_ref())?;
        let has_secret = data.extensions.get(hmac_secret::NAME).and_then(Value::as_bool);
        let (id, key) = data
            .attested
            .ok_or(AnswerError::Malformed("attested credential data"))?;
        if !self.options.algorithms.contains(&key.algorithm()) {
            return Err(AnswerError::WrongAlgorithm);
        }
        if self.options.exclude.iter().any(|excluded| excluded == id) {
            return Err(AnswerError::Excluded);
        }
        let (format, statement) = (answer.text(1, "fmt")?, answer.map(3, "attStmt")?);
        let signed = [auth_data, &self.client_data.hash()].concat();
        let signature = attestation(format, statement, &key, &signed)?;
        let (format, statement) = match self.options.attestation {
            true => (format, statement.clone()),
            false => ("none", Map::new()),
        };
        let object = Map::new()
            .with("fmt", format)
            .with("attStmt", statement)
            .with("authData", auth_data);
        let unsigned = answer.optional_map(6, "unsignedExtensionOutputs")?;
        Ok(Registration {
            credential_id: id.to_vec(),
            authenticator_data: auth_data.to_vec(),
            attestation_object: encode(&Value::from(object)),
            client_data_json: self.client_data.json,
            transports: capabilities.transports().to_vec(),
            outputs: Outputs::read(&self.options, asked, unsigned)?.or_sealed(has_secret, sealed),
            public_key: key,
            signature,
        })
    }

    fn request(&self, capabilities: &Capabilities, discoverable: bool) -> Result<Vec<u8>, CeremonyError> {
        let CreationOptions { rp, user, .. } = &self.options;
        let algorithms = self.options.algorithms.iter();
        let algorithms =
            algorithms.map(|number| Value::from(Map::new().with("alg", *number).with("type", PUBLIC_KEY)));
        let relying_party = Map::new().with("id", &self.rp_id).with("name", &rp.name);
        // Both names always, also an empty one: iPhones refuse without.
        let account = Map::new()
            .with("id", &user.id)
            .with("name", &user.name)
            .with("displayName", &user.display_name);
        let extensions = self.extensions(capabilities)?;
        let verify = capabilities.user_verification
            && (discoverable
                || self.options.user_verification != Requirement::Discouraged
                || self.salts.is_some());
        let formats = &self.options.attestation_formats;
        let formats = (self.options.attestation && capabilities.chooses_formats() && !formats.is_empty())
            .then(|| formats.iter().map(Value::from).collect::<Value<'_>>());
        let parameters = Map::new()
            .with(1, self.client_data.hash())
            .with(2, relying_party)
            .with(3, account)
            .with(4, algorithms.collect::<Value<'_>>())
            .with_some(5, descriptors(&self.options.exclude))
            .with_some(6, (!extensions.is_empty()).then_some(extensions))
            .with_some(7, options(discoverable, verify))
            .with_some(11, formats);
        Ok(command(MAKE_CREDENTIAL, parameters))
    }

    fn extensions(&self, capabilities: &Capabilities) -> Result<Map<'_>, CeremonyError> {
        let wanted = &self.options.extensions;
        let mut extensions = Map::new();
        if let Some(input) = &wanted.prf {
            if capabilities.extends("prf") {
                let eval = input.as_ref().map(prf::PrfInput::to_cbor);
                extensions.insert("prf", Map::new().with_some("eval", eval));
            } else if capabilities.extends(hmac_secret::NAME) {
                extensions.insert(hmac_secret::NAME, true);
            }
        }
        if let Some(salts) = &self.salts {
            extensions.insert(hmac_secret::NAME_AT_CREATION, salts.to_cbor());
        }
        match (wanted.large_blob, capabilities.extends(large_blob::NAME)) {
            (Some(LargeBlobSupport::Required), false) => {
                return Err(CeremonyError::MissingExtension(large_blob::NAME));
            }
            (Some(support), true) => {
                let word = match support {
                    LargeBlobSupport::Required => "required",
                    LargeBlobSupport::Preferred => "preferred",
                };
                extensions.insert(large_blob::NAME, Map::new().with("support", word));
            }
            (Some(LargeBlobSupport::Preferred), false) | (None, _) => {}
        }
        match (wanted.cred_protect, capabilities.extends("credProtect")) {
            (Some((policy, _)), true) => drop(extensions.insert("credProtect", policy.level())),
            (Some((policy, true)), false) if policy.level() > 1 => {
                return Err(CeremonyError::MissingExtension("credProtect"));
            }
            (Some(_), false) | (None, _) => {}
        }
        Ok(extensions)
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked(..)")
    }
}

/// A new passkey, as the site gets to know it.
///
/// # Privacy
///
/// Names a person's passkey, and may hold a secret of the site's (`prf`). `Debug` shows nothing of it.
pub struct Registration {
    /// The credential ID.
    pub credential_id: Vec<u8>,
    /// Authenticator data, as the authenticator wrote it.
    pub authenticator_data: Vec<u8>,
    /// The attestation object, CBOR.
    pub attestation_object: Vec<u8>,
    /// The client data, JSON.
    pub client_data_json: Vec<u8>,
    /// How the passkey can be reached.
    pub transports: Vec<String>,
    /// The new public key.
    pub public_key: PublicKey,
    /// What is known of the attestation's signature.
    pub signature: SignatureCheck,
    outputs: Outputs,
}

impl Registration {
    /// `RegistrationResponseJSON` (WebAuthn L3 §5.1.8.1), for the site's server. Results of `prf` are in it, as
    /// browsers have it: what a program keeps for itself it takes out before it sends the rest.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let id = base64url(&self.credential_id);
        json!({
            "id": &id,
            "rawId": &id,
            "type": PUBLIC_KEY,
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": self.outputs.to_json(),
            "response": {
                "clientDataJSON": base64url(&self.client_data_json),
                "attestationObject": base64url(&self.attestation_object),
                "authenticatorData": base64url(&self.authenticator_data),
                "transports": &self.transports,
                "publicKey": self.public_key.to_spki().map(|spki| base64url(&spki)),
                "publicKeyAlgorithm": self.public_key.algorithm(),
            },
        })
    }

    /// The results of `prf`, if there are any.
    #[must_use]
    pub fn prf(&self) -> Option<&PrfEvaluation> {
        self.outputs.prf.as_ref()
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registration(..)")
    }
}

/// What came of the extensions; none for what was not asked.
struct Outputs {
    discoverable: Option<bool>,
    prf_enabled: Option<bool>,
    prf: Option<PrfEvaluation>,
    large_blob: Option<bool>,
}

impl Outputs {
    fn read(
        options: &CreationOptions,
        asked: &Asked,
        unsigned: Option<&Map<'_>>,
    ) -> Result<Self, AnswerError> {
        let wanted = &options.extensions;
        let (enabled, results) = prf::outputs(unsigned)?;
        let blob = match large_blob::output(unsigned)? {
            Some(output) => large_blob::flag(output, "supported")?,
            None => None,
        };
        Ok(Self {
            discoverable: wanted.cred_props.then_some(asked.discoverable),
            prf_enabled: wanted.prf.as_ref().map(|_| enabled.unwrap_or(results.is_some())),
            prf: results.filter(|_| wanted.prf.is_some()),
            large_blob: wanted.large_blob.map(|_| blob.unwrap_or(false)),
        })
    }

    /// Takes what `hmac-secret` says in place of what `prf` does not.
    fn or_sealed(self, has_secret: Option<bool>, sealed: Option<PrfEvaluation>) -> Self {
        let prf = self.prf.or(sealed);
        let enabled = self.prf_enabled;
        Self {
            prf_enabled: enabled.map(|enabled| enabled || has_secret == Some(true) || prf.is_some()),
            prf: prf.filter(|_| enabled.is_some()),
            ..self
        }
    }

    fn to_json(&self) -> JsonMap<String, Json> {
        let mut results = JsonMap::new();
        if let Some(discoverable) = self.discoverable {
            results.insert("credProps".to_owned(), json!({ "rk": discoverable }));
        }
        if let Some(enabled) = self.prf_enabled {
            let mut prf = JsonMap::from_iter([("enabled".to_owned(), Json::from(enabled))]);
            prf.extend(
                self.prf
                    .as_ref()
                    .map(|values| ("results".to_owned(), prf::results_json(values))),
            );
            results.insert("prf".to_owned(), Json::from(prf));
        }
        if let Some(supported) = self.large_blob {
            results.insert("largeBlob".to_owned(), json!({ "supported": supported }));
        }
        results
    }
}

/// Checks an attestation as far as its key is known: `none` must hold nothing, and `packed` without certificates is
/// signed with the new key itself (WebAuthn L3 §8.2, §8.7). Everything else stands on certificates, which are the
/// site's to judge.
fn attestation(
    format: &str,
    statement: &Map<'_>,
    key: &PublicKey,
    signed: &[u8],
) -> Result<SignatureCheck, AnswerError> {
    const NAME: &str = "attStmt";
    match format {
        "none" if statement.is_empty() => Ok(SignatureCheck::None),
        "none" => Err(AnswerError::Malformed(NAME)),
        "packed" if statement.get("x5c").is_none() => {
            if statement.get("alg").and_then(Value::as_i64) != Some(key.algorithm()) {
                return Err(AnswerError::Malformed(NAME));
            }
            let signature = statement.get("sig").and_then(Value::as_bytes);
            match key.verifies(signed, signature.ok_or(AnswerError::Malformed(NAME))?) {
                Some(true) => Ok(SignatureCheck::Verified),
                Some(false) => Err(AnswerError::Signature),
                None => Ok(SignatureCheck::Unknown),
            }
        }
        _ => Ok(SignatureCheck::Unknown),
    }
}

const MAKE_CREDENTIAL: u8 = 0x01;
