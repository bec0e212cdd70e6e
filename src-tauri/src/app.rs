//! The controller in a Tauri window: one instance, one window, a tray, links.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use roamkey_device::ble::Advertiser;
use roamkey_device::vault::{Vault, VaultConfig};
use roamkey_device::{ChosenTunnel, Code, ErrorCode, SystemVerification};
use tauri::menu::{Menu, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::webview::{PermissionKind, PermissionResponse};
use tauri::{AppHandle, Emitter as _, Manager as _, WebviewWindow, WindowEvent};
use tracing_subscriber::filter::LevelFilter;

use crate::controller::Controller;
use crate::platform::Dialog;
use crate::settings::system_language;
use crate::surroundings::Surroundings;
use crate::text::TEXT;
use crate::view::View;
use crate::window::Window;
use crate::{autostart, commands, platform, start};

/// The app as it is when it is no test.
pub(crate) type App = Controller<MainWindow, ChosenTunnel, Advertiser>;

/// The window's name, in `tauri.conf.json` and in its capabilities.
const MAIN: &str = "main";

/// The event that carries a view.
const VIEW: &str = "view";

/// Starts the app and returns when it is over.
///
/// A second start hands its link over to the first and ends.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    log();
    let options = match start::Options::of_this_process() {
        Ok(options) => options,
        Err(error) => return tracing::error!(%error, "can't start"),
    };
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(
            |handle, arguments, _| match start::link(arguments) {
                Some(link) => handle.state::<App>().opened(&link),
                None => raise(handle),
            },
        ))
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .on_permission_request(|_, kind| {
            if matches!(kind, PermissionKind::Camera) {
                PermissionResponse::Allow
            } else {
                PermissionResponse::Deny
            }
        })
        .invoke_handler(tauri::generate_handler![
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
            if let (WindowEvent::CloseRequested { api, .. }, true) = (event, has_tray()) {
                api.prevent_close();
                logged(window.hide());
            }
        })
        .setup(move |app| set_up(app.handle(), options))
        .run(tauri::generate_context!());
    if let Err(error) = built {
        tracing::error!(%error, "the window failed");
    }
}

fn set_up(handle: &AppHandle, options: start::Options) -> Result<(), Box<dyn std::error::Error>> {
    let window = handle
        .get_webview_window(MAIN)
        .ok_or("no main window in tauri.conf.json")?;
    platform::prepare(&window, &options);
    let start::Options {
        dir,
        tunnel,
        tunnel_is_fixed,
        phones,
        link,
    } = options;
    let config = VaultConfig::new(&dir);
    let vault = Vault::open(config.clone())?;
    let device = roamkey_device::Device::new(config, tunnel.clone(), Advertiser::new(), dir.clone())?
        .with_os_verification(Arc::new(SystemVerification));
    let surroundings = Surroundings {
        bluetooth: Box::new(|| Box::pin(start::bluetooth())),
        tunnel,
        tunnel_is_fixed,
        program: std::env::current_exe()?,
        autostart: autostart::folder(),
        units: roamkey_device::recovery::units_folder(),
        language: system_language(|name| std::env::var(name).ok()),
    };
    let window = MainWindow(handle.clone());
    let entered = tauri::async_runtime::handle();
    let _runtime = entered.inner().enter();
    let controller = App::new(window, device, vault, Box::new(phones), dir, surroundings);
    if let Some(link) = link {
        controller.opened(&link);
    }
    handle.manage(controller);
    tray(handle);
    Ok(())
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
    }

    fn raise(&self) {
        raise(&self.0);
    }

    fn question_waits(&self) {
        let looked_at = self
            .window()
            .is_some_and(|window| window.is_focused().unwrap_or(false));
        if !looked_at {
            platform::notify();
        }
    }

    async fn read_screen(&self) -> Result<Code, ErrorCode> {
        platform::read_screen(&self.0).await
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

fn raise(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(MAIN) {
        logged(window.show());
        logged(window.unminimize());
        logged(window.set_focus());
    }
}

static TRAY: OnceLock<bool> = OnceLock::new();

fn has_tray() -> bool {
    TRAY.get().copied().unwrap_or(false)
}

/// Puts the icon where the desktop has a place for it.
fn tray(handle: &AppHandle) {
    let made = platform::has_tray() && {
        let made = make_tray(handle);
        if let Err(error) = &made {
            tracing::warn!(%error, "no icon in the tray");
        }
        made.is_ok()
    };
    let _only_once = TRAY.set(made);
}

fn make_tray(handle: &AppHandle) -> tauri::Result<()> {
    let open = MenuItem::with_id(handle, "open", TEXT.open, true, None::<&str>)?;
    let quit = MenuItem::with_id(handle, "quit", TEXT.quit, true, None::<&str>)?;
    let menu = Menu::with_items(handle, &[&open, &quit])?;
    let mut tray = TrayIconBuilder::new().menu(&menu).tooltip("Roamkey");
    if let Some(icon) = handle.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.on_menu_event(|handle, event| match event.id().as_ref() {
        "quit" => handle.exit(0),
        _ => raise(handle),
    })
    .build(handle)?;
    Ok(())
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
