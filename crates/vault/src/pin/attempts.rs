//! How often a PIN may be wrong, and what it costs.

use std::time::Duration;

use crate::clock::Moment;

/// Wrong tries since the last right one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Attempts {
    pub(crate) failures: u32,
    /// When the last one was.
    pub(crate) last: Option<Moment>,
}

impl Attempts {
    /// How long until a try may be taken; `None` if one may be taken.
    pub(crate) fn wait(&self, now: &Moment) -> Option<Duration> {
        let delay = delay(self.failures)?;
        // A failure without its moment: the delay begins when somebody asks, see `begin_delay_anew`.
        let passed = self.last.map_or(0, |last| now.seconds_since(&last));
        delay
            .checked_sub(Duration::from_secs(passed))
            .filter(|rest| !rest.is_zero())
    }

    /// The count with one more try that may fail.
    pub(crate) fn with_one_more(&self, now: Moment) -> Self {
        Self {
            failures: self.failures.saturating_add(1),
            last: Some(now),
        }
    }

    /// After the clock was set back, or another start of the machine, the delay counts from `now`: otherwise a clock
    /// that was wrong by a year would cost a year.
    pub(crate) fn begin_delay_anew(&self, now: Moment) -> Option<Self> {
        let last = self.last.filter(|last| !now.is_before(last));
        (delay(self.failures).is_some() && last.is_none()).then_some(Self {
            last: Some(now),
            ..*self
        })
    }

    /// Tries before the next delay.
    pub(crate) fn tries_left(&self) -> u32 {
        MAX_FREE_TRIES.saturating_sub(self.failures)
    }
}

/// The delay after that many failures.
fn delay(failures: u32) -> Option<Duration> {
    let step = usize::try_from(failures.checked_sub(MAX_FREE_TRIES)?).unwrap_or(usize::MAX);
    DELAYS
        .get(step)
        .or(DELAYS.last())
        .copied()
        .map(Duration::from_secs)
}

/// Tries without delay.
pub(crate) const MAX_FREE_TRIES: u32 = 8;

/// Seconds after the 8th, 9th, … failure; the last one repeats. Four digits tried to the end take 27 years.
const DELAYS: [u64; 7] = [30, 60, 5 * 60, 15 * 60, 60 * 60, 4 * 60 * 60, 24 * 60 * 60];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment {
            boot: [7; 16],
            seconds,
        }
    }

    fn after(failures: u32) -> Attempts {
        (0..failures).fold(Attempts::default(), |attempts, _| {
            attempts.with_one_more(at(1_000))
        })
    }

    #[test]
    fn seven_failures_cost_nothing_and_the_eighth_costs_half_a_minute() {
        assert_eq!(after(7).wait(&at(1_000)), None);
        assert_eq!(after(7).tries_left(), 1);
        assert_eq!(after(8).wait(&at(1_000)), Some(Duration::from_secs(30)));
        assert_eq!(after(8).wait(&at(1_029)), Some(Duration::from_secs(1)));
        assert_eq!(after(8).wait(&at(1_030)), None);
    }

    #[test]
    fn delays_grow_up_to_a_day() {
        let waits: Vec<_> = (8..20)
            .map(|failures| after(failures).wait(&at(1_000)).unwrap())
            .collect();
        assert!(waits.is_sorted());
        assert_eq!(waits.last(), Some(&Duration::from_secs(86_400)));
    }

    #[test]
    fn a_restart_of_the_machine_begins_the_delay_anew() {
        assert_eq!(
            after(8).wait(&Moment {
                boot: [8; 16],
                seconds: 10
            }),
            Some(Duration::from_secs(20))
        );
    }

    #[test]
    fn a_clock_set_back_begins_the_delay_anew_instead_of_prolonging_it_for_ever() {
        let anew = after(8).begin_delay_anew(at(10)).unwrap();
        assert_eq!(anew.wait(&at(10)), Some(Duration::from_secs(30)));
        assert_eq!(anew.wait(&at(40)), None);
        assert_eq!(after(8).begin_delay_anew(at(1_001)), None);
    }

    proptest! {
        #[test]
        fn no_moment_shortens_a_delay(failures in 8_u32..40, boot in any::<[u8; 16]>(), seconds in any::<u64>()) {
            let now = Moment { boot, seconds };
            let certain = now.seconds_since(&at(1_000));
            let wait = after(failures).wait(&now).unwrap_or_default();
            prop_assert!(wait + Duration::from_secs(certain) >= delay(failures).unwrap());
        }
    }
}
