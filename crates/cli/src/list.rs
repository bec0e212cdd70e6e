//! `roamkey list`: the passkeys that this device holds.

use std::io::{self, Write};
use std::path::PathBuf;

use roamkey_device::vault::{PasskeyEntry, PasskeyState};
use roamkey_device::{UnixTime, now};
use serde::Serialize;

use crate::args::List;
use crate::authenticate::logged;
use crate::messages::message;
use crate::person::plain;
use crate::time::ago;

/// A passkey as `--json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    site: Option<&'a str>,
    account: Option<&'a str>,
    display_name: Option<&'a str>,
    label: Option<&'a str>,
    created_at: Option<u64>,
    last_used: Option<u64>,
    state: &'static str,
}

/// Runs the command and returns the exit code.
pub(crate) fn run(args: &List, data_dir: PathBuf) -> u8 {
    let passkeys = match roamkey_device::list(data_dir) {
        Ok(passkeys) => passkeys,
        Err(failure) => {
            let message = message(logged(failure));
            let _ = writeln!(io::stderr(), "{}\n{}", message.title, message.hint);
            return message.exit;
        }
    };
    let printed = if args.json {
        print_json(&passkeys)
    } else {
        print_table(&passkeys)
    };
    // A closed pipe (`roamkey list | head`) is no failure.
    u8::from(printed.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe))
}

fn print_json(passkeys: &[PasskeyEntry]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for entry in passkeys {
        let line = Line {
            id: entry.record_id.to_string(),
            site: entry.rp_id.as_deref(),
            account: entry.user_name.as_deref(),
            display_name: entry.user_display_name.as_deref(),
            label: entry.label.as_deref(),
            created_at: entry.created_at.map(|then| then.0),
            last_used: entry.last_used.map(|then| then.0),
            state: state(entry.state),
        };
        serde_json::to_writer(&mut out, &line)?;
        writeln!(out)?;
    }
    out.flush()
}

fn print_table(passkeys: &[PasskeyEntry]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if passkeys.is_empty() {
        writeln!(out, "There are no passkeys on this device yet.")?;
        return writeln!(
            out,
            "Choose “use a phone or tablet” in a browser, then: roamkey authenticate CODE"
        );
    }
    let ago_or =
        |then: Option<UnixTime>, never: &str| then.map_or_else(|| never.to_owned(), |then| ago(then, now()));
    let rows: Vec<[String; 5]> = passkeys
        .iter()
        .map(|entry| {
            let account = entry
                .label
                .as_deref()
                .or(entry.user_name.as_deref())
                .unwrap_or("(no name)");
            [
                entry
                    .rp_id
                    .as_deref()
                    .map_or_else(|| "(unknown)".to_owned(), plain),
                plain(account),
                ago_or(entry.created_at, "unknown"),
                ago_or(entry.last_used, "never"),
                state(entry.state).replace('_', " "),
            ]
        })
        .collect();
    let header = ["SITE", "ACCOUNT", "CREATED", "LAST USED", "STATE"].map(str::to_owned);
    let mut widths = [0_usize; 5];
    for row in std::iter::once(&header).chain(&rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in std::iter::once(&header).chain(&rows) {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    out.flush()
}

fn state(state: PasskeyState) -> &'static str {
    match state {
        PasskeyState::Ready => "ready",
        PasskeyState::Unfinished => "unfinished",
        PasskeyState::Missing => "key_missing",
        PasskeyState::Damaged => "damaged",
        PasskeyState::NewerVersion => "newer_version",
        _ => "unknown",
    }
}
