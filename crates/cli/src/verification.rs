//! `roamkey verification`: how Roamkey makes sure that it is the person, and choosing another way.

use clap::ValueEnum;
use roamkey_device::vault::PinState;
use roamkey_device::{
    ErrorCode, OsVerificationError, Verification as Device, VerificationChoice, VerificationStatus, Way,
};
use serde_json::json;

use crate::messages::message;
use crate::output::{Output, Stop};
use crate::place::Place;

/// `roamkey verification`
#[derive(clap::Args, Debug)]
pub(crate) struct Verification {
    /// The way to take from now on; without it, says which one is taken.
    way: Option<Choice>,

    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Choice {
    /// Roamkey's own PIN.
    Pin,
    /// The operating system's check: your password, or your finger where that is set up.
    Os,
}

/// Runs the command and returns the exit code.
pub(crate) async fn run(args: Verification, place: Place) -> u8 {
    let output = Output::new(args.json);
    output.end(choose_or_tell(&args, place, output).await)
}

async fn choose_or_tell(args: &Verification, place: Place, output: Output) -> Result<(), Stop> {
    let verification = Device::system(place.vault()?, place.dir);
    match args.way {
        None => {}
        Some(Choice::Os) => {
            // Tried before it is chosen: who can't pass it must not be locked out by it.
            let not_verified = |error: OsVerificationError| Stop::Code(error.into());
            verification.os_available().await.map_err(not_verified)?;
            output.say("The operating system asks you now.\n")?;
            verification.change_to(VerificationChoice::Os).await?;
        }
        Some(Choice::Pin) => verification.change_to(VerificationChoice::Pin).await?,
    }
    let status = verification.status().await?;
    let value = json!({
        "chosen": status.chosen,
        "way": status.way.map(|way| match way {
            Way::Pin => "pin",
            Way::OperatingSystem => "os",
        }),
        "pin_set": matches!(status.pin, PinState::Set { .. }),
        "os_unavailable": status.os.err().map(|error| ErrorCode::from(error).as_str()),
    });
    output.print(&value, || text(&status))
}

fn text(status: &VerificationStatus) -> String {
    let way = match (status.way, status.chosen) {
        (Some(Way::OperatingSystem), _) => {
            "The operating system makes sure that it is you, each time you use a passkey."
        }
        (Some(Way::Pin), VerificationChoice::Pin) => "Roamkey asks for your PIN each time you use a passkey.",
        (Some(Way::Pin), VerificationChoice::Os) => {
            "You chose the operating system's check. It is not available, so Roamkey asks for your PIN."
        }
        (None, _) => {
            "Nothing is set up, and most sites accept no passkey like that.\n\
             Choose a PIN (roamkey pin set) or the operating system's check (roamkey verification os)."
        }
    };
    let pin = match status.pin {
        PinState::NotSet => "not set",
        PinState::Set { .. } => "set",
    };
    let os = match status.os {
        Ok(()) => "available".to_owned(),
        Err(error) => format!("not available. {}", message(error.into()).title),
    };
    format!("{way}\n\n  PIN               {pin}\n  operating system  {os}")
}
