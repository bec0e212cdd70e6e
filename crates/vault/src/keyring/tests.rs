//! The keyring's thread against a store that does what stores do on a bad day.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use keyring_core::api::{Credential, CredentialApi, CredentialStoreApi};
use keyring_core::{Error as CoreError, Result as CoreResult};
use proptest::prelude::*;

use super::*;

/// What all stores over one keyring share.
#[derive(Default)]
struct Service {
    items: Mutex<HashMap<String, Vec<u8>>>,
    /// How often a store was made.
    connections: AtomicUsize,
    /// Each call takes one from here, if there is one, and fails with it.
    failures: Mutex<Vec<CoreError>>,
    /// Calls wait here, as behind a prompt, if there is a gate.
    gate: Mutex<Option<Receiver<()>>>,
    /// Calls that have ended are told here.
    done: Mutex<Option<Sender<&'static str>>>,
}

struct Store(Arc<Service>);

struct Item(Arc<Service>, String);

impl Service {
    fn keyring(self: &Arc<Self>, limit: Duration) -> Keyring {
        let service = Arc::clone(self);
        let connect = move || -> CoreResult<Arc<CredentialStore>> {
            service.connections.fetch_add(1, Ordering::SeqCst);
            Ok(Arc::new(Store(Arc::clone(&service))))
        };
        Keyring::new(Backend::other(connect), APP_ID.to_owned(), limit)
    }

    fn fail_with(&self, failures: impl IntoIterator<Item = CoreError>) {
        self.failures.lock().unwrap().extend(failures);
    }

    fn call<T>(
        &self,
        name: &'static str,
        work: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> CoreResult<T>,
    ) -> CoreResult<T> {
        let gate = held(&self.gate).take();
        if let Some(gate) = gate {
            let _opened = gate.recv();
        }
        let failure = held(&self.failures).pop();
        let result = failure.map_or_else(|| work(&mut self.items.lock().unwrap()), Err);
        if let Some(done) = &*held(&self.done) {
            let _heard = done.send(name);
        }
        result
    }
}

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "a test".to_owned()
    }
    fn id(&self) -> String {
        String::new()
    }
    fn build(&self, _: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> CoreResult<Entry> {
        Ok(Entry::new_with_credential(Arc::new(Item(
            Arc::clone(&self.0),
            user.to_owned(),
        ))))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

impl CredentialApi for Item {
    fn set_secret(&self, secret: &[u8]) -> CoreResult<()> {
        self.0.call("set", |items| {
            items.insert(self.1.clone(), secret.to_vec());
            Ok(())
        })
    }
    fn get_secret(&self) -> CoreResult<Vec<u8>> {
        self.0.call("get", |items| {
            items.get(&self.1).cloned().ok_or(CoreError::NoEntry)
        })
    }
    fn delete_credential(&self) -> CoreResult<()> {
        self.0.call("delete", |items| {
            items.remove(&self.1).map(drop).ok_or(CoreError::NoEntry)
        })
    }
    fn get_credential(&self) -> CoreResult<Option<Arc<Credential>>> {
        Ok(None)
    }
    fn get_specifiers(&self) -> Option<(String, String)> {
        Some((APP_ID.to_owned(), self.1.clone()))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn debug_fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Item")
    }
}

fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap()
}

fn failure() -> CoreError {
    CoreError::PlatformFailure("the session does not exist".into())
}

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

#[test]
fn nothing_is_connected_before_the_first_call() {
    let service = Arc::new(Service::default());
    let keyring = service.keyring(LONG);
    assert_eq!(service.connections.load(Ordering::SeqCst), 0);
    assert!(keyring.get("a").unwrap().is_none());
    assert_eq!(service.connections.load(Ordering::SeqCst), 1);
}

#[test]
fn a_dead_store_is_replaced_once() {
    let service = Arc::new(Service::default());
    let keyring = service.keyring(LONG);
    keyring.create("a", b"secret").unwrap();
    service.fail_with([failure()]);
    assert_eq!(keyring.get("a").unwrap().unwrap().as_slice(), b"secret");
    assert_eq!(service.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn a_store_that_fails_twice_is_an_error_and_the_next_call_begins_afresh() {
    let service = Arc::new(Service::default());
    let keyring = service.keyring(LONG);
    keyring.create("a", b"secret").unwrap();
    service.fail_with([failure(), failure()]);
    assert!(matches!(keyring.get("a"), Err(KeyringError::Failed(_))));
    assert_eq!(keyring.get("a").unwrap().unwrap().as_slice(), b"secret");
}

#[test]
fn a_keyring_that_can_not_be_connected_to_is_unavailable() {
    let connect = || Err(failure());
    let keyring = Keyring::new(Backend::other(connect), APP_ID.to_owned(), LONG);
    assert!(matches!(keyring.get("a"), Err(KeyringError::Unavailable(_))));
    assert!(matches!(keyring.users(), Err(KeyringError::Unavailable(_))));
}

#[test]
fn a_prompt_that_nobody_answers_ends_the_call_and_not_the_keyring() {
    let service = Arc::new(Service::default());
    let mut keyring = service.keyring(SHORT);
    let (_open_never, gate) = channel();
    *service.gate.lock().unwrap() = Some(gate);
    assert!(matches!(keyring.get("a"), Err(KeyringError::TimedOut)));
    keyring.limit = LONG;
    assert!(keyring.get("a").unwrap().is_none());
}

#[test]
fn an_item_that_is_created_after_its_caller_gave_up_is_removed_again() {
    let service = Arc::new(Service::default());
    let keyring = service.keyring(SHORT);
    let (open, gate) = channel();
    let (done, calls) = channel();
    *service.gate.lock().unwrap() = Some(gate);
    *service.done.lock().unwrap() = Some(done);
    assert!(matches!(
        keyring.create("a", b"secret"),
        Err(KeyringError::TimedOut)
    ));
    open.send(()).unwrap();
    assert_eq!(calls.recv_timeout(LONG).unwrap(), "set");
    assert_eq!(calls.recv_timeout(LONG).unwrap(), "delete");
    assert!(service.items.lock().unwrap().is_empty());
}

#[test]
fn a_panic_in_a_library_is_an_error_of_one_call() {
    let service = Arc::new(Service::default());
    let keyring = service.keyring(LONG);
    let poisoned = Arc::clone(&service);
    let _panicked = std::thread::spawn(move || {
        let _held = poisoned.items.lock();
        panic!("poison the lock");
    })
    .join();
    assert!(matches!(keyring.get("a"), Err(KeyringError::Failed(_))));
    service.items.clear_poison();
    assert!(keyring.get("a").unwrap().is_none());
}

#[test]
fn each_answer_of_a_keyring_has_its_error() {
    type IsRight = fn(&KeyringError) -> bool;
    let cases: [(CoreError, IsRight); 5] = [
        (CoreError::NoStorageAccess("no".into()), |error| {
            matches!(error, KeyringError::Locked(_))
        }),
        (CoreError::Ambiguous(Vec::new()), |error| {
            matches!(error, KeyringError::Duplicate)
        }),
        (CoreError::BadEncoding(vec![1]), |error| {
            matches!(error, KeyringError::Garbled)
        }),
        (CoreError::TooLong("secret".into(), 1), |error| {
            matches!(error, KeyringError::Unsupported)
        }),
        (CoreError::NotSupportedByStore("no".into()), |error| {
            matches!(error, KeyringError::Unsupported)
        }),
    ];
    for (answer, is_right) in cases {
        let service = Arc::new(Service::default());
        let text = format!("{answer:?}");
        service.fail_with([answer]);
        let error = service.keyring(LONG).get("a").unwrap_err();
        assert!(is_right(&error), "{text} became {error:?}");
    }
}

#[test]
fn errors_never_carry_what_a_store_put_into_its_own() {
    let secret = b"dG9wIHNlY3JldA==".to_vec();
    for answer in [
        CoreError::BadEncoding(secret.clone()),
        CoreError::BadDataFormat(secret.clone(), "bad".into()),
    ] {
        let printed = format!("{:?}", KeyringError::sort(answer));
        assert_eq!(printed, "Garbled");
    }
}

#[test]
fn text_that_is_not_base64_is_damage() {
    let service = Arc::new(Service::default());
    service
        .items
        .lock()
        .unwrap()
        .insert("a".to_owned(), b"not*base64".to_vec());
    let error = service.keyring(LONG).get("a").unwrap_err();
    assert_eq!(format!("{error:?}"), "Garbled");
}

#[test]
fn what_no_keyring_keeps_is_refused_before_it_is_written() {
    let service = Arc::new(Service::default());
    let keyring = service.keyring(LONG);
    keyring.create("fits", &[1; MAX_SECRET_LENGTH]).unwrap();
    assert!(service.items.lock().unwrap()["fits"].len() <= 2560);
    assert!(matches!(
        keyring.create("too large", &[1; MAX_SECRET_LENGTH + 1]),
        Err(KeyringError::TooLarge { .. })
    ));
    assert_eq!(service.items.lock().unwrap().len(), 1);
}

proptest! {
    #[test]
    fn items_are_text_and_read_as_they_were_written(secret in proptest::collection::vec(any::<u8>(), 0..1900)) {
        let text = to_text(&secret).unwrap();
        prop_assert!(text.is_ascii());
        let read = from_text(text.as_bytes()).unwrap();
        prop_assert_eq!(read.as_slice(), secret.as_slice());
    }
}
