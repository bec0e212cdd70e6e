//! The icon where the desktop has a place for it: how things stand, and the ways in and out.

use std::sync::{Mutex, PoisonError};

use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};

use crate::app::raise;
use crate::text::Text;
use crate::view::{Bluetooth, Passkeys, SignIn, Stage, View};

/// The icon and its menu, for as long as the app runs.
pub(crate) struct Tray {
    items: [MenuItem<Wry>; 5],
    shown: Mutex<[&'static str; 5]>,
    handle: AppHandle,
    _icon: TrayIcon,
}

impl Tray {
    /// Puts the icon there.
    pub(crate) fn make(handle: &AppHandle, view: &View) -> tauri::Result<Self> {
        let shown = texts(view);
        let line = |text: &str| MenuItem::new(handle, text, false, None::<&str>);
        let action = |id: &str, text: &str| MenuItem::with_id(handle, id, text, true, None::<&str>);
        let [open, bluetooth, tunnel, lock, quit] = shown;
        let items = [
            action("open", open)?,
            line(bluetooth)?,
            line(tunnel)?,
            line(lock)?,
            action("quit", quit)?,
        ];
        let between = PredefinedMenuItem::separator(handle)?;
        let [open, bluetooth, tunnel, lock, quit] = &items;
        let menu = Menu::with_items(handle, &[open, &between, bluetooth, tunnel, lock, &between, quit])?;
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
            items,
            shown: Mutex::new(shown),
            handle: handle.clone(),
            _icon: icon.build(handle)?,
        })
    }

    /// Says how things stand, in the language in use. Does not wait for the desktop.
    pub(crate) fn follow(&self, view: &View) {
        let wanted = texts(view);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown == wanted {
            return;
        }
        *shown = wanted;
        let items = self.items.clone();
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

/// The way in, Bluetooth, tunnel, lock, the way out.
fn texts(view: &View) -> [&'static str; 5] {
    let text = Text::of(&view.settings);
    [
        text.open,
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
        text.quit,
    ]
}
