//! The Bluetooth advert: proof of proximity (CTAP 2.3 §11.5.1).
//!
//! ```text
//! EID plaintext, 16 bytes    00 ‖ nonce (10) ‖ routing ID (3) ‖ LE16(tunnel service)
//! advert, 20 bytes           ciphertext (16) ‖ tag (4)
//! ciphertext                 AES-256-ECB(key[0..32], plaintext)
//! tag                        HMAC-SHA-256(key[32..64], ciphertext)[0..4]
//! ```
//!
//! The advert is the service data of a 16-bit service UUID: `FFF9` (FIDO Alliance), in older products `FDE2`. A
//! client platform tries its key on every advert it hears; the tag tells whether it was meant. Service data longer
//! than 20 bytes carries a CBOR map behind the advert (CTAP 2.3, Bluetooth data channel), which is left alone.

use aes::Aes256;
use aes::cipher::KeyInit as _;
use aes::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _};
use hmac::Mac as _;
use zeroize::Zeroize as _;

use crate::mac::hmac_sha256;
use crate::secret::{Eid, EidKey};
use crate::{DomainError, RoutingId, TunnelDomain};

/// What goes on air: 20 bytes, 16 of ciphertext and 4 of tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Advert([u8; 20]);

impl Advert {
    /// Length in bytes.
    pub const LENGTH: usize = 20;

    /// Takes the advert off the front of the service data of a Bluetooth advertisement.
    ///
    /// # Errors
    ///
    /// [`AdvertError::Short`] for less than 20 bytes.
    pub fn from_service_data(data: &[u8]) -> Result<Self, AdvertError> {
        data.first_chunk()
            .copied()
            .map(Self)
            .ok_or(AdvertError::Short { actual: data.len() })
    }

    /// Lends the bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl std::fmt::Debug for Advert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Advert")
    }
}

/// Why an advert is not for us. Usually it is another transaction's, and no one is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdvertError {
    /// Shorter than 20 bytes.
    #[error("service data of {actual} bytes is too short for an advert")]
    Short {
        /// Length of the service data in bytes.
        actual: usize,
    },
    /// The tag was not made with our key.
    #[error("the advert is not for this transaction")]
    Foreign,
    /// The tag fits, and the reserved first byte is not zero.
    #[error("the advert has a form that is reserved for later")]
    Reserved,
    /// The tag fits, and the tunnel service has no host name.
    #[error("the advert names a tunnel service that does not exist")]
    Domain(#[source] DomainError),
}

impl Eid {
    /// Puts the plaintext together.
    pub(crate) fn new(nonce: [u8; 10], routing_id: RoutingId, service: TunnelDomain) -> Self {
        let mut plaintext = Self::from_bytes([0; 16]);
        let service = service.id().to_le_bytes();
        let fields = [&nonce[..], routing_id.as_bytes(), &service]
            .into_iter()
            .flatten();
        for (byte, field) in plaintext.expose_mut().iter_mut().skip(1).zip(fields) {
            *byte = *field;
        }
        plaintext
    }

    /// Encrypts it.
    pub(crate) fn seal(&self, key: &EidKey) -> Advert {
        let (cipher_key, mac_key) = halves(key);
        let mut block = (*self.expose()).into();
        Aes256::new(cipher_key.into()).encrypt_block(&mut block);
        let tag = hmac_sha256(mac_key).chain_update(block).finalize().into_bytes();
        let mut advert = [0; Advert::LENGTH];
        for (byte, part) in advert.iter_mut().zip(block.iter().chain(tag.iter())) {
            *byte = *part;
        }
        Advert(advert)
    }

    /// Verifies the tag, then decrypts. The tunnel service is not looked at.
    ///
    /// # Errors
    ///
    /// [`AdvertError::Foreign`] and [`AdvertError::Reserved`].
    pub(crate) fn open(advert: &Advert, key: &EidKey) -> Result<Self, AdvertError> {
        let (cipher_key, mac_key) = halves(key);
        let (ciphertext, tag) = advert.0.split_first_chunk::<16>().ok_or(AdvertError::Foreign)?;
        hmac_sha256(mac_key)
            .chain_update(ciphertext)
            .verify_truncated_left(tag)
            .map_err(|_| AdvertError::Foreign)?;
        let mut block = (*ciphertext).into();
        Aes256::new(cipher_key.into()).decrypt_block(&mut block);
        let plaintext = Self::from_bytes(block.into());
        block.as_mut_slice().zeroize();
        match plaintext.expose() {
            [0, ..] => Ok(plaintext),
            _ => Err(AdvertError::Reserved),
        }
    }

    /// Where the tunnel is.
    pub(crate) fn routing_id(&self) -> RoutingId {
        let [.., a, b, c, _, _] = *self.expose();
        RoutingId::from_bytes([a, b, c])
    }

    /// Which tunnel service has it.
    pub(crate) fn service(&self) -> Result<TunnelDomain, DomainError> {
        let [.., low, high] = *self.expose();
        TunnelDomain::new(u16::from_le_bytes([low, high]))
    }
}

/// The AES key and the HMAC key.
fn halves(key: &EidKey) -> (&[u8; 32], &[u8; 32]) {
    let (cipher_key, mac_key) = key.expose().split_at(32);
    // Both halves are 32 bytes long, whatever the key.
    (
        cipher_key.first_chunk().unwrap_or(&[0; 32]),
        mac_key.first_chunk().unwrap_or(&[0; 32]),
    )
}
