//! Systems that nobody has looked at: the camera, pictures and pasted text work in their web views; the rest says that
//! it does not.

use std::path::{Path, PathBuf};

use roamkey_device::{Code, ErrorCode};
use tauri::{AppHandle, WebviewWindow};

use super::Dialog;
use crate::action::ScreenPart;
use crate::start::Options;

pub(crate) fn prepare(_: &WebviewWindow, _: &Options) {}

pub(crate) fn has_display() -> bool {
    true
}

pub(crate) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

/// No notification: nobody has looked at how these systems show them.
#[derive(Debug, Default)]
pub(crate) struct Note;

impl Note {
    pub(crate) fn show(&self, _: &AppHandle) {}

    pub(crate) fn take_back(&self) {}
}

/// Windows and macOS always have a place for an icon, phones never.
pub(crate) fn has_tray() -> bool {
    cfg!(desktop)
}

pub(crate) async fn read_screen(_: &AppHandle, _: ScreenPart) -> Result<Code, ErrorCode> {
    std::future::ready(Err(ErrorCode::ScreenUnavailable)).await
}

pub(crate) async fn read_clipboard(_: &AppHandle) -> Result<Code, ErrorCode> {
    std::future::ready(Err(ErrorCode::NoCodeInClipboard)).await
}

pub(crate) async fn ask(
    _: &AppHandle,
    _: Option<WebviewWindow>,
    _: Dialog,
) -> Result<Option<PathBuf>, ErrorCode> {
    std::future::ready(Err(ErrorCode::DialogUnavailable)).await
}

pub(crate) async fn open(_: &AppHandle, _: &Path) -> Result<(), ErrorCode> {
    std::future::ready(Err(ErrorCode::FileNotOpened)).await
}
