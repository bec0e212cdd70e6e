//! Serves the CTAP2 core on a Unix socket, so that other people's test suites can be run against it.
//!
//! ```text
//! cargo run -p roamkey-testkit --example ctap-socket -- PATH
//!
//! request   length 4, big endian ‖ command byte ‖ CBOR
//! reply     length 4, big endian ‖ status byte ‖ CBOR
//! ```
//!
//! Passkeys live in memory and are shared by all connections. The person is a script:
//!
//! ```text
//! ROAMKEY_TEST_UV        pass (default)      user verification is set up and succeeds
//!                        fail                it is set up and fails
//!                        none                it is not set up
//! ROAMKEY_TEST_CONSENT   approve (default)   approves, the first account
//!                        deny                says no
//!                        pick:N              approves account N, counted from 0
//! ```

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use roamkey_authenticator::{
    AccountChoice, Answer, Authenticator, Begun, ConsentPrompt, Refusal, UnixTime, UserConsent,
    UserVerification, UserVerificationState, UserVerified, VerificationMethod,
};
use roamkey_ctap::{Command, MAX_MESSAGE_SIZE, StatusCode};
use roamkey_testkit::store::MemoryStore;

fn main() -> ExitCode {
    let served = match (std::env::args_os().nth(1), Person::from_environment()) {
        (Some(path), Some(person)) => serve(Path::new(&path), person),
        _ => {
            eprintln!(
                "usage: ROAMKEY_TEST_UV=pass|fail|none ROAMKEY_TEST_CONSENT=approve|deny|pick:N ctap-socket PATH"
            );
            return ExitCode::from(2);
        }
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ctap-socket: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How the person behaves.
#[derive(Clone, Copy)]
struct Person {
    verification: Verification,
    consent: Consent,
}

#[derive(Clone, Copy)]
enum Verification {
    Passes,
    Fails,
    NotSetUp,
}

#[derive(Clone, Copy)]
enum Consent {
    Given(AccountChoice),
    Denied,
}

impl Person {
    /// Reads both variables; `None` when one of them has an unknown value.
    fn from_environment() -> Option<Self> {
        let variable = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
        let verification = match variable("ROAMKEY_TEST_UV", "pass").as_str() {
            "pass" => Verification::Passes,
            "fail" => Verification::Fails,
            "none" => Verification::NotSetUp,
            _ => return None,
        };
        let consent = match variable("ROAMKEY_TEST_CONSENT", "approve").as_str() {
            "approve" => Consent::Given(AccountChoice::default()),
            "deny" => Consent::Denied,
            other => Consent::Given(AccountChoice(other.strip_prefix("pick:")?.parse().ok()?)),
        };
        Some(Self {
            verification,
            consent,
        })
    }

    fn answer(self, prompt: ConsentPrompt) -> Result<UserConsent, Refusal> {
        let Consent::Given(choice) = self.consent else {
            return Err(prompt.refuse(Refusal::Denied));
        };
        let verified = match (prompt.user_verification(), self.verification) {
            (UserVerification::NotRequired, _) => None,
            (UserVerification::Required, Verification::Passes) => {
                Some(UserVerified::by(VerificationMethod::AppPin))
            }
            (UserVerification::Required, Verification::Fails | Verification::NotSetUp) => {
                return Err(prompt.refuse(Refusal::VerificationFailed));
            }
        };
        prompt.approve(choice, verified).map_err(|_| Refusal::Denied)
    }
}

/// The authenticator behind the socket.
struct Device {
    authenticator: Authenticator,
    store: MemoryStore,
    person: Person,
}

impl Device {
    fn new(person: Person) -> Self {
        let state = match person.verification {
            Verification::Passes | Verification::Fails => UserVerificationState::Configured,
            Verification::NotSetUp => UserVerificationState::NotConfigured,
        };
        Self {
            authenticator: Authenticator::with_all_extensions(state, &mut rand::rng()),
            store: MemoryStore::new(),
            person,
        }
    }

    fn run(&mut self, message: &[u8]) -> Answer {
        let command = match Command::decode(message) {
            Ok(command) => command,
            Err(error) => return Answer::undecodable(&error),
        };
        match self.authenticator.begin(command, &self.store, now()) {
            Begun::Reply(answer) => answer,
            Begun::Ask(pending, prompt) => match self.person.answer(prompt) {
                Ok(consent) => pending.finish(consent, &self.store, &mut rand::rng(), now()),
                Err(refusal) => pending.refuse(refusal),
            },
        }
    }
}

fn serve(path: &Path, person: Person) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(path)?;
    eprintln!("ctap-socket: listening on {}", path.display());
    let device = Arc::new(Mutex::new(Device::new(person)));
    for stream in listener.incoming() {
        let stream = match stream {
            Ok(stream) => stream,
            // A peer that hung up while it waited, or too many of them: the next one is served.
            Err(error) => {
                eprintln!("ctap-socket: a connection did not come about: {error}");
                continue;
            }
        };
        let device = Arc::clone(&device);
        std::thread::spawn(move || {
            if let Err(error) = converse(stream, &device) {
                eprintln!("ctap-socket: a connection ended: {error}");
            }
        });
    }
    Ok(())
}

/// Answers one connection, request by request, until the other end hangs up.
fn converse(mut stream: UnixStream, device: &Mutex<Device>) -> std::io::Result<()> {
    loop {
        let mut length = [0; 4];
        match stream.read_exact(&mut length) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            outcome => outcome?,
        }
        let length = u64::from(u32::from_be_bytes(length));
        let mut request = Vec::new();
        let limit = u64::try_from(MAX_MESSAGE_SIZE).unwrap_or(u64::MAX);
        if length > limit {
            // Read to its end without being kept, so that the connection stays usable.
            std::io::copy(&mut Read::by_ref(&mut stream).take(length), &mut std::io::sink())?;
            reply(&mut stream, &[StatusCode::RequestTooLarge.byte()])?;
            continue;
        }
        Read::by_ref(&mut stream).take(length).read_to_end(&mut request)?;
        if u64::try_from(request.len()) != Ok(length) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let answer = device
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .run(&request);
        reply(&mut stream, answer.bytes())?;
    }
}

fn reply(stream: &mut UnixStream, message: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(message.len()).map_err(std::io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat())
}

fn now() -> UnixTime {
    UnixTime(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| elapsed.as_secs()),
    )
}
