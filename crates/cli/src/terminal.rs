//! The person's terminal: asks a line, without echo for a PIN.
//!
//! Questions go to the controlling terminal, never to standard input or output: a pipe can't approve anything by
//! accident, and a QR code may come in by `-`. What was typed before a question was shown is thrown away.
//!
//! Reading happens on a thread of its own, since a blocked read can't be cancelled; when the asking future is dropped
//! (the browser took its request back), the thread is left behind and its line ignored. The echo comes back with
//! the future, not with the thread.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::sync::Arc;

use roamkey_device::ErrorCode;
use rustix::termios::{LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// The controlling terminal.
#[derive(Clone, Debug)]
pub(crate) struct Terminal(Arc<File>);

/// Whether what is typed shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Echo {
    On,
    Off,
}

/// Longer than any answer or PIN: four bytes for each of 63 characters, and room.
const LINE_BYTES: usize = 512;

impl Terminal {
    /// Opens it, or fails if this process has none.
    pub(crate) fn open() -> io::Result<Self> {
        Ok(Self(Arc::new(
            OpenOptions::new().read(true).write(true).open("/dev/tty")?,
        )))
    }

    /// Prints a line.
    pub(crate) fn say(&self, line: &str) {
        // A terminal that is gone also answers nothing: the question fails next.
        let _ = writeln!(&*self.0, "{line}");
    }

    /// Asks for one line and waits for it.
    ///
    /// Fails as [`ask`](Self::ask) does.
    pub(crate) fn ask_now(&self, question: &str, echo: Echo) -> io::Result<Zeroizing<String>> {
        let _hidden = self.begin(question, echo)?;
        read_line(&self.0)
    }

    /// Asks whether to go on. Whatever is not a clear yes is a no.
    pub(crate) fn confirm(question: &str) -> Result<(), ErrorCode> {
        let terminal = Self::open().map_err(|_| ErrorCode::NobodyToConfirm)?;
        terminal.say(question);
        let answer = terminal.ask_now("Go on? y or yes, anything else changes nothing: ", Echo::On);
        let answer = answer.map_err(|_| ErrorCode::NotConfirmed)?;
        if is_yes(&answer) {
            Ok(())
        } else {
            Err(ErrorCode::NotConfirmed)
        }
    }

    /// Shows the question. The echo comes back when the returned value is dropped.
    fn begin(&self, question: &str, echo: Echo) -> io::Result<Option<Hidden>> {
        let hidden = match echo {
            Echo::On => None,
            Echo::Off => Some(Hidden::start(Arc::clone(&self.0))?),
        };
        tcflush(&*self.0, QueueSelector::IFlush)?;
        write!(&*self.0, "{question}")?;
        (&*self.0).flush()?;
        Ok(hidden)
    }

    /// Asks for one line. Dropping the future withdraws the question.
    ///
    /// Fails with `UnexpectedEof` when the person ends the input.
    pub(crate) async fn ask(&self, question: &str, echo: Echo) -> io::Result<Zeroizing<String>> {
        let _hidden = self.begin(question, echo)?;
        let (sender, line) = oneshot::channel();
        let tty = Arc::clone(&self.0);
        std::thread::Builder::new()
            .name("terminal".to_owned())
            .spawn(move || {
                // Nobody waits any more when the question was withdrawn.
                let _ = sender.send(read_line(&tty));
            })?;
        line.await
            .unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
    }
}

/// Whether an answer is a clear yes.
pub(crate) fn is_yes(answer: &str) -> bool {
    let answer = answer.trim();
    ["y", "yes"].iter().any(|yes| yes.eq_ignore_ascii_case(answer))
}

fn read_line(mut tty: &File) -> io::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
    let mut byte = [0];
    loop {
        if tty.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match byte {
            [b'\n' | b'\r'] => break,
            [_] if line.len() == LINE_BYTES => return Err(io::ErrorKind::InvalidInput.into()),
            [byte] => line.push(byte),
        }
    }
    let text = std::str::from_utf8(&line).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The echo is off while this lives.
struct Hidden {
    tty: Arc<File>,
    before: Termios,
}

impl Hidden {
    fn start(tty: Arc<File>) -> io::Result<Self> {
        let before = tcgetattr(&*tty)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&*tty, OptionalActions::Now, &silent)?;
        Ok(Self { tty, before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(&*self.tty, OptionalActions::Now, &self.before);
        let _ = writeln!(&*self.tty);
    }
}
