//! Verifying the person: by the app's PIN, or by the operating system's check where they chose that.
//!
//! | chosen | available | way |
//! |---|---|---|
//! | PIN | a PIN is set | PIN |
//! | operating system | it would ask | operating system |
//! | operating system | it would not ask, a PIN is set | PIN |
//! | anything | nothing | none: sites are told that no verification is set up |
//!
//! Each verification is for one ceremony; nothing is remembered. PIN calls run on threads of their own: Argon2id takes
//! its time and the keyring may ask to be unlocked.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use roamkey_authenticator::{UnixTime, UserVerificationState, UserVerified, VerificationMethod};
use roamkey_vault::{Pin, PinError, PinState, Vault};

use crate::os_verification::{OsVerification, OsVerificationError, SystemVerification};
use crate::settings::{Settings, VerificationChoice};
use crate::{Device, Failure};

/// How this device verifies its user, to be handed to whoever asks the person.
#[derive(Clone, Debug)]
pub struct Verification {
    pin: PinCheck,
    os: Arc<dyn OsVerification>,
    dir: PathBuf,
}

/// A way to verify the person.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// The app's own PIN.
    Pin,
    /// The operating system's check.
    OperatingSystem,
}

/// What is set up.
#[derive(Clone, Copy, Debug)]
pub struct VerificationStatus {
    /// What the person chose.
    pub chosen: VerificationChoice,
    /// Whether there is a PIN and may be tried.
    pub pin: PinState,
    /// Whether the operating system would ask.
    pub os: Result<(), OsVerificationError>,
    /// The way that would be taken; none if nothing is set up.
    pub way: Option<Way>,
}

impl Verification {
    /// Verification by the PIN of `vault` and by this machine's operating system; what was chosen is in the data
    /// folder `dir`.
    #[must_use]
    pub fn system(vault: Vault, dir: PathBuf) -> Self {
        Self::new(vault, dir, Arc::new(SystemVerification))
    }

    pub(crate) fn new(vault: Vault, dir: PathBuf, os: Arc<dyn OsVerification>) -> Self {
        Self {
            pin: PinCheck(vault),
            os,
            dir,
        }
    }

    /// The PIN.
    #[must_use]
    pub fn pin(&self) -> &PinCheck {
        &self.pin
    }

    /// Tells everything about what is set up. Shows nothing to the person.
    ///
    /// # Errors
    ///
    /// [`Failure::Settings`]; [`Failure::Pin`] when the keyring can't be read.
    pub async fn status(&self) -> Result<VerificationStatus, Failure> {
        let chosen = self.chosen()?;
        let (pin, os) = tokio::join!(self.pin.state(), self.os_available());
        let pin = pin?;
        Ok(VerificationStatus {
            chosen,
            pin,
            os,
            way: way(chosen, self.counts(pin), os.is_ok()),
        })
    }

    /// The way to verify the person right now; none if nothing is set up.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status).
    pub async fn way(&self) -> Result<Option<Way>, Failure> {
        let chosen = self.chosen()?;
        let pin = self.counts(self.pin.state().await?);
        // The system takes a moment to say: it is asked only if that makes a difference.
        let asks = chosen == VerificationChoice::Os && self.os_available().await.is_ok();
        Ok(way(chosen, pin, asks))
    }

    /// Tells whether the policy of this device lets this way count.
    #[must_use]
    pub fn allows(&self, method: VerificationMethod) -> bool {
        self.pin.0.policy().allows(method)
    }

    /// Whether there is a PIN, and it counts.
    fn counts(&self, pin: PinState) -> bool {
        pin != PinState::NotSet && self.allows(VerificationMethod::AppPin)
    }

    /// Tells whether the operating system would ask. Shows nothing to the person.
    ///
    /// # Errors
    ///
    /// Why it would not.
    pub async fn os_available(&self) -> Result<(), OsVerificationError> {
        if !self.allows(VerificationMethod::OperatingSystem) {
            return Err(OsVerificationError::NotAllowed);
        }
        self.os.available().await
    }

    /// Lets the operating system verify the person for one ceremony.
    ///
    /// # Errors
    ///
    /// Why it did not; [`OsVerificationError::is_unavailable`] if it never asked.
    pub async fn ask_os(&self) -> Result<UserVerified, OsVerificationError> {
        self.os_available().await?;
        self.os.ask().await?;
        Ok(UserVerified::by(VerificationMethod::OperatingSystem))
    }

    /// Changes to another way, if that works now: who can't pass it must not be locked out by it. The operating system's
    /// check asks the person.
    ///
    /// # Errors
    ///
    /// [`Failure::OsVerification`] if the operating system did not verify the person, [`Failure::Pin`] if there is no PIN or
    /// the policy does not count it, [`Failure::Settings`]. Then nothing was changed.
    pub async fn change_to(&self, verification: VerificationChoice) -> Result<(), Failure> {
        match verification {
            VerificationChoice::Os => {
                let _verified = self.ask_os().await.map_err(Failure::OsVerification)?;
            }
            VerificationChoice::Pin if !self.allows(VerificationMethod::AppPin) => {
                return Err(Failure::Pin(PinError::NotAllowed));
            }
            VerificationChoice::Pin if self.pin.state().await? == PinState::NotSet => {
                return Err(Failure::Pin(PinError::NotSet));
            }
            VerificationChoice::Pin => {}
        }
        self.choose(verification)
    }

    /// Remembers what the person chose.
    ///
    /// # Errors
    ///
    /// [`Failure::Settings`]
    pub fn choose(&self, verification: VerificationChoice) -> Result<(), Failure> {
        let settings = Settings::read(&self.dir).map_err(Failure::Settings)?;
        Settings {
            verification,
            ..settings
        }
        .write(&self.dir)
        .map_err(Failure::Settings)
    }

    fn chosen(&self) -> Result<VerificationChoice, Failure> {
        let settings = Settings::read(&self.dir).map_err(Failure::Settings)?;
        Ok(settings.verification)
    }

    /// Opens the vault before anything goes on air, so that a locked keyring is known in time, and tells whether the
    /// user can be verified.
    pub(crate) async fn prepare(&self) -> Result<UserVerificationState, Failure> {
        self.pin.blocking(|vault| Ok(vault.prepare()?)).await?;
        Ok(match self.way().await? {
            Some(Way::Pin | Way::OperatingSystem) => UserVerificationState::Configured,
            None => UserVerificationState::NotConfigured,
        })
    }
}

/// What was chosen if it can be had, otherwise the PIN. The operating system asks nobody who did not choose it.
fn way(chosen: VerificationChoice, pin: bool, os_asks: bool) -> Option<Way> {
    match chosen {
        VerificationChoice::Os if os_asks => Some(Way::OperatingSystem),
        VerificationChoice::Os | VerificationChoice::Pin if pin => Some(Way::Pin),
        VerificationChoice::Os | VerificationChoice::Pin => None,
    }
}

/// The PIN of a device.
#[derive(Clone)]
pub struct PinCheck(Vault);

impl<T, A> Device<T, A> {
    /// The device's PIN.
    #[must_use]
    pub fn pin(&self) -> PinCheck {
        PinCheck(self.vault.clone())
    }

    /// How the device verifies its user.
    #[must_use]
    pub fn verification(&self) -> Verification {
        Verification::new(self.vault.clone(), self.dir.clone(), Arc::clone(&self.os))
    }
}

impl PinCheck {
    /// Whether a PIN is set and may be tried.
    ///
    /// # Errors
    ///
    /// [`Failure::Pin`] when the keyring can't be read.
    pub async fn state(&self) -> Result<PinState, Failure> {
        self.blocking(|vault| vault.pin(now())).await
    }

    /// Sets the first PIN.
    ///
    /// # Errors
    ///
    /// [`Failure::Pin`] when there is one already or the keyring can't be written.
    pub async fn set(&self, pin: Pin) -> Result<(), Failure> {
        self.blocking(move |vault| vault.set_pin(&pin, now())).await
    }

    /// Verifies the user for one ceremony.
    ///
    /// # Errors
    ///
    /// [`Failure::Pin`]: wrong, to be waited for, or not to be read.
    pub async fn verify(&self, pin: Pin) -> Result<UserVerified, Failure> {
        self.blocking(move |vault| vault.verify_pin(&pin, now())).await
    }

    async fn blocking<O: Send + 'static>(
        &self,
        work: impl FnOnce(&Vault) -> Result<O, PinError> + Send + 'static,
    ) -> Result<O, Failure> {
        let vault = self.0.clone();
        tokio::task::spawn_blocking(move || work(&vault))
            .await
            .map_err(Failure::Thread)?
            .map_err(Failure::Pin)
    }
}

impl std::fmt::Debug for PinCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PinCheck")
    }
}

/// The time of day. A clock set before 1970 counts as 1970.
#[must_use]
pub fn now() -> UnixTime {
    UnixTime(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
    )
}
