//! A sign-in (WebAuthn L3 §5.1.4): options to `authenticatorGetAssertion`, reply to `AuthenticationResponseJSON`.

use std::fmt;

use roamkey_cbor::{Map, Value};
use roamkey_ctap::PrfEvaluation;
use serde_json::{Map as JsonMap, Value as Json, json};

use crate::answer::{Answer, command, descriptors, options};
use crate::authenticator_data::AuthenticatorData;
use crate::client_data::ClientData;
use crate::creation_options::{PUBLIC_KEY, Requirement};
use crate::error::{AnswerError, CeremonyError, SignatureCheck};
use crate::hmac_secret::{self, KeyAgreement, SealedSalts};
use crate::json::{self, Object, OptionsError, Problem, base64url};
use crate::public_key::PublicKey;
use crate::request_options::{LargeBlobRequest, RequestOptions};
use crate::{Capabilities, Origin, RelatedOrigins, large_blob, prf};

/// A sign-in whose origin may use its RP ID.
#[derive(Debug)]
pub struct Assertion {
    options: RequestOptions,
    rp_id: String,
    client_data: ClientData,
    salts: Option<SealedSalts>,
}

impl Assertion {
    /// Checks the origin against the RP ID and builds the client data.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::RpId`].
    pub fn new(options: RequestOptions, origin: &Origin) -> Result<Self, CeremonyError> {
        let rp_id = origin.rp_id(options.rp_id.as_deref())?;
        Ok(Self::of(options, origin, rp_id))
    }

    /// The same for an RP ID of another domain, if that lists the origin as related.
    ///
    /// # Errors
    ///
    /// [`CeremonyError::RpId`].
    pub fn related(
        options: RequestOptions,
        origin: &Origin,
        list: &RelatedOrigins,
    ) -> Result<Self, CeremonyError> {
        let rp_id = list.rp_id(origin, options.rp_id.as_deref())?;
        Ok(Self::of(options, origin, rp_id))
    }

    fn of(options: RequestOptions, origin: &Origin, rp_id: String) -> Self {
        Self {
            client_data: ClientData::new("webauthn.get", &options.challenge, origin),
            rp_id,
            options,
            salts: None,
        }
    }

    /// What an authenticator has to be asked for first, if it evaluates `prf` as `hmac-secret` only: that takes the
    /// same inputs for every passkey. `None` if the passkeys that will do have inputs of their own that differ.
    #[must_use]
    pub fn key_agreement(&self, capabilities: &Capabilities) -> Option<KeyAgreement> {
        let protocol = capabilities.seals(hmac_secret::NAME)?;
        Some(KeyAgreement::new(protocol, self.options.prf_for_all()?))
    }

    /// Asks with these salts.
    #[must_use]
    pub fn with_salts(self, salts: SealedSalts) -> Self {
        Self {
            salts: Some(salts),
            ..self
        }
    }

    /// The request for an authenticator that can do this: command byte ‖ CBOR. Allow lists go out whole, as Chromium
    /// sends them, whatever the authenticator says of their length.
    ///
    /// # Errors
    ///
    /// What the site demands and the authenticator can't do.
    pub fn ask(&self, capabilities: &Capabilities) -> Result<Vec<u8>, CeremonyError> {
        let wanted = self.options.user_verification;
        if wanted == Requirement::Required && !capabilities.user_verification {
            return Err(CeremonyError::CannotVerify);
        }
        // A passkey that is found without a list stands for a whole account: never without verification.
        let verify = capabilities.user_verification
            && (self.options.allow.is_empty() || wanted != Requirement::Discouraged || self.salts.is_some());
        let extensions = self.extensions(capabilities);
        let parameters = Map::new()
            .with(1, &self.rp_id)
            .with(2, self.client_data.hash())
            .with_some(3, descriptors(&self.options.allow))
            .with_some(4, (!extensions.is_empty()).then_some(extensions))
            .with_some(5, options(false, verify));
        Ok(command(GET_ASSERTION, parameters))
    }

    /// Takes the reply (status byte ‖ CBOR) apart and checks everything that can be checked here. The signature is
    /// checked if `known` holds the passkey that made it.
    ///
    /// # Errors
    ///
    /// Each variant of [`AnswerError`] but [`AnswerError::WrongAlgorithm`] and [`AnswerError::Excluded`] can occur.
    pub fn finish(self, reply: &[u8], known: &[KnownPasskey]) -> Result<SignIn, AnswerError> {
        let answer = Answer::parse_with(reply, self.salts.as_ref())?;
        let authenticator_data = answer.bytes(2, "authData")?;
        let data = AuthenticatorData::parse(authenticator_data)?;
        data.check(
            &self.rp_id,
            self.options.user_verification == Requirement::Required,
        )?;
        if data.attested.is_some() {
            return Err(AnswerError::Malformed("authenticator data"));
        }
        let credential_id = self.credential_id(&answer)?;
        let user_handle = self.user_handle(&answer)?;
        let signature = answer.bytes(3, "signature")?;
        let signed = [authenticator_data, &self.client_data.hash()].concat();
        let check = match known.iter().find(|known| known.credential_id == credential_id) {
            Some(known) => match known.public_key.verifies(&signed, signature) {
                Some(true) => SignatureCheck::Verified,
                Some(false) => return Err(AnswerError::Signature),
                None => SignatureCheck::Unknown,
            },
            None => SignatureCheck::Unknown,
        };
        let unsigned = answer.optional_map(8, "unsignedExtensionOutputs")?;
        let sealed = data.sealed(hmac_secret::NAME, self.salts.as_ref())?;
        Ok(SignIn {
            credential_id,
            authenticator_data: authenticator_data.to_vec(),
            signature: signature.to_vec(),
            user_handle,
            check,
            outputs: Outputs::read(&self.options, unsigned, sealed)?,
            client_data_json: self.client_data.json,
        })
    }

    /// The passkey that signed: one of the allow list, and named unless that has only one.
    fn credential_id(&self, answer: &Answer<'_>) -> Result<Vec<u8>, AnswerError> {
        const NAME: &str = "credential";
        let malformed = AnswerError::Malformed(NAME);
        let Some(credential) = answer.optional_map(1, NAME)? else {
            return match self.options.allow.as_slice() {
                [only] => Ok(only.clone()),
                _ => Err(malformed),
            };
        };
        let id = credential
            .get("id")
            .and_then(Value::as_bytes)
            .filter(|id| !id.is_empty())
            .ok_or(malformed)?;
        if credential.get("type").and_then(Value::as_text) != Some(PUBLIC_KEY) {
            return Err(malformed);
        }
        if !self.options.allow.is_empty() && !self.options.allow.iter().any(|allowed| allowed == id) {
            return Err(AnswerError::NotAllowed);
        }
        Ok(id.to_vec())
    }

    /// The user handle, without which a server can't know who signed in if it named no passkey.
    fn user_handle(&self, answer: &Answer<'_>) -> Result<Option<Vec<u8>>, AnswerError> {
        const NAME: &str = "user";
        let handle = match answer.optional_map(4, NAME)? {
            Some(user) => {
                let id = user.get("id").and_then(Value::as_bytes);
                let id = id.filter(|id| (1..=MAX_USER_HANDLE).contains(&id.len()));
                Some(id.ok_or(AnswerError::Malformed(NAME))?.to_vec())
            }
            None => None,
        };
        if handle.is_none() && self.options.allow.is_empty() {
            return Err(AnswerError::Malformed(NAME));
        }
        Ok(handle)
    }

    fn extensions(&self, capabilities: &Capabilities) -> Map<'_> {
        let wanted = &self.options.extensions;
        let mut extensions = Map::new();
        if let Some(salts) = &self.salts {
            extensions.insert(hmac_secret::NAME, salts.to_cbor());
        }
        if wanted.prf && capabilities.extends("prf") {
            let by_credential: Map<'static> = wanted
                .prf_by_credential
                .iter()
                .map(|(id, input)| (Value::from(id.clone()), Value::from(input.to_cbor())))
                .collect();
            let inputs = Map::new()
                .with_some("eval", wanted.prf_eval.as_ref().map(prf::PrfInput::to_cbor))
                .with_some(
                    "evalByCredential",
                    (!by_credential.is_empty()).then_some(by_credential),
                );
            extensions.insert("prf", inputs);
        }
        if let Some(request) = &wanted.large_blob
            && capabilities.extends(large_blob::NAME)
        {
            extensions.insert(large_blob::NAME, large_blob::request(request));
        }
        extensions
    }
}

/// A passkey whose public key is known, so that a signature can be checked before the site does.
#[derive(Clone)]
pub struct KnownPasskey {
    credential_id: Vec<u8>,
    public_key: PublicKey,
}

impl KnownPasskey {
    /// A passkey by its ID and key.
    #[must_use]
    pub fn new(credential_id: Vec<u8>, public_key: PublicKey) -> Self {
        Self {
            credential_id,
            public_key,
        }
    }

    /// Reads it out of a `RegistrationResponseJSON`, which is what a registration printed.
    ///
    /// # Errors
    ///
    /// The member that is wrong.
    pub fn from_registration_json(text: &str) -> Result<Self, OptionsError> {
        let value = json::parse(text)?;
        let response: Object<'_> = Object::top(&value)?.required("response")?;
        let bytes: Vec<u8> = response.required("authenticatorData")?;
        let wrong = || response.error("authenticatorData", Problem::NotAllowed);
        let data = AuthenticatorData::parse(&bytes).map_err(|_| wrong())?;
        let (id, public_key) = data.attested.ok_or_else(wrong)?;
        Ok(Self::new(id.to_vec(), public_key))
    }
}

impl fmt::Debug for KnownPasskey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownPasskey(..)")
    }
}

/// A signature, as the site gets to know it.
///
/// # Privacy
///
/// Names a person's passkey and account, and may hold a secret of the site's (`prf`). `Debug` shows nothing of it.
pub struct SignIn {
    /// The credential ID.
    pub credential_id: Vec<u8>,
    /// Authenticator data, as the authenticator wrote it.
    pub authenticator_data: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// The user handle, always there if the options had no allow list.
    pub user_handle: Option<Vec<u8>>,
    /// The client data, JSON.
    pub client_data_json: Vec<u8>,
    /// What is known of the signature.
    pub check: SignatureCheck,
    outputs: Outputs,
}

impl SignIn {
    /// `AuthenticationResponseJSON` (WebAuthn L3 §5.1.8.2), for the site's server. Results of `prf` are in it, as
    /// browsers have it: what a program keeps for itself it takes out before it sends the rest.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let id = base64url(&self.credential_id);
        let mut response = json!({
            "clientDataJSON": base64url(&self.client_data_json),
            "authenticatorData": base64url(&self.authenticator_data),
            "signature": base64url(&self.signature),
        });
        if let (Some(handle), Some(response)) = (&self.user_handle, response.as_object_mut()) {
            response.insert("userHandle".to_owned(), Json::from(base64url(handle)));
        }
        json!({
            "id": &id,
            "rawId": &id,
            "type": PUBLIC_KEY,
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": self.outputs.to_json(),
            "response": response,
        })
    }

    /// The results of `prf`, if there are any.
    #[must_use]
    pub fn prf(&self) -> Option<&PrfEvaluation> {
        self.outputs.prf.as_ref()?.as_ref()
    }

    /// The large blob, if it was to be read and there is one.
    #[must_use]
    pub fn large_blob(&self) -> Option<&[u8]> {
        self.outputs.blob.as_deref()
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIn(..)")
    }
}

/// What came of the extensions; none for what was not asked.
struct Outputs {
    prf: Option<Option<PrfEvaluation>>,
    large_blob: bool,
    blob: Option<Vec<u8>>,
    written: Option<bool>,
}

impl Outputs {
    fn read(
        options: &RequestOptions,
        unsigned: Option<&Map<'_>>,
        sealed: Option<PrfEvaluation>,
    ) -> Result<Self, AnswerError> {
        let wanted = &options.extensions;
        let (_, results) = prf::outputs(unsigned)?;
        let results = sealed.or(results);
        let output = large_blob::output(unsigned)?;
        let (blob, written) = match (&wanted.large_blob, output) {
            (Some(LargeBlobRequest::Read), Some(output)) => (large_blob::blob(output)?, None),
            (Some(LargeBlobRequest::Write(_)), Some(output)) => (None, large_blob::flag(output, "written")?),
            (Some(LargeBlobRequest::Write(_)), None) => (None, Some(false)),
            (Some(LargeBlobRequest::Read), None) | (None, _) => (None, None),
        };
        Ok(Self {
            prf: wanted.prf.then_some(results),
            large_blob: wanted.large_blob.is_some(),
            blob,
            written,
        })
    }

    fn to_json(&self) -> JsonMap<String, Json> {
        let mut results = JsonMap::new();
        if let Some(prf) = &self.prf {
            let values = prf
                .as_ref()
                .map(|values| ("results".to_owned(), prf::results_json(values)));
            results.insert(
                "prf".to_owned(),
                values.into_iter().collect::<JsonMap<_, _>>().into(),
            );
        }
        if self.large_blob {
            let blob = self
                .blob
                .as_ref()
                .map(|blob| ("blob".to_owned(), Json::from(base64url(blob))));
            let written = self
                .written
                .map(|written| ("written".to_owned(), Json::from(written)));
            let members = blob.into_iter().chain(written);
            results.insert("largeBlob".to_owned(), members.collect::<JsonMap<_, _>>().into());
        }
        results
    }
}

const GET_ASSERTION: u8 = 0x02;
/// Longest user handle in bytes (WebAuthn L3 §5.4.3).
const MAX_USER_HANDLE: usize = 64;
