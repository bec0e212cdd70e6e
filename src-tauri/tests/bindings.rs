//! The TypeScript twins of what crosses to the web view are those in `ui/src/generated/bindings.ts`.
//!
//! On a difference this test writes the right ones and fails: look at the change, commit it.

use std::path::Path;

use roamkey_app::action::{
    Action, ActivityAction, HelpAction, OpeningAction, SafetyAction, ScreenPart, SettingsAction, Typed,
    WizardKind,
};
use roamkey_app::request::Act;
use roamkey_app::request::view::{HandedOver, HandedStep};
use roamkey_app::view::*;
use roamkey_device::ErrorCode;
use roamkey_device::exchange::import::Format;
use roamkey_device::vault::{ActivityDamage, Event, RefusedBecause};
use ts_rs::{Config, TS};

#[test]
fn committed_bindings_are_those_of_the_types() {
    let config = Config::default();
    let mut text = HEAD.to_owned();
    let mut names = |of: &str, names: Vec<&str>| {
        let names: String = names.iter().map(|name| format!("\n  | '{name}'")).collect();
        text += &format!("\nexport type {of} ={names}\n");
    };
    names(
        "ErrorCode",
        ErrorCode::ALL.iter().map(|code| code.as_str()).collect(),
    );
    names(
        "ActivityKind",
        Event::ALL.iter().map(|event| event.as_str()).collect(),
    );
    names(
        "Because",
        RefusedBecause::ALL
            .iter()
            .map(|because| because.as_str())
            .collect(),
    );
    names("Damage", DAMAGE.iter().map(|damage| damage.as_str()).collect());
    names(
        "FileFormat",
        Format::ALL.iter().map(|format| format.as_str()).collect(),
    );
    macro_rules! declare {
        ($($type:ty),+ $(,)?) => {$(
            text += &format!("\nexport {}\n", <$type>::decl(&config));
        )+};
    }
    declare!(
        View,
        Place,
        SignIn,
        Hinted,
        Stage,
        Question,
        Asked,
        Turn,
        PinProblem,
        Site,
        Account,
        DoneWhat,
        Passkeys,
        Store,
        Rebuilt,
        Notice,
        Phone,
        PhoneStage,
        Trial,
        Passkey,
        PasskeyState,
        PinSetup,
        Bluetooth,
        Origin,
        Safety,
        Backups,
        Banner,
        PlaceCounts,
        Recovery,
        Deed,
        FolderPlace,
        Schedule,
        Loss,
        Whereabouts,
        PasskeyPlace,
        Wizard,
        SetUp,
        Sheet,
        Progress,
        WrittenFile,
        BackUp,
        Suggested,
        Wants,
        Drill,
        TakeIn,
        BackupFlags,
        Plan,
        PlanRow,
        EntryPlace,
        SkipReason,
        Export,
        ExportKind,
        Check,
        CopyUnder,
        Strength,
        Split,
        ActivityLog,
        LogCheck,
        LogExport,
        LogFormat,
        ActivityFilter,
        ActivityPage,
        ActivityRow,
        Statistics,
        Counts,
        RefusalCount,
        SiteCounts,
        MonthCounts,
        Settings,
        Theme,
        Language,
        Autostart,
        Tunnel,
        TunnelName,
        Operator,
        TunnelCheck,
        TunnelStep,
        TunnelStepPassed,
        VerificationWay,
        Verification,
        PinState,
        PinReset,
        VerificationTask,
        VerificationDone,
        WhichPin,
        Policy,
        PolicyRule,
        PolicyTouch,
        PolicyLimit,
        Doctor,
        Finding,
        Verdict,
        Facts,
        Tips,
        Tip,
        Action,
        SafetyAction,
        WizardKind,
        ActivityAction,
        SettingsAction,
        HelpAction,
        ScreenPart,
        Typed,
        HandedOver,
        HandedStep,
        Act,
        Opening,
        OpeningStep,
        PolicyProblem,
        OpeningAction,
        Look,
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/generated/bindings.ts");
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    if committed != text {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&file, text).expect("the file can be written");
    }
    assert!(file.exists());
    assert_eq!(
        committed,
        std::fs::read_to_string(&file).expect("the file"),
        "written anew: commit it"
    );
}

const DAMAGE: [ActivityDamage; 4] = [
    ActivityDamage::Changed,
    ActivityDamage::Missing,
    ActivityDamage::Reordered,
    ActivityDamage::Truncated,
];

const HEAD: &str =
    "// Written by the test `bindings` of src-tauri from the types in its `view` and `action`.\n";
