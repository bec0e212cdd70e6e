//! The client platform's role (CTAP 2.3 §11.5): shows a QR code, listens for the advert, joins the tunnel.
//!
//! ```text
//! Request ──begin──▶ AwaitAdvert ──join──▶ AwaitReply ──reply──▶ Established ──first_message──▶ PeerInfo, Channel
//!                    QR code       │        path, message
//!                    advert_seen ──┘
//!                    Proximity
//!
//! Link ──begin_linked──▶ AwaitLinkedAdvert ──join──▶ AwaitReply
//! ```
//!
//! The first advert that fits decides: [`AwaitAdvert::join`] consumes the state, so a later one can't start anything.
//! There is no way to a message without a [`Proximity`].

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::advert::{Advert, AdvertError};
use crate::channel::Channel;
use crate::first_message::{FirstMessageError, PeerInfo, Revision};
use crate::handshake::HandshakeError;
use crate::hint::Hint;
use crate::keys::{PrivateKey, PublicKey};
use crate::link::{ClientNonce, Link, LinkedRequest};
use crate::linking::LinkVerifier;
use crate::noise::{Agreement, Initiator};
use crate::qr::Offer;
use crate::secret::{Eid, EidKey, LinkSecret, QrSecret};
use crate::{TunnelDomain, TunnelId, derive, paths};

/// What a QR code is to say.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// What will be asked for, for the authenticator's display.
    pub hint: Hint,
    /// The time, Unix seconds.
    pub now: u64,
    /// Whether the authenticator may link itself.
    pub supports_linking: bool,
}

/// Starts a QR-initiated transaction with a new key and a new secret. One QR code serves one transaction.
#[must_use]
pub fn begin(request: Request, rng: &mut dyn CryptoRng) -> AwaitAdvert {
    let key = PrivateKey::generate(rng);
    let mut secret = QrSecret::from_bytes([0; 16]);
    rng.fill_bytes(secret.expose_mut());
    let Request {
        hint,
        now,
        supports_linking,
    } = request;
    let offer = Offer {
        client_key: &key.public(),
        secret: &secret,
        now,
        supports_linking,
        hint,
    };
    AwaitAdvert {
        qr_text: Zeroizing::new(offer.to_text()),
        eid_key: derive::eid_key(&secret, &[]),
        tunnel_id: derive::tunnel_id(&secret),
        key,
        secret,
        supports_linking,
    }
}

/// Starts a transaction over a link. `hint` is for the authenticator's display.
#[must_use]
pub fn begin_linked(link: Link, hint: Hint, rng: &mut dyn CryptoRng) -> AwaitLinkedAdvert {
    let request = LinkedRequest {
        link_id: link.id,
        client_nonce: ClientNonce::generate(rng),
        hint,
    };
    AwaitLinkedAdvert {
        path: paths::contact(&link.contact_id),
        eid_key: derive::eid_key(&link.secret, request.client_nonce.as_bytes()),
        payload: request.to_header(),
        service: link.service,
        secret: link.secret,
        authenticator: link.authenticator,
    }
}

/// Shows the QR code and listens for its advert.
pub struct AwaitAdvert {
    qr_text: Zeroizing<String>,
    eid_key: EidKey,
    tunnel_id: TunnelId,
    key: PrivateKey,
    secret: QrSecret,
    supports_linking: bool,
}

impl AwaitAdvert {
    /// The text of the QR code. Whoever reads it and is nearby can answer.
    #[must_use]
    pub fn qr_text(&self) -> &str {
        &self.qr_text
    }

    /// Tries an advert: the service data of a Bluetooth advertisement, 20 bytes or more.
    ///
    /// # Errors
    ///
    /// Each variant of [`AdvertError`]; none of them ends the transaction, for the next advert may be the right one.
    pub fn advert_seen(&self, service_data: &[u8]) -> Result<Proximity, AdvertError> {
        let eid = Eid::open(&Advert::from_service_data(service_data)?, &self.eid_key)?;
        let service = eid.service().map_err(AdvertError::Domain)?;
        Ok(Proximity { eid, service })
    }

    /// Makes the handshake message and says where to send it.
    ///
    /// # Errors
    ///
    /// [`HandshakeError::Noise`].
    pub fn join(
        self,
        proximity: &Proximity,
        rng: &mut dyn CryptoRng,
    ) -> Result<(AwaitReply, Join), HandshakeError> {
        let psk = derive::psk(&self.secret, &proximity.eid);
        let (initiator, message) = Initiator::qr_initiated(&psk, &self.key, rng)?;
        let service = proximity.service;
        let path = paths::connect(&proximity.eid.routing_id(), &self.tunnel_id);
        let linkable = self.supports_linking.then_some((self.key, service));
        Ok((
            AwaitReply { initiator, linkable },
            Join {
                service,
                path,
                message: message.to_vec(),
            },
        ))
    }
}

impl std::fmt::Debug for AwaitAdvert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AwaitAdvert")
    }
}

/// Asks the tunnel service for a linked authenticator and listens for its advert, which may come first.
pub struct AwaitLinkedAdvert {
    path: String,
    payload: String,
    service: TunnelDomain,
    eid_key: EidKey,
    secret: LinkSecret,
    authenticator: PublicKey,
}

impl AwaitLinkedAdvert {
    /// The tunnel service that reaches the authenticator.
    #[must_use]
    pub const fn service(&self) -> TunnelDomain {
        self.service
    }

    /// The path of the request to the tunnel service.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of the header [`CLIENT_PAYLOAD_HEADER`](paths::CLIENT_PAYLOAD_HEADER) of that request.
    #[must_use]
    pub fn payload(&self) -> &str {
        &self.payload
    }

    /// Tries an advert: the service data of a Bluetooth advertisement, 20 bytes or more. The tunnel service in it is
    /// not looked at: the tunnel is known, and Chromium's authenticator fills those bytes with random ones.
    ///
    /// # Errors
    ///
    /// Each variant of [`AdvertError`] but [`AdvertError::Domain`]; none of them ends the transaction.
    pub fn advert_seen(&self, service_data: &[u8]) -> Result<Proximity, AdvertError> {
        let eid = Eid::open(&Advert::from_service_data(service_data)?, &self.eid_key)?;
        Ok(Proximity {
            eid,
            service: self.service,
        })
    }

    /// Makes the handshake message, 81 bytes, to be sent through the tunnel once the authenticator is there.
    ///
    /// # Errors
    ///
    /// [`HandshakeError::Noise`].
    pub fn join(
        self,
        proximity: &Proximity,
        rng: &mut dyn CryptoRng,
    ) -> Result<(AwaitReply, Vec<u8>), HandshakeError> {
        let psk = derive::psk(&self.secret, &proximity.eid);
        let (initiator, message) = Initiator::state_assisted(&psk, &self.authenticator, rng)?;
        Ok((
            AwaitReply {
                initiator,
                linkable: None,
            },
            message.to_vec(),
        ))
    }
}

impl std::fmt::Debug for AwaitLinkedAdvert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AwaitLinkedAdvert")
    }
}

/// Proof that the authenticator is nearby: its advert was heard. Comes from the `advert_seen` methods only.
#[derive(Debug)]
pub struct Proximity {
    eid: Eid,
    service: TunnelDomain,
}

/// Where the authenticator waits, and what to send there.
#[derive(Debug)]
pub struct Join {
    /// The tunnel service.
    pub service: TunnelDomain,
    /// The path of the request to it.
    pub path: String,
    /// The handshake message, 81 bytes.
    pub message: Vec<u8>,
}

/// Has sent its handshake message, waits for the authenticator's.
pub struct AwaitReply {
    initiator: Initiator,
    linkable: Option<(PrivateKey, TunnelDomain)>,
}

impl AwaitReply {
    /// Takes the authenticator's handshake message, 81 bytes. There is one try.
    ///
    /// # Errors
    ///
    /// Each variant of [`HandshakeError`] can occur.
    pub fn reply(self, message: &[u8]) -> Result<Established, HandshakeError> {
        let agreement = self.initiator.finish(message)?;
        let links = self.linkable.map(|(client, service)| LinkVerifier {
            client,
            handshake_hash: agreement.hash,
            service,
        });
        Ok(Established { agreement, links })
    }
}

impl std::fmt::Debug for AwaitReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AwaitReply")
    }
}

/// Proof that the authenticator scanned the QR code (or holds the link) and made the advert. Comes from
/// [`AwaitReply::reply`] only.
pub struct Established {
    agreement: Agreement,
    links: Option<LinkVerifier>,
}

impl Established {
    /// Takes the authenticator's first frame. The verifier is for later updates; it is there if the QR code asked for
    /// a link.
    ///
    /// # Errors
    ///
    /// Each variant of [`FirstMessageError`] can occur.
    pub fn first_message(
        self,
        frame: &[u8],
    ) -> Result<(PeerInfo, Channel, Option<LinkVerifier>), FirstMessageError> {
        let mut channel = Channel::new(
            &self.agreement.client_to_authenticator,
            &self.agreement.authenticator_to_client,
        );
        let plaintext = channel
            .open_plaintext(frame)
            .map_err(FirstMessageError::Channel)?;
        let peer = PeerInfo::from_plaintext(&plaintext, self.links.as_ref())?;
        let channel = match peer.revision {
            Revision::Zero => channel.untyped(),
            Revision::One => channel,
        };
        Ok((peer, channel, self.links))
    }
}

impl std::fmt::Debug for Established {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Established")
    }
}
