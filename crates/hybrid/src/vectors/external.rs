//! `external.json`: values that other projects published or that were observed, a whole session of a real iPhone
//! among them.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Script, array, bytes, fields, list, number, private, public, text};
use crate::secret::{Eid, EidKey, QrSecret, TrafficKey};
use crate::{
    Hint, Message, PeerInfo, PublicKey, QrCode, RoutingId, TunnelDomain, TunnelId, client, derive, digits,
};

pub(super) fn run(file: &Json) {
    fields(file, &["vectors"]);
    let mut iphone = BTreeMap::new();
    for case in list(&file["vectors"]) {
        let name = text(&case["name"]);
        assert_eq!(case["verified_by_script"], Json::Bool(true));
        match name {
            "digit encoding" | "digit_encode hello world" => {
                assert_eq!(digits::encode(&bytes(&case["bytes"])), text(&case["digits"]));
            }
            "known QR codes (maps from the unit test, URL re-encoded here)" => {
                list(&case["cases"]).iter().for_each(known_code);
            }
            "tunnel domains" => domains(case),
            // The sizes themselves are in `post_handshake.json`.
            "padded map sizes" => {}
            "derive EIDKey without salt" | "derive EIDKey with salt" => super::derive::derived(case),
            "tunnel id of zero secret" => {
                let secret = QrSecret::from_bytes(array(&case["secret"]));
                assert_eq!(
                    derive::tunnel_id(&secret),
                    TunnelId::from_bytes(array(&case["tunnel_id"]))
                );
            }
            "advert decryption (Chrome-made)" => advert(case),
            "EID layout, domain 0x01ff" => layout(case),
            "Crypter frame (keys leaked from a patched Chromium)" => {
                let key = TrafficKey::from_bytes(array(&case["key"]));
                let counter = u32::try_from(number(&case["counter"])).unwrap();
                super::channel::both_ways(&key, counter, &bytes(&case["message"]), &bytes(&case["frame"]));
            }
            "post-handshake message of Android" | "post-handshake message of iOS 16" => {
                let peer = PeerInfo::from_plaintext(&bytes(&case["cbor"]), None).unwrap();
                assert!(peer.get_info.is_some());
                assert_eq!(peer.features, ["ctap"]);
            }
            _ if name.starts_with("QR made by ") => super::qr::accepted(case),
            _ if name.starts_with("iOS session: ") => {
                iphone.insert(name, case);
            }
            _ if name.starts_with("Chromium 156 request: ") => {
                let request = bytes(&case["ctap"]);
                let message = Message::Ctap(request.clone());
                assert_eq!(message.to_plaintext(), [vec![1], request].concat());
                assert_eq!(Message::from_plaintext(&message.to_plaintext()), Ok(message));
            }
            _ if name.starts_with("Chromium 156 ") => first_flight(case),
            unknown => panic!("no test knows {unknown}"),
        }
    }
    real_iphone(&iphone);
}

fn known_code(case: &Json) {
    let parsed = QrCode::parse(text(&case["url"]));
    assert_eq!(parsed.is_ok(), case["accept"].as_bool().unwrap(), "{case}");
    assert_eq!(
        digits::decode(&text(&case["url"])[6..]).unwrap(),
        bytes(&case["cbor"])
    );
    if let Ok(code) = parsed {
        assert_eq!(code.hint().as_str(), text(&case["request_type"]));
    }
}

fn domains(case: &Json) {
    for (id, host) in case["domains"].as_object().unwrap() {
        let domain = TunnelDomain::new(id.parse().unwrap()).unwrap();
        assert_eq!(domain.host(), text(host));
    }
}

fn advert(case: &Json) {
    let secret = QrSecret::from_bytes(array(&case["qr_secret"]));
    let eid = super::advert::seen(&bytes(&case["advert"]), &derive::eid_key(&secret, &[])).unwrap();
    assert_eq!(eid.expose().to_vec(), bytes(&case["eid_plaintext"]));
    assert_eq!(
        derive::tunnel_id(&secret),
        TunnelId::from_bytes(array(&case["tunnel_id"]))
    );
}

fn layout(case: &Json) {
    let eid = Eid::from_bytes(array(&case["eid_plaintext"]));
    assert_eq!(eid.service(), TunnelDomain::new(0x01FF));
    assert_eq!(eid.routing_id(), RoutingId::from_bytes([9, 10, 11]));
    let key = derive::eid_key(&QrSecret::from_bytes([0; 16]), &[]);
    assert_eq!(
        eid.seal(&key).as_bytes().to_vec(),
        bytes(&case["advert_with_zero_secret"])
    );
}

/// QR code, advert and the first handshake message of a real Chromium: the tag verifies.
fn first_flight(case: &Json) {
    let code = QrCode::parse(text(&case["qr_url"])).unwrap();
    assert_eq!(code.client_key, public(&case["client_static_uncompressed"]));
    let eid = super::advert::seen(&bytes(&case["advert"]), &derive::eid_key(&code.secret, &[])).unwrap();
    assert_eq!(eid.expose().to_vec(), bytes(&case["eid_plaintext"]));
    assert_eq!(
        eid.routing_id(),
        RoutingId::from_bytes(array(&case["routing_id"]))
    );
    assert_eq!(
        derive::tunnel_id(&code.secret),
        TunnelId::from_bytes(array(&case["tunnel_id"]))
    );
    let psk = derive::psk(&code.secret, &eid);
    assert_eq!(psk.expose().to_vec(), bytes(&case["psk"]));
    let mut rng: rand::rngs::StdRng = rand::SeedableRng::seed_from_u64(1);
    crate::noise::respond_qr_initiated(&psk, &code.client_key, &bytes(&case["message1"]), &mut rng).unwrap();
}

/// Our client role in the place of the one that talked to a real iPhone. Its QR code had an unknown key and a list of
/// channels, so it can't have been ours; from the advert on, everything is.
fn real_iphone(parts: &BTreeMap<&str, &Json>) {
    assert_eq!(parts.len(), 6);
    let part = |name: &str| parts[format!("iOS session: {name}").as_str()];
    let (qr, advert, handshake) = (part("QR"), part("advert, tunnel id"), part("KNpsk0 handshake"));
    super::qr::accepted(qr);
    let code = QrCode::parse(text(&qr["url"])).unwrap();
    let key = private(&qr["client_identity_private"]);
    assert_eq!((code.client_key, code.hint()), (key.public(), Hint::GetAssertion));
    assert_eq!(
        PublicKey::from_compressed(&key.public().to_compressed()),
        Some(key.public())
    );

    let request = client::Request {
        hint: code.hint(),
        now: 0,
        supports_linking: false,
    };
    let script = [bytes(&qr["client_identity_private"]), bytes(&qr["qr_secret"])].concat();
    let showing = client::begin(request, &mut Script::new(&[&script]));
    let secret = QrSecret::from_bytes(array(&qr["qr_secret"]));
    assert_eq!(
        derive::eid_key(&secret, &[]).expose(),
        EidKey::from_bytes(array(&advert["eid_key"])).expose()
    );
    let proximity = showing.advert_seen(&bytes(&advert["advert"])).unwrap();
    let mut rng = Script::new(&[&bytes(&handshake["initiator_ephemeral_private"])]);
    let (joined, join) = showing.join(&proximity, &mut rng).unwrap();
    let path = format!(
        "/cable/connect/{}/{}",
        text(&advert["routing_id"]),
        text(&advert["tunnel_id"])
    );
    assert_eq!(join.path.to_lowercase(), path);
    assert_eq!(u64::from(join.service.id()), number(&advert["encoded_domain"]));
    assert_eq!(join.message, bytes(&handshake["message1"]));

    let established = joined.reply(&bytes(&handshake["message2"])).unwrap();
    let first = part("post-handshake frame");
    let (peer, mut channel, _) = established.first_message(&bytes(&first["frame"])).unwrap();
    assert_eq!(peer.features, ["ctap", "dc"]);
    let (request, reply) = (
        part("getAssertion request frame"),
        part("getAssertion reply frame"),
    );
    let message = Message::from_plaintext(&bytes(&request["message"])).unwrap();
    assert_eq!(channel.seal(&message), Ok(bytes(&request["frame"])));
    let message = Message::from_plaintext(&bytes(&reply["message"])).unwrap();
    assert_eq!(channel.open(&bytes(&reply["frame"])), Ok(message));
}
