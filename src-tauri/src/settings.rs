//! What the app remembers besides the passkeys: files in the folder of the device. One that can't be written is a
//! setting that is asked for again, and no more.

use std::path::PathBuf;

/// The settings of the app.
#[derive(Debug)]
pub(crate) struct Settings {
    dir: PathBuf,
}

/// Its being there says that the first start is over.
const WELCOMED: &str = "welcomed";

impl Settings {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Whether the person has been through the first start.
    pub(crate) fn welcomed(&self) -> bool {
        self.dir.join(WELCOMED).exists()
    }

    /// Remembers that they have.
    pub(crate) fn set_welcomed(&self) {
        let kept =
            std::fs::create_dir_all(&self.dir).and_then(|()| std::fs::write(self.dir.join(WELCOMED), ""));
        if let Err(error) = kept {
            tracing::warn!(%error, "the first start will come again");
        }
    }
}
