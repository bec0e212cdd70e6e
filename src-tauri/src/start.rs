//! What a start was given: environment and arguments, the same that the command line takes.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use roamkey_device::ble;
use roamkey_device::tunnel::Address;
use roamkey_device::{ChosenTunnel, ErrorCode, Requester, TunnelDomain, chosen_tunnel};

use crate::request::Wish;
use crate::settings::{Settings, system_language};
use crate::view::{Bluetooth, Code, Look};

/// Roamkey's window: sign in elsewhere with passkeys from this device, and look after them.
#[derive(Debug, Parser)]
#[command(name = "roamkey-app", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    /// A sign-in link, `FIDO:/…`.
    link: Option<String>,

    /// Starts with the window closed, where the desktop shows icons of programs: as with the session.
    #[arg(long)]
    background: bool,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What the program does instead of opening the app.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows the code of a site's request for a phone, and prints the response.
    #[command(subcommand)]
    Request(Wish),
    /// Writes a backup and ends: for the timer that the page about safety sets up. Asks nothing, shows no window.
    Backup {
        /// The data folder.
        dir: PathBuf,
    },
}

/// How this process was started.
#[derive(Debug)]
pub(crate) struct Options {
    /// The folder of the device: `ROAMKEY_DATA_DIR`, or the user's.
    pub(crate) dir: PathBuf,
    /// The tunnel service: `ROAMKEY_TUNNEL`, its id, or the one that the person chose; `ROAMKEY_TUNNEL_ADDRESS`, where it
    /// is instead.
    pub(crate) tunnel: ChosenTunnel,
    /// `ROAMKEY_TUNNEL` says which one.
    pub(crate) tunnel_is_fixed: bool,
    /// How phones are reached.
    pub(crate) phones: Requester,
    /// A sign-in link.
    pub(crate) link: Option<String>,
    /// Whether the window may stay closed.
    pub(crate) background: bool,
}

/// Why this process can't start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// There is nowhere to keep anything.
    #[error("this user has no home folder: say where to keep data with ROAMKEY_DATA_DIR")]
    NoFolder,
    /// There is nothing to open a window on.
    #[error("there is no display here: start it in a desktop session")]
    NoDisplay,
    /// `ROAMKEY_TUNNEL` names no tunnel service.
    #[error("ROAMKEY_TUNNEL is the number of no tunnel service")]
    Tunnel,
    /// `ROAMKEY_TUNNEL_ADDRESS` is no address.
    #[error("ROAMKEY_TUNNEL_ADDRESS is not HOST:PORT")]
    Address,
}

impl Options {
    pub(crate) fn of_this_process() -> Result<Self, StartError> {
        let dir = data_dir().ok_or(StartError::NoFolder)?;
        let fixed = match given("ROAMKEY_TUNNEL") {
            Some(number) => Some(
                number
                    .parse()
                    .ok()
                    .and_then(|number| TunnelDomain::new(number).ok())
                    .ok_or(StartError::Tunnel)?,
            ),
            None => None,
        };
        let address = tunnel_address()?;
        Ok(Self {
            phones: Requester::system(address.clone()),
            tunnel: ChosenTunnel::new(fixed.unwrap_or_else(|| chosen(&dir)), address),
            tunnel_is_fixed: fixed.is_some(),
            dir,
            link: link(std::env::args().collect()),
            background: std::env::args()
                .skip(1)
                .any(|argument| argument == "--background"),
        })
    }
}

/// The tunnel service that the person chose; the first one if that can't be told, which the page of settings says too.
fn chosen(dir: &Path) -> TunnelDomain {
    match chosen_tunnel(dir) {
        Ok(domain) => domain.unwrap_or(TunnelDomain::GOOGLE),
        Err(error) => {
            tracing::warn!(%error, "the tunnel service that was chosen can't be told");
            TunnelDomain::GOOGLE
        }
    }
}

/// How a handed-over request reaches phones.
pub(crate) fn requester() -> Result<Requester, StartError> {
    Ok(Requester::system(tunnel_address()?))
}

/// How the window of a handed-over request looks and speaks; as the system does if what was chosen can't be read.
pub(crate) fn look() -> Look {
    let chosen = data_dir().and_then(|dir| Settings::new(dir).read().ok());
    let chosen = chosen.unwrap_or_default();
    Look {
        theme: chosen.theme,
        language: chosen.language,
        system_language: system_language(|name| std::env::var(name).ok()),
    }
}

fn data_dir() -> Option<PathBuf> {
    given("ROAMKEY_DATA_DIR")
        .map(PathBuf::from)
        .or_else(roamkey_device::data_dir)
}

fn tunnel_address() -> Result<Option<Address>, StartError> {
    let address = given("ROAMKEY_TUNNEL_ADDRESS").map(|address| address.parse::<Address>());
    address.transpose().map_err(|_| StartError::Address)
}

fn given(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The sign-in link among a program's arguments. Desktops may write its scheme in small letters.
pub(crate) fn link(arguments: Vec<String>) -> Option<String> {
    let is_link = |argument: &String| {
        argument
            .get(..SCHEME.len())
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
    };
    arguments.into_iter().skip(1).find(is_link)
}

const SCHEME: &str = "FIDO:/";

/// Looks whether this machine can advertise.
pub(crate) async fn bluetooth() -> Bluetooth {
    match ble::probe().await {
        Ok(_) => Bluetooth::Ready,
        Err(error) => Bluetooth::Problem {
            code: Code(ErrorCode::from(&error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_is_found_in_any_case_and_nothing_else_is() {
        let link = |arguments: &[&str]| link(arguments.iter().map(|&text| text.to_owned()).collect());
        assert_eq!(link(&["roamkey-app", "fido:/123"]).as_deref(), Some("fido:/123"));
        assert_eq!(
            link(&["roamkey-app", "--x", "FIDO:/1"]).as_deref(),
            Some("FIDO:/1")
        );
        assert_eq!(link(&["FIDO:/1"]), None, "the program's own name is no link");
        assert_eq!(link(&["roamkey-app", "file:/fido:/"]), None);
    }
}
