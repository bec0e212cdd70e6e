//! The Noise handshake, and the one place that knows the library.
//!
//! | transaction | protocol name | prologue | static key |
//! |---|---|---|---|
//! | QR-initiated | `Noise_KNpsk0_P256_AESGCM_SHA256` | `01` | the client platform's, from the QR code |
//! | state-assisted | `Noise_NKpsk0_P256_AESGCM_SHA256` | `00` | the authenticator's, from the link |
//!
//! The client platform is the initiator in both. Each message is 81 bytes: an uncompressed ephemeral key (65) and the
//! tag (16) of an empty payload. The transport keys leave the library as a raw split, because its own transport stops
//! at 65,535 bytes; [`crate::channel`] does the rest.
//!
//! The library has no randomness of its own here: it is given one scalar, drawn from the caller's generator and known
//! to be on the curve. It does not wipe what it holds (the static and ephemeral scalars, the PSK, the chaining key),
//! so a handshake lives no longer than it must.

use rand_core::CryptoRng;
use snow::params::{CipherChoice, DHChoice, HashChoice};
use snow::resolvers::{CryptoResolver, DefaultResolver};
use snow::types::{Cipher, Dh, Hash, Random};
use snow::{Builder, HandshakeState};
use zeroize::{Zeroize as _, Zeroizing};

use crate::handshake::HandshakeError;
use crate::keys::{PrivateKey, PublicKey};
use crate::secret::{Psk, TrafficKey};

/// Length of each handshake message in bytes.
pub(crate) const MESSAGE: usize = 81;

/// What both ends hold after the handshake, and nobody else.
pub(crate) struct Agreement {
    /// Encrypts what the client platform sends.
    pub(crate) client_to_authenticator: TrafficKey,
    /// Encrypts what the authenticator sends.
    pub(crate) authenticator_to_client: TrafficKey,
    /// Names this handshake; public, but known only to its two ends.
    pub(crate) hash: [u8; 32],
}

/// The client platform's side between its message and the reply.
pub(crate) struct Initiator(Box<HandshakeState>);

impl Initiator {
    /// Starts the handshake of a QR-initiated transaction.
    pub(crate) fn qr_initiated(
        psk: &Psk,
        client: &PrivateKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, [u8; MESSAGE]), HandshakeError> {
        let scalar = client.to_bytes();
        let builder = builder(QR_INITIATED, rng)?
            .prologue(&QR_INITIATED.prologue)
            .map_err(failed)?;
        let builder = builder
            .psk(0, psk.expose())
            .and_then(|it| it.local_private_key(scalar.as_slice()));
        Self::start(builder.and_then(Builder::build_initiator).map_err(failed)?)
    }

    /// Starts the handshake of a state-assisted transaction.
    pub(crate) fn state_assisted(
        psk: &Psk,
        authenticator: &PublicKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, [u8; MESSAGE]), HandshakeError> {
        let point = authenticator.to_uncompressed();
        let builder = builder(STATE_ASSISTED, rng)?
            .prologue(&STATE_ASSISTED.prologue)
            .map_err(failed)?;
        let builder = builder
            .psk(0, psk.expose())
            .and_then(|it| it.remote_public_key(&point));
        Self::start(builder.and_then(Builder::build_initiator).map_err(failed)?)
    }

    /// Takes the authenticator's reply.
    pub(crate) fn finish(self, reply: &[u8]) -> Result<Agreement, HandshakeError> {
        let Self(mut state) = self;
        read(&mut state, reply)?;
        agreement(*state)
    }

    fn start(mut state: HandshakeState) -> Result<(Self, [u8; MESSAGE]), HandshakeError> {
        let message = write(&mut state)?;
        Ok((Self(Box::new(state)), message))
    }
}

/// The authenticator's side of a QR-initiated transaction: answers the client platform's message.
pub(crate) fn respond_qr_initiated(
    psk: &Psk,
    client: &PublicKey,
    message: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<([u8; MESSAGE], Agreement), HandshakeError> {
    let point = client.to_uncompressed();
    let builder = builder(QR_INITIATED, rng)?
        .prologue(&QR_INITIATED.prologue)
        .map_err(failed)?;
    let builder = builder
        .psk(0, psk.expose())
        .and_then(|it| it.remote_public_key(&point));
    respond(
        builder.and_then(Builder::build_responder).map_err(failed)?,
        message,
    )
}

/// The authenticator's side of a state-assisted transaction.
pub(crate) fn respond_state_assisted(
    psk: &Psk,
    identity: &PrivateKey,
    message: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<([u8; MESSAGE], Agreement), HandshakeError> {
    let scalar = identity.to_bytes();
    let builder = builder(STATE_ASSISTED, rng)?
        .prologue(&STATE_ASSISTED.prologue)
        .map_err(failed)?;
    let builder = builder
        .psk(0, psk.expose())
        .and_then(|it| it.local_private_key(scalar.as_slice()));
    respond(
        builder.and_then(Builder::build_responder).map_err(failed)?,
        message,
    )
}

/// A failure of the Noise library that no message of the other end can cause.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NoiseError(snow::Error);

fn respond(mut state: HandshakeState, message: &[u8]) -> Result<([u8; MESSAGE], Agreement), HandshakeError> {
    read(&mut state, message)?;
    let reply = write(&mut state)?;
    Ok((reply, agreement(state)?))
}

/// Reads a message of exactly the right length and form, so that its payload can only be empty.
fn read(state: &mut HandshakeState, message: &[u8]) -> Result<(), HandshakeError> {
    let message: &[u8; MESSAGE] = message.try_into().map_err(|_| HandshakeError::Length {
        actual: message.len(),
    })?;
    let ephemeral = message.first_chunk::<{ PublicKey::UNCOMPRESSED }>();
    ephemeral
        .and_then(|bytes| PublicKey::from_uncompressed(bytes))
        .ok_or(HandshakeError::EphemeralKey)?;
    let mut payload = [0; MESSAGE];
    match state.read_message(message, &mut payload) {
        Ok(0) => Ok(()),
        Ok(_) => Err(HandshakeError::Length {
            actual: message.len(),
        }),
        Err(snow::Error::Decrypt) => Err(HandshakeError::Rejected),
        Err(error) => Err(failed(error)),
    }
}

fn write(state: &mut HandshakeState) -> Result<[u8; MESSAGE], HandshakeError> {
    let mut message = [0; MESSAGE];
    match state.write_message(&[], &mut message).map_err(failed)? {
        MESSAGE => Ok(message),
        _ => Err(failed(snow::Error::Input)),
    }
}

fn agreement(mut state: HandshakeState) -> Result<Agreement, HandshakeError> {
    let hash = state
        .get_handshake_hash()
        .try_into()
        .map_err(|_| failed(snow::Error::Input))?;
    let (mut from_initiator, mut from_responder) = state.dangerously_get_raw_split();
    let agreement = Agreement {
        client_to_authenticator: TrafficKey::from_bytes(from_initiator),
        authenticator_to_client: TrafficKey::from_bytes(from_responder),
        hash,
    };
    from_initiator.zeroize();
    from_responder.zeroize();
    Ok(agreement)
}

/// A handshake pattern as hybrid transport uses it.
#[derive(Clone, Copy)]
struct Pattern {
    name: &'static str,
    prologue: [u8; 1],
}

const QR_INITIATED: Pattern = Pattern {
    name: "Noise_KNpsk0_P256_AESGCM_SHA256",
    prologue: [1],
};
const STATE_ASSISTED: Pattern = Pattern {
    name: "Noise_NKpsk0_P256_AESGCM_SHA256",
    prologue: [0],
};

fn builder<'a>(pattern: Pattern, rng: &mut dyn CryptoRng) -> Result<Builder<'a>, HandshakeError> {
    let ephemeral = PrivateKey::generate(rng).to_bytes();
    Ok(Builder::with_resolver(
        pattern.name.parse().map_err(failed)?,
        Box::new(Resolver { ephemeral }),
    ))
}

fn failed(error: snow::Error) -> HandshakeError {
    HandshakeError::Noise(NoiseError(error))
}

/// The library's own algorithms, with our ephemeral key in place of its randomness.
struct Resolver {
    ephemeral: Zeroizing<[u8; 32]>,
}

impl CryptoResolver for Resolver {
    fn resolve_rng(&self) -> Option<Box<dyn Random>> {
        Some(Box::new(OneScalar(Some(self.ephemeral.clone()))))
    }

    fn resolve_dh(&self, choice: &DHChoice) -> Option<Box<dyn Dh>> {
        DefaultResolver.resolve_dh(choice)
    }

    fn resolve_hash(&self, choice: &HashChoice) -> Option<Box<dyn Hash>> {
        DefaultResolver.resolve_hash(choice)
    }

    fn resolve_cipher(&self, choice: &CipherChoice) -> Option<Box<dyn Cipher>> {
        DefaultResolver.resolve_cipher(choice)
    }
}

/// Gives the ephemeral key once and nothing after that.
struct OneScalar(Option<Zeroizing<[u8; 32]>>);

impl Random for OneScalar {
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), snow::Error> {
        let scalar = self.0.take().ok_or(snow::Error::Rng)?;
        if dest.len() != scalar.len() {
            return Err(snow::Error::Rng);
        }
        dest.copy_from_slice(scalar.as_slice());
        Ok(())
    }
}
