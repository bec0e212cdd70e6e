//! What the web view may ask for. Each command is one request and one answer.

#![expect(
    clippy::unreachable,
    reason = "in what Tauri's macro makes of an async command"
)]

use roamkey_device::{Code, ErrorCode, Failure};
use tauri::State;
use tauri::ipc::{InvokeBody, Request};

use crate::action::{Action, OpeningAction, Typed};
use crate::app::{App, AppDoor};
use crate::view::{
    ActivityFilter, ActivityPage, Opening, Origin, Passkey, PlanRow, Share, Statistics, Strength, TunnelName,
    View, Whereabouts,
};

/// What stands between the start and the app; the commands below have an answer once nothing does.
#[tauri::command]
pub(crate) fn opening(door: State<'_, AppDoor>) -> Opening {
    door.opening()
}

/// Does something about it; what comes of it is shown.
#[tauri::command]
pub(crate) fn opening_act(door: State<'_, AppDoor>, action: OpeningAction) {
    door.act(action);
}

/// What to show now.
#[tauri::command]
pub(crate) fn view(app: State<'_, App>) -> View {
    app.view()
}

/// Does something; what comes of it is in the next view.
#[tauri::command]
pub(crate) fn act(app: State<'_, App>, action: Action) {
    app.act(action);
}

/// The entries of the list of passkeys.
#[tauri::command]
pub(crate) fn passkeys(app: State<'_, App>) -> Vec<Passkey> {
    app.passkeys().to_vec()
}

/// Where each passkey is.
#[tauri::command]
pub(crate) fn whereabouts(app: State<'_, App>) -> Vec<Whereabouts> {
    app.whereabouts().to_vec()
}

/// The recovery words, while the wizard shows them; otherwise nothing.
#[tauri::command]
pub(crate) fn words(app: State<'_, App>) -> Vec<&'static str> {
    app.words()
}

/// The shares of the words, while the wizard shows them; otherwise nothing.
#[tauri::command]
pub(crate) fn shares(app: State<'_, App>) -> Vec<Share> {
    app.shares()
}

/// The rows of the plan that is shown; otherwise nothing.
#[tauri::command]
pub(crate) fn plan(app: State<'_, App>) -> Vec<PlanRow> {
    app.plan().to_vec()
}

/// How strong a passphrase is.
#[tauri::command(async)]
pub(crate) fn strength(passphrase: Typed) -> Strength {
    App::strength(&passphrase)
}

/// Entries of the activity log that fit a filter: `count` of them after the first `from`, the newest first.
#[tauri::command(async)]
pub(crate) fn activity(
    app: State<'_, App>,
    filter: ActivityFilter,
    from: usize,
    count: usize,
) -> ActivityPage {
    app.activity(&filter, from, count)
}

/// What the activity log adds up to.
#[tauri::command(async)]
pub(crate) fn statistics(app: State<'_, App>) -> Statistics {
    app.statistics()
}

/// The tunnel service with a number, if there is one.
#[tauri::command]
pub(crate) fn tunnel_name(id: u32) -> Option<TunnelName> {
    App::tunnel_name(id)
}

/// Takes the bytes of a picture that may show a code.
#[tauri::command]
pub(crate) async fn picture(app: State<'_, App>, request: Request<'_>) -> Result<(), ()> {
    let bytes = body(&request).to_vec();
    let read = tauri::async_runtime::spawn_blocking(move || Code::from_picture(&bytes)).await;
    let code = match read {
        Ok(read) => read.map_err(|error| Failure::Scan(error).code()),
        Err(_) => Err(ErrorCode::Internal),
    };
    app.found(Origin::Picture, code);
    Ok(())
}

/// Takes a picture of the camera, one byte of brightness for each pixel; tells whether it held a code.
#[tauri::command]
pub(crate) async fn frame(app: State<'_, App>, request: Request<'_>) -> Result<bool, ()> {
    let side = |name: &str| request.headers().get(name)?.to_str().ok()?.parse::<u32>().ok();
    let (Some(width), Some(height)) = (side("width"), side("height")) else {
        return Err(());
    };
    let luma = body(&request).to_vec();
    let read = tauri::async_runtime::spawn_blocking(move || Code::from_luma(width, height, luma)).await;
    let Ok(Ok(code)) = read else {
        return Ok(false);
    };
    app.found(Origin::Camera, Ok(code));
    Ok(true)
}

fn body<'a>(request: &'a Request<'_>) -> &'a [u8] {
    match request.body() {
        InvokeBody::Raw(bytes) => bytes,
        InvokeBody::Json(_) => &[],
    }
}
