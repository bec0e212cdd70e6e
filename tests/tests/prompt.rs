//! `roamkey` at a terminal: a clear yes removes a passkey, and nothing else does; a hidden question leaves the terminal as
//! it was, however it ends.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use roamkey_testkit::keyring::PrivateKeyring;
use roamkey_tests::hosts::LIMIT;
use roamkey_tests::parts::{self, Build};
use roamkey_tests::process::Process;
use roamkey_tests::terminal::Terminal;
use serde_json::Value;
use tokio::process::Command;

/// A person's passkeys, and the program for them.
struct Device {
    keyring: PrivateKeyring,
    program: PathBuf,
    runs: usize,
}

impl Device {
    /// One with the three passkeys of a file.
    async fn new() -> Self {
        let mut device = Self {
            keyring: PrivateKeyring::start().unwrap(),
            program: parts::roamkey(Build::Default, Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap(),
            runs: 0,
        };
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/exchange/vectors/import");
        let file = vectors.join("cxf_1_0.json");
        ended(device.start(&["import", file.to_str().unwrap(), "--yes"], None)).await;
        assert_eq!(device.passkeys().await.len(), 3);
        device
    }

    /// Starts `roamkey`, at this terminal or at none.
    fn start(&mut self, arguments: &[&str], terminal: Option<File>) -> Process {
        self.runs += 1;
        let mut command = Command::from(self.keyring.command("setsid"));
        if terminal.is_some() {
            command.arg("--ctty");
        }
        command
            .arg("--")
            .arg(&self.program)
            .args(arguments)
            .arg("--json")
            .stdin(terminal.map_or(Stdio::null(), Stdio::from))
            .env_remove("ROAMKEY_DATA_DIR");
        Process::start(&format!("run-{}", self.runs), command, self.keyring.folder()).unwrap()
    }

    async fn passkeys(&mut self) -> Vec<Value> {
        ended(self.start(&["list"], None)).await.1
    }
}

/// The exit code of a run, and the lines of JSON that it printed.
async fn ended(mut process: Process) -> (Option<i32>, Vec<Value>) {
    let status = process.ended(LIMIT).await.unwrap();
    let printed = process.out().finished(LIMIT).await.unwrap();
    let lines = printed.lines().map(|line| serde_json::from_str(line).unwrap());
    (status.code(), lines.collect())
}

#[tokio::test]
async fn only_a_clear_yes_at_the_prompt_removes_a_passkey() {
    let mut device = Device::new().await;
    let passkey = device.passkeys().await.remove(0);
    let id = passkey["id"].as_str().unwrap().to_owned();
    let site = passkey["site"].as_str().unwrap().to_owned();

    for (typed_before, answer, removes) in [
        ("", "n", false),
        ("", "", false),
        ("", "yes please", false),
        // What was typed before the question was read does not answer it.
        ("yes\n", "no", false),
        ("", "YES", true),
    ] {
        let (mut terminal, program_end) = Terminal::open().unwrap();
        terminal.type_ahead(typed_before).unwrap();
        let process = device.start(&["remove", &id], Some(program_end));
        terminal
            .answer("anything else changes nothing: ", answer)
            .await
            .unwrap();
        let (exit, printed) = ended(process).await;
        let outcome = printed.last().unwrap();
        let shown = terminal.shown();
        for said in [
            &site,
            "The site still lists it",
            "For 30 days you can take it back",
        ] {
            assert!(shown.contains(said), "{said}: {shown}");
        }
        if removes {
            assert_eq!(exit, Some(0), "{answer}");
            assert!(outcome["undo_until"].is_u64(), "{outcome}");
        } else {
            assert_eq!(exit, Some(3), "{answer}");
            assert_eq!(outcome["code"], "not_confirmed", "{answer}");
        }
        let left = device.passkeys().await;
        assert_eq!(
            left.iter().all(|left| left["id"] != id.as_str()),
            removes,
            "{answer}"
        );
    }
}

/// The signal of Ctrl-C.
const SIGINT: i32 = 2;
const PASSPHRASE: &str = "correct horse battery staple";

#[tokio::test]
async fn ctrl_c_at_a_hidden_question_brings_the_echo_back_and_ends_the_program_as_ever() {
    let mut device = Device::new().await;
    let store = device.keyring.folder().join("store");
    let file = device.keyring.folder().join("passphrase");
    std::fs::write(&file, PASSPHRASE).unwrap();
    let (store, file) = (
        store.to_str().unwrap().to_owned(),
        file.to_str().unwrap().to_owned(),
    );
    let in_store = ["--data-dir", &store];
    let made = ["store", "create-file", "--yes", "--passphrase-file", &file];
    assert_eq!(
        ended(device.start(&[&in_store[..], &made].concat(), None))
            .await
            .0,
        Some(0)
    );

    // One question that is asked before anything else runs, and one that is asked while other things go on.
    let questions: [(&[&str], &str); 2] = [
        (
            &["--data-dir", &store, "list"],
            "Passphrase of the passkeys' file: ",
        ),
        (&["pin", "set"], "New PIN (nothing shows as you type): "),
    ];
    for (arguments, question) in questions {
        let (mut terminal, program_end) = Terminal::open().unwrap();
        let mut process = device.start(arguments, Some(program_end.try_clone().unwrap()));
        terminal.hides(question).await.unwrap();
        terminal.type_keys("typed\u{3}").unwrap();
        let status = process.ended(LIMIT).await.unwrap();
        assert_eq!(status.signal(), Some(SIGINT), "{question}: {status:?}");
        assert!(terminal.echoes().unwrap(), "{question}");
        assert!(!terminal.shown().contains("typed"), "{question}");
    }
}

#[tokio::test]
async fn what_is_typed_unseen_can_be_corrected() {
    let mut device = Device::new().await;
    let store = device.keyring.folder().join("store");
    let store = store.to_str().unwrap().to_owned();
    let (mut terminal, program_end) = Terminal::open().unwrap();
    let making = ["--data-dir", &store, "store", "create-file", "--yes"];
    let process = device.start(&making, Some(program_end));
    let new = "New passphrase, at least 12 characters (nothing shows as you type): ";
    // Ctrl-U takes the line, Backspace the last character, however many bytes it has.
    let typed = format!("nonsense\u{15}{PASSPHRASE}xä\u{7f}\u{7f}");
    terminal.answer_hidden(new, &typed).await.unwrap();
    terminal
        .answer_hidden("The same passphrase again: ", PASSPHRASE)
        .await
        .unwrap();
    assert_eq!(ended(process).await.0, Some(0), "{}", terminal.shown());
}
