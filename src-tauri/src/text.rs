//! The few sentences that the desktop shows and not the web view. Everything else is in `ui/src/text`.

/// Texts of one language.
pub(crate) struct Text {
    /// The tray's entry that opens the window.
    pub(crate) open: &'static str,
    /// The tray's entry that ends the app.
    pub(crate) quit: &'static str,
    /// The tray's lines on Bluetooth: not looked at yet, ready, not.
    pub(crate) bluetooth_unknown: &'static str,
    pub(crate) bluetooth_ready: &'static str,
    pub(crate) bluetooth_problem: &'static str,
    /// Its lines on the tunnel: none, being opened, open.
    pub(crate) tunnel_closed: &'static str,
    pub(crate) tunnel_opening: &'static str,
    pub(crate) tunnel_open: &'static str,
    /// Its lines on the passkeys: being read, there, not to be had.
    pub(crate) passkeys_reading: &'static str,
    pub(crate) passkeys_open: &'static str,
    pub(crate) passkeys_locked: &'static str,
    /// What to do where a part of the screen is to be chosen.
    pub(crate) choose_part: &'static str,
    /// A notification: a question waits.
    pub(crate) question_title: &'static str,
    /// What to do about it.
    pub(crate) question_body: &'static str,
}

/// English.
pub(crate) const TEXT: Text = Text {
    open: "Open Roamkey",
    quit: "Quit",
    bluetooth_unknown: "Bluetooth: looking…",
    bluetooth_ready: "Bluetooth: ready",
    bluetooth_problem: "Bluetooth: not ready",
    tunnel_closed: "Tunnel: none open",
    tunnel_opening: "Tunnel: connecting…",
    tunnel_open: "Tunnel: open",
    passkeys_reading: "Passkeys: reading…",
    passkeys_open: "Passkeys: unlocked",
    passkeys_locked: "Passkeys: locked or out of reach",
    choose_part: "Drag over the code, or click its window (Tab and Return do it too). Escape: back",
    question_title: "A sign-in waits for your answer",
    question_body: "Open Roamkey to read the question. If you did not start this, refuse.",
};
