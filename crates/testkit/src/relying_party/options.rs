//! What a page may ask its server for, and the options that come of it (WebAuthn L3 §5.1.9, §5.1.10).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use webauthn_rp::request::auth::{
    AllowedCredentials, DiscoverableCredentialRequestOptions, NonDiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::register::{
    AuthenticatorAttachmentReq, CoseAlgorithmIdentifier, CoseAlgorithmIdentifiers, CredProtect,
    CrossPlatformHint, Extension, PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity,
    RegistrationServerState, UserHandle16,
};
use webauthn_rp::request::{
    Credentials as _, ExtensionInfo, ExtensionReq, Hint, PublicKeyCredentialDescriptor, RpId,
    UserVerificationRequirement,
};
use webauthn_rp::{DiscoverableAuthenticationServerState, NonDiscoverableAuthenticationServerState};

use super::RelyingPartyError;

/// A wish for a new passkey. Resident key and user verification are always required, the hint is always `hybrid`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationRequest {
    /// The account's name, also shown to the person.
    pub account: String,
    /// The algorithms to offer.
    #[serde(default = "both_algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// Whether the account's passkeys make the exclude list.
    #[serde(default)]
    pub exclude: bool,
    /// Asks for an attestation statement (`direct`) in place of none.
    #[serde(default)]
    pub attestation: bool,
    /// Asks for `credProtect` level 3, enforced.
    #[serde(default)]
    pub protect: bool,
    /// Asks for PRF support, and for an output at once if there is an input.
    #[serde(default)]
    pub prf: Option<PrfInput>,
    /// The input of the extension `largeBlob`, as it stands in the options (WebAuthn L3 §10.1.5).
    #[serde(default)]
    pub large_blob: Option<Value>,
}

/// A wish to sign in. User verification is always required, the hint is always `hybrid`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthenticationRequest {
    /// The account whose passkeys are the allow list. Without it, the sign-in is discoverable.
    #[serde(default)]
    pub account: Option<String>,
    /// Asks for a PRF output.
    #[serde(default)]
    pub prf: Option<PrfInput>,
    /// The input of the extension `largeBlob`, as it stands in the options (WebAuthn L3 §10.1.5).
    #[serde(default)]
    pub large_blob: Option<Value>,
}

/// Inputs of the PRF extension, base64url.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrfInput {
    /// The first input. None at registration means: only ask for support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// The second input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
}

/// A COSE algorithm that the relying party verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA with SHA-256 on P-256, COSE −7.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519, COSE −8.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl RegistrationRequest {
    /// The plain wish: both algorithms, no exclude list, no attestation, no extension.
    pub fn of(account: &str) -> Self {
        Self {
            account: account.to_owned(),
            algorithms: both_algorithms(),
            exclude: false,
            attestation: false,
            protect: false,
            prf: None,
            large_blob: None,
        }
    }
}

impl AuthenticationRequest {
    /// Signs in to this account: its passkeys are the allow list.
    pub fn of(account: &str) -> Self {
        Self {
            account: Some(account.to_owned()),
            prf: None,
            large_blob: None,
        }
    }

    /// Signs in to whatever account the person picks.
    pub fn discoverable() -> Self {
        Self::default()
    }
}

pub(super) fn creation(
    id: &RpId,
    account: &str,
    handle: &UserHandle16,
    exclude: Vec<PublicKeyCredentialDescriptor<Vec<u8>>>,
    request: &RegistrationRequest,
) -> Result<(RegistrationServerState<16>, Value), RelyingPartyError> {
    let user = PublicKeyCredentialUserEntity {
        name: account
            .try_into()
            .map_err(|e| RelyingPartyError::Request(Box::new(e)))?,
        id: handle,
        display_name: Some(
            account
                .try_into()
                .map_err(|e| RelyingPartyError::Request(Box::new(e)))?,
        ),
    };
    let mut options = PublicKeyCredentialCreationOptions::passkey(id, user, exclude);
    options.authenticator_selection.authenticator_attachment =
        AuthenticatorAttachmentReq::CrossPlatform(CrossPlatformHint::Hybrid);
    options.pub_key_cred_params = identifiers(&request.algorithms);
    options.extensions = Extension {
        cred_props: Some(ExtensionReq::Require),
        cred_protect: match request.protect {
            true => CredProtect::UserVerificationRequired(ExtensionInfo::RequireEnforceValue),
            false => CredProtect::None,
        },
        ..Extension::default()
    };
    let (state, options) = options
        .start_ceremony()
        .map_err(|e| RelyingPartyError::Request(Box::new(e)))?;
    let mut options = serde_json::to_value(options).map_err(RelyingPartyError::Malformed)?;
    if request.attestation {
        set(&mut options, "attestation", json!("direct"));
        set(&mut options, "attestationFormats", json!(["packed"]));
    }
    ask_for_prf(&mut options, request.prf.as_ref());
    extend(&mut options, "largeBlob", request.large_blob.clone());
    Ok((state, options))
}

pub(super) fn discoverable(
    id: &RpId,
    request: &AuthenticationRequest,
) -> Result<(DiscoverableAuthenticationServerState, Value), RelyingPartyError> {
    let mut options = DiscoverableCredentialRequestOptions::passkey(id);
    options.0.hints = Hint::Hybrid;
    let (state, options) = options
        .start_ceremony()
        .map_err(|e| RelyingPartyError::Request(Box::new(e)))?;
    let mut options = serde_json::to_value(options).map_err(RelyingPartyError::Malformed)?;
    ask_for_prf(&mut options, request.prf.as_ref());
    extend(&mut options, "largeBlob", request.large_blob.clone());
    Ok((state, options))
}

pub(super) fn allow_listed(
    id: &RpId,
    allow: Vec<PublicKeyCredentialDescriptor<Vec<u8>>>,
    request: &AuthenticationRequest,
) -> Result<(NonDiscoverableAuthenticationServerState, Value), RelyingPartyError> {
    let mut allowed = AllowedCredentials::with_capacity(allow.len());
    for credential in allow {
        allowed.push(credential.into());
    }
    let mut options = NonDiscoverableCredentialRequestOptions::second_factor(id, allowed)
        .map_err(|e| RelyingPartyError::Request(Box::new(e)))?;
    options.options().hints = Hint::Hybrid;
    options.options().user_verification = UserVerificationRequirement::Required;
    let (state, options) = options
        .start_ceremony()
        .map_err(|e| RelyingPartyError::Request(Box::new(e)))?;
    let mut options = serde_json::to_value(options).map_err(RelyingPartyError::Malformed)?;
    ask_for_prf(&mut options, request.prf.as_ref());
    extend(&mut options, "largeBlob", request.large_blob.clone());
    Ok((state, options))
}

fn identifiers(algorithms: &[Algorithm]) -> CoseAlgorithmIdentifiers {
    let unwanted = [
        (CoseAlgorithmIdentifier::Es384, true),
        (CoseAlgorithmIdentifier::Rs256, true),
        (
            CoseAlgorithmIdentifier::Es256,
            !algorithms.contains(&Algorithm::Es256),
        ),
        (
            CoseAlgorithmIdentifier::Eddsa,
            !algorithms.contains(&Algorithm::EdDsa),
        ),
    ];
    unwanted
        .into_iter()
        .filter(|(_, unwanted)| *unwanted)
        .fold(CoseAlgorithmIdentifiers::ALL, |all, (identifier, _)| {
            all.remove(identifier)
        })
}

/// Puts the PRF extension into finished options: the library's own notion of it demands `hmac-secret`.
fn ask_for_prf(options: &mut Value, prf: Option<&PrfInput>) {
    let Some(prf) = prf else { return };
    let input = if prf.first.is_some() {
        json!({ "eval": prf })
    } else {
        json!({})
    };
    extend(options, "prf", Some(input));
}

fn extend(options: &mut Value, extension: &str, input: Option<Value>) {
    if let (Some(options), Some(input)) = (options.as_object_mut(), input) {
        let extensions = options.entry("extensions").or_insert_with(|| json!({}));
        set(extensions, extension, input);
    }
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

fn both_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::EdDsa, Algorithm::Es256]
}
