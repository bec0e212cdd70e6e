//! The TypeScript twins of what crosses to the web view are those in `ui/src/generated/bindings.ts`.
//!
//! On a difference this test writes the right ones and fails: look at the change, commit it.

use std::path::Path;

use roamkey_app::action::{Action, Typed};
use roamkey_app::view::{
    Account, Asked, Bluetooth, DoneWhat, Hinted, Notice, Origin, Passkey, PasskeyState, Passkeys, Phone,
    PhoneStage, PinProblem, PinSetup, Place, Question, SignIn, Site, Stage, Trial, Turn, View,
};
use roamkey_device::ErrorCode;
use ts_rs::{Config, TS};

#[test]
fn committed_bindings_are_those_of_the_types() {
    let config = Config::default();
    let codes: Vec<String> = ErrorCode::ALL
        .iter()
        .map(|code| format!("\n  | '{}'", code.as_str()))
        .collect();
    let mut text = format!("{HEAD}export type ErrorCode ={}\n", codes.concat());
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
        Notice,
        Phone,
        PhoneStage,
        Trial,
        Passkey,
        PasskeyState,
        PinSetup,
        Bluetooth,
        Origin,
        Action,
        Typed,
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

const HEAD: &str =
    "// Written by the test `bindings` of src-tauri from the types in its `view` and `action`.\n\n";
