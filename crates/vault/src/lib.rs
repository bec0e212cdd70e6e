//! Passkeys in the operating system's keyring, and their sealed index.
//!
//! ```text
//!                    ┌ keyring   one item for each passkey: everything that is needed to sign; the truth
//! Vault ─────────────┤           (on a machine without one, if its owner chooses so: a file under a passphrase)
//!                    ├ activity  what happened, sealed and chained; its end is in the keyring
//!                    └ index     SQLite beside it, sealed: which passkeys there are, last use, labels; can be rebuilt
//! ```
//!
//! A locked keyring, no keyring and another keyring are errors of their own; an empty list means that there are no
//! passkeys. A passkey that is created is whole in the keyring, and read back, before its site learns of it, and a
//! process that is killed at any point leaves no passkey or a whole one (see `vault/reconcile.rs`).
//!
//! ```no_run
//! use roamkey_authenticator::UnixTime;
//! use roamkey_vault::{Pin, Vault, VaultConfig};
//!
//! let vault = Vault::open(VaultConfig::new("/home/alice/.local/share/roamkey"))?;
//! for passkey in vault.list()? {
//!     let site = passkey.rp_id.as_deref().unwrap_or("unknown");
//!     println!("{site}: {:?}", passkey.state);
//! }
//! let verified = vault.verify_pin(&Pin::new("2468".to_owned())?, UnixTime(1_795_000_000))?;
//! # let _ = verified;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod activity;
mod clock;
mod derive;
mod error;
mod fault;
mod folder;
#[doc(hidden)]
pub mod fuzzing;
mod index;
mod keyring;
mod pin;
mod policy;
mod random;
mod record;
mod vault;

pub use activity::{
    Activity, ActivityDamage, ActivityEntry, ActivityError, ActivityReport, ActivityRestart, Counts, Event,
    Month, MonthStatistics, RefusedBecause, SiteStatistics, Statistics,
};
pub use error::VaultError;
pub use index::{IndexError, NotARecordId, RecordId, SealBroken};
pub use keyring::{
    APP_ID, Backend, FileStoreError, KeyringError, Passphrase, PassphraseFormatError, SecretBytes, StoreKind,
};
pub use pin::{PIN_RESET_WAIT, Pin, PinError, PinFormatError, PinReset, PinState};
pub use policy::{Policy, PolicyError, PolicyRule};
pub use random::RandomError;
pub use record::RecordError;
pub use vault::{
    CheckReport, Holding, Import, Imported, LabelError, MAX_FOREIGN_LENGTH, PasskeyDetails, PasskeyEntry,
    PasskeyState, Query, Rebuilt, Removed, RemovedPasskey, Sort, StateFilter, Vault, VaultConfig,
};
