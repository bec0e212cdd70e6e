//! The vault with 10,000 passkeys, over a keyring in memory: what it costs above the keyring's own calls.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that fails may end like that"
)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use keyring_core::api::CredentialStore as KeyringStore;
use keyring_core::sample::Store;
use roamkey_authenticator::CredentialStore as _;
use roamkey_vault::{Backend, Query, Vault, VaultConfig};

mod passkeys;

use passkeys::{NOW, credential};

const PASSKEYS: u32 = 10_000;

fn vault(store: &Arc<KeyringStore>, folder: &Path) -> Vault {
    let store = Arc::clone(store);
    Vault::open(VaultConfig::new(folder).backend(Backend::other(move || Ok(Arc::clone(&store))))).unwrap()
}

fn benchmarks(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<KeyringStore> = Store::new().unwrap();
    let full = vault(&store, folder.path());
    for number in 0..PASSKEYS {
        full.create(&credential(number), &[], NOW).unwrap();
    }
    let wanted = credential(PASSKEYS / 3);

    let mut group = criterion.benchmark_group("vault with 10,000 passkeys");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1));
    group.bench_function("find and load one", |bencher| {
        bencher.iter(|| {
            let found = full.find(black_box(&wanted.rp_id)).unwrap();
            full.load(&found[0].id).unwrap()
        });
    });
    group.bench_function("open, find and load one", |bencher| {
        bencher.iter(|| {
            let vault = vault(&store, folder.path());
            let found = vault.find(black_box(&wanted.rp_id)).unwrap();
            vault.load(&found[0].id).unwrap()
        });
    });
    group.bench_function("open", |bencher| {
        bencher.iter(|| vault(&store, folder.path()).prepare().unwrap());
    });
    group.bench_function("open and list all", |bencher| {
        bencher.iter(|| vault(&store, folder.path()).list().unwrap());
    });
    group.bench_function("list all", |bencher| bencher.iter(|| full.list().unwrap()));
    let query = Query {
        text: Some("name-777".to_owned()),
        ..Query::default()
    };
    group.bench_function("open and search", |bencher| {
        bencher.iter(|| vault(&store, folder.path()).search(black_box(&query)).unwrap());
    });
    group.bench_function("find, load and sign", |bencher| {
        bencher.iter(|| {
            let found = full.find(black_box(&wanted.rp_id)).unwrap();
            full.load(&found[0].id)
                .unwrap()
                .key
                .sign(&[b"challenge"])
                .unwrap()
        });
    });
    group.bench_function("note a use", |bencher| {
        bencher.iter(|| full.used(&wanted.id, NOW).unwrap())
    });
    group.bench_function("replace one", |bencher| {
        bencher.iter(|| {
            full.create(&wanted, std::slice::from_ref(&wanted.id), NOW)
                .unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
