//! `session_qr.json`, `session_linked.json`: whole transactions with fixed randomness, through the public states of
//! both roles.

use serde_json::Value as Json;

use super::{Script, array, bytes, fields, list, noise, number, private, public, text};
use crate::authenticator::AwaitClient;
use crate::channel::Channel;
use crate::client::AwaitReply;
use crate::noise::Agreement;
use crate::{
    ContactId, Hint, Link, LinkId, LinkSecret, LinkVerifier, LinkedRequest, Message, PeerInfo, QrCode,
    RoutingId, TunnelDomain, authenticator, client, paths,
};

pub(super) fn run_qr_initiated(file: &Json) {
    fields(
        file,
        &[
            "qr",
            "eid_key",
            "eid_plaintext",
            "advert",
            "tunnel_id",
            "routing_id",
            "psk",
            "phone_url",
            "client_url",
            "handshake",
            "frames",
            "credential",
        ],
    );
    let handshake = &file["handshake"];
    noise::qr_initiated(handshake);
    let code = QrCode::parse(text(&file["qr"]["url"])).unwrap();
    assert_eq!(
        hex::encode(crate::digits::decode(&text(&file["qr"]["url"])[6..]).unwrap()),
        text(&file["qr"]["cbor"])
    );
    let now = code.timestamp().unwrap();

    let client_key = bytes(&handshake["static_private"]);
    let request = client::Request {
        hint: code.hint(),
        now,
        supports_linking: code.supports_linking(),
    };
    let showing = client::begin(request, &mut Script::new(&[&client_key, code.secret.expose()]));
    assert_eq!(showing.qr_text(), text(&file["qr"]["url"]));

    let service = TunnelDomain::new(0).unwrap();
    let waiting = authenticator::begin(code.fresh(now).unwrap(), service).unwrap();
    assert_eq!(waiting.tunnel_id().as_bytes().to_vec(), bytes(&file["tunnel_id"]));
    let url = format!(
        "wss://{}{}",
        service.host(),
        paths::new_tunnel(waiting.tunnel_id())
    );
    assert_eq!(url, text(&file["phone_url"]));
    let routing_id: RoutingId = text(&file["routing_id"]).parse().unwrap();
    let nonce = bytes(&file["eid_plaintext"])[1..11].to_vec();
    let (on_air, advert) = waiting.routed(routing_id, &mut Script::new(&[&nonce]));
    assert_eq!(advert.as_bytes().to_vec(), bytes(&file["advert"]));

    let proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    let mut rng = Script::new(&[&bytes(&handshake["initiator_ephemeral_private"])]);
    let (joined, join) = showing.join(&proximity, &mut rng).unwrap();
    assert_eq!(
        format!("wss://{}{}", join.service.host(), join.path),
        text(&file["client_url"])
    );
    assert_eq!(join.message, bytes(&handshake["message1"]));

    let links = handshaken(file, on_air, joined, &join.message);
    assert!(links, "the QR code offered to keep a link");
}

pub(super) fn run_state_assisted(file: &Json) {
    fields(
        file,
        &[
            "link_id",
            "link_secret",
            "contact_id",
            "client_nonce",
            "contact_url",
            "client_payload_header",
            "signal_connection_message",
            "eid_key",
            "eid_plaintext",
            "advert",
            "psk",
            "handshake",
            "frames",
        ],
    );
    let handshake = &file["handshake"];
    noise::state_assisted(handshake);
    assert_eq!(
        text(&file["signal_connection_message"]),
        "00",
        "the adapter's business: never fed to a state here"
    );
    for (hint, header) in [(Hint::GetAssertion, "ga"), (Hint::MakeCredential, "mc")] {
        let showing = begin_linked(file, hint);
        let header = &file["client_payload_header"][header];
        assert_eq!(showing.payload(), text(&header["header_value"]));
        assert_eq!(showing.payload().to_lowercase(), text(&header["cbor"]));
        let url = format!("wss://{}{}", showing.service().host(), showing.path());
        assert_eq!(url, text(&file["contact_url"]));
    }
    let showing = begin_linked(file, Hint::GetAssertion);
    let request = LinkedRequest::from_header(showing.payload()).unwrap();

    let plaintext = bytes(&file["eid_plaintext"]);
    let (on_air, advert) = authenticator::begin_linked(
        &request,
        &LinkSecret::from_bytes(array(&file["link_secret"])),
        private(&handshake["static_private"]),
        RoutingId::from_bytes(plaintext[11..14].try_into().unwrap()),
        TunnelDomain::new(0).unwrap(),
        &mut Script::new(&[&plaintext[1..11]]),
    );
    assert_eq!(advert.as_bytes().to_vec(), bytes(&file["advert"]));
    let proximity = showing.advert_seen(advert.as_bytes()).unwrap();
    let mut rng = Script::new(&[&bytes(&handshake["initiator_ephemeral_private"])]);
    let (joined, message) = showing.join(&proximity, &mut rng).unwrap();
    assert_eq!(message, bytes(&handshake["message1"]));
    let links = handshaken(file, on_air, joined, &message);
    assert!(!links, "no new link comes out of a linked transaction");
}

/// From the client platform's handshake message to the last frame of the file. Tells whether links can be verified.
fn handshaken(file: &Json, on_air: AwaitClient, joined: AwaitReply, message: &[u8]) -> bool {
    let mut rng = Script::new(&[&bytes(&file["handshake"]["responder_ephemeral_private"])]);
    let (reply, established) = on_air.respond(message, &mut rng).unwrap();
    assert_eq!(reply, bytes(&file["handshake"]["message2"]));
    let frames = list(&file["frames"]);
    let sent = PeerInfo::from_plaintext(&bytes(&frames[0]["plaintext"]), None).unwrap();
    let (first, phone) = established.post_handshake(&sent.get_info.unwrap()).unwrap();
    assert_eq!(first, bytes(&frames[0]["frame"]));
    let (_, browser, links) = joined.reply(&reply).unwrap().first_message(&first).unwrap();
    converse(phone, browser, &frames[1..], links.as_ref());
    links.is_some()
}

fn begin_linked(file: &Json, hint: Hint) -> client::AwaitLinkedAdvert {
    let link = Link {
        contact_id: ContactId::from_bytes(bytes(&file["contact_id"])).unwrap(),
        id: LinkId::from_bytes(array(&file["link_id"])),
        secret: LinkSecret::from_bytes(array(&file["link_secret"])),
        authenticator: public(&file["handshake"]["static_public"]),
        service: TunnelDomain::new(0).unwrap(),
        name: "Test phone".to_owned(),
    };
    client::begin_linked(link, hint, &mut Script::new(&[&bytes(&file["client_nonce"])]))
}

/// Sends the messages of the file over two channels that have exchanged the first one.
fn converse(mut phone: Channel, mut browser: Channel, frames: &[Json], links: Option<&LinkVerifier>) {
    for case in frames {
        let message = Message::from_plaintext(&bytes(&case["plaintext"])).unwrap();
        let (sender, receiver) = match text(&case["from"]) {
            "phone" => (&mut phone, &mut browser),
            _ => (&mut browser, &mut phone),
        };
        let frame = sender.seal(&message).unwrap();
        assert_eq!(frame, bytes(&case["frame"]), "{}", case["description"]);
        assert_eq!(receiver.open(&frame).as_ref(), Ok(&message));
        if let Message::Update(update) = &message {
            assert!(links.unwrap().verify(update).unwrap().is_some());
        }
        assert!(number(&case["counter"]) < 10);
    }
}

/// Channels of both ends with the keys of an agreement.
pub(super) fn channels(agreed: &Agreement) -> (Channel, Channel) {
    (
        Channel::new(&agreed.authenticator_to_client, &agreed.client_to_authenticator),
        Channel::new(&agreed.client_to_authenticator, &agreed.authenticator_to_client),
    )
}
