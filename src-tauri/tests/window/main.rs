//! The real app in a real window, with a real browser at the other end.
//!
//! ```text
//! cargo test -p roamkey-app --test window [-- NAME]
//! ```
//! Needs `ui/dist` (`npm run build` in `ui`). Logs and pictures of the last run: `window` in the tests' temporary folder.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that is its own main"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use roamkey_tests::Result;
use roamkey_tests::bench::Bench;
use roamkey_tests::parts::Parts;
use tokio::runtime::Runtime;

mod codes;
mod desktop;
mod driver;
mod handed_over;
mod keyboard;
mod languages;
mod opening;
mod person;
mod picture;
mod recovery;
mod scenarios;
mod x11;

use person::Look;

fn main() -> ExitCode {
    if let Some(file) = picture::to_show() {
        return picture::show(&file);
    }
    let mut arguments = Arguments::from_args();
    // One screen, one air: one at a time, and all in this thread, with which every program of the bench ends.
    arguments.test_threads = Some(1);
    let stage = Stage {
        runtime: Arc::new(Runtime::new().expect("a Tokio runtime")),
        bench: Arc::default(),
    };
    macro_rules! trials {
        ($($name:literal: $scenario:expr,)+) => { vec![$(stage.trial($name, $scenario)),+] };
    }
    let trials = trials! {
        "first start, creation and sign-in off the screen, light": async |bench| scenarios::whole_way(bench, Look::Light).await,
        "first start, creation and sign-in off the screen, dark": async |bench| scenarios::whole_way(bench, Look::Dark).await,
        "refusal": async |bench| scenarios::refuses(bench).await,
        "browser cancels": async |bench| scenarios::browser_cancels(bench).await,
        "wrong PIN, then the right one": async |bench| scenarios::wrong_pin(bench).await,
        "Bluetooth off, then on": async |bench| scenarios::bluetooth_off(bench).await,
        "tunnel service down": async |bench| scenarios::tunnel_down(bench).await,
        "codes that are none": async |bench| scenarios::codes_that_are_none(bench).await,
        "link from another program": async |bench| scenarios::link(bench).await,
        "screen by the desktop's portal": async |bench| desktop::portal(bench).await,
        "part of the screen under X11": async |bench| desktop::part_of_the_screen(bench).await,
        "several codes on the screen, and one that is dropped": async |bench| codes::several(bench).await,
        "clipboard and file": async |bench| desktop::handed_over_by_hand(bench).await,
        "camera": async |bench| desktop::camera(bench).await,
        "icon and notifications": async |bench| desktop::icon_and_notifications(bench).await,
        "passkeys in a file": async |bench| opening::passkeys_in_a_file(bench).await,
        "no keyring": async |bench| opening::no_keyring(bench).await,
        "every page in every language": async |bench| languages::everywhere(bench).await,
        "window state": async |bench| desktop::window_state(bench).await,
        "recovery: all is lost and comes back": async |bench| recovery::all_is_lost(bench).await,
        "keyboard alone": async |bench| keyboard::alone(bench).await,
        "request handed over, light": async |bench| handed_over::answered(bench, Look::Light).await,
        "request handed over, dark": async |bench| handed_over::answered(bench, Look::Dark).await,
        "request handed over and left": async |bench| handed_over::left(bench).await,
        "request that can't be asked": async |bench| handed_over::refused(bench).await,
    };
    let conclusion = libtest_mimic::run(&arguments, trials);
    stage.clear();
    conclusion.exit_code()
}

/// Where scenarios play: the bench is put up for the first and taken down after the last.
#[derive(Clone)]
struct Stage {
    runtime: Arc<Runtime>,
    bench: Arc<Mutex<Option<Bench>>>,
}

impl Stage {
    fn trial(
        &self,
        name: &str,
        scenario: impl AsyncFnOnce((&mut Bench, &std::path::Path)) -> Result<()> + Send + 'static,
    ) -> Trial {
        let (stage, name) = (self.clone(), name.to_owned());
        Trial::test(name.clone(), move || {
            stage
                .play(&name, scenario)
                .map_err(|error| Failed::from(error.to_string()))
        })
    }

    fn play(
        &self,
        name: &str,
        scenario: impl AsyncFnOnce((&mut Bench, &std::path::Path)) -> Result<()>,
    ) -> Result<()> {
        let mut bench = self.bench.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        let played = self.runtime.block_on(async {
            let bench = match &mut *bench {
                Some(bench) => bench,
                None => bench.insert(
                    Bench::start(Parts::gather(&folder().with_file_name("parts"))?, &folder()).await?,
                ),
            };
            bench.server.restart().await?;
            bench.bluez.set_powered(1, 0, true);
            let played = match tokio::time::timeout(LIMIT, scenario((bench, &folder()))).await {
                Ok(played) => played,
                Err(_elapsed) => Err(format!("not done after {LIMIT:?}").into()),
            };
            if played.is_err() {
                let kept = bench.keep_picture(&format!("failed {name}"))?;
                println!("the screen then: {}", kept.display());
            }
            played?;
            bench.air_is_empty().await
        });
        println!("{name}: {:.1} s", began.elapsed().as_secs_f64());
        played
    }

    fn clear(&self) {
        let bench = self.bench.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(bench) = bench
            && let Err(error) = self.runtime.block_on(bench.chromium.close())
        {
            println!("the browser did not close: {error}");
        }
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("window")
}

const LIMIT: Duration = Duration::from_secs(180);
