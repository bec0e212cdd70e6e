//! Wycheproof's vectors for ECDH on P-256 and HMAC-SHA-256, through the code of this module.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Hmac256 {
    #[serde(rename = "tcId")]
    number: u32,
    result: String,
    key: String,
    msg: String,
    tag: String,
}

#[derive(Deserialize)]
struct Ecdh {
    #[serde(rename = "tcId")]
    number: u32,
    result: String,
    public: String,
    private: String,
    shared: String,
}

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

#[test]
fn tags_of_full_length_verify_and_no_others() {
    let vectors = include_str!("../../tests/wycheproof/hmac_sha256.json");
    let vectors: Vec<Hmac256> = serde_json::from_str(vectors).unwrap();
    assert_eq!(vectors.len(), 162);
    for vector in vectors {
        let secret = SharedSecret {
            hmac: Zeroizing::new(bytes(&vector.key).try_into().unwrap()),
            aes: Zeroizing::new([0; 32]),
        };
        let (message, tag) = (bytes(&vector.msg), bytes(&vector.tag));
        let expected = vector.result == "valid" && tag.len() == 32;
        assert_eq!(secret.verify(&message, &tag), expected, "{}", vector.number);
    }
}

#[test]
fn key_agreement_gives_the_shared_secret_and_refuses_points_off_the_curve() {
    let vectors = include_str!("../../tests/wycheproof/ecdh_secp256r1.json");
    let vectors: Vec<Ecdh> = serde_json::from_str(vectors).unwrap();
    let mut tried = 0;
    for vector in vectors {
        // COSE keys carry both coordinates, so other encodings can't be said.
        let public = bytes(&vector.public);
        let (Some((&4, point)), 65) = (public.split_first(), public.len()) else {
            continue;
        };
        let (x, y) = point.split_at(32);
        let peer = CoseKey::Ecdh {
            x: x.try_into().unwrap(),
            y: y.try_into().unwrap(),
        };
        // Numbers in the file have as many zeros in front as ASN.1 wants.
        let private = [vec![0; 32], bytes(&vector.private)].concat();
        let own = p256::SecretKey::from_slice(private.last_chunk::<32>().unwrap()).unwrap();
        let secret = KeyAgreementKey(own).decapsulate(&peer);
        match vector.result.as_str() {
            "valid" => {
                let expected = SharedSecret::derive(&bytes(&vector.shared)).unwrap();
                assert_eq!(secret.unwrap().hmac, expected.hmac, "{}", vector.number);
            }
            _ => assert!(secret.is_none(), "{}", vector.number),
        }
        tried += 1;
    }
    assert!(tried > 300, "only {tried}");
}
