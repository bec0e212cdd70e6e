//! What the person does in the window.

use std::fmt;

use roamkey_device::vault::{Pin, PinFormatError};
use serde::{Deserialize, Deserializer};
use ts_rs::TS;
use zeroize::Zeroizing;

use crate::view::{Place, Trial};

mod opening;
mod pages;
mod safety;

pub use opening::OpeningAction;
pub use pages::{ActivityAction, HelpAction, SettingsAction};
pub use safety::{SafetyAction, WizardKind};

/// One thing that the person did. Each is complete in itself: the window asks, the controller decides.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "do", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Action {
    /// Opens a page.
    Go {
        /// Which.
        place: Place,
    },
    /// Gives a code as text.
    ReadText {
        /// The text.
        text: Typed,
    },
    /// Looks for a code in the clipboard.
    ReadClipboard,
    /// Looks for a code on the screen.
    ReadScreen {
        /// On how much of it.
        part: ScreenPart,
    },
    /// Uses the code that was found.
    GoAhead,
    /// Chooses the first PIN.
    ChoosePin {
        /// The PIN.
        pin: Typed,
    },
    /// Says yes to a question.
    Approve {
        /// Which.
        question: u32,
        /// With which of its accounts.
        account: usize,
    },
    /// Types the PIN for a question.
    TypePin {
        /// Which.
        question: u32,
        /// The PIN.
        pin: Typed,
    },
    /// Refuses a question, ends a transaction, or clears away how the last one ended.
    Cancel,
    /// Shows a code for a phone.
    TryPhone {
        /// What the phone is asked for.
        trial: Trial,
    },
    /// Shows a new code for what the phone was asked last.
    RetryPhone,
    /// Ends what is under way with a phone.
    LeavePhone,
    /// Reads the list of passkeys anew.
    ReadPasskeys,
    /// Calls a passkey by another name; by none if the label is empty.
    Label {
        /// Which.
        id: String,
        /// The name.
        label: String,
    },
    /// Puts a passkey into the trash.
    Remove {
        /// Which.
        id: String,
    },
    /// Brings a passkey back from the trash.
    Restore {
        /// Which.
        id: String,
    },
    /// Has read that the list of passkeys was built anew.
    DropRebuilt,
    /// Clears the notice away.
    DropNotice,
    /// Looks at Bluetooth again.
    LookAtBluetooth,
    /// Is through with the first start.
    EndWelcome,
    /// Does something about safety.
    Safety(SafetyAction),
    /// Does something about the activity log.
    Activity(ActivityAction),
    /// Does something about settings.
    Settings(SettingsAction),
    /// Does something with a tip.
    Help(HelpAction),
}

/// How much of the screen is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScreenPart {
    /// All of it.
    Whole,
    /// A region or a window that the person chooses.
    Chosen,
}

/// Text that may be a secret: wiped when dropped, and never shown by `Debug`.
#[derive(TS)]
#[ts(as = "String")]
pub struct Typed(Zeroizing<String>);

impl Typed {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, to be kept where it is wiped too.
    #[must_use]
    pub fn into_text(self) -> Zeroizing<String> {
        self.0
    }

    /// The text as a PIN.
    ///
    /// # Errors
    ///
    /// It is too short or too long to be one.
    pub fn into_pin(self) -> Result<Pin, PinFormatError> {
        Pin::new(self.0)
    }
}

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Zeroizing::new).map(Self)
    }
}

impl From<&str> for Typed {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl AsRef<str> for Typed {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed")
    }
}
