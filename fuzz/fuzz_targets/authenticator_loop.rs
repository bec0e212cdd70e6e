//! The whole command loop: a series of requests to one authenticator with a store and a scripted person.
//!
//! ```text
//! input     (length 2, big endian ‖ person 1 ‖ request)*
//! person    bit 6: approves; bit 5: is verified unasked; low bits: account, or why not
//! ```

#![no_main]

// By path: the test kit as a crate would bring a D-Bus and a web server along.
#[path = "../../crates/testkit/src/store.rs"]
#[allow(dead_code, unreachable_pub, reason = "a module of another crate")]
mod store;

use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::StdRng;
use roamkey_authenticator::{
    AccountChoice, Answer, Authenticator, Begun, ConsentPrompt, Refusal, UnixTime, UserConsent,
    UserVerification, UserVerificationState, UserVerified, VerificationMethod,
};
use roamkey_ctap::Command;
use store::MemoryStore;

const NOW: UnixTime = UnixTime(1_700_000_000);

fuzz_target!(|data: &[u8]| {
    let mut rng = StdRng::seed_from_u64(0);
    let mut authenticator = Authenticator::with_all_extensions(UserVerificationState::Configured, &mut rng);
    let store = MemoryStore::new();
    let mut rest = data;
    while let Some((&[high, low, person], after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (request, after) = after.split_at(length);
        rest = after;
        let before = store.len();
        let answer = serve(&mut authenticator, &store, &mut rng, request, person);
        let approved = person & 0x40 != 0;
        assert!(approved || store.len() == before);
        check(answer.bytes(), Command::decode(request).is_ok());
    }
});

fn serve(
    authenticator: &mut Authenticator,
    store: &MemoryStore,
    rng: &mut StdRng,
    request: &[u8],
    person: u8,
) -> Answer {
    let command = match Command::decode(request) {
        Ok(command) => command,
        Err(error) => return Answer::undecodable(&error),
    };
    match authenticator.begin(command, store, NOW) {
        Begun::Reply(answer) => answer,
        Begun::Ask(pending, prompt) => match ask(prompt, person) {
            Ok(consent) => pending.finish(consent, store, rng, NOW),
            Err(refusal) => pending.refuse(refusal),
        },
    }
}

fn ask(prompt: ConsentPrompt, person: u8) -> Result<UserConsent, Refusal> {
    if person & 0x40 == 0 {
        return Err(prompt.refuse(match person & 3 {
            0 => Refusal::Denied,
            1 => Refusal::VerificationFailed,
            2 => Refusal::TimedOut,
            _ => Refusal::Withdrawn,
        }));
    }
    let verified = person & 0x20 != 0 || prompt.user_verification() == UserVerification::Required;
    let proof = verified.then(|| UserVerified::by(VerificationMethod::AppPin));
    prompt
        .approve(AccountChoice(usize::from(person & 0x0F)), proof)
        .map_err(Refusal::from)
}

fn check(answer: &[u8], decodable: bool) {
    match answer.split_first() {
        Some((0, [])) => assert!(decodable),
        Some((0, map)) => assert!(decodable && roamkey_cbor::decode(map).is_ok()),
        Some((_, rest)) => assert!(rest.is_empty()),
        None => assert!(!answer.is_empty()),
    }
}
