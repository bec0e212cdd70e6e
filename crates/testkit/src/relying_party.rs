//! A mini relying party: what a website's server does with passkeys (WebAuthn Level 3 §7), in memory.
//!
//! ```text
//! RegistrationRequest ──► registration_options ──► PublicKeyCredentialCreationOptionsJSON ──► browser
//! browser ──► RegistrationResponseJSON ──► register ──► Registered
//! AuthenticationRequest ──► authentication_options ──► PublicKeyCredentialRequestOptionsJSON ──► browser
//! browser ──► AuthenticationResponseJSON ──► authenticate ──► SignedIn
//! ```
//!
//! Every judgement is the one of `webauthn_rp`, a server library that shares no code and no cryptography crate
//! version with Roamkey: client data, origin, RP ID hash, flags (UV is always required), signature, allow list, user
//! handle, sign counter, attestation (none and packed self), algorithms asked for, unsolicited extensions. What is
//! added here is the storage, and the one rule that a PRF output never reaches the server.
//!
//! [`site`] puts a real browser in front of it; [`client_platform`] stands for the browser where there is none.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    RegistrationServerState, RegistrationVerificationOptions, UserHandle16,
};
use webauthn_rp::request::{
    AsciiDomain, DomainOrigin, FixedCapHashSet, InsertResult, PublicKeyCredentialDescriptor, RpId,
};
use webauthn_rp::{
    DiscoverableAuthentication16, DiscoverableAuthenticationServerState, NonDiscoverableAuthentication16,
    NonDiscoverableAuthenticationServerState, Registration,
};

use self::passkey::Passkey;

pub use self::error::RelyingPartyError;
pub use self::options::{Algorithm, AuthenticationRequest, PrfInput, RegistrationRequest};
pub use self::verdict::{Registered, SignedIn};

pub mod client_platform;
mod error;
mod options;
mod passkey;
pub mod site;
mod verdict;

/// A relying party with its accounts and passkeys.
#[derive(Debug)]
pub struct RelyingParty {
    id: RpId,
    origin: String,
    accounts: Vec<Account>,
    passkeys: Vec<Passkey>,
    registrations: FixedCapHashSet<RegistrationServerState<16>>,
    discoverable: FixedCapHashSet<DiscoverableAuthenticationServerState>,
    allow_listed: FixedCapHashSet<NonDiscoverableAuthenticationServerState>,
}

#[derive(Debug)]
struct Account {
    name: String,
    handle: UserHandle16,
}

impl RelyingParty {
    /// A relying party of this RP ID (`example.com`) behind this origin (`https://www.example.com:8443`).
    ///
    /// # Errors
    ///
    /// [`RelyingPartyError::RpId`] when the RP ID is not a domain.
    pub fn new(rp_id: &str, origin: &str) -> Result<Self, RelyingPartyError> {
        let domain =
            AsciiDomain::try_from(rp_id.to_owned()).map_err(|e| RelyingPartyError::RpId(e.into()))?;
        Ok(Self {
            id: RpId::Domain(domain),
            origin: origin.to_owned(),
            accounts: Vec::new(),
            passkeys: Vec::new(),
            registrations: FixedCapHashSet::new(CEREMONIES),
            discoverable: FixedCapHashSet::new(CEREMONIES),
            allow_listed: FixedCapHashSet::new(CEREMONIES),
        })
    }

    /// The RP ID.
    pub fn rp_id(&self) -> &str {
        self.id.as_ref()
    }

    /// The origin of its pages.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The credential IDs (base64url) of an account, oldest first.
    pub fn passkeys_of(&self, account: &str) -> Vec<String> {
        self.passkeys
            .iter()
            .filter(|p| p.account == account)
            .map(|p| URL_SAFE_NO_PAD.encode(&p.id))
            .collect()
    }

    /// Starts a registration: returns `PublicKeyCredentialCreationOptionsJSON` (WebAuthn L3 §5.1.9) with a fresh
    /// challenge. The account is created if it is new.
    ///
    /// # Errors
    ///
    /// [`RelyingPartyError::Request`] when the account name can't be one, [`RelyingPartyError::TooManyCeremonies`].
    pub fn registration_options(
        &mut self,
        request: &RegistrationRequest,
    ) -> Result<Value, RelyingPartyError> {
        let exclude = if request.exclude {
            self.descriptors(&request.account)?
        } else {
            Vec::new()
        };
        if !self.accounts.iter().any(|a| a.name == request.account) {
            self.accounts.push(Account {
                name: request.account.clone(),
                handle: UserHandle16::new(),
            });
        }
        let account = self.account(&request.account)?;
        let (state, options) = options::creation(&self.id, &account.name, &account.handle, exclude, request)?;
        remember(self.registrations.insert_or_replace_all_expired(state))?;
        Ok(options)
    }

    /// Ends a registration: judges a `RegistrationResponseJSON` (WebAuthn L3 §7.1) and keeps the new passkey.
    ///
    /// # Errors
    ///
    /// What the server library found wrong, or that the challenge is unknown or was used, or that the credential is
    /// registered already.
    pub fn register(&mut self, response: &Value) -> Result<Registered, RelyingPartyError> {
        let (json, prf_enabled) = without_prf(response)?;
        let registration = Registration::from_json_relaxed(&json).map_err(RelyingPartyError::Malformed)?;
        let challenge = registration
            .challenge_relaxed()
            .map_err(RelyingPartyError::Malformed)?;
        let state = self
            .registrations
            .take(&challenge)
            .ok_or(RelyingPartyError::NoSuchCeremony)?;
        let origins = [self.allowed_origin()?];
        let options = RegistrationVerificationOptions::<'_, '_, DomainOrigin<'_, '_>, DomainOrigin<'_, '_>> {
            allowed_origins: &origins,
            require_authenticator_attachment: true,
            ..RegistrationVerificationOptions::default()
        };
        let credential = state
            .verify(&self.id, &registration, &options)
            .map_err(RelyingPartyError::Registration)?;
        let handle = *credential.user_id();
        let account = self
            .accounts
            .iter()
            .find(|a| a.handle == handle)
            .ok_or(RelyingPartyError::UnknownAccount)?;
        let (passkey, registered) = Passkey::new(&account.name, &credential, prf_enabled)?;
        if self.passkeys.iter().any(|known| known.id == passkey.id) {
            return Err(RelyingPartyError::AlreadyRegistered);
        }
        self.passkeys.push(passkey);
        Ok(registered)
    }

    /// Starts a sign-in: returns `PublicKeyCredentialRequestOptionsJSON` (WebAuthn L3 §5.1.10). With an account in the
    /// request, its passkeys are the allow list; without one, the sign-in is discoverable.
    ///
    /// # Errors
    ///
    /// [`RelyingPartyError::UnknownAccount`] for an account without a passkey,
    /// [`RelyingPartyError::TooManyCeremonies`].
    pub fn authentication_options(
        &mut self,
        request: &AuthenticationRequest,
    ) -> Result<Value, RelyingPartyError> {
        let Some(account) = &request.account else {
            let (state, options) = options::discoverable(&self.id, request)?;
            remember(self.discoverable.insert_or_replace_all_expired(state))?;
            return Ok(options);
        };
        let allow = self.descriptors(account)?;
        if allow.is_empty() {
            return Err(RelyingPartyError::UnknownAccount);
        }
        let (state, options) = options::allow_listed(&self.id, allow, request)?;
        remember(self.allow_listed.insert_or_replace_all_expired(state))?;
        Ok(options)
    }

    /// Ends a sign-in: judges an `AuthenticationResponseJSON` (WebAuthn L3 §7.2).
    ///
    /// # Errors
    ///
    /// What the server library found wrong, or that the challenge is unknown or was used, or that nobody has this
    /// credential.
    pub fn authenticate(&mut self, response: &Value) -> Result<SignedIn, RelyingPartyError> {
        let (json, _) = without_prf(response)?;
        let assertion = NonDiscoverableAuthentication16::from_json_relaxed(&json)
            .map_err(RelyingPartyError::Malformed)?;
        let challenge = assertion
            .challenge_relaxed()
            .map_err(RelyingPartyError::Malformed)?;
        let listed = self.allow_listed.take(&challenge);
        let open = self.discoverable.take(&challenge);

        let origins = [self.allowed_origin()?];
        let options = AuthenticationVerificationOptions::<'_, '_, DomainOrigin<'_, '_>, DomainOrigin<'_, '_>> {
            allowed_origins: &origins,
            ..AuthenticationVerificationOptions::default()
        };
        let raw_id = assertion.raw_id();
        let index = self.passkeys.iter().position(|p| p.id == raw_id.as_ref());
        let index = index.ok_or(RelyingPartyError::UnknownCredential)?;
        let passkey = self
            .passkeys
            .get(index)
            .ok_or(RelyingPartyError::UnknownCredential)?;
        let mut credential = passkey.authenticated(raw_id)?;
        let discoverable = open.is_some();
        match (listed, open) {
            (Some(state), _) => state.verify(&self.id, &assertion, &mut credential, &options),
            // The library takes a missing user handle here for a bug of its own, and panics.
            (None, Some(_)) if assertion.response().user_handle().is_none() => {
                return Err(RelyingPartyError::UserHandleMissing);
            }
            (None, Some(state)) => {
                let assertion = DiscoverableAuthentication16::from_json_relaxed(&json)
                    .map_err(RelyingPartyError::Malformed)?;
                state.verify(&self.id, &assertion, &mut credential, &options)
            }
            (None, None) => return Err(RelyingPartyError::NoSuchCeremony),
        }
        .map_err(RelyingPartyError::Authentication)?;
        let changing = credential.dynamic_state();
        let user_handle = assertion.response().user_handle().is_some();
        let signed_in = passkey.signed_in(changing, discoverable, user_handle);
        if let Some(passkey) = self.passkeys.get_mut(index) {
            passkey.changing = changing;
        }
        Ok(signed_in)
    }

    fn account(&self, name: &str) -> Result<&Account, RelyingPartyError> {
        self.accounts
            .iter()
            .find(|a| a.name == name)
            .ok_or(RelyingPartyError::UnknownAccount)
    }

    fn allowed_origin(&self) -> Result<DomainOrigin<'_, '_>, RelyingPartyError> {
        DomainOrigin::try_from(self.origin.as_str()).map_err(|e| RelyingPartyError::RpId(e.into()))
    }

    fn descriptors(
        &self,
        account: &str,
    ) -> Result<Vec<PublicKeyCredentialDescriptor<Vec<u8>>>, RelyingPartyError> {
        let passkeys = self.passkeys.iter().filter(|p| p.account == account);
        passkeys.map(Passkey::descriptor).collect()
    }
}

/// The response as bytes for the server library, without `clientExtensionResults.prf`, and what that said of
/// `enabled`. The library knows PRF only as `hmac-secret` inside the authenticator data; over hybrid transport
/// client platforms carry it outside, unsigned, so there is nothing in it that a server could verify.
fn without_prf(response: &Value) -> Result<(Vec<u8>, Option<bool>), RelyingPartyError> {
    let mut response = response.clone();
    let results = response
        .get_mut("clientExtensionResults")
        .and_then(Value::as_object_mut);
    let prf = results.and_then(|results| results.remove("prf"));
    if prf.as_ref().and_then(|prf| prf.get("results")).is_some() {
        return Err(RelyingPartyError::PrfOutputReachedServer);
    }
    let enabled = prf
        .as_ref()
        .and_then(|prf| prf.get("enabled"))
        .and_then(Value::as_bool);
    let bytes = serde_json::to_vec(&response).map_err(RelyingPartyError::Malformed)?;
    Ok((bytes, enabled))
}

fn remember(inserted: InsertResult) -> Result<(), RelyingPartyError> {
    match inserted {
        InsertResult::Success => Ok(()),
        InsertResult::CapacityFull | InsertResult::Duplicate => Err(RelyingPartyError::TooManyCeremonies),
    }
}

/// Ceremonies under way at once, of each kind. A test that leaves more behind is wrong.
const CEREMONIES: usize = 256;

#[cfg(test)]
mod tests;
