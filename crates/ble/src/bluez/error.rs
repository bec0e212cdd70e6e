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
