//! The page about activity. Rows are fetched in windows, by the command `activity`; charts by `statistics`.

use std::fmt;

use roamkey_device::vault::{ActivityDamage, Event, RefusedBecause};
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use super::{Code, Site};

/// What happened on this device.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ActivityLog {
    /// Not read yet.
    Reading,
    /// Read.
    Ready {
        /// Grows with every change: then rows and charts are to be fetched anew.
        revision: u32,
        /// Entries in the log.
        entries: u32,
        /// Something that happened since the start could not be noted.
        unnoted: bool,
        /// Whether the log is what was written.
        check: LogCheck,
        /// The last export.
        export: LogExport,
    },
    /// It could not be read.
    Failed {
        /// Why.
        code: Code,
    },
}

/// Whether the log is what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum LogCheck {
    /// Not looked at since it changed.
    NotChecked,
    /// Being looked at.
    Checking,
    /// Nothing was changed, moved, removed or cut off.
    Intact {
        /// Entries in it.
        #[ts(type = "number")]
        entries: u64,
    },
    /// Something was. What stands before it can be trusted.
    Broken {
        /// The sequence of the first entry that is not what was written.
        #[ts(type = "number")]
        first_bad: u64,
        /// What is wrong with it.
        what: Damage,
    },
    /// It could not be looked at.
    Failed {
        /// Why.
        code: Code,
    },
}

/// The last export.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum LogExport {
    /// None.
    None,
    /// Being written.
    Writing,
    /// Written.
    Written {
        /// Where.
        path: String,
        /// Entries in it.
        entries: u32,
    },
    /// Not written.
    Failed {
        /// Why.
        code: Code,
    },
}

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values.
    Csv,
}

/// Which entries. What is empty or none leaves nothing out.
///
/// # Privacy
///
/// Says what a person looks for.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ActivityFilter {
    /// What happened.
    pub kinds: Vec<ActivityKind>,
    /// The site, exactly.
    pub site: Option<String>,
    /// At this time or later, Unix seconds.
    #[ts(type = "number | null")]
    pub since: Option<u64>,
    /// Before this time, Unix seconds.
    #[ts(type = "number | null")]
    pub until: Option<u64>,
    /// Part of site, account or other end, in upper or lower case.
    pub text: String,
}

/// A window of the entries that fit a filter, the newest first.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityPage {
    /// Of which revision this is.
    pub revision: u32,
    /// How many entries fit.
    pub matching: u32,
    /// Those that were asked for.
    pub rows: Vec<ActivityRow>,
}

/// One thing that happened, with all that is known of it.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityRow {
    /// Counts from 1. It gives the order, whatever clocks said.
    #[ts(type = "number")]
    pub sequence: u64,
    /// When, by the clock of that moment, Unix seconds.
    #[ts(type = "number")]
    pub at: u64,
    /// What.
    pub kind: ActivityKind,
    /// Why it was refused, if it was.
    pub because: Option<Because>,
    /// The site.
    pub site: Option<Site>,
    /// The account's name there.
    pub account: Option<String>,
    /// The passkey's name in the keyring.
    pub passkey: Option<String>,
    /// Whether the person was verified.
    pub user_verified: Option<bool>,
    /// What is known of the other end.
    pub peer: Option<String>,
    /// How many passkeys, where it is not one.
    #[ts(type = "number | null")]
    pub count: Option<u64>,
}

/// What the log adds up to, for charts and their text equivalents.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// Of which revision of the log this is.
    pub revision: u32,
    /// All requests.
    pub total: Counts,
    /// Requests that ended without a signature, by reason, the most frequent first. Reasons that never occurred are
    /// left out.
    pub refusals: Vec<RefusalCount>,
    /// By site, the one with the most requests first. Requests of which no site is known are left out.
    pub sites: Vec<SiteCounts>,
    /// By calendar month in UTC, the earliest first, without gaps.
    pub months: Vec<MonthCounts>,
}

/// How often what came of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Passkeys created.
    #[ts(type = "number")]
    pub created: u64,
    /// Sign-ins.
    #[ts(type = "number")]
    pub signed_in: u64,
    /// Requests that ended without a signature.
    #[ts(type = "number")]
    pub refused: u64,
}

/// How often requests were refused for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RefusalCount {
    /// The reason.
    pub because: Because,
    /// How often.
    #[ts(type = "number")]
    pub count: u64,
}

/// The counts of one site.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SiteCounts {
    /// The site.
    pub site: Site,
    /// Its counts.
    pub counts: Counts,
}

/// The counts of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonthCounts {
    /// The year.
    #[ts(type = "number")]
    pub year: u64,
    /// 1 to 12.
    pub month: u8,
    /// Its counts.
    pub counts: Counts,
}

named! {
    /// What happened.
    ActivityKind(Event)
}

named! {
    /// Why a request was refused.
    Because(RefusedBecause)
}

named! {
    /// What is wrong with an entry.
    Damage(ActivityDamage)
}

impl<'de> Deserialize<'de> for ActivityKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let event = Event::ALL.iter().find(|event| event.as_str() == name);
        event
            .copied()
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("not a kind of activity"))
    }
}

debug_without_names!(
    LogExport,
    ActivityFilter,
    ActivityPage,
    ActivityRow,
    Statistics,
    SiteCounts
);
