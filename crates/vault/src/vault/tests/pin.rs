//! The app PIN: counted before it is checked, across processes and clocks.

use std::time::Duration;

use roamkey_authenticator::{UserVerificationState, UserVerified, VerificationMethod};

use super::support::*;
use crate::clock::Moment;
use crate::{Event, PIN_RESET_WAIT, Pin, PinError, PinReset, PinState};

fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned()).unwrap()
}

fn at(seconds: u64) -> Moment {
    Moment {
        boot: [1; 16],
        seconds,
    }
}

/// A world in which the PIN 2468 is set and has been wrong `times`.
fn world_with_failures(times: u32) -> World {
    let world = World::new();
    world.vault().set_pin(&pin("2468"), NOW).unwrap();
    for _ in 0..times {
        let wrong = world.vault().verify_pin_at(&pin("1357"), &at(1_000));
        assert!(matches!(wrong, Err(PinError::Wrong { .. })), "{wrong:?}");
    }
    world
}

#[test]
fn without_a_pin_nobody_is_verified() {
    let world = World::new();
    let vault = world.vault();
    assert_eq!(vault.pin(NOW).unwrap(), PinState::NotSet);
    assert_eq!(
        vault.user_verification().unwrap(),
        UserVerificationState::NotConfigured
    );
    assert!(matches!(
        vault.verify_pin(&pin("2468"), NOW),
        Err(PinError::NotSet)
    ));
}

#[test]
fn the_right_pin_verifies_in_every_process() {
    let world = World::new();
    world.vault().set_pin(&pin("2468"), NOW).unwrap();
    let verified = world.vault().verify_pin(&pin("2468"), NOW).unwrap();
    assert_eq!(verified.method(), VerificationMethod::AppPin);
    assert_eq!(
        world.vault().user_verification().unwrap(),
        UserVerificationState::Configured
    );
}

#[test]
fn a_pin_is_set_once_and_changed_only_by_who_knows_it() {
    let world = World::new();
    let vault = world.vault();
    vault.set_pin(&pin("2468"), NOW).unwrap();
    assert!(matches!(
        vault.set_pin(&pin("9999"), NOW),
        Err(PinError::AlreadySet)
    ));
    assert!(matches!(
        vault.change_pin(&pin("1357"), &pin("9999"), NOW),
        Err(PinError::Wrong { tries_left: 7, .. })
    ));
    vault.change_pin(&pin("2468"), &pin("9999"), NOW).unwrap();
    assert!(matches!(
        vault.verify_pin(&pin("2468"), NOW),
        Err(PinError::Wrong { tries_left: 7, .. })
    ));
    vault.verify_pin(&pin("9999"), NOW).unwrap();
}

#[test]
fn the_eighth_wrong_pin_begins_a_delay_in_which_the_right_one_is_not_looked_at() {
    let world = world_with_failures(7);
    let eighth = world.vault().verify_pin_at(&pin("1357"), &at(1_000)).unwrap_err();
    let half_a_minute = Duration::from_secs(30);
    assert!(matches!(eighth, PinError::Wrong { tries_left: 0, wait: Some(wait) } if wait == half_a_minute));
    let during = world.vault().verify_pin_at(&pin("2468"), &at(1_010)).unwrap_err();
    assert!(
        matches!(during, PinError::Wait { wait } if wait == Duration::from_secs(20)),
        "{during:?}"
    );
    world.vault().verify_pin_at(&pin("2468"), &at(1_030)).unwrap();
    // The count is back to nothing.
    let next = world.vault().verify_pin_at(&pin("1357"), &at(1_031)).unwrap_err();
    assert!(matches!(
        next,
        PinError::Wrong {
            tries_left: 7,
            wait: None
        }
    ));
}

#[test]
fn delays_grow_and_tries_during_a_delay_cost_nothing() {
    let world = world_with_failures(8);
    let mut now = 1_000;
    for delay in [30, 60, 300, 900, 3_600] {
        for _ in 0..3 {
            let early = world
                .vault()
                .verify_pin_at(&pin("1357"), &at(now + delay - 1))
                .unwrap_err();
            assert!(
                matches!(early, PinError::Wait { wait } if wait == Duration::from_secs(1)),
                "{delay}"
            );
        }
        now += delay;
        assert!(matches!(
            world.vault().verify_pin_at(&pin("1357"), &at(now)),
            Err(PinError::Wrong { .. })
        ));
    }
}

#[test]
fn neither_a_new_process_nor_a_clock_set_anywhere_shortens_the_delay() {
    let world = world_with_failures(8);
    // A clock set back, on a system that has no other clock.
    let back = world.vault().verify_pin_at(&pin("2468"), &at(10)).unwrap_err();
    assert!(matches!(back, PinError::Wait { wait } if wait == Duration::from_secs(30)));
    // It counts from there, and does not cost what the clock was set back by.
    let later = world.vault().verify_pin_at(&pin("2468"), &at(39)).unwrap_err();
    assert!(matches!(later, PinError::Wait { wait } if wait == Duration::from_secs(1)));
    // A restart of the machine: all that is certain is the time since.
    let restarted = Moment {
        boot: [2; 16],
        seconds: 12,
    };
    let after = world.vault().verify_pin_at(&pin("2468"), &restarted).unwrap_err();
    assert!(matches!(after, PinError::Wait { wait } if wait == Duration::from_secs(18)));
}

#[cfg(target_os = "linux")]
#[test]
fn on_linux_the_time_that_somebody_sets_plays_no_part() {
    use roamkey_authenticator::UnixTime;
    let world = World::new();
    world.vault().set_pin(&pin("2468"), NOW).unwrap();
    for _ in 0..8 {
        assert!(matches!(
            world.vault().verify_pin(&pin("1357"), NOW),
            Err(PinError::Wrong { .. })
        ));
    }
    for time in [UnixTime(0), NOW, UnixTime(u64::MAX)] {
        let answer = world.vault().verify_pin(&pin("2468"), time).unwrap_err();
        assert!(matches!(answer, PinError::Wait { .. }), "{answer:?}");
        assert!(matches!(
            world.vault().pin(time).unwrap(),
            PinState::Set {
                tries_left: 0,
                wait: Some(_)
            }
        ));
    }
}

#[test]
fn processes_that_guess_at_once_get_no_more_tries() {
    let world = World::new();
    world.vault().set_pin(&pin("2468"), NOW).unwrap();
    let looked_at = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..12)
            .map(|_| {
                let vault = world.vault();
                scope.spawn(move || vault.verify_pin_at(&pin("1357"), &at(1_000)))
            })
            .collect();
        let answers = guesses.into_iter().map(|guess| guess.join().unwrap());
        answers
            .filter(|answer| matches!(answer, Err(PinError::Wrong { .. })))
            .count()
    });
    assert_eq!(looked_at, 8);
}

#[test]
fn a_hundred_wrong_pins_cost_more_than_two_months_and_lose_nothing() {
    let world = world_with_failures(0);
    let mut now = 1_000;
    for _ in 0..100 {
        let vault = world.vault();
        let wait = match vault.verify_pin_at(&pin("1357"), &at(now)) {
            Err(PinError::Wrong { wait, .. }) => wait,
            Err(PinError::Wait { wait }) => panic!("{wait:?} more at {now}"),
            other => panic!("{other:?}"),
        };
        now += wait.map_or(0, |wait| wait.as_secs());
    }
    assert!(now > 60 * 86_400, "{now}");
    world.vault().verify_pin_at(&pin("2468"), &at(now)).unwrap();
}

/// The waiting that is left, of a reset by somebody whom nothing verifies.
fn reset_at(world: &World, now: &Moment) -> PinReset {
    world.vault().reset_pin_at(None, now).unwrap()
}

#[test]
fn a_reset_without_verification_takes_its_time_and_then_lets_another_pin_be_set() {
    let world = world_with_failures(8);
    let waiting = |seconds| PinReset::Waiting {
        wait: Duration::from_secs(seconds),
    };
    let all = PIN_RESET_WAIT.as_secs();
    assert_eq!(reset_at(&world, &at(1_000)), waiting(all));
    assert_eq!(reset_at(&world, &at(1_000 + all - 1)), waiting(1));
    assert!(matches!(world.vault().pin(NOW).unwrap(), PinState::Set { .. }));
    assert_eq!(reset_at(&world, &at(1_000 + all)), PinReset::Done);
    let vault = world.vault();
    assert_eq!(vault.pin(NOW).unwrap(), PinState::NotSet);
    vault.set_pin(&pin("9999"), NOW).unwrap();
    vault.verify_pin(&pin("9999"), NOW).unwrap();
}

#[test]
fn whoever_knows_the_pin_calls_a_reset_off() {
    let world = world_with_failures(0);
    reset_at(&world, &at(1_000));
    assert!(world.vault().pin_reset(NOW).unwrap().is_some());
    world.vault().verify_pin_at(&pin("2468"), &at(2_000)).unwrap();
    assert_eq!(world.vault().pin_reset(NOW).unwrap(), None);
    let later = at(1_000 + PIN_RESET_WAIT.as_secs());
    assert_eq!(
        reset_at(&world, &later),
        PinReset::Waiting { wait: PIN_RESET_WAIT }
    );
}

#[test]
fn neither_a_restart_nor_a_clock_set_anywhere_shortens_a_reset() {
    let world = world_with_failures(0);
    reset_at(&world, &at(1_000));
    let restarted = Moment {
        boot: [2; 16],
        seconds: 60,
    };
    let left = PIN_RESET_WAIT - Duration::from_secs(60);
    assert_eq!(reset_at(&world, &restarted), PinReset::Waiting { wait: left });
    // Set back, on a system that has no other clock: it begins anew from there.
    assert_eq!(
        reset_at(&world, &at(10)),
        PinReset::Waiting { wait: PIN_RESET_WAIT }
    );
    assert_eq!(
        reset_at(&world, &at(10 + PIN_RESET_WAIT.as_secs())),
        PinReset::Done
    );
}

#[test]
fn a_reset_by_the_operating_systems_check_is_done_at_once_and_noted() {
    let world = world_with_failures(8);
    let verified = UserVerified::by(VerificationMethod::OperatingSystem);
    let vault = world.vault();
    assert_eq!(vault.reset_pin(Some(verified), NOW).unwrap(), PinReset::Done);
    assert!(matches!(vault.reset_pin(None, NOW), Err(PinError::NotSet)));
    let events: Vec<_> = vault.activity(None).unwrap();
    let events: Vec<_> = events.iter().map(|entry| entry.activity.event).collect();
    assert_eq!(events, [Event::PinSet, Event::PinReset]);
}

#[test]
fn a_damaged_pin_can_be_reset_and_one_of_a_newer_version_can_not() {
    use keyring_core::api::CredentialStoreApi as _;
    let world = world_with_failures(0);
    let write = |text: &[u8]| {
        let item = world.store.build(crate::APP_ID, "pin", None).unwrap();
        item.set_secret(text).unwrap();
    };
    // A map that says version 9.
    write(b"oQEJ");
    assert!(matches!(
        world.vault().reset_pin(None, NOW),
        Err(PinError::Item(_))
    ));
    for damage in [&b"gA=="[..], b"not base64"] {
        write(damage);
        assert_eq!(
            reset_at(&world, &at(1_000)),
            PinReset::Waiting { wait: PIN_RESET_WAIT }
        );
        assert!(matches!(
            world.vault().verify_pin_at(&pin("2468"), &at(1_001)),
            Err(PinError::Wrong { .. })
        ));
    }
    assert_eq!(
        reset_at(&world, &at(1_000 + PIN_RESET_WAIT.as_secs())),
        PinReset::Done
    );
}

#[test]
fn a_damaged_item_is_an_error_and_not_the_same_as_no_pin() {
    use keyring_core::api::CredentialStoreApi as _;
    let world = world_with_failures(0);
    world
        .store
        .build(crate::APP_ID, "pin", None)
        .unwrap()
        .set_secret(b"gA==")
        .unwrap();
    assert!(matches!(world.vault().pin(NOW), Err(PinError::Item(_))));
    assert!(matches!(
        world.vault().set_pin(&pin("9999"), NOW),
        Err(PinError::Item(_))
    ));
    assert!(matches!(
        world.vault().verify_pin(&pin("2468"), NOW),
        Err(PinError::Item(_))
    ));
}
