//! A request that waits for the person.

use std::fmt;

use rand_core::CryptoRng;
use roamkey_ctap::StatusCode;

use crate::consent::Ceremony;
use crate::rejection::Rejection;
use crate::{Answer, CredentialStore, Refusal, UnixTime, UserConsent};
use crate::{get_assertion, make_credential, selection};

/// A request that waits for the person. Dropping it is a refusal: nothing is created or signed.
#[must_use = "the other end waits for an answer"]
pub struct Pending {
    ceremony: Ceremony,
    request: Request,
    timed_out: StatusCode,
}

/// What is left to do after consent.
pub(crate) enum Request {
    MakeCredential(Box<make_credential::Checked>),
    GetAssertion(Box<get_assertion::Checked>),
    Selection,
}

impl Pending {
    /// `timed_out` is the status for a prompt that ran out of time.
    pub(crate) fn new(ceremony: Ceremony, request: Request, timed_out: StatusCode) -> Self {
        Self {
            ceremony,
            request,
            timed_out,
        }
    }

    /// Does what the person approved. A consent that was given to another prompt counts as none.
    pub fn finish(
        self,
        consent: UserConsent,
        store: &dyn CredentialStore,
        rng: &mut dyn CryptoRng,
        now: UnixTime,
    ) -> Answer {
        if !consent.is_for(&self.ceremony) {
            return Answer::rejected(Rejection::ForeignConsent);
        }
        let answer = match self.request {
            Request::MakeCredential(checked) => make_credential::finish(*checked, &consent, store, rng, now),
            Request::GetAssertion(checked) => get_assertion::finish(*checked, &consent, store, rng, now),
            Request::Selection => Ok(selection::finish()),
        };
        answer.unwrap_or_else(Answer::rejected)
    }

    /// Answers that the person did not approve.
    #[must_use]
    pub fn refuse(self, refusal: Refusal) -> Answer {
        Answer::rejected(Rejection::Refused {
            refusal,
            timed_out: self.timed_out,
        })
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pending(..)")
    }
}
