//! What stands between a start and the app.

use serde::Serialize;
use ts_rs::TS;

use super::{Code, Language, Theme};

/// What the window shows while the app is not open, and that it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Opening {
    /// What has to be settled first.
    pub step: OpeningStep,
    /// How the window looks and speaks.
    pub look: Look,
}

/// How a window looks and speaks: as the app does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Look {
    /// Light or dark.
    pub theme: Theme,
    /// The language that was chosen.
    pub language: Language,
    /// The language of this session.
    pub system_language: Language,
}

/// What has to be settled before the app opens. Until then nothing can be signed: there is nothing that could.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum OpeningStep {
    /// It is being looked at.
    Looking,
    /// The rules of this device can't be kept, since they can't be told.
    Policy {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: PolicyProblem,
        /// The same for whoever can mend it, in English.
        detail: String,
    },
    /// The passkeys are in a file, which a passphrase opens.
    Passphrase {
        /// The file.
        path: String,
        /// Why it is still shut.
        problem: Option<Code>,
        /// A passphrase is being tried.
        trying: bool,
    },
    /// There is no keyring, and nothing is kept yet: a file could be made in its place.
    NoKeyring {
        /// Where it would be.
        path: String,
        /// Why it was not made.
        problem: Option<Code>,
        /// It is being made.
        making: bool,
    },
    /// The app can't be opened.
    Failed {
        /// Why.
        code: Code,
    },
    /// The app is open.
    Open,
}

/// What is wrong with a policy file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PolicyProblem {
    /// It can't be read, or is no text.
    Unreadable,
    /// Others than the administrator could have written it.
    NotTheAdministrators,
    /// It is not TOML.
    Syntax {
        /// The line, from 1.
        line: u32,
    },
    /// A rule in it is not understood.
    Rule {
        /// Its key, with all above it.
        key: String,
    },
}
