//! What each operating system does in its own way: its screen, its clipboard, its notifications.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod luma;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(target_os = "linux")]
mod screen;

#[cfg(target_os = "linux")]
pub(crate) use linux::{has_tray, notify, prepare, read_clipboard};
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{has_tray, notify, prepare, read_clipboard, read_screen};
#[cfg(target_os = "linux")]
pub(crate) use screen::read_screen;
