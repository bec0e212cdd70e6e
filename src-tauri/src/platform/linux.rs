//! GTK's clipboard, the web view's switches, and whether the desktop shows icons.

use gtk::gdk;
use roamkey_device::{Code, ErrorCode};
use tauri::{AppHandle, WebviewWindow};
use tokio::sync::oneshot;
use webkit2gtk::{SettingsExt as _, WebViewExt as _};

use super::luma::Luma;
use crate::start::Options;

/// Switches the camera on, which some distributions leave off.
pub(crate) fn prepare(window: &WebviewWindow, _: &Options) {
    let set = window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_enable_media_stream(true);
            // For tests, and not in what people install: WebKit's own camera, which shows a clock.
            #[cfg(debug_assertions)]
            settings.set_enable_mock_capture_devices(std::env::var_os("ROAMKEY_MOCK_CAMERA").is_some());
        }
    });
    if let Err(error) = set {
        tracing::warn!(%error, "the camera may stay off");
    }
}

/// Whether there is a display to open a window on.
pub(crate) fn has_display() -> bool {
    gtk::init().is_ok()
}

/// Waits until this process is asked to end: by Ctrl-C, or by the program that started it.
pub(crate) async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(%error, "signals end this process unasked");
            std::future::pending().await
        }
    }
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
        let mut codes = decoded.map_err(|_| ErrorCode::Internal)??;
        return codes.pop().ok_or(ErrorCode::NoCodeInPicture);
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
