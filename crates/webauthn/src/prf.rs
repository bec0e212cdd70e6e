//! The `prf` extension (WebAuthn L3 §10.1.4).
//!
//! ```text
//! salt = SHA-256("WebAuthn PRF" ‖ 00 ‖ input)      32 bytes, made here: authenticators see salts only
//! in    {"eval": {"first": salt, "second": salt?}?, "evalByCredential": {credential id: {…}}?}
//! out   {"enabled": bool?, "results": {"first": 32 bytes, "second": 32 bytes?}?}
//! ```
//!
//! Authenticators that have `hmac-secret` in its place: see `hmac_secret.rs`.

use roamkey_cbor::{Map, Value as Cbor};
use roamkey_ctap::PrfEvaluation;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::AnswerError;
use crate::json::{FromJson, Object, OptionsError, base64url};

/// One or two inputs of a site, of any length.
#[derive(Clone, PartialEq, Eq)]
pub struct PrfInput {
    /// The first input.
    pub first: Vec<u8>,
    /// The second input.
    pub second: Option<Vec<u8>>,
}

impl PrfInput {
    /// Hashes the inputs as WebAuthn says.
    pub(crate) fn to_cbor(&self) -> Map<'static> {
        Map::new()
            .with("first", salt(&self.first))
            .with_some("second", self.second.as_deref().map(salt))
    }

    /// The same salts one after the other, as `hmac-secret` encrypts them.
    pub(crate) fn to_salts(&self) -> Zeroizing<Vec<u8>> {
        let salts = [Some(&self.first), self.second.as_ref()];
        Zeroizing::new(
            salts
                .into_iter()
                .flatten()
                .flat_map(|input| salt(input))
                .collect(),
        )
    }
}

impl std::fmt::Debug for PrfInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrfInput(..)")
    }
}

impl<'v> FromJson<'v> for PrfInput {
    fn from_json(value: &'v Json, path: &str) -> Result<Self, OptionsError> {
        let object = Object::from_json(value, path)?;
        Ok(Self {
            first: object.required("first")?,
            second: object.optional("second")?,
        })
    }
}

/// Reads the `prf` output out of a reply's unsigned extension outputs.
pub(crate) fn outputs(
    unsigned: Option<&Map<'_>>,
) -> Result<(Option<bool>, Option<PrfEvaluation>), AnswerError> {
    const NAME: &str = "prf";
    let malformed = || AnswerError::Malformed(NAME);
    let Some(prf) = unsigned.and_then(|outputs| outputs.get(NAME)) else {
        return Ok((None, None));
    };
    let prf = prf.as_map().ok_or_else(malformed)?;
    let enabled = prf
        .get("enabled")
        .map(|enabled| enabled.as_bool().ok_or_else(malformed))
        .transpose()?;
    let results = prf
        .get("results")
        .map(|results| evaluation(results).ok_or_else(malformed))
        .transpose()?;
    Ok((enabled, results))
}

/// The member `results`, as WebAuthn's JSON writes it.
pub(crate) fn results_json(results: &PrfEvaluation) -> Json {
    let mut json = json!({ "first": base64url(&results.first) });
    if let (Some(second), Some(members)) = (results.second, json.as_object_mut()) {
        members.insert("second".to_owned(), Json::from(base64url(&second)));
    }
    json
}

fn evaluation(results: &Cbor<'_>) -> Option<PrfEvaluation> {
    let results = results.as_map()?;
    let second = match results.get("second") {
        Some(second) => Some(second.as_bytes()?.try_into().ok()?),
        None => None,
    };
    Some(PrfEvaluation {
        first: results.get("first")?.as_bytes()?.try_into().ok()?,
        second,
    })
}

fn salt(input: &[u8]) -> Vec<u8> {
    Sha256::new_with_prefix(b"WebAuthn PRF\0")
        .chain_update(input)
        .finalize()
        .to_vec()
}
