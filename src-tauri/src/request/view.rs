//! What the window of a handed-over request shows.
//!
//! # Privacy
//!
//! Names a site and an account, and the code: whoever reads it and is nearby can answer it. `Debug` shows none of it.

use std::fmt;

use serde::Serialize;
use ts_rs::TS;

use crate::view::{Code, Hinted, Look, PhoneStage, Site};

/// The whole window.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HandedOver {
    /// What the phone is asked for.
    pub operation: Hinted,
    /// For which site, says the program.
    pub site: Site,
    /// The account that a new passkey is for.
    pub account: Option<String>,
    /// How far it is.
    pub step: HandedStep,
    /// How the window looks and speaks.
    pub look: Look,
}

/// How far it is. Done is not among them: then the window is gone.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "at", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum HandedStep {
    /// Bluetooth is being asked.
    Starting,
    /// A code waits for a phone.
    Code {
        /// The QR code as SVG.
        picture: String,
        /// What it says.
        link: String,
        /// How long it is good for.
        seconds: u32,
    },
    /// A phone came.
    Meeting {
        /// How far it is.
        stage: PhoneStage,
    },
    /// It ended other than well. A new code may be shown.
    Failed {
        /// Why.
        code: Code,
    },
}

impl fmt::Debug for HandedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandedOver")
    }
}

impl fmt::Debug for HandedStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandedStep")
    }
}
