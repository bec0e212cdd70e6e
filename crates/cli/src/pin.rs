//! `roamkey pin`: setting, changing and resetting Roamkey's own PIN, always at the terminal.

use std::time::Duration;

use clap::{Args, Subcommand};
use roamkey_device::vault::{PinError, PinReset, PinState, Vault};
use roamkey_device::{ErrorCode, Verification, now};
use serde_json::json;

use crate::authenticate::choose_pin;
use crate::output::{Output, Stop, logged};
use crate::place::Place;
use crate::terminal::{Echo, Terminal, is_yes};
use crate::time::span;

/// `roamkey pin`
#[derive(Args, Debug)]
pub(crate) struct Pin {
    #[command(subcommand)]
    verb: Verb,

    /// Print one JSON object. Questions are still asked on the terminal.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Set the first PIN.
    Set,
    /// Put another PIN in the place of the present one.
    Change,
    /// Remove a PIN that is forgotten. No passkey is lost.
    Reset(Reset),
    /// Say whether a PIN is set, and whether it may be tried.
    Status,
}

#[derive(Args, Debug)]
struct Reset {
    /// Do not ask whether to go on.
    #[arg(long)]
    yes: bool,
}

/// Runs the command and returns the exit code.
pub(crate) async fn run(args: Pin, place: Place) -> u8 {
    let output = Output::new(args.json);
    output.end(perform(args.verb, place, output).await)
}

async fn perform(verb: Verb, place: Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    match verb {
        Verb::Set => set(&vault, output).await,
        Verb::Change => change(&vault, output).await,
        Verb::Reset(args) => {
            let verification = Verification::system(vault.clone(), place.dir);
            reset(&args, &vault, &verification, output).await
        }
        Verb::Status => status(&vault, output),
    }
}

async fn set(vault: &Vault, output: Output) -> Result<(), Stop> {
    if vault.pin(now())? != PinState::NotSet {
        return Err(ErrorCode::PinAlreadySet.into());
    }
    let terminal = terminal()?;
    terminal.say(
        "A PIN has 4 to 63 characters. Roamkey asks for it each time you use a passkey.\n\
         It can't be read back. If you forget it, you can reset it; your passkeys stay.",
    );
    let pin = choose_pin(&terminal).await?;
    vault.set_pin(&pin, now())?;
    output.print(&json!({ "pin": "set" }), || "The PIN is set.".to_owned())
}

async fn change(vault: &Vault, output: Output) -> Result<(), Stop> {
    match vault.pin(now())? {
        PinState::NotSet => return Err(ErrorCode::PinNotSet.into()),
        PinState::Set { wait: Some(wait), .. } => return Err(locked(output, wait)),
        PinState::Set { wait: None, .. } => {}
    }
    let terminal = terminal()?;
    let present = terminal.ask("Present PIN (nothing shows as you type): ", Echo::Off);
    let present = present.await.map_err(|_| ErrorCode::Refused)?;
    let present = roamkey_device::vault::Pin::new(present).map_err(|_| ErrorCode::PinWrong)?;
    let new = choose_pin(&terminal).await?;
    match vault.change_pin(&present, &new, now()) {
        Ok(()) => output.print(&json!({ "pin": "changed" }), || {
            "The PIN is changed. Your passkeys are as they were.".to_owned()
        }),
        Err(PinError::Wrong {
            tries_left,
            wait: None,
        }) => {
            output.say(&format!("The present PIN was wrong; {tries_left} tries left."))?;
            Err(ErrorCode::PinWrong.into())
        }
        Err(PinError::Wrong { wait: Some(wait), .. } | PinError::Wait { wait }) => Err(locked(output, wait)),
        Err(error) => Err(error.into()),
    }
}

async fn reset(args: &Reset, vault: &Vault, verification: &Verification, output: Output) -> Result<(), Stop> {
    if vault.pin(now())? == PinState::NotSet {
        return Err(ErrorCode::PinNotSet.into());
    }
    let system_asks = verification.status().await?.os.is_ok();
    if !args.yes {
        let terminal = terminal()?;
        let cost = if system_asks {
            "The operating system makes sure that it is you; then the PIN is gone at once."
        } else {
            "It takes four hours in which this machine stays on, then the same command once more.\n\
             Until then the PIN works, and using it calls the reset off."
        };
        terminal.say(&format!(
            "This removes a PIN that is forgotten. No passkey is lost.\n{cost}"
        ));
        let answer = terminal.ask("Go on? y or yes, anything else stops: ", Echo::On);
        let answer = answer.await.map_err(|_| ErrorCode::NotConfirmed)?;
        if !is_yes(&answer) {
            return Err(ErrorCode::NotConfirmed.into());
        }
    }
    let verified = if system_asks {
        let asked = verification.ask_os().await;
        Some(asked.map_err(|error| Stop::Code(logged(&error.into())))?)
    } else {
        None
    };
    match vault.reset_pin(verified, now())? {
        PinReset::Done => output.print(&json!({ "pin": "removed" }), || {
            "The PIN is gone. Choose a new one: roamkey pin set".to_owned()
        }),
        PinReset::Waiting { wait } => {
            let seconds = wait.as_secs();
            output.print(&json!({ "pin": "reset_waits", "wait_seconds": seconds }), || {
                format!(
                    "The reset has begun. Leave this machine on, and run this again in {}.",
                    span(seconds)
                )
            })
        }
    }
}

fn status(vault: &Vault, output: Output) -> Result<(), Stop> {
    let state = vault.pin(now())?;
    let reset = vault.pin_reset(now())?.map(|wait| wait.as_secs());
    let (set, tries_left, wait) = match state {
        PinState::NotSet => (false, None, None),
        PinState::Set { tries_left, wait } => (true, Some(tries_left), wait.map(|wait| wait.as_secs())),
    };
    let value = json!({
        "set": set,
        "tries_left": tries_left,
        "wait_seconds": wait,
        "reset_wait_seconds": reset,
    });
    output.print(&value, || {
        let mut text = match (set, wait) {
            (false, _) => "No PIN is set. Choose one: roamkey pin set".to_owned(),
            (true, None) => format!("A PIN is set; {} tries left.", tries_left.unwrap_or_default()),
            (true, Some(wait)) => format!(
                "A PIN is set. After too many wrong ones, the next try is possible in {}.",
                span(wait)
            ),
        };
        if let Some(seconds) = reset {
            text.push_str(&format!(
                "\nSomebody asked to reset it: possible in {}. Use the PIN once to call that off.",
                span(seconds)
            ));
        }
        text
    })
}

fn locked(output: Output, wait: Duration) -> Stop {
    let said = output.say(&format!("The next try is possible in {}.", span(wait.as_secs())));
    said.err().unwrap_or_else(|| ErrorCode::PinLocked.into())
}

fn terminal() -> Result<Terminal, Stop> {
    Terminal::open().map_err(|_| ErrorCode::NobodyToAsk.into())
}
