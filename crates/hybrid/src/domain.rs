//! Tunnel services by number (CTAP 2.3 §11.5.1).
//!
//! | id | host |
//! |---|---|
//! | 0 | `cable.ua5v.com` (Google) |
//! | 1 | `cable.auth.com` (Apple) |
//! | 2–255 | unassigned |
//! | 256–65535 | `cable.` ‖ hash of the id ‖ `.com`, `.org`, `.net` or `.info` |
//!
//! A hashed name comes from the first eight bytes, read as a little-endian integer, of
//! SHA-256(`caBLEv2 tunnel server domain` ‖ LE16(id) ‖ `00`): two bits choose the top-level domain, the rest are
//! letters of five bits each, lowest first, until nothing is left. The name's length varies.

use sha2::{Digest as _, Sha256};

/// The number of a tunnel service that has a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TunnelDomain(u16);

impl TunnelDomain {
    /// `cable.ua5v.com`, which every client platform knows.
    pub const GOOGLE: Self = Self(0);

    /// Takes the number of a tunnel service.
    ///
    /// # Errors
    ///
    /// [`DomainError::Unassigned`] for 2 to 255.
    pub const fn new(id: u16) -> Result<Self, DomainError> {
        if id < ASSIGNED || id >= FIRST_HASHED {
            Ok(Self(id))
        } else {
            Err(DomainError::Unassigned { id })
        }
    }

    /// The number, little-endian in an advert.
    #[must_use]
    pub const fn id(self) -> u16 {
        self.0
    }

    /// Tells whether the host name is a hash of the number, so that every client platform knows it.
    #[must_use]
    pub const fn is_hashed(self) -> bool {
        self.0 >= FIRST_HASHED
    }

    /// The host name.
    #[must_use]
    pub fn host(self) -> String {
        match self.0 {
            0 => "cable.ua5v.com".to_owned(),
            1 => "cable.auth.com".to_owned(),
            id => hashed_host(id),
        }
    }
}

/// Why a number names no tunnel service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DomainError {
    /// 2 to 255 are kept for later assignment.
    #[error("tunnel service {id} is unassigned")]
    Unassigned {
        /// The number.
        id: u16,
    },
}

fn hashed_host(id: u16) -> String {
    let digest = Sha256::new()
        .chain_update("caBLEv2 tunnel server domain")
        .chain_update(id.to_le_bytes())
        .chain_update([0])
        .finalize();
    let mut value = digest
        .iter()
        .take(8)
        .rev()
        .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    let tld = match value & 3 {
        0 => ".com",
        1 => ".org",
        2 => ".net",
        _ => ".info",
    };
    value >>= 2;
    let mut host = "cable.".to_owned();
    while value != 0 {
        let letter = usize::try_from(value & 31)
            .ok()
            .and_then(|index| ALPHABET.get(index));
        host.extend(letter.copied().map(char::from));
        value >>= 5;
    }
    host.push_str(tld);
    host
}

/// Assigned numbers are below this.
const ASSIGNED: u16 = 2;
/// Hashed numbers start here.
const FIRST_HASHED: u16 = 256;
/// The letters of a hashed name, one for five bits.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
