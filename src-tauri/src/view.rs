//! What the window shows, as values: an impossible screen can't be written down.
//!
//! The controller sends a whole [`View`] whenever something changes; the window draws it and keeps no state of its own
//! but what is being typed. The TypeScript twins of these types are in `ui/src/generated/bindings.ts`, written and
//! compared by a test.
//!
//! # Privacy
//!
//! Views name sites and accounts. They go to the window and nowhere else; `Debug` leaves the names out.

use std::fmt;

use roamkey_device::ErrorCode;
use roamkey_device::vault::StoreKind;
use serde::{Serialize, Serializer};
use ts_rs::TS;

/// `Debug` that prints the type only: what is in it names sites, accounts or places.
macro_rules! debug_without_names {
    ($($type:ident),+ $(,)?) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($type))
            }
        }
    )+};
}

/// A stable name that crosses to the window as it is, around the type that knows it.
macro_rules! named {
    ($(#[$doc:meta])+ $type:ident($of:ty)) => {
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $type(pub $of);

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.as_str())
            }
        }

        impl ts_rs::TS for $type {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn ident(_: &ts_rs::Config) -> String {
                stringify!($type).to_owned()
            }

            fn name(config: &ts_rs::Config) -> String {
                Self::ident(config)
            }

            fn inline(config: &ts_rs::Config) -> String {
                Self::ident(config)
            }
        }
    };
}

mod activity;
mod help;
mod opening;
mod safety;
mod settings;
mod wizard;

pub use activity::{
    ActivityFilter, ActivityKind, ActivityLog, ActivityPage, ActivityRow, Because, Counts, Damage, LogCheck,
    LogExport, LogFormat, MonthCounts, RefusalCount, SiteCounts, Statistics,
};
pub use help::{Tip, Tips};
pub use opening::{Look, Opening, OpeningStep, PolicyProblem};
pub use safety::{
    Backups, Banner, Deed, FolderPlace, Loss, PasskeyPlace, PlaceCounts, Recovery, Safety, Schedule,
    Whereabouts,
};
pub use settings::{
    Autostart, Doctor, Facts, Finding, Language, Operator, PinReset, PinState, Policy, PolicyLimit,
    PolicyRule, PolicyTouch, Settings, Theme, Tunnel, TunnelCheck, TunnelName, TunnelStep, TunnelStepPassed,
    Verdict, Verification, VerificationDone, VerificationTask, VerificationWay, WhichPin,
};
pub use wizard::{
    BackUp, BackupFlags, Check, CopyUnder, Drill, EntryPlace, Export, ExportKind, FileFormat, Plan, PlanRow,
    Progress, SetUp, Share, Sheet, SkipReason, Split, Strength, Suggested, TakeIn, Wants, Wizard,
    WrittenFile,
};

/// Everything the window shows.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Which page is open.
    pub place: Place,
    /// Using a phone here.
    pub phone: Phone,
    /// Signing in on another device.
    pub sign_in: SignIn,
    /// The passkeys of this device.
    pub passkeys: Passkeys,
    /// Where they are kept.
    pub store: Store,
    /// The list of passkeys had to be built anew, and the person has not read that yet.
    pub rebuilt: Option<Rebuilt>,
    /// What became of the last change to a passkey.
    pub notice: Notice,
    /// How the person is verified here.
    pub pin: PinSetup,
    /// Whether other devices can hear this one.
    pub bluetooth: Bluetooth,
    /// What a loss of this device would cost.
    pub safety: Safety,
    /// The wizard of the page about safety that is open.
    pub wizard: Wizard,
    /// What happened on this device.
    pub activity: ActivityLog,
    /// What the person chose.
    pub settings: Settings,
    /// Help at the moment it is needed.
    pub tips: Tips,
}

/// The pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The first start: three screens.
    Welcome,
    /// Sign in on another device.
    SignIn,
    /// The passkeys of this device.
    Passkeys,
    /// Use a phone here.
    Phone,
    /// What a loss of this device would cost, and what prevents that.
    Safety,
    /// What happened on this device.
    Activity,
    /// What the person can choose.
    Settings,
    /// The tips, and what happens if this device is lost.
    Help,
}

/// Where a code came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The camera: whoever holds it sees the other device.
    Camera,
    /// What is on this screen.
    Screen,
    /// A picture that was opened or dropped.
    Picture,
    /// The clipboard.
    Clipboard,
    /// Pasted or typed text.
    Text,
    /// A link that another program opened.
    Link,
}

/// Signing in on another device, from nothing to done.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SignIn {
    /// Waits for a code.
    Idle {
        /// Why the last try to read one failed.
        problem: Option<Code>,
    },
    /// Looks for a code.
    Looking {
        /// Where.
        origin: Origin,
    },
    /// A code was read that anybody could have sent: the person has to say that they want to use it.
    Found {
        /// What it says will be asked for.
        operation: Hinted,
        /// Where it came from.
        origin: Origin,
        /// Seconds since it was made, if it says so.
        #[ts(type = "number | null")]
        age: Option<u64>,
    },
    /// There is no PIN yet, and sites want one.
    ChoosePin,
    /// Meeting the other device.
    Connecting {
        /// How far.
        stage: Stage,
    },
    /// The question.
    Question(Question),
    /// All is done.
    Done {
        /// What.
        what: DoneWhat,
        /// For which site.
        site: Option<Site>,
    },
    /// It ended other than well.
    Failed {
        /// Why.
        code: Code,
        /// For a report: no secret, no site, no account.
        diagnostics: String,
    },
}

/// What a code says will be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Hinted {
    /// Create a passkey.
    Create,
    /// Sign in.
    SignIn,
}

/// How far the meeting with the other device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Keyring and tunnel are being opened.
    Opening,
    /// There is a tunnel.
    TunnelOpen,
    /// The advert is on air.
    OnAir,
    /// The other device heard it.
    Nearby,
    /// The channel is encrypted end to end.
    Secured,
    /// The answer is on its way.
    Answered,
}

/// A question to the person.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// Which question: an answer names it, so that no answer meets another question.
    pub id: u32,
    /// What is asked for.
    pub operation: Asked,
    /// Who asks. Nobody has verified it.
    pub site: Option<Site>,
    /// The accounts to choose from, or the one to be created.
    pub accounts: Vec<Account>,
    /// Where the code came from.
    pub origin: Origin,
    /// What the person is to do.
    pub turn: Turn,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Create a passkey for the one account.
    Create,
    /// Sign in with one of the accounts.
    SignIn,
    /// Choose this device.
    Select,
}

/// What the person is to do with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Turn {
    /// Read and decide.
    Decide,
    /// Type the PIN.
    TypePin {
        /// What was wrong with the last one.
        problem: Option<PinProblem>,
    },
    /// Answer the operating system, which asks by a window of its own.
    AskedBySystem,
    /// Wait while the PIN is checked and the answer made.
    Wait,
}

/// What is wrong with a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PinProblem {
    /// Shorter than 4 characters or longer than 63.
    Unfit,
    /// Not the PIN.
    Wrong {
        /// Tries before the next delay.
        tries_left: u32,
    },
    /// It could not be kept.
    Failed {
        /// Why.
        code: Code,
    },
}

/// A relying party ID, as it is on the wire and as people read it.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    /// As it is on the wire: letters beyond ASCII stand as `xn--…`.
    pub id: String,
    /// With those letters, if there are any.
    pub readable: Option<String>,
}

/// An account of a question.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account's name at the site.
    pub name: String,
    /// The person's name, as the site shows it, if it is another.
    pub display_name: Option<String>,
    /// What its owner calls the passkey.
    pub label: Option<String>,
    /// When it was last used, Unix seconds.
    #[ts(type = "number | null")]
    pub last_used: Option<u64>,
    /// A policy of this device blocks it.
    pub blocked: bool,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DoneWhat {
    /// A passkey was created.
    Created,
    /// A passkey signed in.
    SignedIn,
    /// The other device only asked what this one is.
    Informed,
}

/// The list of passkeys. The entries themselves are fetched when the revision changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Passkeys {
    /// Not read yet.
    Reading,
    /// Read.
    Ready {
        /// Grows with every change.
        revision: u32,
    },
    /// It could not be read: not an empty list.
    Failed {
        /// Why.
        code: Code,
    },
}

/// Where passkeys are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// In the operating system's keyring.
    Keyring,
    /// In a file under a passphrase.
    File,
}

impl Store {
    pub(crate) fn of(kind: StoreKind) -> Self {
        match kind {
            StoreKind::OsKeyring => Self::Keyring,
            StoreKind::PassphraseFile => Self::File,
        }
    }
}

/// The list of passkeys was lost or damaged, and built anew from where they are kept. Labels, when and how often a passkey
/// was used and what sites kept with it are gone, and so is that some had been removed.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rebuilt {
    /// Passkeys that were found.
    pub passkeys: u32,
    /// Where the damaged list is kept, if there was one.
    pub kept: Option<String>,
}

/// Using a phone here.
///
/// # Privacy
///
/// The code is shown to be scanned: whoever reads it and is nearby can answer it.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Phone {
    /// Nothing is under way.
    Idle {
        /// A phone made a passkey here, with which it can sign in.
        tried: bool,
    },
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
        /// How far.
        stage: PhoneStage,
    },
    /// The phone did it, and its answer is right.
    Done {
        /// What.
        what: Trial,
    },
    /// It ended other than well.
    Failed {
        /// Why.
        code: Code,
    },
}

/// How far a phone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PhoneStage {
    /// It scanned the code, and is nearby.
    Nearby,
    /// The tunnel to it is being joined.
    Connecting,
    /// The channel is encrypted end to end.
    Secured,
    /// The person has to answer at the phone.
    AskOnPhone,
}

/// What a phone is tried with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// Creating a passkey.
    Create,
    /// Signing in with it.
    SignIn,
}

/// What became of the last change to a passkey.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Notice {
    /// Nothing to tell.
    Nothing,
    /// It is in the trash, and can be brought back.
    Removed {
        /// Its name in the keyring.
        id: String,
        /// What the person knows it by.
        name: String,
        /// Its site.
        site: Option<String>,
    },
    /// It could not be changed.
    Failed {
        /// Why.
        code: Code,
    },
}

/// A passkey of the list.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// Its name in the keyring.
    pub id: String,
    /// The site; `None` if it could never be read.
    pub site: Option<Site>,
    /// The account's name at the site.
    pub name: String,
    /// The person's name, as the site shows it, if it is another.
    pub display_name: Option<String>,
    /// What its owner calls it.
    pub label: Option<String>,
    /// When it was created, Unix seconds.
    #[ts(type = "number | null")]
    pub created_at: Option<u64>,
    /// When it last signed in, Unix seconds.
    #[ts(type = "number | null")]
    pub last_used: Option<u64>,
    /// How often it signed in.
    #[ts(type = "number")]
    pub uses: u64,
    /// Whether a verified backup or a second copy of it exists.
    pub backed_up: bool,
    /// Whether it can be used.
    pub state: PasskeyState,
}

/// Whether a passkey can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyState {
    /// It can.
    Ready,
    /// It can, but its creation was interrupted.
    Unfinished,
    /// Its key was not in the keyring.
    Missing,
    /// Its record can't be read.
    Damaged,
    /// A newer version made it.
    NewerVersion,
}

/// How the person is verified here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum PinSetup {
    /// Not looked at yet.
    Unknown,
    /// There is no PIN.
    NotSet {
        /// The least characters of one, by the policy or else by CTAP.
        least: u8,
        /// What was wrong with the one that was chosen.
        problem: Option<PinProblem>,
    },
    /// There is a PIN.
    Set,
}

/// Whether other devices can hear this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Bluetooth {
    /// Not looked at yet.
    Unknown,
    /// They can.
    Ready,
    /// They can't.
    Problem {
        /// Why.
        code: Code,
    },
}

/// An error code, which the window turns into a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub ErrorCode);

impl From<ErrorCode> for Code {
    fn from(code: ErrorCode) -> Self {
        Self(code)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl TS for Code {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn ident(_: &ts_rs::Config) -> String {
        "ErrorCode".to_owned()
    }

    fn name(config: &ts_rs::Config) -> String {
        Self::ident(config)
    }

    fn inline(config: &ts_rs::Config) -> String {
        Self::ident(config)
    }
}

impl Site {
    /// The relying party ID as the window shows it.
    #[must_use]
    pub fn new(rp_id: &str) -> Self {
        let (readable, _) = idna::domain_to_unicode(rp_id);
        Self {
            id: rp_id.to_owned(),
            readable: (readable != rp_id).then_some(readable),
        }
    }
}

debug_without_names!(Phone, Question, Site, Account, Passkey, Notice, Rebuilt);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_beyond_ascii_show_in_both_forms() {
        assert_eq!(Site::new("example.org").readable, None);
        assert_eq!(
            Site::new("xn--bcher-kva.example").readable.as_deref(),
            Some("bücher.example")
        );
    }

    #[test]
    fn debug_output_names_no_site() {
        assert_eq!(format!("{:?}", Site::new("example.org")), "Site");
    }
}
