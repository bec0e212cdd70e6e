//! What the bus and BlueZ report, sorted by the remedy it needs.
//!
//! The same name means different things at different steps, so there is one function a step.

use std::io;

use roamkey_session::{AirError, BoxError};
use zbus::Error;

/// A fault while connecting to the bus: without a system bus there is no Bluetooth service either.
pub(super) fn connecting(error: Error) -> AirError {
    match io_kind(&error) {
        Some(io::ErrorKind::PermissionDenied) => AirError::NotPermitted(boxed(error)),
        Some(io::ErrorKind::TimedOut) => AirError::TimedOut,
        Some(_) => AirError::NoService(boxed(error)),
        None if matches!(error, Error::Address(_)) => AirError::NoService(boxed(error)),
        None => sorted(error),
    }
}

/// A fault while asking BlueZ what it has.
pub(super) fn asking(error: Error) -> AirError {
    sorted(error)
}

/// A fault while registering the advert.
pub(super) fn registering(error: Error) -> AirError {
    match name(&error) {
        // BlueZ says this when all slots are taken, and only then.
        Some("org.bluez.Error.NotPermitted") => AirError::Unsupported(boxed(error)),
        _ => sorted(error),
    }
}

fn sorted(error: Error) -> AirError {
    match name(&error) {
        Some(
            "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner"
            | "org.freedesktop.DBus.Error.Disconnected"
            // The bus answers this for a service that went away in the middle of a call.
            | "org.freedesktop.DBus.Error.NoReply",
        ) => AirError::NoService(boxed(error)),
        Some(
            "org.freedesktop.DBus.Error.UnknownObject"
            | "org.freedesktop.DBus.Error.UnknownInterface"
            | "org.freedesktop.DBus.Error.UnknownMethod"
            | "org.bluez.Error.DoesNotExist"
            | "org.bluez.Error.NoSuchAdapter",
        ) => AirError::NoAdapter,
        Some("org.bluez.Error.NotReady") => AirError::PoweredOff,
        Some(
            "org.freedesktop.DBus.Error.AccessDenied"
            | "org.freedesktop.DBus.Error.AuthFailed"
            | "org.bluez.Error.NotAuthorized"
            | "org.bluez.Error.NotPermitted",
        ) => AirError::NotPermitted(boxed(error)),
        Some(
            "org.freedesktop.DBus.Error.NotSupported"
            | "org.bluez.Error.NotSupported"
            | "org.bluez.Error.InvalidLength",
        ) => AirError::Unsupported(boxed(error)),
        Some("org.freedesktop.DBus.Error.Timeout" | "org.freedesktop.DBus.Error.TimedOut") => AirError::TimedOut,
        Some(_) => AirError::Failed(Box::new(error)),
        // The connection to the bus broke.
        None if io_kind(&error).is_some() => AirError::NoService(boxed(error)),
        None => AirError::Failed(Box::new(error)),
    }
}

fn name(error: &Error) -> Option<&str> {
    if let Error::MethodError(name, _, _) = error {
        Some(name.as_str())
    } else {
        None
    }
}

fn io_kind(error: &Error) -> Option<io::ErrorKind> {
    if let Error::InputOutput(error) | Error::Connection(error, _) = error {
        Some(error.kind())
    } else {
        None
    }
}

#[expect(clippy::unnecessary_wraps, reason = "AirError takes an optional cause")]
fn boxed(error: Error) -> Option<BoxError> {
    Some(Box::new(error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use zbus::Message;

    use super::*;

    #[test]
    fn a_bus_that_may_not_be_used_differs_from_one_that_is_not_there() {
        assert!(matches!(
            connecting(io_error(io::ErrorKind::PermissionDenied)),
            AirError::NotPermitted(Some(_))
        ));
        assert!(matches!(
            connecting(io_error(io::ErrorKind::NotFound)),
            AirError::NoService(Some(_))
        ));
        assert!(matches!(
            connecting(io_error(io::ErrorKind::ConnectionRefused)),
            AirError::NoService(Some(_))
        ));
        assert!(matches!(
            connecting(io_error(io::ErrorKind::TimedOut)),
            AirError::TimedOut
        ));
        assert!(matches!(
            connecting(Error::Handshake("REJECTED".to_owned())),
            AirError::Failed(_)
        ));
    }

    #[test]
    fn a_connection_that_breaks_later_takes_the_service_with_it() {
        assert!(matches!(
            asking(io_error(io::ErrorKind::BrokenPipe)),
            AirError::NoService(Some(_))
        ));
        assert!(matches!(
            registering(io_error(io::ErrorKind::BrokenPipe)),
            AirError::NoService(Some(_))
        ));
    }

    #[test]
    fn a_missing_permission_and_a_missing_slot_share_a_name() {
        let reply = || method_error("org.bluez.Error.NotPermitted");
        assert!(matches!(asking(reply()), AirError::NotPermitted(Some(_))));
        assert!(matches!(registering(reply()), AirError::Unsupported(Some(_))));
    }

    #[test]
    fn an_unknown_error_keeps_its_cause() {
        let AirError::Failed(cause) = registering(method_error("org.bluez.Error.Unheard")) else {
            panic!("an error of its own");
        };
        assert!(cause.to_string().contains("org.bluez.Error.Unheard"));
    }

    fn io_error(kind: io::ErrorKind) -> Error {
        Error::InputOutput(Arc::new(kind.into()))
    }

    fn method_error(name: &str) -> Error {
        let call = Message::method_call("/", "Call").unwrap().build(&()).unwrap();
        Error::MethodError(name.try_into().unwrap(), None, call)
    }
}
