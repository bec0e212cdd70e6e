//! What a command prints: text for a person, or JSON Lines for a program (`--json`), and how it ends.
//!
//! With `--json`, a command that fails prints the outcome as its last line, in the shape that `roamkey authenticate`
//! uses; without, it says what happened and what to do on standard error.

use std::io::{self, Write as _};

use roamkey_device::vault::{PinError, VaultError};
use roamkey_device::{ErrorCode, Failure, exit};
use serde::Serialize;

use crate::messages::{Message, message};

/// Where a command prints to, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something went wrong that has a name.
    Code(ErrorCode),
    /// Everything was said already; only the exit code is left.
    Exit(u8),
    /// Nobody takes what is printed.
    Output(io::Error),
}

impl Stop {
    /// The code, for where the end is told in another way.
    pub(crate) fn into_code(self) -> ErrorCode {
        match self {
            Self::Code(code) => code,
            Self::Exit(_) | Self::Output(_) => ErrorCode::Internal,
        }
    }
}

#[derive(Serialize)]
struct Outcome {
    event: &'static str,
    ok: bool,
    code: &'static str,
    exit: u8,
    message: &'static str,
    next_step: &'static str,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Prints `value` as one line if a program reads, and `text` if a person does.
    pub(crate) fn print(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        if self.json {
            serde_json::to_writer(&mut out, value).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", text())?;
        }
        Ok(out.flush()?)
    }

    /// Prints text for a person only.
    pub(crate) fn say(self, text: &str) -> Result<(), Stop> {
        if self.json {
            return Ok(());
        }
        Ok(writeln!(io::stdout().lock(), "{text}")?)
    }

    /// Ends the command: says what went wrong, if anything did, and returns the exit code.
    pub(crate) fn end(self, done: Result<(), Stop>) -> u8 {
        match done {
            Ok(()) => 0,
            Err(Stop::Exit(code)) => code,
            // A closed pipe (`roamkey list | head`) is no failure.
            Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Err(Stop::Output(error)) => {
                tracing::warn!(%error, "nobody takes the output");
                exit::INTERNAL
            }
            Err(Stop::Code(code)) => self.failed(code),
        }
    }

    fn failed(self, code: ErrorCode) -> u8 {
        let Message { title, hint, exit } = message(code);
        let written = if self.json {
            let outcome = Outcome {
                event: "outcome",
                ok: false,
                code: code.as_str(),
                exit,
                message: title,
                next_step: hint,
            };
            serde_json::to_string(&outcome)
                .map_err(io::Error::from)
                .and_then(|line| writeln!(io::stdout(), "{line}"))
        } else {
            writeln!(io::stderr(), "{title} [{}]\n{hint}", code.as_str())
        };
        if let Err(error) = written {
            tracing::debug!(%error, "nobody reads the outcome");
        }
        exit
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<ErrorCode> for Stop {
    fn from(code: ErrorCode) -> Self {
        Self::Code(code)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Code(logged(&failure))
    }
}

impl From<VaultError> for Stop {
    fn from(error: VaultError) -> Self {
        Failure::Vault(error).into()
    }
}

impl From<PinError> for Stop {
    fn from(error: PinError) -> Self {
        Failure::Pin(error).into()
    }
}

/// The failure's code, after its causes went to the log. Causes hold no secret, no site and no account.
pub(crate) fn logged(failure: &Failure) -> ErrorCode {
    let code = failure.code();
    let mut cause: Option<&dyn std::error::Error> = Some(failure);
    while let Some(error) = cause {
        tracing::info!(code = code.as_str(), %error, "failed");
        cause = error.source();
    }
    code
}

/// Cells in columns as wide as they need, two spaces between them.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0_usize; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}
