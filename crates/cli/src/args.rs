//! The command line, as clap reads it.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use roamkey_device::tunnel::{Address, WebSocketTunnel};
use roamkey_device::{ErrorCode, TunnelDomain, chosen_tunnel};

use crate::output::logged;

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
    /// The tunnel service, by its 16-bit id; otherwise the one that was chosen in the app, or 0.
    #[arg(long = "tunnel", value_name = "ID", env = "ROAMKEY_TUNNEL")]
    id: Option<u16>,

    /// Connect to this address instead; TLS name and advert stay the tunnel service's.
    #[arg(long = "tunnel-address", value_name = "HOST:PORT")]
    address: Option<Address>,
}

/// A tunnel service, and who has chosen it.
pub(crate) struct Picked {
    pub(crate) domain: TunnelDomain,
    pub(crate) by: PickedBy,
    address: Option<Address>,
}

/// Who has chosen the tunnel service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PickedBy {
    /// This run: `--tunnel` or `ROAMKEY_TUNNEL`.
    Option,
    /// `settings.toml`, in which the app keeps it.
    Settings,
    /// Nobody: it is the first one.
    Nobody,
    /// Nobody can tell, as `settings.toml` can't be read: it is the first one.
    Unreadable,
}

impl Tunnel {
    /// The tunnel service of this run: the option's, or else that of the settings in `dir`, or else the first one.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::TunnelServiceUnassigned`]; [`ErrorCode::SettingsDamaged`] where the settings are asked and can't be
    /// read: a choice that can't be told is never taken for none.
    pub(crate) fn pick(&self, dir: &Path) -> Result<Picked, ErrorCode> {
        let (domain, by) = match self.id {
            Some(id) => {
                let domain = TunnelDomain::new(id).map_err(|_| ErrorCode::TunnelServiceUnassigned)?;
                (domain, PickedBy::Option)
            }
            None => match chosen_tunnel(dir).map_err(|failure| logged(&failure))? {
                Some(domain) => (domain, PickedBy::Settings),
                None => (TunnelDomain::GOOGLE, PickedBy::Nobody),
            },
        };
        Ok(self.picked(domain, by))
    }

    /// As [`pick`](Self::pick), for a look at what works: settings that can't be read are a finding of their own there.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::TunnelServiceUnassigned`] for the option.
    pub(crate) fn pick_to_look(&self, dir: &Path) -> Result<Picked, ErrorCode> {
        match self.pick(dir) {
            Err(_) if self.id.is_none() => Ok(self.picked(TunnelDomain::GOOGLE, PickedBy::Unreadable)),
            picked => picked,
        }
    }

    fn picked(&self, domain: TunnelDomain, by: PickedBy) -> Picked {
        Picked {
            domain,
            by,
            address: self.address.clone(),
        }
    }
}

impl Picked {
    /// The way to it.
    pub(crate) fn service(&self) -> WebSocketTunnel {
        WebSocketTunnel::new(self.domain, self.address.clone())
    }
}

impl PickedBy {
    /// A name for programs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Option => "option",
            Self::Settings => "settings",
            Self::Nobody => "default",
            Self::Unreadable => "settings_unreadable",
        }
    }
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

    #[test]
    fn tunnel_service_is_the_options_then_the_settings_then_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let pick = |id| {
            let picked = Tunnel { id, address: None }.pick(dir.path());
            picked.map(|picked| (picked.domain.id(), picked.by))
        };
        assert_eq!(pick(None), Ok((0, PickedBy::Nobody)));
        roamkey_device::choose_tunnel(dir.path(), TunnelDomain::new(266).unwrap()).unwrap();
        assert_eq!(pick(None), Ok((266, PickedBy::Settings)));
        assert_eq!(pick(Some(1)), Ok((1, PickedBy::Option)));
        assert_eq!(pick(Some(7)), Err(ErrorCode::TunnelServiceUnassigned));
        std::fs::write(dir.path().join("settings.toml"), "tunnel = 7").unwrap();
        assert_eq!(
            pick(None),
            Err(ErrorCode::SettingsDamaged),
            "never taken for none"
        );
        assert_eq!(pick(Some(0)), Ok((0, PickedBy::Option)));
        let look = |id| {
            let picked = Tunnel { id, address: None }.pick_to_look(dir.path());
            picked.map(|picked| (picked.domain.id(), picked.by))
        };
        assert_eq!(look(None), Ok((0, PickedBy::Unreadable)));
        assert_eq!(look(Some(7)), Err(ErrorCode::TunnelServiceUnassigned));
    }
}
