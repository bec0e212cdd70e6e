//! The thread on which the keyring is called, so that a prompt of the OS blocks nobody for longer than they will wait.
//!
//! ```text
//! caller                        thread
//! job ───── bounded queue ────► connect if needed, call, on failure connect and call once more
//!   ◄────── rendezvous ──────── result           (caller still waits)
//! given up after the limit ···► undo             (caller has gone)
//! ```
//!
//! A caller that gives up leaves the thread to its prompt and marks it unusable; the next call starts another. How
//! many threads may hang on prompts at once is limited.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender, TrySendError};
use std::time::Duration;

use keyring_core::Error as CoreError;
use keyring_core::api::CredentialStore;

use super::{Backend, KeyringError};

/// A handle on the thread. The thread ends when the last handle is gone and its last job is done.
#[derive(Clone)]
pub(super) struct KeyringThread {
    jobs: SyncSender<Job>,
    given_up: Arc<AtomicBool>,
}

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

impl KeyringThread {
    /// Starts a thread. It connects with its first job.
    pub(super) fn start(backend: Backend) -> Result<Self, KeyringError> {
        let running = Running::enter().ok_or(KeyringError::TimedOut)?;
        let (jobs, queue) = mpsc::sync_channel::<Job>(QUEUE_LENGTH);
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                let _running = running;
                let mut connection = Connection { backend, store: None };
                for job in queue {
                    job(&mut connection);
                }
            })
            .map_err(|error| KeyringError::Failed(error.into()))?;
        Ok(Self {
            jobs,
            given_up: Arc::default(),
        })
    }

    /// Tells whether nobody has given up on this thread.
    pub(super) fn is_usable(&self) -> bool {
        !self.given_up.load(Ordering::Acquire)
    }

    /// Runs `work`, waiting at most `limit` for it. If it succeeds after that, `undo` runs.
    pub(super) fn call<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl Fn(&CredentialStore) -> keyring_core::Result<T> + Send + 'static,
        undo: impl FnOnce(&CredentialStore) + Send + 'static,
    ) -> Result<T, KeyringError> {
        // A rendezvous: what is sent has been received, or the receiver has gone. Nothing lies in between.
        let (reply, answer) = mpsc::sync_channel(0);
        let given_up = Arc::clone(&self.given_up);
        let job: Job = Box::new(move |connection| {
            if given_up.load(Ordering::Acquire) {
                return;
            }
            let result = connection.run(&work);
            let succeeded = result.is_ok();
            if reply.send(result).is_err()
                && succeeded
                && let Some(store) = &connection.store
            {
                undo(store.as_ref());
            }
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => KeyringError::TimedOut,
            TrySendError::Disconnected(_) => self.broken(),
        })?;
        match answer.recv_timeout(limit) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                self.given_up.store(true, Ordering::Release);
                Err(KeyringError::TimedOut)
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.broken()),
        }
    }

    /// The thread ended under a job: a panic in a library, or another caller gave up before this job began.
    fn broken(&self) -> KeyringError {
        if self.given_up.swap(true, Ordering::AcqRel) {
            return KeyringError::TimedOut;
        }
        KeyringError::Failed("the keyring's thread ended".into())
    }
}

/// The store, as long as it works.
struct Connection {
    backend: Backend,
    store: Option<Arc<CredentialStore>>,
}

impl Connection {
    /// Calls the keyring, and once more over a fresh connection if the first call failed for the platform's sake.
    fn run<T>(
        &mut self,
        work: &dyn Fn(&CredentialStore) -> keyring_core::Result<T>,
    ) -> Result<T, KeyringError> {
        let fresh = self.store.is_none();
        match work(self.connected()?.as_ref()) {
            Err(CoreError::PlatformFailure(_)) if !fresh => {
                tracing::debug!("the keyring failed; connecting again");
                self.store = None;
                work(self.connected()?.as_ref()).map_err(|error| self.failed(error))
            }
            result => result.map_err(|error| self.failed(error)),
        }
    }

    fn connected(&mut self) -> Result<Arc<CredentialStore>, KeyringError> {
        if let Some(store) = &self.store {
            return Ok(Arc::clone(store));
        }
        let store = self.backend.connect().map_err(KeyringError::no_connection)?;
        Ok(Arc::clone(self.store.insert(store)))
    }

    fn failed(&mut self, error: CoreError) -> KeyringError {
        let error = KeyringError::sort(error);
        if matches!(error, KeyringError::Failed(_)) {
            self.store = None;
        }
        error
    }
}

/// Counts the keyring threads of this process.
struct Running;

impl Running {
    fn enter() -> Option<Self> {
        let below = |running: usize| (running < MAX_THREADS).then(|| running.saturating_add(1));
        RUNNING
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, below)
            .ok()
            .map(|_| Self)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::AcqRel);
    }
}

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Threads in this process that may wait for the keyring at once: a few vaults, and a few prompts that nobody answers.
const MAX_THREADS: usize = 64;

/// Calls that may wait behind a prompt.
const QUEUE_LENGTH: usize = 64;
