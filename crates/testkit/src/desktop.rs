//! A mock of what a desktop offers on the session bus: the portal's screenshots, notifications, and a place for icons.
//!
//! ```text
//! org.freedesktop.portal.Desktop   Screenshot(parent, options) → request; Response(code, {uri}) from that request
//! org.freedesktop.Notifications    Notify → id; CloseNotification(id); ActionInvoked(id, key)
//! org.kde.StatusNotifierWatcher    RegisterStatusNotifierItem(path); the item's menu is com.canonical.dbusmenu
//! ```
//!
//! A bus without it has none of the three, and calls to them fail at once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};

/// What a person does when the portal asks what may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Shares what is in this picture; the portal hands over a copy.
    Shows(PathBuf),
    /// Closes the window.
    Cancels,
}

/// A notification as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its number.
    pub id: u32,
    /// Its first line.
    pub summary: String,
    /// The rest.
    pub body: String,
    /// Whether its program took it back.
    pub closed: bool,
}

/// What programs have done with the desktop.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Requests for a screenshot: whether the person was to choose a part.
    pub screenshots: Vec<bool>,
    /// Notifications, the oldest first.
    pub notes: Vec<Note>,
    /// Icons: bus name and path.
    pub icons: Vec<(String, String)>,
}

/// The desktop, for as long as the value lives.
#[derive(Debug)]
pub struct MockDesktop {
    connection: zbus::Connection,
    seen: watch::Receiver<Seen>,
    sharing: std::sync::Arc<Mutex<Sharing>>,
}

/// An entry of an icon's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i32,
    /// Its text.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
}

impl MockDesktop {
    /// Starts it on the bus at `address`.
    ///
    /// # Errors
    ///
    /// The bus can't be reached, or has a desktop already.
    pub async fn start(address: &str, sharing: Sharing) -> zbus::Result<Self> {
        let (seeing, seen) = watch::channel(Seen::default());
        let seeing = std::sync::Arc::new(seeing);
        let sharing = std::sync::Arc::new(Mutex::new(sharing));
        let portal = Portal {
            seen: seeing.clone(),
            sharing: sharing.clone(),
        };
        let connection = zbus::connection::Builder::address(address)?
            .serve_at("/org/freedesktop/portal/desktop", portal)?
            .serve_at("/org/freedesktop/Notifications", Notifications(seeing.clone()))?
            .serve_at("/StatusNotifierWatcher", Watcher(seeing))?
            .name("org.freedesktop.portal.Desktop")?
            .name("org.freedesktop.Notifications")?
            .name("org.kde.StatusNotifierWatcher")?
            .build()
            .await?;
        Ok(Self {
            connection,
            seen,
            sharing,
        })
    }

    /// Changes what the person does when the portal asks.
    pub fn set_sharing(&self, sharing: Sharing) {
        *locked(&self.sharing) = sharing;
    }

    /// Waits until programs have done this.
    ///
    /// # Errors
    ///
    /// They have not within 20 seconds.
    pub async fn until(&self, what: &str, wanted: impl FnMut(&Seen) -> bool) -> zbus::Result<Seen> {
        let mut seen = self.seen.clone();
        let waited = tokio::time::timeout(LIMIT, seen.wait_for(wanted)).await;
        match waited {
            Ok(Ok(seen)) => Ok(seen.clone()),
            Ok(Err(_)) | Err(_) => Err(zbus::Error::Failure(format!(
                "not within {LIMIT:?}: {what}; seen: {:?}",
                self.seen.borrow()
            ))),
        }
    }

    /// Clicks on a notification.
    ///
    /// # Errors
    ///
    /// The bus is gone.
    pub async fn click_note(&self, id: u32) -> zbus::Result<()> {
        let name = "org.freedesktop.Notifications";
        let path = "/org/freedesktop/Notifications";
        self.connection
            .emit_signal(None::<&str>, path, name, "ActionInvoked", &(id, "default"))
            .await
    }

    /// The menu of the newest icon.
    ///
    /// # Errors
    ///
    /// There is none, or its program does not answer.
    pub async fn menu(&self) -> zbus::Result<Vec<Entry>> {
        let (name, path) = self.menu_address().await?;
        let reply = self
            .connection
            .call_method(
                Some(name.as_str()),
                path.as_str(),
                Some(DBUSMENU),
                "GetLayout",
                &(0_i32, -1_i32, Vec::<&str>::new()),
            )
            .await?;
        let (_revision, (_id, _properties, children)): (u32, Layout) = reply.body().deserialize()?;
        let entries = children.into_iter().filter_map(|child| {
            let (id, properties, _): Layout = child.try_into().ok()?;
            let label = properties
                .get("label")
                .and_then(|label| label.downcast_ref::<String>().ok());
            let enabled = properties
                .get("enabled")
                .and_then(|enabled| enabled.downcast_ref::<bool>().ok());
            Some(Entry {
                id,
                // An underscore marks the letter of a key.
                label: label?.replace("__", "_"),
                enabled: enabled.unwrap_or(true),
            })
        });
        Ok(entries.collect())
    }

    /// Clicks on an entry of the newest icon's menu.
    ///
    /// # Errors
    ///
    /// As [`menu`](Self::menu).
    pub async fn click(&self, entry: &Entry) -> zbus::Result<()> {
        let (name, path) = self.menu_address().await?;
        let event = (entry.id, "clicked", Value::from(0_i32), 0_u32);
        self.connection
            .call_method(
                Some(name.as_str()),
                path.as_str(),
                Some(DBUSMENU),
                "Event",
                &event,
            )
            .await
            .map(drop)
    }

    async fn menu_address(&self) -> zbus::Result<(String, OwnedObjectPath)> {
        let icon = self.seen.borrow().icons.last().cloned();
        let (name, path) = icon.ok_or_else(|| zbus::Error::Failure("no icon".to_owned()))?;
        let reply = self
            .connection
            .call_method(
                Some(name.as_str()),
                path.as_str(),
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &("org.kde.StatusNotifierItem", "Menu"),
            )
            .await?;
        let menu: OwnedValue = reply.body().deserialize()?;
        Ok((name, menu.try_into()?))
    }
}

/// An entry as `com.canonical.dbusmenu` has it: number, properties, entries below.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

type Seeing = std::sync::Arc<watch::Sender<Seen>>;

struct Portal {
    seen: Seeing,
    sharing: std::sync::Arc<Mutex<Sharing>>,
}

#[zbus::interface(name = "org.freedesktop.portal.Screenshot")]
impl Portal {
    async fn screenshot(
        &self,
        _parent_window: &str,
        options: HashMap<String, OwnedValue>,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
    ) -> zbus::fdo::Result<OwnedObjectPath> {
        let text = |name: &str| {
            options
                .get(name)
                .and_then(|value| value.downcast_ref::<String>().ok())
        };
        let flag = |name: &str| {
            options
                .get(name)
                .and_then(|value| value.downcast_ref::<bool>().ok())
        };
        let sender = header
            .sender()
            .map(|name| name.trim_start_matches(':').replace('.', "_"));
        let (Some(sender), Some(token)) = (sender, text("handle_token")) else {
            return Err(zbus::fdo::Error::InvalidArgs("no handle_token".to_owned()));
        };
        let interactive = flag("interactive").unwrap_or(false);
        self.seen.send_modify(|seen| seen.screenshots.push(interactive));
        let path = format!("/org/freedesktop/portal/desktop/request/{sender}/{token}");
        let path = ObjectPath::try_from(path).map_err(zbus::Error::from)?;
        let (code, uri) = match &*locked(&self.sharing) {
            Sharing::Shows(picture) => {
                let copy = picture.with_extension(format!("{token}.png"));
                std::fs::copy(picture, &copy)
                    .map_err(|error| zbus::fdo::Error::IOError(error.to_string()))?;
                (0_u32, Some(format!("file://{}", copy.display())))
            }
            Sharing::Cancels => (1, None),
        };
        let results: HashMap<&str, Value<'_>> =
            uri.into_iter().map(|uri| ("uri", Value::from(uri))).collect();
        connection
            .emit_signal(
                header.sender().cloned(),
                &path,
                "org.freedesktop.portal.Request",
                "Response",
                &(code, results),
            )
            .await?;
        Ok(path.into())
    }

    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        2
    }
}

struct Notifications(Seeing);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Notifications {
    #[expect(clippy::too_many_arguments, reason = "the standard's own")]
    fn notify(
        &self,
        _app_name: &str,
        _replaces_id: u32,
        _app_icon: &str,
        summary: String,
        body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut id = 0;
        self.0.send_modify(|seen| {
            id = u32::try_from(seen.notes.len())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            seen.notes.push(Note {
                id,
                summary,
                body,
                closed: false,
            });
        });
        id
    }

    fn close_notification(&self, id: u32) {
        self.0.send_modify(|seen| {
            for note in seen.notes.iter_mut().filter(|note| note.id == id) {
                note.closed = true;
            }
        });
    }
}

struct Watcher(Seeing);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String, #[zbus(header)] header: Header<'_>) {
        // Ayatana's library gives the path of its item, KDE's the name of its connection.
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let icon = if service.starts_with('/') {
            (sender, service)
        } else {
            (service, "/StatusNotifierItem".to_owned())
        };
        self.0.send_modify(|seen| seen.icons.push(icon));
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const DBUSMENU: &str = "com.canonical.dbusmenu";
const LIMIT: Duration = Duration::from_secs(20);
