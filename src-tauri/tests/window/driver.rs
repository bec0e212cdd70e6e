//! The app's window through WebDriver: WebKitWebDriver starts the app and drives its web view (W3C WebDriver, JSON over
//! HTTP/1.1).
//!
//! Waits look again until what they wait for is there, or their limit is reached; a failure says what the window shows.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roamkey_tests::Result;
use roamkey_tests::process::{Process, bound_to_this_thread};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The app in its window.
pub(crate) struct Window {
    address: String,
    session: String,
    _driver: Process,
}

impl Window {
    /// Starts a program with a web view: with these arguments and this environment.
    pub(crate) async fn start(
        program: &Path,
        arguments: &[&str],
        environment: &[(String, String)],
        logs: &Path,
    ) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
        let mut command = bound_to_this_thread("WebKitWebDriver");
        command.arg("--host=127.0.0.1").arg(format!("--port={port}"));
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        // What tells the web view that it may be driven.
        command.envs([("TAURI_AUTOMATION", "true"), ("TAURI_WEBVIEW_AUTOMATION", "true")]);
        let driver = Process::start("webkit-web-driver", command, logs)?;
        let address = format!("127.0.0.1:{port}");
        until(START_LIMIT, "WebKitWebDriver", async || {
            Ok(TcpStream::connect(&address).await.ok())
        })
        .await?;
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": program, "args": arguments },
        } } });
        let begun = request(&address, "POST", "/session", Some(&wanted)).await?;
        let session = begun
            .get("sessionId")
            .and_then(Value::as_str)
            .ok_or("no session")?
            .to_owned();
        let window = Self {
            address,
            session,
            _driver: driver,
        };
        window.shows("h1").await?;
        Ok(window)
    }

    /// Puts the window beside the browser's.
    pub(crate) async fn stand_aside(&self) -> Result<()> {
        self.place(1210, 0, 960, 700).await
    }

    /// Puts the window somewhere.
    pub(crate) async fn place(&self, x: u32, y: u32, width: u32, height: u32) -> Result<()> {
        let rect = json!({ "x": x, "y": y, "width": width, "height": height });
        self.call("POST", "window/rect", Some(&rect)).await.map(drop)
    }

    /// Waits until there is an element for this selector.
    pub(crate) async fn shows(&self, selector: &str) -> Result<()> {
        self.element(&json!({ "using": "css selector", "value": selector }))
            .await
            .map(drop)
    }

    /// Waits until this stands somewhere in the window, as a person reads it.
    pub(crate) async fn reads(&self, text: &str) -> Result<()> {
        self.wait(text, async || Ok(self.text().await?.contains(text).then_some(())))
            .await
    }

    /// Everything that a person reads in the window.
    pub(crate) async fn text(&self) -> Result<String> {
        let text = self.script("return document.body.innerText").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks the button of this name once it can be clicked.
    pub(crate) async fn click(&self, name: &str) -> Result<()> {
        let path = format!("//button[normalize-space()={name:?} or strong={name:?}][not(@disabled)]");
        let button = self.element(&json!({ "using": "xpath", "value": path })).await?;
        self.call("POST", &format!("element/{button}/click"), Some(&json!({})))
            .await
            .map(drop)
    }

    /// Types into the element that has the focus.
    pub(crate) async fn keys(&self, text: &str) -> Result<()> {
        let focus = self.call("GET", "element/active", None).await?;
        let element = reference(&focus).ok_or("nothing has the focus")?;
        self.call(
            "POST",
            &format!("element/{element}/value"),
            Some(&json!({ "text": text })),
        )
        .await
        .map(drop)
    }

    /// Types into the field for this selector.
    pub(crate) async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        let field = self
            .element(&json!({ "using": "css selector", "value": selector }))
            .await?;
        self.call(
            "POST",
            &format!("element/{field}/value"),
            Some(&json!({ "text": text })),
        )
        .await
        .map(drop)
    }

    /// The name of what has the focus.
    pub(crate) async fn focus(&self) -> Result<String> {
        let name = self
            .script("return document.activeElement.textContent.trim()")
            .await?;
        Ok(name.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until this script returns something else than nothing.
    pub(crate) async fn until_script(&self, what: &str, script: &str) -> Result<Value> {
        self.wait(what, async || {
            let found = self.script(script).await?;
            Ok((!found.is_null() && found != Value::Bool(false)).then_some(found))
        })
        .await
    }

    /// Presses a key, wherever the focus is.
    pub(crate) async fn press(&self, key: &str) -> Result<()> {
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": [
            { "type": "keyDown", "value": key }, { "type": "keyUp", "value": key },
        ] }] });
        self.call("POST", "actions", Some(&actions)).await.map(drop)
    }

    /// Presses a key while another one is held.
    pub(crate) async fn chord(&self, held: &str, key: &str) -> Result<()> {
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": [
            { "type": "keyDown", "value": held }, { "type": "keyDown", "value": key },
            { "type": "keyUp", "value": key }, { "type": "keyUp", "value": held },
        ] }] });
        self.call("POST", "actions", Some(&actions)).await.map(drop)
    }

    /// Runs a script in the page.
    pub(crate) async fn script(&self, script: &str) -> Result<Value> {
        self.call(
            "POST",
            "execute/sync",
            Some(&json!({ "script": script, "args": [] })),
        )
        .await
    }

    /// Keeps a picture of what the window shows, once that has been painted.
    pub(crate) async fn picture(&self, file: &Path) -> Result<()> {
        let painted =
            "const done = arguments[0], next = requestAnimationFrame; next(() => next(() => next(done)))";
        self.call(
            "POST",
            "execute/async",
            Some(&json!({ "script": painted, "args": [] })),
        )
        .await?;
        let picture = self.call("GET", "screenshot", None).await?;
        std::fs::write(file, STANDARD.decode(picture.as_str().unwrap_or_default())?)?;
        Ok(())
    }

    /// Waits until the app has ended by itself.
    pub(crate) async fn gone(&self) -> Result<()> {
        until(LIMIT, "the end of the app", async || {
            Ok(self.call("GET", "window", None).await.is_err().then_some(()))
        })
        .await
    }

    /// Ends the app.
    pub(crate) async fn close(self) -> Result<()> {
        self.call("DELETE", "", None).await.map(drop)
    }

    async fn element(&self, locator: &Value) -> Result<String> {
        self.wait(&locator.to_string(), async || {
            let found = self.call("POST", "elements", Some(locator)).await?;
            Ok(found.get(0).and_then(reference))
        })
        .await
    }

    async fn wait<T>(&self, what: &str, look: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
        match until(LIMIT, what, look).await {
            Ok(found) => Ok(found),
            Err(error) => Err(format!("{error}; the window shows:\n{}", self.text().await?).into()),
        }
    }

    async fn call(&self, method: &str, command: &str, body: Option<&Value>) -> Result<Value> {
        let path = format!("/session/{}/{command}", self.session);
        request(&self.address, method, path.trim_end_matches('/'), body).await
    }
}

/// Looks until there is something.
async fn until<T>(limit: Duration, what: &str, look: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let looked = tokio::time::timeout(limit, async {
        let mut looks = tokio::time::interval(BETWEEN_LOOKS);
        loop {
            looks.tick().await;
            if let Some(found) = look().await? {
                return Ok(found);
            }
        }
    });
    looked
        .await
        .map_err(|_elapsed| format!("not within {limit:?}: {what}"))?
}

/// An element's reference (W3C WebDriver §11).
fn reference(element: &Value) -> Option<String> {
    element
        .get("element-6066-11e4-a52e-4f735466cecf")?
        .as_str()
        .map(str::to_owned)
}

async fn request(address: &str, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let answer = tokio::time::timeout(ANSWER_LIMIT, read(&mut stream)).await;
    let answer = answer.map_err(|_elapsed| format!("no answer to {method} {path}"))??;
    let mut answer: Value = serde_json::from_str(&answer)?;
    let value = answer.get_mut("value").map(Value::take).unwrap_or_default();
    match value.get("error") {
        Some(error) => Err(format!(
            "{method} {path}: {error}: {}",
            value.get("message").unwrap_or(error)
        )
        .into()),
        None => Ok(value),
    }
}

/// The body of an answer, whose length its head tells: the driver keeps connections open.
async fn read(stream: &mut TcpStream) -> Result<String> {
    let mut answer = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = stream.read(&mut buffer).await?;
        answer.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(answer.get(..head).unwrap_or_default()).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.ok_or("an answer without a length")?.trim().parse()?;
            if let Some(body) = answer.get(head + 4..head + 4 + length) {
                return Ok(String::from_utf8(body.to_vec())?);
            }
        }
        if count == 0 {
            return Err("the driver hung up".into());
        }
    }
}

const START_LIMIT: Duration = Duration::from_secs(10);
const LIMIT: Duration = Duration::from_secs(20);
/// The answer to a new session comes when the app is up.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(30);
