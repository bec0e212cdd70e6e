//! A real browser, our tunnel server, our authenticator: what must work, and what must not.
//!
//! Every scenario looks at all three sides: the relying party's verdict, what `roamkey` says became of it, and the air,
//! on which nothing may be left. They share one browser and run one after the other; each has a device with a keyring
//! of its own and accounts of its own.
//!
//! ```text
//! cargo test -p roamkey-tests --test browser [-- NAME]
//! ```
//! Logs and pictures of the last run: `target/tmp/browser`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that is its own main"
)]

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use libtest_mimic::{Arguments, Failed, Trial};
use roamkey_tests::Result;
use roamkey_tests::bench::Bench;
use roamkey_tests::parts::Parts;
use tokio::runtime::Runtime;

mod scenarios;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One screen, one air: one at a time, and all in this thread, with which every program of the bench ends.
    arguments.test_threads = Some(1);
    let stage = Stage::new();
    let conclusion = libtest_mimic::run(&arguments, scenarios::all(&stage));
    stage.clear();
    conclusion.exit_code()
}

/// Where scenarios play: the bench is put up for the first and taken down after the last.
#[derive(Clone)]
struct Stage(Arc<Mutex<Set>>);

struct Set {
    runtime: Runtime,
    bench: Option<Bench>,
    /// The bench did not start. Trying again for every scenario would take long and say nothing new.
    broken: Option<String>,
}

impl Stage {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a Tokio runtime");
        Self(Arc::new(Mutex::new(Set {
            runtime,
            bench: None,
            broken: None,
        })))
    }

    /// Makes a test of a scenario.
    fn trial(
        &self,
        name: &str,
        scenario: impl AsyncFnOnce(&mut Bench) -> Result<()> + Send + 'static,
    ) -> Trial {
        let (stage, name) = (self.clone(), name.to_owned());
        Trial::test(name.clone(), move || stage.play(&name, scenario))
    }

    fn play(&self, name: &str, scenario: impl AsyncFnOnce(&mut Bench) -> Result<()>) -> Result<(), Failed> {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Set {
            runtime,
            bench,
            broken,
        } = &mut *set;
        if let Some(error) = broken {
            return Err(error.as_str().into());
        }
        let bench = match bench {
            Some(bench) => bench,
            None => match runtime.block_on(start()) {
                Ok(started) => bench.insert(started),
                Err(error) => {
                    *broken = Some("the bench did not start, see above".to_owned());
                    return Err(format!("the bench did not start: {error}").into());
                }
            },
        };
        let began = Instant::now();
        let played = runtime.block_on(async {
            bench.server.restart().await?;
            bench.bluez.set_powered(DEVICE_HOST, 0, true);
            let played = AssertUnwindSafe(tokio::time::timeout(SCENARIO_LIMIT, scenario(bench)))
                .catch_unwind()
                .await;
            match played {
                Ok(Ok(done)) => done?,
                Ok(Err(_elapsed)) => return Err(format!("not done after {SCENARIO_LIMIT:?}").into()),
                Err(panic) => {
                    evidence(bench, name);
                    resume_unwind(panic);
                }
            }
            bench.air_is_empty().await
        });
        println!("{name}: {:.2} s", began.elapsed().as_secs_f64());
        played.map_err(|error| {
            evidence(bench, name);
            Failed::from(error.to_string())
        })
    }

    fn clear(&self) {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Set { runtime, bench, .. } = &mut *set;
        if let Some(bench) = bench.take()
            && let Err(error) = runtime.block_on(bench.chromium.close())
        {
            println!("the browser did not close: {error}");
        }
    }
}

async fn start() -> Result<Bench> {
    let (folder, began) = (Path::new(env!("CARGO_TARGET_TMPDIR")), Instant::now());
    let parts = Parts::gather(folder)?;
    println!(
        "programs found and built after {:.2} s",
        began.elapsed().as_secs_f64()
    );
    let began = Instant::now();
    let bench = Bench::start(parts, &folder.join("browser")).await?;
    println!("the bench is up after {:.2} s", began.elapsed().as_secs_f64());
    Ok(bench)
}

fn evidence(bench: &Bench, name: &str) {
    match bench.keep_picture(name) {
        Ok(file) => println!("what the screen showed: {}", file.display()),
        Err(error) => println!("no picture of the screen: {error}"),
    }
}

/// The second host of the bench.
const DEVICE_HOST: usize = 1;
/// The slowest one waits for the person and for the browser's own limits; none needs a minute.
const SCENARIO_LIMIT: Duration = Duration::from_secs(90);
