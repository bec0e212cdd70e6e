//! Extension inputs and outputs (CTAP 2.3 §12, WebAuthn L3 §10.1).
//!
//! ```text
//! prf in    {"eval": evaluation?, "evalByCredential": {credential id: evaluation}?}
//! prf out   {"enabled": bool?, "results": evaluation?}        unsigned
//! evaluation {"first": 32 bytes, "second": 32 bytes?}
//!
//! hmac-secret in at assertion, hmac-secret-mc in at creation
//!           {1: keyAgreement, 2: saltEnc, 3: saltAuth, 4: pinUvAuthProtocol?}
//! ```
//!
//! `prf` is the form that client platforms speak over hybrid: inputs arrive hashed already
//! (SHA-256 of `WebAuthn PRF`, a zero byte and the site's input), and outputs travel in clear inside the tunnel.

use std::fmt;

use roamkey_cbor::{Map, Value};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use crate::fields::{Fields, FromValue};
use crate::{CoseKey, CredentialId, DecodeError};

/// How strongly a credential is protected (CTAP 2.3 §12.1).
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum CredProtect {
    /// Level 1: user verification is optional.
    #[default]
    UserVerificationOptional,
    /// Level 2: without user verification only a request that lists the credential finds it.
    UserVerificationOptionalWithCredentialIdList,
    /// Level 3: without user verification the credential can't be found at all.
    UserVerificationRequired,
}

impl CredProtect {
    /// Returns the level, 1 to 3.
    #[must_use]
    pub fn level(self) -> u8 {
        match self {
            Self::UserVerificationOptional => 1,
            Self::UserVerificationOptionalWithCredentialIdList => 2,
            Self::UserVerificationRequired => 3,
        }
    }

    /// Finds the policy with this level.
    #[must_use]
    pub fn from_level(level: u64) -> Option<Self> {
        match level {
            1 => Some(Self::UserVerificationOptional),
            2 => Some(Self::UserVerificationOptionalWithCredentialIdList),
            3 => Some(Self::UserVerificationRequired),
            _ => None,
        }
    }
}

impl FromValue<'_> for CredProtect {
    fn from_value(value: Value<'_>, name: &'static str) -> Result<Self, DecodeError> {
        let level = value.as_u64().ok_or(DecodeError::UnexpectedType(name))?;
        Self::from_level(level).ok_or(DecodeError::InvalidValue(name))
    }
}

/// One or two 32-byte values: salts on the way in, secrets of the site on the way out. Compared in constant time.
#[derive(Clone)]
pub struct PrfEvaluation {
    /// The first value.
    pub first: [u8; 32],
    /// The second value.
    pub second: Option<[u8; 32]>,
}

impl PrfEvaluation {
    pub(crate) fn to_value(&self) -> Value<'_> {
        Map::new()
            .with("first", self.first.as_slice())
            .with_some("second", self.second.as_ref().map(<[u8; 32]>::as_slice))
            .into()
    }
}

impl PartialEq for PrfEvaluation {
    fn eq(&self, other: &Self) -> bool {
        let second = match (&self.second, &other.second) {
            (Some(own), Some(other)) => own.ct_eq(other),
            (None, None) => Choice::from(1),
            (Some(_), None) | (None, Some(_)) => Choice::from(0),
        };
        (self.first.ct_eq(&other.first) & second).into()
    }
}

impl Eq for PrfEvaluation {}

impl Drop for PrfEvaluation {
    fn drop(&mut self) {
        self.first.zeroize();
        self.second.zeroize();
    }
}

impl fmt::Debug for PrfEvaluation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PrfEvaluation(..)")
    }
}

impl<'a> FromValue<'a> for PrfEvaluation {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        Ok(Self {
            first: fields.required("first", "prf first")?,
            second: fields.optional("second", "prf second")?,
        })
    }
}

/// What a request wants of `prf`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PrfInputs {
    /// The evaluation for any credential.
    pub eval: Option<PrfEvaluation>,
    /// Evaluations for particular credentials, which win over `eval`. Only at assertion.
    pub eval_by_credential: Vec<(CredentialId, PrfEvaluation)>,
}

impl PrfInputs {
    /// Finds the evaluation that applies to this credential.
    #[must_use]
    pub fn for_credential(&self, id: &CredentialId) -> Option<&PrfEvaluation> {
        let own = self
            .eval_by_credential
            .iter()
            .find(|(credential, _)| credential == id);
        own.map(|(_, evaluation)| evaluation).or(self.eval.as_ref())
    }

    pub(crate) fn to_value(&self) -> Value<'_> {
        let entries = self.eval_by_credential.iter();
        let by_credential: Map<'_> = entries
            .map(|(id, eval)| (id.as_bytes().into(), eval.to_value()))
            .collect();
        Map::new()
            .with_some("eval", self.eval.as_ref().map(PrfEvaluation::to_value))
            .with_some(
                "evalByCredential",
                (!by_credential.is_empty()).then_some(by_credential),
            )
            .into()
    }
}

impl<'a> FromValue<'a> for PrfInputs {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        let eval = fields.optional("eval", "prf eval")?;
        let by_credential: Option<Map<'_>> = fields.optional("evalByCredential", "prf evalByCredential")?;
        let eval_by_credential = by_credential
            .unwrap_or_default()
            .into_iter()
            .map(|(id, evaluation)| {
                let id = CredentialId::from_value(id, "prf evalByCredential")?;
                Ok((id, PrfEvaluation::from_value(evaluation, "prf evalByCredential")?))
            })
            .collect::<Result<_, DecodeError>>()?;
        Ok(Self {
            eval,
            eval_by_credential,
        })
    }
}

/// What `prf` returns, outside of the signed data.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PrfOutputs {
    /// Whether the new credential can evaluate. Only at creation.
    pub enabled: Option<bool>,
    /// The results, if the request had inputs that apply.
    pub results: Option<PrfEvaluation>,
}

impl PrfOutputs {
    pub(crate) fn to_value(&self) -> Value<'_> {
        Map::new()
            .with_some("enabled", self.enabled)
            .with_some("results", self.results.as_ref().map(PrfEvaluation::to_value))
            .into()
    }
}

impl<'a> FromValue<'a> for PrfOutputs {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        Ok(Self {
            enabled: fields.optional("enabled", "prf enabled")?,
            results: fields.optional("results", "prf results")?,
        })
    }
}

/// What `hmac-secret` at assertion and `hmac-secret-mc` at creation want: salts, encrypted for the authenticator
/// (CTAP 2.3 §12.7 and §12.8).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HmacSecretInput {
    /// The client platform's public key.
    pub key_agreement: CoseKey,
    /// The encrypted salts.
    pub salt_enc: Vec<u8>,
    /// The authentication code of `salt_enc`.
    pub salt_auth: Vec<u8>,
    /// The PIN/UV auth protocol; 1 if absent.
    pub protocol: Option<u64>,
}

impl HmacSecretInput {
    pub(crate) fn to_value(&self) -> Value<'_> {
        Map::new()
            .with(1, self.key_agreement.to_value())
            .with(2, &self.salt_enc)
            .with(3, &self.salt_auth)
            .with_some(4, self.protocol)
            .into()
    }
}

impl<'a> FromValue<'a> for HmacSecretInput {
    fn from_value(value: Value<'a>, name: &'static str) -> Result<Self, DecodeError> {
        let mut fields = Fields::of(value, name)?;
        Ok(Self {
            key_agreement: fields.required(1, "keyAgreement")?,
            salt_enc: fields.required(2, "saltEnc")?,
            salt_auth: fields.required(3, "saltAuth")?,
            protocol: fields.optional(4, "pinUvAuthProtocol")?,
        })
    }
}
