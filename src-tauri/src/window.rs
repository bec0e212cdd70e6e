//! What the controller needs from a window and the desktop around it. The real one is `crate::app`, tests have their
//! own.

use std::future::Future;
use std::path::{Path, PathBuf};

use roamkey_device::{Code, ErrorCode};

use crate::action::ScreenPart;
use crate::view::View;

/// The window, as the controller sees it.
pub trait Window: Send + Sync + 'static {
    /// Draws the view. Must not block, and must not call the controller back.
    fn show(&self, view: &View);

    /// Comes to the front: a question or a link waits.
    fn raise(&self);

    /// Tells the person, in the desktop's own way, that a question waits in a window that they do not look at.
    fn question_waits(&self);

    /// The question was answered, or withdrawn: there is nothing more to tell.
    fn question_is_over(&self);

    /// Looks for a sign-in code on the screen.
    ///
    /// # Errors
    ///
    /// The desktop shows no picture of its screen, or there is no code in it. [`ErrorCode::Cancelled`] if the person was
    /// to choose a part and did not.
    fn read_screen(&self, part: ScreenPart) -> impl Future<Output = Result<Code, ErrorCode>> + Send;

    /// Looks for a sign-in code in the clipboard, as a picture or as text.
    ///
    /// # Errors
    ///
    /// There is none.
    fn read_clipboard(&self) -> impl Future<Output = Result<Code, ErrorCode>> + Send;

    /// Lets the person choose a file, in the desktop's own dialog. `None` if they closed it.
    ///
    /// # Errors
    ///
    /// The desktop shows no dialog.
    fn choose_file(&self) -> impl Future<Output = Result<Option<PathBuf>, ErrorCode>> + Send;

    /// Lets the person choose a folder, in the same way.
    ///
    /// # Errors
    ///
    /// The desktop shows no dialog.
    fn choose_folder(&self) -> impl Future<Output = Result<Option<PathBuf>, ErrorCode>> + Send;

    /// Lets the person choose where a new file goes, in the same way; `name` is what it is called otherwise.
    ///
    /// # Errors
    ///
    /// The desktop shows no dialog.
    fn save_as(&self, name: &str) -> impl Future<Output = Result<Option<PathBuf>, ErrorCode>> + Send;

    /// Opens a file in the program that the desktop has for it.
    ///
    /// # Errors
    ///
    /// No program opened it.
    fn open_file(&self, path: &Path) -> impl Future<Output = Result<(), ErrorCode>> + Send;
}
