//! `roamkey label`, `remove`, `restore-removed` and `destroy`: changing one passkey.

use clap::Args;
use roamkey_device::vault::{PasskeyEntry, PasskeyState, Query, RecordId, Vault};
use roamkey_device::{ErrorCode, now};
use serde_json::json;

use crate::list::{ago_or, named, site};
use crate::output::{Output, Stop};
use crate::place::Place;
use crate::terminal::Terminal;
use crate::time::date;

/// `roamkey label`
#[derive(Args, Debug)]
pub(crate) struct Label {
    /// The passkey's id as `list` shows it, or enough of its beginning.
    id: String,

    /// What you call the passkey; the site does not learn it.
    #[arg(required_unless_present = "clear", conflicts_with = "clear")]
    text: Option<String>,

    /// Take the label away.
    #[arg(long)]
    clear: bool,

    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// `roamkey remove`
#[derive(Args, Debug)]
pub(crate) struct Remove {
    /// The passkey's id as `list` shows it, or enough of its beginning.
    id: String,

    /// Destroy its key at once: nothing brings it back.
    #[arg(long)]
    now: bool,

    #[command(flatten)]
    sure: Sure,
}

/// `roamkey destroy`
#[derive(Args, Debug)]
pub(crate) struct Destroy {
    /// The id of a passkey that was removed, or enough of its beginning.
    id: String,

    #[command(flatten)]
    sure: Sure,
}

/// `roamkey restore-removed`
#[derive(Args, Debug)]
pub(crate) struct RestoreRemoved {
    /// The id of a passkey that was removed, or enough of its beginning.
    id: String,

    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct Sure {
    /// Do not ask whether to go on.
    #[arg(long)]
    yes: bool,

    /// Print one JSON object. The question is still asked on the terminal.
    #[arg(long)]
    json: bool,
}

/// Runs `roamkey label` and returns the exit code.
pub(crate) fn label(args: &Label, place: &Place) -> u8 {
    let output = Output::new(args.json);
    let label = || {
        let vault = place.vault()?;
        let id = vault.resolve(&args.id)?;
        vault.label(id, args.text.as_deref(), now())?;
        let label = vault.show(id)?.entry.label;
        output.print(&json!({ "id": id.to_string(), "label": label }), || {
            match args.text {
                Some(_) => "Labelled.",
                None => "The label is gone.",
            }
            .to_owned()
        })
    };
    output.end(label())
}

/// Runs `roamkey remove` and returns the exit code.
pub(crate) fn remove(args: &Remove, place: &Place) -> u8 {
    let output = Output::new(args.sure.json);
    let remove = || {
        let vault = place.vault()?;
        let id = vault.resolve(&args.id)?;
        let details = vault.show(id)?;
        if details.removed_at.is_some() && !args.now {
            return Err(ErrorCode::PasskeyRemoved.into());
        }
        if !args.sure.yes {
            Terminal::confirm(&question(args, id, &details.entry, &vault)?)?;
        }
        let removed = if details.removed_at.is_none() {
            Some(vault.remove(id, now())?)
        } else {
            None
        };
        if args.now {
            vault.destroy(id, now())?;
        }
        let value = json!({
            "id": id.to_string(),
            "destroyed": args.now,
            "last_of_site": removed.map(|removed| removed.last_of_site),
            "undo_until": removed.filter(|_| !args.now).map(|removed| removed.undo_until.0),
        });
        output.print(&value, || match removed {
            Some(removed) if !args.now => format!(
                "Removed from this device. The site still lists it.\n\
                 Until {} you can take it back: roamkey restore-removed {}",
                date(removed.undo_until),
                args.id
            ),
            Some(_) | None => "Removed, and its key destroyed. The site still lists it.".to_owned(),
        })
    };
    output.end(remove())
}

fn question(args: &Remove, id: RecordId, entry: &PasskeyEntry, vault: &Vault) -> Result<String, Stop> {
    let mut lines = vec![
        "\nRemove this passkey from this device?\n".to_owned(),
        format!("    {}  {}", site(entry), named(entry)),
        format!(
            "    created {}, last used {}\n",
            ago_or(entry.created_at, "at an unknown time"),
            ago_or(entry.last_used, "never")
        ),
        "The site still lists it and may go on asking for it: remove it there too, in your account's settings."
            .to_owned(),
    ];
    if is_last_of_site(id, entry, vault)? {
        lines.push(format!(
            "This is the last passkey for {} on this device. Make sure that you can sign in another way.",
            site(entry)
        ));
    }
    lines.push(if args.now {
        "Its key is destroyed at once: nothing brings it back.".to_owned()
    } else {
        "For 30 days you can take it back; then its key is destroyed.".to_owned()
    });
    Ok(lines.join("\n"))
}

/// Whether no other usable passkey for the site is here.
fn is_last_of_site(id: RecordId, entry: &PasskeyEntry, vault: &Vault) -> Result<bool, Stop> {
    let Some(rp_id) = &entry.rp_id else {
        return Ok(false);
    };
    let others = vault.search(&Query {
        site: Some(rp_id.clone()),
        ..Query::default()
    })?;
    Ok(!others.iter().any(|other| {
        other.record_id != id
            && other.rp_id.as_ref() == Some(rp_id)
            && matches!(other.state, PasskeyState::Ready | PasskeyState::Unfinished)
    }))
}

/// Runs `roamkey destroy` and returns the exit code.
pub(crate) fn destroy(args: &Destroy, place: &Place) -> u8 {
    let output = Output::new(args.sure.json);
    let destroy = || {
        let vault = place.vault()?;
        let id = vault.resolve(&args.id)?;
        let details = vault.show(id)?;
        if details.removed_at.is_none() {
            return Err(ErrorCode::PasskeyNotRemoved.into());
        }
        if !args.sure.yes {
            Terminal::confirm(&format!(
                "\nDestroy the key of this removed passkey? Nothing brings it back.\n\n    {}  {}\n",
                site(&details.entry),
                named(&details.entry)
            ))?;
        }
        vault.destroy(id, now())?;
        output.print(&json!({ "id": id.to_string(), "destroyed": true }), || {
            "Its key is destroyed.".to_owned()
        })
    };
    output.end(destroy())
}

/// Runs `roamkey restore-removed` and returns the exit code.
pub(crate) fn restore_removed(args: &RestoreRemoved, place: &Place) -> u8 {
    let output = Output::new(args.json);
    let restore = || {
        let vault = place.vault()?;
        let id = vault.resolve(&args.id)?;
        vault.restore_removed(id, now())?;
        output.print(&json!({ "id": id.to_string(), "restored": true }), || {
            "It is back, as it was.".to_owned()
        })
    };
    output.end(restore())
}
