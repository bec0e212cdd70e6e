//! Everything together, and the steps that every scenario takes.

use std::collections::HashSet;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use roamkey_hybrid::TunnelDomain;
use roamkey_testkit::bluez::{HostConfig, MockBluez};
use roamkey_testkit::bus::PrivateBus;
use roamkey_testkit::relying_party::site::Site;
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest};

use crate::Result;
use crate::chromium::{Chromium, PageCeremony, Surroundings};
use crate::device::{Device, Make};
use crate::parts::Parts;
use crate::screen::{Picture, Screen};
use crate::trust::Trust;
use crate::tunnel_server::TunnelServer;

/// The running bench.
#[derive(Debug)]
pub struct Bench {
    /// The browser, on host 0.
    pub chromium: Chromium,
    /// The tunnel service behind every host name of [`TUNNELS`].
    pub server: TunnelServer,
    /// The website.
    pub site: Site,
    /// Both hosts' Bluetooth and the air between them.
    pub bluez: MockBluez,
    screen: Screen,
    make: Make,
    folder: PathBuf,
    seen: HashSet<String>,
    buses: [PrivateBus; 2],
}

/// What the page is to do.
#[derive(Clone, Debug)]
pub enum Ask {
    /// `navigator.credentials.create()`
    Register(RegistrationRequest),
    /// `navigator.credentials.get()`
    SignIn(AuthenticationRequest),
}

/// A ceremony that shows its code.
#[derive(Debug)]
pub struct Ceremony {
    /// The code's text.
    pub code: String,
    /// A picture of the whole screen with the code on it, PNG.
    pub picture: PathBuf,
    /// The page's side.
    pub page: PageCeremony,
    /// From the page's call to the code.
    pub shown_after: Duration,
}

/// The tunnel services that the browser can reach: Google's and Apple's numbers, one whose host name is known from
/// Chromium's own tests, and the last number there is.
pub const TUNNELS: [u16; 4] = [0, 1, 266, 65535];

impl Bench {
    /// Starts everything. `folder` is emptied first; logs and pictures stay in it.
    ///
    /// # Errors
    ///
    /// What did not start.
    pub async fn start(parts: Parts, folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        let hosts = TUNNELS
            .iter()
            .map(|id| Ok(TunnelDomain::new(*id)?.host()))
            .collect::<Result<Vec<_>>>()?;
        let trust = Trust::create(folder, &hosts)?;
        let server = TunnelServer::start(&parts, &trust, folder).await?;
        let site = Site::open().await?;
        let buses = [PrivateBus::start().await?, PrivateBus::start().await?];
        let [browser_bus, device_bus] = &buses;
        let bluez = MockBluez::start([
            HostConfig::new(browser_bus.address()),
            HostConfig::new(device_bus.address()),
        ])
        .await?;
        let screen = Screen::start(folder).await?;
        let chromium = Chromium::start(&Surroundings {
            display: screen.display(),
            system_bus: browser_bus.address(),
            origin: site.origin(),
            tunnel_hosts: &hosts,
            tunnel_address: server.address(),
            key_hash: &trust.key_hash,
            folder,
        })
        .await?;
        let make = Make {
            program: parts.roamkey,
            system_bus: device_bus.address().to_owned(),
            authority: trust.authority,
            tunnel_address: server.address().to_string(),
            logs: folder.to_owned(),
        };
        let (folder, seen) = (folder.to_owned(), HashSet::new());
        Ok(Self {
            chromium,
            server,
            site,
            bluez,
            screen,
            make,
            folder,
            seen,
            buses,
        })
    }

    /// What devices on host 1 are made of.
    pub fn make(&self) -> &Make {
        &self.make
    }

    /// The system bus of the browser's host, for something else that listens there.
    pub fn browser_bus(&self) -> &str {
        let [browser, _device] = &self.buses;
        browser.address()
    }

    /// The screen's picture at this moment.
    ///
    /// # Errors
    ///
    /// There is none to be had.
    pub fn look(&self) -> Result<Picture> {
        self.screen.look()
    }

    /// The screen's `DISPLAY`.
    pub fn display(&self) -> &str {
        self.screen.display()
    }

    /// A new device on host 1, with an empty keyring.
    ///
    /// # Errors
    ///
    /// Its keyring does not start.
    pub fn device(&self, name: &str) -> Result<Device> {
        Device::new(name, &self.make)
    }

    /// Begins a ceremony in a fresh page and reads its code off the screen, with the product's own decoder.
    ///
    /// # Errors
    ///
    /// The browser shows no code.
    pub async fn show(&mut self, ask: &Ask) -> Result<Ceremony> {
        self.chromium.load().await?;
        let began = Instant::now();
        let log = self.chromium.log().mark();
        let page = self.chromium.begin(&ask.script()?);
        self.chromium.dialog(log, "kCableV2QRCode").await?;
        let code = self.read_code().await?;
        let shown_after = began.elapsed();
        let file = self.folder.join("code.png");
        self.still().await?.rgb()?.save(&file)?;
        Ok(Ceremony {
            code,
            picture: file,
            page,
            shown_after,
        })
    }

    /// The screen once it has come to rest: a code can be read before its dialog has quite faded in, and a picture of that
    /// is too pale for some who get it. Where something always moves, the screen after half a second.
    async fn still(&self) -> Result<Picture> {
        let mut frames = tokio::time::interval(2 * FRAME);
        // The first comes at once.
        frames.tick().await;
        let mut before = self.screen.look()?;
        for _ in 0..16 {
            frames.tick().await;
            let picture = self.screen.look()?;
            if picture == before {
                break;
            }
            before = picture;
        }
        Ok(before)
    }

    /// Waits until nothing is on air.
    ///
    /// # Errors
    ///
    /// Something is for too long.
    pub async fn air_is_empty(&self) -> Result<()> {
        Ok(self.bluez.emptied().await?)
    }

    /// Keeps a picture of the screen, for who looks into a failure.
    ///
    /// # Errors
    ///
    /// There is none to be had.
    pub fn keep_picture(&self, name: &str) -> Result<PathBuf> {
        let file = self.folder.join(format!("{name}.png"));
        self.screen.look()?.rgb()?.save(&file)?;
        Ok(file)
    }

    /// Looks at the screen, again whenever it has changed, until there is a code that was not there before: the dialog
    /// says that it shows the code some time before it has painted it.
    async fn read_code(&mut self) -> Result<String> {
        let mut before = None;
        let mut frames = tokio::time::interval(FRAME);
        let found = tokio::time::timeout(CODE_LIMIT, async {
            loop {
                frames.tick().await;
                let picture = self.screen.look()?;
                if before.as_ref() == Some(&picture) {
                    continue;
                }
                if let Some(code) = decoded(&picture)?.filter(|code| !self.seen.contains(code)) {
                    return Ok(code);
                }
                before = Some(picture);
            }
        });
        let found: Result<_> = found.await.map_err(|_elapsed| "no code on the screen")?;
        let code = found?;
        self.seen.insert(code.clone());
        Ok(code)
    }
}

impl Ask {
    /// The call of the page's function.
    fn script(&self) -> Result<String> {
        Ok(match self {
            Self::Register(request) => format!("register({})", serde_json::to_string(request)?),
            Self::SignIn(request) => format!("signIn({})", serde_json::to_string(request)?),
        })
    }
}

fn decoded(picture: &Picture) -> Result<Option<String>> {
    let mut png = std::io::Cursor::new(Vec::new());
    picture.grey()?.write_to(&mut png, image::ImageFormat::Png)?;
    Ok(roamkey_device::Code::from_picture(png.get_ref())
        .ok()
        .map(|code| code.text().to_owned()))
}

/// As often as a screen is painted.
const FRAME: Duration = Duration::from_millis(16);
const CODE_LIMIT: Duration = Duration::from_secs(20);
