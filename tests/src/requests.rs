//! `roamkey request` on host 0, as a site's page would use it, with the phone on host 1 to answer it.

use std::process::Stdio;

use serde_json::Value;

use crate::Result;
use crate::device::{Code, PIN, Person};
use crate::hosts::{Hosts, LIMIT, said};
use crate::process::{Process, bound_to_this_thread};

/// The site that all requests are of.
pub const RP_ID: &str = "login.example.org";
/// Its page.
pub const ORIGIN: &str = "https://login.example.org";

/// Requests, one after the other.
#[derive(Debug)]
pub struct Requests {
    /// Both hosts.
    pub hosts: Hosts,
    count: usize,
}

impl Requests {
    /// Requests between these hosts.
    pub fn between(hosts: Hosts) -> Self {
        Self { hosts, count: 0 }
    }

    /// Starts `roamkey request` and returns it with the link that it shows. `wish` is `create` or `get`.
    ///
    /// # Errors
    ///
    /// It ends without a link.
    pub async fn request(&mut self, wish: &str, options: &Value, more: &[&str]) -> Result<(Process, String)> {
        self.count += 1;
        let name = format!("request-{}", self.count);
        let file = self.hosts.folder.join(format!("{name}.json"));
        std::fs::write(&file, options.to_string())?;
        let mut command = bound_to_this_thread(&self.hosts.make.program.to_string_lossy());
        command
            .args(["request", wish, "--json", "--origin", ORIGIN, "--options"])
            .arg(&file);
        command
            .args(["--tunnel-address", &self.hosts.make.tunnel_address])
            .args(more);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", self.hosts.near.address());
        command
            .env("SSL_CERT_FILE", &self.hosts.make.authority)
            .env_remove("SSL_CERT_DIR");
        command.stdin(Stdio::null());
        let process = Process::start(&name, command, &self.hosts.folder)?;
        let shown = event(&process, "show").await?;
        let link = shown.get("link").and_then(Value::as_str).unwrap_or_default();
        Ok((process, link.to_owned()))
    }

    /// A whole ceremony in which everybody agrees; returns the response.
    ///
    /// # Errors
    ///
    /// Somebody did not.
    pub async fn agreed(&mut self, wish: &str, options: &Value, tunnel: u16, more: &[&str]) -> Result<Value> {
        let (request, link) = self.request(wish, options, more).await?;
        let phone = self
            .hosts
            .phone
            .authenticate(Code::Text(&link), tunnel, Person::Agreeable(PIN))?;
        for step in ["nearby", "connecting", "secured", "ask_on_phone"] {
            event(&request, step).await?;
        }
        let response = event(&request, "response").await?;
        let on_phone = phone.outcome().await?;
        let at_site = outcome(request).await?;
        if !on_phone.ok || at_site.get("ok") != Some(&Value::Bool(true)) {
            return Err(format!("not agreed: {on_phone:?}, {at_site}").into());
        }
        Ok(response)
    }
}

/// Waits for the event of this name.
///
/// # Errors
///
/// The process ends without it.
pub async fn event(process: &Process, name: &str) -> Result<Value> {
    let wanted = |line: &str| {
        let event: Value = serde_json::from_str(line).ok()?;
        (event.get("event").and_then(Value::as_str) == Some(name)).then_some(event)
    };
    said(process, name, wanted).await
}

/// Waits for the end, and returns the outcome, in which the exit code must be the one that it ended with.
///
/// # Errors
///
/// It does not end, or not like that.
pub async fn outcome(mut process: Process) -> Result<Value> {
    let status = process.ended(LIMIT).await?;
    let outcome = event(&process, "outcome").await?;
    if outcome.get("exit").and_then(Value::as_i64) != status.code().map(i64::from) {
        return Err(format!("{status} does not go with {outcome}").into());
    }
    Ok(outcome)
}
