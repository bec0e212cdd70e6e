//! Decoding a request with 64 entries in its allow list. Budget: 20 µs.

use criterion::{Criterion, criterion_group, criterion_main};
use roamkey_cbor::{Map, Value, encode_into};
use roamkey_ctap::Command;

fn request() -> Vec<u8> {
    let entry = |n: u8| Value::from(Map::new().with("id", [n; 32]).with("type", "public-key"));
    let map = Map::new()
        .with(1, "example.com")
        .with(2, [7; 32])
        .with(3, (0..64).map(entry).collect::<Value<'_>>())
        .with(5, Map::new().with("uv", true));
    let mut message = vec![0x02];
    encode_into(&Value::from(map), &mut message);
    message
}

fn benchmark(criterion: &mut Criterion) {
    let request = request();
    criterion.bench_function("decode a request with 64 entries", |bencher| {
        bencher.iter(|| Command::decode(&request));
    });
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
