//! `roamkey backup`: writing backups, now and regularly, and trying one out.

use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use roamkey_device::ErrorCode;
use roamkey_device::recovery::{
    self, Backup as Written, Calendar, FolderPlace, Kept, Recovery as State, Schedule, read_file,
};
use roamkey_device::vault::{StoreKind, Vault};
use serde_json::json;

use crate::output::{Output, Stop};
use crate::place::Place;
use crate::recovery::{KeyFrom, new_passphrase, when};

/// `roamkey backup`
#[derive(Args, Debug)]
pub(crate) struct Backup {
    #[command(subcommand)]
    action: Action,

    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

/// What can be done about backups.
#[derive(Debug, Subcommand)]
enum Action {
    /// Write a backup for the recovery words. Asks nothing.
    Now {
        /// The folder to write to, from now on.
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        /// How many backups are kept there, from now on.
        #[arg(long, value_name = "COUNT")]
        keep: Option<usize>,
    },
    /// Write a second copy that a passphrase opens.
    Copy {
        /// The file to write.
        file: PathBuf,
    },
    /// Back up regularly, by a timer of your session (Linux with systemd).
    Schedule {
        /// How often.
        #[arg(value_enum)]
        when: When,
    },
    /// Say what is backed up, where and when.
    Status,
    /// Try a backup out: open it and let every key in it sign. Takes nothing in.
    Drill {
        /// The backup.
        file: PathBuf,
        #[command(flatten)]
        key: KeyFrom,
    },
}

/// How often.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum When {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// No more.
    Never,
}

/// Runs the command and returns the exit code.
pub(crate) async fn run(args: Backup, place: Place) -> u8 {
    let output = Output::new(args.json);
    output.end(act(&args.action, &place, output).await)
}

async fn act(action: &Action, place: &Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    match action {
        Action::Now { to, keep } => {
            let mut state = State::get(&vault)?;
            if to.is_some() || keep.is_some() {
                if let Some(to) = to {
                    // A timer runs in another folder.
                    state.folder = Some(std::path::absolute(to)?);
                }
                state.keep = keep.unwrap_or(state.keep).max(1);
                state.store(&vault)?;
            }
            let folder = state.folder_or(&place.dir);
            written(&recovery::backup(&vault, &folder, &mut progress(output))?, output)
        }
        Action::Copy { file } => {
            let passphrase = new_passphrase().await?;
            let copy = recovery::copy_under_passphrase(&vault, file, &passphrase, &mut progress(output))?;
            written(&copy, output)
        }
        Action::Schedule { when } => schedule(*when, place, &vault, output),
        Action::Status => status(&place.dir, &vault, output),
        Action::Drill { file, key } => {
            let file = read_file(file)?;
            let key = key.key_for(&file).await?;
            let drill = recovery::drill(&vault, &file, key.as_ref(), &mut progress(output))?;
            let value = json!({
                "event": "drilled",
                "made_at": drill.made_at,
                "working": drill.working,
                "backed_up": drill.backed_up,
                "not_in_it": drill.not_in_it,
            });
            output.print(&value, || {
                let made = when_made(drill.made_at);
                let missing = match drill.not_in_it {
                    0 => "Every passkey of this device is in it.".to_owned(),
                    count => format!("{count} of this device's passkeys are not in it: roamkey backup now"),
                };
                format!(
                    "The backup{made} opens, and all of its {} keys work.\n{missing}",
                    drill.working
                )
            })
        }
    }
}

fn schedule(when: When, place: &Place, vault: &Vault, output: Output) -> Result<(), Stop> {
    let units = recovery::units_folder().ok_or(ErrorCode::ScheduleFailed)?;
    let calendar = match when {
        When::Daily => Calendar::Daily,
        When::Weekly => Calendar::Weekly,
        When::Never => {
            let was = recovery::unschedule(&units)?;
            let value = json!({ "event": "unscheduled", "was_scheduled": was });
            return output.print(&value, || "There are no regular backups any more.".to_owned());
        }
    };
    // A timer for which nothing is set up would fail every night, unseen.
    let _ = State::get(vault)?;
    let program = std::env::current_exe()?;
    let dir = std::path::absolute(&place.dir)?;
    // The timer starts in another folder than this.
    let passphrase = place.passphrase_file.as_ref().map(std::path::absolute);
    let passphrase = passphrase.transpose()?;
    if vault.store_kind() == StoreKind::PassphraseFile && passphrase.is_none() {
        // Nobody is there at night to type it.
        return Err(ErrorCode::PassphraseNeeded.into());
    }
    let mut arguments: Vec<&OsStr> = vec!["--data-dir".as_ref(), dir.as_os_str()];
    if let Some(file) = &passphrase {
        arguments.extend(["--passphrase-file".as_ref(), file.as_os_str()]);
    }
    arguments.extend(["backup".as_ref(), OsStr::new("now")]);
    let plan = Schedule {
        calendar,
        program: &program,
        arguments: &arguments,
    };
    let written = recovery::schedule(&plan, &units)?;
    let value = json!({ "event": "scheduled", "units": written });
    output.print(&value, || {
        "Backups are written regularly now, while you are logged in.".to_owned()
    })
}

fn status(dir: &Path, vault: &Vault, output: Output) -> Result<(), Stop> {
    let status = recovery::status(vault, dir)?;
    let set_up = status.recovery.as_ref();
    let count = |kept: Kept| status.passkeys.iter().filter(|(_, is)| *is == kept).count();
    let backed_up = status
        .passkeys
        .iter()
        .filter(|(entry, _)| entry.backed_up)
        .count();
    let recipient = set_up.map(|set_up| set_up.recovery.recipient()).transpose()?;
    let (last_backup, last_drill) = match set_up {
        Some(set_up) => (set_up.recovery.last_backup, set_up.recovery.last_drill),
        None => (None, None),
    };
    let scheduled = set_up.is_some_and(|set_up| set_up.schedule.is_some());
    let files = set_up.map_or(0, |set_up| set_up.files.len());
    let value = json!({
        "event": "backup_status",
        "set_up": set_up.is_some(),
        "recipient": recipient.map(|recipient| recipient.to_string()),
        "folder": set_up.map(|set_up| &set_up.folder),
        "folder_on_this_disk": set_up.map(|set_up| set_up.folder_place == FolderPlace::ThisDisk),
        "files": files,
        "passkeys": status.passkeys.len(),
        "backed_up": backed_up,
        "in_drilled_backup": count(Kept::DrilledBackup),
        "elsewhere": count(Kept::Elsewhere),
        "in_backup": count(Kept::Backup),
        "only_here": count(Kept::OnlyHere),
        "last_backup": last_backup.map(|(at, _)| at),
        "last_drill": last_drill.map(|(at, _)| at),
        "scheduled": scheduled,
    });
    output.print(&value, || {
        let Some(set_up) = set_up else {
            return "Recovery is not set up: if this device is lost, so are its passkeys.\n\
                    Set it up: roamkey recovery setup"
                .to_owned();
        };
        let place = match set_up.folder_place {
            FolderPlace::ThisDisk => ", on the disk of this device: lost with it",
            FolderPlace::Elsewhere => "",
            FolderPlace::Missing => ", not there now",
        };
        format!(
            "  passkeys      {}, each counted in its safest place:\n                \
             {:>6} in a backup that was tried out\n                \
             {:>6} on another device or in another program\n                \
             {:>6} in a backup that nobody has tried out\n                \
             {:>6} only here\n  \
             last backup   {}\n  last drill    {}\n  folder        {} ({files} files{place})\n  regularly     {}",
            status.passkeys.len(),
            count(Kept::DrilledBackup),
            count(Kept::Elsewhere),
            count(Kept::Backup),
            count(Kept::OnlyHere),
            when(last_backup.map(|(at, _)| at)),
            when(last_drill.map(|(at, _)| at)),
            set_up.folder.display(),
            if scheduled { "yes" } else { "no" },
        )
    })
}

/// Says what was written.
pub(crate) fn written(written: &Written, output: Output) -> Result<(), Stop> {
    let value = json!({
        "event": "written",
        "path": written.path,
        "passkeys": written.count,
        "left_out": written.left_out,
        "old_removed": written.removed,
    });
    output.print(&value, || {
        let left_out = match written.left_out {
            0 => String::new(),
            count => format!("\n{count} passkeys can't be read and are not in it: roamkey list shows which."),
        };
        format!(
            "{} passkeys are in {}{left_out}",
            written.count,
            written.path.display()
        )
    })
}

/// Shows on standard error how far a large vault is.
pub(crate) fn progress(output: Output) -> impl FnMut(usize, usize) -> ControlFlow<()> {
    move |done, total| {
        if total >= LARGE && done.is_multiple_of(LARGE) && !output.is_json() {
            use std::io::Write as _;
            // Nobody has to watch.
            let _ = writeln!(std::io::stderr(), "{done} of {total}");
        }
        ControlFlow::Continue(())
    }
}

/// As many passkeys as take about a second.
const LARGE: usize = 500;

fn when_made(made_at: Option<u64>) -> String {
    made_at.map_or_else(String::new, |at| format!(", made {},", when(Some(at))))
}
