//! What the person does on the page about safety and in its wizards.

use serde::Deserialize;
use ts_rs::TS;

use super::Typed;
use crate::view::{BackupFlags, ExportKind, Schedule};

/// One thing that the person did about safety. What does not belong to the step that is shown does nothing.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "safety", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SafetyAction {
    /// Reads the state of backups anew.
    Read,
    /// Writes backups regularly, or no more.
    Schedule {
        /// How often.
        every: Schedule,
    },
    /// Opens a wizard at its first step. One that is at work is left as it is.
    Open {
        /// Which.
        wizard: WizardKind,
    },
    /// Closes the wizard. Work under way is stopped cleanly first: a wizard that takes passkeys in then shows what came
    /// of it, any other is gone with what it had begun.
    Leave,

    /// Set up: draws new words.
    DrawWords,
    /// Set up: takes words that there are already, from another device for instance.
    UseWords {
        /// The 24 words, or enough shares of them, one a line.
        words: Typed,
    },
    /// Set up: the words are on paper; asks three of them back.
    WordsWritten,
    /// Set up: shows the words again, before they are confirmed.
    ShowWords,
    /// Set up: the three words that were asked back, in the order of their places.
    ConfirmWords {
        /// The words.
        words: Vec<Typed>,
    },
    /// Set up: asks where the sheet goes, and writes it.
    SaveSheet,
    /// Set up: opens the sheet for printing.
    OpenSheet,

    /// Back up: asks for another folder.
    ChooseFolder,
    /// Back up: writes the backup.
    BackUp,

    /// Import: chooses the backup flags of passkeys whose file has none.
    ChooseBackupFlags {
        /// Which.
        flags: BackupFlags,
    },
    /// Drill, restore, import: asks for the file.
    ChooseFile,
    /// Drill, restore: takes the file that is suggested.
    UseSuggested,
    /// Drill, restore, import: what opens the file.
    Unlock {
        /// Words, shares, passphrase or password, whichever the step asks for.
        secret: Typed,
    },
    /// Restore, import: does what the plan says.
    Apply,

    /// Export: chooses how.
    ChooseExport {
        /// How.
        kind: ExportKind,
    },
    /// Export: wants it all the same, after the warning.
    AcceptWarning,
    /// Export: the PIN.
    TypePin {
        /// The PIN.
        pin: Typed,
    },

    /// Copy: asks where it goes, and writes it.
    WriteCopy {
        /// The passphrase.
        passphrase: Typed,
    },

    /// Split: makes the shares.
    SplitWords {
        /// The 24 words.
        words: Typed,
        /// How many shares make the words.
        needed: u8,
        /// How many shares there are.
        shares: u8,
    },
}

/// A wizard to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WizardKind {
    /// Setting up recovery. Where it is set up already, this gives up the words of before.
    SetUp,
    /// Writing a backup now.
    BackUp,
    /// Trying a backup out.
    Drill,
    /// Taking passkeys in from a backup.
    Restore,
    /// Taking passkeys in from another program.
    Import,
    /// Writing passkeys for another program.
    Export,
    /// Writing a copy that a passphrase opens.
    Copy,
    /// Splitting the words into shares.
    Split,
}
