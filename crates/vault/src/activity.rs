//! What happened on this device, as its owner reads it: every use, refusal and change.
//!
//! The entries are in a file of their own, sealed and chained (see `activity/log.rs`). They hold no keys. They leave
//! the device only if its owner exports them.

use std::fmt;
use std::path::PathBuf;

use roamkey_authenticator::UnixTime;

use crate::RecordId;

pub(crate) mod entry;
mod error;
mod frame;
mod head;
pub(crate) mod log;
pub(crate) mod statistics;
#[cfg(test)]
mod tests;

pub use error::ActivityError;
pub(crate) use frame::LogKey;
pub(crate) use head::{HEAD_USER, Head};
pub use statistics::{Counts, Month, MonthStatistics, SiteStatistics, Statistics};

/// Defines an enum of plain names, so that names and list can't drift apart.
macro_rules! named {
    ($(#[$of:meta])+ $type:ident { $($(#[$doc:meta])+ $variant:ident = $name:literal,)+ }) => {
        $(#[$of])+
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum $type { $($(#[$doc])+ $variant,)+ }

        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name, in snake case. It never changes.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

named! {
    /// Why a request ended without a signature.
    RefusedBecause {
        /// The person said no.
        Denied = "denied",
        /// The person could not be verified.
        VerificationFailed = "verification_failed",
        /// The person did not answer in time.
        TimedOut = "timed_out",
        /// The other end took the request back.
        Withdrawn = "withdrawn",
        /// No passkey here fits.
        NoPasskey = "no_passkey",
        /// A passkey of the site's exclude list is here.
        AlreadyRegistered = "already_registered",
        /// A policy blocks the passkey.
        Policy = "policy",
        /// The site asked for something that this authenticator can't do.
        NotSupported = "not_supported",
        /// Keyring or index failed.
        VaultFailed = "vault_failed",
        /// A reason that a newer version of this program knows.
        Other = "other",
    }
}

/// What happened. Its name, [`as_str`](Self::as_str), never changes.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A passkey was created.
    Created,
    /// A passkey signed.
    SignedIn,
    /// A request ended without a signature.
    Refused(RefusedBecause),
    /// A passkey's label was set or removed.
    Labelled,
    /// A passkey was put into the trash.
    Removed,
    /// A passkey was taken back from the trash.
    RestoredRemoved,
    /// A passkey's key was destroyed.
    Destroyed,
    /// A PIN was set where there was none.
    PinSet,
    /// The PIN was changed by somebody who knew it.
    PinChanged,
    /// The PIN was removed without the PIN.
    PinReset,
    /// A passkey was used that a policy will block soon.
    PolicyWarned,
    /// A passkey was not used because a policy blocks it.
    PolicyBlocked,
    /// Passkeys came in from another program.
    Imported,
    /// Passkeys were written to a file for another program.
    Exported,
    /// A backup was written.
    BackedUp,
    /// A backup was tried out without restoring anything.
    Drilled,
    /// Passkeys came back from a backup.
    RestoredFromBackup,
    /// This device showed a code, and a phone signed in for it.
    UsedPhone,
    /// The list of passkeys was lost or damaged, and was built anew from the keyring, which held `count`.
    ListRebuilt,
    /// Something that a newer version of this program knows.
    Other,
}

impl Event {
    /// All events; of refusals, the one that was denied.
    pub const ALL: &'static [Self] = &[
        Self::Created,
        Self::SignedIn,
        Self::Refused(RefusedBecause::Denied),
        Self::Labelled,
        Self::Removed,
        Self::RestoredRemoved,
        Self::Destroyed,
        Self::PinSet,
        Self::PinChanged,
        Self::PinReset,
        Self::PolicyWarned,
        Self::PolicyBlocked,
        Self::Imported,
        Self::Exported,
        Self::BackedUp,
        Self::Drilled,
        Self::RestoredFromBackup,
        Self::UsedPhone,
        Self::ListRebuilt,
        Self::Other,
    ];

    /// The name, in snake case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::SignedIn => "signed_in",
            Self::Refused(_) => "refused",
            Self::Labelled => "labelled",
            Self::Removed => "removed",
            Self::RestoredRemoved => "restored_removed",
            Self::Destroyed => "destroyed",
            Self::PinSet => "pin_set",
            Self::PinChanged => "pin_changed",
            Self::PinReset => "pin_reset",
            Self::PolicyWarned => "policy_warned",
            Self::PolicyBlocked => "policy_blocked",
            Self::Imported => "imported",
            Self::Exported => "exported",
            Self::BackedUp => "backed_up",
            Self::Drilled => "drilled",
            Self::RestoredFromBackup => "restored_from_backup",
            Self::UsedPhone => "used_phone",
            Self::ListRebuilt => "list_rebuilt",
            Self::Other => "other",
        }
    }

    /// Why a request was refused; `None` for all other events.
    #[must_use]
    pub fn refused_because(self) -> Option<RefusedBecause> {
        match self {
            Self::Refused(because) => Some(because),
            Self::Created
            | Self::SignedIn
            | Self::Labelled
            | Self::Removed
            | Self::RestoredRemoved
            | Self::Destroyed
            | Self::PinSet
            | Self::PinChanged
            | Self::PinReset
            | Self::PolicyWarned
            | Self::PolicyBlocked
            | Self::Imported
            | Self::Exported
            | Self::BackedUp
            | Self::Drilled
            | Self::RestoredFromBackup
            | Self::UsedPhone
            | Self::ListRebuilt
            | Self::Other => None,
        }
    }
}

/// One thing that happened: `Activity { rp_id: …, ..Activity::of(Event::SignedIn) }`.
///
/// # Privacy
///
/// Names a site and an account there: for the person's eyes, never to be logged. `Debug` prints the event only.
#[derive(Clone, Eq, PartialEq)]
pub struct Activity {
    /// What.
    pub event: Event,
    /// The site.
    pub rp_id: Option<String>,
    /// The account's name at the site. What is longer than 256 bytes is cut.
    pub account: Option<String>,
    /// The passkey.
    pub record: Option<RecordId>,
    /// Whether the person was verified.
    pub user_verified: Option<bool>,
    /// What is known of the other end: the name of a linked client, for instance. Cut at 64 bytes.
    pub peer: Option<String>,
    /// How many passkeys, where it is not one.
    pub count: Option<u64>,
}

impl Activity {
    /// An event of which nothing more is known.
    #[must_use]
    pub fn of(event: Event) -> Self {
        Self {
            event,
            rp_id: None,
            account: None,
            record: None,
            user_verified: None,
            peer: None,
            count: None,
        }
    }
}

impl fmt::Debug for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activity")
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

/// Something that happened, and when.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ActivityEntry {
    /// Counts from 1. It gives the order, whatever clocks said.
    pub sequence: u64,
    /// When, by the clock of that moment.
    pub at: UnixTime,
    /// What.
    pub activity: Activity,
}

/// What a look at the whole log has found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ActivityReport {
    /// Nothing was changed, removed, moved or cut off.
    Intact {
        /// Entries in the log.
        entries: u64,
    },
    /// Something was.
    Broken {
        /// The first entry that is not what was written.
        first_bad: u64,
        /// What is wrong with it.
        what: ActivityDamage,
    },
}

/// What became of a wish for a new log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ActivityRestart {
    /// The log is intact, and goes on.
    NotNeeded,
    /// The next entry is the first of a new log.
    Begun {
        /// Where the broken one is kept; `None` if its file was gone.
        kept: Option<PathBuf>,
    },
}

/// What is wrong with the log at one place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ActivityDamage {
    /// The entry does not open, or is another one than was written.
    Changed,
    /// The entry is not in the log, and later ones are.
    Missing,
    /// The entry is in another place.
    Reordered,
    /// The entry and all after it are gone.
    Truncated,
}

impl ActivityDamage {
    /// The name, in snake case. It never changes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Reordered => "reordered",
            Self::Truncated => "truncated",
        }
    }
}
