//! A clock for delays that nobody can shorten by setting the time.
//!
//! A [`Moment`] is the time since this machine was started, sleep included, with the identity of that start. Two
//! moments of the same start are as far apart as they say. After a restart, only the time since then is known to have
//! passed: a delay can begin anew that way, and can't become shorter.

use roamkey_authenticator::UnixTime;

/// A moment in the life of this machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Moment {
    /// Which start of the machine, 16 random bytes that the kernel draws; zeros where there is no such thing.
    pub(crate) boot: [u8; 16],
    /// Seconds since that start; since 1970 where there is no such thing.
    pub(crate) seconds: u64,
}

impl Moment {
    /// Takes the moment from the kernel, or from `now` on systems that have no way to ask: there, who may set the
    /// clock (an administrator, on Windows and macOS) can shorten a delay.
    #[must_use]
    pub(crate) fn new(now: UnixTime) -> Self {
        from_kernel().unwrap_or(Self {
            boot: [0; 16],
            seconds: now.0,
        })
    }

    /// Seconds that have certainly passed since `earlier`.
    pub(crate) fn seconds_since(&self, earlier: &Self) -> u64 {
        if self.boot == earlier.boot {
            self.seconds.saturating_sub(earlier.seconds)
        } else {
            self.seconds
        }
    }

    /// Tells whether the clock has been set back since `earlier`.
    pub(crate) fn is_before(&self, earlier: &Self) -> bool {
        self.boot == earlier.boot && self.seconds < earlier.seconds
    }
}

#[cfg(target_os = "linux")]
fn from_kernel() -> Option<Moment> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let digits: String = id.chars().filter(char::is_ascii_hexdigit).collect();
    let boot = u128::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    // "12345.67 54321.00": seconds since the start, with sleep; seconds idle.
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let seconds = uptime.split('.').next()?.parse().ok()?;
    Some(Moment { boot, seconds })
}

#[cfg(not(target_os = "linux"))]
fn from_kernel() -> Option<Moment> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn on_linux_the_set_time_plays_no_part() {
        let (early, late) = (Moment::new(UnixTime(0)), Moment::new(UnixTime(u64::MAX)));
        assert!(late.seconds_since(&early) <= 1);
        assert_ne!(early.boot, [0; 16]);
    }

    #[test]
    fn after_a_restart_only_the_time_since_then_has_passed() {
        let earlier = Moment {
            boot: [1; 16],
            seconds: 5_000,
        };
        assert_eq!(
            Moment {
                boot: [2; 16],
                seconds: 30
            }
            .seconds_since(&earlier),
            30
        );
        assert_eq!(
            Moment {
                boot: [1; 16],
                seconds: 5_030
            }
            .seconds_since(&earlier),
            30
        );
    }

    #[test]
    fn a_clock_set_back_has_passed_no_time() {
        let earlier = Moment {
            boot: [0; 16],
            seconds: 5_000,
        };
        let back = Moment {
            boot: [0; 16],
            seconds: 4_000,
        };
        assert_eq!(back.seconds_since(&earlier), 0);
        assert!(back.is_before(&earlier));
    }
}
