//! The `roamkey` command. `args` says what it takes, a file for each verb does it, `place` opens the vault, `output` and
//! `report` print, `person` and `terminal` ask, `messages` holds every sentence on what went wrong.

mod activity;
mod args;
mod authenticate;
mod backup;
mod change;
mod completion;
#[cfg(feature = "dev")]
mod demo;
mod doctor;
mod exchange;
mod list;
mod messages;
mod output;
mod person;
mod pin;
mod place;
mod policy;
mod recovery;
mod report;
mod request;
mod statistics;
mod terminal;
mod time;
mod verification;

use std::future::Future;
use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::filter::LevelFilter;

use crate::args::{Cli, Command};
use crate::place::Place;

fn main() -> ExitCode {
    let Cli {
        command,
        verbose,
        data_dir,
        passphrase_file,
    } = Cli::parse();
    log(verbose);
    let Some(data_dir) = data_dir.or_else(roamkey_device::data_dir) else {
        return fail("this user has no home folder: say where to keep data with --data-dir");
    };
    let place = Place {
        dir: data_dir,
        passphrase_file,
    };
    let exit = match command {
        Command::List(args) => list::run(args, &place),
        Command::Show(args) => list::show(&args, &place),
        Command::Label(args) => change::label(&args, &place),
        Command::Remove(args) => change::remove(&args, &place),
        Command::RestoreRemoved(args) => change::restore_removed(&args, &place),
        Command::Destroy(args) => change::destroy(&args, &place),
        Command::Activity(args) => activity::run(&args, &place),
        Command::Statistics(args) => statistics::run(&args, &place),
        Command::Pin(args) => wait(pin::run(args, place)),
        Command::Policy(args) => policy::run(&args, &place),
        Command::Store(args) => policy::store(&args, &place),
        Command::Completion(args) => completion::completion(&args),
        Command::Manual(args) => completion::manual(&args),
        Command::Authenticate(args) => wait(authenticate::run(args, place)),
        Command::Doctor(args) => wait(doctor::run(args, place)),
        Command::Verification(args) => wait(verification::run(args, place)),
        Command::Request(args) => wait(request::run(args)),
        Command::Recovery(args) => wait(recovery::run(args, place)),
        Command::Backup(args) => wait(backup::run(args, place)),
        Command::Restore(args) => wait(exchange::restore(args, place)),
        Command::Import(args) => wait(exchange::import(args, place)),
        Command::Export(args) => wait(exchange::export(args, place)),
        #[cfg(feature = "dev")]
        Command::Demo(args) => wait(demo::run(args)),
    };
    ExitCode::from(exit)
}

/// Runs what waits for something else than the disk.
fn wait(run: impl Future<Output = u8>) -> u8 {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(run);
            // What still blocks (a keyring's prompt, a question) must not keep the process.
            runtime.shutdown_background();
            exit
        }
        Err(error) => {
            fail(error);
            roamkey_device::exit::INTERNAL
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the last word of a command that could not begin"
)]
fn fail(why: impl std::fmt::Display) -> ExitCode {
    eprintln!("roamkey: {why}");
    ExitCode::from(roamkey_device::exit::INTERNAL)
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
