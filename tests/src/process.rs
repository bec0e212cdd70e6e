//! A program that the bench started: what it says is collected and kept in a file, and it ends with the bench.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::Result;
use crate::lines::Lines;

/// A running program. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    out: Lines,
    err: Lines,
}

/// A command that dies with the thread that starts it, however that ends: `setpriv` comes with every Debian. Start it
/// from the main thread.
pub fn bound_to_this_thread(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--", program]);
    command
}

impl Process {
    /// Starts `command`. Its output goes to `NAME.out` and `NAME.err` in `logs` as well.
    ///
    /// # Errors
    ///
    /// It can't be started, or the files can't be made.
    pub fn start(name: &str, mut command: Command, logs: &Path) -> Result<Self> {
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .map_err(|error| format!("can't start {name}: {error}"))?;
        let out = collect(
            child.stdout.take(),
            &format!("{name} (standard output)"),
            &logs.join(format!("{name}.out")),
        )?;
        let err = collect(
            child.stderr.take(),
            &format!("{name} (standard error)"),
            &logs.join(format!("{name}.err")),
        )?;
        Ok(Self {
            name: name.to_owned(),
            child,
            out,
            err,
        })
    }

    /// Its process id; none when it has ended. Whoever started it through `setpriv` has the program itself: that does not
    /// fork.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// What it says on standard output.
    pub fn out(&self) -> &Lines {
        &self.out
    }

    /// What it says on standard error.
    pub fn err(&self) -> &Lines {
        &self.err
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// It still runs when the limit is reached.
    pub async fn ended(&mut self, limit: Duration) -> Result<ExitStatus> {
        match tokio::time::timeout(limit, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_elapsed) => Err(format!(
                "{} still runs after {limit:?}; it said:\n{}",
                self.name,
                self.err.text()
            )
            .into()),
        }
    }

    /// Asks it to end (SIGTERM).
    ///
    /// # Errors
    ///
    /// It has ended already.
    pub fn ask_to_end(&self) -> Result<()> {
        self.signal(Signal::TERM)
    }

    /// Interrupts it, as Ctrl-C does (SIGINT).
    ///
    /// # Errors
    ///
    /// It has ended already.
    pub fn interrupt(&self) -> Result<()> {
        self.signal(Signal::INT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let id = self.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        kill_process(id.ok_or_else(|| format!("{} has ended", self.name))?, signal)?;
        Ok(())
    }

    /// Kills it and waits until it is gone.
    ///
    /// # Errors
    ///
    /// It is not gone after some seconds.
    pub async fn kill(&mut self) -> Result<()> {
        // An error means that it is gone already.
        let _gone = self.child.start_kill();
        self.ended(KILLED_LIMIT).await.map(drop)
    }
}

fn collect(
    stream: Option<impl AsyncRead + Send + Unpin + 'static>,
    name: &str,
    file: &Path,
) -> Result<Lines> {
    let mut stream = stream.ok_or("the program has no such stream")?;
    let mut file = File::create(file)?;
    let lines = Lines::new(name);
    let collected = lines.clone();
    tokio::spawn(async move {
        let mut buffer = vec![0; 16 * 1024];
        // A sign cut in two by a read comes out as two replacement signs: nobody waits for one.
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            let read = buffer.get(..count).unwrap_or_default();
            collected.push(&String::from_utf8_lossy(read));
            if let Err(error) = file.write_all(read) {
                collected.push(&format!("(not kept: {error})\n"));
            }
        }
        collected.end();
    });
    Ok(lines)
}

const KILLED_LIMIT: Duration = Duration::from_secs(5);
