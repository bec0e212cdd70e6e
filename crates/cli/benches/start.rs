//! How long the command takes from its start to its end, as a shell waits for it: `--version`, and `list` on an empty
//! vault over a real gnome-keyring. Budgets: 20 and 40 ms.

#![allow(clippy::expect_used, reason = "a benchmark stops where it fails")]

use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};
use roamkey_testkit::keyring::PrivateKeyring;

fn run(mut command: Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?}");
}

fn benchmark(criterion: &mut Criterion) {
    let program = env!("CARGO_BIN_EXE_roamkey");
    criterion.bench_function("roamkey --version", |bencher| {
        bencher.iter(|| {
            let mut command = Command::new(program);
            command.arg("--version");
            run(command);
        });
    });
    let session = PrivateKeyring::start().expect("a private keyring");
    criterion.bench_function("roamkey list, empty vault", |bencher| {
        bencher.iter(|| {
            let mut command = session.command(program);
            command.arg("list").env_remove("ROAMKEY_DATA_DIR");
            run(command);
        });
    });
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
