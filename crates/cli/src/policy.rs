//! `roamkey policy` and `roamkey store`: the rules of this device, and where its passkeys are.

use clap::{Args, Subcommand};
use roamkey_device::vault::{PasskeyEntry, Policy as Rules, StoreKind, VaultConfig};
use roamkey_device::{PolicyLimit, PolicyVerdict, VerificationMethod, now};
use serde_json::{Value, json};

use crate::list::{IN_A_FILE, named, site, store_name};
use crate::output::{Output, Stop, table};
use crate::place::Place;
use crate::terminal::Terminal;

/// `roamkey policy`
#[derive(Args, Debug)]
pub(crate) struct Policy {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// `roamkey store`
#[derive(Args, Debug)]
pub(crate) struct Store {
    #[command(subcommand)]
    verb: Option<StoreVerb>,

    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum StoreVerb {
    /// Keep passkeys in a file under a passphrase: for machines without a keyring.
    CreateFile(CreateFile),
}

#[derive(Args, Debug)]
struct CreateFile {
    /// Do not ask whether to go on.
    #[arg(long)]
    yes: bool,
}

/// Runs `roamkey policy` and returns the exit code.
pub(crate) fn run(args: &Policy, place: &Place) -> u8 {
    let output = Output::new(args.json);
    output.end(tell(place, output))
}

fn tell(place: &Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    let rules = vault.policy();
    let passkeys: Vec<(PasskeyEntry, PolicyVerdict)> = vault
        .list()?
        .into_iter()
        .map(|entry| {
            let verdict = verdict(rules, &entry);
            (entry, verdict)
        })
        .collect();
    let allowed: Vec<&str> = METHODS
        .into_iter()
        .filter(|(method, ..)| rules.allows(*method))
        .map(|(_, name, _)| name)
        .collect();
    let judged: Vec<Value> = passkeys
        .iter()
        .map(|(entry, verdict)| {
            let (name, days) = in_json(*verdict);
            json!({ "id": entry.record_id.to_string(), "site": entry.rp_id, "verdict": name, "days_left": days })
        })
        .collect();
    let value = json!({
        "file": Rules::default_path(),
        "in_force": !rules.is_empty(),
        "minimum_pin_length": rules.minimum_pin_length(),
        "allowed_verification": allowed,
        "passkeys": judged,
    });
    output.print(&value, || in_words(rules, &passkeys))
}

fn verdict(rules: &Rules, entry: &PasskeyEntry) -> PolicyVerdict {
    match (&entry.rp_id, entry.created_at) {
        (Some(rp_id), Some(created_at)) => rules.verdict(rp_id, created_at, entry.last_used, now()),
        _ => PolicyVerdict::Allowed,
    }
}

fn in_json(verdict: PolicyVerdict) -> (&'static str, Option<u32>) {
    match verdict {
        PolicyVerdict::Allowed => ("allowed", None),
        PolicyVerdict::Warned { days_left, .. } => ("warned", Some(days_left)),
        PolicyVerdict::Blocked { .. } => ("blocked", None),
    }
}

fn in_words(rules: &Rules, passkeys: &[(PasskeyEntry, PolicyVerdict)]) -> String {
    let path = Rules::default_path();
    if rules.is_empty() {
        return format!(
            "No policy is in force: {} is not there or says nothing.",
            path.display()
        );
    }
    let mut lines = vec![format!(
        "The administrator of this device has set a policy: {}",
        path.display()
    )];
    if let Some(length) = rules.minimum_pin_length() {
        lines.push(format!("A PIN has at least {length} characters."));
    }
    let refused = METHODS.into_iter().filter(|(method, ..)| !rules.allows(*method));
    lines.extend(refused.map(|(_, _, words)| format!("{words} does not count as a verification.")));
    let rows: Vec<[String; 3]> = passkeys
        .iter()
        .filter_map(|(entry, verdict)| Some([site(entry), named(entry), verdict_in_words(*verdict)?]))
        .collect();
    if rows.is_empty() {
        lines.push("None of your passkeys is near a limit.".to_owned());
    } else {
        lines.push(format!("\n{}", table(&rows)));
        lines.push(
            "\nA blocked passkey is not deleted. Create a new one at the site, then remove the old one."
                .to_owned(),
        );
    }
    lines.join("\n")
}

/// The verdict as a person reads it; `None` where there is nothing to say.
pub(crate) fn verdict_in_words(verdict: PolicyVerdict) -> Option<String> {
    let limit = |limit: PolicyLimit| match limit {
        PolicyLimit::Age { maximum_days } => format!("older than {maximum_days} days"),
        PolicyLimit::Disuse { maximum_days } => format!("unused for {maximum_days} days"),
        _ => "beyond a limit".to_owned(),
    };
    match verdict {
        PolicyVerdict::Allowed => None,
        PolicyVerdict::Warned { days_left, limit: of } => Some(format!(
            "can be used for {days_left} more day{}: then {}",
            if days_left == 1 { "" } else { "s" },
            limit(of)
        )),
        PolicyVerdict::Blocked { why } => Some(format!("blocked: {}", limit(why))),
    }
}

/// Runs `roamkey store` and returns the exit code.
pub(crate) fn store(args: &Store, place: &Place) -> u8 {
    let output = Output::new(args.json);
    output.end(match &args.verb {
        None => which(place, output),
        Some(StoreVerb::CreateFile(args)) => create_file(args, place, output),
    })
}

fn which(place: &Place, output: Output) -> Result<(), Stop> {
    let kind = VaultConfig::new(&place.dir).store_kind();
    output.print(&json!({ "store": store_name(kind) }), || match kind {
        StoreKind::OsKeyring => {
            "Passkeys are kept in the OS keyring. Whether it works: roamkey doctor".to_owned()
        }
        StoreKind::PassphraseFile => IN_A_FILE.to_owned(),
    })
}

fn create_file(args: &CreateFile, place: &Place, output: Output) -> Result<(), Stop> {
    if !args.yes {
        Terminal::confirm(
            "\nKeep passkeys in a file under a passphrase, instead of in the OS keyring?\n\n\
             This is for machines without a keyring. Whoever gets hold of the file may try passphrases for as long\n\
             as they like, so choose a long one: six words, for instance. It is asked for with every command.\n\
             If you forget it, the passkeys are lost.\n",
        )?;
    }
    let passphrase = place.new_passphrase()?;
    VaultConfig::new(&place.dir).create_passphrase_store(&passphrase)?;
    output.print(&json!({ "store": store_name(StoreKind::PassphraseFile) }), || {
        "The file is made. Passkeys that you create from now on are in it.".to_owned()
    })
}

/// The ways to verify the person: names for programs and for people.
const METHODS: [(VerificationMethod, &str, &str); 2] = [
    (VerificationMethod::AppPin, "pin", "Roamkey's PIN"),
    (
        VerificationMethod::OperatingSystem,
        "os",
        "The operating system's check",
    ),
];
