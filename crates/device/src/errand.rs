//! What a program hands over: a site's origin and options, read and checked, to be asked of a phone. `roamkey request` and
//! the app's request window both do this, so that they refuse the same things for the same reasons.
//!
//! ```text
//! origin, options ─▶ Errand ─ ask(requester) ─▶ Pending<Answer> ─▶ Answer ─ to_json ─▶ the program
//!                      └───────── ask again for a new code ──┘
//! ```

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use roamkey_hybrid::Hint;
use roamkey_session::Tunnels;
use roamkey_webauthn::{
    CreationOptions, KnownPasskey, MAX_JSON_BYTES, Origin, Registration, RelatedOrigins, RequestOptions,
    SignIn, SignatureCheck,
};
use serde_json::Value;

use crate::{Pending, RequestFailure, Requester};

/// A request of a site that a program handed over.
///
/// # Privacy
///
/// Names a site, and maybe an account. `Debug` shows neither.
pub struct Errand {
    origin: Origin,
    rp_id: String,
    wish: Wish,
}

enum Wish {
    Create(Box<CreationOptions>),
    SignIn(Box<RequestOptions>, Vec<KnownPasskey>),
}

impl Errand {
    /// Reads a request for a new passkey: the origin of the site's page and `PublicKeyCredentialCreationOptionsJSON`.
    ///
    /// # Errors
    ///
    /// [`RequestFailure::Origin`], [`RequestFailure::Options`], [`RequestFailure::RpId`].
    pub fn create(origin: &str, options: &str) -> Result<Self, RequestFailure> {
        let origin = Origin::parse(origin)?;
        let options = CreationOptions::from_json(options)?;
        Ok(Self {
            rp_id: rp_id(&origin, options.rp.id.as_deref())?,
            origin,
            wish: Wish::Create(Box::new(options)),
        })
    }

    /// Reads a request for a sign-in: the origin and `PublicKeyCredentialRequestOptionsJSON`. `registered` are
    /// `RegistrationResponseJSON`s, whose passkeys' signatures will be verified.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn sign_in(origin: &str, options: &str, registered: &[String]) -> Result<Self, RequestFailure> {
        let origin = Origin::parse(origin)?;
        let options = RequestOptions::from_json(options)?;
        let known: Result<_, _> = registered
            .iter()
            .map(|text| KnownPasskey::from_registration_json(text))
            .collect();
        Ok(Self {
            rp_id: rp_id(&origin, options.rp_id.as_deref())?,
            origin,
            wish: Wish::SignIn(Box::new(options), known?),
        })
    }

    /// What the phone is asked for.
    #[must_use]
    pub fn hint(&self) -> Hint {
        match self.wish {
            Wish::Create(_) => Hint::MakeCredential,
            Wish::SignIn(..) => Hint::GetAssertion,
        }
    }

    /// The site.
    #[must_use]
    pub fn rp_id(&self) -> &str {
        &self.rp_id
    }

    /// The account that a new passkey is for, as the site calls it.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match &self.wish {
            Wish::Create(options) => Some(&options.user.name),
            Wish::SignIn(..) => None,
        }
    }

    /// Shows a code for it. May be called again, for a new code.
    ///
    /// # Errors
    ///
    /// As [`Requester::create`].
    pub async fn ask<S, T>(&self, requester: &Requester<S, T>) -> Result<Pending<Answer>, RequestFailure>
    where
        S: roamkey_session::Scanner,
        S::Scanning: 'static,
        T: Tunnels + Clone + 'static,
    {
        match &self.wish {
            Wish::Create(options) => requester.create_any(&self.origin, (**options).clone()).await,
            Wish::SignIn(options, known) => {
                requester
                    .sign_in_any(&self.origin, (**options).clone(), known.clone())
                    .await
            }
        }
    }
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Errand(..)")
    }
}

/// What came of it.
#[derive(Debug)]
pub enum Answer {
    /// A new passkey.
    Created(Box<Registration>),
    /// A signature.
    SignedIn(Box<SignIn>),
}

impl Answer {
    /// `RegistrationResponseJSON` or `AuthenticationResponseJSON`, for the site's server.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Created(registration) => registration.to_json(),
            Self::SignedIn(sign_in) => sign_in.to_json(),
        }
    }

    /// What is known of the signature in it.
    #[must_use]
    pub fn signature(&self) -> SignatureCheck {
        match self {
            Self::Created(registration) => registration.signature,
            Self::SignedIn(sign_in) => sign_in.check,
        }
    }
}

/// A file's text, or standard input's if it is called `-`.
///
/// # Errors
///
/// [`RequestFailure::Unreadable`]. What is too long is cut off one byte beyond what the parsers take, and refused there.
pub fn read_options(file: &Path) -> Result<String, RequestFailure> {
    let limit = u64::try_from(MAX_JSON_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut text = String::new();
    let read = if file == Path::new("-") {
        io::stdin().lock().take(limit).read_to_string(&mut text)
    } else {
        File::open(file).and_then(|file| file.take(limit).read_to_string(&mut text))
    };
    read.map_err(RequestFailure::Unreadable)?;
    Ok(text)
}

/// The RP ID. One that only a list of related origins could allow is named here and checked when the phone is asked.
fn rp_id(origin: &Origin, named: Option<&str>) -> Result<String, RequestFailure> {
    match (origin.rp_id(named), named) {
        (Ok(rp_id), _) => Ok(rp_id),
        (Err(_), Some(named)) if RelatedOrigins::wanted(origin, Some(named)).is_some() => {
            Ok(named.to_owned())
        }
        (Err(error), _) => Err(RequestFailure::RpId(error)),
    }
}
