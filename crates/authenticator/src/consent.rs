//! Consent as a value: what the person is asked, and proof of what they answered.
//!
//! ```text
//! ConsentPrompt ─ approve ─▶ UserConsent   ─ Pending::finish ─▶ Answer
//!               └ refuse ──▶ Refusal       ─ Pending::refuse ─▶ Answer
//! ```
//!
//! None of these values can be copied, and a consent fits only the request it was given for.

use std::fmt;
use std::sync::Arc;

use roamkey_ctap::{CredentialId, PublicKeyCredentialUserEntity, RpId};

use crate::{CredentialSummary, PolicyVerdict, UnixTime};

/// A question to the person. It names the relying party ID, which nobody has verified.
///
/// # Privacy
///
/// Meant for the screen of its owner; `Debug` shows none of it.
pub struct ConsentPrompt {
    ceremony: Ceremony,
    operation: Operation,
    rp_id: Option<RpId>,
    user_verification: UserVerification,
}

/// What the other end wants.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Operation {
    /// Create a passkey for this account.
    MakeCredential {
        /// The account, as the relying party calls it.
        user: PublicKeyCredentialUserEntity,
    },
    /// Sign in with one of these accounts. There may be none: the prompt is shown all the same, so that the other
    /// end can't tell.
    GetAssertion {
        /// The accounts to choose from, the last used first.
        accounts: Vec<Account>,
    },
    /// Choose this device; nothing is created or signed.
    Selection,
}

/// An account that a passkey here can sign in with.
#[derive(Clone, Eq, PartialEq)]
pub struct Account {
    pub(crate) id: CredentialId,
    user: PublicKeyCredentialUserEntity,
    last_used: Option<UnixTime>,
    label: Option<String>,
    policy: PolicyVerdict,
}

impl Account {
    /// Returns the passkey's credential ID.
    #[must_use]
    pub fn id(&self) -> &CredentialId {
        &self.id
    }

    /// Returns the account's names and handle.
    #[must_use]
    pub fn user(&self) -> &PublicKeyCredentialUserEntity {
        &self.user
    }

    /// Tells when the passkey last signed.
    #[must_use]
    pub fn last_used(&self) -> Option<UnixTime> {
        self.last_used
    }

    /// Returns what its owner calls the passkey.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Tells what the policy of a managed device says about the passkey.
    #[must_use]
    pub fn policy(&self) -> PolicyVerdict {
        self.policy
    }
}

impl From<CredentialSummary> for Account {
    fn from(summary: CredentialSummary) -> Self {
        Self {
            id: summary.id,
            user: summary.user,
            last_used: summary.last_used,
            label: summary.label,
            policy: summary.policy,
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Account(..)")
    }
}

/// Whether the person must be verified before they can approve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UserVerification {
    /// Approval needs a [`UserVerified`].
    Required,
    /// A click is enough.
    NotRequired,
}

impl ConsentPrompt {
    pub(crate) fn new(
        ceremony: Ceremony,
        operation: Operation,
        rp_id: Option<RpId>,
        user_verification: UserVerification,
    ) -> Self {
        Self {
            ceremony,
            operation,
            rp_id,
            user_verification,
        }
    }

    /// Returns what the other end wants.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Returns the relying party ID; a selection has none.
    #[must_use]
    pub fn rp_id(&self) -> Option<&RpId> {
        self.rp_id.as_ref()
    }

    /// Tells whether the person must be verified.
    #[must_use]
    pub fn user_verification(&self) -> UserVerification {
        self.user_verification
    }

    /// Returns the accounts to choose from; empty for anything but an assertion.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        match &self.operation {
            Operation::GetAssertion { accounts } => accounts,
            Operation::MakeCredential { .. } | Operation::Selection => &[],
        }
    }

    /// Turns the person's yes into consent.
    ///
    /// `choice` picks one of [`accounts`](Self::accounts) and means nothing where there are none. `verified` may be
    /// given where it is not required; the answer says so truthfully.
    ///
    /// # Errors
    ///
    /// [`ApprovalError::NotVerified`] when verification is required and missing, [`ApprovalError::NoSuchAccount`]
    /// when the choice is none of the accounts, [`ApprovalError::Blocked`] when a policy blocks the chosen one. The
    /// prompt is used up all the same, which refuses the request; [`Refusal::from`] says how.
    pub fn approve(
        self,
        choice: AccountChoice,
        verified: Option<UserVerified>,
    ) -> Result<UserConsent, ApprovalError> {
        let accounts = self.accounts();
        let chosen = accounts.get(choice.0);
        if chosen.is_none() && !accounts.is_empty() {
            return Err(ApprovalError::NoSuchAccount);
        }
        if chosen.is_some_and(|account| account.policy.is_blocked()) {
            return Err(ApprovalError::Blocked);
        }
        let account = chosen.map(|account| account.id.clone());
        match (self.user_verification, &verified) {
            (UserVerification::Required, None) => Err(ApprovalError::NotVerified),
            (UserVerification::Required, Some(_)) | (UserVerification::NotRequired, _) => Ok(UserConsent {
                ceremony: self.ceremony,
                account,
                verified,
            }),
        }
    }

    /// Turns the person's no, or the lack of an answer, into a refusal.
    #[must_use]
    pub fn refuse(self, refusal: Refusal) -> Refusal {
        refusal
    }
}

impl fmt::Debug for ConsentPrompt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ConsentPrompt(..)")
    }
}

/// Which of the prompt's accounts the person chose, counted from 0.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AccountChoice(pub usize);

/// Why an approval is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// The prompt demands user verification, and there was none.
    #[error("the user was not verified")]
    NotVerified,
    /// The prompt has no account with this number.
    #[error("there is no such account in the prompt")]
    NoSuchAccount,
    /// A policy blocks the chosen passkey.
    #[error("a policy blocks this passkey")]
    Blocked,
}

/// Proof that the person approved one prompt.
pub struct UserConsent {
    ceremony: Ceremony,
    account: Option<CredentialId>,
    verified: Option<UserVerified>,
}

impl UserConsent {
    /// Tells whether this consent was given for that ceremony.
    pub(crate) fn is_for(&self, ceremony: &Ceremony) -> bool {
        self.ceremony.is(ceremony)
    }

    /// Returns the passkey that the person chose, if there was one to choose.
    #[must_use]
    pub fn account(&self) -> Option<&CredentialId> {
        self.account.as_ref()
    }

    /// Tells whether the person was verified.
    #[must_use]
    pub fn user_verified(&self) -> bool {
        self.verified.is_some()
    }
}

impl fmt::Debug for UserConsent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserConsent(..)")
    }
}

/// Why a request is not approved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The person said no.
    Denied,
    /// The person could not be verified.
    VerificationFailed,
    /// The person did not answer in time.
    TimedOut,
    /// The other end withdrew the request.
    Withdrawn,
    /// A policy blocks the passkey that the person chose.
    Policy,
}

impl From<ApprovalError> for Refusal {
    fn from(error: ApprovalError) -> Self {
        match error {
            ApprovalError::NotVerified => Self::VerificationFailed,
            ApprovalError::NoSuchAccount => Self::Denied,
            ApprovalError::Blocked => Self::Policy,
        }
    }
}

/// How a person was verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum VerificationMethod {
    /// The app's own PIN.
    AppPin,
    /// The operating system's own check.
    OperatingSystem,
}

/// Proof that the person was verified in this ceremony. Not copyable: one verification, one use.
#[derive(Debug)]
pub struct UserVerified {
    method: VerificationMethod,
}

impl UserVerified {
    /// States that the person was verified.
    ///
    /// To be called only right after a real verification, made for the prompt at hand. Every flag UV that leaves this
    /// device rests on this call, so its callers are few: the vault's PIN check, the OS's check, and tests.
    #[must_use]
    pub fn by(method: VerificationMethod) -> Self {
        Self { method }
    }

    /// Tells how.
    #[must_use]
    pub fn method(&self) -> VerificationMethod {
        self.method
    }
}

/// The identity of one request, shared by its `Pending`, its prompt and the consent to it, and by nothing else.
#[derive(Clone, Default)]
pub(crate) struct Ceremony(Arc<Mark>);

/// Takes a byte, so that every ceremony has an address of its own.
#[derive(Default)]
struct Mark(#[expect(dead_code, reason = "only its address counts")] u8);

impl Ceremony {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
