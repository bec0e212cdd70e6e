//! The desktop's own way to tell that a question waits (Desktop Notifications Specification 1.2). It names no site: others
//! may see it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt as _;
use tauri::{AppHandle, Manager as _};
use tokio::sync::oneshot;
use zbus::zvariant::Value;

use crate::app::{App, raise};
use crate::text::Text;

/// The notification of the question that waits. One at a time, as with questions.
#[derive(Debug, Default)]
pub(crate) struct Note {
    /// Dropping it takes the notification back.
    shown: Mutex<Option<oneshot::Sender<()>>>,
}

impl Note {
    /// Shows it. A click on it brings the window to the front.
    pub(crate) fn show(&self, handle: &AppHandle) {
        let (shown, taken_back) = oneshot::channel();
        let handle = handle.clone();
        tauri::async_runtime::spawn(async move {
            if let Err(error) = noted(&handle, taken_back).await {
                tracing::info!(%error, "no notification");
            }
        });
        self.replace(Some(shown));
    }

    /// Takes it back: the question is over.
    pub(crate) fn take_back(&self) {
        self.replace(None);
    }

    fn replace(&self, shown: Option<oneshot::Sender<()>>) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
    }
}

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications"
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the standard's own")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;
}

async fn noted(handle: &AppHandle, mut taken_back: oneshot::Receiver<()>) -> zbus::Result<()> {
    let bus = zbus::Connection::session().await?;
    let desktop = NotificationsProxy::new(&bus).await?;
    let mut clicks = desktop.receive_action_invoked().await?;
    let hints = HashMap::from([("urgency", Value::U8(CRITICAL))]);
    let text = Text::of(&handle.state::<App>().view().settings);
    let (title, body) = (text.question_title, text.question_body);
    let actions = ["default", text.open];
    let id = desktop
        .notify("Roamkey", 0, "roamkey", title, body, &actions, hints, BY_ITSELF)
        .await?;
    loop {
        tokio::select! {
            click = clicks.next() => match click {
                Some(click) if click.args()?.id == id => raise(handle),
                Some(_) => {}
                None => return Ok(()),
            },
            _ = &mut taken_back => return desktop.close_notification(id).await,
        }
    }
}

/// Stays until it is answered.
const CRITICAL: u8 = 2;
/// How long it stays, as the desktop has it.
const BY_ITSELF: i32 = -1;
