//! The client platform's part where no browser is at hand: options from the relying party in, a CTAP2 request out;
//! the authenticator's answer in, the JSON for the relying party out. It asks the way Chromium does over hybrid
//! transport, key by key.
//!
//! ```text
//! creation options ──► Registering::new ──► request() ──► authenticator
//! authenticator ──► finish(status ‖ CBOR) ──► Finished { response: RegistrationResponseJSON, prf }
//! ```
//! and the same with [`SigningIn`]. Written on CBOR alone, so that it is no echo of Roamkey's own CTAP code.
//! WebAuthn L3 §5.1.3 and §5.1.4; CTAP 2.3 §6.1 and §6.2.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use roamkey_cbor::{Map, Value as Cbor, decode, encode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// `navigator.credentials.create()` between request and answer.
#[derive(Debug)]
pub struct Registering {
    client_data: Vec<u8>,
    request: Vec<u8>,
    keeps_attestation: bool,
}

/// `navigator.credentials.get()` between request and answer.
#[derive(Debug)]
pub struct SigningIn {
    client_data: Vec<u8>,
    request: Vec<u8>,
    only_allowed: Option<Vec<u8>>,
}

/// What the page gets.
#[derive(Clone)]
pub struct Finished {
    /// `RegistrationResponseJSON` or `AuthenticationResponseJSON`, ready for the server: PRF outputs are not in it.
    pub response: Value,
    /// The PRF outputs, first and second.
    pub prf: Option<(Vec<u8>, Option<Vec<u8>>)>,
}

/// Why the page gets nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientPlatformError {
    /// The authenticator answered with this CTAP status.
    #[error("the authenticator answered with status 0x{0:02x}")]
    Refused(u8),
    /// The authenticator's answer is no CTAP2 answer.
    #[error("the authenticator's answer is malformed")]
    Answer(#[source] Option<roamkey_cbor::Error>),
    /// The relying party's options lack this member or have it in the wrong form.
    #[error("the options' {0} is missing or malformed")]
    Options(&'static str),
}

impl Registering {
    /// Takes `PublicKeyCredentialCreationOptionsJSON` and the origin of the page.
    ///
    /// # Errors
    ///
    /// [`ClientPlatformError::Options`].
    pub fn new(options: &Value, origin: &str) -> Result<Self, ClientPlatformError> {
        let client_data = client_data("webauthn.create", text(options, "challenge")?, origin);
        let (rp, user) = (member(options, "rp")?, member(options, "user")?);
        let algorithms = member(options, "pubKeyCredParams")?
            .as_array()
            .into_iter()
            .flatten();
        let algorithms = algorithms
            .filter_map(|entry| entry.get("alg")?.as_i64())
            .map(|algorithm| Cbor::from(Map::new().with("alg", algorithm).with("type", "public-key")));
        let exclude = descriptors(options.get("excludeCredentials"))?;
        let keeps_attestation = options.get("attestation").and_then(Value::as_str) == Some("direct");
        let mut request = Map::new()
            .with(1_u64, Sha256::digest(&client_data).to_vec())
            .with(
                2_u64,
                Map::new()
                    .with("id", text(rp, "id")?)
                    .with("name", text(rp, "name")?),
            )
            .with(
                3_u64,
                Map::new()
                    .with("id", bytes(user, "id")?)
                    .with("name", text(user, "name")?)
                    .with("displayName", text(user, "displayName")?),
            )
            .with(4_u64, Cbor::Array(algorithms.collect()))
            .with_some(5_u64, (!exclude.is_empty()).then_some(Cbor::Array(exclude)))
            .with(7_u64, Map::new().with("rk", true).with("uv", true));
        let extensions = creation_extensions(options)?;
        if !extensions.is_empty() {
            request.insert(6_u64, extensions);
        }
        if keeps_attestation {
            request.insert(11_u64, Cbor::Array(vec![Cbor::from("packed")]));
        }
        Ok(Self {
            client_data,
            request: command(1, request),
            keeps_attestation,
        })
    }

    /// The CTAP2 request: command byte ‖ CBOR.
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// Takes the authenticator's answer: status ‖ CBOR.
    ///
    /// # Errors
    ///
    /// [`ClientPlatformError::Refused`] and [`ClientPlatformError::Answer`].
    pub fn finish(self, answer: &[u8]) -> Result<Finished, ClientPlatformError> {
        let answer = successful(answer)?;
        let authenticator_data = answer_bytes(&answer, 2)?;
        let (format, statement) = match self.keeps_attestation {
            true => (answer.get(1_u64).cloned(), answer.get(3_u64).cloned()),
            false => (Some(Cbor::from("none")), Some(Cbor::from(Map::new()))),
        };
        let object = Map::new()
            .with("fmt", format.ok_or(ClientPlatformError::Answer(None))?)
            .with("attStmt", statement.ok_or(ClientPlatformError::Answer(None))?)
            .with("authData", authenticator_data);
        let id = credential_id(authenticator_data).ok_or(ClientPlatformError::Answer(None))?;
        let unsigned = prf_member(&answer, 6);
        let enabled = unsigned
            .and_then(|prf| prf.get("enabled"))
            .and_then(Cbor::as_bool);
        let mut results = json!({ "credProps": { "rk": true } });
        if let (Some(enabled), Some(results)) = (enabled, results.as_object_mut()) {
            results.insert("prf".to_owned(), json!({ "enabled": enabled }));
        }
        let response = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(&self.client_data),
            "attestationObject": URL_SAFE_NO_PAD.encode(encode(&Cbor::from(object))),
            "transports": ["hybrid", "internal"],
        });
        Ok(Finished {
            response: credential(id, response, results),
            prf: outputs(unsigned),
        })
    }
}

impl SigningIn {
    /// Takes `PublicKeyCredentialRequestOptionsJSON` and the origin of the page.
    ///
    /// # Errors
    ///
    /// [`ClientPlatformError::Options`].
    pub fn new(options: &Value, origin: &str) -> Result<Self, ClientPlatformError> {
        let client_data = client_data("webauthn.get", text(options, "challenge")?, origin);
        let allow = descriptors(options.get("allowCredentials"))?;
        let only_allowed = match allow.as_slice() {
            [only] => only
                .as_map()
                .and_then(|only| only.get("id")?.as_bytes())
                .map(<[u8]>::to_vec),
            _ => None,
        };
        let mut request = Map::new()
            .with(1_u64, text(options, "rpId")?)
            .with(2_u64, Sha256::digest(&client_data).to_vec())
            .with_some(3_u64, (!allow.is_empty()).then_some(Cbor::Array(allow)))
            .with(5_u64, Map::new().with("uv", true));
        if let Some(prf) = prf_input(options)? {
            request.insert(4_u64, Map::new().with("prf", prf));
        }
        Ok(Self {
            client_data,
            request: command(2, request),
            only_allowed,
        })
    }

    /// The CTAP2 request: command byte ‖ CBOR.
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// Takes the authenticator's answer: status ‖ CBOR.
    ///
    /// # Errors
    ///
    /// [`ClientPlatformError::Refused`] and [`ClientPlatformError::Answer`].
    pub fn finish(self, answer: &[u8]) -> Result<Finished, ClientPlatformError> {
        let answer = successful(answer)?;
        let named = answer
            .get(1_u64)
            .and_then(Cbor::as_map)
            .and_then(|credential| credential.get("id")?.as_bytes());
        let id = named
            .or(self.only_allowed.as_deref())
            .ok_or(ClientPlatformError::Answer(None))?;
        let user = answer
            .get(4_u64)
            .and_then(Cbor::as_map)
            .and_then(|user| user.get("id")?.as_bytes());
        let response = json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(&self.client_data),
            "authenticatorData": URL_SAFE_NO_PAD.encode(answer_bytes(&answer, 2)?),
            "signature": URL_SAFE_NO_PAD.encode(answer_bytes(&answer, 3)?),
            "userHandle": user.map(|user| URL_SAFE_NO_PAD.encode(user)),
        });
        Ok(Finished {
            response: credential(id, response, json!({})),
            prf: outputs(prf_member(&answer, 8)),
        })
    }
}

impl std::fmt::Debug for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Finished")
    }
}

/// WebAuthn L3 §5.8.1.1, in the order that every client platform keeps.
fn client_data(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
    let (challenge, origin) = (Value::from(challenge), Value::from(origin));
    format!(r#"{{"type":"{kind}","challenge":{challenge},"origin":{origin},"crossOrigin":false}}"#)
        .into_bytes()
}

fn creation_extensions(options: &Value) -> Result<Map<'static>, ClientPlatformError> {
    let asked = options.get("extensions").unwrap_or(&Value::Null);
    let mut extensions = Map::new();
    if let Some(prf) = prf_input(options)? {
        extensions.insert("prf", prf);
    }
    if asked.get("credentialProtectionPolicy").and_then(Value::as_str) == Some("userVerificationRequired") {
        extensions.insert("credProtect", 3_u64);
    }
    Ok(extensions)
}

/// `{}` or `{"eval": {"first": 32 bytes, "second": 32 bytes}}`, the inputs hashed: SHA-256("WebAuthn PRF" ‖ 00 ‖ input).
fn prf_input(options: &Value) -> Result<Option<Map<'static>>, ClientPlatformError> {
    let Some(prf) = options
        .get("extensions")
        .and_then(|extensions| extensions.get("prf"))
    else {
        return Ok(None);
    };
    let Some(eval) = prf.get("eval") else {
        return Ok(Some(Map::new()));
    };
    let mut inputs = Map::new();
    for name in ["first", "second"] {
        if eval.get(name).is_some() {
            let hashed = Sha256::new_with_prefix(b"WebAuthn PRF\0")
                .chain_update(bytes(eval, name)?)
                .finalize();
            inputs.insert(name, hashed.to_vec());
        }
    }
    Ok(Some(Map::new().with("eval", inputs)))
}

fn descriptors(list: Option<&Value>) -> Result<Vec<Cbor<'static>>, ClientPlatformError> {
    let mut ids = Vec::new();
    for entry in list.and_then(Value::as_array).into_iter().flatten() {
        ids.push(bytes(entry, "id")?);
    }
    ids.sort_unstable();
    Ok(ids
        .into_iter()
        .map(|id| Cbor::from(Map::new().with("id", id).with("type", "public-key")))
        .collect())
}

fn credential(id: &[u8], response: Value, results: Value) -> Value {
    json!({
        "id": URL_SAFE_NO_PAD.encode(id),
        "rawId": URL_SAFE_NO_PAD.encode(id),
        "type": "public-key",
        "authenticatorAttachment": "cross-platform",
        "clientExtensionResults": results,
        "response": response,
    })
}

fn command(number: u8, map: Map<'_>) -> Vec<u8> {
    let mut request = vec![number];
    request.extend_from_slice(&encode(&Cbor::from(map)));
    request
}

fn successful(answer: &[u8]) -> Result<Map<'_>, ClientPlatformError> {
    match answer.split_first() {
        Some((0, map)) => {
            let map = decode(map).map_err(|error| ClientPlatformError::Answer(Some(error)))?;
            map.into_map().ok_or(ClientPlatformError::Answer(None))
        }
        Some((status, _)) => Err(ClientPlatformError::Refused(*status)),
        None => Err(ClientPlatformError::Answer(None)),
    }
}

fn answer_bytes<'m>(answer: &'m Map<'_>, key: u64) -> Result<&'m [u8], ClientPlatformError> {
    answer
        .get(key)
        .and_then(Cbor::as_bytes)
        .ok_or(ClientPlatformError::Answer(None))
}

/// The `prf` entry of the unsigned extension outputs, key 6 of makeCredential's answer, 8 of getAssertion's.
fn prf_member<'m, 'a>(answer: &'m Map<'a>, key: u64) -> Option<&'m Map<'a>> {
    answer.get(key)?.as_map()?.get("prf")?.as_map()
}

fn outputs(prf: Option<&Map<'_>>) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let results = prf?.get("results")?.as_map()?;
    let output = |name| results.get(name).and_then(Cbor::as_bytes).map(<[u8]>::to_vec);
    Some((output("first")?, output("second")))
}

/// Authenticator data (WebAuthn L3 §6.1): 32 RP ID hash, 1 flags, 4 counter, 16 AAGUID, 2 length, credential ID, …
fn credential_id(authenticator_data: &[u8]) -> Option<&[u8]> {
    let (length, rest) = authenticator_data.get(53..)?.split_first_chunk::<2>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

fn member<'v>(value: &'v Value, name: &'static str) -> Result<&'v Value, ClientPlatformError> {
    value.get(name).ok_or(ClientPlatformError::Options(name))
}

fn text<'v>(value: &'v Value, name: &'static str) -> Result<&'v str, ClientPlatformError> {
    member(value, name)?
        .as_str()
        .ok_or(ClientPlatformError::Options(name))
}

fn bytes(value: &Value, name: &'static str) -> Result<Cow<'static, [u8]>, ClientPlatformError> {
    URL_SAFE_NO_PAD
        .decode(text(value, name)?)
        .map(Cow::Owned)
        .map_err(|_malformed| ClientPlatformError::Options(name))
}
