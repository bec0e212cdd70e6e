//! What BlueZ's objects look like on the bus: names, property tables, replies, errors.

use std::collections::{BTreeMap, HashMap};

use zbus::Message;
use zbus::zvariant::{DynamicType, OwnedObjectPath, Value};

pub(super) const ADAPTER: &str = "org.bluez.Adapter1";
pub(super) const DEVICE: &str = "org.bluez.Device1";
pub(super) const ADVERTISING: &str = "org.bluez.LEAdvertisingManager1";
pub(super) const ADVERTISEMENT: &str = "org.bluez.LEAdvertisement1";
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
pub(super) const OBJECTS: &str = "org.freedesktop.DBus.ObjectManager";

/// The properties of one interface, as `a{sv}`.
pub(super) type Properties = BTreeMap<&'static str, Value<'static>>;

/// The interfaces of one object, as `a{sa{sv}}`.
pub(super) type Interfaces = BTreeMap<&'static str, Properties>;

/// All objects, as `a{oa{sa{sv}}}`.
pub(super) type Objects = HashMap<OwnedObjectPath, Interfaces>;

/// What becomes of a method call: a reply at once, none until later, or an error.
pub(super) type Answer = Result<Option<Message>, Fault>;

/// A D-Bus error: its name and the text that comes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {text}")]
pub struct Fault {
    /// The D-Bus error name, `org.bluez.Error.NotReady`.
    pub name: &'static str,
    /// What it says.
    pub text: &'static str,
}

impl Fault {
    /// The bus itself refuses to deliver, by its policy.
    pub const ACCESS_DENIED: Self = Self {
        name: "org.freedesktop.DBus.Error.AccessDenied",
        text: "Rejected send message, 2 matched rules; type=\"method_call\"",
    };
    /// All advertising slots are taken.
    pub const NO_SLOT: Self = Self {
        name: "org.bluez.Error.NotPermitted",
        text: "Maximum advertisements reached",
    };
    /// The adapter is switched off.
    pub const NOT_READY: Self = Self {
        name: "org.bluez.Error.NotReady",
        text: "Resource Not Ready",
    };

    pub(super) const ALREADY_EXISTS: Self = Self {
        name: "org.bluez.Error.AlreadyExists",
        text: "Already Exists",
    };
    pub(super) const DOES_NOT_EXIST: Self = Self {
        name: "org.bluez.Error.DoesNotExist",
        text: "Does Not Exist",
    };
    pub(super) const IN_PROGRESS: Self = Self {
        name: "org.bluez.Error.InProgress",
        text: "Operation already in progress",
    };
    pub(super) const NO_DISCOVERY: Self = Self {
        name: "org.bluez.Error.Failed",
        text: "No discovery started",
    };
    pub(super) const UNREADABLE_ADVERT: Self = Self {
        name: "org.bluez.Error.Failed",
        text: "Failed to parse advertisement.",
    };
    pub(super) const UNFINISHED: Self = Self {
        name: "org.bluez.Error.Failed",
        text: "Failed to complete registration",
    };
    pub(super) const BAD_ARGUMENTS: Self = Self {
        name: "org.bluez.Error.InvalidArguments",
        text: "Invalid arguments in method call",
    };
    pub(super) const READ_ONLY: Self = Self {
        name: "org.freedesktop.DBus.Error.PropertyReadOnly",
        text: "Property is not writable",
    };
    pub(super) const NO_PROPERTY: Self = Self {
        name: "org.freedesktop.DBus.Error.InvalidArgs",
        text: "No such property",
    };
    pub(super) const NO_OBJECT: Self = Self {
        name: "org.freedesktop.DBus.Error.UnknownObject",
        text: "No such object",
    };
    pub(super) const NO_METHOD: Self = Self {
        name: "org.freedesktop.DBus.Error.UnknownMethod",
        text: "No such method",
    };
}

/// A reply to `call`.
pub(super) fn reply(call: &Message, body: &(impl serde::Serialize + DynamicType)) -> Answer {
    let reply = Message::method_return(&call.header()).and_then(|builder| builder.build(body));
    reply.map(Some).map_err(|_| Fault::BAD_ARGUMENTS)
}

/// The error `fault` in reply to `call`.
pub(super) fn error(call: &Message, fault: Fault) -> Option<Message> {
    Message::error(&call.header(), fault.name)
        .and_then(|builder| builder.build(&fault.text))
        .ok()
}

/// A signal.
pub(super) fn signal(
    path: &str,
    interface: &str,
    member: &str,
    body: &(impl serde::Serialize + DynamicType),
) -> Option<Message> {
    Message::signal(path, interface, member)
        .and_then(|builder| builder.build(body))
        .ok()
}

/// A path that this module made from letters and digits.
pub(super) fn object_path(text: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(text).unwrap_or_default()
}
