//! `roamkey authenticate`: from a code to an answered request, with the person in between.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use roamkey_device::vault::{Pin, VaultConfig};
use roamkey_device::{
    Code, CodeSource, Device, Done, ErrorCode, Failure, Hint, MAX_FILE_BYTES, Verification,
    VerificationMethod,
};
#[cfg(feature = "dev")]
use zeroize::Zeroizing;

use crate::args::Authenticate;
use crate::output::{Stop, logged};
use crate::person::{Answers, Person};
use crate::place::Place;
use crate::report::{Event, Reporter};
use crate::terminal::{Echo, Terminal};

/// Runs the command and returns the exit code.
pub(crate) async fn run(args: Authenticate, place: Place) -> u8 {
    let reporter = Reporter::new(args.json);
    // The passphrase, if there is one, is asked for before Ctrl-C means less than the end of this process.
    let opened = read_code(&args).and_then(|code| Ok((code, place.config().map_err(Stop::into_code)?)));
    let (code, config) = match opened {
        Ok(opened) => opened,
        Err(code) => return reporter.failed(code),
    };
    let finished = tokio::select! {
        finished = sign_in(&args, code, config, &place, &reporter) => finished,
        // Dropping the transaction takes the advert off the air and closes the tunnel.
        _ = tokio::signal::ctrl_c() => Err(ErrorCode::Refused),
    };
    match finished {
        Ok(Done::Created) => reporter.succeeded(
            "created",
            "Passkey created. You are done: look at the other device.",
        ),
        Ok(Done::SignedIn) => {
            reporter.succeeded("signed_in", "Signed in. You are done: look at the other device.")
        }
        Ok(_) => reporter.succeeded("informed", "The other device only asked which device this is."),
        Err(code) => return reporter.failed(code),
    }
    0
}

async fn sign_in(
    args: &Authenticate,
    code: Code,
    config: VaultConfig,
    place: &Place,
    reporter: &Reporter,
) -> Result<Done, ErrorCode> {
    let tunnel = args.tunnel.pick(&place.dir)?;
    let device = Device::system(config, place.dir.clone(), tunnel.service());
    let device = device.map_err(|failure| logged(&failure))?;
    let sign_in = device.read(&code).map_err(|failure| logged(&failure))?;
    reporter.report(&Event::Code {
        operation: operation(sign_in.hint()),
        source: source(sign_in.source()),
        age_seconds: sign_in.age(),
        tunnel: tunnel.domain.id(),
        tunnel_host: &tunnel.domain.host(),
    });
    let answers = answers(args)?;
    set_up(&device.verification(), &answers).await?;
    let person = Person::new(answers, device.verification(), sign_in.source(), reporter);
    let done = device.run(sign_in, &person).await;
    if device.is_unnoted() {
        reporter.report(&Event::Unnoted);
    }
    done.map_err(|failure| {
        let code = logged(&failure);
        // To the other end every failed verification is one; the person knows better.
        person
            .unverified()
            .filter(|_| code == ErrorCode::PinWrong)
            .unwrap_or(code)
    })
}

/// The code: from the command line, from standard input, or from a picture.
fn read_code(args: &Authenticate) -> Result<Code, ErrorCode> {
    if let Some(path) = &args.image {
        return Code::from_picture(&read_picture(path)?).map_err(|error| logged(&Failure::Scan(error)));
    }
    match args.code.as_deref() {
        Some("-") => {
            let mut text = String::new();
            let read = std::io::stdin()
                .lock()
                .take(MAX_CODE_BYTES)
                .read_to_string(&mut text);
            read.map_err(|_| ErrorCode::NotASignInCode)?;
            Ok(Code::from_text(&text))
        }
        text => Ok(Code::from_text(text.unwrap_or_default())),
    }
}

/// More than any QR code holds.
const MAX_CODE_BYTES: u64 = 16 * 1024;

/// The file's bytes, one more than allowed at the most: the decoder refuses what is too large.
fn read_picture(path: &Path) -> Result<Vec<u8>, ErrorCode> {
    let limit = u64::try_from(MAX_FILE_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| {
            tracing::warn!(%error, "can't read the picture");
            ErrorCode::PictureUnreadable
        })?;
    Ok(bytes)
}

fn operation(hint: Hint) -> &'static str {
    if hint == Hint::MakeCredential {
        "create a passkey"
    } else {
        "sign in"
    }
}

fn source(source: CodeSource) -> &'static str {
    match source {
        CodeSource::Picture => "a picture",
        CodeSource::Text => "text",
    }
}

/// Who answers. Without a terminal nobody can, and nothing is begun.
fn answers(args: &Authenticate) -> Result<Answers, ErrorCode> {
    #[cfg(feature = "dev")]
    if args.dev.dev_approve {
        return Ok(Answers::Script {
            pin: args.dev.dev_pin.clone().map(Zeroizing::new),
        });
    }
    let _ = args;
    Terminal::open()
        .map(Answers::Terminal)
        .map_err(|_| ErrorCode::NobodyToAsk)
}

/// Lets the person choose a PIN if nothing else verifies them: browsers accept no authenticator that can't.
async fn set_up(verification: &Verification, answers: &Answers) -> Result<(), ErrorCode> {
    let way = verification.way().await.map_err(|failure| logged(&failure))?;
    if way.is_some() {
        return Ok(());
    }
    if !verification.allows(VerificationMethod::AppPin) {
        return Err(ErrorCode::PinNotAllowed);
    }
    let pin = match answers {
        Answers::Terminal(terminal) => {
            terminal.say(
                "\n    Sites ask for proof that it is really you. Choose a PIN for that: 4 to 63 characters.\n    \
                 Roamkey asks for it each time you sign in. It can't be read back, so remember it.\n    \
                 (To use your system's password or finger instead: roamkey verification os)\n",
            );
            choose_pin(terminal).await?
        }
        #[cfg(feature = "dev")]
        Answers::Script { pin } => {
            let pin = pin.clone().ok_or(ErrorCode::PinNotSet)?;
            Pin::new(pin).map_err(|_| ErrorCode::PinUnfit)?
        }
    };
    let set = verification.pin().set(pin).await;
    set.map_err(|failure| logged(&failure))
}

/// Asks for a new PIN, twice.
pub(crate) async fn choose_pin(terminal: &Terminal) -> Result<Pin, ErrorCode> {
    let first = terminal
        .ask("New PIN (nothing shows as you type): ", Echo::Off)
        .await;
    let first = first.map_err(|_| ErrorCode::Refused)?;
    let again = terminal
        .ask("The same PIN again: ", Echo::Off)
        .await
        .map_err(|_| ErrorCode::Refused)?;
    if *first != *again {
        return Err(ErrorCode::PinUnfit);
    }
    Pin::new(first).map_err(|_| ErrorCode::PinUnfit)
}
