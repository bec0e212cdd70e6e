//! `roamkey request`: shows a QR code, and a phone signs in or creates a passkey.
//!
//! Standard output gets the response and nothing else, ready for the site's server; the code, the steps and the
//! outcome go to standard error. With `--json` everything is an event on standard output.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use roamkey_device::tunnel::Address;
use roamkey_device::webauthn::SignatureCheck;
use roamkey_device::{
    Answer, Errand, ErrorCode, Pending, RequestEvent, RequestFailure, Requester, read_options,
};

use crate::messages::{Message, message};
use crate::report::{Event, Reporter};

/// `roamkey request`
#[derive(Args, Debug)]
pub(crate) struct Request {
    /// What the phone is to do.
    #[command(subcommand)]
    wish: Wish,
}

/// What the phone is to do.
#[derive(Debug, Subcommand)]
enum Wish {
    /// Create a passkey on the phone.
    Create(Create),
    /// Sign in with a passkey of the phone.
    Get(Get),
}

/// `roamkey request create`
#[derive(Args, Debug)]
struct Create {
    #[command(flatten)]
    common: Common,
}

/// `roamkey request get`
#[derive(Args, Debug)]
struct Get {
    #[command(flatten)]
    common: Common,

    /// A response that `request create` printed: its passkey's signature is verified. May be given several times.
    #[arg(long, value_name = "FILE")]
    registered: Vec<PathBuf>,
}

/// What both take.
#[derive(Args, Debug)]
struct Common {
    /// The origin that the site's page has, `https://login.example.org`.
    #[arg(long, value_name = "ORIGIN")]
    origin: String,

    /// The site's options as WebAuthn's JSON; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    options: PathBuf,

    /// Do not ask the RP ID's site for its list of related origins; an RP ID of another domain is refused.
    #[arg(long)]
    no_related_origins: bool,

    /// Also write the QR code to this file as a PNG picture.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,

    /// Also write the QR code to this file as an SVG picture.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Connect to this address, whatever tunnel service the phone chooses; the TLS name stays the service's.
    #[arg(long, value_name = "HOST:PORT")]
    tunnel_address: Option<Address>,

    /// Print one JSON object for each event, the outcome last.
    #[arg(long)]
    json: bool,
}

/// Runs the command and returns the exit code.
pub(crate) async fn run(request: Request) -> u8 {
    let (common, errand) = match request.wish {
        Wish::Create(Create { common }) => {
            let errand =
                read_options(&common.options).and_then(|options| Errand::create(&common.origin, &options));
            (common, errand)
        }
        Wish::Get(Get { common, registered }) => {
            let errand = sign_in(&common, &registered);
            (common, errand)
        }
    };
    let reporter = Reporter::new(common.json);
    let answer = match errand {
        Ok(errand) => carry_out(&errand, &common, &reporter).await,
        Err(failure) => Err(failure.into()),
    };
    match answer {
        Ok(answer) => printed(&reporter, &answer),
        Err(failed) => failed.report(&reporter),
    }
}

fn sign_in(common: &Common, registered: &[PathBuf]) -> Result<Errand, RequestFailure> {
    let registered: Result<Vec<_>, _> = registered.iter().map(|file| read_options(file)).collect();
    Errand::sign_in(&common.origin, &read_options(&common.options)?, &registered?)
}

fn requester(common: &Common) -> Requester {
    let requester = Requester::system(common.tunnel_address.clone());
    if common.no_related_origins {
        return requester.with_sites(None);
    }
    requester
}

/// Shows the code and follows the transaction to its end, or to Ctrl-C.
async fn carry_out(errand: &Errand, common: &Common, reporter: &Reporter) -> Result<Answer, Failed> {
    let mut pending = errand.ask(&requester(common)).await?;
    show(&pending, common, reporter)?;
    loop {
        let event = tokio::select! {
            event = pending.next() => event,
            _ = tokio::signal::ctrl_c() => {
                pending.cancel().await;
                return Err(Failed::plain(ErrorCode::Cancelled));
            }
        };
        reporter.report(&match event {
            Some(RequestEvent::Nearby) => Event::Nearby,
            Some(RequestEvent::Connecting) => Event::Connecting,
            Some(RequestEvent::Secured) => Event::Secured,
            Some(RequestEvent::AskOnPhone) => Event::AskOnPhone,
            Some(RequestEvent::Done(done)) => {
                // The goodbye: the process must not end in the middle of it.
                pending.cancel().await;
                return Ok(done);
            }
            Some(RequestEvent::Failed(failure)) => {
                pending.cancel().await;
                return Err(failure.into());
            }
            None => return Err(RequestFailure::Internal.into()),
        });
    }
}

fn show<O>(pending: &Pending<O>, common: &Common, reporter: &Reporter) -> Result<(), Failed> {
    let picture = pending.picture()?;
    if let Some(file) = &common.png {
        let png = picture.to_png().ok_or(RequestFailure::Internal)?;
        write_private(file, &png)?;
    }
    if let Some(file) = &common.svg {
        write_private(file, picture.to_svg().as_bytes())?;
    }
    if !common.json && io::stderr().is_terminal() {
        // A terminal that is gone shows nothing; the link is told below.
        let _ = write!(io::stderr().lock(), "\n{}\n", picture.to_terminal());
    }
    reporter.report(&Event::Show { link: pending.link() });
    Ok(())
}

/// Whoever sees the code and is nearby can answer it, so nobody else gets to read the file.
fn write_private(file: &Path, bytes: &[u8]) -> Result<(), Failed> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|error| Failed {
            code: ErrorCode::PictureUnwritable,
            detail: Some(error.kind().to_string()),
        })
}

fn proof(check: SignatureCheck) -> &'static str {
    match check {
        SignatureCheck::Verified => "verified",
        SignatureCheck::None => "none",
        SignatureCheck::Unknown => "unknown",
    }
}

/// Prints the response where programs look for it, and the outcome.
fn printed(reporter: &Reporter, answer: &Answer) -> u8 {
    let response = &answer.to_json();
    if reporter.is_json() {
        let signature = proof(answer.signature());
        reporter.report(&Event::Response { response, signature });
    } else if let Err(error) = writeln!(io::stdout().lock(), "{response}") {
        tracing::debug!(%error, "nobody reads the response");
    }
    let (code, text) = match (answer, answer.signature()) {
        (Answer::Created(_), _) => ("created", "Passkey created on the phone."),
        (Answer::SignedIn(_), SignatureCheck::Verified) => {
            ("signed_in", "Signed in with the phone; the signature verifies.")
        }
        (Answer::SignedIn(_), SignatureCheck::None | SignatureCheck::Unknown) => (
            "signed_in",
            "The phone signed. Its key is not known here: only the site's server can tell whether it fits.",
        ),
    };
    reporter.succeeded(code, text);
    0
}

/// Why there is no response.
struct Failed {
    code: ErrorCode,
    detail: Option<String>,
}

impl Failed {
    fn plain(code: ErrorCode) -> Self {
        Self { code, detail: None }
    }

    fn report(&self, reporter: &Reporter) -> u8 {
        let text = message(self.code);
        let hint = hint(self.code).unwrap_or(text.hint);
        reporter.failed_as(self.code, Message { hint, ..text }, self.detail.as_deref())
    }
}

impl From<RequestFailure> for Failed {
    fn from(failure: RequestFailure) -> Self {
        let code = failure.code();
        let mut cause: Option<&dyn std::error::Error> = Some(&failure);
        while let Some(error) = cause {
            tracing::info!(code = code.as_str(), %error, "failed");
            cause = error.source();
        }
        Self {
            code,
            detail: failure.detail(),
        }
    }
}

/// What to do where this side has another remedy than `roamkey authenticate`: the phone chooses the tunnel service,
/// and a new code is this command's.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all others have one remedy on both sides"
)]
fn hint(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::TunnelNameLookup
        | ErrorCode::TunnelUnreachable
        | ErrorCode::TunnelTimeout
        | ErrorCode::TunnelLost
        | ErrorCode::TunnelRefused => {
            Some("Check the network connection of this machine and of the phone, then run the command again.")
        }
        ErrorCode::TunnelProtocol => {
            Some("The phone chose it. Check --tunnel-address if you gave one; a proxy may stand between.")
        }
        _ => None,
    }
}
