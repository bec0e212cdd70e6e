//! `make_credential` and `get_assertion`, from request bytes to response bytes, beside the bare cryptography that they
//! contain. Budget: 1.3 times that. The person takes no time here.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use p256::ecdsa::signature::Signer;
use p256::elliptic_curve::Generate;
use rand::SeedableRng;
use rand::rngs::StdRng;
use roamkey_authenticator::{
    AccountChoice, Answer, Authenticator, Begun, UnixTime, UserVerificationState, UserVerified,
    VerificationMethod,
};
use roamkey_cbor::{Map, Value, encode_into};
use roamkey_ctap::{Command, StatusCode};
use roamkey_testkit::store::MemoryStore;

const NOW: UnixTime = UnixTime(1_700_000_000);

fn message(command: u8, parameters: Map<'_>) -> Vec<u8> {
    let mut message = vec![command];
    encode_into(&Value::from(parameters), &mut message);
    message
}

fn creation(account: u64) -> Vec<u8> {
    let parameters = Map::new().with("alg", -7).with("type", "public-key");
    let user = Map::new()
        .with("id", account.to_be_bytes())
        .with("name", "alice")
        .with("displayName", "Alice");
    let map = Map::new()
        .with(1, [7; 32])
        .with(2, Map::new().with("id", "example.com").with("name", "Example"))
        .with(3, user)
        .with(4, vec![Value::from(parameters)])
        .with(7, Map::new().with("rk", true).with("uv", true));
    message(0x01, map)
}

fn assertion() -> Vec<u8> {
    let map = Map::new()
        .with(1, "example.com")
        .with(2, [7; 32])
        .with(5, Map::new().with("uv", true));
    message(0x02, map)
}

/// Serves one request, approved at once; `None` if the request was not answered with success.
fn serve(request: &[u8], store: &MemoryStore, rng: &mut StdRng) -> Option<Answer> {
    let mut authenticator = Authenticator::new(UserVerificationState::Configured);
    let command = Command::decode(request).ok()?;
    let Begun::Ask(pending, prompt) = authenticator.begin(command, store, NOW) else {
        return None;
    };
    let verified = UserVerified::by(VerificationMethod::AppPin);
    let consent = prompt.approve(AccountChoice::default(), Some(verified)).ok()?;
    let answer = pending.finish(consent, store, rng, NOW);
    (answer.bytes().first() == Some(&StatusCode::Ok.byte())).then_some(answer)
}

fn benchmark(criterion: &mut Criterion) {
    let mut rng = StdRng::seed_from_u64(1);
    let mut group = criterion.benchmark_group("ES256");
    group.bench_function("bare key generation", |bencher| {
        bencher.iter(|| p256::SecretKey::generate_from_rng(&mut rng).public_key());
    });
    let request = creation(0);
    group.bench_function("make_credential", |bencher| {
        bencher.iter(|| serve(&request, &MemoryStore::new(), &mut rng));
    });
    let key = p256::ecdsa::SigningKey::generate_from_rng(&mut rng);
    group.bench_function("bare signature", |bencher| {
        bencher.iter(|| -> p256::ecdsa::Signature { key.sign(black_box(&[7; 69])) });
    });
    let request = assertion();
    let store = MemoryStore::new();
    serve(&creation(0), &store, &mut rng);
    group.bench_function("get_assertion", |bencher| {
        bencher.iter(|| serve(&request, &store, &mut rng));
    });
    group.finish();
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
