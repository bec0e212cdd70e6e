//! The operating system's own check that its user is here: the port, and its adapter.
//!
//! ```text
//! available   would the system ask the person?     a system that says yes without asking verifies nobody
//! ask         it asks, by its own window           polkit, Touch ID, Windows Hello
//! ```
//!
//! The answer is a yes or a no of the operating system; no key depends on it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

mod polkit;
mod system;

pub use system::SystemVerification;

/// The operating system's check, or what stands for it in a test.
pub trait OsVerification: fmt::Debug + Send + Sync {
    /// Tells whether the system would ask the person. Shows nothing.
    fn available(&self) -> Asking<'_>;

    /// Lets the system ask, and waits for its answer. Dropping the future leaves the system's window up; what it
    /// answers then counts for nothing.
    fn ask(&self) -> Asking<'_>;
}

/// An answer to wait for.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Result<(), OsVerificationError>> + Send + 'a>>;

/// Why the operating system did not verify its user.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OsVerificationError {
    /// The system was not asked: it says yes to root without asking anybody.
    #[error("the operating system would let root pass without asking")]
    Root,
    /// The service that asks (on Linux polkit) does not run or can't be reached.
    #[error("the operating system has nothing that verifies its user")]
    NoService,
    /// The service does not know what it is to ask: Roamkey's polkit policy is not installed.
    #[error("the action {ACTION} is not installed")]
    NotInstalled,
    /// The service would say yes without asking: somebody has set it up so.
    #[error("the operating system would say yes without asking")]
    Unasked,
    /// The service says no without asking: somebody has set it up so.
    #[error("the operating system does not allow the check")]
    NotAllowed,
    /// The service would ask, and nothing in this session can show its question.
    #[error("nothing in this session can show the operating system's question")]
    NoPrompt,
    /// The service did not answer.
    #[error("the operating system did not answer in time")]
    TimedOut,
    /// The person closed the question.
    #[error("the person closed the operating system's question")]
    Dismissed,
    /// The person is not who they should be.
    #[error("the operating system did not recognise its user")]
    NotRecognised,
}

impl OsVerificationError {
    /// Tells whether the person was never asked, so that another way to verify them may be taken.
    #[must_use]
    pub fn is_unavailable(self) -> bool {
        match self {
            Self::Root
            | Self::NoService
            | Self::NotInstalled
            | Self::Unasked
            | Self::NotAllowed
            | Self::NoPrompt => true,
            Self::TimedOut | Self::Dismissed | Self::NotRecognised => false,
        }
    }
}

/// A device without the operating system's check.
#[derive(Clone, Copy, Debug)]
pub struct NoOsVerification;

impl OsVerification for NoOsVerification {
    fn available(&self) -> Asking<'_> {
        Box::pin(async { Err(OsVerificationError::NoService) })
    }

    fn ask(&self) -> Asking<'_> {
        self.available()
    }
}

/// What polkit calls Roamkey's question, as `packaging/polkit` installs it.
pub const ACTION: &str = "org.roamkey.verify";
