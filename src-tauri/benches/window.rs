//! What a person waits for when they start the app, and what that costs: the real window under Xvfb, from the start of the
//! process to the first screen drawn; then the process's own share of memory (PSS). The first start is not counted: with
//! the first program, a session starts services of its own, that for accessibility among them.
//!
//! ```text
//! cargo bench -p roamkey-app --bench window
//! ```
//! Needs `ui/dist` (`script/ui`). Prints lines of the form that `script/bench` reads.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::as_conversions,
    reason = "a benchmark that can't run shall stop"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use roamkey_testkit::bluez::{HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;
use roamkey_testkit::keyring::PrivateKeyring;
use roamkey_tests::Result;
use roamkey_tests::process::{Process, bound_to_this_thread};
use roamkey_tests::screen::{Picture, Screen};

/// `cargo bench` hands every benchmark the same arguments: what is not a switch, or the value of one, is a filter.
fn wanted(arguments: impl Iterator<Item = String>) -> bool {
    let mut arguments = arguments.skip(1);
    let mut filters = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == "--output-format" {
            arguments.next();
        } else if !argument.starts_with("--") {
            filters.push(argument);
        }
    }
    filters.is_empty() || filters.iter().any(|filter| START.contains(filter.as_str()))
}

fn main() {
    if !wanted(std::env::args()) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut starts, memory) = runtime.block_on(measure()).expect("the app starts");
    starts.sort_unstable();
    let median = starts.get(starts.len() / 2).expect("a start").as_nanos();
    println!("test {START} ... bench: {median} ns/iter");
    println!(
        "app: own memory {:.1} MB PSS (promised: 100 MB)",
        memory as f64 / 1000.0
    );
}

async fn measure() -> Result<(Vec<Duration>, u64)> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("start");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let system = PrivateBus::start().await?;
    let _bluez = MockBluez::start([HostConfig::new(system.address())]).await?;
    let screen = Screen::start(&folder).await?;
    let keyring = PrivateKeyring::start()?;
    let (mut starts, mut memory) = (Vec::new(), 0);
    for start in 0..=STARTS {
        let mut command = bound_to_this_thread(env!("CARGO_BIN_EXE_roamkey-app"));
        command.envs(keyring.env());
        command.envs([
            ("DISPLAY", screen.display()),
            ("DBUS_SYSTEM_BUS_ADDRESS", system.address()),
            ("GDK_BACKEND", "x11"),
            ("GTK_THEME", "Adwaita"),
            ("LANG", "C.UTF-8"),
        ]);
        let began = Instant::now();
        let mut app = Process::start("app", command, &folder)?;
        drawn(&screen, true).await?;
        if start > 0 {
            starts.push(began.elapsed());
        }
        memory = memory.max(own_memory(&app)?);
        screen.look()?.rgb()?.save(folder.join("started.png"))?;
        app.kill().await?;
        drawn(&screen, false).await?;
    }
    Ok((starts, memory))
}

/// Waits until the first screen's button stands there, or is gone.
async fn drawn(screen: &Screen, wanted: bool) -> Result<()> {
    let mut looks = tokio::time::interval(BETWEEN_LOOKS);
    let waited = tokio::time::timeout(LIMIT, async {
        loop {
            looks.tick().await;
            if shows_button(&screen.look()?)? == wanted {
                return Ok(());
            }
        }
    });
    waited
        .await
        .map_err(|_elapsed| "the window does not come or does not go")?
}

/// The accent of light themes (`--accent` in `ui/src/app.css`), as many pixels as a button has.
fn shows_button(picture: &Picture) -> Result<bool> {
    let accent = picture.rgb()?.pixels().filter(|pixel| pixel.0 == ACCENT).count();
    Ok(accent > BUTTON_PIXELS)
}

/// The process's proportional share of memory, in kB. The web view's processes are others.
fn own_memory(app: &Process) -> Result<u64> {
    let id = app.id().ok_or("the app has ended")?;
    let text = std::fs::read_to_string(Path::new("/proc").join(id.to_string()).join("smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    Ok(line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .ok_or("no PSS")?
        .trim()
        .parse()?)
}

const START: &str = "app: start to usable window";
const STARTS: usize = 7;
const ACCENT: [u8; 3] = [0x1d, 0x4f, 0xd8];
const BUTTON_PIXELS: usize = 1500;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
const LIMIT: Duration = Duration::from_secs(20);
