//! Hands at the screen: a window manager that gives windows their focus, a pointer and a keyboard that belong to the X
//! server, and what they do with the desktop's file dialogs.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use roamkey_tests::Result;
use roamkey_tests::bench::Bench;
use roamkey_tests::process::{Process, bound_to_this_thread};
use tokio::process::Command;

/// A window manager, for as long as the value lives.
pub(crate) struct WindowManager {
    _process: Process,
}

impl WindowManager {
    /// Starts it and returns when the screen is its own.
    pub(crate) async fn start(hands: &Hands) -> Result<Self> {
        let mut command = bound_to_this_thread("openbox");
        command.args(["--sm-disable", "--startup", "echo manages"]);
        command.stdin(Stdio::null());
        let process = hands.start("openbox", command)?;
        let manages = |line: &str| line.contains("manages").then_some(());
        process
            .out()
            .line(Default::default(), LIMIT, "the window manager", manages)
            .await?;
        Ok(Self { _process: process })
    }
}

/// The hands of somebody who sits at the screen.
#[derive(Clone)]
pub(crate) struct Hands {
    display: String,
    logs: PathBuf,
}

impl Hands {
    pub(crate) fn at(bench: &Bench, logs: &Path) -> Self {
        let (display, logs) = (bench.display().to_owned(), logs.to_owned());
        Self { display, logs }
    }

    /// Starts a program on this screen.
    pub(crate) fn start(&self, name: &str, mut command: Command) -> Result<Process> {
        command.env("DISPLAY", &self.display).env("GDK_BACKEND", "x11");
        command.env("HOME", &self.logs);
        Process::start(name, command, &self.logs)
    }

    /// Moves the pointer and presses keys, as `xdotool` is told; returns what it printed.
    pub(crate) async fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        let mut command = bound_to_this_thread("xdotool");
        command.args(arguments).stdin(Stdio::null());
        let mut process = self.start("xdotool", command)?;
        let status = process.ended(LIMIT).await?;
        if status.success() {
            process.out().finished(LIMIT).await
        } else {
            Err(format!("xdotool: {status}: {}", process.err().text()).into())
        }
    }

    /// Brings the app's window to the front and gives it the focus, as a click on it does.
    pub(crate) async fn bring_app_to_front(&self) -> Result<()> {
        let window = self.window_of("Roamkey").await?;
        self.xdotool(&["windowactivate", "--sync", &window])
            .await
            .map(drop)
    }

    /// Gives the browser the focus, as a click on it does; needs no window manager.
    pub(crate) async fn turn_to_browser(&self) -> Result<()> {
        let of_browser = [
            "search",
            "--onlyvisible",
            "--class",
            "chromium",
            "windowfocus",
            "--sync",
        ];
        self.xdotool(&of_browser).await.map(drop)
    }

    /// Waits until there is a window of this title.
    pub(crate) async fn window_of(&self, title: &str) -> Result<String> {
        let title = format!("^{title}$");
        until(&title, async || {
            // It fails where there is none, and where one goes while it looks.
            let found = self.xdotool(&["search", "--onlyvisible", "--name", &title]).await;
            found.ok()?.lines().next().map(str::to_owned)
        })
        .await
    }

    /// Waits until there is a file dialog of this title, in front of everything.
    pub(crate) async fn file_dialog(&self, title: &str) -> Result<FileDialog<'_>> {
        let window = self.window_of(title).await?;
        self.xdotool(&["windowactivate", "--sync", &window]).await?;
        Ok(FileDialog { hands: self, window })
    }
}

/// A file dialog of the app's.
pub(crate) struct FileDialog<'a> {
    hands: &'a Hands,
    window: String,
}

impl FileDialog<'_> {
    /// Types where something is, and takes it.
    pub(crate) async fn takes(self, path: &Path) -> Result<()> {
        let path = path.display().to_string();
        self.closes_by(async || {
            // To GTK's field for a location; a name that is suggested there gives way.
            self.hands.xdotool(&["key", "ctrl+l", "ctrl+a"]).await?;
            self.hands.xdotool(&["type", "--delay", "4", &path]).await?;
            self.hands.xdotool(&["key", "Return"]).await
        })
        .await
    }

    /// Leaves it.
    pub(crate) async fn cancels(self) -> Result<()> {
        self.closes_by(async || self.hands.xdotool(&["key", "Escape"]).await)
            .await
    }

    /// A Return that GTK takes for the end of a name that it completes is given once more, as a person would.
    async fn closes_by(&self, keys: impl AsyncFn() -> Result<String>) -> Result<()> {
        for _ in 0..ATTEMPTS {
            keys().await?;
            let gone = until("the end of the dialog", async || {
                let name = self.hands.xdotool(&["getwindowname", &self.window]).await;
                name.is_err().then_some(())
            });
            if tokio::time::timeout(PATIENCE, gone).await.is_ok() {
                return Ok(());
            }
        }
        Err(format!("the dialog stays after {ATTEMPTS} attempts").into())
    }
}

/// Looks until there is something.
async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> Result<T> {
    let looked = tokio::time::timeout(LIMIT, async {
        let mut looks = tokio::time::interval(BETWEEN_LOOKS);
        loop {
            looks.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    });
    Ok(looked
        .await
        .map_err(|_elapsed| format!("not on the screen: {what}"))?)
}

const LIMIT: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(4);
const ATTEMPTS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
