//! The activity log for people and for other programs: which entries, and in which form they leave the device.

use std::io::{self, Write};
use std::path::Path;

use roamkey_authenticator::UnixTime;
use roamkey_vault::{ActivityEntry, Event};
use serde::Serialize;

use crate::recovery::{RecoveryError, write_new};

/// The form of an export.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogFormat {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values (RFC 4180), with a header.
    Csv,
}

/// An entry as it is exported: the members of the JSON object, and the columns.
#[derive(Debug, Serialize)]
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

/// Which entries. What is empty or none leaves nothing out.
///
/// # Privacy
///
/// Says what a person looks for: `Debug` prints the name only.
#[derive(Clone, Default)]
pub struct Filter {
    /// What happened; of refusals, whatever the reason.
    pub events: Vec<Event>,
    /// The site, exactly.
    pub site: Option<String>,
    /// At this time or later.
    pub since: Option<UnixTime>,
    /// Before this time.
    pub until: Option<UnixTime>,
    /// Part of site, account or other end, in small letters: see [`with_text`](Self::with_text).
    pub text: String,
}

impl Filter {
    /// Keeps what has `text` in site, account or other end, in upper or lower case.
    #[must_use]
    pub fn with_text(self, text: &str) -> Self {
        Self {
            text: text.trim().to_lowercase(),
            ..self
        }
    }

    /// Tells whether an entry fits.
    #[must_use]
    pub fn fits(&self, entry: &ActivityEntry) -> bool {
        let activity = &entry.activity;
        let named = |event: &Event| event.as_str() == activity.event.as_str();
        let texts = [&activity.rp_id, &activity.account, &activity.peer];
        let mut texts = texts.into_iter().flatten();
        (self.events.is_empty() || self.events.iter().any(named))
            && (self.site.is_none() || self.site == activity.rp_id)
            && self.since.is_none_or(|since| entry.at >= since)
            && self.until.is_none_or(|until| entry.at < until)
            && (self.text.is_empty() || texts.any(|text| text.to_lowercase().contains(&self.text)))
    }
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Filter(..)")
    }
}

/// Writes entries to `out`.
///
/// # Errors
///
/// Those of `out`.
pub fn write<'a>(
    out: &mut dyn Write,
    entries: impl IntoIterator<Item = &'a ActivityEntry>,
    format: LogFormat,
) -> io::Result<()> {
    if format == LogFormat::Csv {
        writeln!(out, "{HEADER}")?;
    }
    for entry in entries {
        let line = Line::of(entry);
        match format {
            LogFormat::JsonLines => {
                serde_json::to_writer(&mut *out, &line).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            LogFormat::Csv => writeln!(out, "{}", line.csv())?,
        }
    }
    Ok(())
}

/// Writes entries to a new file, for its owner only, whole or not at all.
///
/// # Errors
///
/// [`RecoveryError::Exists`], [`RecoveryError::Write`].
pub fn export<'a>(
    path: &Path,
    entries: impl IntoIterator<Item = &'a ActivityEntry>,
    format: LogFormat,
) -> Result<(), RecoveryError> {
    write_new(path, |out| {
        write(out, entries, format).map_err(RecoveryError::Write)
    })
}

impl<'a> Line<'a> {
    fn of(entry: &'a ActivityEntry) -> Self {
        let activity = &entry.activity;
        Self {
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

    fn csv(&self) -> String {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let cells = [
            self.sequence.to_string(),
            date_time(UnixTime(self.at)),
            self.event.to_owned(),
            self.because.unwrap_or_default().to_owned(),
            quoted(self.site.unwrap_or_default()),
            quoted(self.account.unwrap_or_default()),
            self.id.clone().unwrap_or_default(),
            self.user_verified.map(|yes| yes.to_string()).unwrap_or_default(),
            quoted(self.peer.unwrap_or_default()),
            number(self.count),
        ];
        cells.join(",")
    }
}

/// A text of somebody else's as a cell, which no spreadsheet takes for a formula.
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

/// `2026-11-20 16:37 UTC`
fn date_time(at: UnixTime) -> String {
    let minutes = at.0 / 60;
    let day = crate::recovery::day(at);
    format!("{day} {:02}:{:02} UTC", minutes / 60 % 24, minutes % 60)
}

const HEADER: &str = "sequence,at,event,because,site,account,id,user_verified,peer,count";

#[cfg(test)]
mod tests {
    use roamkey_vault::{Activity, RefusedBecause};

    use super::*;

    fn entry(at: u64, event: Event, site: Option<&str>, account: Option<&str>) -> ActivityEntry {
        let folder = tempfile::tempdir().unwrap();
        let config = roamkey_vault::VaultConfig::new(folder.path());
        let keyring = roamkey_testkit::memory_keyring::memory_keyring().unwrap();
        let vault =
            roamkey_vault::Vault::open(config.backend(roamkey_vault::Backend::other(keyring))).unwrap();
        let activity = Activity {
            rp_id: site.map(str::to_owned),
            account: account.map(str::to_owned),
            ..Activity::of(event)
        };
        vault.note_activity(&activity, UnixTime(at)).unwrap();
        vault.activity(None).unwrap().remove(0)
    }

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
    fn each_condition_of_a_filter_leaves_out_what_does_not_fit() {
        let denied = Event::Refused(RefusedBecause::Denied);
        let entry = entry(100, denied, Some("login.example.org"), Some("Alice"));
        let all = Filter::default;
        for (filter, fits) in [
            (all(), true),
            (
                Filter {
                    events: vec![Event::Refused(RefusedBecause::Policy)],
                    ..all()
                },
                true,
            ),
            (
                Filter {
                    events: vec![Event::Created, Event::SignedIn],
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    site: Some("login.example.org".to_owned()),
                    ..all()
                },
                true,
            ),
            (
                Filter {
                    site: Some("example.org".to_owned()),
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    since: Some(UnixTime(100)),
                    until: Some(UnixTime(101)),
                    ..all()
                },
                true,
            ),
            (
                Filter {
                    since: Some(UnixTime(101)),
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    until: Some(UnixTime(100)),
                    ..all()
                },
                false,
            ),
            (all().with_text(" aLIce "), true),
            (all().with_text("EXAMPLE.org"), true),
            (all().with_text("bob"), false),
        ] {
            assert_eq!(filter.fits(&entry), fits);
        }
    }

    #[test]
    fn an_export_is_whole_for_its_owner_only_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let entry = entry(1_795_192_651, Event::SignedIn, Some("example.org"), Some("=a"));
        let path = folder.path().join("log.csv");
        export(&path, [&entry], LogFormat::Csv).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            format!("{HEADER}\n1,2026-11-20 16:37 UTC,signed_in,,example.org,'=a,,,,\n")
        );
        assert!(matches!(
            export(&path, [&entry], LogFormat::Csv),
            Err(RecoveryError::Exists)
        ));
        let lines = folder.path().join("log.jsonl");
        export(&lines, [&entry, &entry], LogFormat::JsonLines).unwrap();
        let text = std::fs::read_to_string(&lines).unwrap();
        assert_eq!(text.lines().count(), 2);
        let value: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(value["account"], "=a");
    }
}
