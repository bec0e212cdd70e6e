//! Advertising and listening over Bluetooth LE: the proximity proof of the hybrid transport (CTAP 2.3 §11.5).
//!
//! The authenticator broadcasts one advertisement whose only content is service data: 16-bit UUID `FFF9`, exactly
//! 20 bytes (16 bytes of ciphertext, 4 of tag). A client platform that hears it knows that the authenticator is near.
//! It stays on air from the moment the tunnel exists until the first handshake message, at most [`LONGEST_ON_AIR`].
//!
//! Which systems can do that with what they offer to programs:
//!
//! | system | how | state |
//! |---|---|---|
//! | Linux | BlueZ, `org.bluez.LEAdvertisingManager1` on the system bus | works |
//! | Windows | `BluetoothLEAdvertisementPublisher` reserves service data for the system | [`AirError::Unsupported`] |
//! | macOS | `CBPeripheralManager` takes a local name and service UUIDs only | [`AirError::Unsupported`] |
//!
//! A client platform listens for it with [`Scanner`], on Linux through BlueZ as well; the other systems would let a
//! program listen, and nobody has tried there yet.
//!
//! ```no_run
//! # async fn on_air(advert: roamkey_hybrid::Advert) -> Result<(), roamkey_session::AirError> {
//! use roamkey_ble::Advertiser;
//! use roamkey_session::{Advertising as _, Air as _};
//!
//! let advertiser = Advertiser::new();
//! println!("on air by {}", advertiser.probe().await?.name());
//! let advertising = advertiser.advertise(&advert).await?;
//! // … until the first handshake message …
//! advertising.stop().await;
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

use std::time::Duration;

#[cfg(target_os = "linux")]
mod bluez;
#[cfg(not(target_os = "linux"))]
mod unsupported;

#[cfg(target_os = "linux")]
pub use bluez::{Advertiser, Listening, OnAir, Scanner};
#[cfg(not(target_os = "linux"))]
pub use unsupported::{Advertiser, Listening, OnAir, Scanner};

pub use roamkey_session::AirError;

/// Says whether this machine can advertise right now, and with which adapter.
///
/// Asks what [`Advertiser::advertise`](roamkey_session::Air::advertise) would ask; nothing goes on air.
///
/// # Errors
///
/// The reason why nothing can be advertised: each variant of [`AirError`] has one remedy.
pub async fn probe() -> Result<AdapterInfo, AirError> {
    Advertiser::new().probe().await
}

/// The Bluetooth adapter that an advert would go out by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterInfo {
    name: String,
    free_slots: Option<u8>,
}

impl AdapterInfo {
    /// The name the system gave the adapter, on Linux `hci0`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many more advertisements the adapter can send at the same time, if the system says so.
    #[must_use]
    pub fn free_slots(&self) -> Option<u8> {
        self.free_slots
    }
}

/// The longest that an advert stays on air, whatever happens to this process: 2 minutes, as long as a client platform
/// listens after it drew its QR code.
pub const LONGEST_ON_AIR: Duration = Duration::from_secs(120);
