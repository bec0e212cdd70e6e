//! A person with the app in front of them, on a device with a keyring of its own.

use std::path::{Path, PathBuf};

use roamkey_testkit::keyring::PrivateKeyring;
use roamkey_tests::Result;
use roamkey_tests::bench::Bench;

use crate::driver::Window;

/// The device, the app on it, and where pictures are kept.
pub(crate) struct Person {
    pub(crate) window: Window,
    pub(crate) environment: Vec<(String, String)>,
    pictures: Option<PathBuf>,
    _keyring: PrivateKeyring,
}

/// How the desktop looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Light,
    Dark,
}

/// The PIN of everybody.
pub(crate) const PIN: &str = "2718";

impl Person {
    /// Somebody who starts the app for the first time.
    pub(crate) async fn new(bench: &Bench, logs: &Path, look: Look) -> Result<Self> {
        let keyring = PrivateKeyring::start()?;
        let make = bench.make();
        let mut environment = keyring.env();
        let mut set = |name: &str, value: String| environment.push((name.to_owned(), value));
        set("DISPLAY", bench.display().to_owned());
        set("DBUS_SYSTEM_BUS_ADDRESS", make.system_bus.clone());
        set("SSL_CERT_FILE", make.authority.display().to_string());
        set("ROAMKEY_TUNNEL_ADDRESS", make.tunnel_address.clone());
        set("ROAMKEY_LOG", "debug".to_owned());
        set("GDK_BACKEND", "x11".to_owned());
        set("LANG", "C.UTF-8".to_owned());
        set(
            "GTK_THEME",
            if look == Look::Dark {
                "Adwaita:dark"
            } else {
                "Adwaita"
            }
            .to_owned(),
        );
        let window = Window::open(Path::new(env!("CARGO_BIN_EXE_roamkey-app")), &environment, logs).await?;
        Ok(Self {
            window,
            environment,
            pictures: None,
            _keyring: keyring,
        })
    }

    /// Keeps a picture of each screen in this folder from now on.
    pub(crate) fn with_pictures(mut self, folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        self.pictures = Some(folder);
        Ok(self)
    }

    /// Keeps a picture of what the window shows.
    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        match &self.pictures {
            Some(folder) => self.window.picture(&folder.join(format!("{name}.png"))).await,
            None => Ok(()),
        }
    }

    /// Goes through the first start.
    pub(crate) async fn begins(&self) -> Result<()> {
        self.window.reads("Your passkeys, on this device").await?;
        self.picture("welcome-1").await?;
        self.window.click("Continue").await?;
        self.window.fill("#new-pin", PIN).await?;
        self.window.fill("#again-pin", PIN).await?;
        self.picture("welcome-2").await?;
        self.window.click("Set the PIN").await?;
        self.window.reads("A PIN is set.").await?;
        self.window.click("Continue").await?;
        self.window.reads("Ready").await?;
        self.picture("welcome-3").await?;
        self.window.click("Begin").await?;
        self.window.reads("Sign in on another device").await?;
        self.picture("ways-in").await
    }

    /// Pastes a code and uses it in spite of the warning.
    pub(crate) async fn pastes(&self, code: &str) -> Result<()> {
        self.window.fill("#code", code).await?;
        self.window.click("Use it").await?;
        self.window.reads("Anyone could have sent you this").await?;
        self.window.click("I started this: continue").await
    }

    /// Approves the question with this button and the PIN.
    pub(crate) async fn approves(&self, with: &str) -> Result<()> {
        self.window.click(with).await?;
        self.window.fill("#pin", PIN).await?;
        self.window.click("Approve").await
    }
}
