//! Help at the moment it is needed: tips.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The tips. At the most one is due; all that were shown stay to be found on the page of help.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Tips {
    /// The one to show now. It stays until it is dismissed or its reason is gone.
    pub due: Option<Tip>,
    /// Those that were shown, the latest first.
    pub seen: Vec<Tip>,
}

/// A tip, by the moment at which it matters. Each is shown once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Tip {
    /// The first passkey was created, and there is no backup: it is only here.
    FirstPasskey,
    /// There is a backup, and nobody has tried it out.
    BackupNotDrilled,
    /// A sign-in failed for Bluetooth: what Bluetooth is for, and what to look at.
    BluetoothFailed,
    /// The first passkey was removed: the site still lists it.
    FirstRemoval,
    /// A code came from the clipboard: anybody could have sent it.
    CodeFromClipboard,
    /// The first sign-in is done: how it goes with a second device.
    FirstSignIn,
    /// The first readable export was written: delete it as soon as the other program has read it.
    ReadableExport,
    /// A wrong PIN was typed: what happens after more of them, and what a reset costs.
    WrongPin,
}

impl Tip {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::FirstPasskey,
        Self::BackupNotDrilled,
        Self::BluetoothFailed,
        Self::FirstRemoval,
        Self::CodeFromClipboard,
        Self::FirstSignIn,
        Self::ReadableExport,
        Self::WrongPin,
    ];
}
