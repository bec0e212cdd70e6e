//! What each operating system does in its own way: its screen, its clipboard, its notifications.

#[cfg(target_os = "linux")]
mod choose;
#[cfg(target_os = "linux")]
mod dialog;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod luma;
#[cfg(target_os = "linux")]
mod note;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod screen;

#[cfg(target_os = "linux")]
pub(crate) use dialog::{ask, open};
#[cfg(target_os = "linux")]
pub(crate) use linux::{has_display, has_tray, interrupted, prepare, read_clipboard};
#[cfg(target_os = "linux")]
pub(crate) use note::Note;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{
    Note, ask, has_display, has_tray, interrupted, open, prepare, read_clipboard, read_screen,
};
#[cfg(target_os = "linux")]
pub(crate) use screen::read_screen;

/// What the person is asked for by the desktop's own dialog for files.
#[derive(Clone, Debug)]
pub(crate) enum Dialog {
    /// A file that is there.
    File,
    /// A folder.
    Folder,
    /// A file that is not there yet, by this name if the person does not want another one.
    SaveAs(String),
}
