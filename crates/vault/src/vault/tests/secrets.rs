//! At TRACE, over a real keyring, nothing is printed that nobody should read: by us, by SQLite, by the D-Bus library.

use std::io::Write;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use roamkey_authenticator::CredentialStore as _;
use roamkey_ctap::CredentialId;
use roamkey_testkit::keyring::{PrivateKeyring, in_private_session};

use super::support::*;
use crate::{Pin, Vault, VaultConfig};

#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap().extend_from_slice(bytes);
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn nothing_secret_or_personal_is_printed_at_trace() {
    let name = "nothing_secret_or_personal_is_printed_at_trace";
    in_private_session(PrivateKeyring::start, module_path!(), name, |session| {
        let output = Output::default();
        let writer = output.clone();
        // The whole process: the keyring has a thread of its own.
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        let mut printed = live(session);
        printed.extend_from_slice(&output.0.lock().unwrap());
        let printed = String::from_utf8_lossy(&printed);
        assert!(
            printed.contains("TRACE") && printed.contains("a wrong PIN"),
            "nothing was recorded"
        );
        for (what, forms) in forbidden() {
            for form in forms {
                assert!(!printed.contains(&form), "{what} is printed, as {form}");
            }
        }
    });
}

/// Does everything once, with errors, and returns what all of it looks like in `Debug` and `Display`.
fn live(session: &PrivateKeyring) -> Vec<u8> {
    let open = || Vault::open(VaultConfig::new(session.folder().join("data/roamkey"))).unwrap();
    let vault = open();
    let mut shown = Vec::new();
    let pin = Pin::new("13572468".to_owned()).unwrap();
    vault.set_pin(&pin, NOW).unwrap();
    let wrong = vault
        .verify_pin(&Pin::new("wrong-pin-86421".to_owned()).unwrap(), NOW)
        .unwrap_err();
    write!(
        shown,
        "{pin:?} {wrong:?} {wrong} {:?}",
        vault.verify_pin(&pin, NOW)
    )
    .unwrap();
    let created = credential("very-secret-site.example", 77);
    vault.create(&created, &[], NOW).unwrap();
    let found = vault.find(&created.rp_id).unwrap();
    let loaded = vault.load(&created.id).unwrap();
    vault.used(&created.id, NOW).unwrap();
    write!(
        shown,
        "{created:?} {found:?} {loaded:?} {:?} {vault:?}",
        vault.list().unwrap()
    )
    .unwrap();
    std::fs::write(session.folder().join("data/roamkey/index.sqlite3"), "damaged").unwrap();
    write!(shown, "{:?} {:?}", open().list(), vault.check()).unwrap();
    let missing = vault.load(&CredentialId::new([78; 32])).unwrap_err();
    session.lock().unwrap();
    let locked = open().list().unwrap_err();
    write!(shown, "{missing:?} {missing} {locked:?} {locked}").unwrap();
    shown
}

/// Each thing that must not be printed, in the forms in which it could be.
fn forbidden() -> Vec<(&'static str, Vec<String>)> {
    let number = 77_u8;
    let bytes = |bytes: Vec<u8>| {
        let start = &bytes[..8.min(bytes.len())];
        let base64 = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&start[..start.len() / 3 * 3]);
        let list = format!("{start:?}");
        let lower = hex::encode(start);
        vec![
            lower.to_uppercase(),
            lower,
            base64,
            list.trim_matches(['[', ']']).to_owned(),
        ]
    };
    let text = |text: &str| vec![text.to_owned(), hex::encode(text)];
    vec![
        ("the RP ID", text("very-secret-site")),
        ("the user name", text("name-77")),
        ("the display name", text("Display Name 77")),
        ("the PIN", text("13572468")),
        ("a wrong PIN", text("wrong-pin-86421")),
        ("the private key or credential id", bytes(vec![number; 32])),
        ("a PRF seed", bytes(vec![number + 100; 32])),
        ("the other PRF seed", bytes(vec![number + 150; 32])),
        (
            "the user handle",
            vec!["4d010203".to_owned(), "77, 1, 2, 3".to_owned()],
        ),
    ]
}
