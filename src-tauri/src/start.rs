//! What a start was given: environment and arguments, the same that the command line takes.

use std::path::PathBuf;

use roamkey_device::ble;
use roamkey_device::tunnel::{Address, WebSocketTunnel};
use roamkey_device::{ErrorCode, Requester, TunnelDomain};

use crate::view::{Bluetooth, Code};

/// How this process was started.
#[derive(Debug)]
pub(crate) struct Options {
    /// The folder of the device: `ROAMKEY_DATA_DIR`, or the user's.
    pub(crate) dir: PathBuf,
    /// The tunnel service: `ROAMKEY_TUNNEL`, its id; `ROAMKEY_TUNNEL_ADDRESS`, where it is instead.
    pub(crate) tunnel: WebSocketTunnel,
    /// How phones are reached.
    pub(crate) phones: Requester,
    /// A sign-in link.
    pub(crate) link: Option<String>,
}

/// Why this process can't start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// There is nowhere to keep anything.
    #[error("this user has no home folder: say where to keep data with ROAMKEY_DATA_DIR")]
    NoFolder,
    /// `ROAMKEY_TUNNEL` names no tunnel service.
    #[error("ROAMKEY_TUNNEL is the number of no tunnel service")]
    Tunnel,
    /// `ROAMKEY_TUNNEL_ADDRESS` is no address.
    #[error("ROAMKEY_TUNNEL_ADDRESS is not HOST:PORT")]
    Address,
}

impl Options {
    pub(crate) fn of_this_process() -> Result<Self, StartError> {
        let given = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let dir = given("ROAMKEY_DATA_DIR")
            .map(PathBuf::from)
            .or_else(roamkey_device::data_dir);
        let number = given("ROAMKEY_TUNNEL").map_or(Ok(0), |number| number.parse());
        let domain = number.ok().and_then(|number| TunnelDomain::new(number).ok());
        let address = given("ROAMKEY_TUNNEL_ADDRESS").map(|address| address.parse::<Address>());
        let address = address.transpose().map_err(|_| StartError::Address)?;
        Ok(Self {
            dir: dir.ok_or(StartError::NoFolder)?,
            phones: Requester::system(address.clone()),
            tunnel: WebSocketTunnel::new(domain.ok_or(StartError::Tunnel)?, address),
            link: link(std::env::args().collect()),
        })
    }
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
