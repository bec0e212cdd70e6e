//! Tells the person, or a program, what happens as it happens.
//!
//! For a person: a line for each step on standard error, with the seconds since the start. For a program (`--json`):
//! one JSON object for each line of standard output, always with `at_ms` and `event`; the last one is the outcome.

use std::io::{self, Write};
use std::time::Instant;

use serde::Serialize;

use crate::messages::{Message, message};
use roamkey_device::ErrorCode;

/// What happens during `roamkey authenticate` and `roamkey request`, in the shape that `--json` prints.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// The code was read and is fresh.
    Code {
        operation: &'a str,
        source: &'a str,
        age_seconds: Option<u64>,
        tunnel: u16,
        tunnel_host: &'a str,
    },
    /// The tunnel service gave us a tunnel.
    TunnelOpen,
    /// The advert is on air.
    OnAir,
    /// The other device heard it.
    Nearby,
    /// The channel is encrypted end to end.
    Secured,
    /// The person is being asked.
    Question {
        operation: &'a str,
        rp_id: &'a str,
        accounts: Vec<Account<'a>>,
        user_verification: bool,
    },
    /// The operating system makes sure that it is the person.
    SystemAsks,
    /// The PIN was wrong.
    PinRejected { tries_left: Option<u32> },
    /// No PIN is looked at for a while.
    PinLocked { wait_seconds: u64 },
    /// The browser took its request back.
    Withdrawn,
    /// The answer is on its way.
    Answered,
    /// What happened could not be noted in the activity log.
    Unnoted,
    /// The code is shown and waits for a phone.
    Show { link: &'a str },
    /// The tunnel to the phone is being joined.
    Connecting,
    /// The person has to answer at the phone.
    AskOnPhone,
    /// What the site's server gets, and what is known of the signature in it.
    Response {
        response: &'a serde_json::Value,
        signature: &'a str,
    },
    /// The end.
    Outcome {
        ok: bool,
        code: &'a str,
        exit: u8,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_step: Option<&'a str>,
    },
}

/// An account as a question shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Account<'a> {
    /// The account's name at the site.
    pub(crate) name: Option<&'a str>,
    /// The person's name, as the site shows it.
    pub(crate) display_name: Option<&'a str>,
}

/// Where events go.
#[derive(Debug)]
pub(crate) struct Reporter {
    started: Instant,
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    at_ms: u128,
    #[serde(flatten)]
    event: &'a Event<'a>,
}

impl Reporter {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            started: Instant::now(),
            json,
        }
    }

    /// Whether events are JSON, and standard output is theirs.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Reports an event. A reader that is gone does not stop the transaction: the person still sees the question.
    pub(crate) fn report(&self, event: &Event<'_>) {
        written(if self.json {
            let line = Line {
                at_ms: self.started.elapsed().as_millis(),
                event,
            };
            serde_json::to_string(&line)
                .map_err(io::Error::other)
                .and_then(|line| writeln!(io::stdout().lock(), "{line}"))
        } else if let Some(text) = text(event) {
            self.print(&text)
        } else {
            Ok(())
        });
    }

    /// Prints a step that is no event, for a person only.
    #[cfg(feature = "dev")]
    pub(crate) fn note(&self, text: &str) {
        if !self.json {
            written(self.print(text));
        }
    }

    /// Prints text as it is, for a person only.
    #[cfg(feature = "dev")]
    pub(crate) fn show(&self, text: &str) {
        if !self.json {
            written(writeln!(io::stderr().lock(), "{text}"));
        }
    }

    fn print(&self, text: &str) -> io::Result<()> {
        writeln!(
            io::stderr().lock(),
            "{:>7.3} s  {text}",
            self.started.elapsed().as_secs_f64()
        )
    }

    /// Reports success as the last event.
    pub(crate) fn succeeded(&self, code: &str, text: &str) {
        self.report(&Event::Outcome {
            ok: true,
            code,
            exit: 0,
            message: text,
            detail: None,
            next_step: None,
        });
    }

    /// Reports a failure as the last event and returns the exit code.
    pub(crate) fn failed(&self, code: ErrorCode) -> u8 {
        self.failed_as(code, message(code), None)
    }

    /// Reports a failure in these words, and what exactly was wrong.
    pub(crate) fn failed_as(&self, code: ErrorCode, message: Message, detail: Option<&str>) -> u8 {
        let Message { title, hint, exit } = message;
        self.report(&Event::Outcome {
            ok: false,
            code: code.as_str(),
            exit,
            message: title,
            detail,
            next_step: Some(hint),
        });
        exit
    }
}

fn written(written: io::Result<()>) {
    if let Err(error) = written {
        tracing::debug!(%error, "nobody reads the report");
    }
}

/// The event in a person's words; `None` where the question itself, on the terminal, says it.
fn text(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::Code {
            operation,
            source,
            age_seconds,
            tunnel_host,
            ..
        } => {
            let age = age_seconds
                .map(|age| format!(", made {age} s ago"))
                .unwrap_or_default();
            format!("read the code from {source}: {operation}{age}; meeting at {tunnel_host}")
        }
        Event::TunnelOpen => "tunnel open".to_owned(),
        Event::OnAir => "on air: keep this device close to the one that shows the code".to_owned(),
        Event::Nearby => "the other device is nearby".to_owned(),
        Event::Secured => "connection secured".to_owned(),
        Event::Question { .. } => return None,
        Event::SystemAsks => "the operating system asks you to confirm that it is you".to_owned(),
        Event::PinRejected { tries_left: None } => "a PIN has 4 to 63 characters".to_owned(),
        Event::PinRejected {
            tries_left: Some(tries),
        } => format!("wrong PIN, {tries} tries left"),
        Event::PinLocked { wait_seconds } => {
            format!(
                "too many wrong PINs; the next try is possible in {}",
                crate::time::span(*wait_seconds)
            )
        }
        Event::Withdrawn => "the browser took its request back".to_owned(),
        Event::Answered => "answer sent".to_owned(),
        Event::Unnoted => {
            "warning: this could not be noted in the activity log (roamkey doctor says why)".to_owned()
        }
        Event::Show { link } => {
            format!("scan the code with a phone that is near, or open this on it:\n           {link}")
        }
        Event::Connecting => "connecting to the phone".to_owned(),
        Event::AskOnPhone => "look at the phone and answer there".to_owned(),
        Event::Response { .. } => return None,
        Event::Outcome {
            message,
            next_step: None,
            ..
        } => (*message).to_owned(),
        Event::Outcome {
            code,
            message,
            detail,
            next_step: Some(hint),
            ..
        } => {
            let detail = detail
                .map(|detail| format!("\n           ({detail})"))
                .unwrap_or_default();
            format!("{message} [{code}]{detail}\n           {hint}")
        }
    })
}
