//! `roamkey doctor`: what works, what does not, and what to do about it.

use roamkey_device::doctor::{Check, Facts, FolderFacts, Part, Verdict, examine};
use roamkey_device::vault::StoreKind;
use roamkey_device::{ErrorCode, VerificationChoice, Way};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::{PickedBy, Tunnel};
use crate::list::store_name;
use crate::messages::message;
use crate::output::{Output, Stop};
use crate::place::Place;
use crate::time::date_time;

/// `roamkey doctor`
#[derive(clap::Args, Debug)]
pub(crate) struct Doctor {
    #[command(flatten)]
    tunnel: Tunnel,

    /// Print one JSON object for each check.
    #[arg(long)]
    json: bool,
}

/// A check as `--json` prints it.
#[derive(Serialize)]
struct Line {
    check: &'static str,
    result: &'static str,
    code: Option<&'static str>,
    message: Option<&'static str>,
    next_step: Option<&'static str>,
    facts: Value,
}

/// Runs the command and returns the exit code: 0 if everything that a sign-in needs works, otherwise that of the
/// first thing that does not.
pub(crate) async fn run(args: Doctor, place: Place) -> u8 {
    let output = Output::new(args.json);
    output.end(report(&args, place, output).await)
}

async fn report(args: &Doctor, place: Place, output: Output) -> Result<(), Stop> {
    let tunnel = args.tunnel.pick_to_look(&place.dir)?;
    let vault = place.vault()?;
    let checks = examine(vault, place.dir, &tunnel.service()).await;
    let mut broken = Vec::new();
    for check in &checks {
        output.print(&line(check, tunnel.by), || text(check, tunnel.by))?;
        if let Verdict::Broken(code) = check.verdict {
            broken.push(code);
        }
    }
    match broken.as_slice() {
        [] => output.say("\nEverything that a sign-in needs works."),
        [first, ..] => {
            let count = broken.len();
            let verb = if count == 1 { "does" } else { "do" };
            output.say(&format!("\n{count} of {} {verb} not work.", checks.len()))?;
            Err(Stop::Exit(message(*first).exit))
        }
    }
}

fn line(check: &Check, tunnel: PickedBy) -> Line {
    let (result, code) = match check.verdict {
        Verdict::Works => ("works", None),
        Verdict::Remark(code) => ("remark", Some(code)),
        Verdict::Broken(code) => ("broken", Some(code)),
    };
    let text = code.map(message);
    Line {
        check: name(check.part()).0,
        result,
        code: code.map(ErrorCode::as_str),
        message: text.map(|text| text.title),
        next_step: text.map(|text| text.hint),
        facts: facts(&check.facts, tunnel),
    }
}

fn text(check: &Check, tunnel: PickedBy) -> String {
    let title = name(check.part()).1;
    let known = known(&check.facts, tunnel);
    let (word, code) = match check.verdict {
        Verdict::Works => ("works", None),
        Verdict::Remark(code) => ("look at this", Some(code)),
        Verdict::Broken(code) => ("DOES NOT WORK", Some(code)),
    };
    let mut lines = vec![format!("{title:<15} {word:<14} {known}").trim_end().to_owned()];
    if let Some(code) = code {
        let message = message(code);
        lines.push(format!("{:31}{} [{}]", "", message.title, code.as_str()));
        lines.push(format!("{:31}{}", "", message.hint));
    }
    lines.join("\n")
}

/// The part's name for programs and for people.
fn name(part: Part) -> (&'static str, &'static str) {
    match part {
        Part::Store => ("store", "Passkey store"),
        Part::Bluetooth => ("bluetooth", "Bluetooth"),
        Part::Tunnel => ("tunnel", "Tunnel service"),
        Part::Clock => ("clock", "Clock"),
        Part::Verification => ("verification", "Verification"),
        Part::Folder => ("folder", "Data folder"),
        Part::Activity => ("activity", "Activity log"),
    }
}

fn facts(facts: &Facts, tunnel: PickedBy) -> Value {
    match facts {
        Facts::Store { kind, passkeys } => json!({ "kind": store_name(*kind), "passkeys": passkeys }),
        Facts::Bluetooth { adapter, free_slots } => json!({ "adapter": adapter, "free_slots": free_slots }),
        Facts::Tunnel { host, address } => {
            json!({ "host": host, "address": address, "chosen_by": tunnel.as_str() })
        }
        Facts::Clock { now, ahead } => json!({ "now": now.0, "seconds_ahead": ahead }),
        Facts::Verification { chosen, pin, os, way } => json!({
            "chosen": chosen,
            "pin_set": pin,
            "os_unavailable": os.map(ErrorCode::as_str),
            "way": way.map(|way| match way {
                Way::Pin => "pin",
                Way::OperatingSystem => "os",
            }),
        }),
        Facts::Folder(FolderFacts {
            path,
            exists,
            private,
            free,
        }) => json!({ "path": path, "exists": exists, "private": private, "free_bytes": free }),
        Facts::Activity { entries } => json!({ "entries": entries }),
    }
}

/// The facts in a few words.
fn known(facts: &Facts, tunnel: PickedBy) -> String {
    match facts {
        Facts::Store { kind, passkeys: held } => {
            let kind = match kind {
                StoreKind::OsKeyring => "OS keyring",
                StoreKind::PassphraseFile => "a file under a passphrase",
            };
            let held = held.map(|held| format!(", {}", passkeys(held)));
            format!("{kind}{}", held.unwrap_or_default())
        }
        Facts::Bluetooth { adapter, .. } => adapter.clone().unwrap_or_default(),
        Facts::Tunnel { host, address } => {
            let at = match address.strip_suffix(":443") {
                Some(same) if same == host => String::new(),
                Some(_) | None => format!(" at {address}"),
            };
            let by = match tunnel {
                PickedBy::Option => "by --tunnel or ROAMKEY_TUNNEL",
                PickedBy::Settings => "chosen in the app",
                PickedBy::Nobody => "the default",
                PickedBy::Unreadable => "the default, since settings.toml can't be read",
            };
            format!("{host}{at}, {by}")
        }
        Facts::Clock { now, ahead } => {
            let apart = match ahead {
                None => ", not compared with any other".to_owned(),
                Some(ahead) if ahead.unsigned_abs() <= 1 => ", as at the tunnel service".to_owned(),
                Some(ahead) => {
                    let side = if *ahead > 0 { "ahead of" } else { "behind" };
                    format!(
                        ", {} {side} the tunnel service",
                        crate::time::span(ahead.unsigned_abs())
                    )
                }
            };
            format!("{}{apart}", date_time(*now))
        }
        Facts::Verification { chosen, way, os, .. } => match (way, chosen, os) {
            (Some(Way::OperatingSystem), _, _) => "by the operating system".to_owned(),
            (Some(Way::Pin), Some(VerificationChoice::Os), _) => "by PIN for now".to_owned(),
            (Some(Way::Pin), _, None) => "by PIN; the operating system could do it too".to_owned(),
            (Some(Way::Pin), _, Some(_)) => "by PIN".to_owned(),
            (None, _, _) => String::new(),
        },
        Facts::Folder(FolderFacts {
            path, exists, free, ..
        }) => {
            let room = free
                .map(|free| format!(", {} MB free", free / 1_000_000))
                .unwrap_or_default();
            let there = if *exists { "" } else { ", made when first needed" };
            format!("{}{there}{room}", path.display())
        }
        Facts::Activity { entries: None } => String::new(),
        Facts::Activity { entries: Some(1) } => "intact, 1 entry".to_owned(),
        Facts::Activity {
            entries: Some(entries),
        } => format!("intact, {entries} entries"),
    }
}

/// `1 passkey`, `3 passkeys`.
pub(crate) fn passkeys(count: usize) -> String {
    format!("{count} passkey{}", if count == 1 { "" } else { "s" })
}
