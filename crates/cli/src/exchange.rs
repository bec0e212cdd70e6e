//! `roamkey restore`, `roamkey import` and `roamkey export`: passkeys from files and into files.
//!
//! What comes in is shown first, with what was left out and why; only then the person is asked. What goes out for
//! anybody to read goes out only after the person was verified.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use roamkey_device::exchange::import::{BackupFlags, ImportError};
use roamkey_device::recovery::{
    self, Applied, Held, Plan, Readers, Recovery as State, RecoveryError, Source, read_file,
};
use roamkey_device::vault::{Pin, Vault};
use roamkey_device::{ErrorCode, UserVerified, Verification, Way};
use serde_json::{Value, json};

use crate::backup::{progress, written};
use crate::output::{Output, Stop};
use crate::person::plain;
use crate::place::Place;
use crate::recovery::{KeyFrom, approve, ask_passphrase, when};
use crate::terminal::{Echo, Terminal};

/// What both ways in share.
#[derive(Args, Debug)]
struct In {
    /// The file; `-` is standard input.
    file: PathBuf,

    #[command(flatten)]
    key: KeyFrom,

    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,

    /// Do not ask whether to go on.
    #[arg(long)]
    yes: bool,

    /// Print JSON: the plan, then what was done.
    #[arg(long)]
    json: bool,
}

/// `roamkey restore`
#[derive(Args, Debug)]
pub(crate) struct Restore {
    #[command(flatten)]
    input: In,
}

/// `roamkey import`
#[derive(Args, Debug)]
pub(crate) struct Import {
    #[command(flatten)]
    input: In,

    /// Backup flags of passkeys whose file has none, if a site refuses them otherwise.
    #[arg(long, value_enum)]
    backup_flags: Option<Flags>,
}

/// WebAuthn's BE and BS.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Flags {
    /// Both set, as programs that synchronise passkeys have them.
    On,
    /// Neither, as KeePassXC had them before 2.7.12.
    Off,
}

/// `roamkey export`
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// The file to write; with `--keepassxc`, the folder.
    file: PathBuf,

    /// Write CXF that anybody can read who has the file.
    #[arg(long)]
    plain: bool,

    /// Write KeePassXC's .passkey files, which anybody can read who has them.
    #[arg(long, conflicts_with = "plain")]
    keepassxc: bool,

    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs `roamkey restore` and returns the exit code.
pub(crate) async fn restore(args: Restore, place: Place) -> u8 {
    let output = Output::new(args.input.json);
    output.end(take_in(&args.input, Source::Backup, None, &place, output).await)
}

/// Runs `roamkey import` and returns the exit code.
pub(crate) async fn import(args: Import, place: Place) -> u8 {
    let output = Output::new(args.input.json);
    let flags = args.backup_flags.map(|flags| {
        let set = matches!(flags, Flags::On);
        BackupFlags {
            eligible: set,
            state: set,
        }
    });
    output.end(take_in(&args.input, Source::Other, flags, &place, output).await)
}

/// Runs `roamkey export` and returns the exit code.
pub(crate) async fn export(args: Export, place: Place) -> u8 {
    let output = Output::new(args.json);
    output.end(give_out(&args, &place, output).await)
}

async fn take_in(
    args: &In,
    source: Source,
    flags: Option<BackupFlags>,
    place: &Place,
    output: Output,
) -> Result<(), Stop> {
    let vault = place.vault()?;
    let file = read_file(&args.file)?;
    let mut key = args.key.key_for(&file).await?;
    let opened = match recovery::open(&file, key.as_ref(), flags) {
        // Another program's file says only now that it wants a password.
        Err(RecoveryError::Import(ImportError::PasswordNeeded)) => {
            key = Some(ask_passphrase("The file's password: ").await?);
            recovery::open(&file, key.as_ref(), flags)?
        }
        opened => opened?,
    };
    if source == Source::Backup && opened.backup.is_none() {
        // Only what Roamkey wrote is known to be a whole backup.
        return Err(ErrorCode::FileUnknown.into());
    }
    let plan = recovery::plan(&vault, opened)?;
    output.print(&plan_value(&plan), || plan_text(&plan))?;
    if args.dry_run || plan.new.is_empty() {
        return Ok(());
    }
    if !args.yes && !approve("Take these passkeys in? y or yes, anything else stops: ").await? {
        return Err(ErrorCode::Refused.into());
    }
    let applied = recovery::apply(&vault, plan, source, &mut progress(output))?;
    told(applied, output)
}

fn told(applied: Applied, output: Output) -> Result<(), Stop> {
    let value = json!({
        "event": "taken_in",
        "added": applied.added,
        "here_already": applied.here_already,
        "in_trash": applied.in_trash,
        "failed": applied.failed,
    });
    output.print(&value, || {
        let mut lines = vec![format!("{} passkeys are here now.", applied.added)];
        if applied.in_trash > 0 {
            lines.push(format!(
                "{} are in the trash of this device and stay there.",
                applied.in_trash
            ));
        }
        if applied.failed > 0 {
            lines.push(format!("{} could not be kept.", applied.failed));
        }
        lines.join("\n")
    })?;
    if applied.failed > 0 {
        return Err(ErrorCode::RestoreIncomplete.into());
    }
    Ok(())
}

fn plan_value(plan: &Plan) -> Value {
    let skipped: Vec<Value> = plan
        .skipped
        .iter()
        .map(|one| {
            json!({
                "place": one.place.to_string(),
                "site": one.rp_id,
                "reason": one.reason.as_str(),
                "message": one.reason.to_string(),
            })
        })
        .collect();
    let held = |held: &[Held]| -> Vec<Value> {
        held.iter()
            .map(|one| json!({ "site": one.rp_id, "account": one.user_name }))
            .collect()
    };
    json!({
        "event": "plan",
        "format": plan.format.as_str(),
        "made_at": plan.made_at,
        "mode": if plan.held == 0 { "fresh" } else { "merge" },
        "held": plan.held,
        "new": plan.new.len(),
        "same": plan.same,
        "conflicts": held(&plan.conflicts),
        "in_trash": held(&plan.in_trash),
        "skipped": skipped,
        "others": plan.others,
        "trimmed": plan.trimmed,
    })
}

fn plan_text(plan: &Plan) -> String {
    let mut lines = Vec::new();
    if let Some(at) = plan.made_at {
        lines.push(format!("A backup made {}.", when(Some(at))));
    }
    lines.push(format!("  to be added     {}", plan.new.len()));
    lines.push(format!("  here already    {}", plan.same));
    for passkey in plan.new.iter().take(SHOWN) {
        let credential = &passkey.credential;
        let name = credential.user.name.as_deref().unwrap_or("(no name)");
        lines.push(format!(
            "    + {}  {}",
            plain(credential.rp_id.as_str()),
            plain(name)
        ));
    }
    if let Some(more) = plan.new.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(format!("    + and {more} more"));
    }
    let held = |what: &str, one: &Held, fate: &str| {
        let name = one.user_name.as_deref().unwrap_or("(no name)");
        format!("  {what:<16}{}  {}: {fate}", plain(&one.rp_id), plain(name))
    };
    for one in &plan.conflicts {
        lines.push(held(
            "conflict",
            one,
            "another passkey with this id is here, and stays",
        ));
    }
    for one in &plan.in_trash {
        lines.push(held(
            "in the trash",
            one,
            "it was removed here, and stays so: roamkey restore-removed takes it back",
        ));
    }
    for one in &plan.skipped {
        let site = one
            .rp_id
            .as_deref()
            .map_or_else(String::new, |site| format!(" ({})", plain(site)));
        lines.push(format!("  left out        {}{site}: {}", one.place, one.reason));
    }
    if plan.others > 0 {
        lines.push(format!("  no passkeys     {} other entries", plan.others));
    }
    if plan.trimmed > 0 {
        lines.push(format!(
            "  fields          of {} passkeys are too long to keep",
            plan.trimmed
        ));
    }
    lines.join("\n")
}

/// As many lines as fit a screen.
const SHOWN: usize = 12;

async fn give_out(args: &Export, place: &Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    if !args.plain && !args.keepassxc {
        let recipient = State::get(&vault)?.recipient()?;
        let readers = Readers::Words(&recipient);
        let done = recovery::export_cxf(&vault, &args.file, readers, &mut progress(output))?;
        return written(&done, output);
    }
    let verified = warn_and_verify(&vault, &place.dir).await?;
    let done = if args.keepassxc {
        recovery::export_keepassxc(&vault, &args.file, verified, &mut progress(output))?
    } else {
        let readers = Readers::Anybody(verified);
        recovery::export_cxf(&vault, &args.file, readers, &mut progress(output))?
    };
    written(&done, output)
}

/// Whoever reads such a file can sign in as the person: they must want it, and be who they are.
async fn warn_and_verify(vault: &Vault, dir: &Path) -> Result<UserVerified, Stop> {
    let terminal = Terminal::open().map_err(|_| ErrorCode::NobodyToAsk)?;
    terminal.say(
        "\nThis writes every private key readable. Whoever gets the file can sign in as you, for ever, and no site\n\
         will notice. Delete it as soon as the other program has read it.\n",
    );
    if !approve("Write it all the same? y or yes, anything else stops: ").await? {
        return Err(ErrorCode::Refused.into());
    }
    let verification = Verification::system(vault.clone(), dir.to_owned());
    match verification.way().await? {
        Some(Way::OperatingSystem) => {
            terminal.say("The operating system asks you now.");
            let asked = verification.ask_os().await;
            asked.map_err(|error| Stop::Code(error.into()))
        }
        Some(Way::Pin) => {
            let typed = terminal.ask("PIN (nothing shows as you type): ", Echo::Off).await;
            let pin =
                Pin::new(typed.map_err(|_| ErrorCode::NobodyToAsk)?).map_err(|_| ErrorCode::PinWrong)?;
            Ok(verification.pin().verify(pin).await?)
        }
        None => Err(ErrorCode::PinNotSet.into()),
    }
}
