//! The few sentences that the desktop shows and not the web view. Everything else is in `ui/src/text`.

/// Texts of one language.
pub(crate) struct Text {
    /// The tray's entry that opens the window.
    pub(crate) open: &'static str,
    /// The tray's entry that ends the app.
    pub(crate) quit: &'static str,
    /// A notification: a question waits.
    pub(crate) question_title: &'static str,
    /// What to do about it.
    pub(crate) question_body: &'static str,
}

/// English.
pub(crate) const TEXT: Text = Text {
    open: "Open Roamkey",
    quit: "Quit",
    question_title: "A sign-in waits for your answer",
    question_body: "Open Roamkey to read the question. If you did not start this, refuse.",
};
