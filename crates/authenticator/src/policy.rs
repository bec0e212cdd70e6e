//! What the rules of a managed device say about one passkey.
//!
//! The store knows the rules and the time; this crate only carries the verdict to the prompt and sees to it that
//! nobody signs with a passkey that is blocked ([`ConsentPrompt::approve`](crate::ConsentPrompt::approve)).

/// The verdict on one passkey at the moment when it was looked up.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PolicyVerdict {
    /// It may be used.
    #[default]
    Allowed,
    /// It may be used, and soon it may not.
    Warned {
        /// Whole days until it is blocked if nothing changes; 0 means that today is the last one.
        days_left: u32,
        /// The limit that it comes close to.
        limit: PolicyLimit,
    },
    /// It may not be used. It is still here, and its owner can see it.
    Blocked {
        /// The limit that it is beyond.
        why: PolicyLimit,
    },
}

/// A limit that a policy sets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PolicyLimit {
    /// Days since the passkey was created.
    Age {
        /// As many are allowed.
        maximum_days: u32,
    },
    /// Days since the passkey last signed, or since it was created if it never did.
    Disuse {
        /// As many are allowed.
        maximum_days: u32,
    },
}

impl PolicyVerdict {
    /// Tells whether the passkey may not be used.
    #[must_use]
    pub fn is_blocked(self) -> bool {
        matches!(self, Self::Blocked { .. })
    }
}
