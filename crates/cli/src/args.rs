//! The command line, as clap reads it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use roamkey_device::tunnel::Address;

/// Your passkeys, on a device of your own choosing.
#[derive(Debug, Parser)]
#[command(name = "roamkey", version, about)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Say more on standard error; twice for more still. Never prints a secret, a site or an account.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,

    /// The folder for the passkey list and settings; the keys themselves are in the OS keyring.
    #[arg(long, global = true, value_name = "DIR", env = "ROAMKEY_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Read the passphrase of the passkeys' file from this file instead of asking for it.
    #[arg(long, global = true, value_name = "FILE", env = "ROAMKEY_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// What `roamkey` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sign in, or create a passkey, on the device that shows a QR code.
    Authenticate(Authenticate),
    /// List the passkeys that this device holds.
    List(crate::list::List),
    /// Show everything about one passkey.
    Show(crate::list::Show),
    /// Give a passkey a name of your own, or take it away.
    Label(crate::change::Label),
    /// Remove a passkey from this device. The site still lists it.
    Remove(crate::change::Remove),
    /// Take back a passkey that was removed.
    RestoreRemoved(crate::change::RestoreRemoved),
    /// Destroy the key of a passkey that was removed.
    Destroy(crate::change::Destroy),
    /// Check everything that a sign-in needs, and say what to do where it fails.
    Doctor(crate::doctor::Doctor),
    /// Say how Roamkey makes sure that it is you, or choose another way.
    Verification(crate::verification::Verification),
    /// Set, change or reset the PIN, or say how it stands.
    Pin(crate::pin::Pin),
    /// Read what happened on this device.
    Activity(crate::activity::Activity),
    /// Count what happened on this device.
    Statistics(crate::statistics::Statistics),
    /// Say which rules this device is under, and what they mean for each passkey.
    Policy(crate::policy::Policy),
    /// Say where passkeys are kept, or choose a file where there is no keyring.
    Store(crate::policy::Store),
    /// Set up the words that open every backup.
    Recovery(crate::recovery::Recovery),
    /// Write backups, now and regularly, and try them out.
    Backup(crate::backup::Backup),
    /// Take passkeys in from a backup.
    Restore(crate::exchange::Restore),
    /// Take passkeys in from another program's file.
    Import(crate::exchange::Import),
    /// Write passkeys to a file for another program.
    Export(crate::exchange::Export),
    /// Print a completion script for a shell.
    Completion(crate::completion::Completion),
    /// Write the manual pages.
    #[command(hide = true)]
    Manual(crate::completion::Manual),
    /// Show a QR code and let a phone sign in, or create a passkey.
    Request(crate::request::Request),
    /// Show a whole registration and sign-in on this machine, without Bluetooth.
    #[cfg(feature = "dev")]
    Demo(crate::demo::Demo),
}

/// `roamkey authenticate`
#[derive(Args, Debug)]
pub(crate) struct Authenticate {
    /// The text of the QR code, `FIDO:/…`, or `-` to read it from standard input.
    #[arg(
        required_unless_present = "image",
        conflicts_with = "image",
        value_name = "CODE"
    )]
    pub(crate) code: Option<String>,

    /// Read the QR code from a picture (PNG, JPEG or WebP).
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) tunnel: Tunnel,

    /// Print one JSON object for each event, the outcome last.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    #[cfg(feature = "dev")]
    pub(crate) dev: Dev,
}

/// Which tunnel service.
#[derive(Args, Debug)]
pub(crate) struct Tunnel {
    /// The tunnel service, by its 16-bit id.
    #[arg(
        long = "tunnel",
        value_name = "ID",
        default_value_t = 0,
        env = "ROAMKEY_TUNNEL"
    )]
    pub(crate) id: u16,

    /// Connect to this address instead; TLS name and advert stay the tunnel service's.
    #[arg(long = "tunnel-address", value_name = "HOST:PORT")]
    pub(crate) address: Option<Address>,
}

/// Switches of development builds only: they answer for the person.
#[cfg(feature = "dev")]
#[derive(Args, Debug)]
pub(crate) struct Dev {
    /// Approve every question without asking (development builds only).
    #[arg(long)]
    pub(crate) dev_approve: bool,

    /// Type this PIN, and set it up first if there is none (development builds only).
    #[arg(long, value_name = "PIN", requires = "dev_approve")]
    pub(crate) dev_pin: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn authenticate_wants_a_code_or_a_picture_and_not_both() {
        let parse = |args: &[&str]| Cli::try_parse_from([&["roamkey", "authenticate"], args].concat());
        assert!(parse(&["FIDO:/1"]).is_ok() && parse(&["-"]).is_ok() && parse(&["--image", "a.png"]).is_ok());
        assert!(parse(&[]).is_err() && parse(&["FIDO:/1", "--image", "a.png"]).is_err());
        assert!(parse(&["FIDO:/1", "--tunnel", "65536"]).is_err());
    }
}
