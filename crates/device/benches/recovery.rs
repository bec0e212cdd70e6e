//! Backup, import and restore of 10,000 passkeys: how long each takes, and how much memory a process needs that does
//! nothing else. Then a restore into a real gnome-keyring, beside what the keyring's own writes of as much cost: it writes
//! all its items anew each time, so 300 must do.
//!
//! Each takes seconds, so the numbers are medians of a few runs by the clock, printed as criterion prints its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that can't run shall stop; what it measures goes to standard output"
)]

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keyring_core::api::{CredentialStore as KeyringStore, CredentialStoreApi as _};
use keyring_core::sample::Store;
use roamkey_authenticator::{Credential, CredentialStore as _, PrfSeed, PrfSeeds, PrivateKey, UnixTime};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use roamkey_device::recovery::{self, Key, Readers, Recovery, Source};
use roamkey_device::vault::{Backend, Pin, Vault, VaultConfig};
use roamkey_testkit::keyring::PrivateKeyring;

const PASSKEYS: u32 = 10_000;
const IN_GNOME_KEYRING: u32 = 300;
/// About as long as a passkey's item, base64.
const ITEM_LENGTH: usize = 440;
const RUNS: usize = 3;
const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth \
                     useful legal winner thank year wave sausage worth title";
/// Tells a process of this benchmark what to do: the folder is in the next one.
const ACT: &str = "ROAMKEY_BENCH_ACT";
const FOLDER: &str = "ROAMKEY_BENCH_FOLDER";

fn main() {
    if let Ok(act) = std::env::var(ACT) {
        let folder = std::env::var_os(FOLDER).unwrap();
        return act_out(&act, Path::new(&folder));
    }
    if let Some(session) = PrivateKeyring::attached() {
        return in_gnome_keyring(&session);
    }
    let folder = tempfile::tempdir().unwrap();
    make_files(folder.path());
    for act in [
        "back up",
        "report on an import of",
        "report on a backup of",
        "restore",
    ] {
        let mut runs: Vec<(Duration, u64)> = (0..RUNS).map(|_| measured(act, folder.path())).collect();
        runs.sort_unstable();
        let most = runs.iter().map(|(_, memory)| *memory).max().unwrap_or_default();
        report(&format!("{act} 10,000 passkeys"), runs[RUNS / 2].0);
        println!("    most memory, all of it: {most} KiB (budget 200,000)");
    }
    let session = PrivateKeyring::start().unwrap();
    let mut inside = session.command(std::env::current_exe().unwrap());
    assert!(inside.status().unwrap().success());
}

fn report(what: &str, took: Duration) {
    println!("test {what} ... bench: {:>11} ns/iter (+/- 0)", took.as_nanos());
}

/// The act in a process of its own: its time and the most memory it had, in KiB.
fn measured(act: &str, folder: &Path) -> (Duration, u64) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child.env(ACT, act).env(FOLDER, folder).output().unwrap();
    assert!(
        output.status.success(),
        "{act}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8(output.stdout).unwrap();
    let (nanos, memory) = said.trim().split_once(' ').unwrap();
    (
        Duration::from_nanos(nanos.parse().unwrap()),
        memory.parse().unwrap(),
    )
}

fn act_out(act: &str, folder: &Path) {
    let own = tempfile::tempdir().unwrap();
    let vault = in_memory(&own.path().join("data"));
    let key = Key::parse(WORDS).unwrap();
    let started = match act {
        "back up" => {
            fill(&vault, PASSKEYS);
            set_up(&vault);
            let started = Instant::now();
            let written = recovery::backup(&vault, &own.path().join("backups"), &mut on).unwrap();
            assert_eq!(written.count, u64::from(PASSKEYS));
            started
        }
        _ => {
            let (name, key, source) = match act {
                "report on an import of" => ("export.json", None, Source::Other),
                _ => ("backup.age", Some(&key), Source::Backup),
            };
            let mut started = Instant::now();
            let file = recovery::read_file(&folder.join(name)).unwrap();
            let opened = recovery::open(&file, key, None).unwrap();
            let plan = recovery::plan(&vault, opened).unwrap();
            assert_eq!(plan.new.len(), usize::try_from(PASSKEYS).unwrap());
            if act == "restore" {
                started = Instant::now();
                let applied = recovery::apply(&vault, plan, source, &mut on).unwrap();
                assert_eq!(applied.added, usize::try_from(PASSKEYS).unwrap());
            }
            started
        }
    };
    println!("{} {}", started.elapsed().as_nanos(), most_memory());
}

/// The most memory that this process has had, in KiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A backup and a plain export of 10,000 passkeys.
fn make_files(folder: &Path) {
    let vault = in_memory(&folder.join("data"));
    fill(&vault, PASSKEYS);
    set_up(&vault);
    let written = recovery::backup(&vault, &folder.join("backups"), &mut on).unwrap();
    std::fs::rename(written.path, folder.join("backup.age")).unwrap();
    let pin = Pin::new("2718".to_owned()).unwrap();
    vault.set_pin(&pin, NOW).unwrap();
    let verified = vault.verify_pin(&pin, NOW).unwrap();
    recovery::export_cxf(
        &vault,
        &folder.join("export.json"),
        Readers::Anybody(verified),
        &mut on,
    )
    .unwrap();
}

/// A restore of 300 passkeys, and the keyring's own writes of as many items, each into an empty keyring.
fn in_gnome_keyring(session: &PrivateKeyring) {
    let keyring = zbus_secret_service_keyring_store::Store::new().unwrap();
    let item = |number: u32| keyring.build("a benchmark", &number.to_string(), None).unwrap();
    let empty = || {
        for item in keyring.search(&std::collections::HashMap::new()).unwrap() {
            item.delete_credential().unwrap();
        }
    };
    let (mut own, mut restored) = (Vec::new(), Vec::new());
    let source = in_memory(&session.folder().join("source"));
    fill(&source, IN_GNOME_KEYRING);
    set_up(&source);
    let backup = recovery::backup(&source, &session.folder().join("backups"), &mut on).unwrap();
    let file = recovery::read_file(&backup.path).unwrap();
    for run in 0..RUNS {
        let started = Instant::now();
        for number in 0..IN_GNOME_KEYRING {
            item(number).set_secret(&[b'a'; ITEM_LENGTH]).unwrap();
        }
        own.push(started.elapsed());
        empty();

        let vault = Vault::open(VaultConfig::new(session.folder().join(format!("data-{run}")))).unwrap();
        let opened = recovery::open(&file, Some(&Key::parse(WORDS).unwrap()), None).unwrap();
        let plan = recovery::plan(&vault, opened).unwrap();
        let started = Instant::now();
        let applied = recovery::apply(&vault, plan, Source::Backup, &mut on).unwrap();
        restored.push(started.elapsed());
        assert_eq!(applied.added, usize::try_from(IN_GNOME_KEYRING).unwrap());
        empty();
    }
    own.sort_unstable();
    restored.sort_unstable();
    report("gnome-keyring writes 300 items", own[RUNS / 2]);
    report("restore 300 passkeys into gnome-keyring", restored[RUNS / 2]);
    let ratio = restored[RUNS / 2].as_secs_f64() / own[RUNS / 2].as_secs_f64();
    println!("    {ratio:.2} times the keyring's own writes (budget 3)");
}

fn on(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn in_memory(folder: &Path) -> Vault {
    let store: Arc<KeyringStore> = Store::new().unwrap();
    let backend = Backend::other(move || Ok(Arc::clone(&store)));
    Vault::open(VaultConfig::new(folder).backend(backend)).unwrap()
}

fn set_up(vault: &Vault) {
    Recovery::set_up(vault, &recovery::words(WORDS).unwrap(), false).unwrap();
}

fn fill(vault: &Vault, count: u32) {
    for number in 0..count {
        vault.create(&credential(number), &[], NOW).unwrap();
    }
}

const NOW: UnixTime = UnixTime(1_796_000_000);

/// A passkey whose bytes all follow from `number`.
fn credential(number: u32) -> Credential {
    let mut id = [7; 32];
    id[..4].copy_from_slice(&number.to_be_bytes());
    Credential {
        id: CredentialId::new(id),
        rp_id: RpId::parse(&format!("site-{}.example", number / 2)).unwrap(),
        user: PublicKeyCredentialUserEntity {
            id: UserHandle::parse(&number.to_be_bytes()).unwrap(),
            name: Some(format!("name-{number}@mail.example")),
            display_name: Some(format!("Display Name {number}")),
        },
        key: PrivateKey::from_bytes(Algorithm::Es256, &id).unwrap(),
        prf_seeds: PrfSeeds {
            with_uv: PrfSeed::from_bytes(id),
            without_uv: PrfSeed::from_bytes(id),
        },
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptional,
        cred_blob: None,
        backup_eligible: true,
        backup_state: false,
        created_at: NOW,
    }
}
