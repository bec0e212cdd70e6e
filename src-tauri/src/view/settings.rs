//! The page of settings: what the person chose, and the state of what they chose from.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::wizard::Check;
use super::{Code, PinProblem, Site};

/// The settings.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// The language of everything.
    pub language: Language,
    /// The language that `system` stands for.
    pub system_language: Language,
    /// Starting with the session.
    pub autostart: Autostart,
    /// The tunnel service.
    pub tunnel: Tunnel,
    /// The live check of a tunnel service.
    pub tunnel_check: TunnelCheck,
    /// How the person is verified.
    pub verification: Verification,
    /// The rules of a managed device.
    pub policy: Policy,
    /// The look at everything that a sign-in needs.
    pub doctor: Doctor,
    /// Why a setting could not be read or kept. What is shown is in force until the app ends.
    pub problem: Option<Code>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// A language that there are texts in, by its BCP 47 tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Language {
    /// As the session is.
    #[default]
    #[serde(rename = "system")]
    System,
    /// English.
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
    /// Arabic, from right to left.
    #[serde(rename = "ar")]
    Arabic,
    /// English with accents and longer, to find what is not translated or does not fit.
    #[serde(rename = "en-XA")]
    Pseudo,
}

/// Starting with the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Autostart {
    /// It does not.
    Off,
    /// It does, in the background where the desktop shows icons of programs.
    On,
    /// It can't be told or changed.
    Failed {
        /// Why.
        code: Code,
    },
}

/// The tunnel service through which this device is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Tunnel {
    /// Which.
    pub service: TunnelName,
    /// It was fixed when the app was started (`ROAMKEY_TUNNEL`), and can't be chosen here.
    pub fixed: bool,
}

/// A tunnel service by its number. The command `tunnel_name` tells it for a number that is being typed; `null` for
/// numbers that name none (2 to 255, above 65535).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TunnelName {
    /// Its number.
    pub id: u16,
    /// Its host name, which every browser derives from the number.
    pub host: String,
    /// Whose it is.
    pub operator: Operator,
}

/// Whose a tunnel service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Number 0: Google's, open to everybody.
    Google,
    /// Number 1: Apple's, open to everybody.
    Apple,
    /// Whoever has registered the name: yours, if you have.
    Own,
}

/// The live check of a tunnel service, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum TunnelCheck {
    /// Not run.
    NotRun,
    /// A step is under way.
    Running {
        /// Of which service.
        service: TunnelName,
        /// The steps that passed.
        passed: Vec<TunnelStepPassed>,
        /// The step that is under way.
        now: TunnelStep,
    },
    /// All steps passed: this service can be used.
    Passed {
        /// Of which service.
        service: TunnelName,
        /// The steps.
        passed: Vec<TunnelStepPassed>,
    },
    /// A step failed, and the later ones were not tried.
    Failed {
        /// Of which service.
        service: TunnelName,
        /// The steps that passed.
        passed: Vec<TunnelStepPassed>,
        /// The step that failed.
        at: TunnelStep,
        /// Why.
        code: Code,
    },
}

/// A step of the check, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TunnelStep {
    /// The name has addresses.
    Name,
    /// One of them answers.
    Address,
    /// Its certificate is trusted and for this name. Not there for a service on this machine without TLS.
    Tls,
    /// It speaks WebSocket and the right protocol.
    WebSocket,
    /// It gives a routing id for a new tunnel.
    RoutingId,
}

/// A step that passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TunnelStepPassed {
    /// Which.
    pub step: TunnelStep,
    /// How long it took.
    pub milliseconds: u32,
    /// What was found, as it is: an IP address, a routing id in hex.
    pub found: Option<String>,
}

/// A way to verify the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VerificationWay {
    /// The app's PIN.
    Pin,
    /// The operating system's own check.
    System,
}

/// How the person is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Verification {
    /// Not read yet.
    Reading,
    /// Read.
    Ready {
        /// What the person chose.
        chosen: VerificationWay,
        /// The way that is taken: the PIN stands in where the system can't ask. None if nothing is set up.
        way: Option<VerificationWay>,
        /// The PIN.
        pin: PinState,
        /// Whether the operating system would ask; null if it would.
        system_problem: Option<Code>,
        /// What is under way.
        task: VerificationTask,
    },
    /// It can't be told.
    Failed {
        /// Why.
        code: Code,
    },
}

/// The PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PinState {
    /// There is none.
    NotSet {
        /// The least characters that a policy asks for.
        minimum: Option<u8>,
    },
    /// There is one.
    Set {
        /// The least characters that a policy asks for.
        minimum: Option<u8>,
        /// Tries before the next delay.
        tries_left: u32,
        /// Seconds until the next try is taken.
        #[ts(type = "number | null")]
        wait: Option<u64>,
        /// A reset without the PIN.
        reset: PinReset,
    },
}

/// A reset of the PIN by somebody who does not know it. No passkey is lost by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PinReset {
    /// Nobody asked for it. It would be done at once after the operating system's check, or after this wait.
    NotAsked {
        /// Whether the operating system's check would do.
        system_would_do: bool,
        /// Otherwise: seconds to wait, with the machine on. Until then the PIN goes on to work, and using it calls the
        /// reset off.
        #[ts(type = "number")]
        wait: u64,
    },
    /// Somebody asked for it, maybe not the owner: worth telling.
    Waiting {
        /// Seconds.
        #[ts(type = "number")]
        wait: u64,
    },
    /// The wait is over: asking again removes the PIN.
    Ready,
}

/// What is under way with the verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum VerificationTask {
    /// Nothing.
    None,
    /// A test: nothing is signed.
    Testing {
        /// What the person is to do, or that it passed.
        check: Check,
    },
    /// The operating system asks, before it is chosen or before the PIN is reset.
    AskedBySystem,
    /// The PIN is being set, changed or reset.
    Working,
    /// The PIN was set, changed or removed, or the way was chosen.
    Done {
        /// Which.
        what: VerificationDone,
    },
    /// The new PIN, or the present one, is wrong.
    PinProblem {
        /// Which of both.
        which: WhichPin,
        /// What is wrong.
        problem: PinProblem,
    },
    /// It was not done.
    Failed {
        /// Why.
        code: Code,
    },
}

/// What was done with the verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VerificationDone {
    /// The first PIN was set.
    PinSet,
    /// The PIN was changed.
    PinChanged,
    /// The PIN was removed. Another one can be set.
    PinReset,
    /// A reset was asked for, and waits.
    PinResetWaits,
    /// Another way was chosen.
    WayChosen,
}

/// One of the two PINs of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WhichPin {
    /// The present one.
    Present,
    /// The new one.
    New,
}

/// The rules of a managed device. They can be read here and changed by the administrator only.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Policy {
    /// There are none.
    None {
        /// The file that is not there or says nothing.
        path: String,
    },
    /// There are some.
    InForce {
        /// The file.
        path: String,
        /// The user who owns it, and so has set it.
        owner: String,
        /// The least characters of a PIN.
        minimum_pin_length: Option<u8>,
        /// The ways that count.
        allowed: Vec<VerificationWay>,
        /// Rules by site, the most specific first.
        rules: Vec<PolicyRule>,
        /// Passkeys near a limit or beyond it.
        touched: Vec<PolicyTouch>,
    },
}

/// A rule for the passkeys of some sites.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRule {
    /// A site, `*.` and a domain, or `*`.
    pub sites: String,
    /// Days after which a passkey can't be used any more.
    pub maximum_age_days: Option<u32>,
    /// Days without use after which it can't.
    pub maximum_disuse_days: Option<u32>,
    /// Days before that, from which on its owner is warned.
    pub warn_days: u32,
}

/// A passkey near a limit or beyond it.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyTouch {
    /// Its name in the keyring.
    pub id: String,
    /// Its site.
    pub site: Site,
    /// The account's name there.
    pub name: String,
    /// Days that it can still be used; null if it can't.
    pub days_left: Option<u32>,
    /// Which limit.
    pub limit: PolicyLimit,
}

/// A limit of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PolicyLimit {
    /// Age.
    Age {
        /// Days.
        days: u32,
    },
    /// Disuse.
    Disuse {
        /// Days.
        days: u32,
    },
    /// Another one, of a newer version.
    Other,
}

/// The look at everything that a sign-in needs. Run when asked for.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Doctor {
    /// Not run.
    NotRun,
    /// All parts are being tried at once; it takes 20 seconds at the most.
    Running,
    /// Done.
    Done {
        /// When, Unix seconds.
        #[ts(type = "number")]
        at: u64,
        /// Each part, in the order in which they are shown.
        checks: Vec<Finding>,
    },
}

/// One part, tried.
#[derive(Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// How it was found.
    pub verdict: Verdict,
    /// What is known about it, and which part it is.
    pub facts: Facts,
}

/// How a part was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Verdict {
    /// It works.
    Works,
    /// It works, and something about it is worth knowing.
    Remark {
        /// What; its text has the remedy.
        code: Code,
    },
    /// It does not work, so nobody can sign in.
    Broken {
        /// Why; its text has the remedy.
        code: Code,
    },
}

/// A part, and what is known about it; what was not found out is null.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "part", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Facts {
    /// Where passkeys are kept.
    Store {
        /// In a file under a passphrase instead of the OS keyring.
        in_file: bool,
        /// How many there are.
        passkeys: Option<u32>,
    },
    /// Bluetooth.
    Bluetooth {
        /// The adapter's name.
        adapter: Option<String>,
    },
    /// The tunnel service.
    Tunnel {
        /// Its host name.
        host: String,
        /// Where it was connected to, if that is elsewhere.
        address: Option<String>,
    },
    /// This machine's clock.
    Clock {
        /// Its time, Unix seconds.
        #[ts(type = "number")]
        now: u64,
        /// Seconds that it is ahead of the tunnel service's clock, negative if behind.
        #[ts(type = "number | null")]
        ahead: Option<i64>,
    },
    /// Verification of the person.
    Verification {
        /// The way that is taken.
        way: Option<VerificationWay>,
    },
    /// The data folder.
    Folder {
        /// Where it is.
        path: String,
        /// Bytes that are free for this user.
        #[ts(type = "number | null")]
        free: Option<u64>,
    },
    /// The activity log.
    Activity {
        /// Its entries, if it is intact.
        #[ts(type = "number | null")]
        entries: Option<u64>,
    },
}

debug_without_names!(Policy, PolicyRule, PolicyTouch, Doctor, Finding, Facts);
