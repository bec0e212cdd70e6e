//! GTK's clipboard, the web view's switches, and the desktop by D-Bus.

use std::collections::HashMap;

use gtk::gdk;
use roamkey_device::{Code, ErrorCode};
use tauri::{AppHandle, WebviewWindow};
use tokio::sync::oneshot;
use webkit2gtk::{SettingsExt as _, WebViewExt as _};
use zbus::zvariant::Value;

use super::luma::Luma;
use crate::start::Options;
use crate::text::TEXT;

/// Switches the camera on, which some distributions leave off.
pub(crate) fn prepare(window: &WebviewWindow, _: &Options) {
    let set = window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_enable_media_stream(true);
        }
    });
    if let Err(error) = set {
        tracing::warn!(%error, "the camera may stay off");
    }
}

/// Tells the person that a question waits. Names no site: a notification may be seen by others.
pub(crate) fn notify() {
    tauri::async_runtime::spawn(async {
        if let Err(error) = notified().await {
            tracing::info!(%error, "no notification");
        }
    });
}

async fn notified() -> zbus::Result<()> {
    let hints: HashMap<&str, Value<'_>> = HashMap::from([("urgency", Value::U8(2))]);
    let actions: [&str; 0] = [];
    let note = (
        "Roamkey",
        0_u32,
        "roamkey",
        TEXT.question_title,
        TEXT.question_body,
        &actions[..],
        hints,
        -1_i32,
    );
    zbus::Connection::session()
        .await?
        .call_method(
            Some("org.freedesktop.Notifications"),
            "/org/freedesktop/Notifications",
            Some("org.freedesktop.Notifications"),
            "Notify",
            &note,
        )
        .await
        .map(drop)
}

/// Whether the desktop shows icons, and the library that talks to it is here: without it, asking ends the process.
pub(crate) fn has_tray() -> bool {
    let library = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
    ]
    .iter()
    .any(|folder| {
        std::path::Path::new(folder)
            .join("libayatana-appindicator3.so.1")
            .exists()
    });
    library && tauri::async_runtime::block_on(watcher()).unwrap_or(false)
}

async fn watcher() -> zbus::Result<bool> {
    let bus = zbus::Connection::session().await?;
    let names = zbus::fdo::DBusProxy::new(&bus).await?;
    Ok(names
        .name_has_owner("org.kde.StatusNotifierWatcher".try_into()?)
        .await?)
}

/// What was copied last: a picture before text, since a picture's text is only its name.
pub(crate) async fn read_clipboard(handle: &AppHandle) -> Result<Code, ErrorCode> {
    if let Some(picture) = copied_picture(handle).await? {
        let decoded = tokio::task::spawn_blocking(|| picture.decode()).await;
        return decoded.map_err(|_| ErrorCode::Internal)?;
    }
    let text = copied_text(handle).await?.ok_or(ErrorCode::NoCodeInClipboard)?;
    Ok(Code::from_text(&text))
}

async fn copied_picture(handle: &AppHandle) -> Result<Option<Luma>, ErrorCode> {
    let (sender, picture) = oneshot::channel();
    let asked = handle.run_on_main_thread(move || {
        gtk::Clipboard::get(&gdk::SELECTION_CLIPBOARD).request_image(move |_, picture| {
            let _moved_on = sender.send(picture.and_then(Luma::of));
        });
    });
    asked.map_err(|_| ErrorCode::Internal)?;
    picture.await.map_err(|_| ErrorCode::Internal)
}

async fn copied_text(handle: &AppHandle) -> Result<Option<String>, ErrorCode> {
    let (sender, text) = oneshot::channel();
    let asked = handle.run_on_main_thread(move || {
        gtk::Clipboard::get(&gdk::SELECTION_CLIPBOARD).request_text(move |_, text| {
            let _moved_on = sender.send(text.map(str::to_owned));
        });
    });
    asked.map_err(|_| ErrorCode::Internal)?;
    text.await.map_err(|_| ErrorCode::Internal)
}
