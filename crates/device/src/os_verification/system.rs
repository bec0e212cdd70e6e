//! Adapter: polkit, Touch ID, Windows Hello, by `robius-authentication`.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use robius_authentication::{
    AndroidText, BiometricStrength, Context, Error, PolicyBuilder, Text, WindowsText,
};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::polkit::would_ask;
use super::{ACTION, Asking, OsVerification, OsVerificationError};

/// This machine's operating system.
#[derive(Clone, Copy, Debug)]
pub struct SystemVerification;

impl OsVerification for SystemVerification {
    fn available(&self) -> Asking<'_> {
        Box::pin(available())
    }

    fn ask(&self) -> Asking<'_> {
        Box::pin(async {
            // Asked again each time: a system that was set up to say yes without asking must not count.
            available().await?;
            timeout(PERSON_LIMIT, ask())
                .await
                .unwrap_or(Err(OsVerificationError::TimedOut))
        })
    }
}

async fn available() -> Result<(), OsVerificationError> {
    if is_root() {
        return Err(OsVerificationError::Root);
    }
    would_ask().await
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::getuid().is_root() || rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

async fn ask() -> Result<(), OsVerificationError> {
    let (sender, answer) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let policy = PolicyBuilder::new()
        .biometrics(Some(BiometricStrength::Strong))
        .password(true)
        .companion(true)
        .action_ids([ACTION])
        .build()
        .ok_or(OsVerificationError::NoService)?;
    Context::new(())
        .authenticate(text(), &policy, move |result| {
            let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).take();
            // Nobody waits any more when the question was withdrawn.
            let _ = sender.map(|sender| sender.send(result));
        })
        .map_err(|error| refused(&error))?;
    match answer.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(refused(&error)),
        Err(_thread_is_gone) => Err(OsVerificationError::NoService),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "each system has its own names for a person who did not pass"
)]
fn refused(error: &Error) -> OsVerificationError {
    match error {
        // It would have asked a moment ago, so what is missing is somebody to show the question.
        Error::Unavailable | Error::NotInteractive => OsVerificationError::NoPrompt,
        Error::PasscodeNotSet | Error::NotConfigured | Error::NotEnrolled => {
            OsVerificationError::NotInstalled
        }
        Error::DisabledByPolicy => OsVerificationError::NotAllowed,
        Error::UserCanceled | Error::AppCanceled | Error::SystemCanceled => OsVerificationError::Dismissed,
        Error::Timeout | Error::Busy => OsVerificationError::TimedOut,
        _ => OsVerificationError::NotRecognised,
    }
}

/// What Touch ID and Windows Hello show. polkit shows the text of the installed policy.
fn text() -> Text<'static, 'static, 'static, 'static, 'static, 'static> {
    Text {
        android: AndroidText {
            title: "Use a passkey",
            subtitle: None,
            description: None,
        },
        apple: "use a passkey",
        windows: WindowsText::new_truncated("Roamkey", "Confirm that it is you, to use a passkey."),
    }
}

/// As long as the session waits for the person.
const PERSON_LIMIT: Duration = Duration::from_secs(120);
