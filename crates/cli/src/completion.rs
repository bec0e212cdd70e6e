//! `roamkey completion` and `roamkey manual`: what a shell and `man` know about the command, made from the command.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::output::{Output, Stop};

/// `roamkey completion`
#[derive(clap::Args, Debug)]
pub(crate) struct Completion {
    /// The shell to complete for.
    shell: Shell,
}

/// `roamkey manual`
#[derive(clap::Args, Debug)]
pub(crate) struct Manual {
    /// The folder to write the pages to.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

/// Prints the script for a shell and returns the exit code.
pub(crate) fn completion(args: &Completion) -> u8 {
    // Into memory first: the generator can't report that nobody reads.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    let printed = io::Write::write_all(&mut io::stdout().lock(), &script);
    Output::new(false).end(printed.map_err(Stop::Output))
}

/// Writes a page for the command and for each of its verbs, and returns the exit code.
pub(crate) fn manual(args: &Manual) -> u8 {
    let written = fs::create_dir_all(&args.dir)
        .and_then(|()| clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), &args.dir));
    Output::new(false).end(written.map_err(Stop::Output))
}

const NAME: &str = "roamkey";
