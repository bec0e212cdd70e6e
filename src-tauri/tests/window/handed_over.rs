//! `roamkey-app request`, as a program runs it, with our own authenticator as the phone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use roamkey_testkit::keyring::PrivateKeyring;
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_tests::Result;
use roamkey_tests::bench::Bench;
use roamkey_tests::device::{Code, Device, PIN, Person};
use roamkey_tests::process::{Process, bound_to_this_thread};
use serde_json::Value;

use crate::driver::Window;
use crate::person::{APP, Look, common};
use crate::scenarios::Place;

const RP_ID: &str = "login.example.org";
const ORIGIN: &str = "https://login.example.org";

/// A program that hands requests over, on the browser's host; the phone is on the other one.
struct Program {
    environment: Vec<(String, String)>,
    folder: PathBuf,
    pictures: PathBuf,
    _session: PrivateKeyring,
}

/// A request in its window.
struct Request {
    window: Window,
    out: PathBuf,
    exit: PathBuf,
}

impl Program {
    fn new(bench: &Bench, folder: &Path, look: Look) -> Result<Self> {
        // No keyring: asking a phone needs none.
        let session = PrivateKeyring::start_bus()?;
        let mut environment = session.env();
        environment.extend(common(bench, bench.browser_bus(), look));
        let pictures = folder.join("pictures").join(format!("{look:?}").to_lowercase());
        let folder = folder.join("handed-over");
        for folder in [&folder, &pictures] {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Self {
            environment,
            folder,
            pictures,
            _session: session,
        })
    }

    /// Hands a request over. What comes of it, response and exit code, lands in files: WebDriver keeps neither.
    async fn hands_over(&self, wish: &str, options: &Value, more: &[&str]) -> Result<Request> {
        let file = self.folder.join("options.json");
        std::fs::write(&file, options.to_string())?;
        let [out, exit] = ["out", "exit"].map(|name| self.folder.join(name));
        for old in [&out, &exit] {
            // The first time there is none.
            let _none = std::fs::remove_file(old);
        }
        let program = self.folder.join("program");
        let script = format!(
            "#!/bin/sh\n{APP} \"$@\" >{0}; echo $? >{1}.new; mv {1}.new {1}\n",
            out.display(),
            exit.display()
        );
        std::fs::write(&program, script)?;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700))?;
        let file = file.display().to_string();
        let arguments = ["request", wish, "--origin", ORIGIN, "--options", &file];
        let arguments = [&arguments[..], more].concat();
        let window = Window::start(&program, &arguments, &self.environment, &self.folder).await?;
        Ok(Request { window, out, exit })
    }
}

impl Request {
    /// The code's text, for whoever can't scan it.
    async fn code(&self) -> Result<String> {
        let script = "const code = document.querySelector('details code'); return code && code.textContent";
        let code = self.window.until_script("a code", script).await?;
        Ok(code.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks the button with which the window goes, and WebDriver's session with it, maybe before it has answered.
    async fn closes(&self, button: &str) {
        let _gone = self.window.click(button).await;
    }

    /// Waits for the end: what was printed, and the exit code.
    async fn ended(self) -> Result<(String, i32)> {
        let ended = tokio::time::timeout(LIMIT, async {
            let mut looks = tokio::time::interval(BETWEEN_LOOKS);
            loop {
                looks.tick().await;
                if let Ok(exit) = std::fs::read_to_string(&self.exit) {
                    return Ok((std::fs::read_to_string(&self.out)?, exit.trim().parse()?));
                }
            }
        });
        ended.await.map_err(|_elapsed| "the program still runs")?
    }

    /// The phone agrees; returns the response.
    async fn agreed(self, phone: &mut Device) -> Result<Value> {
        let run = phone.authenticate(Code::Text(&self.code().await?), 0, Person::Agreeable(PIN))?;
        let outcome = run.outcome().await?;
        assert!(outcome.ok, "{outcome:?}");
        let (out, exit) = self.ended().await?;
        assert_eq!(exit, 0);
        assert_eq!(out.lines().count(), 1, "the response and nothing else: {out}");
        Ok(serde_json::from_str(&out)?)
    }
}

/// A passkey is created and signs in; the site's server takes both responses.
pub(crate) async fn answered((bench, folder): Place<'_>, look: Look) -> Result<()> {
    let program = Program::new(bench, folder, look)?;
    let mut phone = bench.device("phone")?;
    let mut site = RelyingParty::new(RP_ID, ORIGIN)?;

    let options = site.registration_options(&RegistrationRequest::of("alice"))?;
    let request = program.hands_over("create", &options, &[]).await?;
    request.window.reads("Create a passkey with your phone").await?;
    request.window.reads(RP_ID).await?;
    request.window.reads("alice").await?;
    assert_eq!(request.window.focus().await?, "Cancel");
    let old = request.code().await?;
    request
        .window
        .picture(&program.pictures.join("handed-over-code.png"))
        .await?;
    request.window.click("New code").await?;
    let script = format!("return document.querySelector('details code')?.textContent !== '{old}'");
    request.window.until_script("another code", &script).await?;
    let response = request.agreed(&mut phone).await?;
    site.register(&response)?;

    let registered = program.folder.join("registered.json");
    std::fs::write(&registered, response.to_string())?;
    let options = site.authentication_options(&AuthenticationRequest::discoverable())?;
    let registered = registered.display().to_string();
    let request = program
        .hands_over("get", &options, &["--registered", &registered])
        .await?;
    request.window.reads("Sign in with your phone").await?;
    let response = request.agreed(&mut phone).await?;
    site.authenticate(&response)?;
    Ok(())
}

/// Escape, the end of the program that waits, Bluetooth off, and a phone that says no.
pub(crate) async fn left((bench, folder): Place<'_>) -> Result<()> {
    let program = Program::new(bench, folder, Look::Light)?;
    let mut site = RelyingParty::new(RP_ID, ORIGIN)?;
    let options = site.registration_options(&RegistrationRequest::of("leo"))?;

    let request = program.hands_over("create", &options, &[]).await?;
    request.code().await?;
    // The window goes, and WebDriver's session with it, maybe before it has answered.
    let _gone = request.window.press("\u{e00c}").await;
    assert_eq!(request.ended().await?, (String::new(), 3), "Escape: cancelled");

    bench.bluez.set_powered(0, 0, false);
    let request = program.hands_over("create", &options, &[]).await?;
    request.window.reads("Bluetooth is switched off.").await?;
    request
        .window
        .picture(&program.pictures.join("handed-over-failed.png"))
        .await?;
    bench.bluez.set_powered(0, 0, true);
    request.window.click("Try again with a new code").await?;
    request.code().await?;
    request.closes("Cancel").await;
    assert_eq!(request.ended().await?, (String::new(), 3));

    let mut phone = bench.device("refusing")?;
    // The first time it lets its PIN be chosen.
    let request = program.hands_over("create", &options, &[]).await?;
    site.register(&request.agreed(&mut phone).await?)?;
    let options = site.authentication_options(&AuthenticationRequest::discoverable())?;
    let request = program.hands_over("get", &options, &[]).await?;
    let mut run = phone.authenticate(Code::Text(&request.code().await?), 0, Person::AtTerminal)?;
    request.window.reads("Answer on the phone").await?;
    request
        .window
        .picture(&program.pictures.join("handed-over-meeting.png"))
        .await?;
    run.terminal()?.answer("Approve?", "n").await?;
    request
        .window
        .reads("The request was refused on the phone.")
        .await?;
    request.closes("Close").await;
    assert_eq!(request.ended().await?, (String::new(), 3), "phone_refused");
    Ok(())
}

/// What is refused before there is a window: with the codes of `roamkey request`.
pub(crate) async fn refused((bench, folder): Place<'_>) -> Result<()> {
    let program = Program::new(bench, folder, Look::Light)?;
    let options = program.folder.join("no-options.json");
    std::fs::write(&options, "{}")?;
    let options = options.display().to_string();
    let missing = program.folder.join("missing.json").display().to_string();
    let request = |wish: &'static str, origin: &'static str, options: &str| {
        [wish, "--origin", origin, "--options", options].map(str::to_owned)
    };
    for (arguments, exit, reason) in [
        (
            request("create", ORIGIN, &options),
            5,
            "options_invalid: rp is missing",
        ),
        (
            request("get", ORIGIN, &missing),
            5,
            "options_unreadable: entity not found",
        ),
        (
            request("get", "http://login.example.org", &options),
            5,
            "origin_invalid",
        ),
    ] {
        let (status, said) = run(&program, &arguments, &[]).await?;
        assert_eq!(status, Some(exit), "{arguments:?}: {said}");
        assert!(said.contains(reason), "{arguments:?}: {said}");
    }
    let (status, _) = run(&program, &["create".to_owned()], &[]).await?;
    assert_eq!(status, Some(2), "a wrong command line");

    let mut site = RelyingParty::new(RP_ID, ORIGIN)?;
    let fine = site.registration_options(&RegistrationRequest::of("nobody"))?;
    let file = program.folder.join("fine.json");
    std::fs::write(&file, fine.to_string())?;
    let arguments = request("create", ORIGIN, &file.display().to_string());
    let (status, said) = run(&program, &arguments, &[("DISPLAY", ":4711")]).await?;
    assert_eq!(status, Some(3), "{said}");
    assert!(said.contains("nobody_to_ask"), "{said}");
    Ok(())
}

/// Runs `roamkey-app request` to its end, without WebDriver.
async fn run(
    program: &Program,
    arguments: &[String],
    environment: &[(&str, &str)],
) -> Result<(Option<i32>, String)> {
    let mut command = bound_to_this_thread(APP);
    command.arg("request").args(arguments).stdin(Stdio::null());
    command.envs(program.environment.iter().map(|(name, value)| (name, value)));
    command.envs(environment.iter().copied());
    let mut process = Process::start("request", command, &program.folder)?;
    let status = process.ended(LIMIT).await?;
    assert_eq!(process.out().finished(LIMIT).await?, "", "nothing for the site");
    Ok((status.code(), process.err().finished(LIMIT).await?))
}

const LIMIT: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(30);
