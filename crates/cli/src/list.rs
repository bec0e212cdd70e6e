//! `roamkey list`: the passkeys that this device holds.

use std::io::{self, Write};

use roamkey_device::vault::{PasskeyEntry, PasskeyState, StoreKind};
use roamkey_device::{UnixTime, now};
use serde::Serialize;

use crate::args::List;
use crate::output::{Output, Stop, table};
use crate::person::plain;
use crate::place::Place;
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
pub(crate) fn run(args: &List, place: &Place) -> u8 {
    let output = Output::new(args.json);
    output.end(print(output, place))
}

fn print(output: Output, place: &Place) -> Result<(), Stop> {
    let passkeys = place.vault()?.list()?;
    if output.is_json() {
        print_json(&passkeys)?;
    } else {
        print_table(&passkeys)?;
    }
    Ok(())
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
    let header = ["SITE", "ACCOUNT", "CREATED", "LAST USED", "STATE"].map(str::to_owned);
    let rows = passkeys.iter().map(|entry| {
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
    });
    let rows: Vec<[String; 5]> = std::iter::once(header).chain(rows).collect();
    writeln!(out, "{}", table(&rows))?;
    out.flush()
}

/// The site as a person reads it.
pub(crate) fn site(entry: &PasskeyEntry) -> String {
    entry
        .rp_id
        .as_deref()
        .map_or_else(|| "(unknown)".to_owned(), plain)
}

/// What the passkey is called: its label, or its account.
pub(crate) fn named(entry: &PasskeyEntry) -> String {
    let name = entry.label.as_deref().or(entry.user_name.as_deref());
    plain(name.unwrap_or("(no name)"))
}

/// The store's name for programs.
pub(crate) fn store_name(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::OsKeyring => "keyring",
        StoreKind::PassphraseFile => "passphrase_file",
    }
}

/// Said wherever passkeys are shown that are not in a keyring.
pub(crate) const IN_A_FILE: &str = "These passkeys are in a file under a passphrase, not in an OS keyring.";

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
