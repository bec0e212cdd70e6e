//! `roamkey statistics`: what the activity log holds, counted.

use roamkey_device::vault::{Counts, Statistics as Sums};
use serde_json::{Map, Value, json};

use crate::activity::whole;
use crate::output::{Output, Stop, table};
use crate::person::plain;
use crate::place::Place;

/// `roamkey statistics`
#[derive(clap::Args, Debug)]
pub(crate) struct Statistics {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs `roamkey statistics` and returns the exit code.
pub(crate) fn run(args: &Statistics, place: &Place) -> u8 {
    let output = Output::new(args.json);
    output.end(count(place, output))
}

fn count(place: &Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    let sums = vault.statistics()?;
    let sites: Vec<Value> = sums
        .by_site
        .iter()
        .map(|site| with_name("site", &site.rp_id, &site.counts))
        .collect();
    let months: Vec<Value> = sums
        .by_month
        .iter()
        .map(|month| with_name("month", &month.month.to_string(), &month.counts))
        .collect();
    let refusals: Map<String, Value> = sums
        .refusals
        .iter()
        .map(|(because, count)| (because.as_str().to_owned(), json!(count)))
        .collect();
    let value = json!({
        "total": counts(&sums.total),
        "refusals": refusals,
        "by_site": sites,
        "by_month": months,
    });
    output.print(&value, || in_words(&sums))?;
    whole(&vault)
}

fn counts(counts: &Counts) -> Value {
    json!({
        "created": counts.created,
        "signed_in": counts.signed_in,
        "refused": counts.refused,
        "success_per_mille": counts.success_per_mille(),
    })
}

fn with_name(key: &str, name: &str, of: &Counts) -> Value {
    let mut value = counts(of);
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), json!(name));
    }
    value
}

fn in_words(sums: &Sums) -> String {
    if sums.total.requests() == 0 {
        return "Nothing has been asked of this device yet.".to_owned();
    }
    let header = ["", "CREATED", "SIGNED IN", "REFUSED", "SUCCESS"].map(str::to_owned);
    let mut rows = vec![header, row("all", &sums.total)];
    rows.extend(
        sums.by_month
            .iter()
            .map(|month| row(&month.month.to_string(), &month.counts)),
    );
    rows.extend(
        sums.by_site
            .iter()
            .map(|site| row(&plain(&site.rp_id), &site.counts)),
    );
    let mut text = table(&rows);
    if !sums.refusals.is_empty() {
        text.push_str("\n\nRefused because:\n");
        let reasons: Vec<[String; 2]> = sums
            .refusals
            .iter()
            .map(|(because, count)| {
                [
                    format!("  {}", because.as_str().replace('_', " ")),
                    count.to_string(),
                ]
            })
            .collect();
        text.push_str(&table(&reasons));
    }
    text
}

fn row(name: &str, counts: &Counts) -> [String; 5] {
    let success = counts.success_per_mille();
    [
        name.to_owned(),
        counts.created.to_string(),
        counts.signed_in.to_string(),
        counts.refused.to_string(),
        success
            .map(|share| format!("{} %", share / 10))
            .unwrap_or_default(),
    ]
}
