//! `roamkey-app request`: a program hands a site's request over, and a window of its own shows the code for a phone, like
//! `pinentry` asks for a PIN.
//!
//! ```text
//! program ── origin, options ──▶ this process ── code, steps ──▶ person with a phone
//!         ◀── response, exit code ──┘
//! ```
//!
//! Standard output gets the response and nothing else. Each run is a process of its own, not the app's single instance:
//! its end is the program's answer. What is read, refused and printed is `roamkey request`'s
//! ([`roamkey_device::Errand`]).

mod flow;
pub mod view;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use roamkey_device::{Errand, ErrorCode, RequestFailure, read_options};

pub use flow::{Act, End, Flow};

/// What a program hands over.
#[derive(Debug, Subcommand)]
pub(crate) enum Wish {
    /// Create a passkey on a phone.
    Create(Given),
    /// Sign in with a passkey of a phone.
    Get {
        #[command(flatten)]
        given: Given,

        /// A response that `request create` printed: its passkey's signature is verified. May be given several times.
        #[arg(long, value_name = "FILE")]
        registered: Vec<PathBuf>,
    },
}

/// What both take.
#[derive(Args, Debug)]
pub(crate) struct Given {
    /// The origin that the site's page has, `https://login.example.org`.
    #[arg(long, value_name = "ORIGIN")]
    origin: String,

    /// The site's options as WebAuthn's JSON; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    options: PathBuf,
}

/// Carries the request out, and returns what the program's end is.
pub(crate) fn run(wish: &Wish) -> ExitCode {
    match read(wish) {
        Ok(errand) => window::open(errand),
        Err(failure) => refuse(&failure),
    }
}

fn read(wish: &Wish) -> Result<Errand, RequestFailure> {
    match wish {
        Wish::Create(given) => Errand::create(&given.origin, &read_options(&given.options)?),
        Wish::Get { given, registered } => {
            let registered: Result<Vec<_>, _> = registered.iter().map(|file| read_options(file)).collect();
            Errand::sign_in(&given.origin, &read_options(&given.options)?, &registered?)
        }
    }
}

fn refuse(failure: &RequestFailure) -> ExitCode {
    let code = failure.code();
    say(code, failure.detail().as_deref());
    ExitCode::from(code.exit())
}

/// Says why there is no response: the code, and what exactly was wrong if that is known. Texts for people are in the
/// window.
#[expect(clippy::print_stderr, reason = "what the program that started this one reads")]
fn say(code: ErrorCode, detail: Option<&str>) {
    match detail {
        Some(detail) => eprintln!("roamkey-app: {}: {detail}", code.as_str()),
        None => eprintln!("roamkey-app: {}", code.as_str()),
    }
}
