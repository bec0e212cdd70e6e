//! The `roamkey` command. `args` says what it takes, `authenticate` and `list` do it, `messages` holds every sentence
//! on what went wrong, `report` prints events, `person` and `terminal` ask.

mod args;
mod authenticate;
#[cfg(feature = "dev")]
mod demo;
mod list;
mod messages;
mod person;
mod report;
mod terminal;
mod time;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::filter::LevelFilter;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let Cli {
        command,
        verbose,
        data_dir,
    } = Cli::parse();
    log(verbose);
    let Some(data_dir) = data_dir.or_else(roamkey_device::data_dir) else {
        return fail("this user has no home folder: say where to keep data with --data-dir");
    };
    let exit = match command {
        Command::List(args) => list::run(&args, data_dir),
        Command::Authenticate(args) => {
            let run = authenticate::run(args, data_dir);
            match runtime() {
                // What still blocks (a keyring's prompt, a question) must not keep the process.
                Ok(runtime) => {
                    let exit = runtime.block_on(run);
                    runtime.shutdown_background();
                    exit
                }
                Err(error) => return fail(error),
            }
        }
        #[cfg(feature = "dev")]
        Command::Demo(args) => match runtime() {
            Ok(runtime) => runtime.block_on(demo::run(args)),
            Err(error) => return fail(error),
        },
    };
    ExitCode::from(exit)
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}

#[expect(
    clippy::print_stderr,
    reason = "the last word of a command that could not begin"
)]
fn fail(why: impl std::fmt::Display) -> ExitCode {
    eprintln!("roamkey: {why}");
    ExitCode::from(messages::exit::INTERNAL)
}

/// Logs go to standard error. Our own crates only: libraries may log what is nobody's business.
fn log(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let ours = tracing_subscriber::filter::filter_fn(|meta| meta.target().starts_with("roamkey"));
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_filter(level)
        .with_filter(ours);
    tracing_subscriber::registry().with(layer).init();
}
