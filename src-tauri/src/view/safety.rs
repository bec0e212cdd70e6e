//! The page about safety: what a loss of this device would cost, in values, and where each passkey is.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Code, Site};

/// What is known about backups.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Safety {
    /// Not read yet.
    Reading,
    /// Read.
    Ready(Backups),
    /// It could not be read: not the same as no backup.
    Failed {
        /// Why.
        code: Code,
    },
}

/// The state of backups. The sentence, the banner and the page about a loss are made of it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Backups {
    /// Grows with every change to where passkeys are: then `whereabouts` is to be fetched anew.
    pub revision: u32,
    /// What stands on every page; none once a drill has passed.
    pub banner: Banner,
    /// How many passkeys are where.
    pub counts: PlaceCounts,
    /// What is set up.
    pub recovery: Recovery,
    /// What a loss of this device would cost today.
    pub loss: Loss,
}

/// What stands on every page until a drill has passed. Each leads to the wizard that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Banner {
    /// Nothing: there is nothing to lose, or a drill has passed.
    None,
    /// Recovery is not set up.
    SetUp,
    /// It is, and there is no backup.
    BackUp,
    /// There is one, and nobody has tried it out.
    Drill,
}

/// How many passkeys are where. Each counts once, in the safest of its places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlaceCounts {
    /// All passkeys of this device, those that can't be used too.
    pub all: u32,
    /// Here and nowhere else, as far as this device knows.
    pub only_here: u32,
    /// In a backup that nobody has tried out.
    pub in_backup: u32,
    /// In a backup that was tried out.
    pub in_drilled_backup: u32,
    /// On another device or in another program, from where they came.
    pub elsewhere: u32,
}

/// What is set up for the day on which this device is gone.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Recovery {
    /// Nothing.
    NotSetUp,
    /// There are words, and backups are for them.
    SetUp {
        /// Since when, Unix seconds.
        #[ts(type = "number")]
        since: u64,
        /// Which words: the age recipient that they stand for. It is no secret.
        recipient: String,
        /// The folder that backups go to.
        folder: String,
        /// Where that folder is.
        folder_place: FolderPlace,
        /// Backups in it.
        files: u32,
        /// How many are kept there.
        keep: u32,
        /// The last backup.
        last_backup: Option<Deed>,
        /// The last drill that passed.
        last_drill: Option<Deed>,
        /// Regular backups.
        schedule: Schedule,
        /// Why the schedule that was chosen last could not be set up.
        schedule_problem: Option<Code>,
    },
}

/// Something that was done with passkeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Deed {
    /// When, Unix seconds.
    #[ts(type = "number")]
    pub at: u64,
    /// With how many passkeys.
    #[ts(type = "number")]
    pub passkeys: u64,
}

/// Where the folder of the backups is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FolderPlace {
    /// On the same disk as the passkeys: lost with this device.
    ThisDisk,
    /// On another disk, a stick, or another machine.
    Elsewhere,
    /// Not there now: the stick may not be plugged in, or nothing was written yet.
    Missing,
}

/// How often backups are written without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Never.
    Never,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
}

/// What a loss of this device would cost today. The four counts add up to all passkeys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Loss {
    /// Come back with the words and the newest backup, as a drill has shown.
    pub come_back: u32,
    /// Should come back: they are in a backup that nobody has tried out, or in one on this disk only.
    pub may_come_back: u32,
    /// Are still on another device or in another program.
    pub stay_elsewhere: u32,
    /// Are gone.
    pub gone: u32,
    /// All backups that are known are on the disk of this device, and are gone with it.
    pub backups_are_here: bool,
}

/// Where one passkey is. Fetched by the command `whereabouts`, ordered by site and account.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Whereabouts {
    /// Its name in the keyring, as in the list of passkeys.
    pub id: String,
    /// The site; `None` if it could never be read.
    pub site: Option<Site>,
    /// The account's name at the site.
    pub name: String,
    /// What its owner calls it.
    pub label: Option<String>,
    /// The safest of its places.
    pub place: PasskeyPlace,
}

/// The safest place that a passkey is known to be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyPlace {
    /// Here and nowhere else.
    OnlyHere,
    /// Also in a backup that nobody has tried out.
    Backup,
    /// Also in a backup that was tried out.
    DrilledBackup,
    /// Also on another device or in another program.
    Elsewhere,
}

debug_without_names!(Recovery, Whereabouts);
