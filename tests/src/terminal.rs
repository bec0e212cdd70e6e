//! The person at a terminal: reads what the program shows, types an answer.
//!
//! A pseudo-terminal, which becomes the program's controlling terminal: `setsid --ctty` makes it so. The program's
//! standard output stays a pipe, for its events.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::Result;
use crate::lines::{Lines, Mark};

/// The person's end of a terminal.
#[derive(Debug)]
pub struct Terminal {
    keyboard: File,
    shown: Lines,
    read_up_to: Mark,
}

impl Terminal {
    /// Makes a terminal. The file is the program's end of it.
    ///
    /// # Errors
    ///
    /// The system has no pseudo-terminal to give.
    pub fn open() -> Result<(Self, File)> {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&person)?;
        unlockpt(&person)?;
        let name = ptsname(&person, Vec::new())?;
        let program = OpenOptions::new()
            .read(true)
            .write(true)
            .open(OsStr::from_bytes(name.to_bytes()))?;

        let keyboard = File::from(person);
        let mut screen = keyboard.try_clone()?;
        let shown = Lines::new("the terminal");
        let lines = shown.clone();
        // A thread, since a terminal can't be read otherwise; it ends when the last program at the other end does.
        std::thread::Builder::new()
            .name("terminal".to_owned())
            .spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = screen.read(&mut buffer) {
                    lines.push(&String::from_utf8_lossy(buffer.get(..count).unwrap_or_default()));
                }
                lines.end();
            })?;
        Ok((
            Self {
                keyboard,
                shown,
                read_up_to: Mark::default(),
            },
            program,
        ))
    }

    /// Waits until `question` is shown, after everything read before, and types `answer` and Return.
    ///
    /// # Errors
    ///
    /// It is not shown.
    pub async fn answer(&mut self, question: &str, answer: &str) -> Result<()> {
        self.read(question).await?;
        self.type_line(answer)
    }

    /// Types a line and Return, whatever is shown.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn type_line(&mut self, line: &str) -> Result<()> {
        self.type_keys(&format!("{line}\n"))
    }

    /// Types keys, such as Ctrl-C (3) and Ctrl-D (4).
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn type_keys(&mut self, keys: &str) -> Result<()> {
        self.keyboard.write_all(keys.as_bytes())?;
        Ok(())
    }

    /// As [`answer`](Self::answer), to a question whose answer does not show. Programs that switch the echo off throw
    /// away what was typed before that, so nothing is typed until it is off.
    ///
    /// # Errors
    ///
    /// It is not shown, or the echo stays on.
    pub async fn answer_hidden(&mut self, question: &str, answer: &str) -> Result<()> {
        self.hides(question).await?;
        self.type_line(answer)
    }

    /// Waits until `question` is shown and what is typed does not show.
    ///
    /// # Errors
    ///
    /// It is not shown, or the echo stays on.
    pub async fn hides(&mut self, question: &str) -> Result<()> {
        self.read(question).await?;
        let hidden = async {
            // Nothing tells of a terminal's modes when they change.
            let mut look = tokio::time::interval(LOOK_AGAIN);
            while self.echoes()? {
                look.tick().await;
            }
            Result::Ok(())
        };
        let hidden = tokio::time::timeout(QUESTION_LIMIT, hidden).await;
        hidden.map_err(|_elapsed| format!("the echo is still on after: {question}"))?
    }

    /// Tells whether what is typed shows.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn echoes(&self) -> Result<bool> {
        let modes = tcgetattr(&self.keyboard)?.local_modes;
        Ok(modes.contains(LocalModes::ECHO))
    }

    /// Types something that nobody has asked for yet.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn type_ahead(&mut self, text: &str) -> Result<()> {
        Ok(self.keyboard.write_all(text.as_bytes())?)
    }

    /// Waits until `text` is shown, after everything read before.
    ///
    /// # Errors
    ///
    /// It is not shown.
    pub async fn read(&mut self, text: &str) -> Result<()> {
        self.read_up_to = self.shown.phrase(self.read_up_to, QUESTION_LIMIT, text).await?;
        Ok(())
    }

    /// Everything shown so far.
    pub fn shown(&self) -> String {
        self.shown.text()
    }
}

const QUESTION_LIMIT: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(5);
