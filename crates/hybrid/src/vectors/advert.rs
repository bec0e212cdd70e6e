//! `eid.json`: adverts, accepted and rejected.

use serde_json::Value as Json;

use super::{array, bytes, fields, list, number, text};
use crate::secret::{Eid, EidKey, QrSecret};
use crate::{Advert, AdvertError, RoutingId, TunnelDomain, derive};

pub(super) fn run(file: &Json) {
    fields(file, &["qr_secret", "eid_key", "valid", "reject", "ble"]);
    let secret = QrSecret::from_bytes(array(&file["qr_secret"]));
    let key = derive::eid_key(&secret, &[]);
    assert_eq!(key.expose().to_vec(), bytes(&file["eid_key"]));
    for case in list(&file["valid"]) {
        let service = TunnelDomain::new(u16::try_from(number(&case["encoded_domain"])).unwrap()).unwrap();
        let routing_id: RoutingId = text(&case["routing_id"]).parse().unwrap();
        let eid = Eid::new(array(&case["nonce"]), routing_id, service);
        assert_eq!(eid.expose().to_vec(), bytes(&case["plaintext"]), "{case}");
        let advert = eid.seal(&key);
        assert_eq!(advert.as_bytes().to_vec(), bytes(&case["advert"]), "{case}");
        let opened = Eid::open(&advert, &key).unwrap();
        assert_eq!(opened.expose(), eid.expose());
        assert_eq!((opened.routing_id(), opened.service()), (routing_id, Ok(service)));
        assert_eq!(
            derive::psk(&secret, &opened).expose().to_vec(),
            bytes(&case["psk"]),
            "{case}"
        );
        assert_eq!(service.host(), text(&case["tunnel_domain"]));
    }
    for case in list(&file["reject"]) {
        let key = EidKey::from_bytes(array(&case["eid_key"]));
        assert!(seen(&bytes(&case["advert"]), &key).is_err(), "{case}");
    }
    let suffixed = &file["ble"]["suffix_example"];
    let service_data = bytes(&suffixed["service_data"]);
    assert!(service_data.ends_with(&bytes(&suffixed["suffix_cbor"])));
    assert!(seen(&service_data, &key).is_ok());
    // The advertising data around the 20 bytes is the adapter's business; here it only has to contain them.
    let structure = bytes(&file["ble"]["advertising_data_ad_structures"][0]["service_data_ad"]);
    assert!(seen(&structure[4..], &key).is_ok());
}

/// What the client platform does with service data.
pub(super) fn seen(service_data: &[u8], key: &EidKey) -> Result<Eid, AdvertError> {
    let eid = Eid::open(&Advert::from_service_data(service_data)?, key)?;
    eid.service().map_err(AdvertError::Domain)?;
    Ok(eid)
}
