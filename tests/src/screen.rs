//! A screen that nobody sees: Xvfb, whose picture lies in a file.
//!
//! `-fbdir` maps the screen to a file in the XWD format: a header of big-endian 32-bit words, a colour table, then
//! lines of pixels. The words that count, by index:
//!
//! ```text
//! 0 header bytes   4 width   5 height   7 byte order (0: least significant first)   11 bits per pixel
//! 12 bytes per line   19 colours in the table, 12 bytes each
//! ```
//! (X11/XWDFile.h.) No X client is needed to look at it, so none can be missing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use image::{GrayImage, RgbImage};

use crate::Result;
use crate::lines::Mark;
use crate::process::{Process, bound_to_this_thread};

/// A running Xvfb.
#[derive(Debug)]
pub struct Screen {
    display: String,
    frame: PathBuf,
    _server: Process,
}

/// The screen's picture at one moment, as it lies in the file.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    file: Vec<u8>,
}

impl Screen {
    /// Starts Xvfb and returns when it takes connections.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub async fn start(folder: &Path) -> Result<Self> {
        let mut command = bound_to_this_thread("Xvfb");
        command
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SIZE,
                "-nolisten",
                "tcp",
                // As on a desktop, where some program is always there.
                "-noreset",
                "-fbdir",
            ])
            .arg(folder);
        let server = Process::start("Xvfb", command, folder)?;
        let (display, _) = server
            .out()
            .line(Mark::default(), START_LIMIT, "a display number", number)
            .await?;
        Ok(Self {
            display: format!(":{display}"),
            frame: folder.join("Xvfb_screen0"),
            _server: server,
        })
    }

    /// What `DISPLAY` is set to.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Looks at the screen.
    ///
    /// # Errors
    ///
    /// The file can't be read.
    pub fn look(&self) -> Result<Picture> {
        Ok(Picture {
            file: std::fs::read(&self.frame)?,
        })
    }
}

impl Picture {
    /// The picture in colour, for people.
    ///
    /// # Errors
    ///
    /// The file is not of the form that Xvfb writes.
    pub fn rgb(&self) -> Result<RgbImage> {
        let word = |index: usize| -> Result<usize> {
            let bytes = self.file.get(index * 4..).and_then(<[u8]>::first_chunk::<4>);
            Ok(usize::try_from(u32::from_be_bytes(*bytes.ok_or(NOT_XWD)?))?)
        };
        let (width, height, line) = (word(4)?, word(5)?, word(12)?);
        if word(7)? != 0 || word(11)? != 32 || line < width * 4 {
            return Err(NOT_XWD.into());
        }
        let pixels = self.file.get(word(0)? + word(19)? * 12..).ok_or(NOT_XWD)?;
        let lines = pixels
            .chunks_exact(line)
            .take(height)
            .filter_map(|line| line.get(..width * 4));
        let colours = lines
            .flat_map(|line| line.as_chunks::<4>().0)
            .flat_map(|[blue, green, red, _]| [*red, *green, *blue]);
        RgbImage::from_raw(width.try_into()?, height.try_into()?, colours.collect())
            .ok_or_else(|| NOT_XWD.into())
    }

    /// The picture in grey, as a decoder wants it.
    ///
    /// # Errors
    ///
    /// As [`rgb`](Self::rgb).
    pub fn grey(&self) -> Result<GrayImage> {
        Ok(image::DynamicImage::from(self.rgb()?).into_luma8())
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture").finish_non_exhaustive()
    }
}

fn number(line: &str) -> Option<u32> {
    line.trim().parse().ok()
}

/// Room for the browser's window and its dialog, and beside it for a window of ours.
const SIZE: &str = "2200x1024x24";
const START_LIMIT: Duration = Duration::from_secs(20);
const NOT_XWD: &str = "the screen's file is not of the form that Xvfb writes";
