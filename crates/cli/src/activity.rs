//! `roamkey activity`: what happened on this device, for its owner.

use std::io::{self, Write as _};

use clap::{Args, Subcommand, ValueEnum};
use roamkey_device::activity::{LogFormat, write};
use roamkey_device::vault::{ActivityEntry, ActivityReport, ActivityRestart, Vault};
use roamkey_device::{ErrorCode, UnixTime, now};
use serde_json::json;

use crate::output::{Output, Stop, table};
use crate::person::plain;
use crate::place::Place;
use crate::terminal::Terminal;
use crate::time::{date_time, parse_date};

/// `roamkey activity`
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Activity {
    #[command(subcommand)]
    verb: Option<Verb>,

    /// Only what happened on this day or later: 2026-11-20, or 30d for the last 30 days.
    #[arg(long, value_name = "DATE", value_parser = since)]
    since: Option<UnixTime>,

    /// As a table, one JSON object for each entry, or comma-separated values.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// The same as --format json.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Look whether anything in the log was changed, moved, or taken out.
    Verify(Json),
    /// Keep a log that was changed, and begin a new one.
    Restart(Restart),
}

#[derive(Args, Debug)]
struct Json {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct Restart {
    /// Do not ask whether to go on.
    #[arg(long)]
    yes: bool,

    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// How to print the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// Runs the command and returns the exit code.
pub(crate) fn run(args: &Activity, place: &Place) -> u8 {
    match &args.verb {
        Some(Verb::Verify(json)) => {
            let output = Output::new(json.json);
            output.end(verify(place, output))
        }
        Some(Verb::Restart(restart)) => {
            let output = Output::new(restart.json);
            output.end(begin_anew(restart, place, output))
        }
        None => {
            let format = if args.json { Format::Json } else { args.format };
            let output = Output::new(format == Format::Json);
            output.end(show(args.since, format, place))
        }
    }
}

fn show(since: Option<UnixTime>, format: Format, place: &Place) -> Result<(), Stop> {
    let vault = place.vault()?;
    let entries = vault.activity(since)?;
    let mut out = io::stdout().lock();
    match format {
        Format::Json => write(&mut out, &entries, LogFormat::JsonLines)?,
        Format::Csv => write(&mut out, &entries, LogFormat::Csv)?,
        Format::Text if entries.is_empty() => writeln!(out, "Nothing has happened yet.")?,
        Format::Text => writeln!(out, "{}", text(&entries))?,
    }
    out.flush()?;
    drop(out);
    whole(&vault)
}

/// An error if the log is not what was written: what was taken out of it can't be seen in what is left.
pub(crate) fn whole(vault: &Vault) -> Result<(), Stop> {
    match vault.verify_activity()? {
        ActivityReport::Intact { .. } => Ok(()),
        ActivityReport::Broken { .. } | _ => Err(ErrorCode::ActivityBroken.into()),
    }
}

fn text(entries: &[ActivityEntry]) -> String {
    let header = ["WHEN", "WHAT", "SITE", "ACCOUNT", "VERIFIED"].map(str::to_owned);
    let rows = entries.iter().map(|entry| {
        let activity = &entry.activity;
        let mut what = activity.event.as_str().replace('_', " ");
        if let Some(because) = activity.event.refused_because() {
            what.push_str(&format!(": {}", because.as_str().replace('_', " ")));
        }
        if let Some(count) = activity.count {
            what.push_str(&format!(" ({count})"));
        }
        let verified = match activity.user_verified {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        [
            date_time(entry.at),
            what,
            plain(activity.rp_id.as_deref().unwrap_or_default()),
            plain(activity.account.as_deref().unwrap_or_default()),
            verified.to_owned(),
        ]
    });
    table(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
}

fn verify(place: &Place, output: Output) -> Result<(), Stop> {
    match place.vault()?.verify_activity()? {
        ActivityReport::Intact { entries } => output
            .print(&json!({ "intact": true, "entries": entries }), || {
                format!("The activity log is intact; entries: {entries}.")
            }),
        ActivityReport::Broken { first_bad, what } => {
            let what = what.as_str();
            output.print(
                &json!({ "intact": false, "first_bad": first_bad, "what": what }),
                || format!("Entry {first_bad} is not what was written: {what}. What stands before it can be trusted."),
            )?;
            Err(ErrorCode::ActivityBroken.into())
        }
        _ => Err(ErrorCode::ActivityUnreadable.into()),
    }
}

fn begin_anew(args: &Restart, place: &Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    if !args.yes {
        Terminal::confirm(
            "\nBegin a new activity log? The old one is kept beside it, and no command reads it any more.\n",
        )?;
    }
    let kept = match vault.restart_activity()? {
        ActivityRestart::NotNeeded => {
            return output.print(&json!({ "begun": false }), || {
                "The activity log is intact, and goes on as it is.".to_owned()
            });
        }
        ActivityRestart::Begun { kept } => kept,
    };
    output.print(&json!({ "begun": true, "kept": kept }), || match &kept {
        Some(kept) => format!("A new log begins. The old one is kept: {}", kept.display()),
        None => "A new log begins. There was no file of the old one.".to_owned(),
    })
}

/// Reads `--since`.
fn since(text: &str) -> Result<UnixTime, &'static str> {
    if let Some(days) = text.strip_suffix('d') {
        let days: u64 = days.parse().map_err(|_| NOT_A_DATE)?;
        let seconds = days.checked_mul(86_400).ok_or(NOT_A_DATE)?;
        return Ok(UnixTime(now().0.saturating_sub(seconds)));
    }
    parse_date(text).ok_or(NOT_A_DATE)
}

const NOT_A_DATE: &str = "write a day as 2026-11-20, or the last days as 30d";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_takes_days_and_spans_of_days() {
        assert_eq!(since("2026-11-20"), Ok(UnixTime(1_795_132_800)));
        assert!(since("7d").is_ok_and(|then| then.0 <= now().0 - 7 * 86_400));
        for text in [
            "",
            "d",
            "-1d",
            "20.11.2026",
            "2026-11-31",
            "99999999999999999999d",
        ] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
