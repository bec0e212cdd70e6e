//! The DevTools protocol, raw: JSON over a WebSocket. Only what a test needs, and never its WebAuthn domain, which
//! would put a virtual authenticator in place of the browser's own dialog.
//!
//! ```text
//! → {"id": 7, "sessionId": "…", "method": "Runtime.evaluate", "params": {…}}
//! ← {"id": 7, "result": {…}} or {"id": 7, "error": {…}}
//! ← {"method": "Page.loadEventFired", "sessionId": "…", "params": {…}}
//! ```

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::Result;

/// A connection to the browser.
#[derive(Debug)]
pub struct Cdp {
    next: AtomicU64,
    outgoing: mpsc::UnboundedSender<Message>,
    waiting: Waiting,
    events: broadcast::Sender<Arc<Value>>,
    _tasks: JoinSet<()>,
}

/// A call that was made and not answered yet.
#[derive(Debug)]
pub struct Call {
    method: String,
    answer: oneshot::Receiver<Value>,
}

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

impl Cdp {
    /// Connects to the address that the browser printed, `ws://127.0.0.1:PORT/devtools/browser/…`.
    ///
    /// # Errors
    ///
    /// The browser does not take the connection.
    pub async fn connect(url: &str) -> Result<Self> {
        let address = url.strip_prefix("ws://").and_then(|rest| rest.split('/').next());
        let stream = TcpStream::connect(address.ok_or("no DevTools address")?).await?;
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await?;
        let (mut sink, mut source) = socket.split();
        let (outgoing, mut queued) = mpsc::unbounded_channel();
        let (events, _) = broadcast::channel(EVENTS);
        let waiting = Waiting::default();

        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            while let Some(message) = queued.recv().await {
                if sink.send(message).await.is_err() {
                    break;
                }
            }
        });
        let (answers, heard) = (Arc::clone(&waiting), events.clone());
        tasks.spawn(async move {
            while let Some(Ok(message)) = source.next().await {
                let Ok(Ok(value)) = message.to_text().map(serde_json::from_str::<Value>) else {
                    continue;
                };
                deliver(value, &answers, &heard);
            }
            // Those who wait learn that the browser is gone.
            answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        });
        Ok(Self {
            next: AtomicU64::new(1),
            outgoing,
            waiting,
            events,
            _tasks: tasks,
        })
    }

    /// Makes a call, for the whole browser or for a session with one page.
    pub fn begin(&self, session: Option<&str>, method: &str, params: &Value) -> Call {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, sender);
        let mut call = json!({ "id": id, "method": method, "params": params });
        if let (Some(session), Some(call)) = (session, call.as_object_mut()) {
            call.insert("sessionId".to_owned(), session.into());
        }
        // If the browser is gone, the answer never comes, and that is what the caller is told.
        let _gone = self.outgoing.send(Message::text(call.to_string()));
        Call {
            method: method.to_owned(),
            answer,
        }
    }

    /// Makes a call and waits for the answer.
    ///
    /// # Errors
    ///
    /// As [`Call::answer`].
    pub async fn call(&self, session: Option<&str>, method: &str, params: &Value) -> Result<Value> {
        self.begin(session, method, params).answer(CALL_LIMIT).await
    }

    /// Starts to listen to events. Only those that come after this are heard.
    pub fn events(&self) -> broadcast::Receiver<Arc<Value>> {
        self.events.subscribe()
    }
}

impl Call {
    /// Waits for the answer.
    ///
    /// # Errors
    ///
    /// The browser says no, is gone, or does not answer within the limit.
    pub async fn answer(self, limit: Duration) -> Result<Value> {
        let method = self.method;
        let answered = tokio::time::timeout(limit, self.answer).await;
        let mut answer = answered
            .map_err(|_elapsed| format!("the browser did not answer {method} within {limit:?}"))?
            .map_err(|_closed| format!("the browser closed its DevTools connection during {method}"))?;
        if let Some(error) = answer.get("error") {
            return Err(format!("{method}: {error}").into());
        }
        Ok(answer.get_mut("result").map(Value::take).unwrap_or_default())
    }
}

/// Waits for an event of this method in this session.
///
/// # Errors
///
/// It does not come within the limit of a call.
pub async fn event(events: &mut broadcast::Receiver<Arc<Value>>, session: &str, method: &str) -> Result<()> {
    let has = |event: &Value, key, value: &str| event.get(key).and_then(Value::as_str) == Some(value);
    let wanted = |event: &Value| has(event, "method", method) && has(event, "sessionId", session);
    tokio::time::timeout(CALL_LIMIT, async {
        while !wanted(&*events.recv().await?) {}
        Ok(())
    })
    .await
    .map_err(|_elapsed| format!("the browser did not report {method}"))?
}

fn deliver(value: Value, answers: &Waiting, events: &broadcast::Sender<Arc<Value>>) {
    let Some(id) = value.get("id").and_then(Value::as_u64) else {
        // Nobody listening is no fault.
        let _unheard = events.send(Arc::new(value));
        return;
    };
    let caller = answers.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    // A caller that gave up has dropped its end.
    let _given_up = caller.map(|caller| caller.send(value));
}

/// A page load on a busy machine.
const CALL_LIMIT: Duration = Duration::from_secs(20);
/// Events that a slow listener may lag behind.
const EVENTS: usize = 1024;
