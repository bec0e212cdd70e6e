//! What a site wants of a new passkey: `PublicKeyCredentialCreationOptionsJSON` (WebAuthn L3 §5.1.9, §5.4).
//!
//! `timeout` and `hints` are ignored: the QR code and the person have limits of their own, and there is one kind of
//! authenticator here.

use crate::json::{self, Object, OptionsError, Problem};
use crate::prf::PrfInput;

/// The options of a registration. [`CreationOptions::from_json`] reads a site's; programs of their own may start from
/// [`CreationOptions::new`].
///
/// # Privacy
///
/// Names a person and a site. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreationOptions {
    /// The site.
    pub rp: RelyingParty,
    /// The account.
    pub user: User,
    /// Random bytes of the site, at least 16.
    pub challenge: Vec<u8>,
    /// COSE algorithm numbers, best first. None means ES256 and RS256, as WebAuthn says.
    pub algorithms: Vec<i64>,
    /// Credential IDs of which the phone must hold none.
    pub exclude: Vec<Vec<u8>>,
    /// Whether the passkey can be found without its ID.
    pub resident_key: Requirement,
    /// Whether the person is verified.
    pub user_verification: Requirement,
    /// Whether the attestation statement is passed on; without it the format is `none`.
    pub attestation: bool,
    /// Attestation formats, best first.
    pub attestation_formats: Vec<String>,
    /// Extensions.
    pub extensions: CreationExtensions,
}

/// A site, as it calls itself.
#[derive(Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The RP ID; the origin's host if there is none.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
}

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The user handle, 1 to 64 bytes.
    pub id: Vec<u8>,
    /// The name that the person signs in with.
    pub name: String,
    /// The name that the person is shown by; may be empty.
    pub display_name: String,
}

/// How much a site wants something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Requirement {
    /// Rather not.
    Discouraged,
    /// If it can be had.
    #[default]
    Preferred,
    /// Or nothing at all.
    Required,
}

/// Extensions of a registration. What is not listed is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreationExtensions {
    /// `credProps`: tell whether the passkey is discoverable.
    pub cred_props: bool,
    /// `prf`: asks for support, and evaluates inputs at once if there are any.
    pub prf: Option<Option<PrfInput>>,
    /// `largeBlob`.
    pub large_blob: Option<LargeBlobSupport>,
    /// `credentialProtectionPolicy`, and whether it must be kept.
    pub cred_protect: Option<(CredProtect, bool)>,
}

/// Whether a passkey without room for a large blob will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LargeBlobSupport {
    /// It will.
    Preferred,
    /// It won't.
    Required,
}

pub use roamkey_ctap::CredProtect;

impl CreationOptions {
    /// Options with WebAuthn's defaults, and a discoverable passkey wanted.
    #[must_use]
    pub fn new(rp: RelyingParty, user: User, challenge: Vec<u8>) -> Self {
        Self {
            rp,
            user,
            challenge,
            algorithms: DEFAULT_ALGORITHMS.to_vec(),
            exclude: Vec::new(),
            resident_key: Requirement::Preferred,
            user_verification: Requirement::Preferred,
            attestation: false,
            attestation_formats: Vec::new(),
            extensions: CreationExtensions::default(),
        }
    }

    /// Reads `PublicKeyCredentialCreationOptionsJSON`.
    ///
    /// # Errors
    ///
    /// The first member that is wrong, by its path.
    pub fn from_json(text: &str) -> Result<Self, OptionsError> {
        let value = json::parse(text)?;
        let top = Object::top(&value)?;
        let rp: Object<'_> = top.required("rp")?;
        let user: Object<'_> = top.required("user")?;
        let selection: Option<Object<'_>> = top.optional("authenticatorSelection")?;
        if let Some(selection) = &selection {
            let attachment = [("platform", true), ("cross-platform", false)];
            if selection.word("authenticatorAttachment", &attachment, Some(false))? == Some(true) {
                let wish = Problem::NotPossible("an authenticator that is built into this machine");
                return Err(selection.error("authenticatorAttachment", wish));
            }
        }
        let attestation = [
            ("none", false),
            ("indirect", true),
            ("direct", true),
            ("enterprise", true),
        ];
        Ok(Self {
            rp: RelyingParty {
                id: rp.optional("id")?,
                name: rp.required("name")?,
            },
            user: User {
                id: user_handle(&user)?,
                name: user.required("name")?,
                display_name: user.required("displayName")?,
            },
            challenge: challenge(&top)?,
            algorithms: algorithms(&top)?,
            exclude: credential_ids(&top, "excludeCredentials")?,
            resident_key: resident_key(selection.as_ref())?,
            user_verification: match &selection {
                Some(selection) => user_verification(selection)?,
                None => Requirement::Preferred,
            },
            attestation: top
                .word("attestation", &attestation, Some(false))?
                .unwrap_or(false),
            attestation_formats: top.list("attestationFormats", MAX_FORMATS)?,
            extensions: match top.optional("extensions")? {
                Some(extensions) => creation_extensions(&extensions)?,
                None => CreationExtensions::default(),
            },
        })
    }
}

impl std::fmt::Debug for CreationOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CreationOptions(..)")
    }
}

impl std::fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RelyingParty(..)")
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("User(..)")
    }
}

/// The challenge: WebAuthn leaves its length to the site, and wants 16 bytes; what is empty is a mistake.
pub(crate) fn challenge(top: &Object<'_>) -> Result<Vec<u8>, OptionsError> {
    let challenge: Vec<u8> = top.required("challenge")?;
    match challenge.len() {
        0 => Err(top.error("challenge", Problem::Empty)),
        1..=MAX_CHALLENGE => Ok(challenge),
        _ => Err(top.error("challenge", Problem::TooLong(MAX_CHALLENGE))),
    }
}

/// The IDs of a list of `PublicKeyCredentialDescriptorJSON`; entries of an unknown type match nothing and are left
/// out, as WebAuthn says.
pub(crate) fn credential_ids(top: &Object<'_>, name: &str) -> Result<Vec<Vec<u8>>, OptionsError> {
    let mut ids = Vec::new();
    for entry in top.list::<Object<'_>>(name, MAX_DESCRIPTORS)? {
        let kind: &str = entry.required("type")?;
        let id: Vec<u8> = entry.required("id")?;
        match id.len() {
            0 => return Err(entry.error("id", Problem::Empty)),
            1..=MAX_CREDENTIAL_ID => {}
            _ => return Err(entry.error("id", Problem::TooLong(MAX_CREDENTIAL_ID))),
        }
        if kind == PUBLIC_KEY {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// The member `userVerification`; a word that is not known counts as missing.
pub(crate) fn user_verification(object: &Object<'_>) -> Result<Requirement, OptionsError> {
    let found = object.word("userVerification", &REQUIREMENTS, Some(Requirement::Preferred))?;
    Ok(found.unwrap_or_default())
}

/// The only credential type there is.
pub(crate) const PUBLIC_KEY: &str = "public-key";

fn user_handle(user: &Object<'_>) -> Result<Vec<u8>, OptionsError> {
    let id: Vec<u8> = user.required("id")?;
    match id.len() {
        0 => Err(user.error("id", Problem::Empty)),
        1..=MAX_USER_HANDLE => Ok(id),
        _ => Err(user.error("id", Problem::TooLong(MAX_USER_HANDLE))),
    }
}

fn algorithms(top: &Object<'_>) -> Result<Vec<i64>, OptionsError> {
    const NAME: &str = "pubKeyCredParams";
    let entries: Vec<Object<'_>> = top.required(NAME)?;
    if entries.len() > MAX_ALGORITHMS {
        return Err(top.error(NAME, Problem::TooLong(MAX_ALGORITHMS)));
    }
    if entries.is_empty() {
        return Ok(DEFAULT_ALGORITHMS.to_vec());
    }
    let mut algorithms = Vec::new();
    for entry in &entries {
        let algorithm = entry.required("alg")?;
        if entry.required::<&str>("type")? == PUBLIC_KEY {
            algorithms.push(algorithm);
        }
    }
    if algorithms.is_empty() {
        return Err(top.error(NAME, Problem::NotAllowed));
    }
    Ok(algorithms)
}

/// `residentKey`, or the older `requireResidentKey` if that is not there.
fn resident_key(selection: Option<&Object<'_>>) -> Result<Requirement, OptionsError> {
    let Some(selection) = selection else {
        return Ok(Requirement::Discouraged);
    };
    let required = selection.optional::<bool>("requireResidentKey")?.unwrap_or(false);
    let word = selection.word("residentKey", &REQUIREMENTS, None::<Requirement>)?;
    Ok(word.unwrap_or(if required {
        Requirement::Required
    } else {
        Requirement::Discouraged
    }))
}

fn creation_extensions(extensions: &Object<'_>) -> Result<CreationExtensions, OptionsError> {
    let prf = match extensions.optional::<Object<'_>>("prf")? {
        Some(prf) if prf.optional::<Object<'_>>("evalByCredential")?.is_some() => {
            let wish = Problem::NotPossible("inputs for passkeys that exist, while one is created");
            return Err(prf.error("evalByCredential", wish));
        }
        Some(prf) => Some(prf.optional("eval")?),
        None => None,
    };
    let support = [
        ("preferred", LargeBlobSupport::Preferred),
        ("required", LargeBlobSupport::Required),
    ];
    let large_blob = match extensions.optional::<Object<'_>>("largeBlob")? {
        Some(blob) => {
            for name in ["read", "write"] {
                if blob.optional::<&serde_json::Value>(name)?.is_some() {
                    return Err(blob.error(
                        name,
                        Problem::NotPossible("a blob of a passkey that is not there yet"),
                    ));
                }
            }
            blob.word("support", &support, Some(LargeBlobSupport::Preferred))?
        }
        None => None,
    };
    let policies = [
        ("userVerificationOptional", CredProtect::UserVerificationOptional),
        (
            "userVerificationOptionalWithCredentialIDList",
            CredProtect::UserVerificationOptionalWithCredentialIdList,
        ),
        ("userVerificationRequired", CredProtect::UserVerificationRequired),
    ];
    let policy = extensions.word("credentialProtectionPolicy", &policies, None)?;
    let enforce = extensions
        .optional("enforceCredentialProtectionPolicy")?
        .unwrap_or(false);
    Ok(CreationExtensions {
        cred_props: extensions.optional("credProps")?.unwrap_or(false),
        prf,
        large_blob,
        cred_protect: policy.map(|policy| (policy, enforce)),
    })
}

const REQUIREMENTS: [(&str, Requirement); 3] = [
    ("discouraged", Requirement::Discouraged),
    ("preferred", Requirement::Preferred),
    ("required", Requirement::Required),
];

/// ES256 and RS256: what WebAuthn L3 §5.1.3 step 9 puts in place of an empty list.
const DEFAULT_ALGORITHMS: [i64; 2] = [-7, -257];
/// Longest user handle in bytes (WebAuthn L3 §5.4.3).
const MAX_USER_HANDLE: usize = 64;
/// Longest challenge in bytes: sites use 16 to 64.
const MAX_CHALLENGE: usize = 4096;
/// Longest credential ID in bytes (WebAuthn L3 §5.1).
const MAX_CREDENTIAL_ID: usize = 1023;
/// Longest list of credentials: our own authenticator reads no more, and no site has an account with as many.
const MAX_DESCRIPTORS: usize = 256;
/// Longest list of algorithms: COSE has about fifty for signatures.
const MAX_ALGORITHMS: usize = 256;
/// Longest list of attestation formats: WebAuthn registers less than ten.
const MAX_FORMATS: usize = 64;
