//! The programs that the bench puts together: those that Debian packages bring, and those that are under test.
//!
//! The latter are built here, by the cargo that runs the tests and into its target folder, and then copied to a place
//! of their own: `roamkey` is built twice, with and without its feature `dev`, and cargo has one place for both.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;

/// What a run needs, found or built.
#[derive(Clone, Debug)]
pub struct Parts {
    /// `roamkey` with the feature `dev`.
    pub roamkey: PathBuf,
    /// `roamkey-tunnel-server`.
    pub tunnel_server: PathBuf,
}

/// The switches and features that `roamkey` is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// As everybody gets it.
    Default,
    /// With the feature `dev`.
    Dev,
}

impl Parts {
    /// Finds the programs, all of them, and builds the others into `folder`, a test's `CARGO_TARGET_TMPDIR`.
    ///
    /// # Errors
    ///
    /// The packages to install, or what cargo said.
    pub fn gather(folder: &Path) -> Result<Self> {
        find_programs()?;
        let tunnel_server = built("roamkey-tunnel-server", &[], &folder.join("default"))?;
        Ok(Self {
            roamkey: roamkey(Build::Dev, folder)?,
            tunnel_server,
        })
    }
}

/// Builds `roamkey` and returns where in `folder` it is.
///
/// # Errors
///
/// What cargo said.
pub fn roamkey(build: Build, folder: &Path) -> Result<PathBuf> {
    match build {
        Build::Default => built("roamkey", &[], &folder.join("default")),
        Build::Dev => built("roamkey", &["--features", "roamkey-cli/dev"], &folder.join("dev")),
    }
}

/// Programs and the Debian packages that bring them.
const PROGRAMS: [(&str, &str); 5] = [
    ("chromium", "chromium"),
    ("Xvfb", "xvfb"),
    ("dbus-daemon", "dbus"),
    ("gnome-keyring-daemon", "gnome-keyring"),
    ("setpriv", "util-linux"),
];

fn find_programs() -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = |program: &str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let missing: Vec<&str> = PROGRAMS
        .into_iter()
        .filter(|(program, _)| !found(program))
        .map(|(_, package)| package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    Err(format!(
        "missing Debian packages: {packages}\n  apt-get install -y --no-install-recommends {packages}\n  \
                 (or: script/bootstrap test)"
    )
    .into())
}

/// Builds a program with what its libraries have in a build of all tests: the whole workspace is named, and an example, for
/// which cargo counts what only tests need. With a package alone, it would compile every library once more.
fn built(program: &str, options: &[&str], place: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(place)?;
    // From here to the copy nobody else may build the same program with other features. Dropping the file unlocks it.
    let only_one = File::create(place.with_file_name("building"))?;
    only_one.lock()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let (target, profile) = target()?;
    let mut command = Command::new(cargo);
    // What cargo tells a test of its package: ring's build script looks at these, and would run again for each package that
    // has such tests, and then once more outside of them; all that stands on ring would be compiled anew each time.
    for (name, _) in std::env::vars_os() {
        let of_a_package = |prefix: &str| name.as_encoded_bytes().starts_with(prefix.as_bytes());
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"]
            .into_iter()
            .any(of_a_package)
        {
            command.env_remove(&name);
        }
    }
    let output = command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--locked", "--quiet", "--workspace"])
        .args(["--bin", program, "--example", "ctap-socket"])
        .arg("--target-dir")
        .arg(&target)
        // The profile `dev` keeps what it makes in `debug`.
        .args(["--profile", if profile == "debug" { "dev" } else { &profile }])
        .args(options)
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        return Err(format!(
            "{program} does not build:\n{}",
            String::from_utf8_lossy(&output.stderr)
        )
        .into());
    }
    let (built, kept) = (target.join(profile).join(program), place.join(program));
    copy(&built, &kept).map_err(|error| format!("no {}: {error}", built.display()))?;
    Ok(kept)
}

/// Puts `to` in place in one step: other tests may be running the old one.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let new = to.with_extension(format!("new-{}", std::process::id()));
    std::fs::copy(from, &new)?;
    std::fs::rename(new, to)
}

/// The target folder and profile of this very test: `TARGET/PROFILE/deps/name-hash`.
fn target() -> Result<(PathBuf, String)> {
    let test = std::env::current_exe()?;
    let profile = test
        .ancestors()
        .nth(2)
        .ok_or("this test is in no target folder")?;
    let name = profile
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or("this test is in no target folder")?;
    Ok((
        profile
            .parent()
            .ok_or("this test is in no target folder")?
            .to_owned(),
        name.to_owned(),
    ))
}
