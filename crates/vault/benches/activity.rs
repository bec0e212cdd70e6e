//! The activity log with 10,000 entries, over a keyring in memory: reading all, verifying all, adding one.

#![expect(clippy::unwrap_used, reason = "a benchmark that fails may end like that")]

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use keyring_core::api::CredentialStore as KeyringStore;
use keyring_core::sample::Store;
use roamkey_authenticator::UnixTime;
use roamkey_vault::{Activity, ActivityReport, Backend, Event, Vault, VaultConfig};

const ENTRIES: u64 = 10_000;

fn activity(number: u64) -> Activity {
    Activity {
        rp_id: Some(format!("site-{number}.example")),
        account: Some(format!("name-{number}@mail.example")),
        user_verified: Some(true),
        ..Activity::of(Event::SignedIn)
    }
}

fn benchmarks(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<KeyringStore> = Store::new().unwrap();
    let backend = Backend::other(move || Ok(Arc::clone(&store)));
    let vault = Vault::open(VaultConfig::new(folder.path()).backend(backend)).unwrap();
    for number in 0..ENTRIES {
        vault
            .note_activity(&activity(number), UnixTime(1_795_000_000 + number))
            .unwrap();
    }
    let intact = ActivityReport::Intact { entries: ENTRIES };
    assert_eq!(vault.verify_activity().unwrap(), intact);

    let mut group = criterion.benchmark_group("activity log with 10,000 entries");
    group.sample_size(10);
    group.bench_function("read all", |bencher| {
        bencher.iter(|| vault.activity(None).unwrap());
    });
    group.bench_function("verify all", |bencher| {
        bencher.iter(|| vault.verify_activity().unwrap());
    });
    group.bench_function("statistics", |bencher| {
        bencher.iter(|| vault.statistics().unwrap());
    });
    group.bench_function("add one", |bencher| {
        bencher.iter(|| {
            vault
                .note_activity(&activity(1), UnixTime(1_796_000_000))
                .unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
