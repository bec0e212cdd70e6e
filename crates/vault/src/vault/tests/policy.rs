//! A managed device: what its policy does to passkeys and PINs.

use std::sync::Arc;

use roamkey_authenticator::{
    CredentialStore as _, PolicyLimit, PolicyVerdict, UnixTime, UserVerificationState, UserVerified,
    VerificationMethod,
};

use super::support::*;
use crate::{Pin, PinError, Policy, PolicyError, Vault, VaultConfig, VaultError};

fn managed(world: &World, policy: &str) -> Vault {
    let mut vault = world.vault();
    vault.policy = Arc::new(Policy::parse(policy).unwrap());
    vault
}

fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned()).unwrap()
}

#[test]
fn a_passkey_beyond_its_age_is_found_blocked_and_nothing_of_it_is_lost() {
    let world = World::new();
    let passkey = credential("a.example", 1);
    world.vault().create(&passkey, &[], NOW).unwrap();
    let mut vault = managed(&world, "[[passkey]]\nrp = \"*\"\nmaximum_age_days = 2");
    let found = |vault: &Vault| vault.find(&rp("a.example")).unwrap().remove(0).policy;
    vault.clock = || UnixTime(1_795_000_000 + 86_400);
    let limit = PolicyLimit::Age { maximum_days: 2 };
    assert_eq!(found(&vault), PolicyVerdict::Warned { days_left: 1, limit });
    vault.clock = || UnixTime(1_795_000_001 + 2 * 86_400);
    assert_eq!(found(&vault), PolicyVerdict::Blocked { why: limit });
    assert_eq!(
        found(&world.vault()),
        PolicyVerdict::Allowed,
        "without the policy it works again"
    );
    assert_same(&vault.load(&passkey.id).unwrap(), &passkey);
}

#[test]
fn a_pin_below_the_policys_length_is_not_set_and_one_set_before_must_be_changed() {
    let world = World::new();
    world.vault().set_pin(&pin("2468"), NOW).unwrap();
    let vault = managed(&world, "[pin]\nminimum_length = 6");
    let too_short = |result: Result<(), PinError>| {
        assert!(
            matches!(result, Err(PinError::ShorterThanPolicy { minimum: 6 })),
            "{result:?}"
        );
    };
    too_short(vault.verify_pin(&pin("2468"), NOW).map(drop));
    assert!(matches!(
        vault.verify_pin(&pin("1357"), NOW),
        Err(PinError::Wrong { .. })
    ));
    too_short(vault.change_pin(&pin("2468"), &pin("12345"), NOW));
    vault.change_pin(&pin("2468"), &pin("123456"), NOW).unwrap();
    vault.verify_pin(&pin("123456"), NOW).unwrap();
    too_short(managed(&World::new(), "[pin]\nminimum_length = 6").set_pin(&pin("12345"), NOW));
}

#[test]
fn a_verification_that_the_policy_does_not_name_verifies_nobody() {
    let world = World::new();
    world.vault().set_pin(&pin("2468"), NOW).unwrap();
    let vault = managed(&world, "[verification]\nallowed = [\"operating_system\"]");
    assert!(matches!(
        vault.verify_pin(&pin("2468"), NOW),
        Err(PinError::NotAllowed)
    ));
    assert_eq!(
        vault.user_verification().unwrap(),
        UserVerificationState::NotConfigured
    );
}

#[test]
fn a_verification_that_the_policy_does_not_name_resets_no_pin() {
    let world = World::new();
    world.vault().set_pin(&pin("2468"), NOW).unwrap();
    let vault = managed(&world, "[verification]\nallowed = [\"app_pin\"]");
    let verified = UserVerified::by(VerificationMethod::OperatingSystem);
    assert!(matches!(
        vault.reset_pin(Some(verified), NOW),
        Err(PinError::NotAllowed)
    ));
    vault.verify_pin(&pin("2468"), NOW).unwrap();
}

#[test]
fn a_policy_that_can_not_be_kept_opens_no_vault() {
    let world = World::new();
    let config = VaultConfig::new(world.folder.path())
        .backend(world.backend())
        .policy(world.folder.path());
    assert!(matches!(
        Vault::open(config),
        Err(VaultError::Policy(PolicyError::NotAFile))
    ));
}
