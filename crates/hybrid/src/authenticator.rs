//! The authenticator's role (CTAP 2.3 §11.5): scans the QR code, opens a tunnel, advertises, answers the handshake.
//!
//! ```text
//! FreshQrCode ──begin──▶ AwaitRoutingId ──routed──▶ AwaitClient ──respond──▶ Established ──post_handshake──▶ Channel
//!                        tunnel ID                  advert        reply                    first message
//!
//! LinkedRequest ──begin_linked──▶ AwaitClient + advert
//! ```
//!
//! Every step consumes the one before. The tunnel comes first, because the advert carries the routing ID that the
//! tunnel service gave; the handshake can only be answered by who heard the advert.

use rand_core::CryptoRng;

use crate::channel::{Channel, ChannelError};
use crate::first_message;
use crate::handshake::HandshakeError;
use crate::keys::{PrivateKey, PublicKey};
use crate::link::{LinkOffer, LinkedRequest};
use crate::linking;
use crate::message::Message;
use crate::noise::{self, Agreement};
use crate::qr::FreshQrCode;
use crate::secret::{Eid, LinkSecret, Psk, QrSecret};
use crate::{Advert, RoutingId, TunnelDomain, TunnelId, derive};

/// Starts a QR-initiated transaction through the tunnel service `service`.
///
/// # Errors
///
/// [`UnknownService`] if the client platform would not find that service.
pub fn begin(code: FreshQrCode, service: TunnelDomain) -> Result<AwaitRoutingId, UnknownService> {
    if !code.code().knows(service) {
        return Err(UnknownService { id: service.id() });
    }
    let code = code.into_code();
    Ok(AwaitRoutingId {
        tunnel_id: derive::tunnel_id(&code.secret),
        client: Client {
            key: code.client_key,
            supports_linking: code.supports_linking(),
        },
        secret: code.secret,
        service,
    })
}

/// Answers a linked client platform's request for a transaction without a QR code. The tunnel exists already: whoever
/// woke us told its ID and `routing_id`. `service` goes into the advert, where client platforms look at it even though
/// they know the tunnel: Chromium ignores adverts that name an unassigned service.
#[must_use]
pub fn begin_linked(
    request: &LinkedRequest,
    secret: &LinkSecret,
    identity: PrivateKey,
    routing_id: RoutingId,
    service: TunnelDomain,
    rng: &mut dyn CryptoRng,
) -> (AwaitClient, Advert) {
    let eid = Eid::new(nonce(rng), routing_id, service);
    let advert = eid.seal(&derive::eid_key(secret, request.client_nonce.as_bytes()));
    (
        AwaitClient {
            psk: derive::psk(secret, &eid),
            known: Known::Identity(identity),
        },
        advert,
    )
}

/// Knows the tunnel's name, waits for the routing ID that the tunnel service assigns.
#[derive(Debug)]
pub struct AwaitRoutingId {
    tunnel_id: TunnelId,
    client: Client,
    secret: QrSecret,
    service: TunnelDomain,
}

impl AwaitRoutingId {
    /// The name under which the tunnel is to be opened.
    #[must_use]
    pub const fn tunnel_id(&self) -> &TunnelId {
        &self.tunnel_id
    }

    /// The tunnel service at which it is to be opened.
    #[must_use]
    pub const fn service(&self) -> TunnelDomain {
        self.service
    }

    /// Takes the routing ID and makes the advert.
    #[must_use]
    pub fn routed(self, routing_id: RoutingId, rng: &mut dyn CryptoRng) -> (AwaitClient, Advert) {
        let eid = Eid::new(nonce(rng), routing_id, self.service);
        let advert = eid.seal(&derive::eid_key(&self.secret, &[]));
        (
            AwaitClient {
                psk: derive::psk(&self.secret, &eid),
                known: Known::Client(self.client),
            },
            advert,
        )
    }
}

/// Is on air, waits for the client platform's first message. It can answer once:
///
/// ```compile_fail,E0382
/// # use roamkey_hybrid::authenticator::AwaitClient;
/// fn twice(on_air: AwaitClient, message: &[u8], rng: &mut dyn rand_core::CryptoRng) {
///     let _ = on_air.respond(message, rng);
///     let _ = on_air.respond(message, rng);
/// }
/// ```
#[derive(Debug)]
pub struct AwaitClient {
    psk: Psk,
    known: Known,
}

impl AwaitClient {
    /// Answers the client platform's handshake message (81 bytes) with ours (81 bytes).
    ///
    /// Only a client platform that knows the QR code (or link) and has heard the advert gets an answer. There is one
    /// try: whoever fails, fails the transaction.
    ///
    /// # Errors
    ///
    /// Each variant of [`HandshakeError`] can occur.
    pub fn respond(
        self,
        message: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<(Vec<u8>, Established), HandshakeError> {
        let (reply, agreement) = match &self.known {
            Known::Client(client) => noise::respond_qr_initiated(&self.psk, &client.key, message, rng)?,
            Known::Identity(identity) => noise::respond_state_assisted(&self.psk, identity, message, rng)?,
        };
        let linkable = match self.known {
            Known::Client(client) => client.supports_linking.then_some(client.key),
            Known::Identity(_) => None,
        };
        Ok((reply.to_vec(), Established { agreement, linkable }))
    }
}

#[cfg(test)]
impl AwaitClient {
    pub(crate) fn psk(&self) -> &Psk {
        &self.psk
    }
}

/// Proof that the client platform is nearby: it has heard the advert. Comes from [`AwaitClient::respond`] only:
///
/// ```compile_fail,E0451
/// # fn invent(established: roamkey_hybrid::authenticator::Established) {
/// let invented = roamkey_hybrid::authenticator::Established { ..established };
/// # }
/// ```
pub struct Established {
    agreement: Agreement,
    linkable: Option<PublicKey>,
}

impl Established {
    /// Makes the update message that links the client platform, to be sealed at any time after the first message.
    /// `None` if the client platform did not ask for a link.
    #[must_use]
    pub fn link(&self, offer: &LinkOffer<'_>) -> Option<Message> {
        let client = self.linkable.as_ref()?;
        Some(Message::Update(linking::update(
            offer,
            client,
            &self.agreement.hash,
        )))
    }

    /// Seals the first message: `get_info` is what authenticatorGetInfo returns, CBOR without a status byte.
    ///
    /// # Errors
    ///
    /// [`ChannelError::MessageTooLong`].
    pub fn post_handshake(self, get_info: &[u8]) -> Result<(Vec<u8>, Channel), ChannelError> {
        self.post_handshake_with(first_message::encode(get_info))
    }

    /// Seals another first message: of an older revision, with other features, or wrong. For tests of client
    /// platforms.
    ///
    /// # Errors
    ///
    /// [`ChannelError::MessageTooLong`].
    pub fn post_handshake_with(self, message: Vec<u8>) -> Result<(Vec<u8>, Channel), ChannelError> {
        let mut channel = Channel::new(
            &self.agreement.authenticator_to_client,
            &self.agreement.client_to_authenticator,
        );
        Ok((channel.seal_plaintext(message)?, channel))
    }
}

#[cfg(test)]
impl Established {
    pub(crate) fn agreement(&self) -> &Agreement {
        &self.agreement
    }
}

impl std::fmt::Debug for Established {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Established")
    }
}

/// The client platform that showed the QR code can't find the tunnel service: it is older than the assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the other device does not know tunnel service {id}")]
pub struct UnknownService {
    /// The number of the tunnel service.
    pub id: u16,
}

/// The static key that the handshake relies on.
#[derive(Debug)]
enum Known {
    /// The client platform's, from the QR code.
    Client(Client),
    /// Ours, which a linked client platform has.
    Identity(PrivateKey),
}

/// The client platform as its QR code describes it.
#[derive(Debug)]
struct Client {
    key: PublicKey,
    supports_linking: bool,
}

fn nonce(rng: &mut dyn CryptoRng) -> [u8; 10] {
    let mut nonce = [0; 10];
    rng.fill_bytes(&mut nonce);
    nonce
}
