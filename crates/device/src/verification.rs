//! The app PIN, without blocking: Argon2id takes its time and the keyring may ask to be unlocked.

use std::time::{SystemTime, UNIX_EPOCH};

use roamkey_authenticator::{UnixTime, UserVerificationState, UserVerified};
use roamkey_vault::{Pin, PinError, PinState, Vault};

use crate::{Device, Failure};

/// The PIN of a device, to be handed to whoever asks the person.
#[derive(Clone)]
pub struct PinCheck(Vault);

impl<T, A> Device<T, A> {
    /// The device's PIN.
    #[must_use]
    pub fn pin(&self) -> PinCheck {
        PinCheck(self.vault.clone())
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

    /// Opens the vault before anything goes on air, so that a locked keyring is known in time, and tells whether the
    /// user can be verified.
    pub(crate) async fn prepare(&self) -> Result<UserVerificationState, Failure> {
        self.blocking(|vault| {
            vault.prepare()?;
            vault.user_verification()
        })
        .await
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
