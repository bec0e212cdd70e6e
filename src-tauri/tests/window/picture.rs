//! Somebody else's program that shows a picture, out of which it can be dragged as a file: as far as the app can tell, a
//! file manager. It is this test binary, started once more.

use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use gtk::gdk::{DragAction, ModifierType};
use gtk::prelude::*;
use roamkey_tests::Result;
use roamkey_tests::process::{Process, bound_to_this_thread};

use crate::x11::Hands;

/// The program, for as long as the value lives.
pub(crate) struct PictureWindow {
    _process: Process,
}

impl PictureWindow {
    /// Shows a picture at a place of the screen.
    pub(crate) async fn shows(hands: &Hands, picture: &Path, at: (i32, i32)) -> Result<Self> {
        let this = std::env::current_exe()?;
        let mut command = bound_to_this_thread(this.to_str().ok_or("an odd folder")?);
        command.env(PICTURE, picture).stdin(Stdio::null());
        let process = hands.start("picture", command)?;
        let window = hands.window_of(TITLE).await?;
        let [x, y] = [at.0, at.1].map(|number| number.to_string());
        hands.xdotool(&["windowmove", "--sync", &window, &x, &y]).await?;
        Ok(Self { _process: process })
    }
}

/// The picture that this process is to show instead of running tests.
pub(crate) fn to_show() -> Option<PathBuf> {
    std::env::var_os(PICTURE).map(PathBuf::from)
}

/// Shows it until the process is ended.
pub(crate) fn show(picture: &Path) -> ExitCode {
    gtk::init().expect("a screen");
    let uri = format!("file://{}", picture.display());
    let source = gtk::EventBox::new();
    source.add(&gtk::Image::from_file(picture));
    source.drag_source_set(ModifierType::BUTTON1_MASK, &[], DragAction::COPY);
    source.drag_source_add_uri_targets();
    source.connect_drag_data_get(move |_, _, data, _, _| {
        assert!(data.set_uris(&[&uri]), "the file goes with the drag");
    });
    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    window.set_title(TITLE);
    window.add(&source);
    window.show_all();
    gtk::main();
    ExitCode::SUCCESS
}

/// Carries the picture's path.
const PICTURE: &str = "ROAMKEY_TEST_PICTURE";
const TITLE: &str = "a picture of a code";
