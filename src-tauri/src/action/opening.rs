//! What the person does before the app is open.

use serde::Deserialize;
use ts_rs::TS;

use super::Typed;

/// One thing that the person did. What does not belong to the step that is shown does nothing.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "do", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum OpeningAction {
    /// Looks at everything once more.
    TryAgain,
    /// Opens the file of passkeys.
    Unlock {
        /// With this.
        passphrase: Typed,
    },
    /// Keeps passkeys in a file, for want of a keyring.
    MakeFile {
        /// Under this.
        passphrase: Typed,
    },
    /// Opens the app without a keyring.
    GoOn,
    /// Ends the app.
    Quit,
}
