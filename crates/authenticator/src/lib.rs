//! The authenticator itself: what a command may do, who is asked, what is signed (CTAP 2.3 §6).
//!
//! No sockets, no files, no clock, no global randomness: bytes, time and randomness come in as arguments, passkeys
//! through [`CredentialStore`], the person's answer as a value.
//!
//! ```text
//! Command ─ begin ─▶ Pending + ConsentPrompt ─ approve ─▶ UserConsent ─ finish ─▶ Answer
//!                └─▶ Answer (getInfo, malformed, unsupported)
//! ```
//!
//! A [`UserConsent`] comes only from approving one [`ConsentPrompt`], fits only the [`Pending`] that was made with
//! it, and is used up by it: there is no signature without a fresh answer. What passkeys are here is told only after
//! that answer; until then every request looks the same from outside.
//!
//! ```
//! use roamkey_authenticator::{Authenticator, Begun, UserVerificationState};
//! use roamkey_ctap::Command;
//! # use roamkey_authenticator::{Credential, CredentialStore, CredentialSummary, LargeBlob, StoreError, UnixTime};
//! # use roamkey_ctap::{CredentialId, RpId};
//! # struct Empty;
//! # impl CredentialStore for Empty {
//! #     fn find(&self, _: &RpId) -> Result<Vec<CredentialSummary>, StoreError> { Ok(Vec::new()) }
//! #     fn load(&self, _: &CredentialId) -> Result<Credential, StoreError> { Err(StoreError::NotFound) }
//! #     fn create(&self, _: &Credential, _: &[CredentialId], _: UnixTime) -> Result<(), StoreError> { Ok(()) }
//! #     fn used(&self, _: &CredentialId, _: UnixTime) -> Result<(), StoreError> { Ok(()) }
//! #     fn large_blob(&self, _: &CredentialId) -> Result<Option<LargeBlob>, StoreError> { Ok(None) }
//! #     fn set_large_blob(&self, _: &CredentialId, _: Option<&LargeBlob>) -> Result<(), StoreError> { Ok(()) }
//! # }
//! # let store = Empty;
//!
//! let mut authenticator = Authenticator::new(UserVerificationState::Configured);
//! let command = Command::decode(&[0x04])?;
//! match authenticator.begin(command, &store, UnixTime(1_700_000_000)) {
//!     Begun::Reply(answer) => assert_eq!(answer.bytes()[0], 0x00),
//!     Begun::Ask(pending, prompt) => drop((pending, prompt)),
//! }
//! # Ok::<(), roamkey_ctap::DecodeError>(())
//! ```

#![forbid(unsafe_code)]

mod answer;
mod authenticator;
mod consent;
mod credential;
mod get_assertion;
mod get_info;
mod hmac_secret;
mod key;
mod make_credential;
mod pending;
mod pin_protocol;
mod policy;
mod prf;
mod rejection;
mod request;
mod rsa;
mod selection;
mod store;

pub use answer::{Answer, Outcome};
pub use authenticator::{Authenticator, Begun, UserVerificationState};
pub use consent::{
    Account, AccountChoice, ApprovalError, ConsentPrompt, Operation, Refusal, UserConsent, UserVerification,
    UserVerified, VerificationMethod,
};
pub use credential::{Credential, CredentialSummary, UnixTime};
pub use get_info::AAGUID;
pub use key::{KeyError, PrivateKey};
pub use pending::Pending;
pub use policy::{PolicyLimit, PolicyVerdict};
pub use prf::{PrfSeed, PrfSeeds};
pub use roamkey_ctap::LargeBlob;
pub use rsa::RsaPrivateKey;
pub use store::{BoxError, CredentialStore, StoreError};
