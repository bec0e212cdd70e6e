//! Adding a passkey over a real gnome-keyring on a private bus, beside what the keyring's own write of as much costs.
//!
//! Both with 100 items in the keyring: it writes all of them anew each time.

#![expect(clippy::unwrap_used, reason = "a benchmark that fails may end like that")]

#[cfg(target_os = "linux")]
mod passkeys;

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
    use keyring_core::api::CredentialStoreApi as _;
    use roamkey_authenticator::CredentialStore as _;
    use roamkey_testkit::keyring::PrivateKeyring;
    use roamkey_vault::{Vault, VaultConfig};

    use crate::passkeys::{NOW, credential};

    const PASSKEYS: u32 = 100;
    /// About as long as a passkey's item, base64.
    const ITEM_LENGTH: usize = 440;

    /// The keyring is found by the environment, so the benchmark runs once more as a process of its own, inside.
    pub(super) fn main() {
        let Some(session) = PrivateKeyring::attached() else {
            let session = PrivateKeyring::start().unwrap();
            let mut inside = session.command(std::env::current_exe().unwrap());
            let status = inside.args(std::env::args_os().skip(1)).status().unwrap();
            drop(session);
            std::process::exit(status.code().unwrap_or(1));
        };
        let mut criterion = Criterion::default().configure_from_args();
        let mut group = criterion.benchmark_group("gnome-keyring with 100 passkeys");
        group.sample_size(10).measurement_time(Duration::from_secs(3));
        benchmarks(&mut group, &session);
        group.finish();
        criterion.final_summary();
    }

    fn benchmarks(group: &mut BenchmarkGroup<'_, WallTime>, session: &PrivateKeyring) {
        let vault = Vault::open(VaultConfig::new(session.folder().join("data/roamkey"))).unwrap();
        for number in 0..PASSKEYS {
            vault.create(&credential(number), &[], NOW).unwrap();
        }
        let keyring = zbus_secret_service_keyring_store::Store::new().unwrap();
        let item = |number: u32| keyring.build("a benchmark", &number.to_string(), None).unwrap();
        let mut number = 0;
        group.bench_function("the keyring's own write", |bencher| {
            bencher.iter(|| {
                number += 1;
                item(number).set_secret(&[b'a'; ITEM_LENGTH]).unwrap();
            });
        });
        for number in 1..=number {
            item(number).delete_credential().unwrap();
        }
        let mut number = PASSKEYS;
        group.bench_function("add one", |bencher| {
            bencher.iter(|| {
                number += 1;
                vault.create(&credential(number), &[], NOW).unwrap();
            });
        });
    }
}
