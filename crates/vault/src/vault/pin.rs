//! Setting, changing and checking the app PIN.

use std::time::Duration;

use roamkey_authenticator::{UnixTime, UserVerificationState, UserVerified, VerificationMethod};

use super::Vault;
use crate::clock::Moment;
use crate::folder::FileLock;
use crate::pin::{Attempts, PIN_RESET_WAIT, PIN_USER, Pin, PinError, PinItem, PinReset, PinState};
use crate::record::RecordError;
use crate::{Activity, Event, KeyringError, VaultError, fault};

impl Vault {
    /// Tells whether there is a PIN and whether it may be tried.
    ///
    /// # Errors
    ///
    /// The keyring's, or [`PinError::Item`].
    pub fn pin(&self, now: UnixTime) -> Result<PinState, PinError> {
        Ok(self.pin_item()?.map_or(PinState::NotSet, |item| PinState::Set {
            tries_left: item.attempts.tries_left(),
            wait: item.attempts.wait(&Moment::new(now)),
        }))
    }

    /// Tells the authenticator whether the PIN can verify its user: it is set, and the policy allows it.
    ///
    /// # Errors
    ///
    /// As [`pin`](Self::pin).
    pub fn user_verification(&self) -> Result<UserVerificationState, PinError> {
        let is_allowed = self.policy.allows(VerificationMethod::AppPin);
        Ok(match self.pin_item()? {
            Some(_) if is_allowed => UserVerificationState::Configured,
            Some(_) | None => UserVerificationState::NotConfigured,
        })
    }

    /// Sets the PIN for the first time.
    ///
    /// # Errors
    ///
    /// [`PinError::AlreadySet`], [`PinError::ShorterThanPolicy`], or the keyring's.
    pub fn set_pin(&self, pin: &Pin, now: UnixTime) -> Result<(), PinError> {
        pin.is_long_enough(&self.policy)?;
        let lock = self.lock_pin()?;
        if self.pin_item()?.is_some() {
            return Err(PinError::AlreadySet);
        }
        self.put_pin_item(&PinItem::new(pin)?, &lock)?;
        drop(lock);
        self.note_done(&Activity::of(Event::PinSet), now);
        Ok(())
    }

    /// Puts another PIN in the place of the present one, which is checked as [`verify_pin`](Self::verify_pin) checks.
    ///
    /// # Errors
    ///
    /// Those of [`verify_pin`](Self::verify_pin), about the present PIN; [`PinError::ShorterThanPolicy`] about the new
    /// one, before the present one is looked at.
    pub fn change_pin(&self, present: &Pin, new: &Pin, now: UnixTime) -> Result<(), PinError> {
        new.is_long_enough(&self.policy)?;
        let lock = self.lock_pin()?;
        self.check_pin(present, &Moment::new(now), &lock)?;
        self.put_pin_item(&PinItem::new(new)?, &lock)?;
        drop(lock);
        self.note_done(&Activity::of(Event::PinChanged), now);
        Ok(())
    }

    /// Removes the PIN for somebody who does not know it any more, so that another one can be set. No passkey is lost.
    ///
    /// With `verified`, from the operating system's check, at once. Without, it takes two calls, the second after
    /// [`PIN_RESET_WAIT`](crate::PIN_RESET_WAIT) during which this machine was on; until then the PIN goes on to work,
    /// and using it calls the reset off. So nobody is locked out for ever, and somebody who passes by an unlocked screen
    /// gets nothing. A restart of the machine begins the wait anew, whatever the clock is set to.
    ///
    /// A PIN whose item in the keyring is damaged can be reset in the same way.
    ///
    /// # Errors
    ///
    /// [`PinError::NotSet`], [`PinError::Item`] if a newer version of this program has set the PIN,
    /// [`PinError::NotAllowed`] if the policy does not count how the user was verified; the keyring's.
    pub fn reset_pin(&self, verified: Option<UserVerified>, now: UnixTime) -> Result<PinReset, PinError> {
        let reset = self.reset_pin_at(verified, &Moment::new(now))?;
        if reset == PinReset::Done {
            self.note_done(&Activity::of(Event::PinReset), now);
        }
        Ok(reset)
    }

    pub(super) fn reset_pin_at(
        &self,
        verified: Option<UserVerified>,
        now: &Moment,
    ) -> Result<PinReset, PinError> {
        if verified
            .as_ref()
            .is_some_and(|verified| !self.policy.allows(verified.method()))
        {
            return Err(PinError::NotAllowed);
        }
        let lock = self.lock_pin()?;
        let mut item = match self.pin_item() {
            Ok(item) => item.ok_or(PinError::NotSet)?,
            Err(error) if is_damage(&error) => PinItem::that_no_pin_fits()?,
            Err(error) => return Err(error),
        };
        // A clock that was ahead when the reset was asked for must not prolong it by as much.
        item.reset_since = item.reset_since.filter(|since| !now.is_before(since));
        let reset = match (verified, item.reset_wait(now)) {
            (Some(_), _) | (None, Some(None)) => PinReset::Done,
            (None, Some(Some(wait))) => PinReset::Waiting { wait },
            (None, None) => {
                item.reset_since = Some(*now);
                PinReset::Waiting { wait: PIN_RESET_WAIT }
            }
        };
        match reset {
            PinReset::Done => {
                self.keyring.delete(PIN_USER).map_err(VaultError::from)?;
            }
            PinReset::Waiting { .. } => self.put_pin_item(&item, &lock)?,
        }
        Ok(reset)
    }

    /// How long until the PIN can be reset without being verified; `None` if nobody has asked for that. Worth telling
    /// at every prompt: it may not have been the owner who asked.
    ///
    /// # Errors
    ///
    /// As [`pin`](Self::pin).
    pub fn pin_reset(&self, now: UnixTime) -> Result<Option<Duration>, PinError> {
        let wait = self
            .pin_item()?
            .and_then(|item| item.reset_wait(&Moment::new(now)));
        Ok(wait.map(Option::unwrap_or_default))
    }

    /// Checks a PIN. The try is counted in the keyring before the PIN is looked at.
    ///
    /// # Errors
    ///
    /// [`PinError::Wrong`], [`PinError::Wait`] without having looked at it, [`PinError::NotSet`]; the keyring's, in
    /// which case nobody was verified. On a managed device [`PinError::NotAllowed`], and
    /// [`PinError::ShorterThanPolicy`] for a PIN that is right and must be changed first.
    pub fn verify_pin(&self, pin: &Pin, now: UnixTime) -> Result<UserVerified, PinError> {
        self.verify_pin_at(pin, &Moment::new(now))
    }

    pub(super) fn verify_pin_at(&self, pin: &Pin, now: &Moment) -> Result<UserVerified, PinError> {
        if !self.policy.allows(VerificationMethod::AppPin) {
            return Err(PinError::NotAllowed);
        }
        let lock = self.lock_pin()?;
        self.check_pin(pin, now, &lock)?;
        pin.is_long_enough(&self.policy)?;
        Ok(UserVerified::by(VerificationMethod::AppPin))
    }

    fn check_pin(&self, pin: &Pin, now: &Moment, lock: &FileLock) -> Result<(), PinError> {
        let mut item = self.pin_item()?.ok_or(PinError::NotSet)?;
        if let Some(anew) = item.attempts.begin_delay_anew(*now) {
            item.attempts = anew;
            self.put_pin_item(&item, lock)?;
        }
        if let Some(wait) = item.attempts.wait(now) {
            return Err(PinError::Wait { wait });
        }
        item.attempts = item.attempts.with_one_more(*now);
        self.put_pin_item(&item, lock)?;
        fault::point("try counted");
        if !item.is(pin)? {
            let (tries_left, wait) = (item.attempts.tries_left(), item.attempts.wait(now));
            tracing::info!(tries_left, "a wrong PIN");
            return Err(PinError::Wrong { tries_left, wait });
        }
        item.attempts = Attempts::default();
        item.reset_since = None;
        // The person is who they say; a count that could not be set back costs them a try the next time.
        if let Err(error) = self.put_pin_item(&item, lock) {
            tracing::warn!(%error, "the count of wrong PINs could not be set back");
        }
        Ok(())
    }

    fn pin_item(&self) -> Result<Option<PinItem>, PinError> {
        match self.keyring.get(PIN_USER).map_err(VaultError::from)? {
            Some(bytes) => PinItem::decode(&bytes).map(Some).map_err(PinError::Item),
            None => Ok(None),
        }
    }

    /// Writes the item and sees that it was kept: a keyring that forgets would make the count worthless.
    fn put_pin_item(&self, item: &PinItem, _lock: &FileLock) -> Result<(), PinError> {
        let bytes = item.encode();
        self.keyring.replace(PIN_USER, &bytes).map_err(VaultError::from)?;
        match self.keyring.get(PIN_USER) {
            Ok(Some(kept)) if *kept == *bytes => Ok(()),
            Ok(_) => Err(VaultError::NotKept.into()),
            Err(error) => Err(VaultError::Keyring(error).into()),
        }
    }

    fn lock_pin(&self) -> Result<FileLock, PinError> {
        Ok(self.folder.lock_pin(PIN_LOCK_LIMIT).map_err(VaultError::from)?)
    }
}

/// Whether the item is there, and no version of this program can read it.
fn is_damage(error: &PinError) -> bool {
    match error {
        PinError::Item(RecordError::NewerVersion(_)) => false,
        PinError::Item(_) | PinError::Vault(VaultError::Keyring(KeyringError::Garbled)) => true,
        PinError::Wrong { .. }
        | PinError::Wait { .. }
        | PinError::NotSet
        | PinError::AlreadySet
        | PinError::NotAllowed
        | PinError::ShorterThanPolicy { .. }
        | PinError::Hash(_)
        | PinError::Vault(_) => false,
    }
}

/// Another process checks a PIN for less than a second, unless its keyring asks for a password.
const PIN_LOCK_LIMIT: Duration = Duration::from_secs(30);
