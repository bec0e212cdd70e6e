//! An authenticator of the tests' own, written on CBOR: it makes good answers, and the tests spoil them.

#![allow(dead_code, reason = "every test file takes what it needs")]
#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use roamkey_cbor::{Map, Value as Cbor, encode};
use roamkey_webauthn::{
    AnswerError, Assertion, Capabilities, Creation, CreationOptions, KnownPasskey, Origin, PublicKey,
    RequestOptions, SignatureCheck,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub(crate) const ORIGIN: &str = "https://login.example.org";
pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ID: &[u8] = &[7; 32];

pub(crate) fn origin() -> Origin {
    Origin::parse(ORIGIN).unwrap()
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_slice(&[9; 32]).unwrap()
}

pub(crate) fn cose(key: &SigningKey) -> Map<'static> {
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = (point.x().unwrap().to_vec(), point.y().unwrap().to_vec());
    Map::new()
        .with(1, 2)
        .with(3, -7)
        .with(-1, 1)
        .with(-2, x)
        .with(-3, y)
}

pub(crate) fn authenticator_data(rp_id: &str, flags: u8, attested: Option<(&[u8], Map<'static>)>) -> Vec<u8> {
    let mut data = Sha256::digest(rp_id).to_vec();
    data.push(flags | if attested.is_some() { 0x40 } else { 0 });
    data.extend([0; 4]);
    if let Some((id, key)) = attested {
        data.extend([0; 16]);
        data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
        data.extend(id);
        data.extend(encode(&Cbor::from(key)));
    }
    data
}

pub(crate) fn ok(map: Map<'_>) -> Vec<u8> {
    [vec![0], encode(&Cbor::from(map))].concat()
}

pub(crate) fn parameters(request: &[u8]) -> Map<'_> {
    roamkey_cbor::decode_with_depth(&request[1..], 5)
        .unwrap()
        .into_map()
        .unwrap()
}

/// Capabilities with these extensions.
pub(crate) fn with_extensions(extensions: &[&str]) -> Capabilities {
    let extensions: Vec<Cbor<'_>> = extensions.iter().map(|name| Cbor::from(*name)).collect();
    let info = Map::new()
        .with(1, vec![Cbor::from("FIDO_2_1")])
        .with(2, extensions)
        .with(3, [0_u8; 16])
        .with(4, Map::new().with("rk", true).with("uv", true))
        .with(
            9,
            vec![Cbor::from("cable"), Cbor::from("hybrid"), Cbor::from("internal")],
        );
    Capabilities::from_get_info(&encode(&Cbor::from(info)))
}

pub(crate) fn creation_json() -> Value {
    json!({
        "rp": { "id": RP_ID, "name": "Example" },
        "user": { "id": "AAEC", "name": "alice", "displayName": "" },
        "challenge": "AAECAwQFBgcICQoLDA0ODw",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "authenticatorSelection": { "residentKey": "preferred", "userVerification": "required" },
        "excludeCredentials": [{ "type": "public-key", "id": "_w" }],
        "attestation": "direct",
    })
}

pub(crate) fn creation(json: &Value) -> Creation {
    Creation::new(CreationOptions::from_json(&json.to_string()).unwrap(), &origin()).unwrap()
}

/// A good registration, self-attested.
pub(crate) fn registered(request: &[u8], data: &[u8], signer: &SigningKey) -> Map<'static> {
    let parameters = parameters(request);
    let hash = parameters.get(1).unwrap().as_bytes().unwrap();
    let signature: DerSignature = signer.sign(&[data, hash].concat());
    let statement = Map::new()
        .with("alg", -7)
        .with("sig", signature.as_bytes().to_vec());
    Map::new()
        .with(1, "packed")
        .with(2, data.to_vec())
        .with(3, statement)
}

pub(crate) fn finish_creation(change: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<SignatureCheck, AnswerError> {
    let creation = creation(&creation_json());
    let capabilities = Capabilities::default();
    let asked = creation.ask(&capabilities).unwrap();
    let reply = change(&asked.request);
    Ok(creation.finish(&asked, &reply, &capabilities)?.signature)
}

pub(crate) fn request_json(allow: &[&str]) -> Value {
    let allow: Vec<Value> = allow
        .iter()
        .map(|id| json!({ "type": "public-key", "id": id }))
        .collect();
    json!({
        "challenge": "AAECAw", "rpId": RP_ID, "allowCredentials": allow, "userVerification": "required",
    })
}

pub(crate) fn assertion(json: &Value) -> Assertion {
    Assertion::new(RequestOptions::from_json(&json.to_string()).unwrap(), &origin()).unwrap()
}

pub(crate) fn signed(request: &[u8], rp_id: &str, flags: u8, id: &[u8]) -> Map<'static> {
    let data = authenticator_data(rp_id, flags, None);
    let parameters = parameters(request);
    let hash = parameters.get(2).unwrap().as_bytes().unwrap();
    let signature: DerSignature = key().sign(&[&data[..], hash].concat());
    Map::new()
        .with(1, Map::new().with("id", id.to_vec()).with("type", "public-key"))
        .with(2, data)
        .with(3, signature.as_bytes().to_vec())
        .with(4, Map::new().with("id", [1_u8, 2, 3]))
}

pub(crate) fn finish_assertion(
    allow: &[&str],
    known: &[KnownPasskey],
    change: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<SignatureCheck, AnswerError> {
    let assertion = assertion(&request_json(allow));
    let request = assertion.ask(&Capabilities::default()).unwrap();
    let reply = change(&request);
    Ok(assertion.finish(&reply, known)?.check)
}

pub(crate) fn known(key: &SigningKey) -> Vec<KnownPasskey> {
    let key = PublicKey::from_cose(&Cbor::from(cose(key))).unwrap();
    vec![KnownPasskey::new(ID.to_vec(), key)]
}

/// base64url of [`ID`].
pub(crate) const ID_TEXT: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
