//! What a site wants of a sign-in: `PublicKeyCredentialRequestOptionsJSON` (WebAuthn L3 §5.1.10, §5.5).

use crate::creation_options::{Requirement, challenge, credential_ids, user_verification};
use crate::json::{self, FromJson as _, Object, OptionsError, Problem, decode_base64url, error};
use crate::prf::PrfInput;

/// The options of a sign-in. [`RequestOptions::from_json`] reads a site's; programs of their own may start from
/// [`RequestOptions::new`].
///
/// # Privacy
///
/// Names a site and a person's passkeys. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestOptions {
    /// Random bytes of the site, at least 16.
    pub challenge: Vec<u8>,
    /// The RP ID; the origin's host if there is none.
    pub rp_id: Option<String>,
    /// Credential IDs that will do. None means: any discoverable one.
    pub allow: Vec<Vec<u8>>,
    /// Whether the person is verified.
    pub user_verification: Requirement,
    /// Extensions.
    pub extensions: RequestExtensions,
}

/// Extensions of a sign-in. What is not listed is ignored.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestExtensions {
    /// `prf`: whether it is asked for at all.
    pub prf: bool,
    /// `prf.eval`: inputs for any passkey.
    pub prf_eval: Option<PrfInput>,
    /// `prf.evalByCredential`: credential IDs of the allow list, and inputs that win over the others.
    pub prf_by_credential: Vec<(Vec<u8>, PrfInput)>,
    /// `largeBlob`.
    pub large_blob: Option<LargeBlobRequest>,
}

/// What to do with a passkey's large blob.
#[derive(Clone, PartialEq, Eq)]
pub enum LargeBlobRequest {
    /// Read it.
    Read,
    /// Write this. The allow list must name one passkey.
    Write(Vec<u8>),
}

impl RequestOptions {
    /// Options with WebAuthn's defaults.
    #[must_use]
    pub fn new(challenge: Vec<u8>) -> Self {
        Self {
            challenge,
            rp_id: None,
            allow: Vec::new(),
            user_verification: Requirement::Preferred,
            extensions: RequestExtensions::default(),
        }
    }

    /// Reads `PublicKeyCredentialRequestOptionsJSON`.
    ///
    /// # Errors
    ///
    /// The first member that is wrong, by its path.
    pub fn from_json(text: &str) -> Result<Self, OptionsError> {
        let value = json::parse(text)?;
        let top = Object::top(&value)?;
        let allow = credential_ids(&top, "allowCredentials")?;
        Ok(Self {
            challenge: challenge(&top)?,
            rp_id: top.optional("rpId")?,
            user_verification: user_verification(&top)?,
            extensions: match top.optional("extensions")? {
                Some(extensions) => request_extensions(&extensions, &allow)?,
                None => RequestExtensions::default(),
            },
            allow,
        })
    }

    /// The inputs of `prf`, if they are the same whichever passkey signs.
    pub(crate) fn prf_for_all(&self) -> Option<&PrfInput> {
        let extensions = &self.extensions;
        let of = |id: &Vec<u8>| {
            let own = extensions.prf_by_credential.iter().find(|(own, _)| own == id);
            own.map(|(_, input)| input).or(extensions.prf_eval.as_ref())
        };
        let Some((first, others)) = self.allow.split_first() else {
            return extensions.prf_eval.as_ref();
        };
        of(first).filter(|input| others.iter().all(|id| of(id) == Some(input)))
    }
}

impl std::fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RequestOptions(..)")
    }
}

impl std::fmt::Debug for RequestExtensions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RequestExtensions(..)")
    }
}

impl std::fmt::Debug for LargeBlobRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LargeBlobRequest(..)")
    }
}

fn request_extensions(extensions: &Object<'_>, allow: &[Vec<u8>]) -> Result<RequestExtensions, OptionsError> {
    let mut read = RequestExtensions::default();
    if let Some(prf) = extensions.optional::<Object<'_>>("prf")? {
        read.prf = true;
        read.prf_eval = prf.optional("eval")?;
        if let Some(by_credential) = prf.optional::<Object<'_>>("evalByCredential")? {
            read.prf_by_credential = prf_by_credential(&by_credential, allow)?;
        }
    }
    read.large_blob = match extensions.optional::<Object<'_>>("largeBlob")? {
        Some(blob) => large_blob(&blob, allow)?,
        None => None,
    };
    Ok(read)
}

/// WebAuthn L3 §10.1.4: each key is the ID of an allowed credential.
fn prf_by_credential(
    by_credential: &Object<'_>,
    allow: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, PrfInput)>, OptionsError> {
    let mut inputs = Vec::new();
    for (name, value, path) in by_credential.members() {
        let id = decode_base64url(name).ok_or_else(|| error(&path, Problem::NotBase64Url))?;
        if !allow.contains(&id) {
            return Err(error(&path, Problem::NotAllowed));
        }
        inputs.push((id, PrfInput::from_json(value, &path)?));
    }
    Ok(inputs)
}

/// WebAuthn L3 §10.1.5: reading or writing, not both; writing to one passkey only.
fn large_blob(blob: &Object<'_>, allow: &[Vec<u8>]) -> Result<Option<LargeBlobRequest>, OptionsError> {
    if blob.optional::<&str>("support")?.is_some() {
        return Err(blob.error("support", Problem::NotAllowed));
    }
    let read = blob.optional("read")?.unwrap_or(false);
    match (read, blob.optional::<Vec<u8>>("write")?) {
        (true, Some(_)) => Err(blob.error("write", Problem::NotAllowed)),
        (true, None) => Ok(Some(LargeBlobRequest::Read)),
        (false, Some(_)) if allow.len() != 1 => Err(blob.error("write", Problem::NotAllowed)),
        (false, Some(bytes)) => Ok(Some(LargeBlobRequest::Write(bytes))),
        (false, None) => Ok(None),
    }
}
