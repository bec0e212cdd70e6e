//! `prf` from a phone that names `hmac-secret` and not `prf`: our own authenticator, with everything it has, behind a
//! description that leaves `prf` out; over a real tunnel server.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod phone_stage;
mod stage;

use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use roamkey_authenticator::{
    AccountChoice, Authenticator, Begun, UserVerification, UserVerificationState, UserVerified,
    VerificationMethod,
};
use roamkey_ctap::get_info::Info;
use roamkey_ctap::{Command, CoseKey, KeyAgreement};
use roamkey_device::hybrid::Message;
use roamkey_device::webauthn::{CreationOptions, Origin, RequestOptions};
use roamkey_device::{ErrorCode, Pending, RequestFailure, now};
use roamkey_testkit::phone::Phone;
use roamkey_testkit::store::MemoryStore;
use serde_json::{Value, json};

use phone_stage::{Both, ORIGIN, RP_ID};

/// The phone: an authenticator, and a person who agrees to everything.
struct Agreeable {
    authenticator: Authenticator,
    store: MemoryStore,
}

impl Agreeable {
    fn new() -> Self {
        let verifies = UserVerificationState::Configured;
        Self {
            authenticator: Authenticator::with_all_extensions(verifies, &mut UnwrapErr(SysRng)),
            store: MemoryStore::new(),
        }
    }

    /// Its description, with these extensions only.
    fn get_info(&self, extensions: &[&str]) -> Vec<u8> {
        let mut info = Info::decode(&self.authenticator.get_info()).unwrap();
        info.extensions = extensions.iter().map(|name| (*name).to_owned()).collect();
        info.encode()
    }

    fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        let command = Command::decode(request).unwrap();
        match self.authenticator.begin(command, &self.store, now()) {
            Begun::Reply(answer) => answer.bytes().to_vec(),
            Begun::Ask(pending, prompt) => {
                let verified = match prompt.user_verification() {
                    UserVerification::Required => Some(UserVerified::by(VerificationMethod::AppPin)),
                    UserVerification::NotRequired => None,
                };
                let consent = prompt.approve(AccountChoice::default(), verified).unwrap();
                let answer = pending.finish(consent, &self.store, &mut UnwrapErr(SysRng), now());
                answer.bytes().to_vec()
            }
        }
    }
}

/// Carries a request out with a phone of these extensions, whose replies `change` may spoil; returns what came of it and
/// the commands that it got.
async fn answered<O>(
    both: &Both,
    pending: Pending<O>,
    agreeable: &mut Agreeable,
    extensions: &[&str],
    change: impl Fn(u8, Vec<u8>) -> Vec<u8>,
) -> (Result<O, RequestFailure>, Vec<u8>) {
    let waiting = Phone::scan(pending.link(), &both.tunnel, &mut UnwrapErr(SysRng))
        .await
        .unwrap();
    let phone = async {
        let met = waiting.meet(&both.air, &mut UnwrapErr(SysRng)).await.unwrap();
        let mut phone = met.introduce(&agreeable.get_info(extensions)).await.unwrap();
        let mut commands = Vec::new();
        // Until the shutdown message.
        while let Ok(request) = phone.request().await {
            commands.push(request[0]);
            let reply = change(request[0], agreeable.answer(&request));
            phone.send(&Message::Ctap(reply)).await.unwrap();
        }
        commands
    };
    tokio::join!(pending.finished(), phone)
}

fn origin() -> Origin {
    Origin::parse(ORIGIN).unwrap()
}

async fn create(both: &Both, agreeable: &mut Agreeable, extensions: &[&str]) -> (Value, Vec<u8>) {
    let options = json!({
        "rp": { "id": RP_ID, "name": "Example" },
        "user": { "id": "AAEC", "name": "alice", "displayName": "Alice" },
        "challenge": "AAECAwQFBgcICQoLDA0ODw",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "extensions": { "prf": { "eval": { "first": "Zmlyc3Q", "second": "c2Vjb25k" } } },
    });
    let options = CreationOptions::from_json(&options.to_string()).unwrap();
    let pending = both.requester.create(&origin(), options).await.unwrap();
    let (ended, commands) = answered(both, pending, agreeable, extensions, |_, reply| reply).await;
    (ended.unwrap().to_json(), commands)
}

fn sign_in(id: &Value, prf: &Value, user_verification: &str) -> RequestOptions {
    let options = json!({
        "challenge": "AAECAw", "rpId": RP_ID, "userVerification": user_verification,
        "allowCredentials": [{ "type": "public-key", "id": id }],
        "extensions": { "prf": prf },
    });
    RequestOptions::from_json(&options.to_string()).unwrap()
}

async fn results(
    both: &Both,
    agreeable: &mut Agreeable,
    extensions: &[&str],
    options: RequestOptions,
) -> (Value, Vec<u8>) {
    let pending = both
        .requester
        .sign_in(&origin(), options, Vec::new())
        .await
        .unwrap();
    let (ended, commands) = answered(both, pending, agreeable, extensions, |_, reply| reply).await;
    (
        ended.unwrap().to_json()["clientExtensionResults"]["prf"]["results"].clone(),
        commands,
    )
}

#[tokio::test]
async fn the_results_are_those_that_the_same_passkey_gives_by_prf() {
    let both = Both::plain();
    let mut agreeable = Agreeable::new();
    let (created, commands) = create(&both, &mut agreeable, &["hmac-secret", "hmac-secret-mc"]).await;
    assert_eq!(commands, [0x06, 0x01], "the key, then the creation");
    let at_creation = &created["clientExtensionResults"]["prf"];
    assert_eq!(at_creation["enabled"], true);
    let id = &created["id"];
    let inputs = json!({ "eval": { "first": "Zmlyc3Q", "second": "c2Vjb25k" } });
    let swapped = json!({ "evalByCredential": { id.as_str().unwrap(): { "first": "c2Vjb25k" } } });
    // Verified or not as the site wishes: the function is the same.
    for wish in ["required", "preferred", "discouraged"] {
        let options = sign_in(id, &inputs, wish);
        let (by_prf, commands) =
            results(&both, &mut agreeable, &["prf"], sign_in(id, &inputs, "required")).await;
        assert_eq!(commands, [0x02]);
        let (by_secret, commands) = results(&both, &mut agreeable, &["hmac-secret"], options).await;
        assert_eq!(commands, [0x06, 0x02]);
        assert_eq!(
            (&by_secret, &by_secret),
            (&by_prf, &at_creation["results"]),
            "{wish}"
        );
        let (one, _) = results(
            &both,
            &mut agreeable,
            &["hmac-secret"],
            sign_in(id, &swapped, wish),
        )
        .await;
        assert_eq!(one, json!({ "first": by_prf["second"] }));
    }
}

#[tokio::test]
async fn a_phone_without_hmac_secret_mc_says_that_it_can() {
    let both = Both::plain();
    let (created, commands) = create(&both, &mut Agreeable::new(), &["hmac-secret"]).await;
    assert_eq!(commands, [0x01]);
    assert_eq!(
        created["clientExtensionResults"]["prf"],
        json!({ "enabled": true })
    );
}

#[tokio::test]
async fn each_lie_about_the_key_and_the_outputs_has_its_code() {
    let both = Both::plain();
    let mut agreeable = Agreeable::new();
    let (created, _) = create(&both, &mut agreeable, &["hmac-secret"]).await;
    let inputs = json!({ "eval": { "first": "Zmlyc3Q" } });
    let other = KeyAgreement::decode(&Agreeable::new().answer(&[0x06, 0xA2, 1, 2, 2, 2]))
        .unwrap()
        .encode();
    let off_the_curve = KeyAgreement(CoseKey::Ecdh {
        x: [1; 32],
        y: [1; 32],
    })
    .encode();
    let cases: [(u8, Vec<u8>, ErrorCode); 4] = [
        (0x06, off_the_curve, ErrorCode::PhoneKeyAgreementFailed),
        (0x06, vec![0, 0xA0], ErrorCode::PhoneKeyAgreementFailed),
        // The salts are sealed for a key that the phone does not have.
        (0x06, other, ErrorCode::PhoneKeyAgreementFailed),
        (0x02, vec![0, 0xA0], ErrorCode::PhoneAnswerMalformed),
    ];
    for (command, lie, code) in cases {
        let options = sign_in(&created["id"], &inputs, "preferred");
        let pending = both
            .requester
            .sign_in(&origin(), options, Vec::new())
            .await
            .unwrap();
        let spoil = |asked: u8, reply: Vec<u8>| if asked == command { lie.clone() } else { reply };
        let (ended, _) = answered(&both, pending, &mut agreeable, &["hmac-secret"], spoil).await;
        assert_eq!(ended.unwrap_err().code(), code, "{command} {lie:02x?}");
    }
    // A phone that gives no key signs in without results.
    let options = sign_in(&created["id"], &inputs, "preferred");
    let pending = both
        .requester
        .sign_in(&origin(), options, Vec::new())
        .await
        .unwrap();
    let refuse = |asked: u8, reply: Vec<u8>| if asked == 0x06 { vec![0x01] } else { reply };
    let (ended, commands) = answered(&both, pending, &mut agreeable, &["hmac-secret"], refuse).await;
    assert_eq!(commands, [0x06, 0x02]);
    assert_eq!(
        ended.unwrap().to_json()["clientExtensionResults"],
        json!({ "prf": {} })
    );
}
