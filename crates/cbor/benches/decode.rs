//! Decoding the largest request that Chromium was seen to send: 64 entries in an allow list. Budget: 20 µs.

use criterion::{Criterion, criterion_group, criterion_main};
use roamkey_cbor::{Map, Value, decode, encode};

fn request() -> Vec<u8> {
    let entry = |n: u8| Value::from(Map::new().with("id", [n; 32]).with("type", "public-key"));
    let map = Map::new()
        .with(1, "example.com")
        .with(2, [7; 32])
        .with(3, (0..64).map(entry).collect::<Value<'_>>())
        .with(5, Map::new().with("uv", true));
    encode(&Value::from(map))
}

fn benchmark(criterion: &mut Criterion) {
    let request = request();
    criterion.bench_function("decode 64 descriptors", |bencher| {
        bencher.iter(|| decode(&request))
    });
    if let Ok(value) = decode(&request) {
        criterion.bench_function("encode 64 descriptors", |bencher| bencher.iter(|| encode(&value)));
    }
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
