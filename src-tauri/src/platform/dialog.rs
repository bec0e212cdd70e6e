//! The desktop's own dialogs for files, and opening a file in another program: GTK's, which asks the portal where there is
//! one. The web view never reads or writes a file, and learns only of what is shown to the person.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use gtk::gio::prelude::*;
use gtk::prelude::*;
use gtk::{FileChooserAction, FileChooserNative, ResponseType, gio, glib};
use roamkey_device::ErrorCode;
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tokio::sync::oneshot;

use super::Dialog;
use crate::app::App;
use crate::text::Text;

/// Asks, over the window. `None` if the person closed the dialog.
pub(crate) async fn ask(
    handle: &AppHandle,
    window: Option<WebviewWindow>,
    dialog: Dialog,
) -> Result<Option<PathBuf>, ErrorCode> {
    let (answer, asked) = oneshot::channel();
    let text = Text::of(&handle.state::<App>().view().settings);
    let shown = handle.run_on_main_thread(move || show(window.as_ref(), &dialog, text, answer));
    shown.map_err(|_| ErrorCode::DialogUnavailable)?;
    asked.await.map_err(|_| ErrorCode::DialogUnavailable)
}

fn show(
    window: Option<&WebviewWindow>,
    dialog: &Dialog,
    text: &Text,
    answer: oneshot::Sender<Option<PathBuf>>,
) {
    let parent = window.and_then(|window| window.gtk_window().ok());
    let (action, title) = match dialog {
        Dialog::File => (FileChooserAction::Open, text.choose_file),
        Dialog::Folder => (FileChooserAction::SelectFolder, text.choose_folder),
        Dialog::SaveAs(_) => (FileChooserAction::Save, text.save_as),
    };
    // GTK has the buttons in the language of the session.
    let chooser = FileChooserNative::new(Some(title), parent.as_ref(), action, None, None);
    chooser.set_modal(true);
    // Otherwise it begins with what was used last in any program, or wherever the app was started.
    chooser.set_current_folder(glib::home_dir());
    if let Dialog::SaveAs(name) = dialog {
        chooser.set_current_name(name);
    }
    let answer = RefCell::new(Some(answer));
    let kept = Rc::new(RefCell::new(Some(chooser.clone())));
    chooser.connect_response(move |chooser, response| {
        let path = (response == ResponseType::Accept)
            .then(|| chooser.filename())
            .flatten();
        if let Some(answer) = answer.borrow_mut().take() {
            // Nobody waits any more: the app ends.
            let _over = answer.send(path);
        }
        chooser.hide();
        // Its last reference goes: GTK holds none.
        drop(kept.borrow_mut().take());
    });
    chooser.show();
}

/// Opens a file in the program that the desktop has for it.
pub(crate) async fn open(handle: &AppHandle, path: &Path) -> Result<(), ErrorCode> {
    let (answer, asked) = oneshot::channel();
    let uri = gio::File::for_path(path).uri();
    let uri = uri.to_string();
    let sent = handle.run_on_main_thread(move || {
        let opened = gio::AppInfo::launch_default_for_uri(&uri, gio::AppLaunchContext::NONE);
        // As above.
        let _over = answer.send(opened.map_err(|error| {
            tracing::info!(%error, "no program opened the file");
            ErrorCode::FileNotOpened
        }));
    });
    sent.map_err(|_| ErrorCode::FileNotOpened)?;
    asked.await.map_err(|_| ErrorCode::FileNotOpened)?
}
