//! What an authenticator says it can do, read so that nothing it may say stops a sign-in (CTAP 2.3 §6.4).
//!
//! Over hybrid the description comes with the first message. Real ones are odd at times: without options, without
//! versions, with members of another type. One that can't be read counts as that of a plain phone: verifies its user,
//! keeps discoverable passkeys, no extensions.

use roamkey_ctap::get_info::Info;

use crate::hmac_secret;
use crate::pin_protocol::PinProtocol;

/// What an authenticator can do, as far as a client platform asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// It keeps discoverable passkeys.
    pub(crate) resident_keys: bool,
    /// It verifies its user. False if it says that it could and is not set up.
    pub(crate) user_verification: bool,
    extensions: Vec<String>,
    attestation_formats: Vec<String>,
    transports: Vec<String>,
    pin_protocol: Option<PinProtocol>,
}

impl Default for Capabilities {
    /// A plain phone.
    fn default() -> Self {
        Self {
            resident_keys: true,
            user_verification: true,
            extensions: Vec::new(),
            attestation_formats: Vec::new(),
            transports: vec![HYBRID.to_owned(), "internal".to_owned()],
            pin_protocol: None,
        }
    }
}

impl Capabilities {
    /// Reads what authenticatorGetInfo returns, CBOR without a status byte.
    #[must_use]
    pub fn from_get_info(bytes: &[u8]) -> Self {
        let Ok(info) = Info::decode(bytes) else {
            return Self::default();
        };
        let option = |name: &str| info.option(name).unwrap_or(info.options.is_empty());
        let (resident_keys, user_verification) = (option("rk"), option("uv"));
        let mut transports: Vec<String> = info
            .transports
            .into_iter()
            .filter(|transport| TRANSPORTS.contains(&transport.as_str()))
            .chain([HYBRID.to_owned()])
            .collect();
        transports.sort_unstable();
        transports.dedup();
        Self {
            resident_keys,
            user_verification,
            extensions: info.extensions,
            attestation_formats: info.attestation_formats,
            transports,
            pin_protocol: PinProtocol::choose(&info.pin_uv_auth_protocols),
        }
    }

    /// Whether it lists an extension.
    pub(crate) fn extends(&self, extension: &str) -> bool {
        self.extensions.iter().any(|own| own == extension)
    }

    /// How salts can be sealed for it, if it evaluates `prf` as `hmac-secret` only and can verify its user. `extension`
    /// is the one that carries them.
    pub(crate) fn seals(&self, extension: &str) -> Option<PinProtocol> {
        let only = !self.extends("prf") && self.extends(hmac_secret::NAME) && self.extends(extension);
        self.pin_protocol.filter(|_| only && self.user_verification)
    }

    /// Whether it can be told which attestation formats are wanted.
    pub(crate) fn chooses_formats(&self) -> bool {
        !self.attestation_formats.is_empty()
    }

    /// How its passkeys can be reached, in alphabetical order: what it says, and hybrid, which has just been seen to
    /// work.
    pub(crate) fn transports(&self) -> &[String] {
        &self.transports
    }
}

const HYBRID: &str = "hybrid";
/// WebAuthn's transports (L3 §5.8.4); phones also say `cable`, which means hybrid.
const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];
