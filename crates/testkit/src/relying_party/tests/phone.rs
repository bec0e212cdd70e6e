//! A software authenticator with one fixed key, which keeps the rules unless told to break one.

use ed25519_dalek::Signer as _;
use roamkey_cbor::{Map, Value as Cbor, decode, encode};
use sha2::{Digest as _, Sha256};

use super::super::Algorithm;

/// The flag of user presence.
pub(super) const UP: u8 = 0x01;
/// The flag of user verification.
pub(super) const UV: u8 = 0x04;

/// An authenticator with one fixed key.
#[derive(Clone)]
pub(super) struct Phone {
    pub(super) algorithm: Algorithm,
    pub(super) flags: u8,
    pub(super) rp_id: &'static str,
    pub(super) counter: u32,
    /// The user handle in answers: none means the one of `accounts`, empty means leave it out.
    pub(super) user: Option<Vec<u8>>,
    pub(super) spoil_signature: bool,
}

impl Phone {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        let (flags, rp_id) = (UP | UV, "example.com");
        Self {
            algorithm,
            flags,
            rp_id,
            counter: 0,
            user: None,
            spoil_signature: false,
        }
    }

    fn id(&self) -> [u8; 16] {
        [if self.algorithm == Algorithm::Es256 { 1 } else { 2 }; 16]
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut message = message.to_vec();
        if self.spoil_signature {
            message.push(0);
        }
        match self.algorithm {
            Algorithm::Es256 => {
                let signature: p256::ecdsa::Signature = es256_key().sign(&message);
                signature.to_der().as_bytes().to_vec()
            }
            Algorithm::EdDsa => ed25519_dalek::SigningKey::from_bytes(&[9; 32])
                .sign(&message)
                .to_bytes()
                .to_vec(),
        }
    }

    fn public_key(&self) -> Vec<u8> {
        let key = match self.algorithm {
            Algorithm::Es256 => {
                let point = es256_key().verifying_key().to_sec1_point(false);
                let (x, y) = (point.x().unwrap().to_vec(), point.y().unwrap().to_vec());
                Map::new()
                    .with(1, 2)
                    .with(3, -7)
                    .with(-1, 1)
                    .with(-2, x)
                    .with(-3, y)
            }
            Algorithm::EdDsa => {
                let x = ed25519_dalek::SigningKey::from_bytes(&[9; 32])
                    .verifying_key()
                    .to_bytes();
                Map::new().with(1, 1).with(3, -8).with(-1, 6).with(-2, x)
            }
        };
        encode(&Cbor::from(key))
    }

    fn authenticator_data(&self, attested: bool) -> Vec<u8> {
        let mut data = Sha256::digest(self.rp_id).to_vec();
        data.push(self.flags | if attested { 0x40 } else { 0 });
        data.extend(self.counter.to_be_bytes());
        if attested {
            data.extend([0x52; 16]);
            data.extend([0, 16]);
            data.extend(self.id());
            data.extend(self.public_key());
        }
        data
    }

    pub(super) fn create(&self, request: &[u8]) -> Vec<u8> {
        assert_eq!(request[0], 1);
        let request = decode(&request[1..]).expect("canonical").into_map().expect("map");
        let hash = request
            .get(1_u64)
            .and_then(Cbor::as_bytes)
            .expect("client data hash");
        let data = self.authenticator_data(true);
        let signature = self.sign(&[data.as_slice(), hash].concat());
        let algorithm = if self.algorithm == Algorithm::Es256 {
            -7
        } else {
            -8
        };
        let mut answer = Map::new()
            .with(1, "packed")
            .with(2, data)
            .with(3, Map::new().with("alg", algorithm).with("sig", signature));
        if request.get(6_u64).is_some() {
            answer.insert(6, Map::new().with("prf", Map::new().with("enabled", true)));
        }
        [vec![0], encode(&Cbor::from(answer))].concat()
    }

    pub(super) fn assert(&self, request: &[u8]) -> Vec<u8> {
        assert_eq!(request[0], 2);
        let request = decode(&request[1..]).expect("canonical").into_map().expect("map");
        let hash = request
            .get(2_u64)
            .and_then(Cbor::as_bytes)
            .expect("client data hash");
        let data = self.authenticator_data(false);
        let signature = self.sign(&[data.as_slice(), hash].concat());
        let user = self.user.clone().filter(|user| !user.is_empty());
        let mut answer = Map::new()
            .with(1, Map::new().with("id", self.id()).with("type", "public-key"))
            .with(2, data)
            .with(3, signature)
            .with_some(4, user.map(|user| Map::new().with("id", user)));
        if let Some(extensions) = request.get(4_u64).and_then(Cbor::as_map) {
            let prf = extensions.get("prf").and_then(Cbor::as_map).expect("prf");
            let first = prf
                .get("eval")
                .and_then(Cbor::as_map)
                .and_then(|eval| eval.get("first"))
                .expect("first");
            answer.insert(
                8,
                Map::new().with(
                    "prf",
                    Map::new().with("results", Map::new().with("first", first.clone())),
                ),
            );
        }
        [vec![0], encode(&Cbor::from(answer))].concat()
    }
}

fn es256_key() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[9; 32]).expect("a scalar")
}
