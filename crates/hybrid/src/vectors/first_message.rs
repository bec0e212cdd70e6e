//! `post_handshake.json`: the authenticator's first message, revision 1 and 0, accepted and rejected.

use serde_json::Value as Json;

use super::{bytes, fields, list, number, text};
use crate::first_message::{FirstMessageError, PeerInfo, Revision, encode};

pub(super) fn run(file: &Json) {
    fields(
        file,
        &[
            "revision_1",
            "revision_0_padded_map_512",
            "revision_0_older_256",
            "getinfo_samples",
        ],
    );
    for case in list(&file["revision_1"]) {
        let result = PeerInfo::from_plaintext(&bytes(&case["message"]), None);
        assert_eq!(
            result.is_ok(),
            case["client_accepts"].as_bool().unwrap(),
            "{case}"
        );
        if let Ok(peer) = result {
            let features: Vec<_> = list(&case["features"]).iter().map(text).collect();
            assert_eq!(peer.features, features);
            assert_eq!(peer.revision, Revision::One);
        }
    }
    for case in list(&file["revision_0_padded_map_512"]) {
        assert_eq!(
            u64::try_from(bytes(&case["encoded"]).len()).unwrap(),
            number(&case["length"])
        );
        padded(&bytes(&case["encoded"]), &bytes(&case["map_cbor"]));
    }
    for case in list(&file["revision_0_older_256"]) {
        assert_eq!(
            u64::try_from(bytes(&case["encoded"]).len()).unwrap(),
            number(&case["length"])
        );
        let map = match text(&case["name"]) {
            "empty" => vec![0xA0],
            name => {
                let wide = list(&file["revision_0_padded_map_512"]);
                bytes(&wide.iter().find(|wide| text(&wide["name"]) == name).unwrap()["map_cbor"])
            }
        };
        padded(&bytes(&case["encoded"]), &map);
    }
    for case in list(&file["getinfo_samples"]) {
        let get_info = bytes(&case["cbor"]);
        let peer = PeerInfo::from_plaintext(&encode(&get_info), None).unwrap();
        assert_eq!(
            (peer.get_info, peer.features),
            (Some(get_info), vec!["ctap".to_owned()])
        );
    }
    assert_eq!(
        encode(&bytes(&file["getinfo_samples"][0]["cbor"])),
        bytes(&file["revision_1"][0]["message"]),
        "our own first message is the one of Chromium's authenticator"
    );
}

/// A padded map is read as the map in it would be, as revision 0.
fn padded(encoded: &[u8], map: &[u8]) {
    let expected = PeerInfo::from_plaintext(map, None);
    let actual = PeerInfo::from_plaintext(encoded, None);
    match (expected, actual) {
        (Ok(expected), Ok(actual)) => {
            assert_eq!(actual.get_info, expected.get_info);
            assert_eq!(actual.revision, Revision::Zero);
        }
        (Err(expected), Err(actual)) => {
            assert_eq!(
                (expected, actual),
                (
                    FirstMessageError::MissingGetInfo,
                    FirstMessageError::MissingGetInfo
                )
            );
        }
        (expected, actual) => panic!("{expected:?} became {actual:?}"),
    }
}
