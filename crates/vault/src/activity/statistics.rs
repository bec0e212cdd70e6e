//! What the activity log adds up to. Counted when somebody asks, kept nowhere, sent nowhere.

use std::collections::BTreeMap;
use std::fmt;

use roamkey_authenticator::UnixTime;

use super::{Activity, ActivityEntry, Event, RefusedBecause};

/// Counts over the whole log.
///
/// # Privacy
///
/// Names sites: for the person's eyes. `Debug` prints the sums only.
#[derive(Clone, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// All requests.
    pub total: Counts,
    /// Requests that ended without a signature, by reason; reasons that never occurred are left out.
    pub refusals: BTreeMap<RefusedBecause, u64>,
    /// By site, in alphabetical order. Requests of which no site is known are left out.
    pub by_site: Vec<SiteStatistics>,
    /// By calendar month in UTC, the earliest first. Months without requests are left out.
    pub by_month: Vec<MonthStatistics>,
}

/// How often what came of requests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Counts {
    /// Passkeys created.
    pub created: u64,
    /// Sign-ins.
    pub signed_in: u64,
    /// Requests that ended without a signature.
    pub refused: u64,
}

/// The counts of one site.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct SiteStatistics {
    /// The site.
    pub rp_id: String,
    /// Its counts.
    pub counts: Counts,
}

/// The counts of one month.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MonthStatistics {
    /// The month.
    pub month: Month,
    /// Its counts.
    pub counts: Counts,
}

/// A month of the Gregorian calendar; prints as `2026-11`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Month {
    /// The year.
    pub year: u64,
    /// 1 to 12.
    pub month: u8,
}

impl Statistics {
    /// Counts these entries.
    #[must_use]
    pub fn of(entries: &[ActivityEntry]) -> Self {
        let mut statistics = Self::default();
        let mut sites: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut months: BTreeMap<Month, Counts> = BTreeMap::new();
        for ActivityEntry { at, activity, .. } in entries {
            let Some(one) = Counts::of(activity) else {
                continue;
            };
            statistics.total.add(one);
            months.entry(Month::of(*at)).or_default().add(one);
            if let Some(rp_id) = &activity.rp_id {
                sites.entry(rp_id).or_default().add(one);
            }
            if let Some(because) = activity.event.refused_because() {
                let count = statistics.refusals.entry(because).or_default();
                *count = count.saturating_add(1);
            }
        }
        let site = |(rp_id, counts): (&str, Counts)| SiteStatistics {
            rp_id: rp_id.to_owned(),
            counts,
        };
        statistics.by_site = sites.into_iter().map(site).collect();
        let month = |(month, counts)| MonthStatistics { month, counts };
        statistics.by_month = months.into_iter().map(month).collect();
        statistics
    }
}

impl Counts {
    /// What one entry counts as; `None` if it is no answer to a request.
    fn of(activity: &Activity) -> Option<Self> {
        let mut one = Self::default();
        match activity.event {
            Event::Created => one.created = 1,
            Event::SignedIn => one.signed_in = 1,
            Event::Refused(_) => one.refused = 1,
            Event::Labelled
            | Event::Removed
            | Event::RestoredRemoved
            | Event::Destroyed
            | Event::PinSet
            | Event::PinChanged
            | Event::PinReset
            | Event::PolicyWarned
            | Event::PolicyBlocked
            | Event::Imported
            | Event::Exported
            | Event::BackedUp
            | Event::Drilled
            | Event::RestoredFromBackup
            | Event::UsedPhone
            | Event::ListRebuilt
            | Event::Other => return None,
        }
        Some(one)
    }

    fn add(&mut self, other: Self) {
        self.created = self.created.saturating_add(other.created);
        self.signed_in = self.signed_in.saturating_add(other.signed_in);
        self.refused = self.refused.saturating_add(other.refused);
    }

    /// Requests, whatever came of them.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.created
            .saturating_add(self.signed_in)
            .saturating_add(self.refused)
    }

    /// The share of requests that created a passkey or signed in, in per mille, rounded down; `None` without requests.
    /// Requests that the other end withdrew count as not successful.
    #[must_use]
    pub fn success_per_mille(&self) -> Option<u64> {
        let good = self.created.saturating_add(self.signed_in);
        good.saturating_mul(1_000).checked_div(self.requests())
    }
}

impl fmt::Debug for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statistics")
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SiteStatistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteStatistics")
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

impl Month {
    /// The month of a moment in UTC.
    ///
    /// A year that begins in March has its leap day at its end, so the days before a month follow from its number, and
    /// the calendar repeats every 400 years, which are 146,097 days.
    #[must_use]
    pub fn of(at: UnixTime) -> Self {
        // From 1970-01-01 back to 0000-03-01.
        let days = (at.0 / 86_400).saturating_add(719_468);
        let (era, day) = (days / 146_097, days % 146_097);
        let year_of_era = day
            .saturating_sub(day / 1_460)
            .saturating_add(day / 36_524)
            .saturating_sub(day / 146_096)
            / 365;
        let before_year = year_of_era
            .saturating_mul(365)
            .saturating_add(year_of_era / 4)
            .saturating_sub(year_of_era / 100);
        // 0 is March.
        let month = day
            .saturating_sub(before_year)
            .saturating_mul(5)
            .saturating_add(2)
            / 153;
        let year = era.saturating_mul(400).saturating_add(year_of_era);
        let (year, month) = match month {
            0..=9 => (year, month.saturating_add(3)),
            _ => (year.saturating_add(1), month.saturating_sub(9)),
        };
        Self {
            year,
            month: u8::try_from(month).unwrap_or(12),
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at: u64, event: Event, rp_id: Option<&str>) -> ActivityEntry {
        ActivityEntry {
            sequence: 1,
            at: UnixTime(at),
            activity: Activity {
                rp_id: rp_id.map(str::to_owned),
                ..Activity::of(event)
            },
        }
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        // `date -u -d @… +%Y-%m` says so.
        for (at, month) in [
            (0, "1970-01"),
            (951_782_399, "2000-02"),
            (951_868_799, "2000-02"),
            (951_868_800, "2000-03"),
            (1_795_996_800, "2026-11"),
            (1_798_761_599, "2026-12"),
            (1_798_761_600, "2027-01"),
            (4_107_542_399, "2100-02"),
            (4_107_542_400, "2100-03"),
        ] {
            assert_eq!(Month::of(UnixTime(at)).to_string(), month, "{at}");
        }
        let _no_panic = Month::of(UnixTime(u64::MAX));
    }

    #[test]
    fn requests_are_counted_by_outcome_site_and_month() {
        let refused = Event::Refused(RefusedBecause::Denied);
        let statistics = Statistics::of(&[
            entry(0, Event::Created, Some("b.example")),
            entry(1, Event::SignedIn, Some("b.example")),
            entry(2_678_400, Event::SignedIn, Some("a.example")),
            entry(2_678_400, refused, None),
            entry(2_678_400, Event::PinSet, None),
        ]);
        assert_eq!(statistics.total.requests(), 4);
        assert_eq!(statistics.total.success_per_mille(), Some(750));
        assert_eq!(statistics.refusals, [(RefusedBecause::Denied, 1)].into());
        let sites: Vec<_> = statistics
            .by_site
            .iter()
            .map(|site| site.rp_id.as_str())
            .collect();
        assert_eq!(sites, ["a.example", "b.example"]);
        let months: Vec<_> = statistics
            .by_month
            .iter()
            .map(|month| (month.month.to_string(), month.counts.requests()))
            .collect();
        assert_eq!(months, [("1970-01".to_owned(), 2), ("1970-02".to_owned(), 2)]);
    }

    #[test]
    fn without_requests_there_is_no_rate() {
        assert_eq!(Statistics::of(&[]).total.success_per_mille(), None);
    }
}
