//! Regular backups by a systemd user timer.
//!
//! ```text
//! ~/.config/systemd/user/roamkey-backup.service    runs `roamkey backup now`, once
//! ~/.config/systemd/user/roamkey-backup.timer      when; a time that was slept through is made up for
//! ```
//!
//! A backup asks for nothing but an unlocked keyring, so the timer runs within the person's session.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::RecoveryError;

/// How often.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Calendar {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
}

/// What is to be run.
#[derive(Clone, Copy, Debug)]
pub struct Schedule<'a> {
    /// How often.
    pub calendar: Calendar,
    /// The program.
    pub program: &'a Path,
    /// The data folder.
    pub data_dir: &'a Path,
    /// Where the passphrase of the passkeys' file is, if they are in one.
    pub passphrase_file: Option<&'a Path>,
}

const SERVICE: &str = "roamkey-backup.service";
const TIMER: &str = "roamkey-backup.timer";

/// Writes the units into `units` and starts the timer.
///
/// # Errors
///
/// [`RecoveryError::Schedule`]; then there are no units.
pub fn schedule(schedule: &Schedule<'_>, units: &Path) -> Result<Vec<PathBuf>, RecoveryError> {
    let texts = [(SERVICE, service(schedule)?), (TIMER, timer(schedule.calendar))];
    let written = write_units(units, &texts).and_then(|paths| {
        systemctl(&["daemon-reload"])?;
        systemctl(&["enable", "--now", TIMER])?;
        Ok(paths)
    });
    written.map_err(|error| {
        remove_units(units);
        RecoveryError::Schedule(error)
    })
}

/// Stops the timer and removes the units. Without any, nothing is done.
///
/// # Errors
///
/// [`RecoveryError::Schedule`].
pub fn unschedule(units: &Path) -> Result<bool, RecoveryError> {
    if !units.join(TIMER).try_exists().map_err(RecoveryError::Schedule)? {
        return Ok(false);
    }
    systemctl(&["disable", "--now", TIMER]).map_err(RecoveryError::Schedule)?;
    remove_units(units);
    systemctl(&["daemon-reload"]).map_err(RecoveryError::Schedule)?;
    Ok(true)
}

fn service(schedule: &Schedule<'_>) -> Result<String, RecoveryError> {
    let program = quoted(schedule.program)?;
    let data_dir = quoted(schedule.data_dir)?;
    let passphrase = match schedule.passphrase_file {
        Some(file) => format!(" --passphrase-file {}", quoted(file)?),
        None => String::new(),
    };
    Ok(format!(
        "# Written by roamkey backup schedule.\n\
         [Unit]\nDescription=Back up Roamkey's passkeys\n\n\
         [Service]\nType=oneshot\nExecStart={program} --data-dir {data_dir}{passphrase} backup now\n\
         UMask=0077\nNoNewPrivileges=yes\n"
    ))
}

fn timer(calendar: Calendar) -> String {
    let when = match calendar {
        Calendar::Daily => "daily",
        Calendar::Weekly => "weekly",
    };
    format!(
        "# Written by roamkey backup schedule.\n\
         [Unit]\nDescription=Back up Roamkey's passkeys regularly\n\n\
         [Timer]\nOnCalendar={when}\nPersistent=true\nRandomizedDelaySec=15min\n\n\
         [Install]\nWantedBy=timers.target\n"
    )
}

/// A path as systemd reads it in a command line: in quotes, with what it would expand doubled.
fn quoted(path: &Path) -> Result<String, RecoveryError> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let text = text.ok_or_else(|| RecoveryError::Schedule(ErrorKind::InvalidInput.into()))?;
    let text = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%")
        .replace('$', "$$");
    Ok(format!("\"{text}\""))
}

fn write_units(units: &Path, texts: &[(&str, String)]) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(units)?;
    let mut paths = Vec::new();
    for (name, text) in texts {
        let path = units.join(name);
        fs::write(&path, text)?;
        paths.push(path);
    }
    Ok(paths)
}

fn remove_units(units: &Path) {
    for name in [TIMER, SERVICE] {
        // What is not there need not go.
        let _ = fs::remove_file(units.join(name));
    }
}

fn systemctl(arguments: &[&str]) -> io::Result<()> {
    let status = Command::new("systemctl")
        .arg("--user")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other("systemctl --user did not do it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reaches_systemd_as_it_is() {
        let path = quoted(Path::new("/home/a b/100%/$HOME\"\\x")).unwrap();
        assert_eq!(path, "\"/home/a b/100%%/$$HOME\\\"\\\\x\"");
        assert!(quoted(Path::new("/tmp/a\nExecStart=/bin/sh")).is_err());
    }
}
