//! A picture of the screen: by the desktop's portal under Wayland, where the person chooses what to show, and directly
//! under X11. With several codes in it the person is asked for the part that they mean.

use std::time::Duration;

use ashpd::desktop::screenshot::Screenshot;
use gtk::gdk_pixbuf::Pixbuf;
use roamkey_device::{Code, ErrorCode, Failure};
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tokio::sync::oneshot;

use super::choose::{Shown, choose};
use super::luma::Luma;
use crate::action::ScreenPart;
use crate::app::App;
use crate::text::Text;

/// Looks for a code on the screen, or on the part of it that the person chooses.
pub(crate) async fn read_screen(handle: &AppHandle, part: ScreenPart) -> Result<Code, ErrorCode> {
    let mut part = part;
    loop {
        let mut codes = if std::env::var_os("WAYLAND_DISPLAY").is_some() {
            by_portal(part).await?
        } else {
            match part {
                ScreenPart::Whole => whole(handle).await?,
                ScreenPart::Chosen => chosen(handle).await?,
            }
        };
        // Two in the part that was chosen: the question will say what the first is about.
        if codes.len() == 1 || part == ScreenPart::Chosen {
            return codes.pop().ok_or(ErrorCode::NoCodeInPicture);
        }
        part = ScreenPart::Chosen;
    }
}

/// The whole screen under X11. Our own window steps aside if there is no code to be seen.
async fn whole(handle: &AppHandle) -> Result<Vec<Code>, ErrorCode> {
    let mut found = look(handle).await;
    if !matches!(found, Err(ErrorCode::NoCodeInPicture)) {
        return found;
    }
    let _aside = Aside::step(handle);
    for _ in 0..LOOKS {
        tokio::time::sleep(BETWEEN_LOOKS).await;
        found = look(handle).await;
        if found.is_ok() {
            break;
        }
    }
    found
}

async fn look(handle: &AppHandle) -> Result<Vec<Code>, ErrorCode> {
    let shown = on_main_thread(handle, |answer| {
        // Nobody waits any more: the person has moved on.
        let _moved_on = answer.send(Shown::take().and_then(|shown| Luma::of(shown.picture())));
    });
    decode(shown.await?.ok_or(ErrorCode::ScreenUnavailable)?).await
}

/// The part that the person chooses, of what is behind our window.
async fn chosen(handle: &AppHandle) -> Result<Vec<Code>, ErrorCode> {
    let aside = Aside::step(handle);
    tokio::time::sleep(BETWEEN_LOOKS * LOOKS).await;
    let text = Text::of(&handle.state::<App>().view().settings);
    let asked = on_main_thread(handle, |answer| match Shown::take() {
        Some(shown) => choose(shown, text.choose_part, answer),
        None => drop(answer),
    });
    let part: Option<Chosen> = asked.await.map_err(|_| ErrorCode::ScreenUnavailable)?;
    drop(aside);
    decode(part.ok_or(ErrorCode::Cancelled)?.0).await
}

/// The part that was chosen, ready to leave GTK's thread.
pub(super) struct Chosen(Luma);

impl Chosen {
    pub(super) fn of(picture: &Pixbuf) -> Option<Self> {
        Luma::of(picture).map(Self)
    }
}

async fn decode(picture: Luma) -> Result<Vec<Code>, ErrorCode> {
    tokio::task::spawn_blocking(|| picture.decode())
        .await
        .map_err(|_| ErrorCode::Internal)?
}

/// Does something on GTK's thread that answers, at once or later.
async fn on_main_thread<O: Send + 'static>(
    handle: &AppHandle,
    work: impl FnOnce(oneshot::Sender<O>) + Send + 'static,
) -> Result<O, ErrorCode> {
    let (answer, answered) = oneshot::channel();
    let done = handle.run_on_main_thread(move || work(answer));
    done.map_err(|_| ErrorCode::Internal)?;
    answered.await.map_err(|_| ErrorCode::Internal)
}

/// Our windows, out of the way until this is dropped.
struct Aside(Vec<WebviewWindow>);

impl Aside {
    fn step(handle: &AppHandle) -> Self {
        let windows: Vec<_> = handle.webview_windows().into_values().collect();
        for window in &windows {
            followed(window.hide());
        }
        Self(windows)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        for window in &self.0 {
            followed(window.show());
        }
    }
}

/// Asks the portal: for the whole screen, or by a window of the desktop's own in which the person chooses.
async fn by_portal(part: ScreenPart) -> Result<Vec<Code>, ErrorCode> {
    let request = Screenshot::request()
        .interactive(part == ScreenPart::Chosen)
        .modal(true);
    let shown = request.send().await.and_then(|request| request.response());
    let shown = shown.map_err(|error| {
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
    let decoded = tokio::task::spawn_blocking(move || Code::all_from_picture(&bytes)).await;
    decoded
        .map_err(|_| ErrorCode::Internal)?
        .map_err(|error| Failure::Scan(error).code())
}

fn followed(done: tauri::Result<()>) {
    if let Err(error) = done {
        tracing::debug!(%error, "the window did not follow");
    }
}

/// Other windows draw what was behind ours within a few frames.
const BETWEEN_LOOKS: Duration = Duration::from_millis(120);
const LOOKS: u32 = 6;
