//! The wizards of the page about safety, each as its steps. One is open at a time.
//!
//! ```text
//! set up    begin ─▶ words (fetched, shown) ─▶ confirm three ─▶ saving ─▶ done: the sheet
//! back up   ready ─▶ working ─▶ done
//! drill     choose a file ─▶ unlock ─▶ opening ─▶ working ─▶ done
//! restore   choose a file ─▶ unlock ─▶ opening ─▶ plan ─▶ working ─▶ done        (import is the same)
//! export    choose ─▶ [warn ─▶ verify] ─▶ working ─▶ done
//! copy      choose a passphrase ─▶ working ─▶ done
//! split     type the words ─▶ shares (fetched, shown)
//! ```
//!
//! # Privacy
//!
//! Words and shares are in no view: the window fetches them with a command of their own, which answers during that one
//! step only, and forgets them when the step is over.

use std::fmt;

use roamkey_device::exchange::import::Format;
use serde::{Deserialize, Serialize, Serializer};
use ts_rs::TS;
use zeroize::Zeroizing;

use super::{Code, PinProblem, Site, VerificationWay};

/// The wizard that is open.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "wizard", rename_all = "snake_case")]
pub enum Wizard {
    /// None.
    None,
    /// Setting up recovery.
    SetUp(SetUp),
    /// Writing a backup now.
    BackUp(BackUp),
    /// Trying a backup out.
    Drill(Drill),
    /// Taking passkeys in from a backup.
    Restore(TakeIn),
    /// Taking passkeys in from another program.
    Import(TakeIn),
    /// Writing passkeys for another program.
    Export(Export),
    /// Writing a copy that a passphrase opens.
    Copy(CopyUnder),
    /// Splitting the words into shares.
    Split(Split),
}

/// Setting up recovery.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SetUp {
    /// What is going to happen. New words are drawn, or words that there are already are typed.
    Begin {
        /// There are words already: they go on opening the backups made so far, and no later ones.
        anew: bool,
        /// What is wrong with the words that were typed.
        problem: Option<Code>,
    },
    /// The words are to be fetched (`words`), shown, and written down by hand.
    Words {
        /// As above.
        anew: bool,
    },
    /// Three of them are asked back.
    Confirm {
        /// Which, counted from 1, in rising order.
        places: [u8; 3],
        /// The ones that were typed are not these.
        problem: Option<Code>,
    },
    /// The public half goes into the keyring.
    Saving,
    /// Recovery is set up. Next are the sheet and a first backup.
    Done {
        /// The sheet to print. It has room for the words, and does not name them.
        sheet: Sheet,
    },
    /// It is not set up.
    Failed {
        /// Why.
        code: Code,
    },
}

/// The sheet to print.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Sheet {
    /// Not written yet.
    NotWritten {
        /// Why it could not be.
        problem: Option<Code>,
    },
    /// Written.
    Written {
        /// Where: an HTML file.
        path: String,
        /// Why no program opened it.
        problem: Option<Code>,
    },
}

/// How far work is that can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Passkeys done.
    pub done: u32,
    /// Passkeys in all; 0 while that is not known.
    pub total: u32,
    /// The person wants it to stop; it does after the passkey, or the batch, that it is at.
    pub stopping: bool,
}

/// A file of passkeys that was written.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WrittenFile {
    /// Where; a folder for `.passkey` files.
    pub path: String,
    /// Passkeys in it.
    #[ts(type = "number")]
    pub passkeys: u64,
    /// Passkeys that are listed and could not be read: they are not in it.
    pub left_out: u32,
    /// Older backups that were removed.
    pub removed: u32,
}

/// Writing a backup now.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum BackUp {
    /// Where it goes; another folder can be chosen, and is kept for the next ones.
    Ready {
        /// The folder.
        folder: String,
        /// The folder that was chosen can't be used.
        problem: Option<Code>,
    },
    /// Being written.
    Working(Progress),
    /// Written.
    Done(WrittenFile),
    /// Not written; the older ones are all there.
    Failed {
        /// Why.
        code: Code,
    },
}

/// A file to open.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Suggested {
    /// The newest backup in the folder of backups.
    pub path: String,
    /// When it was last written, Unix seconds.
    #[ts(type = "number | null")]
    pub at: Option<u64>,
}

/// What opens a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Wants {
    /// The 24 words, or enough shares of them, one a line.
    Words,
    /// The passphrase of a copy.
    Passphrase,
    /// The password of another program.
    Password,
}

/// Trying a backup out.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Drill {
    /// Which backup.
    ChooseFile {
        /// The one that is nearest.
        suggested: Option<Suggested>,
        /// What is wrong with the file that was chosen.
        problem: Option<Code>,
    },
    /// It wants what opens it.
    Unlock {
        /// The file.
        path: String,
        /// What opens it.
        wants: Wants,
        /// What was wrong with what was typed.
        problem: Option<Code>,
    },
    /// It is being opened.
    Opening,
    /// Every key in it signs.
    Working(Progress),
    /// All of them did.
    Done {
        /// When the backup was made, Unix seconds; none for a file that Roamkey did not make.
        #[ts(type = "number | null")]
        made_at: Option<u64>,
        /// Passkeys in it.
        working: u32,
        /// Of them, those that this device holds: they count as backed up from now on.
        backed_up: u32,
        /// Passkeys of this device that are not in it.
        not_in_it: u32,
    },
    /// It failed: this backup is not to be relied on.
    Failed {
        /// Why.
        code: Code,
    },
}

/// Taking passkeys in, from a backup or from another program.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum TakeIn {
    /// Which file.
    ChooseFile {
        /// The one that is nearest; only for a restore.
        suggested: Option<Suggested>,
        /// Which backup flags passkeys get whose file has none; only for an import.
        backup_flags: Option<BackupFlags>,
        /// What is wrong with the file that was chosen.
        problem: Option<Code>,
    },
    /// It wants what opens it.
    Unlock {
        /// The file.
        path: String,
        /// What opens it.
        wants: Wants,
        /// What was wrong with what was typed.
        problem: Option<Code>,
    },
    /// It is being opened and compared with this device.
    Opening,
    /// What would be done. Nothing is done before the person says so.
    Plan(Plan),
    /// Passkeys come in.
    Working(Progress),
    /// What came of it.
    Done {
        /// Passkeys that are here now and were not before.
        added: u32,
        /// Passkeys that were here already.
        here_already: u32,
        /// Passkeys that are in the trash of this device, and stay there.
        in_trash: u32,
        /// Passkeys that this keyring can't hold, or that could not be kept.
        failed: u32,
        /// The person stopped it: this many were not tried. Doing it again goes on.
        not_tried: u32,
    },
    /// It failed. Passkeys that came in before stay, whole; doing it again goes on.
    Failed {
        /// Why.
        code: Code,
    },
}

/// The backup flags (BE and BS) of passkeys whose file has none. A site may refuse a passkey whose flags have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackupFlags {
    /// Those that the other program is known to use.
    #[default]
    AsUsual,
    /// Both set.
    On,
    /// Neither.
    Off,
}

/// What would be done. The rows are fetched by the command `plan`.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The file.
    pub path: String,
    /// The format that was recognised; of an age file, that of what is in it.
    pub format: FileFormat,
    /// When the backup was made, Unix seconds, if it is one of ours.
    #[ts(type = "number | null")]
    pub made_at: Option<u64>,
    /// Passkeys that this device holds now.
    pub held: u32,
    /// Passkeys that would be added.
    pub new: u32,
    /// Passkeys that are here already.
    pub same: u32,
    /// Passkeys that are here with the same id and are not the same: they stay as they are here.
    pub conflicts: u32,
    /// Passkeys that are in the trash of this device: they stay there, and can be brought back from it.
    pub in_trash: u32,
    /// Entries that were left out, with a reason each.
    pub skipped: u32,
    /// Entries that are no passkeys.
    pub others: u32,
    /// Passkeys whose further fields were too long to keep.
    pub trimmed: u32,
}

/// One row of a plan. Conflicts come first, then what was left out, the trash, and what is new.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "row", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PlanRow {
    /// A passkey with its id is here, and stays.
    Conflict {
        /// The file's site.
        site: Site,
        /// The file's account.
        name: String,
    },
    /// It was left out.
    Skipped {
        /// Where in the file.
        place: EntryPlace,
        /// Its site, if it is known.
        site: Option<Site>,
        /// Why.
        reason: SkipReason,
        /// The name of the field, where the reason is one.
        field: Option<String>,
    },
    /// It is in the trash of this device.
    InTrash {
        /// The site.
        site: Site,
        /// The account.
        name: String,
    },
    /// It would be added.
    New {
        /// The site.
        site: Site,
        /// The account.
        name: String,
    },
}

/// Where in a file an entry is, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "in", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum EntryPlace {
    /// An item, all of it.
    Item {
        /// Which.
        item: u32,
    },
    /// One credential of an item.
    Credential {
        /// Which item.
        item: u32,
        /// Which credential of it.
        credential: u32,
    },
    /// A passkey, among those of the file that can be used.
    Passkey {
        /// Which.
        number: u32,
    },
    /// The file is one entry.
    Whole,
}

/// Why an entry of a file is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// It can't be read at all.
    Unreadable,
    /// A field that every passkey has is not there.
    MissingField,
    /// A field has a value that it can't have.
    BadField,
    /// The private key is damaged.
    KeyDamaged,
    /// The private key is of a kind that can't sign here.
    KeyUnsupported,
    /// The private key does not belong to the public key beside it.
    KeyMismatch,
    /// It counts its signatures, and a counter can't move.
    Counter,
    /// It is in the file twice.
    Repeated,
    /// Two different passkeys of the file have one id.
    AmbiguousId,
    /// A reason that this window does not know.
    Other,
}

/// How passkeys are written for another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// CXF in an age file that the words open.
    Age,
    /// CXF that anybody can read who has the file.
    Cxf,
    /// KeePassXC's `.passkey` files, which anybody can read who has them.
    #[serde(rename = "keepassxc")]
    KeePassXc,
}

/// Writing passkeys for another program.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Export {
    /// How. Age is offered first, and only if recovery is set up.
    Choose {
        /// Whether recovery is set up.
        can_encrypt: bool,
        /// Why nothing was written.
        problem: Option<Code>,
    },
    /// Everybody who gets the file can sign in as the person, for ever, and no site will notice.
    Warn {
        /// How it would be written.
        kind: ExportKind,
        /// How many passkeys there are.
        passkeys: u32,
    },
    /// Nothing is written readable before the person was verified.
    Verify {
        /// How it would be written.
        kind: ExportKind,
        /// What the person is to do.
        check: Check,
    },
    /// Being written.
    Working(Progress),
    /// Written.
    Done {
        /// How.
        kind: ExportKind,
        /// The file.
        file: WrittenFile,
    },
    /// Not written.
    Failed {
        /// Why.
        code: Code,
    },
}

/// What the person is to do to be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Check {
    /// Type the PIN.
    TypePin {
        /// What was wrong with the last one.
        problem: Option<PinProblem>,
    },
    /// Answer the operating system, which asks by a window of its own.
    AskedBySystem,
    /// Wait.
    Wait,
    /// Nothing more: this is the person.
    Passed {
        /// By which way.
        way: VerificationWay,
    },
}

/// Writing a copy that a passphrase opens.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum CopyUnder {
    /// The passphrase. How strong one is, the command `strength` tells.
    Choose {
        /// What was wrong with the last one.
        problem: Option<Code>,
    },
    /// Being written.
    Working(Progress),
    /// Written.
    Done(WrittenFile),
    /// Not written.
    Failed {
        /// Why.
        code: Code,
    },
}

/// How strong a passphrase is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Strength {
    /// 0 (guessed at once) to 4 (out of reach).
    pub score: u8,
    /// Decimal logarithm of the number of guesses.
    pub guesses_log10: f64,
    /// Whether it will do for a file that anybody may copy.
    pub enough: bool,
}

/// A share of the words, on its way to the window: wiped when dropped.
pub struct Share(Zeroizing<String>);

impl Share {
    pub(crate) fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The share.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Splitting the words into shares.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Split {
    /// The words are typed, and how many shares there are to be.
    Type {
        /// What was wrong with what was typed.
        problem: Option<Code>,
    },
    /// The shares are to be fetched (`shares`), shown, and given to others.
    Shares {
        /// How many of them make the words.
        needed: u8,
        /// How many there are.
        shares: u8,
    },
}

named! {
    /// The format of a file that passkeys come from.
    FileFormat(Format)
}

debug_without_names!(
    SetUp,
    Sheet,
    WrittenFile,
    BackUp,
    Suggested,
    Drill,
    TakeIn,
    Plan,
    PlanRow,
    Export,
    CopyUnder,
    Share
);
