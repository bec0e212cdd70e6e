//! A person with the app in front of them, on a device with a keyring of its own.

use std::path::{Path, PathBuf};

use roamkey_testkit::desktop::{MockDesktop, Sharing};
use roamkey_testkit::keyring::PrivateKeyring;
use roamkey_tests::Result;
use roamkey_tests::bench::Bench;

use crate::driver::Window;

/// The device, the app on it, and where pictures are kept.
pub(crate) struct Person {
    pub(crate) window: Window,
    pub(crate) environment: Vec<(String, String)>,
    desktop: Option<MockDesktop>,
    pictures: Option<PathBuf>,
    keyring: PrivateKeyring,
}

/// How the desktop looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    Light,
    Dark,
}

/// The program under test.
pub(crate) const APP: &str = env!("CARGO_BIN_EXE_roamkey-app");

/// What every start of it finds in its environment, besides a session bus.
pub(crate) fn common(bench: &Bench, system_bus: &str, look: Look) -> Vec<(String, String)> {
    let make = bench.make();
    let theme = match look {
        Look::Light => "Adwaita",
        Look::Dark => "Adwaita:dark",
    };
    let pairs = [
        ("DISPLAY", bench.display().to_owned()),
        ("DBUS_SYSTEM_BUS_ADDRESS", system_bus.to_owned()),
        ("SSL_CERT_FILE", make.authority.display().to_string()),
        ("ROAMKEY_TUNNEL_ADDRESS", make.tunnel_address.clone()),
        ("ROAMKEY_LOG", "debug".to_owned()),
        ("GDK_BACKEND", "x11".to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        ("GTK_THEME", theme.to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

/// The PIN of everybody.
pub(crate) const PIN: &str = "2718";

/// The desktop that the app starts on.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// How it looks.
    pub(crate) look: Look,
    /// Whether it has a portal, notifications and a place for icons, and what the person shares by the portal.
    pub(crate) desktop: Option<Sharing>,
    /// What else stands in the environment.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// What was done in the data folder before.
    pub(crate) prepare: fn(&Path) -> Result<()>,
}

impl Surroundings {
    /// X11, and nothing on the session bus but a keyring.
    pub(crate) fn bare(look: Look) -> Self {
        Self {
            look,
            desktop: None,
            environment: Vec::new(),
            prepare: |_| Ok(()),
        }
    }

    /// Wayland, as far as the app can tell: the screen is the portal's.
    pub(crate) fn wayland(desktop: Option<Sharing>) -> Self {
        Self {
            desktop,
            environment: vec![("WAYLAND_DISPLAY", "wayland-0".to_owned())],
            ..Self::bare(Look::Light)
        }
    }
}

impl Person {
    /// Somebody who starts the app for the first time, on a bare desktop.
    pub(crate) async fn new(bench: &Bench, logs: &Path, look: Look) -> Result<Self> {
        Self::on(bench, logs, Surroundings::bare(look)).await
    }

    /// Somebody who starts the app for the first time.
    pub(crate) async fn on(bench: &Bench, logs: &Path, surroundings: Surroundings) -> Result<Self> {
        let keyring = PrivateKeyring::start()?;
        (surroundings.prepare)(&keyring.folder().join("data/roamkey"))?;
        let desktop = match surroundings.desktop {
            Some(sharing) => Some(MockDesktop::start(&keyring.address(), sharing).await?),
            None => None,
        };
        let mut environment = keyring.env();
        environment.extend(common(bench, &bench.make().system_bus, surroundings.look));
        let more = surroundings.environment.into_iter();
        environment.extend(more.map(|(name, value)| (name.to_owned(), value)));
        let window = Window::start(Path::new(APP), &[], &environment, logs).await?;
        window.stand_aside().await?;
        Ok(Self {
            window,
            environment,
            desktop,
            pictures: None,
            keyring,
        })
    }

    /// The desktop's services.
    pub(crate) fn desktop(&self) -> Result<&MockDesktop> {
        self.desktop.as_ref().ok_or_else(|| "a bare desktop".into())
    }

    /// Starts the app once more, where it stands by itself.
    pub(crate) async fn starts_again(&mut self, logs: &Path) -> Result<()> {
        self.window = Window::start(Path::new(APP), &[], &self.environment, logs).await?;
        Ok(())
    }

    /// Closes the app, and starts it once more.
    pub(crate) async fn closes_and_starts_again(self, logs: &Path) -> Result<Self> {
        self.window.close().await?;
        let window = Window::start(Path::new(APP), &[], &self.environment, logs).await?;
        Ok(Self { window, ..self })
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
        self.chooses_pin().await?;
        self.window.click("Begin").await?;
        self.window.reads("Sign in on another device").await?;
        self.picture("ways-in").await
    }

    /// Goes through the first start, up to where it says how to go on.
    pub(crate) async fn chooses_pin(&self) -> Result<()> {
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
        self.picture("welcome-3").await
    }

    /// Ends the app; keyring, data, settings and home are gone.
    pub(crate) async fn loses_the_device(self) -> Result<()> {
        let Self { window, keyring, .. } = self;
        window.close().await?;
        let folder = keyring.folder().to_owned();
        assert!(
            folder.join("data").join("roamkey").exists(),
            "it kept its data there"
        );
        drop(keyring);
        assert!(!folder.exists(), "{} is gone", folder.display());
        Ok(())
    }

    /// Pastes a code and uses it in spite of the warning.
    pub(crate) async fn pastes(&self, code: &str) -> Result<()> {
        self.types(code).await?;
        self.window.click("I started this: continue").await
    }

    /// Gives the code as text, and goes on no further.
    pub(crate) async fn types(&self, code: &str) -> Result<()> {
        self.window.fill("#code", code).await?;
        self.window.click("Use it").await?;
        self.window.reads("Anyone could have sent you this").await
    }

    /// Approves the question with this button and the PIN.
    pub(crate) async fn approves(&self, with: &str) -> Result<()> {
        self.window.click(with).await?;
        self.window.fill("#pin", PIN).await?;
        self.window.click("Approve").await
    }
}
