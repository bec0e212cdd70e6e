//! Settings: kept, in force at once, and honest about what does not work.

use roamkey_app::action::{Action, SettingsAction};
use roamkey_app::view::{
    Autostart, Check, Doctor, Facts, Language, Operator, PinProblem, PinReset, PinState, Place, Theme,
    TunnelCheck, TunnelStep, Verification, VerificationDone, VerificationTask, VerificationWay, View,
    WhichPin,
};
use roamkey_device::session::TunnelService as _;
use roamkey_device::{ErrorCode, OsVerificationError};

use crate::stage::*;

fn task(verification: &Verification) -> Option<VerificationTask> {
    match verification {
        Verification::Ready { task, .. } => Some(*task),
        _ => None,
    }
}

/// A stage with the page of settings read.
async fn opened(system: Result<(), OsVerificationError>) -> Stage {
    let stage = Stage::with_system(system);
    started(&stage.app).await;
    stage.act(Action::Go {
        place: Place::Settings,
    });
    stage
        .verification(|verification| task(verification).is_some())
        .await;
    stage
}

async fn came(stage: &Stage, wanted: VerificationTask) {
    stage
        .verification(|verification| task(verification) == Some(wanted))
        .await;
}

#[tokio::test]
async fn theme_and_language_are_in_force_at_once_and_kept() {
    let stage = opened(Err(OsVerificationError::NoService)).await;
    let view = stage.app.view().settings;
    assert_eq!(
        (view.theme, view.language, view.system_language),
        (Theme::System, Language::System, Language::German)
    );
    stage.settings(SettingsAction::SetTheme { theme: Theme::Dark });
    stage.settings(SettingsAction::SetLanguage {
        language: Language::Arabic,
    });
    let again = stage.again().view().settings;
    assert_eq!(
        (again.theme, again.language, again.problem),
        (Theme::Dark, Language::Arabic, None)
    );
}

#[tokio::test]
async fn a_settings_file_that_is_damaged_is_said_and_left_as_it_is() {
    let stage = Stage::new();
    let file = stage.at("data/app.toml");
    std::fs::create_dir_all(stage.at("data")).unwrap();
    std::fs::write(&file, "theme = \"pink\"").unwrap();
    let app = stage.again();
    assert_eq!(
        app.view().settings.problem.map(|code| code.0),
        Some(ErrorCode::SettingsDamaged)
    );
    app.act(Action::Settings(SettingsAction::SetTheme { theme: Theme::Dark }));
    assert_eq!(app.view().settings.theme, Theme::Dark, "until the app ends");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "theme = \"pink\"");
}

#[tokio::test]
async fn starting_with_the_session_is_an_entry_of_the_desktop() {
    let stage = opened(Err(OsVerificationError::NoService)).await;
    let entry = stage.at("config/autostart/roamkey.desktop");
    stage.settings(SettingsAction::SetAutostart { on: true });
    stage.until(|view| view.settings.autostart == Autostart::On).await;
    assert!(
        std::fs::read_to_string(&entry)
            .unwrap()
            .contains("Exec=\"/usr/bin/roamkey-app\" --background")
    );
    stage.settings(SettingsAction::SetAutostart { on: false });
    stage
        .until(|view| view.settings.autostart == Autostart::Off)
        .await;
    assert!(!entry.exists());
    std::fs::remove_dir_all(stage.at("config")).unwrap();
    std::fs::write(stage.at("config"), b"").unwrap();
    stage.settings(SettingsAction::SetAutostart { on: true });
    stage.until(|view| matches!(view.settings.autostart, Autostart::Failed { code } if code.0 == ErrorCode::AutostartFailed)).await;
}

#[tokio::test]
async fn a_tunnel_service_that_is_chosen_is_used_from_the_next_code_on_and_kept() {
    let stage = opened(Err(OsVerificationError::NoService)).await;
    assert_eq!(
        App::tunnel_name(1).map(|name| (name.host, name.operator)),
        Some(("cable.auth.com".to_owned(), Operator::Apple))
    );
    assert!(App::tunnel_name(7).is_none() && App::tunnel_name(65_536).is_none());
    stage.settings(SettingsAction::SetTunnel { id: 300 });
    let chosen = |view: &View| view.settings.tunnel.service.id == 300;
    let view = stage.until(chosen).await;
    assert_eq!(view.settings.tunnel.service.operator, Operator::Own);
    assert_eq!(stage.tunnel.domain().id(), 300);
    let kept = roamkey_device::chosen_tunnel(&stage.at("data")).unwrap();
    assert_eq!(kept.map(|domain| domain.id()), Some(300));
    stage.settings(SettingsAction::SetTunnel { id: 7 });
    let told =
        |view: &View| view.settings.problem.map(|code| code.0) == Some(ErrorCode::TunnelServiceUnassigned);
    assert!(chosen(&stage.until(told).await));
}

#[tokio::test]
async fn a_tunnel_service_is_checked_step_by_step() {
    let stage = opened(Err(OsVerificationError::NoService)).await;
    stage.settings(SettingsAction::CheckTunnel { id: 266 });
    let view = stage
        .until(|view| matches!(view.settings.tunnel_check, TunnelCheck::Passed { .. }))
        .await;
    let TunnelCheck::Passed { service, passed } = view.settings.tunnel_check else {
        panic!()
    };
    let steps: Vec<_> = passed.iter().map(|passed| passed.step).collect();
    assert_eq!(service.id, 266);
    assert_eq!(
        steps,
        [
            TunnelStep::Name,
            TunnelStep::Address,
            TunnelStep::WebSocket,
            TunnelStep::RoutingId
        ]
    );
    assert_eq!(passed[3].found.as_deref().map(str::len), Some(6));
    stage.settings(SettingsAction::LeaveTunnelCheck);
    assert_eq!(stage.app.view().settings.tunnel_check, TunnelCheck::NotRun);
}

#[tokio::test]
async fn the_pin_is_set_changed_and_tested_and_says_which_one_is_wrong() {
    let stage = opened(Err(OsVerificationError::NoService)).await;
    let new = |pin: &str| stage.settings(SettingsAction::SetPin { pin: typed(pin) });
    new("1");
    came(
        &stage,
        VerificationTask::PinProblem {
            which: WhichPin::New,
            problem: PinProblem::Unfit,
        },
    )
    .await;
    new("2468");
    came(
        &stage,
        VerificationTask::Done {
            what: VerificationDone::PinSet,
        },
    )
    .await;
    let change = |present: &str, new: &str| {
        stage.settings(SettingsAction::ChangePin {
            present: typed(present),
            new: typed(new),
        });
    };
    change("0000", "13579");
    let wrong = PinProblem::Wrong { tries_left: 7 };
    came(
        &stage,
        VerificationTask::PinProblem {
            which: WhichPin::Present,
            problem: wrong,
        },
    )
    .await;
    change("2468", "13579");
    came(
        &stage,
        VerificationTask::Done {
            what: VerificationDone::PinChanged,
        },
    )
    .await;

    stage.settings(SettingsAction::TestVerification);
    came(
        &stage,
        VerificationTask::Testing {
            check: Check::TypePin { problem: None },
        },
    )
    .await;
    let test = |pin: &str| stage.settings(SettingsAction::TypeTestPin { pin: typed(pin) });
    test("2468");
    came(
        &stage,
        VerificationTask::Testing {
            check: Check::TypePin { problem: Some(wrong) },
        },
    )
    .await;
    test("13579");
    came(
        &stage,
        VerificationTask::Testing {
            check: Check::Passed {
                way: VerificationWay::Pin,
            },
        },
    )
    .await;
    stage.settings(SettingsAction::LeaveVerification);
    came(&stage, VerificationTask::None).await;
}

#[tokio::test]
async fn a_pin_that_is_forgotten_goes_after_a_wait_or_after_the_systems_check() {
    let stage = opened(Err(OsVerificationError::NoService)).await;
    stage.settings(SettingsAction::SetPin { pin: typed(PIN) });
    came(
        &stage,
        VerificationTask::Done {
            what: VerificationDone::PinSet,
        },
    )
    .await;
    let reset = |verification: &Verification| match verification {
        Verification::Ready {
            pin: PinState::Set { reset, .. },
            ..
        } => Some(*reset),
        _ => None,
    };
    let hours = 4 * 60 * 60;
    let cost = PinReset::NotAsked {
        system_would_do: false,
        wait: hours,
    };
    stage
        .verification(|verification| reset(verification) == Some(cost))
        .await;
    stage.settings(SettingsAction::ResetPin);
    came(
        &stage,
        VerificationTask::Done {
            what: VerificationDone::PinResetWaits,
        },
    )
    .await;
    let waits = stage
        .verification(|verification| matches!(reset(verification), Some(PinReset::Waiting { .. })))
        .await;
    assert!(matches!(reset(&waits), Some(PinReset::Waiting { wait }) if wait > hours - 60));

    let stage = opened(Ok(())).await;
    stage.settings(SettingsAction::SetPin { pin: typed(PIN) });
    came(
        &stage,
        VerificationTask::Done {
            what: VerificationDone::PinSet,
        },
    )
    .await;
    stage.settings(SettingsAction::ResetPin);
    came(
        &stage,
        VerificationTask::Done {
            what: VerificationDone::PinReset,
        },
    )
    .await;
    stage
        .verification(|verification| {
            matches!(
                verification,
                Verification::Ready {
                    pin: PinState::NotSet { .. },
                    ..
                }
            )
        })
        .await;
}

#[tokio::test]
async fn the_systems_check_is_chosen_by_whoever_passes_it_only() {
    let stage = opened(Ok(())).await;
    stage.settings(SettingsAction::SetVerification {
        way: VerificationWay::Pin,
    });
    came(
        &stage,
        VerificationTask::Failed {
            code: ErrorCode::PinNotSet.into(),
        },
    )
    .await;
    stage.settings(SettingsAction::SetVerification {
        way: VerificationWay::System,
    });
    came(
        &stage,
        VerificationTask::Done {
            what: VerificationDone::WayChosen,
        },
    )
    .await;
    let taken = |verification: &Verification| {
        matches!(
            verification,
            Verification::Ready {
                chosen: VerificationWay::System,
                way: Some(VerificationWay::System),
                ..
            }
        )
    };
    stage.verification(taken).await;
    stage.settings(SettingsAction::TestVerification);
    came(
        &stage,
        VerificationTask::Testing {
            check: Check::Passed {
                way: VerificationWay::System,
            },
        },
    )
    .await;

    let stage = opened(Err(OsVerificationError::NotRecognised)).await;
    stage.settings(SettingsAction::SetVerification {
        way: VerificationWay::System,
    });
    came(
        &stage,
        VerificationTask::Failed {
            code: ErrorCode::OsVerificationFailed.into(),
        },
    )
    .await;
    stage
        .verification(|verification| {
            matches!(
                verification,
                Verification::Ready {
                    chosen: VerificationWay::Pin,
                    ..
                }
            )
        })
        .await;
}

#[tokio::test]
async fn the_doctor_looks_at_every_part_and_says_what_is_wrong() {
    let stage = opened(Err(OsVerificationError::NoService)).await;
    stage.settings(SettingsAction::RunDoctor);
    let view = stage
        .until(|view| matches!(view.settings.doctor, Doctor::Done { .. }))
        .await;
    let Doctor::Done { checks, .. } = view.settings.doctor else {
        panic!()
    };
    assert_eq!(checks.len(), 7);
    let tunnel = checks
        .iter()
        .find(|check| matches!(check.facts, Facts::Tunnel { .. }))
        .unwrap();
    assert_eq!(
        tunnel.verdict,
        roamkey_app::view::Verdict::Works,
        "the server of this test"
    );
}
