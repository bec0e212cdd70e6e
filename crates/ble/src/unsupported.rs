//! Systems on which a program can't send service data, and on which listening has not been tried: every call says so.

use roamkey_hybrid::Advert;
use roamkey_session::{Advertising, Air, AirError, Scanning};

use crate::AdapterInfo;

/// Advertises over Bluetooth LE; not on this system.
#[derive(Clone, Debug, Default)]
pub struct Advertiser {}

impl Advertiser {
    /// Creates an advertiser. Asks the system nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }

    /// Says whether this machine can advertise right now.
    ///
    /// # Errors
    ///
    /// Always [`AirError::Unsupported`].
    #[expect(clippy::unused_async, reason = "the same signature on every system")]
    pub async fn probe(&self) -> Result<AdapterInfo, AirError> {
        Err(unsupported())
    }
}

impl Air for Advertiser {
    type Advertising = OnAir;

    async fn advertise(&self, _: &Advert) -> Result<OnAir, AirError> {
        Err(unsupported())
    }
}

/// An advert on air; there is none on this system.
#[derive(Debug)]
pub enum OnAir {}

impl Advertising for OnAir {
    async fn stop(self) {
        match self {}
    }
}

/// Listens over Bluetooth LE; not on this system.
#[derive(Clone, Debug, Default)]
pub struct Scanner {}

impl Scanner {
    /// Creates a scanner. Asks the system nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

impl roamkey_session::Scanner for Scanner {
    type Scanning = Listening;

    async fn scan(&self) -> Result<Listening, AirError> {
        Err(AirError::Unsupported(None))
    }
}

/// A scan in progress; there is none on this system.
#[derive(Debug)]
pub enum Listening {}

impl Scanning for Listening {
    async fn next(&mut self) -> Result<Vec<u8>, AirError> {
        match *self {}
    }

    async fn stop(self) {
        match self {}
    }
}

fn unsupported() -> AirError {
    AirError::Unsupported(Some(Box::new(ServiceDataReserved)))
}

/// The reason: neither Windows nor macOS lets a program choose service data.
#[derive(Debug, thiserror::Error)]
#[error("this operating system does not let a program send Bluetooth service data")]
struct ServiceDataReserved;
