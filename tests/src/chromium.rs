//! Chromium, unmodified, with one page open.
//!
//! What it says about its dialog (`UI step: …`) and about FIDO comes on standard error because of `--vmodule`.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Result;
use crate::cdp::{self, Call, Cdp};
use crate::lines::{Lines, Mark};
use crate::process::{Process, bound_to_this_thread};

/// What a browser is started with.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// `DISPLAY`.
    pub display: &'a str,
    /// `DBUS_SYSTEM_BUS_ADDRESS`, where it finds BlueZ.
    pub system_bus: &'a str,
    /// The origin of the page.
    pub origin: &'a str,
    /// Host names of tunnel services, all of which are at [`tunnel_address`](Self::tunnel_address).
    pub tunnel_hosts: &'a [String],
    /// Where they are.
    pub tunnel_address: SocketAddr,
    /// SHA-256 of the key that their certificate has, base64.
    pub key_hash: &'a str,
    /// For its profile and its logs.
    pub folder: &'a Path,
}

/// A running Chromium.
#[derive(Debug)]
pub struct Chromium {
    process: Process,
    cdp: Cdp,
    session: String,
    origin: String,
}

/// How a ceremony ended, in the eyes of the page.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PageOutcome {
    /// `navigator.credentials` gave a credential.
    Done {
        /// What the server says to it.
        verdict: Value,
        /// The PRF outputs, `first` and `second`, base64url.
        prf: Option<Value>,
        /// The outputs of `largeBlob`: `supported`, `written` and `blob`, the last as base64url.
        large_blob: Option<Value>,
    },
    /// `navigator.credentials` threw an exception.
    Refused {
        /// The exception's name.
        error: String,
    },
}

/// A ceremony that the page has begun.
#[derive(Debug)]
pub struct PageCeremony(Call);

impl Chromium {
    /// Starts it and returns when its page is loaded.
    ///
    /// # Errors
    ///
    /// It does not start, or shows no page.
    pub async fn start(surroundings: &Surroundings<'_>) -> Result<Self> {
        let process = Process::start("chromium", command(surroundings), surroundings.folder)?;
        let address = |line: &str| line.strip_prefix("DevTools listening on ").map(str::to_owned);
        let (address, _) = process
            .err()
            .line(Mark::default(), START_LIMIT, "its DevTools address", address)
            .await?;
        let cdp = Cdp::connect(address.trim()).await?;
        let targets = cdp.call(None, "Target.getTargets", &json!({})).await?;
        let attach = json!({ "targetId": first_page(&targets).ok_or("no page is open")?, "flatten": true });
        let attached = cdp.call(None, "Target.attachToTarget", &attach).await?;
        let session = attached
            .get("sessionId")
            .and_then(Value::as_str)
            .ok_or("no DevTools session")?
            .to_owned();
        cdp.call(Some(&session), "Page.enable", &json!({})).await?;
        let chromium = Self {
            process,
            cdp,
            session,
            origin: surroundings.origin.to_owned(),
        };
        chromium.load().await?;
        Ok(chromium)
    }

    /// Loads the page anew, which ends whatever it had begun.
    ///
    /// # Errors
    ///
    /// It does not load.
    pub async fn load(&self) -> Result<()> {
        let session = Some(self.session.as_str());
        let mut events = self.cdp.events();
        self.cdp
            .call(session, "Page.navigate", &json!({ "url": self.origin }))
            .await?;
        cdp::event(&mut events, &self.session, "Page.loadEventFired").await?;
        self.cdp.call(session, "Page.bringToFront", &json!({})).await?;
        Ok(())
    }

    /// Begins a ceremony: calls one of the page's functions, as if a person had clicked.
    pub fn begin(&self, call: &str) -> PageCeremony {
        let params = json!({
            "expression": call, "userGesture": true, "awaitPromise": true, "returnByValue": true,
        });
        PageCeremony(self.cdp.begin(Some(&self.session), "Runtime.evaluate", &params))
    }

    /// Ends the ceremony under way from the page's side.
    ///
    /// # Errors
    ///
    /// The browser is gone.
    pub async fn stop(&self) -> Result<()> {
        let params = json!({ "expression": "stop()" });
        self.cdp
            .call(Some(&self.session), "Runtime.evaluate", &params)
            .await
            .map(drop)
    }

    /// Its log.
    pub fn log(&self) -> &Lines {
        self.process.err()
    }

    /// Waits until its dialog takes this step after `mark`, `kCableV2QRCode` for example.
    ///
    /// # Errors
    ///
    /// It does not.
    pub async fn dialog(&self, mark: Mark, step: &str) -> Result<Mark> {
        let wanted = format!("UI step: {step}");
        let found = |line: &str| line.contains(&wanted).then_some(());
        Ok(self.log().line(mark, DIALOG_LIMIT, &wanted, found).await?.1)
    }

    /// Closes it.
    ///
    /// # Errors
    ///
    /// It is not gone after some seconds.
    pub async fn close(mut self) -> Result<()> {
        // Chromium may be gone before it answers.
        let _answer = self.cdp.begin(None, "Browser.close", &json!({}));
        match self.process.ended(CLOSE_LIMIT).await {
            Ok(_) => Ok(()),
            Err(_) => self.process.kill().await,
        }
    }
}

impl PageCeremony {
    /// Waits for the end of the ceremony.
    ///
    /// # Errors
    ///
    /// It does not end, or ends in a way that is neither: the server objected, for example.
    pub async fn outcome(self) -> Result<PageOutcome> {
        let mut answer = self.0.answer(CEREMONY_LIMIT).await?;
        if let Some(exception) = answer.pointer("/exceptionDetails/exception/description") {
            return Err(format!("the page failed: {exception}").into());
        }
        let value = answer
            .pointer_mut("/result/value")
            .map(Value::take)
            .unwrap_or_default();
        serde_json::from_value(value)
            .map_err(|error| format!("the page returned what it should not: {error}").into())
    }
}

fn first_page(targets: &Value) -> Option<&Value> {
    let mut targets = targets.get("targetInfos")?.as_array()?.iter();
    targets
        .find(|target| target.get("type").and_then(Value::as_str) == Some("page"))?
        .get("targetId")
}

fn command(surroundings: &Surroundings<'_>) -> tokio::process::Command {
    let home = surroundings.folder.join("home");
    let hosts = surroundings.tunnel_hosts.iter();
    let mapped: String = hosts
        .map(|host| format!("MAP {host}:443 {},", surroundings.tunnel_address))
        .collect();
    let mut command = bound_to_this_thread("chromium");
    command
        .args(SWITCHES)
        .arg(format!(
            "--user-data-dir={}",
            surroundings.folder.join("profile").display()
        ))
        .arg(format!(
            "--host-resolver-rules={mapped}MAP * ~NOTFOUND,EXCLUDE localhost,EXCLUDE 127.0.0.1"
        ))
        .arg(format!(
            "--ignore-certificate-errors-spki-list={}",
            surroundings.key_hash
        ))
        .arg("about:blank")
        .env("DISPLAY", surroundings.display)
        .env("DBUS_SYSTEM_BUS_ADDRESS", surroundings.system_bus)
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("HOME", home);
    command
}

/// No sandbox, since containers run everything as root; a fresh profile that asks, syncs and updates nothing; a
/// window within the screen at one pixel to the pixel; DevTools on a free port; logs.
const SWITCHES: [&str; 19] = [
    "--no-sandbox",
    "--test-type",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--password-store=basic",
    "--lang=en-US",
    "--window-position=0,0",
    "--window-size=1200,950",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
    "--enable-logging=stderr",
    "--vmodule=device_event_log*=1",
];

const START_LIMIT: Duration = Duration::from_secs(40);
const DIALOG_LIMIT: Duration = Duration::from_secs(20);
/// Counted from when the device has said its last. Chromium gives up on a phone after 180 seconds; no test waits so long.
const CEREMONY_LIMIT: Duration = Duration::from_secs(20);
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
