//! The icon where the desktop has a place for it: how things stand, and the ways in and out.

use std::sync::{Mutex, PoisonError};

use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};

use crate::app::raise;
use crate::text::{TEXT, Text};
use crate::view::{Bluetooth, Passkeys, SignIn, Stage, View};

/// The icon and its menu, for as long as the app runs.
pub(crate) struct Tray {
    lines: [MenuItem<Wry>; 3],
    shown: Mutex<[&'static str; 3]>,
    handle: AppHandle,
    _icon: TrayIcon,
}

impl Tray {
    /// Puts the icon there.
    pub(crate) fn make(handle: &AppHandle, view: &View) -> tauri::Result<Self> {
        let shown = lines(view, &TEXT);
        let line = |text: &str| MenuItem::new(handle, text, false, None::<&str>);
        let [bluetooth, tunnel, lock] = shown;
        let status = [line(bluetooth)?, line(tunnel)?, line(lock)?];
        let open = MenuItem::with_id(handle, "open", TEXT.open, true, None::<&str>)?;
        let quit = MenuItem::with_id(handle, "quit", TEXT.quit, true, None::<&str>)?;
        let between = PredefinedMenuItem::separator(handle)?;
        let [bluetooth, tunnel, lock] = &status;
        let menu = Menu::with_items(
            handle,
            &[&open, &between, bluetooth, tunnel, lock, &between, &quit],
        )?;
        let mut icon = TrayIconBuilder::new().menu(&menu).tooltip("Roamkey");
        if let Some(picture) = handle.default_window_icon() {
            icon = icon.icon(picture.clone());
        }
        let icon = icon.on_menu_event(|handle, event| match event.id().as_ref() {
            "quit" => handle.exit(0),
            "open" => raise(handle),
            _ => {}
        });
        Ok(Self {
            lines: status,
            shown: Mutex::new(shown),
            handle: handle.clone(),
            _icon: icon.build(handle)?,
        })
    }

    /// Says how things stand. Does not wait for the desktop.
    pub(crate) fn follow(&self, view: &View) {
        let wanted = lines(view, &TEXT);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown == wanted {
            return;
        }
        *shown = wanted;
        let items = self.lines.clone();
        let followed = self.handle.run_on_main_thread(move || {
            for (item, text) in items.iter().zip(wanted) {
                if let Err(error) = item.set_text(text) {
                    tracing::debug!(%error, "the icon's menu did not follow");
                }
            }
        });
        if let Err(error) = followed {
            tracing::debug!(%error, "the icon's menu did not follow");
        }
    }
}

/// Bluetooth, tunnel, lock.
fn lines(view: &View, text: &Text) -> [&'static str; 3] {
    [
        match view.bluetooth {
            Bluetooth::Unknown => text.bluetooth_unknown,
            Bluetooth::Ready => text.bluetooth_ready,
            Bluetooth::Problem { .. } => text.bluetooth_problem,
        },
        match &view.sign_in {
            SignIn::Connecting {
                stage: Stage::Opening,
            } => text.tunnel_opening,
            SignIn::Connecting { .. } | SignIn::Question(_) => text.tunnel_open,
            SignIn::Idle { .. }
            | SignIn::Looking { .. }
            | SignIn::Found { .. }
            | SignIn::ChoosePin
            | SignIn::Done { .. }
            | SignIn::Failed { .. } => text.tunnel_closed,
        },
        match view.passkeys {
            Passkeys::Reading => text.passkeys_reading,
            Passkeys::Ready { .. } => text.passkeys_open,
            Passkeys::Failed { .. } => text.passkeys_locked,
        },
    ]
}
