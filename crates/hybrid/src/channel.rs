//! The encrypted channel after the handshake (CTAP 2.3 §11.5).
//!
//! ```text
//! frame      AES-256-GCM(key, nonce, padded message), no associated data: ciphertext ‖ tag (16)
//! nonce      8 zero bytes ‖ BE32(counter), one key and one counter per direction, both from 0
//! ```
//!
//! Frames arrive in order or not at all, so the counter is not sent. A frame that fails does not move it.

use std::fmt;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use zeroize::Zeroizing;

use crate::message::{Message, MessageError};
use crate::padding;
use crate::secret::TrafficKey;

/// The encrypted channel between an authenticator and a client platform, at either end.
pub struct Channel {
    sealing: Direction,
    opening: Direction,
    framing: Framing,
}

impl Channel {
    /// Decrypts the next frame.
    ///
    /// # Errors
    ///
    /// [`ChannelError::FrameTooLong`], [`ChannelError::Undecryptable`], [`ChannelError::Padding`],
    /// [`ChannelError::Message`] and [`ChannelError::Exhausted`]. After any of them the tunnel should be closed.
    pub fn open(&mut self, frame: &[u8]) -> Result<Message, ChannelError> {
        let plaintext = Zeroizing::new(self.open_plaintext(frame)?);
        match self.framing {
            Framing::Typed => Message::from_plaintext(&plaintext).map_err(ChannelError::Message),
            Framing::Untyped => Ok(Message::Ctap(plaintext.to_vec())),
        }
    }

    /// Encrypts a message into the next frame.
    ///
    /// # Errors
    ///
    /// [`ChannelError::MessageTooLong`], [`ChannelError::Exhausted`] and, towards an authenticator of revision 0,
    /// [`ChannelError::NotInRevision`].
    pub fn seal(&mut self, message: &Message) -> Result<Vec<u8>, ChannelError> {
        match (self.framing, message) {
            (Framing::Typed, _) => self.seal_plaintext(message.to_plaintext()),
            (Framing::Untyped, Message::Ctap(payload)) => self.seal_plaintext(payload.clone()),
            (Framing::Untyped, Message::Shutdown | Message::Update(_) | Message::Json(_)) => {
                Err(ChannelError::NotInRevision)
            }
        }
    }

    pub(crate) fn new(sealing: &TrafficKey, opening: &TrafficKey) -> Self {
        Self {
            sealing: Direction::new(sealing),
            opening: Direction::new(opening),
            framing: Framing::Typed,
        }
    }

    /// Pretends that frames went by before.
    #[cfg(test)]
    pub(crate) fn at_counters(mut self, sent: u32, received: u32) -> Self {
        (self.sealing.counter, self.opening.counter) = (sent, received);
        self
    }

    /// Goes on without type bytes, as authenticators of revision 0 do.
    pub(crate) fn untyped(self) -> Self {
        Self {
            framing: Framing::Untyped,
            ..self
        }
    }

    /// Decrypts the next frame and leaves the type byte, if there is one, where it is.
    pub(crate) fn open_plaintext(&mut self, frame: &[u8]) -> Result<Vec<u8>, ChannelError> {
        if frame.len() > MAX_FRAME {
            return Err(ChannelError::FrameTooLong { actual: frame.len() });
        }
        padding::unpad(self.opening.open(frame)?).ok_or(ChannelError::Padding)
    }

    /// Encrypts a plaintext, with its type byte if it has one, into the next frame.
    pub(crate) fn seal_plaintext(&mut self, mut plaintext: Vec<u8>) -> Result<Vec<u8>, ChannelError> {
        let length = plaintext.len();
        padding::pad(&mut plaintext);
        if plaintext.len() + TAG > MAX_FRAME {
            return Err(ChannelError::MessageTooLong { actual: length });
        }
        self.sealing.seal(plaintext)
    }

    /// Encrypts bytes as they are into the next frame: with a padding of another kind, of unknown type, or without any
    /// message in them. For tests of the other end.
    ///
    /// # Errors
    ///
    /// [`ChannelError::MessageTooLong`] and [`ChannelError::Exhausted`].
    pub fn seal_raw(&mut self, padded: Vec<u8>) -> Result<Vec<u8>, ChannelError> {
        if padded.len() + TAG > MAX_FRAME {
            return Err(ChannelError::MessageTooLong { actual: padded.len() });
        }
        self.sealing.seal(padded)
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("sent", &self.sealing.counter)
            .field("received", &self.opening.counter)
            .finish_non_exhaustive()
    }
}

/// Why a frame was not opened or a message not sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// The other end sent more than [`MAX_FRAME`] bytes.
    #[error("a frame of {actual} bytes is too long")]
    FrameTooLong {
        /// Length of the frame in bytes.
        actual: usize,
    },
    /// The frame was not made with this channel's key and counter: damaged, repeated, out of order or forged.
    #[error("a frame could not be decrypted")]
    Undecryptable,
    /// The padding is longer than the message.
    #[error("a frame is padded beyond its length")]
    Padding,
    /// The frame holds no message.
    #[error("a frame holds no message")]
    Message(#[source] MessageError),
    /// Our message gives a frame of more than [`MAX_FRAME`] bytes.
    #[error("a message of {actual} bytes is too long to send")]
    MessageTooLong {
        /// Length of the message in bytes.
        actual: usize,
    },
    /// An authenticator of revision 0 understands CTAP messages only.
    #[error("the authenticator is too old for this message")]
    NotInRevision,
    /// All counters of one direction are used up.
    #[error("the channel has carried all the frames it may carry")]
    Exhausted,
}

/// The longest frame, in bytes, that is sent or accepted: Chromium's limit for one message, 1 MiB.
pub const MAX_FRAME: usize = 1 << 20;

/// Whether messages begin with a type byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    /// Revision 1.
    Typed,
    /// Revision 0: everything is CTAP.
    Untyped,
}

/// One direction of a channel: its cipher and the number of frames so far.
struct Direction {
    cipher: Aes256Gcm,
    counter: u32,
}

impl Direction {
    fn new(key: &TrafficKey) -> Self {
        Self {
            cipher: Aes256Gcm::new(key.expose().into()),
            counter: 0,
        }
    }

    fn seal(&mut self, mut padded: Vec<u8>) -> Result<Vec<u8>, ChannelError> {
        let nonce = self.nonce()?;
        self.cipher
            .encrypt_in_place(&nonce.into(), &[], &mut padded)
            .map_err(|_| ChannelError::MessageTooLong { actual: padded.len() })?;
        self.counter += 1;
        Ok(padded)
    }

    fn open(&mut self, frame: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let nonce = self.nonce()?;
        let mut buffer = frame.to_vec();
        self.cipher
            .decrypt_in_place(&nonce.into(), &[], &mut buffer)
            .map_err(|_| ChannelError::Undecryptable)?;
        self.counter += 1;
        Ok(buffer)
    }

    fn nonce(&self) -> Result<[u8; 12], ChannelError> {
        if self.counter > LAST_COUNTER {
            return Err(ChannelError::Exhausted);
        }
        let [a, b, c, d] = self.counter.to_be_bytes();
        Ok([0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d])
    }
}

/// Length of an AES-GCM tag in bytes.
const TAG: usize = 16;
/// The counter of the last frame of a direction: Chromium's limit.
const LAST_COUNTER: u32 = (1 << 24) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> TrafficKey {
        TrafficKey::from_bytes([7; 32])
    }

    fn pair() -> (Channel, Channel) {
        (Channel::new(&key(), &key()), Channel::new(&key(), &key()))
    }

    #[test]
    fn the_last_counter_is_used_and_none_after_it() {
        let (sender, receiver) = pair();
        let (mut sender, mut receiver) = (
            sender.at_counters(LAST_COUNTER, 0),
            receiver.at_counters(0, LAST_COUNTER),
        );
        let last = sender.seal(&Message::Shutdown).unwrap();
        assert_eq!(sender.seal(&Message::Shutdown), Err(ChannelError::Exhausted));
        assert_eq!(receiver.open(&last), Ok(Message::Shutdown));
        assert_eq!(receiver.open(&last), Err(ChannelError::Exhausted));
    }

    #[test]
    fn a_message_without_a_type_is_refused() {
        let (mut sender, mut receiver) = pair();
        let frame = sender.seal_plaintext(Vec::new()).unwrap();
        assert_eq!(
            receiver.open(&frame),
            Err(ChannelError::Message(MessageError::Empty))
        );
    }

    #[test]
    fn a_message_of_unknown_type_is_refused() {
        let (mut sender, mut receiver) = pair();
        for kind in 4..=255 {
            let frame = sender.seal_plaintext(vec![kind, 1, 2]).unwrap();
            assert_eq!(
                receiver.open(&frame),
                Err(ChannelError::Message(MessageError::UnknownType { kind }))
            );
        }
    }

    #[test]
    fn a_shutdown_may_carry_anything() {
        let (mut sender, mut receiver) = pair();
        let frame = sender.seal_plaintext(vec![0, 1, 2]).unwrap();
        assert_eq!(receiver.open(&frame), Ok(Message::Shutdown));
    }

    #[test]
    fn padding_before_the_type_byte_is_taken() {
        // libwebauthn: type byte, then the padded payload; 33 bytes in all.
        let mut receiver = pair().1;
        let mut padded = vec![1, 4];
        padded.resize(32, 0);
        padded.push(30);
        let frame = Direction::new(&key()).seal(padded).unwrap();
        assert_eq!(receiver.open(&frame), Ok(Message::Ctap(vec![4])));
    }

    #[test]
    fn padding_beyond_the_message_is_refused() {
        let mut receiver = pair().1;
        let frame = Direction::new(&key()).seal(vec![1, 4, 3]).unwrap();
        assert_eq!(receiver.open(&frame), Err(ChannelError::Padding));
    }

    #[test]
    fn revision_zero_knows_ctap_only() {
        let (sender, mut receiver) = pair();
        let mut sender = sender.untyped();
        let request = Message::Ctap(vec![2, 0xA0]);
        let frame = sender.seal(&request).unwrap();
        assert_eq!(receiver.open_plaintext(&frame).unwrap(), [2, 0xA0]);
        for message in [Message::Shutdown, Message::Update(vec![]), Message::Json(vec![])] {
            assert_eq!(sender.seal(&message), Err(ChannelError::NotInRevision));
        }
        let (mut phone, browser) = pair();
        let frame = phone.seal_plaintext(vec![0, 0xA0]).unwrap();
        assert_eq!(browser.untyped().open(&frame), Ok(Message::Ctap(vec![0, 0xA0])));
    }
}
