//! Policies: what a file may say, whose it must be, and what follows for a passkey.

use proptest::prelude::*;
use roamkey_authenticator::{PolicyLimit, PolicyVerdict, UnixTime, VerificationMethod};

use super::*;

const WHOLE: &str = r#"
[pin]
minimum_length = 6

[verification]
allowed = ["operating_system"]

[[passkey]]
rp = "*"
maximum_disuse_days = 400

[[passkey]]
rp = "*.example.org"
maximum_age_days = 365
maximum_disuse_days = 90
warn_days = 10

[[passkey]]
rp = "login.example.org"
maximum_age_days = 30
"#;

fn days(days: u64) -> UnixTime {
    UnixTime(days * DAY)
}

fn verdict(rp_id: &str, last_used: Option<u64>, now: u64) -> PolicyVerdict {
    let policy = Policy::parse(WHOLE).unwrap();
    policy.verdict(rp_id, days(1_000), last_used.map(days), days(now))
}

#[test]
fn without_a_file_there_are_no_rules() {
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy::load(&folder.path().join("none.toml")).unwrap();
    assert!(policy.is_empty());
    assert!(policy.allows(VerificationMethod::AppPin));
    assert_eq!(
        policy.verdict("a.example", days(0), None, days(99_999)),
        PolicyVerdict::Allowed
    );
}

#[test]
fn a_file_says_which_verification_and_pin_length_count() {
    let policy = Policy::parse(WHOLE).unwrap();
    assert_eq!(policy.minimum_pin_length(), Some(6));
    assert!(policy.allows(VerificationMethod::OperatingSystem));
    assert!(!policy.allows(VerificationMethod::AppPin));
}

#[test]
fn a_passkey_is_allowed_then_warned_of_then_blocked_and_use_helps_against_disuse() {
    let limit = PolicyLimit::Disuse { maximum_days: 90 };
    assert_eq!(verdict("a.example.org", None, 1_079), PolicyVerdict::Allowed);
    assert_eq!(
        verdict("a.example.org", None, 1_080),
        PolicyVerdict::Warned { days_left: 10, limit }
    );
    assert_eq!(
        verdict("a.example.org", None, 1_089),
        PolicyVerdict::Warned { days_left: 1, limit }
    );
    assert_eq!(
        verdict("a.example.org", None, 1_090),
        PolicyVerdict::Blocked { why: limit }
    );
    assert_eq!(
        verdict("a.example.org", Some(1_089), 1_090),
        PolicyVerdict::Allowed
    );
    assert_eq!(
        verdict("a.example.org", Some(1_364), 1_365),
        PolicyVerdict::Blocked {
            why: PolicyLimit::Age { maximum_days: 365 }
        }
    );
}

#[test]
fn the_most_specific_pattern_counts() {
    let why = |rp_id| match verdict(rp_id, None, 9_000) {
        PolicyVerdict::Blocked { why } => why,
        other @ (PolicyVerdict::Allowed | PolicyVerdict::Warned { .. }) => panic!("{other:?}"),
    };
    let age = |maximum_days| PolicyLimit::Age { maximum_days };
    let disuse = |maximum_days| PolicyLimit::Disuse { maximum_days };
    assert_eq!(why("login.example.org"), age(30));
    assert_eq!(why("a.login.example.org"), disuse(90));
    // A `*.` pattern is for what is below.
    assert_eq!(why("example.org"), disuse(400));
    assert_eq!(why("badexample.org"), disuse(400));
    assert_eq!(why(".example.org"), disuse(400));
}

#[test]
fn a_clock_set_back_blocks_nothing() {
    assert_eq!(verdict("a.example.org", Some(1_050), 10), PolicyVerdict::Allowed);
}

#[test]
fn each_mistake_has_its_error_and_names_its_key() {
    for (text, error) in [
        ("[pin]\nminimum_lenght = 6", "unknown key pin.minimum_lenght"),
        ("[pins]", "unknown key pins"),
        (
            "[[passkey]]\nrp = \"*\"\nmaximum_age_days = 1\n[[passkey]]\nrp = \"a.example\"\nmaximum_age_days = 1\nmax = 1",
            "unknown key passkey[1].max",
        ),
        (
            "[pin]\nminimum_length = 3",
            "pin.minimum_length must be a number from 4 to 63",
        ),
        (
            "[pin]\nminimum_length = -1",
            "pin.minimum_length must be a number from 4 to 63",
        ),
        (
            "[pin]\nminimum_length = \"6\"",
            "pin.minimum_length must be a number from 4 to 63",
        ),
        ("pin = 6", "pin must be a table"),
        ("passkey = 6", "passkey must be a list of tables"),
        ("[[passkey]]\nmaximum_age_days = 1", "missing key passkey[0].rp"),
        (
            "[[passkey]]\nrp = \"*\"",
            "missing key passkey[0].maximum_age_days",
        ),
        ("[[passkey]]\nrp = 5", "passkey[0].rp must be a text"),
        (
            "[[passkey]]\nrp = \"*\"\nmaximum_age_days = 0",
            "passkey[0].maximum_age_days must be a number from 1 to 36500",
        ),
        (
            "[[passkey]]\nrp = \"*\"\nmaximum_age_days = 1\n[[passkey]]\nrp = \"*\"\nmaximum_age_days = 2",
            "passkey[1].rp is the pattern of another rule too",
        ),
        (
            "[verification]\nallowed = []",
            "verification.allowed must be a list of at least one way",
        ),
        (
            "[verification]\nallowed = \"app_pin\"",
            "verification.allowed must be a list of texts",
        ),
        (
            "[verification]\nallowed = [\"smile\"]",
            "verification.allowed must be made up of \"app_pin\" and \"operating_system\"",
        ),
        ("[pin]\n\nminimum_length =", "the policy file is not TOML: line 3"),
    ] {
        assert_eq!(Policy::parse(text).unwrap_err().to_string(), error, "{text}");
    }
    for pattern in [
        "",
        "*.",
        "**",
        "a.*",
        "*a",
        "A.example",
        "a..b",
        "a b",
        ".a",
        "*.*",
    ] {
        let text = format!("[[passkey]]\nrp = \"{pattern}\"\nmaximum_age_days = 1");
        let error = Policy::parse(&text).unwrap_err();
        assert!(
            matches!(error, PolicyError::NotAllowed { .. }),
            "{pattern}: {error}"
        );
    }
}

#[test]
fn the_administrators_guide_shows_a_policy_that_is_read() {
    let guide = include_str!("../../../../docs/operator/policy.md");
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let (sample, _) = rest.split_once("```").unwrap();
    let policy = Policy::parse(sample).unwrap();
    assert_eq!(policy.minimum_pin_length(), Some(6));
    assert_eq!(policy.passkey_rules.len(), 2);
}

#[cfg(unix)]
mod file {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::path::Path;

    use super::super::{PolicyError, file::read};

    fn mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_counts_only_if_nobody_but_its_owner_can_have_written_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        std::fs::write(&path, "[pin]").unwrap();
        let me = folder.path().metadata().unwrap().uid();
        mode(&path, 0o644);
        assert_eq!(read(&path, me).unwrap().unwrap(), "[pin]");
        assert!(matches!(
            read(&path, me + 1),
            Err(PolicyError::NotTheAdministrators)
        ));
        for others in [0o664, 0o646] {
            mode(&path, others);
            assert!(matches!(read(&path, me), Err(PolicyError::WritableByOthers)));
        }
        mode(&path, 0o644);
        mode(folder.path(), 0o777);
        assert!(matches!(read(&path, me), Err(PolicyError::WritableByOthers)));
    }

    #[test]
    fn what_is_no_text_file_of_a_policys_size_is_an_error_and_never_no_policy() {
        let folder = tempfile::tempdir().unwrap();
        let me = folder.path().metadata().unwrap().uid();
        let path = folder.path().join("policy.toml");
        std::fs::write(&path, [b'#'; 65_537]).unwrap();
        mode(&path, 0o644);
        assert!(matches!(read(&path, me), Err(PolicyError::TooLarge)));
        std::fs::write(&path, [0xff]).unwrap();
        assert!(matches!(read(&path, me), Err(PolicyError::NotUtf8)));
        assert!(matches!(read(folder.path(), me), Err(PolicyError::NotAFile)));
        let nobody = folder.path().join("link");
        std::os::unix::fs::symlink(&nobody, &nobody).unwrap();
        assert!(matches!(read(&nobody, me), Err(PolicyError::Unreadable(_))));
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in any::<String>(), key in "[a-z_.\\[\\]\" =*0-9\n]{0,80}") {
        let _any_answer = (Policy::parse(&text), Policy::parse(&key));
    }

    #[test]
    fn a_passkey_once_blocked_stays_blocked_without_use(
        created in 0..40_000_u64,
        used in proptest::option::of(0..40_000_u64),
        now in 0..80_000_u64,
        later in 0..1_000_u64,
    ) {
        let policy = Policy::parse(WHOLE).unwrap();
        let at = |now| policy.verdict("a.example.org", days(created), used.map(days), days(now));
        if at(now).is_blocked() {
            prop_assert!(at(now + later).is_blocked());
        }
        if at(now + later) == PolicyVerdict::Allowed {
            prop_assert_eq!(at(now), PolicyVerdict::Allowed);
        }
    }
}
