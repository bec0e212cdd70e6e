//! `roamkey list` and `roamkey show`: the passkeys that this device holds.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use clap::{Args, ValueEnum};
use roamkey_device::vault::{
    PasskeyDetails, PasskeyEntry, PasskeyState, Query, RecordId, RemovedPasskey, Sort, StateFilter,
    StoreKind, Vault,
};
use roamkey_device::{UnixTime, now};
use serde::Serialize;
use serde_json::json;

use crate::output::{Output, Stop, table};
use crate::person::{account, plain};
use crate::place::Place;
use crate::time::{ago, date, span};

/// `roamkey list`
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only passkeys with this in their site, account or label.
    text: Option<String>,

    /// Only passkeys of this site, or of sites below it.
    #[arg(long, value_name = "SITE")]
    site: Option<String>,

    /// Only passkeys in this state.
    #[arg(long, value_enum)]
    state: Option<State>,

    /// The order.
    #[arg(long, value_enum, default_value_t = Order::Site)]
    sort: Order,

    /// Print one JSON object for each passkey.
    #[arg(long)]
    json: bool,
}

/// `roamkey show`
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The passkey's id as `list` shows it, or enough of its beginning.
    id: String,

    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Which passkeys to list.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum State {
    /// Those that can sign in.
    Ready,
    /// Those whose creation was interrupted.
    Unfinished,
    /// Those that can't be used: key missing, damaged, or of a newer version.
    Broken,
    /// Those that have never signed in.
    NeverUsed,
    /// Those of which a verified backup exists.
    BackedUp,
    /// Those of which none exists.
    NotBackedUp,
    /// Those that were removed and can still be taken back.
    Removed,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    /// By site, then by account.
    Site,
    /// The last used first.
    LastUsed,
    /// The latest first.
    Created,
}

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
    uses: u64,
    backed_up: bool,
    state: &'static str,
    removed_at: Option<u64>,
    destroyed_at: Option<u64>,
    store: &'static str,
}

/// Runs the command and returns the exit code.
pub(crate) fn run(args: List, place: &Place) -> u8 {
    let output = Output::new(args.json);
    output.end(list(args, place, output))
}

fn list(args: List, place: &Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    let state = args.state.map(StateFilter::from);
    let everything = args.text.is_none() && args.site.is_none() && state.is_none();
    let query = Query {
        text: args.text,
        site: args.site,
        state,
        sort: args.sort.into(),
    };
    let passkeys = vault.search(&query)?;
    let mut removed = HashMap::new();
    if state == Some(StateFilter::Removed) {
        removed.extend(
            vault
                .removed()?
                .into_iter()
                .map(|passkey| (passkey.entry.record_id, passkey)),
        );
    }
    let mut out = io::stdout().lock();
    if output.is_json() {
        for entry in &passkeys {
            let line = line(entry, removed.get(&entry.record_id), vault.store_kind());
            serde_json::to_writer(&mut out, &line).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    } else if passkeys.is_empty() && everything {
        writeln!(out, "There are no passkeys on this device yet.")?;
        writeln!(
            out,
            "Choose “use a phone or tablet” in a browser, then: roamkey authenticate CODE"
        )?;
    } else if passkeys.is_empty() {
        writeln!(out, "No passkey fits.")?;
    } else {
        writeln!(out, "{}", in_a_table(&passkeys, &removed))?;
    }
    if !output.is_json() && vault.store_kind() == StoreKind::PassphraseFile {
        writeln!(out, "\n{IN_A_FILE}")?;
    }
    Ok(out.flush()?)
}

fn line<'a>(entry: &'a PasskeyEntry, removed: Option<&RemovedPasskey>, store: StoreKind) -> Line<'a> {
    Line {
        id: entry.record_id.to_string(),
        site: entry.rp_id.as_deref(),
        account: entry.user_name.as_deref(),
        display_name: entry.user_display_name.as_deref(),
        label: entry.label.as_deref(),
        created_at: entry.created_at.map(|then| then.0),
        last_used: entry.last_used.map(|then| then.0),
        uses: entry.uses,
        backed_up: entry.backed_up,
        state: state(entry.state),
        removed_at: removed.map(|removed| removed.removed_at.0),
        destroyed_at: removed.map(|removed| removed.destroyed_at.0),
        store: store_name(store),
    }
}

fn in_a_table(passkeys: &[PasskeyEntry], removed: &HashMap<RecordId, RemovedPasskey>) -> String {
    let ids = short_ids(passkeys);
    let end = if removed.is_empty() { "STATE" } else { "DESTROYED" };
    let header = ["ID", "SITE", "ACCOUNT", "CREATED", "LAST USED", end].map(str::to_owned);
    let rows = passkeys.iter().zip(ids).map(|(entry, id)| {
        let end = match removed.get(&entry.record_id) {
            Some(removed) => format!("in {}", span(removed.destroyed_at.0.saturating_sub(now().0))),
            None => state(entry.state).replace('_', " "),
        };
        [
            id,
            site(entry),
            named(entry),
            ago_or(entry.created_at, "unknown"),
            ago_or(entry.last_used, "never"),
            end,
        ]
    });
    table(&std::iter::once(header).chain(rows).collect::<Vec<_>>())
}

/// The beginnings of the ids, all of one length, that tell these passkeys apart.
fn short_ids(passkeys: &[PasskeyEntry]) -> Vec<String> {
    let whole: Vec<String> = passkeys.iter().map(|entry| entry.record_id.to_string()).collect();
    let cut = |length: usize| whole.iter().map(move |id| id.get(..length).unwrap_or(id));
    let length = (SHORT_ID..WHOLE_ID).find(|length| {
        let mut seen = HashSet::new();
        cut(*length).all(|id| seen.insert(id))
    });
    cut(length.unwrap_or(WHOLE_ID)).map(str::to_owned).collect()
}

/// Runs `roamkey show` and returns the exit code.
pub(crate) fn show(args: &Show, place: &Place) -> u8 {
    let output = Output::new(args.json);
    output.end(details(&args.id, place, output))
}

fn details(id: &str, place: &Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    let details = vault.show(vault.resolve(id)?)?;
    let removed = details.removed_at.zip(details.destroyed_at);
    let mut value = serde_json::to_value(Line {
        removed_at: removed.map(|(at, _)| at.0),
        destroyed_at: removed.map(|(_, at)| at.0),
        ..line(&details.entry, None, vault.store_kind())
    })
    .map_err(io::Error::from)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("discoverable".to_owned(), json!(details.discoverable));
        object.insert("may_be_backed_up".to_owned(), json!(details.backup_eligible));
        object.insert("large_blob_bytes".to_owned(), json!(details.large_blob));
        object.insert(
            "algorithm".to_owned(),
            json!(details.algorithm.map(|algorithm| format!("{algorithm:?}"))),
        );
    }
    output.print(&value, || in_words(&details, &vault))
}

fn in_words(details: &PasskeyDetails, vault: &Vault) -> String {
    let entry = &details.entry;
    let yes = |yes: Option<bool>| match yes {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => "unknown".to_owned(),
    };
    let mut rows = vec![
        ["id", &entry.record_id.to_string()].map(str::to_owned),
        ["site", &site(entry)].map(str::to_owned),
        [
            "account",
            &account(entry.user_name.as_deref(), entry.user_display_name.as_deref()),
        ]
        .map(str::to_owned),
        ["label", &plain(entry.label.as_deref().unwrap_or("none"))].map(str::to_owned),
        ["created", &ago_or(entry.created_at, "unknown")].map(str::to_owned),
        [
            "last used",
            &format!(
                "{}, {} sign-in{} in all",
                ago_or(entry.last_used, "never"),
                entry.uses,
                if entry.uses == 1 { "" } else { "s" }
            ),
        ]
        .map(str::to_owned),
        ["state", &state(entry.state).replace('_', " ")].map(str::to_owned),
        ["found without a user name", &yes(details.discoverable)].map(str::to_owned),
        ["may be backed up", &yes(details.backup_eligible)].map(str::to_owned),
        ["backed up", &yes(Some(entry.backed_up))].map(str::to_owned),
        [
            "kept in",
            match vault.store_kind() {
                StoreKind::OsKeyring => "the OS keyring",
                StoreKind::PassphraseFile => "a file under a passphrase",
            },
        ]
        .map(str::to_owned),
    ];
    if let Some((removed_at, destroyed_at)) = details.removed_at.zip(details.destroyed_at) {
        rows.push(
            [
                "removed",
                &format!(
                    "{}; destroyed after {}",
                    ago(removed_at, now()),
                    date(destroyed_at)
                ),
            ]
            .map(str::to_owned),
        );
    }
    table(&rows)
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

/// How long ago, or another word.
pub(crate) fn ago_or(then: Option<UnixTime>, never: &str) -> String {
    then.map_or_else(|| never.to_owned(), |then| ago(then, now()))
}

/// The store's name for programs.
pub(crate) fn store_name(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::OsKeyring => "keyring",
        StoreKind::PassphraseFile => "passphrase_file",
    }
}

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

impl From<State> for StateFilter {
    fn from(state: State) -> Self {
        match state {
            State::Ready => Self::Ready,
            State::Unfinished => Self::Unfinished,
            State::Broken => Self::Broken,
            State::NeverUsed => Self::NeverUsed,
            State::BackedUp => Self::BackedUp,
            State::NotBackedUp => Self::NotBackedUp,
            State::Removed => Self::Removed,
        }
    }
}

impl From<Order> for Sort {
    fn from(order: Order) -> Self {
        match order {
            Order::Site => Self::Site,
            Order::LastUsed => Self::LastUsed,
            Order::Created => Self::Created,
        }
    }
}

/// Said wherever passkeys are shown that are not in a keyring.
pub(crate) const IN_A_FILE: &str =
    "Passkeys here are kept in a file under a passphrase, not in an OS keyring.";

/// Long enough to tell thousands apart, short enough to type.
const SHORT_ID: usize = 8;
const WHOLE_ID: usize = 32;
