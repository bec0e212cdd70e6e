//! The window of a handed-over request, in Tauri.

use std::io::{self, Write as _};
use std::process::ExitCode;

use roamkey_device::{Errand, ErrorCode, Requester};
use tauri::{AppHandle, Emitter as _, Manager as _, State, WebviewWindowBuilder, WindowEvent};
use tokio::sync::{mpsc, watch};

use super::flow::{Act, End, Flow};
use super::view::{HandedOver, HandedStep};
use crate::app::is_ours;
use crate::{platform, start};

/// The window's name, in `tauri.conf.json` and in its capabilities.
const REQUEST: &str = "request";

/// The event that carries a view.
const HANDED: &str = "handed";

/// Clicks that may wait to be looked at.
const ACTS: usize = 8;

/// The window's end of a [`Flow`].
#[derive(Debug)]
pub(crate) struct Handed {
    view: watch::Sender<HandedOver>,
    acts: mpsc::Sender<Act>,
}

impl Handed {
    fn act(&self, act: Act) {
        // A full or closed channel: the person clicked faster than anybody could follow, or it is over.
        let _over = self.acts.try_send(act);
    }
}

/// What to show now.
#[tauri::command]
pub(crate) fn handed(state: State<'_, Handed>) -> HandedOver {
    state.view.borrow().clone()
}

/// Does something; what comes of it is in the next view, or the window goes.
#[tauri::command]
pub(crate) fn handed_act(state: State<'_, Handed>, act: Act) {
    state.act(act);
}

/// Opens the window. Returns only if it can't.
pub(super) fn open(errand: Errand) -> ExitCode {
    let requester = match start::requester() {
        Ok(requester) => requester,
        Err(error) => return cannot(ErrorCode::Internal, &error),
    };
    if !platform::has_display() {
        return cannot(ErrorCode::NobodyToAsk, &"no display");
    }
    let built = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![handed, handed_act])
        .on_window_event(|window, event| {
            // The window goes when the phone has been told.
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                window.state::<Handed>().act(Act::Leave);
            }
        })
        .setup(move |app| set_up(app.handle(), errand, requester))
        .run(tauri::generate_context!());
    match built {
        Ok(()) => ExitCode::from(ErrorCode::Internal.exit()),
        Err(error) => cannot(ErrorCode::NobodyToAsk, &error),
    }
}

fn cannot(code: ErrorCode, why: &dyn std::fmt::Display) -> ExitCode {
    super::say(code, Some(&why.to_string()));
    ExitCode::from(code.exit())
}

fn set_up(
    handle: &AppHandle,
    errand: Errand,
    requester: Requester,
) -> Result<(), Box<dyn std::error::Error>> {
    let (flow, first) = Flow::new(errand, requester, start::look());
    let (acts, received) = mpsc::channel(ACTS);
    let view = watch::Sender::new(first);
    handle.manage(Handed {
        view: view.clone(),
        acts,
    });
    let windows = &handle.config().app.windows;
    let config = windows.iter().find(|window| window.label == REQUEST);
    WebviewWindowBuilder::from_config(handle, config.ok_or("no such window in tauri.conf.json")?)?
        .on_navigation(is_ours)
        .build()?;
    let shown = handle.clone();
    let show = move |step: HandedStep| {
        view.send_modify(|view| view.step = step);
        if let Err(error) = shown.emit_to(REQUEST, HANDED, &*view.borrow()) {
            tracing::debug!(%error, "the window did not follow");
        }
    };
    let (interrupted, handle) = (handle.clone(), handle.clone());
    tauri::async_runtime::spawn(async move {
        platform::interrupted().await;
        interrupted.state::<Handed>().act(Act::Leave);
    });
    tauri::async_runtime::spawn(async move {
        let end = flow.run(received, show).await;
        handle.exit(i32::from(told(&end)));
    });
    Ok(())
}

/// Tells the program how it ended, and returns the exit code.
fn told(end: &End) -> u8 {
    match end {
        End::Answered(answer) => {
            let mut out = io::stdout().lock();
            if let Err(error) = writeln!(out, "{}", answer.to_json()).and_then(|()| out.flush()) {
                tracing::debug!(%error, "nobody reads the response");
            }
            0
        }
        End::Failed(code, detail) => {
            super::say(*code, detail.as_deref());
            code.exit()
        }
    }
}
