//! Regular backups by a systemd user timer.
//!
//! ```text
//! ~/.config/systemd/user/roamkey-backup.service    runs `roamkey backup now`, once
//! ~/.config/systemd/user/roamkey-backup.timer      when; a time that was slept through is made up for
//! ```
//!
//! A backup asks for nothing but an unlocked keyring, so the timer runs within the person's session.

use std::ffi::OsStr;
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

impl Calendar {
    /// As systemd calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }
}

/// What is to be run.
#[derive(Clone, Copy, Debug)]
pub struct Schedule<'a> {
    /// How often.
    pub calendar: Calendar,
    /// The program.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: &'a [&'a OsStr],
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

/// How often backups are written by the units in `units`; `None` if there are none that this program wrote.
#[must_use]
pub fn scheduled(units: &Path) -> Option<Calendar> {
    let timer = fs::read_to_string(units.join(TIMER)).ok()?;
    let when = timer.lines().find_map(|line| line.strip_prefix("OnCalendar="))?;
    [Calendar::Daily, Calendar::Weekly]
        .into_iter()
        .find(|calendar| calendar.name() == when)
}

/// Where the systemd units of this person are.
#[must_use]
pub fn units_folder() -> Option<PathBuf> {
    let config = match std::env::var_os("XDG_CONFIG_HOME") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        Some(_) | None => PathBuf::from(std::env::var_os("HOME")?).join(".config"),
    };
    Some(config.join("systemd/user"))
}

fn service(schedule: &Schedule<'_>) -> Result<String, RecoveryError> {
    let mut command = quoted(schedule.program.as_os_str())?;
    for argument in schedule.arguments {
        command.push(' ');
        command.push_str(&quoted(argument)?);
    }
    Ok(format!(
        "# Written by roamkey backup schedule.\n\
         [Unit]\nDescription=Back up Roamkey's passkeys\n\n\
         [Service]\nType=oneshot\nExecStart={command}\n\
         UMask=0077\nNoNewPrivileges=yes\n"
    ))
}

fn timer(calendar: Calendar) -> String {
    let when = calendar.name();
    format!(
        "# Written by roamkey backup schedule.\n\
         [Unit]\nDescription=Back up Roamkey's passkeys regularly\n\n\
         [Timer]\nOnCalendar={when}\nPersistent=true\nRandomizedDelaySec=15min\n\n\
         [Install]\nWantedBy=timers.target\n"
    )
}

/// A word as systemd reads it in a command line: in quotes, with what it would expand doubled.
fn quoted(text: &OsStr) -> Result<String, RecoveryError> {
    let text = text.to_str().filter(|text| !text.chars().any(char::is_control));
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
        let path = quoted("/home/a b/100%/$HOME\"\\x".as_ref()).unwrap();
        assert_eq!(path, "\"/home/a b/100%%/$$HOME\\\"\\\\x\"");
        assert!(quoted("/tmp/a\nExecStart=/bin/sh".as_ref()).is_err());
    }

    #[test]
    fn the_units_say_what_was_scheduled() {
        let units = tempfile::tempdir().unwrap();
        assert_eq!(scheduled(units.path()), None);
        for calendar in [Calendar::Daily, Calendar::Weekly] {
            fs::write(units.path().join(TIMER), timer(calendar)).unwrap();
            assert_eq!(scheduled(units.path()), Some(calendar));
        }
        fs::write(units.path().join(TIMER), "OnCalendar=hourly").unwrap();
        assert_eq!(scheduled(units.path()), None, "somebody else's");
    }

    #[test]
    fn the_service_runs_the_program_with_its_arguments() {
        let schedule = Schedule {
            calendar: Calendar::Daily,
            program: Path::new("/usr/bin/roamkey"),
            arguments: &[
                "--data-dir".as_ref(),
                "/a b".as_ref(),
                "backup".as_ref(),
                "now".as_ref(),
            ],
        };
        let line = "ExecStart=\"/usr/bin/roamkey\" \"--data-dir\" \"/a b\" \"backup\" \"now\"\n";
        assert!(service(&schedule).unwrap().contains(line));
    }
}
