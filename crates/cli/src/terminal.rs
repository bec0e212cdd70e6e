//! The person's terminal: asks a line, without echo for a PIN.
//!
//! Questions go to the controlling terminal, never to standard input or output: a pipe can't approve anything by
//! accident, and a QR code may come in by `-`. What was typed before a question was shown is thrown away.
//!
//! Reading happens on a thread of its own, since a blocked read can't be cancelled; when the asking future is dropped
//! (the browser took its request back), the thread is left behind and its line ignored. The echo comes back with
//! the future, not with the thread.
//!
//! While nothing shows, keys come one by one and Ctrl-C is a key like any other: a signal would end the process before
//! it could switch the echo on again. It is sent on as the signal that it would have been once the echo is back.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::sync::Arc;

use roamkey_device::ErrorCode;
use rustix::process::{Signal, getpid, kill_process};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr, tcsetattr,
};
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

/// The longest answer is a passphrase: four bytes for each of 1024 characters.
const LINE_BYTES: usize = 4096;

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
        let hidden = self.begin(question, echo)?;
        let line = read_line(&self.0, hidden.as_ref().map(Hidden::keys));
        drop(hidden);
        line.inspect_err(interrupt_if_asked)
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
    /// Fails with `UnexpectedEof` when the person ends the input, and with `Interrupted` when they press Ctrl-C and this
    /// process has made that more than its end.
    pub(crate) async fn ask(&self, question: &str, echo: Echo) -> io::Result<Zeroizing<String>> {
        let hidden = self.begin(question, echo)?;
        let keys = hidden.as_ref().map(Hidden::keys);
        let (sender, line) = oneshot::channel();
        let tty = Arc::clone(&self.0);
        std::thread::Builder::new()
            .name("terminal".to_owned())
            .spawn(move || {
                // Nobody waits any more when the question was withdrawn.
                let _ = sender.send(read_line(&tty, keys));
            })?;
        let line = line
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
        drop(hidden);
        line.inspect_err(interrupt_if_asked)
    }
}

/// Whether an answer is a clear yes.
pub(crate) fn is_yes(answer: &str) -> bool {
    let answer = answer.trim();
    ["y", "yes"].iter().any(|yes| yes.eq_ignore_ascii_case(answer))
}

/// Does what Ctrl-C would have done. To be called when the terminal is as it was.
fn interrupt_if_asked(error: &io::Error) {
    if error.kind() == io::ErrorKind::Interrupted {
        // A process that can't signal itself goes on, and takes the question for refused.
        let _ = kill_process(getpid(), Signal::INT);
    }
}

/// Reads a line; with `keys`, one of which the terminal edits nothing itself.
fn read_line(mut tty: &File, keys: Option<Keys>) -> io::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
    let mut byte = [0];
    loop {
        if tty.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let [byte] = byte;
        match keys.map_or(Key::Text, |keys| keys.meaning(byte)) {
            _ if matches!(byte, b'\n' | b'\r') => break,
            Key::Interrupt => return Err(io::ErrorKind::Interrupted.into()),
            Key::End if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            Key::End | Key::Nothing => {}
            Key::Erase => erase(&mut line),
            Key::Clear => line.clear(),
            Key::Text if line.len() == LINE_BYTES => return Err(io::ErrorKind::InvalidInput.into()),
            Key::Text => line.push(byte),
        }
    }
    let text = std::str::from_utf8(&line).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Takes the last character away, all bytes of it.
fn erase(line: &mut Vec<u8>) {
    while line.pop().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {}
}

/// The keys that a terminal gives a meaning, as this one has them.
#[derive(Clone, Copy, Debug)]
struct Keys {
    interrupt: [u8; 2],
    end: u8,
    erase: [u8; 3],
    clear: [u8; 2],
    suspend: u8,
}

/// What a key means while nothing shows.
enum Key {
    Text,
    Interrupt,
    End,
    Erase,
    Clear,
    Nothing,
}

impl Keys {
    fn of(terminal: &Termios) -> Self {
        let code = |index| terminal.special_codes[index];
        Self {
            interrupt: [code(SpecialCodeIndex::VINTR), code(SpecialCodeIndex::VQUIT)],
            end: code(SpecialCodeIndex::VEOF),
            erase: [code(SpecialCodeIndex::VERASE), b'\x08', b'\x7f'],
            clear: [code(SpecialCodeIndex::VKILL), code(SpecialCodeIndex::VWERASE)],
            suspend: code(SpecialCodeIndex::VSUSP),
        }
    }

    fn meaning(&self, byte: u8) -> Key {
        match byte {
            // What a terminal has no key for is zero there, and so is no key.
            0 => Key::Nothing,
            _ if self.interrupt.contains(&byte) => Key::Interrupt,
            _ if self.erase.contains(&byte) => Key::Erase,
            _ if self.clear.contains(&byte) => Key::Clear,
            _ if byte == self.end => Key::End,
            // Stopped, the process could not bring the echo back.
            _ if byte == self.suspend => Key::Nothing,
            _ => Key::Text,
        }
    }
}

/// The echo is off while this lives, and no key is a signal.
struct Hidden {
    tty: Arc<File>,
    before: Termios,
}

impl Hidden {
    fn start(tty: Arc<File>) -> io::Result<Self> {
        let before = tcgetattr(&*tty)?;
        let mut silent = before.clone();
        silent
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        // A read waits for one byte, however long.
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&*tty, OptionalActions::Now, &silent)?;
        Ok(Self { tty, before })
    }

    fn keys(&self) -> Keys {
        Keys::of(&self.before)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(&*self.tty, OptionalActions::Now, &self.before);
        let _ = writeln!(&*self.tty);
    }
}
