//! Why a handshake failed, the same for both roles and both kinds of transaction.
//!
//! The other end learns nothing of it: whatever the reason, the tunnel is closed.

pub use crate::noise::NoiseError;

/// Why a handshake failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The other end's message does not have 81 bytes.
    #[error("a handshake message of {actual} bytes instead of 81")]
    Length {
        /// Length of the message in bytes.
        actual: usize,
    },
    /// The other end's ephemeral key is no uncompressed point of the curve.
    #[error("a handshake message without an ephemeral key")]
    EphemeralKey,
    /// The other end does not know the QR code (or link) and the advert, or somebody changed its message.
    #[error("a handshake message that does not fit this transaction")]
    Rejected,
    /// The Noise library failed on our side.
    #[error("the handshake could not be computed")]
    Noise(#[source] NoiseError),
}
