//! What the person does on the pages about activity and settings, and with tips.

use serde::Deserialize;
use ts_rs::TS;

use super::Typed;
use crate::view::{ActivityFilter, Language, LogFormat, Theme, Tip, VerificationWay};

/// One thing that the person did about the activity log.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "activity", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ActivityAction {
    /// Reads the log anew.
    Read,
    /// Looks whether the log is what was written.
    Verify,
    /// Asks where an export goes, and writes it.
    Export {
        /// In which form.
        format: LogFormat,
        /// Which entries.
        filter: ActivityFilter,
    },
    /// Clears away how the last export ended.
    DropExport,
}

/// One thing that the person did about settings.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "settings", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SettingsAction {
    /// Reads everything on the page anew.
    Read,
    /// Chooses light or dark.
    SetTheme {
        /// Which.
        theme: Theme,
    },
    /// Chooses the language.
    SetLanguage {
        /// Which.
        language: Language,
    },
    /// Starts with the session, or no more.
    SetAutostart {
        /// Whether.
        on: bool,
    },
    /// Chooses the tunnel service for everything that begins after this.
    SetTunnel {
        /// Its number.
        id: u16,
    },
    /// Checks a tunnel service, chosen or not, step by step.
    CheckTunnel {
        /// Its number.
        id: u16,
    },
    /// Ends the check, or clears it away.
    LeaveTunnelCheck,
    /// Chooses how the person is verified. The operating system's check has to be passed first.
    SetVerification {
        /// The way.
        way: VerificationWay,
    },
    /// Sets the first PIN.
    SetPin {
        /// The PIN.
        pin: Typed,
    },
    /// Changes the PIN.
    ChangePin {
        /// The present one.
        present: Typed,
        /// The new one.
        new: Typed,
    },
    /// Removes the PIN without the PIN: at once after the operating system's check, otherwise after a wait.
    ResetPin,
    /// Verifies the person as a sign-in would, and signs nothing.
    TestVerification,
    /// The PIN, for the test.
    TypeTestPin {
        /// The PIN.
        pin: Typed,
    },
    /// Ends a test, or clears away how the last task with the verification ended.
    LeaveVerification,
    /// Tries everything that a sign-in needs.
    RunDoctor,
}

/// One thing that the person did with a tip.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "help", rename_all = "snake_case")]
pub enum HelpAction {
    /// Has read the tip that was shown.
    DismissTip {
        /// Which.
        tip: Tip,
    },
    /// Wants all tips anew.
    ForgetTips,
}
