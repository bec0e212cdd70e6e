//! `roamkey recovery`: the words that open every backup, the sheet for them, their split; and how commands that need
//! words or a passphrase get them.
//!
//! Words come from the controlling terminal, or from a file or standard input that the person names. They are never in
//! arguments, which other processes can read, and never in an output but the one that shows them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use roamkey_device::exchange::age::OpensWith;
use roamkey_device::exchange::{RecoveryWords, SheetLanguage, passphrase};
use roamkey_device::recovery::{self, Confirmation, Key, Recovery as State, RecoveryError, read_file};
use roamkey_device::{ErrorCode, Failure, UnixTime, now};
use serde_json::json;
use zeroize::Zeroizing;

use crate::output::{Output, Stop};
use crate::place::Place;
use crate::terminal::{Echo, Terminal, is_yes};

/// `roamkey recovery`
#[derive(Args, Debug)]
pub(crate) struct Recovery {
    #[command(subcommand)]
    action: Action,

    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

/// What can be done about recovery.
#[derive(Debug, Subcommand)]
enum Action {
    /// Draw 24 words that will open every backup, and show them once.
    Setup(Setup),
    /// Write an emergency sheet to print: room for the words, where the backups are, the steps.
    Sheet {
        /// The HTML file to write.
        file: PathBuf,
        /// Which language it speaks.
        #[arg(long, value_enum, default_value_t = Language::En)]
        language: Language,
    },
    /// Split the words into shares, of which some are enough.
    Split {
        /// How many shares are needed.
        needed: u8,
        /// How many shares there are.
        shares: u8,
        #[command(flatten)]
        words: WordsFrom,
    },
    /// Print the age identity that the words stand for, to open backups with age or rage.
    Identity {
        #[command(flatten)]
        words: WordsFrom,
    },
}

/// The languages that there are sheets in, by their codes.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    En,
    De,
    Ja,
    Ar,
}

impl From<Language> for SheetLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::English,
            Language::De => Self::German,
            Language::Ja => Self::Japanese,
            Language::Ar => Self::Arabic,
        }
    }
}

/// `roamkey recovery setup`
#[derive(Args, Debug)]
struct Setup {
    /// Give up the words that are set up; they go on opening the backups made so far.
    #[arg(long)]
    anew: bool,
    #[command(flatten)]
    words: WordsFrom,
}

/// Where words come from if not from the terminal.
#[derive(Args, Debug)]
pub(crate) struct WordsFrom {
    /// Read the words, or shares of them, one a line, from this file; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) words_file: Option<PathBuf>,
}

/// Where what opens a file comes from if not from the terminal.
#[derive(Args, Debug)]
pub(crate) struct KeyFrom {
    #[command(flatten)]
    pub(crate) words: WordsFrom,

    /// Read the passphrase, or another program's password, from this file; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "words_file")]
    pub(crate) password_file: Option<PathBuf>,
}

/// Runs the command and returns the exit code.
pub(crate) async fn run(args: Recovery, place: Place) -> u8 {
    let output = Output::new(args.json);
    output.end(act(&args.action, &place, output).await)
}

async fn act(action: &Action, place: &Place, output: Output) -> Result<(), Stop> {
    let vault = place.vault()?;
    match action {
        Action::Setup(args) => {
            let before = State::load(&vault)?;
            if before.is_some() && !args.anew && args.words.words_file.is_none() {
                return Err(ErrorCode::RecoveryAlreadySetUp.into());
            }
            let words = match &args.words.words_file {
                Some(_) => args.words.get().await?,
                None => show_and_confirm().await?,
            };
            let state = State::set_up(&vault, &words, args.anew)?;
            let recipient = state.recipient()?.to_string();
            let value = json!({ "event": "recovery_set_up", "recipient": recipient });
            output.print(&value, || {
                format!(
                    "Recovery is set up. Backups are for {recipient}\n\
                     Next: roamkey recovery sheet FILE, and roamkey backup now."
                )
            })
        }
        Action::Sheet { file, language } => {
            recovery::write_sheet(&vault, &place.dir, file, (*language).into())?;
            let value = json!({ "event": "sheet_written", "file": file });
            output.print(&value, || {
                "The sheet is written. Print it, and write the words on it by hand.".to_owned()
            })
        }
        Action::Split {
            needed,
            shares,
            words,
        } => {
            let words = words.get().await?;
            let shares = recovery::shares(&words, *needed, *shares)?;
            let texts: Vec<&str> = shares.iter().map(|share| share.as_str()).collect();
            let value = json!({ "event": "split", "needed": needed, "shares": texts });
            output.print(&value, || {
                format!(
                    "Any {needed} of these make the words. Give each to another person.\n\n{}",
                    texts.join("\n")
                )
            })
        }
        Action::Identity { words } => {
            let identity = words.get().await?.identity();
            let value = json!({ "event": "identity", "identity": identity.to_text().as_str() });
            output.print(&value, || identity.to_text().as_str().to_owned())
        }
    }
}

/// Draws words, shows them once, and asks three of them back.
async fn show_and_confirm() -> Result<RecoveryWords, Stop> {
    let terminal = Terminal::open().map_err(|_| ErrorCode::NobodyToAsk)?;
    let words = recovery::new_words();
    let list: Vec<&str> = words.words().collect();
    terminal.say("\nWrite these 24 words down, by hand, in their order. They are shown this once.\n");
    for (row, four) in list.chunks(4).enumerate() {
        let cells: Vec<String> = (1_usize..)
            .zip(four)
            .map(|(column, word)| format!("{:>2}. {word:<10}", row.saturating_mul(4).saturating_add(column)))
            .collect();
        terminal.say(&format!("    {}", cells.join(" ")));
    }
    terminal.say("");
    ask(&terminal, "Press Enter when they are on paper: ", Echo::On).await?;
    // The words leave the screen, also what can be scrolled back to.
    terminal.say("\u{1b}[2J\u{1b}[3J\u{1b}[H");
    let asked = Confirmation::draw();
    let mut typed = Vec::new();
    for place in asked.places() {
        typed.push(ask(&terminal, &format!("Word {place}: "), Echo::On).await?);
    }
    let typed: Vec<&str> = typed.iter().map(|typed| typed.as_str()).collect();
    if asked.is_by(&typed, &words) {
        Ok(words)
    } else {
        Err(ErrorCode::WordsNotConfirmed.into())
    }
}

impl WordsFrom {
    /// The words, from where the person said, or typed on the terminal.
    pub(crate) async fn get(&self) -> Result<RecoveryWords, Stop> {
        let text = match &self.words_file {
            Some(path) => text_of(path)?,
            None => {
                let terminal = Terminal::open().map_err(|_| ErrorCode::FileProtected)?;
                ask(&terminal, "The 24 words, in their order: ", Echo::On).await?
            }
        };
        Ok(recovery::words(&text)?)
    }
}

impl KeyFrom {
    /// What opens `file`, if it wants anything that is known before it is read.
    pub(crate) async fn key_for(&self, file: &[u8]) -> Result<Option<Key>, Stop> {
        match (recovery::wants(file)?, &self.password_file) {
            (_, Some(path)) => {
                let text = text_of(path)?;
                let line = text.strip_suffix('\n').unwrap_or(&text);
                Ok(Some(Key::Passphrase(Zeroizing::new(
                    line.trim_end_matches('\r').to_owned(),
                ))))
            }
            (Some(OpensWith::Identity), None) => Ok(Some(Key::Identity(self.words.get().await?.identity()))),
            (Some(OpensWith::Passphrase), None) if self.words.words_file.is_some() => {
                Err(ErrorCode::KeyOfOtherKind.into())
            }
            (Some(OpensWith::Passphrase), None) => Ok(Some(ask_passphrase("The passphrase: ").await?)),
            (None, None) => Ok(None),
        }
    }
}

/// Asks for a passphrase or password that is there already.
pub(crate) async fn ask_passphrase(question: &str) -> Result<Key, Stop> {
    let terminal = Terminal::open().map_err(|_| ErrorCode::FileProtected)?;
    ask(&terminal, question, Echo::Off).await.map(Key::Passphrase)
}

/// Asks for a new passphrase twice, and says how strong it is.
pub(crate) async fn new_passphrase() -> Result<Zeroizing<String>, Stop> {
    let terminal = Terminal::open().map_err(|_| ErrorCode::NobodyToAsk)?;
    loop {
        let first = ask(
            &terminal,
            "A passphrase for this copy (nothing shows as you type): ",
            Echo::Off,
        )
        .await?;
        let strength = passphrase::strength(&first);
        terminal.say(&format!(
            "Strength {} of 4: about 10^{:.0} guesses.",
            strength.score, strength.guesses_log10
        ));
        if !strength.is_enough() {
            terminal.say("That is too few for a file that others may copy. Take five or more random words.");
            continue;
        }
        if *ask(&terminal, "Once more: ", Echo::Off).await? == *first {
            return Ok(first);
        }
        terminal.say("They differ.");
    }
}

/// Asks whether to go on. On no terminal, the answer is no.
pub(crate) async fn approve(question: &str) -> Result<bool, Stop> {
    let terminal = Terminal::open().map_err(|_| ErrorCode::NobodyToAsk)?;
    let answer = ask(&terminal, question, Echo::On).await?;
    Ok(is_yes(&answer))
}

async fn ask(terminal: &Terminal, question: &str, echo: Echo) -> Result<Zeroizing<String>, Stop> {
    terminal
        .ask(question, echo)
        .await
        .map_err(|_| ErrorCode::NobodyToAsk.into())
}

fn text_of(path: &Path) -> Result<Zeroizing<String>, Stop> {
    let bytes = read_file(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| ErrorCode::WordsWrong)?;
    Ok(Zeroizing::new(text.to_owned()))
}

impl From<RecoveryError> for Stop {
    fn from(error: RecoveryError) -> Self {
        Failure::from(error).into()
    }
}

/// How long ago, for people; `never` if it was not.
pub(crate) fn when(then: Option<u64>) -> String {
    then.map_or_else(
        || "never".to_owned(),
        |then| crate::time::ago(UnixTime(then), now()),
    )
}
