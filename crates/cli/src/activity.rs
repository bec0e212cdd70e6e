//! `roamkey activity`: what happened on this device, for its owner.

use std::io::{self, Write as _};

use clap::{Args, Subcommand, ValueEnum};
use roamkey_device::vault::{ActivityEntry, ActivityReport};
use roamkey_device::{ErrorCode, UnixTime, now};
use serde::Serialize;
use serde_json::json;

use crate::output::{Output, Stop, table};
use crate::person::plain;
use crate::place::Place;
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
}

#[derive(Args, Debug)]
struct Json {
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

/// An entry as `--format json` prints it, and the columns of `--format csv`.
#[derive(Serialize)]
struct Line<'a> {
    sequence: u64,
    at: u64,
    event: &'static str,
    because: Option<&'static str>,
    site: Option<&'a str>,
    account: Option<&'a str>,
    id: Option<String>,
    user_verified: Option<bool>,
    peer: Option<&'a str>,
    count: Option<u64>,
}

/// Runs the command and returns the exit code.
pub(crate) fn run(args: &Activity, place: &Place) -> u8 {
    match &args.verb {
        Some(Verb::Verify(json)) => {
            let output = Output::new(json.json);
            output.end(verify(place, output))
        }
        None => {
            let format = if args.json { Format::Json } else { args.format };
            let output = Output::new(format == Format::Json);
            output.end(show(args.since, format, place))
        }
    }
}

fn show(since: Option<UnixTime>, format: Format, place: &Place) -> Result<(), Stop> {
    let entries = place.vault()?.activity(since)?;
    let mut out = io::stdout().lock();
    match format {
        Format::Json => {
            for entry in &entries {
                serde_json::to_writer(&mut out, &line(entry)).map_err(io::Error::from)?;
                writeln!(out)?;
            }
        }
        Format::Csv => {
            writeln!(
                out,
                "sequence,at,event,because,site,account,id,user_verified,peer,count"
            )?;
            for entry in &entries {
                writeln!(out, "{}", csv(&line(entry)))?;
            }
        }
        Format::Text if entries.is_empty() => writeln!(out, "Nothing has happened yet.")?,
        Format::Text => writeln!(out, "{}", text(&entries))?,
    }
    Ok(out.flush()?)
}

fn line(entry: &ActivityEntry) -> Line<'_> {
    let activity = &entry.activity;
    Line {
        sequence: entry.sequence,
        at: entry.at.0,
        event: activity.event.as_str(),
        because: activity.event.refused_because().map(|because| because.as_str()),
        site: activity.rp_id.as_deref(),
        account: activity.account.as_deref(),
        id: activity.record.map(|record| record.to_string()),
        user_verified: activity.user_verified,
        peer: activity.peer.as_deref(),
        count: activity.count,
    }
}

fn csv(line: &Line<'_>) -> String {
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let cells = [
        line.sequence.to_string(),
        date_time(UnixTime(line.at)),
        line.event.to_owned(),
        line.because.unwrap_or_default().to_owned(),
        quoted(line.site.unwrap_or_default()),
        quoted(line.account.unwrap_or_default()),
        line.id.clone().unwrap_or_default(),
        line.user_verified.map(|yes| yes.to_string()).unwrap_or_default(),
        quoted(line.peer.unwrap_or_default()),
        number(line.count),
    ];
    cells.join(",")
}

/// A text of somebody else's as a cell (RFC 4180), which no spreadsheet takes for a formula.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn text(entries: &[ActivityEntry]) -> String {
    let header = ["WHEN", "WHAT", "SITE", "ACCOUNT", "VERIFIED"].map(str::to_owned);
    let rows = entries.iter().map(|entry| {
        let line = line(entry);
        let mut what = line.event.replace('_', " ");
        if let Some(because) = line.because {
            what.push_str(&format!(": {}", because.replace('_', " ")));
        }
        if let Some(count) = line.count {
            what.push_str(&format!(" ({count})"));
        }
        let verified = match line.user_verified {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        [
            date_time(entry.at),
            what,
            plain(line.site.unwrap_or_default()),
            plain(line.account.unwrap_or_default()),
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
    fn cells_of_others_are_quoted_and_never_a_formula() {
        for (text, cell) in [
            ("alice", "alice"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("@x,y", "\"'@x,y\""),
            ("a\nb", "\"a\nb\""),
        ] {
            assert_eq!(quoted(text), cell);
        }
    }

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
