//! The activity log: read when its page is opened, and forgotten when it is left.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use roamkey_device::activity::{self, Filter, LogFormat as Format};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::{self, ActivityEntry, ActivityReport, Month};
use roamkey_device::{ErrorCode, Failure, UnixTime};

use super::person::plain;
use super::{Controller, State, count};
use crate::action::ActivityAction;
use crate::view::{
    ActivityFilter, ActivityKind, ActivityLog, ActivityPage, ActivityRow, Because, Counts, Damage, LogCheck,
    LogExport, LogFormat, MonthCounts, Place, RefusalCount, Site, SiteCounts, Statistics,
};
use crate::window::Window;

/// The log as it was read last.
#[derive(Default)]
pub(super) struct Known {
    /// The oldest first.
    entries: Arc<[ActivityEntry]>,
    revision: u32,
}

/// Rows that one request may fetch: many screens full.
const MOST_ROWS: usize = 500;

/// Months that charts show: ten years. A clock that was wrong once must not stretch them over half a century.
const MOST_MONTHS: usize = 120;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn act_on_activity(&self, action: ActivityAction) {
        match action {
            ActivityAction::Read => self.read_activity(),
            ActivityAction::Verify => self.verify_activity(),
            ActivityAction::Export { format, filter } => self.export_activity(format, filter),
            ActivityAction::DropExport => self.show_export(LogExport::None),
        }
    }

    pub(super) fn read_activity(&self) {
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let read = controller.blocking(|vault, _| vault.activity(None).map_err(Failure::Vault));
            let read = read.await;
            let unnoted = controller.0.device.is_unnoted();
            controller.update(|state| {
                if state.view.place == Place::Activity {
                    state.show_log(read, unnoted);
                }
            });
        });
    }

    fn verify_activity(&self) {
        let begun = self.update(|state| {
            let ActivityLog::Ready { check, .. } = &mut state.view.activity else {
                return false;
            };
            *check = LogCheck::Checking;
            true
        });
        if !begun {
            return;
        }
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let verified = controller.blocking(|vault, _| vault.verify_activity().map_err(Failure::Vault));
            let verified = match verified.await {
                Ok(ActivityReport::Intact { entries }) => LogCheck::Intact { entries },
                Ok(ActivityReport::Broken { first_bad, what }) => LogCheck::Broken {
                    first_bad,
                    what: Damage(what),
                },
                Ok(_) => LogCheck::Failed {
                    code: ErrorCode::ActivityUnreadable.into(),
                },
                Err(code) => LogCheck::Failed { code: code.into() },
            };
            controller.update(|state| {
                if let ActivityLog::Ready { check, .. } = &mut state.view.activity {
                    *check = verified;
                }
            });
        });
    }

    fn export_activity(&self, format: LogFormat, filter: ActivityFilter) {
        let begun = self.update(|state| match &mut state.view.activity {
            ActivityLog::Ready { export, .. } if *export != LogExport::Writing => {
                *export = LogExport::Writing;
                true
            }
            ActivityLog::Ready { .. } | ActivityLog::Reading | ActivityLog::Failed { .. } => false,
        });
        if !begun {
            return;
        }
        let (name, format) = match format {
            LogFormat::JsonLines => ("roamkey-activity.jsonl", Format::JsonLines),
            LogFormat::Csv => ("roamkey-activity.csv", Format::Csv),
        };
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let export = match controller.0.window.save_as(name).await {
                Ok(Some(path)) => controller.write_log(path, format, filter).await,
                Ok(None) => LogExport::None,
                Err(code) => LogExport::Failed { code: code.into() },
            };
            controller.show_export(export);
        });
    }

    async fn write_log(&self, path: PathBuf, format: Format, wanted: ActivityFilter) -> LogExport {
        let filter = filter(&wanted);
        let shown = path.display().to_string();
        let written = self.blocking(move |vault, _| {
            let mut entries = vault.activity(None).map_err(Failure::Vault)?;
            entries.retain(|entry| filter.fits(entry));
            activity::export(&path, &entries, format)?;
            Ok(entries.len())
        });
        match written.await {
            Ok(entries) => LogExport::Written {
                path: shown,
                entries: count(entries),
            },
            Err(code) => LogExport::Failed { code: code.into() },
        }
    }

    fn show_export(&self, now: LogExport) {
        self.update(|state| {
            if let ActivityLog::Ready { export, .. } = &mut state.view.activity {
                *export = now;
            }
        });
    }
}

impl<W, T, A> Controller<W, T, A> {
    /// The entries that fit, `count` of them after the first `from`, the newest first.
    #[must_use]
    pub fn activity(&self, wanted: &ActivityFilter, from: usize, most: usize) -> ActivityPage {
        let (entries, revision) = self.log();
        let filter = filter(wanted);
        let fitting: Vec<&ActivityEntry> = entries.iter().rev().filter(|entry| filter.fits(entry)).collect();
        let rows = fitting.iter().skip(from).take(most.min(MOST_ROWS));
        ActivityPage {
            revision,
            matching: count(fitting.len()),
            rows: rows.map(|entry| row(entry)).collect(),
        }
    }

    /// What the log adds up to.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let (entries, revision) = self.log();
        let sums = vault::Statistics::of(&entries);
        let mut refusals: Vec<_> = sums
            .refusals
            .iter()
            .map(|(because, count)| RefusalCount {
                because: Because(*because),
                count: *count,
            })
            .collect();
        refusals.sort_by_key(|refusal| Reverse(refusal.count));
        let mut sites: Vec<_> = sums
            .by_site
            .iter()
            .map(|site| (site.counts.requests(), site))
            .collect();
        sites.sort_by_key(|(requests, _)| Reverse(*requests));
        Statistics {
            revision,
            total: counts(&sums.total),
            refusals,
            sites: sites
                .into_iter()
                .map(|(_, site)| SiteCounts {
                    site: Site::new(&site.rp_id),
                    counts: counts(&site.counts),
                })
                .collect(),
            months: months(&sums),
        }
    }

    fn log(&self) -> (Arc<[ActivityEntry]>, u32) {
        let state = self.state();
        (Arc::clone(&state.log.entries), state.log.revision)
    }
}

impl State {
    fn show_log(&mut self, read: Result<Vec<ActivityEntry>, ErrorCode>, unnoted: bool) {
        match read {
            Ok(entries) => {
                let same = self.log.revision > 0 && *self.log.entries == *entries;
                if !same {
                    self.log.entries = entries.into();
                    self.log.revision = self.log.revision.wrapping_add(1);
                }
                let (check, export) = match &self.view.activity {
                    ActivityLog::Ready { check, export, .. } if same => (*check, export.clone()),
                    ActivityLog::Ready { export, .. } => (LogCheck::NotChecked, export.clone()),
                    ActivityLog::Reading | ActivityLog::Failed { .. } => {
                        (LogCheck::NotChecked, LogExport::None)
                    }
                };
                self.view.activity = ActivityLog::Ready {
                    revision: self.log.revision,
                    entries: count(self.log.entries.len()),
                    unnoted,
                    check,
                    export,
                };
            }
            Err(code) => {
                self.log.entries = Arc::default();
                self.view.activity = ActivityLog::Failed { code: code.into() };
            }
        }
    }

    /// Nobody looks at the log any more: it is not kept in memory.
    pub(super) fn forget_log(&mut self) {
        if self.view.activity != ActivityLog::Reading {
            self.log.entries = Arc::default();
            self.view.activity = ActivityLog::Reading;
        }
    }
}

fn filter(wanted: &ActivityFilter) -> Filter {
    Filter {
        events: wanted.kinds.iter().map(|kind| kind.0).collect(),
        site: wanted.site.clone(),
        since: wanted.since.map(UnixTime),
        until: wanted.until.map(UnixTime),
        ..Filter::default()
    }
    .with_text(&wanted.text)
}

fn row(entry: &ActivityEntry) -> ActivityRow {
    let activity = &entry.activity;
    ActivityRow {
        sequence: entry.sequence,
        at: entry.at.0,
        kind: ActivityKind(activity.event),
        because: activity.event.refused_because().map(Because),
        site: activity.rp_id.as_deref().map(Site::new),
        account: activity.account.as_deref().map(plain),
        passkey: activity.record.map(|record| record.to_string()),
        user_verified: activity.user_verified,
        peer: activity.peer.as_deref().map(plain),
        count: activity.count,
    }
}

fn counts(counts: &vault::Counts) -> Counts {
    Counts {
        created: counts.created,
        signed_in: counts.signed_in,
        refused: counts.refused,
    }
}

/// The last months up to the last one with a request, those without one too.
fn months(sums: &vault::Statistics) -> Vec<MonthCounts> {
    let known: BTreeMap<Month, &vault::Counts> = sums
        .by_month
        .iter()
        .map(|month| (month.month, &month.counts))
        .collect();
    let (Some((first, _)), Some((last, _))) = (known.first_key_value(), known.last_key_value()) else {
        return Vec::new();
    };
    let back = std::iter::successors(Some(*last), |month| Some(before(*month)));
    let mut months: Vec<_> = back
        .take_while(|month| month >= first)
        .take(MOST_MONTHS)
        .map(|month| MonthCounts {
            year: month.year,
            month: month.month,
            counts: known.get(&month).map(|one| counts(one)).unwrap_or_default(),
        })
        .collect();
    months.reverse();
    months
}

fn before(month: Month) -> Month {
    match month.month {
        0 | 1 => Month {
            year: month.year.saturating_sub(1),
            month: 12,
        },
        later => Month {
            year: month.year,
            month: later.saturating_sub(1),
        },
    }
}
