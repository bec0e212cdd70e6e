//! Sessions recorded from real Chromium 150 and 156: our authenticator role must send what the recorded one sent.

use serde_json::Value as Json;

use super::{Script, array, bytes, list, number, text};
use crate::authenticator::AwaitClient;
use crate::channel::Channel;
use crate::secret::TrafficKey;
use crate::{
    Hint, Message, PeerInfo, QrCode, Revision, RoutingId, TunnelDomain, authenticator, derive, digits,
};

pub(super) fn run(name: &str, file: &Json) {
    let code = code(name, file);
    let on_air = on_air(code, file);
    let mut rng = Script::new(&[&bytes(&file["responder_ephemeral_private"])]);
    let (reply, established) = on_air.respond(&bytes(&file["handshake_in"]), &mut rng).unwrap();
    assert_eq!(reply, bytes(&file["handshake_out"]));
    let agreed = established.agreement();
    assert_eq!(agreed.hash, array(&file["handshake_hash"]));
    assert_eq!(
        agreed.client_to_authenticator.expose(),
        &array(&file["key_client_to_phone"])
    );
    assert_eq!(
        agreed.authenticator_to_client.expose(),
        &array(&file["key_phone_to_client"])
    );

    let (mut phone, _) = super::session::channels(agreed);
    let frames = list(&file["frames"]);
    first(&mut phone, &frames[0], &array(&file["key_phone_to_client"]));
    for case in &frames[1..] {
        let (plain, cipher) = (bytes(&case["plain"]), bytes(&case["cipher"]));
        let message = Message::from_plaintext(&plain).unwrap();
        assert_eq!(message.to_plaintext(), plain);
        match text(&case["from"]) {
            "client" => assert_eq!(phone.open(&cipher), Ok(message)),
            _ => assert_eq!(phone.seal(&message), Ok(cipher)),
        }
    }
    assert_eq!(
        text(&frames.last().unwrap()["plain"]),
        "00",
        "Chromium ends with a shutdown"
    );
}

/// The QR code says what was recorded.
fn code(name: &str, file: &Json) -> QrCode {
    let url = text(&file["qr"]);
    assert_eq!(digits::decode(&url[6..]).unwrap(), bytes(&file["qr_cbor"]));
    let code = QrCode::parse(url).unwrap();
    assert_eq!(
        code.client_key.to_uncompressed().to_vec(),
        bytes(&file["client_identity"])
    );
    assert_eq!(code.secret.expose().to_vec(), bytes(&file["qr_secret"]));
    assert_eq!(
        derive::eid_key(&code.secret, &[]).expose().to_vec(),
        bytes(&file["eid_key"])
    );
    assert_eq!((code.known_domains(), code.supports_linking()), (Some(2), false));
    let hint = if name.contains("create") {
        Hint::MakeCredential
    } else {
        Hint::GetAssertion
    };
    assert_eq!(code.hint(), hint);
    code
}

/// The advert is the recorded one.
fn on_air(code: QrCode, file: &Json) -> AwaitClient {
    let service = TunnelDomain::new(u16::try_from(number(&file["domain_id"])).unwrap()).unwrap();
    assert_eq!(service.host(), text(&file["domain"]));
    let made = code.timestamp().unwrap();
    let waiting = authenticator::begin(code.fresh(made).unwrap(), service).unwrap();
    assert_eq!(waiting.tunnel_id().as_bytes().to_vec(), bytes(&file["tunnel_id"]));

    let routing_id: RoutingId = text(&file["routing_id"]).parse().unwrap();
    let eid: [u8; 16] = array(&file["eid_plain"]);
    let (on_air, advert) = waiting.routed(routing_id, &mut Script::new(&[&eid[1..11]]));
    assert_eq!(advert.as_bytes().to_vec(), bytes(&file["advert"]));
    assert_eq!(on_air.psk().expose().to_vec(), bytes(&file["psk"]));
    on_air
}

/// The recorded authenticator left the features out, so its first message is compared as a plaintext.
fn first(phone: &mut Channel, case: &Json, key: &[u8; 32]) {
    let (plain, cipher) = (bytes(&case["plain"]), bytes(&case["cipher"]));
    assert_eq!(phone.seal_plaintext(plain.clone()).as_ref(), Ok(&cipher));
    let key = TrafficKey::from_bytes(*key);
    assert_eq!(
        Channel::new(&key, &key).open_plaintext(&cipher),
        Ok(plain.clone())
    );
    let peer = PeerInfo::from_plaintext(&plain, None).unwrap();
    assert_eq!(peer.revision, Revision::One);
    assert!(peer.get_info.is_some());
}
