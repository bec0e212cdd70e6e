//! The desktop app: `roamkey_app::main_on_desktop` and no more. Mobile builds begin at `roamkey_app::run`.

use std::process::ExitCode;

fn main() -> ExitCode {
    roamkey_app::main_on_desktop()
}
