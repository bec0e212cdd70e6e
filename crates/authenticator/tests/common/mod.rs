//! One authenticator, its store and a scripted person; requests that are right until a test changes them; and an
//! independent reader of what comes back.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared by tests of which each uses a part; a test fails by panicking"
)]

#[path = "../../../ctap/tests/canonical/mod.rs"]
pub(crate) mod canonical;

use ciborium::Value;
use rand::SeedableRng;
use rand::rngs::StdRng;
use roamkey_authenticator::{
    AccountChoice, Answer, Authenticator, Begun, ConsentPrompt, Pending, Refusal, UnixTime,
    UserVerificationState, UserVerified, VerificationMethod,
};
use roamkey_ctap::make_credential::{ExtensionInputs, Options, Request as MakeCredential};
use roamkey_ctap::{
    Algorithm, Command, CredentialId, PublicKeyCredentialDescriptor, PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity, RpId, UserHandle, get_assertion,
};
use roamkey_testkit::store::MemoryStore;
use sha2::{Digest, Sha256};

pub(crate) type GetAssertion = get_assertion::Request;

pub(crate) const CLIENT_DATA_HASH: [u8; 32] = [7; 32];

pub(crate) const UP: u8 = 0x01;
pub(crate) const UV: u8 = 0x04;
pub(crate) const BE: u8 = 0x08;
pub(crate) const BS: u8 = 0x10;
pub(crate) const AT: u8 = 0x40;
pub(crate) const ED: u8 = 0x80;

pub(crate) struct Device {
    pub(crate) authenticator: Authenticator,
    pub(crate) store: MemoryStore,
    pub(crate) rng: StdRng,
    pub(crate) now: u64,
}

/// What the person does at a prompt.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Person {
    /// Approves the account with this number, verified if the prompt demands it.
    Approves(usize),
    /// Approves, and is verified though the prompt may not demand it.
    ApprovesVerified,
    /// Answers no, or not at all.
    Refuses(Refusal),
}

impl Device {
    pub(crate) fn new() -> Self {
        Self::with(UserVerificationState::Configured)
    }

    pub(crate) fn with(state: UserVerificationState) -> Self {
        Self {
            authenticator: Authenticator::new(state),
            store: MemoryStore::new(),
            rng: StdRng::seed_from_u64(1),
            now: 1_700_000_000,
        }
    }

    pub(crate) fn begin(&mut self, command: Command) -> Begun {
        self.now += 1;
        self.authenticator.begin(command, &self.store, UnixTime(self.now))
    }

    pub(crate) fn ask(&mut self, command: Command) -> (Pending, ConsentPrompt) {
        match self.begin(command) {
            Begun::Ask(pending, prompt) => (pending, prompt),
            Begun::Reply(answer) => panic!("answered {:02x?} without asking", answer.bytes()),
        }
    }

    /// Runs a command to its answer.
    pub(crate) fn run(&mut self, command: Command, person: Person) -> Answer {
        match self.begin(command) {
            Begun::Reply(answer) => answer,
            Begun::Ask(pending, prompt) => self.answer(pending, prompt, person),
        }
    }

    pub(crate) fn answer(&mut self, pending: Pending, prompt: ConsentPrompt, person: Person) -> Answer {
        let verified = || Some(UserVerified::by(VerificationMethod::AppPin));
        let consent = match person {
            Person::Refuses(refusal) => return pending.refuse(prompt.refuse(refusal)),
            Person::Approves(account) => {
                let demanded =
                    prompt.user_verification() == roamkey_authenticator::UserVerification::Required;
                prompt.approve(AccountChoice(account), if demanded { verified() } else { None })
            }
            Person::ApprovesVerified => prompt.approve(AccountChoice(0), verified()),
        };
        pending.finish(consent.unwrap(), &self.store, &mut self.rng, UnixTime(self.now))
    }

    pub(crate) fn create(&mut self, request: MakeCredential) -> Created {
        let answer = self.run(make(request), Person::Approves(0));
        Created::read(answer.bytes())
    }

    pub(crate) fn sign_in(&mut self, request: GetAssertion) -> Signed {
        let answer = self.run(get(request), Person::Approves(0));
        Signed::read(answer.bytes())
    }

    pub(crate) fn make_status(&mut self, request: MakeCredential) -> u8 {
        self.run(make(request), Person::Approves(0)).bytes()[0]
    }

    pub(crate) fn get_status(&mut self, request: GetAssertion) -> u8 {
        self.run(get(request), Person::Approves(0)).bytes()[0]
    }
}

/// Sends the request over the wire and back, so that every test goes through the codec.
pub(crate) fn make(request: MakeCredential) -> Command {
    Command::decode(&Command::MakeCredential(Box::new(request)).encode()).unwrap()
}

pub(crate) fn get(request: GetAssertion) -> Command {
    Command::decode(&Command::GetAssertion(Box::new(request)).encode()).unwrap()
}

pub(crate) fn good_creation() -> MakeCredential {
    MakeCredential {
        client_data_hash: CLIENT_DATA_HASH,
        rp: PublicKeyCredentialRpEntity {
            id: rp_id("example.com"),
            name: Some("Example".to_owned()),
        },
        user: user(b"alice", "alice"),
        pub_key_cred_params: vec![PublicKeyCredentialParameters::new(Algorithm::Es256)],
        exclude_list: Vec::new(),
        extensions: ExtensionInputs::default(),
        options: Options {
            rk: Some(true),
            up: None,
            uv: Some(true),
        },
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        attestation_formats_preference: Vec::new(),
    }
}

pub(crate) fn good_assertion() -> GetAssertion {
    GetAssertion {
        rp_id: rp_id("example.com"),
        client_data_hash: CLIENT_DATA_HASH,
        allow_list: Vec::new(),
        extensions: get_assertion::ExtensionInputs::default(),
        options: Options {
            rk: None,
            up: None,
            uv: Some(true),
        },
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    }
}

pub(crate) fn rp_id(text: &str) -> RpId {
    RpId::parse(text).unwrap()
}

pub(crate) fn user(handle: &[u8], name: &str) -> PublicKeyCredentialUserEntity {
    PublicKeyCredentialUserEntity {
        id: UserHandle::parse(handle).unwrap(),
        name: Some(name.to_owned()),
        display_name: Some(name.to_uppercase()),
    }
}

pub(crate) fn descriptor(id: &[u8]) -> PublicKeyCredentialDescriptor {
    PublicKeyCredentialDescriptor::new(CredentialId::new(id))
}

/// A makeCredential response, read with ciborium only.
pub(crate) struct Created {
    pub(crate) fmt: String,
    pub(crate) att_stmt: Value,
    pub(crate) auth_data: Vec<u8>,
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) aaguid: [u8; 16],
    pub(crate) id: Vec<u8>,
    pub(crate) public_key: Value,
    pub(crate) extensions: Option<Value>,
    pub(crate) unsigned: Option<Value>,
}

impl Created {
    pub(crate) fn read(message: &[u8]) -> Self {
        let map = success(message);
        let bytes = map[&2].as_bytes().unwrap().clone();
        let (flags, sign_count) = head(&bytes);
        assert_eq!(flags & AT, AT);
        let length = usize::from(u16::from_be_bytes([bytes[53], bytes[54]]));
        let mut rest = &bytes[55 + length..];
        let public_key = ciborium::from_reader(&mut rest).unwrap();
        let extensions = (flags & ED != 0).then(|| ciborium::from_reader(&mut rest).unwrap());
        assert!(rest.is_empty());
        Self {
            fmt: map[&1].as_text().unwrap().to_owned(),
            att_stmt: map[&3].clone(),
            flags,
            sign_count,
            aaguid: bytes[37..53].try_into().unwrap(),
            id: bytes[55..55 + length].to_vec(),
            auth_data: bytes,
            public_key,
            extensions,
            unsigned: map.get(&6).cloned(),
        }
    }

    /// Verifies a signature with the credential's public key, read from COSE by hand.
    pub(crate) fn verify(&self, auth_data: &[u8], signature: &[u8]) -> bool {
        let message = [auth_data, &CLIENT_DATA_HASH].concat();
        let bytes = |key: i64| item(&self.public_key, key).as_bytes().unwrap().clone();
        let number = |key: i64| i128::from(item(&self.public_key, key).as_integer().unwrap());
        match (number(1), number(3), number(-1)) {
            (2, -7, 1) => {
                use p256::ecdsa::signature::Verifier;
                let point = [vec![4], bytes(-2), bytes(-3)].concat();
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
                let signature = p256::ecdsa::Signature::from_der(signature).unwrap();
                key.verify(&message, &signature).is_ok()
            }
            (1, -8, 6) => {
                let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes(-2).try_into().unwrap()).unwrap();
                let signature = ed25519_dalek::Signature::from_slice(signature).unwrap();
                key.verify_strict(&message, &signature).is_ok()
            }
            other => panic!("unknown key {other:?}"),
        }
    }
}

/// A getAssertion response, read with ciborium only.
pub(crate) struct Signed {
    pub(crate) id: Vec<u8>,
    pub(crate) auth_data: Vec<u8>,
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) signature: Vec<u8>,
    pub(crate) user: Option<Value>,
    pub(crate) keys: Vec<i64>,
    pub(crate) user_selected: Option<bool>,
    pub(crate) unsigned: Option<Value>,
}

impl Signed {
    pub(crate) fn read(message: &[u8]) -> Self {
        let map = success(message);
        let auth_data = map[&2].as_bytes().unwrap().clone();
        assert_eq!(auth_data.len(), 37);
        let (flags, sign_count) = head(&auth_data);
        Self {
            id: text_item(&map[&1], "id").as_bytes().unwrap().clone(),
            auth_data,
            flags,
            sign_count,
            signature: map[&3].as_bytes().unwrap().clone(),
            user: map.get(&4).cloned(),
            keys: map.keys().copied().collect(),
            user_selected: map.get(&6).map(|value| value.as_bool().unwrap()),
            unsigned: map.get(&8).cloned(),
        }
    }
}

fn head(auth_data: &[u8]) -> (u8, u32) {
    assert_eq!(auth_data[..32], Sha256::digest("example.com")[..]);
    (
        auth_data[32],
        u32::from_be_bytes(auth_data[33..37].try_into().unwrap()),
    )
}

fn success(message: &[u8]) -> std::collections::BTreeMap<i64, Value> {
    assert_eq!(message[0], 0, "status {:#04x}", message[0]);
    canonical::assert_canonical(&message[1..]);
    let map: Value = ciborium::from_reader(&message[1..]).unwrap();
    let entries = map.into_map().unwrap().into_iter();
    entries
        .map(|(key, value)| (i128::from(key.as_integer().unwrap()).try_into().unwrap(), value))
        .collect()
}

pub(crate) fn item(map: &Value, key: i64) -> &Value {
    let entries = map.as_map().unwrap();
    &entries
        .iter()
        .find(|(own, _)| own.as_integer() == Some(key.into()))
        .unwrap()
        .1
}

pub(crate) fn text_item<'a>(map: &'a Value, key: &str) -> &'a Value {
    try_text_item(map, key).unwrap_or_else(|| panic!("no {key} in {map:?}"))
}

pub(crate) fn try_text_item<'a>(map: &'a Value, key: &str) -> Option<&'a Value> {
    map.as_map()
        .unwrap()
        .iter()
        .find(|(own, _)| own.as_text() == Some(key))
        .map(|(_, value)| value)
}
