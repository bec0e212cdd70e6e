//! What a person does at a terminal: writing the words down, and exporting keys for anybody to read.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::Duration;

use roamkey_tests::process::{Process, bound_to_this_thread};
use roamkey_tests::terminal::Terminal;
use serde_json::Value;

use super::{Device, PASSPHRASE, program};

const PIN: &str = "correct horse";
const LIMIT: Duration = Duration::from_secs(30);
/// What takes the words off the screen, and out of what can be scrolled back to.
const CLEARED: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H";

/// A run of `roamkey` at a terminal of its own.
struct Run {
    process: Process,
    terminal: Terminal,
}

impl Run {
    fn start(device: &Device, name: &str, arguments: &[&str]) -> Self {
        let (terminal, end) = Terminal::open().expect("a terminal");
        let folder = device.keyring.folder().to_string_lossy().into_owned();
        let mut command = bound_to_this_thread("setsid");
        command
            .args(["--ctty", "--wait", "--"])
            .arg(program())
            .arg("-vvv");
        command.args(arguments.iter().map(|argument| argument.replace('%', &folder)));
        command
            .arg("--json")
            .env_remove("ROAMKEY_DATA_DIR")
            .envs(device.keyring.env())
            .stdin(Stdio::from(end));
        let process = Process::start(name, command, device.keyring.folder()).expect("roamkey runs");
        Self { process, terminal }
    }

    async fn answer(&mut self, question: &str, answer: &str) {
        self.terminal.answer(question, answer).await.expect(question);
    }

    /// Its end: the code of the outcome, or that of the last event.
    async fn code(mut self) -> String {
        let status = self.process.ended(LIMIT).await.expect("an end");
        let printed = self.process.out().finished(LIMIT).await.expect("an end");
        let last = printed.lines().last().unwrap_or_default();
        let last: Value = serde_json::from_str(last).expect("JSON Lines");
        assert_eq!(status.success(), last["event"] != "outcome", "{status}: {last}");
        let name = if status.success() { "event" } else { "code" };
        last[name].as_str().expect("a name").to_owned()
    }

    /// Everything that it printed and logged.
    fn said(&self) -> String {
        self.process.out().text() + &self.process.err().text()
    }
}

/// The 24 words, as the rows on the terminal show them: `1. word`.
fn words_in(shown: &str) -> Vec<String> {
    let mut parts = shown.split_whitespace();
    let mut words = Vec::new();
    while let Some(part) = parts.next() {
        if part == format!("{}.", words.len() + 1) {
            words.extend(parts.next().map(str::to_owned));
        }
    }
    words
}

/// Answers the three questions, `change` having a say in each; returns the places asked for.
async fn type_back(run: &mut Run, words: &[String], change: impl Fn(usize, &str) -> String) -> Vec<usize> {
    let mut places = Vec::new();
    for turn in 0..3 {
        run.terminal.read("Word ").await.expect("a question");
        run.terminal.read(": ").await.expect("the whole question");
        let shown = run.terminal.shown();
        let (_, question) = shown.rsplit_once("Word ").expect("the question");
        let place: usize = question.trim_end_matches(": ").parse().expect("a number");
        let answer = change(turn, &words[place - 1]);
        run.terminal.type_line(&answer).expect("typed");
        places.push(place);
    }
    places
}

async fn shown_words(run: &mut Run) -> Vec<String> {
    run.answer("Press Enter when they are on paper: ", "").await;
    let words = words_in(&run.terminal.shown());
    assert_eq!(words.len(), 24, "{}", run.terminal.shown());
    run.terminal.read(CLEARED).await.expect("the screen is cleared");
    words
}

fn set_up(device: &Device) -> bool {
    device.done(&["backup", "status"])[0]["set_up"] == true
}

#[tokio::test]
async fn the_words_are_shown_once_asked_back_and_open_the_backups() {
    let device = Device::new();
    let mut run = Run::start(&device, "setup", &["recovery", "setup"]);
    let words = shown_words(&mut run).await;
    assert!(!set_up(&device), "nothing is set up before they are confirmed");
    // Blanks and capital letters are no mistakes.
    let mut places = type_back(&mut run, &words, |turn, word| match turn {
        0 => format!(" {} ", word.to_uppercase()),
        _ => word.to_owned(),
    })
    .await;
    let (shown, said) = (run.terminal.shown(), run.said());
    assert_eq!(run.code().await, "recovery_set_up");

    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 3, "three different ones");
    let (_, after) = shown.split_once(CLEARED).expect("cleared");
    for (number, word) in (1..).zip(&words) {
        // By what stands there: a drawing may have a word twice.
        let typed = places.iter().any(|place| words[place - 1] == *word);
        // A question may hold a short word of the list by chance: whole words count.
        let again = after.split_whitespace().any(|part| part == word);
        assert!(!again || typed, "word {number} is shown again: {after}");
    }

    // A log may hold a word of the list by chance, but not many of one drawing, and no two in a row.
    let printed = |word: &&String| {
        said.split(|sign: char| !sign.is_alphabetic())
            .any(|part| part == *word)
    };
    assert!(
        words.iter().filter(printed).count() < 4,
        "words were printed or logged: {said}"
    );
    assert!(words.windows(2).all(|two| !said.contains(&two.join(" "))));

    std::fs::write(device.path("words"), words.join(" ")).expect("a file");
    let vector = super::vector("cxf_1_0.json");
    device.done(&["import", &vector, "--yes"]);
    let written = device.done(&["backup", "now", "--to", "%/backups"]);
    let file = written[0]["path"].as_str().expect("a path").to_owned();
    let drilled = device.done(&["backup", "drill", &file, "--words-file", "%/words"]);
    assert_eq!(drilled[0]["working"], 3);
    // Another setup would replace them, and does not without being told to.
    assert_eq!(device.code(&["recovery", "setup"]), "recovery_already_set_up");
}

#[tokio::test]
async fn a_wrong_word_sets_nothing_up() {
    let device = Device::new();
    for wrong in 0..3 {
        let mut run = Run::start(&device, &format!("wrong-{wrong}"), &["recovery", "setup"]);
        let words = shown_words(&mut run).await;
        let places = type_back(&mut run, &words, |turn, word| match turn == wrong {
            // A word of the list, and not the right one.
            true => words
                .iter()
                .find(|other| *other != word)
                .expect("another")
                .clone(),
            false => word.to_owned(),
        })
        .await;
        assert_eq!(places.len(), 3, "which one was wrong is not told");
        assert_eq!(run.code().await, "words_not_confirmed");
        assert!(!set_up(&device));
    }
}

#[tokio::test]
async fn whoever_leaves_before_the_words_are_confirmed_sets_nothing_up() {
    let device = Device::new();
    // The end of the input, as Ctrl-D makes it.
    let mut run = Run::start(&device, "ctrl-d", &["recovery", "setup"]);
    run.terminal.read("Press Enter").await.expect("the question");
    run.terminal.type_keys("\u{4}").expect("typed");
    assert_eq!(run.code().await, "nobody_to_ask");
    assert!(!set_up(&device));

    let mut run = Run::start(&device, "ctrl-c", &["recovery", "setup"]);
    run.terminal.read("Press Enter").await.expect("the question");
    run.terminal.type_keys("\u{3}").expect("typed");
    let status = run.process.ended(LIMIT).await.expect("an end");
    assert!(!status.success(), "{status}");
    assert!(!set_up(&device));
    assert_eq!(
        device.code(&["recovery", "setup"]),
        "nobody_to_ask",
        "off a terminal"
    );
}

#[tokio::test]
async fn a_passphrase_that_was_typed_is_not_there_for_a_timer() {
    let device = Device::new();
    std::fs::write(device.path("passphrase"), PASSPHRASE).expect("a file");
    for arguments in [
        &["store", "create-file", "--yes"][..],
        &["recovery", "setup", "--words-file", "%/words"],
    ] {
        let in_store = ["--data-dir", "%/store", "--passphrase-file", "%/passphrase"];
        device.done(&[&in_store, arguments].concat());
    }
    let schedule = ["--data-dir", "%/store", "backup", "schedule", "daily"];
    let mut run = Run::start(&device, "schedule", &schedule);
    let question = "Passphrase of the passkeys' file: ";
    run.terminal
        .answer_hidden(question, PASSPHRASE)
        .await
        .expect(question);
    assert_eq!(run.code().await, "passphrase_needed");
    assert!(!device.path("config/systemd/user/roamkey-backup.timer").exists());
}

/// A device with three passkeys and a PIN.
async fn with_a_pin() -> Device {
    let device = Device::new();
    device.done(&["import", &super::vector("cxf_1_0.json"), "--yes"]);
    let mut run = Run::start(&device, "pin", &["pin", "set"]);
    run.answer("New PIN (nothing shows as you type): ", PIN).await;
    run.answer("The same PIN again: ", PIN).await;
    let status = run.process.ended(LIMIT).await.expect("an end");
    assert!(status.success(), "{}", run.said());
    device
}

fn exports(device: &Device) -> Vec<Value> {
    let mut entries = device.done(&["activity"]);
    entries.retain(|entry| entry["event"] == "exported");
    entries
}

fn mode(device: &Device, name: &str) -> u32 {
    let file = std::fs::metadata(device.path(name)).expect("it is there");
    file.permissions().mode() & 0o777
}

#[tokio::test]
async fn keys_for_anybody_to_read_are_written_after_the_pin_and_noted() {
    let device = with_a_pin().await;
    for (number, name, switch, file) in [
        (1, "plain.json", "--plain", "plain.json"),
        (2, "passkeys", "--keepassxc", "passkeys/00001.passkey"),
    ] {
        let target = format!("%/{name}");
        let mut run = Run::start(&device, &format!("export-{number}"), &["export", &target, switch]);
        run.terminal
            .read("Whoever gets the file can sign in as you")
            .await
            .expect("a warning");
        run.answer("Write it all the same?", "yes").await;
        run.answer("PIN (nothing shows as you type): ", PIN).await;
        let terminal = run.terminal.shown();
        assert!(!terminal.contains(PIN), "the PIN does not show");
        assert_eq!(run.code().await, "written");
        assert_eq!(mode(&device, file), 0o600);
        assert_eq!(exports(&device).len(), number);
    }
    assert_eq!(mode(&device, "passkeys"), 0o700);
    assert_eq!(exports(&device)[0]["count"], 3);
    assert!(
        std::fs::read_dir(device.path("passkeys"))
            .expect("a folder")
            .count()
            == 3
    );

    let fresh = Device::new();
    std::fs::copy(device.path("plain.json"), fresh.path("plain.json")).expect("copied");
    fresh.done(&["import", "%/plain.json", "--yes"]);
    assert_eq!(fresh.done(&["list"]).len(), 3);
}

#[tokio::test]
async fn without_a_yes_and_the_right_pin_no_key_is_written() {
    let device = with_a_pin().await;
    let mut run = Run::start(&device, "no", &["export", "%/plain.json", "--plain"]);
    run.answer("Write it all the same?", "").await;
    assert_eq!(run.code().await, "refused");
    let mut run = Run::start(&device, "wrong", &["export", "%/plain.json", "--plain"]);
    run.answer("Write it all the same?", "y").await;
    run.answer("PIN (nothing shows as you type): ", "wrong horse")
        .await;
    assert_eq!(run.code().await, "pin_wrong");
    let mut run = Run::start(&device, "gone", &["export", "%/files", "--keepassxc"]);
    run.answer("Write it all the same?", "y").await;
    run.terminal.read("PIN").await.expect("the question");
    run.terminal.type_keys("\u{4}").expect("typed");
    assert_eq!(run.code().await, "nobody_to_ask");
    for switch in ["--plain", "--keepassxc"] {
        assert_eq!(device.code(&["export", "%/plain.json", switch]), "nobody_to_ask");
    }
    assert!(!device.path("plain.json").exists() && !device.path("files").exists());
    assert!(exports(&device).is_empty());

    let unprotected = Device::new();
    unprotected.done(&["import", &super::vector("cxf_1_0.json"), "--yes"]);
    let mut run = Run::start(&unprotected, "no-pin", &["export", "%/plain.json", "--plain"]);
    run.answer("Write it all the same?", "y").await;
    assert_eq!(run.code().await, "pin_not_set");
    assert!(!unprotected.path("plain.json").exists());
}
