//! This device, wired: vault, Bluetooth, tunnel service and session behind one API. The CLI and the app are thin
//! around it.
//!
//! ```text
//! Code (text or picture) ─ read ─▶ SignIn (fresh, not used before) ─ run(user) ─▶ Done, or Failure
//! ```
//!
//! And the other way round, for a machine that asks a phone: [`Requester`], in the same picture from the right to the
//! left.
//!
//! [`Device::system`] is the real thing; [`Device::new`] takes any tunnel service and air, which is how tests and the
//! demo run without a radio. No build without `roamkey-testkit` has another air than Bluetooth.

#![forbid(unsafe_code)]

pub mod activity;
mod authenticate;
mod chosen_tunnel;
pub mod doctor;
mod errand;
mod error_code;
pub mod exit;
mod failure;
#[doc(hidden)]
pub mod fuzzing;
mod os_verification;
mod qr_picture;
mod recording;
pub mod recovery;
mod request;
mod request_failure;
mod scan;
mod settings;
mod used;
mod verification;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use roamkey_ble::Advertiser;
use roamkey_session::{Air, TunnelService};
use roamkey_tunnel::WebSocketTunnel;
use roamkey_vault::{Vault, VaultConfig};

pub use authenticate::{Done, SignIn};
pub use chosen_tunnel::ChosenTunnel;
pub use errand::{Answer, Errand, read_options};
pub use error_code::ErrorCode;
pub use failure::Failure;
pub use os_verification::{
    ACTION, Asking, NoOsVerification, OsVerification, OsVerificationError, SystemVerification,
};
pub use qr_picture::QrPicture;
pub use request::{Pending, RequestEvent, Requester};
pub use request_failure::RequestFailure;
pub use roamkey_authenticator::{
    Account, AccountChoice, ConsentPrompt, Operation, PolicyLimit, PolicyVerdict, Refusal, UnixTime,
    UserConsent, UserVerification, UserVerified, VerificationMethod,
};
pub use roamkey_hybrid::{Hint, TunnelDomain};
pub use roamkey_session::{Progress, User};
pub use scan::{Code, CodeSource, MAX_FILE_BYTES, ScanError};
pub use settings::{SettingsError, VerificationChoice, choose_tunnel, chosen_tunnel};
pub use verification::{PinCheck, Verification, VerificationStatus, Way, now};
pub use {
    roamkey_ble as ble, roamkey_exchange as exchange, roamkey_hybrid as hybrid, roamkey_session as session,
    roamkey_tunnel as tunnel, roamkey_vault as vault, roamkey_webauthn as webauthn,
};

/// The device: where its passkeys are, how it is heard, and through which tunnel service it is reached.
pub struct Device<T = WebSocketTunnel, A = Advertiser> {
    vault: Vault,
    tunnel: T,
    air: A,
    dir: PathBuf,
    os: Arc<dyn OsVerification>,
    unnoted: AtomicBool,
}

impl Device {
    /// This machine: its passkeys, its Bluetooth adapter, and `tunnel`. `dir` is the folder for everything that is
    /// not a key; [`data_dir`] says where it usually is. Touches neither keyring nor Bluetooth yet.
    ///
    /// # Errors
    ///
    /// [`Failure::Vault`] for a configuration that can't work.
    pub fn system(config: VaultConfig, dir: PathBuf, tunnel: WebSocketTunnel) -> Result<Self, Failure> {
        let device = Self::new(config, tunnel, Advertiser::new(), dir)?;
        Ok(device.with_os_verification(Arc::new(SystemVerification)))
    }
}

impl<T: TunnelService, A: Air> Device<T, A> {
    /// Wires a device from its parts.
    ///
    /// # Errors
    ///
    /// [`Failure::Vault`] for a configuration that can't work.
    pub fn new(config: VaultConfig, tunnel: T, air: A, dir: PathBuf) -> Result<Self, Failure> {
        let vault = Vault::open(config).map_err(Failure::Vault)?;
        Ok(Self {
            vault,
            tunnel,
            air,
            dir,
            os: Arc::new(NoOsVerification),
            unnoted: AtomicBool::new(false),
        })
    }
}

impl<T, A> Device<T, A> {
    /// Lets the operating system verify the person, if they choose so.
    #[must_use]
    pub fn with_os_verification(self, os: Arc<dyn OsVerification>) -> Self {
        Self { os, ..self }
    }

    /// Tells whether something that happened could not be noted in the activity log.
    pub fn is_unnoted(&self) -> bool {
        self.unnoted.load(Ordering::Relaxed)
    }
}

impl<T, A> fmt::Debug for Device<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device")
    }
}

/// Where this user's Roamkey keeps what is not a key, on Linux `$XDG_DATA_HOME/roamkey`. `None` if the user has no
/// home.
#[must_use]
pub fn data_dir() -> Option<PathBuf> {
    directories::ProjectDirs::from("", "", "roamkey").map(|dirs| dirs.data_dir().to_owned())
}
