//! `roamkey doctor`: tries every part that a sign-in needs, at the same time and each within a limit.
//!
//! Nothing is changed: the keyring's probe item is removed again, nothing goes on air, the tunnel is closed.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rand::TryRng as _;
use rand::rngs::SysRng;
use roamkey_hybrid::TunnelId;
use roamkey_tunnel::{Probe, WebSocketTunnel};
use roamkey_vault::{ActivityReport, PinState, StoreKind, Vault};
use tokio::time::timeout;

use crate::settings::VerificationChoice;
use crate::verification::{Verification, Way};
use crate::{ErrorCode, Failure, UnixTime};

mod folder;

pub use folder::FolderFacts;

/// What was tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// Where passkeys are kept.
    Store,
    /// Bluetooth.
    Bluetooth,
    /// The tunnel service.
    Tunnel,
    /// This machine's clock.
    Clock,
    /// Verification of the person.
    Verification,
    /// The data folder.
    Folder,
    /// The activity log.
    Activity,
}

/// How a part was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It works.
    Works,
    /// It works, and something about it is worth knowing.
    Remark(ErrorCode),
    /// It does not work, so nobody can sign in.
    Broken(ErrorCode),
}

/// One part, tried.
#[derive(Clone, Debug)]
pub struct Check {
    /// How it was found.
    pub verdict: Verdict,
    /// What is known about it.
    pub facts: Facts,
}

/// What is known about a part; what was not found out is none.
#[derive(Clone, Debug)]
pub enum Facts {
    /// Where passkeys are kept.
    Store {
        /// In a keyring or in a file.
        kind: StoreKind,
        /// How many there are.
        passkeys: Option<usize>,
    },
    /// Bluetooth.
    Bluetooth {
        /// The adapter's name.
        adapter: Option<String>,
        /// How many more adverts it can send.
        free_slots: Option<u8>,
    },
    /// The tunnel service.
    Tunnel {
        /// Its host name.
        host: String,
        /// Where it was connected to.
        address: String,
    },
    /// The clock.
    Clock {
        /// The time of this machine.
        now: UnixTime,
        /// Seconds that it is ahead of the tunnel service's clock, negative if behind.
        ahead: Option<i64>,
    },
    /// Verification of the person.
    Verification {
        /// What the person chose.
        chosen: Option<VerificationChoice>,
        /// Whether a PIN is set.
        pin: Option<bool>,
        /// Why the operating system would not ask.
        os: Option<ErrorCode>,
        /// The way that is taken.
        way: Option<Way>,
    },
    /// The data folder.
    Folder(FolderFacts),
    /// The activity log.
    Activity {
        /// Its entries, if it is intact.
        entries: Option<u64>,
    },
}

impl Check {
    /// Which part this is.
    #[must_use]
    pub fn part(&self) -> Part {
        match self.facts {
            Facts::Store { .. } => Part::Store,
            Facts::Bluetooth { .. } => Part::Bluetooth,
            Facts::Tunnel { .. } => Part::Tunnel,
            Facts::Clock { .. } => Part::Clock,
            Facts::Verification { .. } => Part::Verification,
            Facts::Folder(_) => Part::Folder,
            Facts::Activity { .. } => Part::Activity,
        }
    }
}

/// Tries everything that a sign-in through `tunnel` with the passkeys of `vault` needs. Takes [`LIMIT`] at the most.
pub async fn examine(vault: Vault, dir: PathBuf, tunnel: &WebSocketTunnel) -> Vec<Check> {
    let verification = Verification::system(vault.clone(), dir.clone());
    let (store, activity, bluetooth, (tunnel, clock), verification) = tokio::join!(
        store(vault.clone()),
        activity(vault),
        bluetooth(),
        tunnel_and_clock(tunnel),
        verify(&verification),
    );
    vec![
        store,
        bluetooth,
        tunnel,
        clock,
        verification,
        folder(&dir),
        activity,
    ]
}

/// No sign-in needs the log, so whatever is wrong with it is a remark.
async fn activity(vault: Vault) -> Check {
    let work = tokio::task::spawn_blocking(move || vault.verify_activity());
    let (verdict, entries) = match timeout(LIMIT, work).await {
        Ok(Ok(Ok(ActivityReport::Intact { entries }))) => (Verdict::Works, Some(entries)),
        Ok(Ok(Ok(_broken))) => (Verdict::Remark(ErrorCode::ActivityBroken), None),
        Ok(Ok(Err(error))) => (Verdict::Remark(Failure::Vault(error).code()), None),
        Ok(Err(_)) | Err(_) => (Verdict::Remark(ErrorCode::ActivityUnreadable), None),
    };
    Check {
        verdict,
        facts: Facts::Activity { entries },
    }
}

async fn store(vault: Vault) -> Check {
    let kind = vault.store_kind();
    let work = tokio::task::spawn_blocking(move || {
        vault.probe()?;
        vault.list().map(|passkeys| passkeys.len())
    });
    let found = match timeout(LIMIT, work).await {
        Ok(Ok(found)) => found.map_err(|error| Failure::Vault(error).code()),
        Ok(Err(_thread)) => Err(ErrorCode::Internal),
        Err(_elapsed) => Err(ErrorCode::KeyringTimeout),
    };
    Check {
        verdict: verdict(found.as_ref().err()),
        facts: Facts::Store {
            kind,
            passkeys: found.ok(),
        },
    }
}

async fn bluetooth() -> Check {
    match roamkey_ble::probe().await {
        Ok(adapter) => Check {
            verdict: Verdict::Works,
            facts: Facts::Bluetooth {
                adapter: Some(adapter.name().to_owned()),
                free_slots: adapter.free_slots(),
            },
        },
        Err(error) => Check {
            verdict: Verdict::Broken(ErrorCode::from(&error)),
            facts: Facts::Bluetooth {
                adapter: None,
                free_slots: None,
            },
        },
    }
}

async fn tunnel_and_clock(tunnel: &WebSocketTunnel) -> (Check, Check) {
    let mut id = [0; 16];
    let probed = match SysRng.try_fill_bytes(&mut id) {
        Ok(()) => timeout(LIMIT, tunnel.probe(&TunnelId::from_bytes(id)))
            .await
            .map_or(Err(ErrorCode::TunnelTimeout), |probed| {
                probed.map_err(|error| ErrorCode::from(&error))
            }),
        Err(_no_randomness) => Err(ErrorCode::Internal),
    };
    let clock = clock(SystemTime::now(), probed.as_ref().ok());
    let tunnel = Check {
        verdict: verdict(probed.as_ref().err()),
        facts: Facts::Tunnel {
            host: tunnel.host(),
            address: tunnel.address(),
        },
    };
    (tunnel, clock)
}

fn clock(now: SystemTime, probe: Option<&Probe>) -> Check {
    let unix = |time: SystemTime| {
        let since = time.duration_since(SystemTime::UNIX_EPOCH);
        since.map_or(0, |since| since.as_secs())
    };
    let now = unix(now);
    let ahead = probe.and_then(|probe| probe.time).and_then(|there| {
        let there = i64::try_from(unix(there)).ok()?;
        i64::try_from(now).ok()?.checked_sub(there)
    });
    let wrong =
        now < NOT_BEFORE || ahead.is_some_and(|ahead| ahead.unsigned_abs() > TOLERATED_SKEW.as_secs());
    Check {
        verdict: if wrong {
            Verdict::Broken(ErrorCode::ClockWrong)
        } else {
            Verdict::Works
        },
        facts: Facts::Clock {
            now: UnixTime(now),
            ahead,
        },
    }
}

async fn verify(verification: &Verification) -> Check {
    let status = timeout(LIMIT, verification.status()).await;
    let status = match status {
        Ok(Ok(status)) => status,
        failed => {
            let code = match failed {
                Ok(Err(failure)) => failure.code(),
                Ok(Ok(_)) | Err(_) => ErrorCode::KeyringTimeout,
            };
            return Check {
                verdict: Verdict::Broken(code),
                facts: Facts::Verification {
                    chosen: None,
                    pin: None,
                    os: None,
                    way: None,
                },
            };
        }
    };
    let os = status.os.err().map(ErrorCode::from);
    let verdict = match (status.way, status.chosen, status.pin) {
        (None, _, PinState::NotSet) => Verdict::Broken(ErrorCode::PinNotSet),
        (None, _, PinState::Set { .. }) => Verdict::Broken(ErrorCode::PinNotAllowed),
        (Some(Way::Pin), VerificationChoice::Os, _) => os.map_or(Verdict::Works, Verdict::Remark),
        (Some(Way::Pin), _, PinState::Set { wait: Some(_), .. }) => Verdict::Remark(ErrorCode::PinLocked),
        (Some(Way::Pin | Way::OperatingSystem), _, _) => Verdict::Works,
    };
    Check {
        verdict,
        facts: Facts::Verification {
            chosen: Some(status.chosen),
            pin: Some(matches!(status.pin, PinState::Set { .. })),
            os,
            way: status.way,
        },
    }
}

fn folder(dir: &Path) -> Check {
    let (verdict, facts) = folder::look(dir);
    Check {
        verdict,
        facts: Facts::Folder(facts),
    }
}

fn verdict(error: Option<&ErrorCode>) -> Verdict {
    error.map_or(Verdict::Works, |code| Verdict::Broken(*code))
}

/// The longest that anything may take: a keyring may be asking for its password meanwhile.
pub const LIMIT: Duration = Duration::from_secs(20);

/// 2026-01-01: before that there was no Roamkey, so a clock that says so is wrong.
const NOT_BEFORE: u64 = 1_767_225_600;

/// QR codes are accepted for some minutes; a clock that is wrong by this much makes that fail.
const TOLERATED_SKEW: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_clock_before_this_program_or_away_from_the_tunnel_service_is_wrong() {
        let good = NOT_BEFORE + 1000;
        let probe = |seconds| Probe {
            time: Some(at(seconds)),
        };
        for (now, there, wrong) in [
            (good, None, false),
            (NOT_BEFORE - 1, None, true),
            (good, Some(good + 120), false),
            (good, Some(good - 120), false),
            (good, Some(good + 121), true),
            (good, Some(good - 121), true),
        ] {
            let probe = there.map(probe);
            let check = clock(at(now), probe.as_ref());
            assert_eq!(
                check.verdict == Verdict::Broken(ErrorCode::ClockWrong),
                wrong,
                "{now} {there:?}"
            );
        }
        assert_eq!(
            clock(SystemTime::UNIX_EPOCH - Duration::from_secs(5), None).verdict,
            Verdict::Broken(ErrorCode::ClockWrong)
        );
    }
}
