//! Messages of an established channel: a type byte, then the payload (CTAP 2.3 §11.5).
//!
//! | type | direction | payload |
//! |---|---|---|
//! | 0 shutdown | client platform → authenticator | none |
//! | 1 CTAP | both | command byte ‖ CBOR, or status byte ‖ CBOR |
//! | 2 update | authenticator → client platform | CBOR, see [`crate::linking`] |
//! | 3 JSON | both | digital credentials |
//!
//! The first message of the authenticator has no type byte and is not one of these: see [`crate::first_message`].

use std::fmt;

/// A message of an established channel.
#[derive(Clone, PartialEq, Eq)]
pub enum Message {
    /// The client platform is done.
    Shutdown,
    /// A CTAP2 request (command byte ‖ CBOR) or response (status byte ‖ CBOR).
    Ctap(Vec<u8>),
    /// News about the link between authenticator and client platform. It may come at any time, even between a request
    /// and its response and after the shutdown.
    Update(Vec<u8>),
    /// A digital-credentials request or response, UTF-8 JSON.
    Json(Vec<u8>),
}

impl Message {
    /// Reads a decrypted message without its padding.
    ///
    /// Bytes after a shutdown are ignored: the standard defines none, and there is nothing left to say.
    ///
    /// # Errors
    ///
    /// [`MessageError::Empty`] and [`MessageError::UnknownType`].
    pub fn from_plaintext(plaintext: &[u8]) -> Result<Self, MessageError> {
        let (kind, payload) = plaintext.split_first().ok_or(MessageError::Empty)?;
        match *kind {
            SHUTDOWN => Ok(Self::Shutdown),
            CTAP => Ok(Self::Ctap(payload.to_vec())),
            UPDATE => Ok(Self::Update(payload.to_vec())),
            JSON => Ok(Self::Json(payload.to_vec())),
            kind => Err(MessageError::UnknownType { kind }),
        }
    }

    /// Writes the type byte and the payload.
    #[must_use]
    pub fn to_plaintext(&self) -> Vec<u8> {
        let (kind, payload) = self.parts();
        let mut plaintext = Vec::with_capacity(payload.len() + 1 + crate::padding::BLOCK);
        plaintext.push(kind);
        plaintext.extend_from_slice(payload);
        plaintext
    }

    fn parts(&self) -> (u8, &[u8]) {
        match self {
            Self::Shutdown => (SHUTDOWN, &[]),
            Self::Ctap(payload) => (CTAP, payload),
            Self::Update(payload) => (UPDATE, payload),
            Self::Json(payload) => (JSON, payload),
        }
    }
}

impl fmt::Debug for Message {
    /// Prints the type and the length only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shutdown => f.write_str("Shutdown"),
            Self::Ctap(payload) => write!(f, "Ctap({} bytes)", payload.len()),
            Self::Update(payload) => write!(f, "Update({} bytes)", payload.len()),
            Self::Json(payload) => write!(f, "Json({} bytes)", payload.len()),
        }
    }
}

/// Why decrypted bytes are not a message. The other end broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// There is not even a type byte.
    #[error("a message without a type")]
    Empty,
    /// The type byte is larger than 3.
    #[error("a message of unknown type {kind}")]
    UnknownType {
        /// The type byte.
        kind: u8,
    },
}

const SHUTDOWN: u8 = 0;
const CTAP: u8 = 1;
const UPDATE: u8 = 2;
const JSON: u8 = 3;
