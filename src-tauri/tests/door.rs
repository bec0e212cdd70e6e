//! What stands between a start and the app, with real vaults behind it: nothing is opened before it is settled.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where it fails"
)]

use std::sync::Mutex;
use std::time::Duration;

use roamkey_app::action::{OpeningAction, Typed};
use roamkey_app::view::{Code, Look, Opening, OpeningStep, PolicyProblem};
use roamkey_app::{Door, Doorway, OpenVault};
use roamkey_device::ErrorCode;
use roamkey_device::vault::{Backend, Passphrase, StoreKind, VaultConfig};
use roamkey_testkit::memory_keyring::{memory_keyring, no_keyring};
use tempfile::TempDir;
use tokio::sync::watch;

const PASSPHRASE: &str = "violet granite tundra whisk marble oboe";
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn with_a_keyring_and_without_rules_the_app_opens() {
    let stage = Stage::new(|config| config.backend(Backend::other(memory_keyring().unwrap())));
    stage.door.look();
    stage.until(|step| *step == OpeningStep::Open).await;
    assert_eq!(stage.opened(), [StoreKind::OsKeyring]);
}

#[tokio::test]
async fn a_policy_that_cannot_be_used_is_told_and_nothing_opens_until_it_can() {
    let stage = Stage::new(|config| config.backend(Backend::other(memory_keyring().unwrap())));
    // Nobody's to read as a file, whoever runs this test.
    std::fs::create_dir(stage.folder.path().join("policy.toml")).unwrap();
    stage.door.look();
    let told = stage.door.opening().step;
    let OpeningStep::Policy {
        path,
        problem,
        detail,
    } = told.clone()
    else {
        panic!("{told:?}")
    };
    assert!(
        path.ends_with("policy.toml") && detail == "the policy file is not a file",
        "{detail}"
    );
    assert_eq!(problem, PolicyProblem::Unreadable);

    for action in [
        OpeningAction::GoOn,
        OpeningAction::Unlock {
            passphrase: Typed::from(PASSPHRASE),
        },
        OpeningAction::MakeFile {
            passphrase: Typed::from(PASSPHRASE),
        },
    ] {
        stage.door.act(action);
        assert_eq!(stage.door.opening().step, told, "there is no way around it");
    }
    stage.door.act(OpeningAction::TryAgain);
    assert_eq!(stage.door.opening().step, told);
    assert!(stage.opened().is_empty());

    std::fs::remove_dir(stage.folder.path().join("policy.toml")).unwrap();
    stage.door.act(OpeningAction::TryAgain);
    stage.until(|step| *step == OpeningStep::Open).await;
    assert_eq!(stage.opened().len(), 1);
}

#[tokio::test]
async fn a_file_of_passkeys_is_opened_by_its_passphrase_alone() {
    let stage = Stage::new(|config| config);
    let passphrase = Passphrase::new(PASSPHRASE.to_owned()).unwrap();
    stage.config.create_passphrase_store(&passphrase).unwrap();
    stage.door.look();
    assert!(matches!(
        stage.door.opening().step,
        OpeningStep::Passphrase { problem: None, trying: false, ref path } if path.ends_with("secrets.sealed")
    ));
    for wrong in ["short", "another horse battery staple", &"x".repeat(2000)] {
        stage.unlock(wrong);
        stage
            .until(|step| problem_of(step) == Some(ErrorCode::PassphraseWrong))
            .await;
        assert!(stage.opened().is_empty());
    }
    stage.unlock(PASSPHRASE);
    stage.until(|step| *step == OpeningStep::Open).await;
    assert_eq!(stage.opened(), [StoreKind::PassphraseFile]);
    stage.unlock(PASSPHRASE);
    assert_eq!(stage.opened().len(), 1, "it is opened once");
    let shown = stage.door.doorway().everything.lock().unwrap().join("\n");
    assert!(
        !shown.contains("horse") && !shown.contains("granite"),
        "what was typed is in nothing that is shown: {shown}"
    );
}

#[tokio::test]
async fn a_file_of_passkeys_that_is_damaged_is_called_that() {
    let stage = Stage::new(|config| config);
    let passphrase = Passphrase::new(PASSPHRASE.to_owned()).unwrap();
    stage.config.create_passphrase_store(&passphrase).unwrap();
    std::fs::write(stage.config.passphrase_store(), b"Roamkey secrets\n\x01").unwrap();
    stage.door.look();
    stage.unlock(PASSPHRASE);
    stage
        .until(|step| problem_of(step) == Some(ErrorCode::StoreDamaged))
        .await;
    assert!(stage.opened().is_empty());
}

#[tokio::test]
async fn without_any_keyring_a_file_is_offered_and_made_only_when_asked_for() {
    let stage = Stage::without_keyring();
    stage.door.look();
    stage
        .until(|step| {
            matches!(
                step,
                OpeningStep::NoKeyring {
                    problem: None,
                    making: false,
                    ..
                }
            )
        })
        .await;
    assert!(
        !stage.config.passphrase_store().exists(),
        "an offer makes nothing"
    );

    stage.door.act(OpeningAction::MakeFile {
        passphrase: Typed::from("short"),
    });
    stage
        .until(|step| problem_of(step) == Some(ErrorCode::PassphraseWeak))
        .await;
    assert!(!stage.config.passphrase_store().exists());
    stage.door.act(OpeningAction::MakeFile {
        passphrase: Typed::from(PASSPHRASE),
    });
    stage.until(|step| *step == OpeningStep::Open).await;
    assert_eq!(stage.opened(), [StoreKind::PassphraseFile]);
    assert_eq!(stage.config.store_kind(), StoreKind::PassphraseFile);
}

#[tokio::test]
async fn without_any_keyring_the_app_opens_all_the_same_if_the_person_wants_that() {
    let stage = Stage::without_keyring();
    stage.door.look();
    stage
        .until(|step| matches!(step, OpeningStep::NoKeyring { .. }))
        .await;
    stage.door.act(OpeningAction::GoOn);
    stage.until(|step| *step == OpeningStep::Open).await;
    assert_eq!(stage.opened(), [StoreKind::OsKeyring]);
    assert!(!stage.config.passphrase_store().exists());
}

#[tokio::test]
async fn a_keyring_that_is_gone_from_a_device_with_a_list_offers_no_file() {
    // The list, or without one what is left of it.
    for file in ["index.sqlite3", "activity.log"] {
        let stage = Stage::without_keyring();
        std::fs::create_dir_all(stage.folder.path().join("data")).unwrap();
        std::fs::write(
            stage.folder.path().join("data").join(file),
            "of a keyring's passkeys",
        )
        .unwrap();
        stage.door.look();
        stage.until(|step| *step == OpeningStep::Open).await;
        assert_eq!(
            stage.opened(),
            [StoreKind::OsKeyring],
            "the app says what is wrong: {file}"
        );
        let passphrase = Passphrase::new(PASSPHRASE.to_owned()).unwrap();
        assert!(
            stage.config.create_passphrase_store(&passphrase).is_err(),
            "{file}"
        );
    }
}

#[tokio::test]
async fn whoever_does_not_want_any_of_it_leaves() {
    let stage = Stage::without_keyring();
    stage.door.look();
    stage.door.act(OpeningAction::Quit);
    assert!(*stage.door.doorway().left.lock().unwrap());
}

/// A window that remembers what it showed, and what was opened in it.
struct Remembers {
    shown: watch::Sender<Opening>,
    everything: Mutex<Vec<String>>,
    opened: Mutex<Vec<StoreKind>>,
    left: Mutex<bool>,
}

impl Doorway for Remembers {
    fn show(&self, opening: &Opening) {
        let text = format!("{opening:?} {}", serde_json::to_string(opening).unwrap());
        self.everything.lock().unwrap().push(text);
        self.shown.send_replace(opening.clone());
    }

    fn open(&self, OpenVault { vault, config: _ }: OpenVault) -> Result<(), ErrorCode> {
        self.opened.lock().unwrap().push(vault.store_kind());
        Ok(())
    }

    fn quit(&self) {
        *self.left.lock().unwrap() = true;
    }
}

struct Stage {
    door: Door<Remembers>,
    config: VaultConfig,
    folder: TempDir,
}

impl Stage {
    fn new(change: impl FnOnce(VaultConfig) -> VaultConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = VaultConfig::new(folder.path().join("data")).policy(folder.path().join("policy.toml"));
        let config = change(config);
        let doorway = Remembers {
            shown: watch::Sender::new(Opening {
                step: OpeningStep::Looking,
                look: Look::default(),
            }),
            everything: Mutex::default(),
            opened: Mutex::default(),
            left: Mutex::default(),
        };
        Self {
            door: Door::new(doorway, config.clone(), Look::default()),
            config,
            folder,
        }
    }

    /// A session in which nothing answers.
    fn without_keyring() -> Self {
        Self::new(|config| config.backend(Backend::other(no_keyring())))
    }

    fn unlock(&self, passphrase: &str) {
        let passphrase = Typed::from(passphrase);
        self.door.act(OpeningAction::Unlock { passphrase });
    }

    async fn until(&self, wanted: impl Fn(&OpeningStep) -> bool) {
        let mut shown = self.door.doorway().shown.subscribe();
        let waited = tokio::time::timeout(LIMIT, shown.wait_for(|opening| wanted(&opening.step))).await;
        let found = waited.map(|found| found.map(drop));
        found
            .unwrap_or_else(|_| panic!("it stays {:?}", self.door.opening()))
            .unwrap();
    }

    fn opened(&self) -> Vec<StoreKind> {
        self.door.doorway().opened.lock().unwrap().clone()
    }
}

fn problem_of(step: &OpeningStep) -> Option<ErrorCode> {
    match step {
        OpeningStep::Passphrase {
            problem: Some(Code(code)),
            trying: false,
            ..
        }
        | OpeningStep::NoKeyring {
            problem: Some(Code(code)),
            making: false,
            ..
        } => Some(*code),
        _ => None,
    }
}
