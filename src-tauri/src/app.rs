//! The controller in a Tauri window: one instance, one window, a tray, links.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Parser as _;
use roamkey_device::ble::Advertiser;
use roamkey_device::vault::VaultConfig;
use roamkey_device::{ChosenTunnel, Code, ErrorCode, Requester, SystemVerification};
use tauri::webview::{PermissionKind, PermissionResponse};
use tauri::{
    AppHandle, DragDropEvent, Emitter as _, Manager as _, Url, WebviewWindow, WebviewWindowBuilder,
    WindowEvent, Wry,
};
#[cfg(desktop)]
use tauri_plugin_window_state::StateFlags;
use tracing_subscriber::filter::LevelFilter;

use crate::action::ScreenPart;
use crate::controller::Controller;
use crate::door::{Door, Doorway, OpenVault};
use crate::platform::{Dialog, Note};
use crate::settings::system_language;
use crate::surroundings::{Rebuilds, Surroundings};
use crate::tray::Tray;
use crate::view::{Opening, OpeningStep, View};
use crate::window::Window;
use crate::{autostart, commands, platform, request, start, unattended};

/// The app as it is when it is no test.
pub(crate) type App = Controller<MainWindow, ChosenTunnel, Advertiser>;

/// The window's name, in `tauri.conf.json` and in its capabilities.
const MAIN: &str = "main";

/// The event that carries a view.
const VIEW: &str = "view";

/// The event that carries what stands between a start and the app.
const OPENING: &str = "opening";

/// Begins as a desktop program does: with what its arguments ask for.
#[must_use]
pub fn main_on_desktop() -> ExitCode {
    let arguments = start::Arguments::parse();
    log();
    match &arguments.command {
        Some(start::Command::Request(wish)) => return request::run(wish),
        Some(start::Command::Backup { dir }) => return unattended::backup(dir),
        None => {}
    }
    match open() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "can't start");
            ExitCode::from(ErrorCode::Internal.exit())
        }
    }
}

/// Begins as an app on a phone does.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    log();
    if let Err(error) = open() {
        tracing::error!(%error, "can't start");
    }
}

/// Opens the app and returns when it is over. A second start hands its link over to the first and ends.
fn open() -> Result<(), Box<dyn std::error::Error>> {
    let options = start::Options::of_this_process()?;
    if !platform::has_display() {
        return Err(start::StartError::NoDisplay.into());
    }
    let built = with_desktop_plugins(tauri::Builder::default())
        .on_permission_request(|_, kind| {
            if matches!(kind, PermissionKind::Camera) {
                PermissionResponse::Allow
            } else {
                PermissionResponse::Deny
            }
        })
        .invoke_handler(tauri::generate_handler![
            commands::opening,
            commands::opening_act,
            commands::view,
            commands::act,
            commands::passkeys,
            commands::whereabouts,
            commands::words,
            commands::shares,
            commands::plan,
            commands::strength,
            commands::activity,
            commands::statistics,
            commands::tunnel_name,
            commands::picture,
            commands::frame,
        ])
        .on_window_event(|window, event| {
            // With a tray, closing the window leaves the app ready for links; without one it would be out of reach.
            if let (WindowEvent::CloseRequested { api, .. }, true) = (event, has_tray(window.app_handle())) {
                api.prevent_close();
                logged(window.hide());
            }
            if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event
                && let (Some(app), Some(file)) = (window.try_state::<App>(), paths.first())
            {
                app.dropped(file.clone());
            }
        })
        .setup(move |app| set_up(app.handle(), options))
        .run(tauri::generate_context!());
    Ok(built?)
}

/// One instance, which remembers its window. Phones do both by themselves.
#[cfg(desktop)]
fn with_desktop_plugins(builder: tauri::Builder<Wry>) -> tauri::Builder<Wry> {
    builder
        .plugin(tauri_plugin_single_instance::init(
            |handle, arguments, _| match start::link(arguments) {
                Some(link) => follow(handle, link),
                None => raise(handle),
            },
        ))
        .plugin(
            // Who quits by the icon's menu, with the window closed, wants to see it after the next start.
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::all() & !StateFlags::VISIBLE)
                .build(),
        )
}

#[cfg(mobile)]
fn with_desktop_plugins(builder: tauri::Builder<Wry>) -> tauri::Builder<Wry> {
    builder
}

fn set_up(handle: &AppHandle, options: start::Options) -> Result<(), Box<dyn std::error::Error>> {
    let windows = &handle.config().app.windows;
    let config = windows.iter().find(|window| window.label == MAIN);
    let config = config.ok_or("no main window in tauri.conf.json")?;
    let hidden = options.background && options.link.is_none() && platform::has_tray();
    let window = WebviewWindowBuilder::from_config(handle, config)?
        .visible(!hidden)
        .on_navigation(is_ours)
        .build()?;
    platform::prepare(&window, &options);
    let start::Options {
        dir,
        tunnel,
        tunnel_is_fixed,
        phones,
        link,
        background: _,
    } = options;
    let surroundings = Surroundings {
        bluetooth: Box::new(|| Box::pin(start::bluetooth())),
        tunnel,
        tunnel_is_fixed,
        program: std::env::current_exe()?,
        autostart: autostart::folder(),
        units: roamkey_device::recovery::units_folder(),
        language: system_language(|name| std::env::var(name).ok()),
    };
    handle.manage(Note::default());
    let (config, rebuilds) = Rebuilds::of(VaultConfig::new(&dir));
    let parts = Parts {
        phones,
        dir,
        surroundings,
        rebuilds,
        hidden,
    };
    let entrance = Entrance {
        handle: handle.clone(),
        parts: Mutex::new(Some(parts)),
        link: Mutex::new(link),
    };
    let entered = tauri::async_runtime::handle();
    let _runtime = entered.inner().enter();
    let door = AppDoor::new(entrance, config, start::look());
    handle.manage(door.clone());
    door.look();
    Ok(())
}

/// The door to the app as it is when it is no test.
pub(crate) type AppDoor = Door<Entrance>;

/// The main window, before there is an app in it, and what that will be made of.
pub(crate) struct Entrance {
    handle: AppHandle,
    parts: Mutex<Option<Parts>>,
    /// A sign-in link that waits for the app.
    link: Mutex<Option<String>>,
}

/// What the app is made of, besides a vault.
struct Parts {
    phones: Requester,
    dir: PathBuf,
    surroundings: Surroundings,
    rebuilds: Rebuilds,
    hidden: bool,
}

impl Doorway for Entrance {
    fn show(&self, opening: &Opening) {
        logged(self.handle.emit_to(MAIN, OPENING, opening));
        match opening.step {
            OpeningStep::Looking | OpeningStep::Open => {}
            // The icon comes with the app: without either, nobody could answer.
            OpeningStep::Policy { .. }
            | OpeningStep::Passphrase { .. }
            | OpeningStep::NoKeyring { .. }
            | OpeningStep::Failed { .. } => raise(&self.handle),
        }
    }

    fn open(&self, OpenVault { vault, config }: OpenVault) -> Result<(), ErrorCode> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Parts {
            phones,
            dir,
            surroundings,
            rebuilds,
            hidden,
        } = parts.ok_or(ErrorCode::Internal)?;
        let tunnel = surroundings.tunnel.clone();
        let device = roamkey_device::Device::new(config, tunnel, Advertiser::new(), dir.clone());
        let device = device.map_err(|failure| failure.code())?;
        let device = device.with_os_verification(Arc::new(SystemVerification));
        let window = MainWindow(self.handle.clone());
        let app = App::new(
            window,
            device,
            vault,
            Box::new(phones),
            dir,
            surroundings,
            rebuilds,
        );
        self.handle.manage(app.clone());
        let link = self.link.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(link) = link {
            app.opened(&link);
        }
        let handle = self.handle.clone();
        logged(self.handle.run_on_main_thread(move || {
            tray(&handle);
            if hidden && !has_tray(&handle) {
                raise(&handle);
            }
        }));
        Ok(())
    }

    fn quit(&self) {
        self.handle.exit(0);
    }
}

/// Follows a sign-in link: in the app, or as soon as there is one.
fn follow(handle: &AppHandle, link: String) {
    let Some(door) = handle.try_state::<AppDoor>() else {
        return;
    };
    let mut waiting = door.doorway().link.lock().unwrap_or_else(PoisonError::into_inner);
    match handle.try_state::<App>() {
        Some(app) => app.opened(&link),
        None => {
            *waiting = Some(link);
            raise(handle);
        }
    }
}

/// Whether a window may show this: the pages that the app brings along, and nothing that a link or a drop leads to.
pub(crate) fn is_ours(page: &Url) -> bool {
    page.scheme() == "tauri" || page.host_str() == Some("tauri.localhost") || page.as_str() == "about:blank"
}

/// The main window.
#[derive(Debug)]
pub(crate) struct MainWindow(AppHandle);

impl MainWindow {
    fn window(&self) -> Option<WebviewWindow> {
        self.0.get_webview_window(MAIN)
    }
}

impl Window for MainWindow {
    fn show(&self, view: &View) {
        logged(self.0.emit_to(MAIN, VIEW, view));
        if let Some(tray) = self.0.try_state::<Tray>() {
            tray.follow(view);
        }
    }

    fn raise(&self) {
        raise(&self.0);
    }

    fn question_waits(&self) {
        let looked_at = self
            .window()
            .is_some_and(|window| window.is_focused().unwrap_or(false));
        if !looked_at {
            self.0.state::<Note>().show(&self.0);
        }
    }

    fn question_is_over(&self) {
        self.0.state::<Note>().take_back();
    }

    async fn read_screen(&self, part: ScreenPart) -> Result<Code, ErrorCode> {
        platform::read_screen(&self.0, part).await
    }

    async fn read_clipboard(&self) -> Result<Code, ErrorCode> {
        platform::read_clipboard(&self.0).await
    }

    async fn choose_file(&self) -> Result<Option<PathBuf>, ErrorCode> {
        platform::ask(&self.0, self.window(), Dialog::File).await
    }

    async fn choose_folder(&self) -> Result<Option<PathBuf>, ErrorCode> {
        platform::ask(&self.0, self.window(), Dialog::Folder).await
    }

    async fn save_as(&self, name: &str) -> Result<Option<PathBuf>, ErrorCode> {
        platform::ask(&self.0, self.window(), Dialog::SaveAs(name.to_owned())).await
    }

    async fn open_file(&self, path: &Path) -> Result<(), ErrorCode> {
        platform::open(&self.0, path).await
    }
}

pub(crate) fn raise(handle: &AppHandle) {
    #[cfg(desktop)]
    if let Some(window) = handle.get_webview_window(MAIN) {
        logged(window.show());
        logged(window.unminimize());
        logged(window.set_focus());
    }
}

fn has_tray(handle: &AppHandle) -> bool {
    handle.try_state::<Tray>().is_some()
}

/// Puts the icon where the desktop has a place for it.
fn tray(handle: &AppHandle) {
    if !platform::has_tray() {
        return;
    }
    match Tray::make(handle, &handle.state::<App>().view()) {
        Ok(tray) => {
            handle.manage(tray);
            // What changed while it was made.
            MainWindow(handle.clone()).show(&handle.state::<App>().view());
        }
        Err(error) => tracing::warn!(%error, "no icon in the tray"),
    }
}

/// A window that is gone can't be drawn on, and nothing depends on it.
fn logged(done: tauri::Result<()>) {
    if let Err(error) = done {
        tracing::debug!(%error, "the window did not follow");
    }
}

/// Logs go to standard error, at the level that `ROAMKEY_LOG` names. Our own crates only: libraries may log what is
/// nobody's business.
fn log() {
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    let level = std::env::var("ROAMKEY_LOG")
        .ok()
        .and_then(|level| level.parse().ok());
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_filter(level.unwrap_or(LevelFilter::WARN))
        .with_filter(tracing_subscriber::filter::filter_fn(|meta| {
            meta.target().starts_with("roamkey")
        }));
    tracing_subscriber::registry().with(layer).init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_shows_its_own_pages_and_nothing_else() {
        let ours = |page: &str| is_ours(&page.parse().unwrap());
        assert!(ours("tauri://localhost") && ours("tauri://localhost/request.html"));
        for page in [
            "file:///tmp/picture.png",
            "https://example.org/",
            "https://tauri.localhost.example.org/",
            "data:text/html,x",
        ] {
            assert!(!ours(page), "{page}");
        }
    }
}
