//! A picture of the screen: by the desktop's portal under Wayland, where the person chooses what to show, and directly
//! under X11.

use std::time::Duration;

use ashpd::desktop::screenshot::Screenshot;
use gtk::gdk;
use gtk::gdk::prelude::*;
use roamkey_device::{Code, ErrorCode, Failure};
use tauri::{AppHandle, Manager as _};
use tokio::sync::oneshot;

use super::luma::Luma;

/// Looks for a code on the screen. Under X11 our own window steps aside if there is none to be seen.
pub(crate) async fn read_screen(handle: &AppHandle) -> Result<Code, ErrorCode> {
    if std::env::var_os("WAYLAND_DISPLAY").is_some() {
        return by_portal().await;
    }
    match look(handle).await {
        Err(ErrorCode::NoCodeInPicture) => behind_our_window(handle).await,
        found => found,
    }
}

/// Takes our window away and looks until what was behind it is drawn.
async fn behind_our_window(handle: &AppHandle) -> Result<Code, ErrorCode> {
    let windows: Vec<_> = handle.webview_windows().into_values().collect();
    for window in &windows {
        hidden_or_logged(window.hide());
    }
    let mut found = Err(ErrorCode::NoCodeInPicture);
    for _ in 0..LOOKS {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        found = look(handle).await;
        if found.is_ok() {
            break;
        }
    }
    for window in &windows {
        hidden_or_logged(window.show());
    }
    found
}

async fn look(handle: &AppHandle) -> Result<Code, ErrorCode> {
    let (sender, picture) = oneshot::channel();
    let taken = handle.run_on_main_thread(move || {
        // Nobody waits any more: the person has moved on.
        let _moved_on = sender.send(take());
    });
    taken.map_err(|_| ErrorCode::Internal)?;
    let picture = picture.await.map_err(|_| ErrorCode::Internal)?;
    let picture = picture.ok_or(ErrorCode::ScreenUnavailable)?;
    tokio::task::spawn_blocking(|| picture.decode())
        .await
        .map_err(|_| ErrorCode::Internal)?
}

/// The whole screen, on GTK's thread.
fn take() -> Option<Luma> {
    let root = gdk::Screen::default()?.root_window()?;
    let (width, height) = (root.width(), root.height());
    Luma::of(&root.pixbuf(0, 0, width, height)?)
}

async fn by_portal() -> Result<Code, ErrorCode> {
    let asked = Screenshot::request().interactive(true).modal(true).send().await;
    let shown = asked.and_then(|request| request.response()).map_err(|error| {
        tracing::info!(%error, "no picture from the portal");
        ErrorCode::ScreenUnavailable
    })?;
    let path = shown
        .uri()
        .as_str()
        .strip_prefix("file://")
        .ok_or(ErrorCode::ScreenUnavailable)?
        .to_owned();
    let bytes = tokio::fs::read(&path)
        .await
        .map_err(|_| ErrorCode::PictureUnreadable)?;
    // It was made for us, and whoever reads it within minutes could stand in for this device.
    if let Err(error) = tokio::fs::remove_file(&path).await {
        tracing::warn!(%error, "the picture of the screen stays");
    }
    let decoded = tokio::task::spawn_blocking(move || Code::from_picture(&bytes)).await;
    decoded
        .map_err(|_| ErrorCode::Internal)?
        .map_err(|error| Failure::Scan(error).code())
}

fn hidden_or_logged(done: tauri::Result<()>) {
    if let Err(error) = done {
        tracing::debug!(%error, "the window did not follow");
    }
}

/// Other windows draw what was behind ours within a few frames.
const BETWEEN_LOOKS: Duration = Duration::from_millis(120);
const LOOKS: u32 = 6;
