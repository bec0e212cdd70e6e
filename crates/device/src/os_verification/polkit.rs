//! Whether polkit would ask: a check without interaction must be answered with a challenge.
//!
//! | answer without interaction | means |
//! |---|---|
//! | challenge | it would ask |
//! | authorized | it says yes to everybody, or remembers an earlier yes: no verification |
//! | neither | an administrator's rule says no |
//! | an error | no such action |

use super::OsVerificationError;

/// Asks polkit, without showing anything.
#[cfg(target_os = "linux")]
pub(super) async fn would_ask() -> Result<(), OsVerificationError> {
    tokio::time::timeout(LIMIT, check())
        .await
        .unwrap_or(Err(OsVerificationError::TimedOut))
}

/// Elsewhere the system's own interface says so when it is asked.
#[cfg(not(target_os = "linux"))]
pub(super) async fn would_ask() -> Result<(), OsVerificationError> {
    Ok(())
}

#[cfg(target_os = "linux")]
async fn check() -> Result<(), OsVerificationError> {
    use std::collections::HashMap;

    use zbus_polkit::policykit1::{AuthorityProxy, Subject};

    let unreachable = |error| {
        tracing::info!(%error, "polkit can't be reached");
        OsVerificationError::NoService
    };
    let bus = zbus::Connection::system().await.map_err(unreachable)?;
    let authority = AuthorityProxy::new(&bus).await.map_err(unreachable)?;
    let subject = Subject::new_for_owner(std::process::id(), None, None).map_err(|error| {
        tracing::info!(%error, "this process can't be described to polkit");
        OsVerificationError::NoService
    })?;
    let answer = authority
        .check_authorization(&subject, super::ACTION, &HashMap::new(), Default::default(), "")
        .await;
    match answer {
        Ok(answer) if answer.is_authorized => Err(OsVerificationError::Unasked),
        Ok(answer) if answer.is_challenge => Ok(()),
        Ok(_) => Err(OsVerificationError::NotAllowed),
        Err(zbus::Error::MethodError(name, ..)) if name.as_str() == UNKNOWN_ACTION => {
            Err(OsVerificationError::NotInstalled)
        }
        Err(error) => Err(unreachable(error)),
    }
}

/// polkit answers so for an action that no policy file declares.
#[cfg(target_os = "linux")]
const UNKNOWN_ACTION: &str = "org.freedesktop.PolicyKit1.Error.Failed";

/// polkit answers at once; starting it takes a moment.
#[cfg(target_os = "linux")]
const LIMIT: std::time::Duration = std::time::Duration::from_secs(5);
