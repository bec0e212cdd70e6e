//! An app with everything around it, and the person who uses it.

use std::collections::VecDeque;
use std::future::ready;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use roamkey_app::action::{Action, SafetyAction, ScreenPart, SettingsAction, Typed, WizardKind};
use roamkey_app::view::{
    Backups, Bluetooth, Language, Passkeys, PinSetup, Recovery, Safety, Verification, View, Wizard,
};
use roamkey_app::{Controller, Rebuilds, Surroundings, Window};
use roamkey_authenticator::{Credential, CredentialStore as _, PrfSeeds, PrivateKey};
use roamkey_ctap::{Algorithm, CredProtect, CredentialId, PublicKeyCredentialUserEntity, RpId, UserHandle};
use roamkey_device::tunnel::WebSocketTunnels;
use roamkey_device::vault::{Backend, Vault, VaultConfig};
use roamkey_device::{
    Asking, ChosenTunnel, Code, Device, ErrorCode, OsVerification, OsVerificationError, Requester,
    TunnelDomain, now,
};
use roamkey_testkit::air::MemoryAir;
use roamkey_testkit::memory_keyring::memory_keyring;
use roamkey_tunnel_server::{Config, Handle, Server};
use tempfile::TempDir;
use tokio::sync::watch;

pub(crate) const PIN: &str = "2718";
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

pub(crate) type App = Controller<Person, ChosenTunnel, MemoryAir>;

/// The window, and the person in front of it.
pub(crate) struct Person {
    shown: watch::Sender<Option<View>>,
    /// Every view that was shown, as a program would log it and as it crosses to the web view.
    pub(crate) everything: Mutex<String>,
    /// What they choose in the dialogs that come.
    answers: Mutex<VecDeque<Result<Option<PathBuf>, ErrorCode>>>,
    pub(crate) opened: Mutex<Vec<PathBuf>>,
}

impl Window for Person {
    fn show(&self, view: &View) {
        let json = serde_json::to_string(view).unwrap();
        self.everything
            .lock()
            .unwrap()
            .push_str(&format!("{view:?}\n{json}\n"));
        self.shown.send_replace(Some(view.clone()));
    }

    fn raise(&self) {}

    fn question_waits(&self) {}

    fn question_is_over(&self) {}

    async fn read_screen(&self, _: ScreenPart) -> Result<Code, ErrorCode> {
        ready(Err(ErrorCode::ScreenUnavailable)).await
    }

    async fn read_clipboard(&self) -> Result<Code, ErrorCode> {
        ready(Ok(Code::from_text("FIDO:/0"))).await
    }

    async fn choose_file(&self) -> Result<Option<PathBuf>, ErrorCode> {
        ready(self.answer()).await
    }

    async fn choose_folder(&self) -> Result<Option<PathBuf>, ErrorCode> {
        ready(self.answer()).await
    }

    async fn save_as(&self, _: &str) -> Result<Option<PathBuf>, ErrorCode> {
        ready(self.answer()).await
    }

    async fn open_file(&self, path: &Path) -> Result<(), ErrorCode> {
        self.opened.lock().unwrap().push(path.to_owned());
        ready(Ok(())).await
    }
}

impl Person {
    fn answer(&self) -> Result<Option<PathBuf>, ErrorCode> {
        let answer = self.answers.lock().unwrap().pop_front();
        answer.expect("a dialog that the test did not expect")
    }
}

/// An operating system that answers like this when it is asked for its user.
#[derive(Debug)]
pub(crate) struct System(pub(crate) Result<(), OsVerificationError>);

impl OsVerification for System {
    fn available(&self) -> Asking<'_> {
        let available = self
            .0
            .err()
            .filter(|error| error.is_unavailable())
            .map_or(Ok(()), Err);
        Box::pin(ready(available))
    }

    fn ask(&self) -> Asking<'_> {
        Box::pin(ready(self.0))
    }
}

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) vault: Vault,
    pub(crate) tunnel: ChosenTunnel,
    pub(crate) folder: TempDir,
    config: VaultConfig,
    system: Result<(), OsVerificationError>,
    server: Handle,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with_system(Err(OsVerificationError::NoService))
    }

    pub(crate) fn with_system(system: Result<(), OsVerificationError>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = VaultConfig::new(folder.path().join("data"));
        let config = config.backend(Backend::other(memory_keyring().unwrap()));
        Self::of(folder, config, system)
    }

    /// A device with the keyring of this session.
    pub(crate) fn with_real_keyring() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = VaultConfig::new(folder.path().join("data"));
        Self::of(folder, config, Err(OsVerificationError::NoService))
    }

    fn of(folder: TempDir, config: VaultConfig, system: Result<(), OsVerificationError>) -> Self {
        listen_to_logs();
        let server = Server::spawn(Config::plain(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap();
        let domain = TunnelDomain::new(266).unwrap();
        let tunnel = ChosenTunnel::plain_loopback(domain, server.address()).unwrap();
        let vault = Vault::open(config.clone()).unwrap();
        let app = start(&config, &tunnel, system, folder.path(), &server);
        Self {
            app,
            vault,
            tunnel,
            folder,
            config,
            system,
            server,
        }
    }

    /// A device that holds this many passkeys, with its list read.
    pub(crate) async fn with_passkeys(count: u8) -> Self {
        let stage = Self::new();
        for number in 1..=count {
            stage.create(number);
        }
        stage.reread().await;
        stage
    }

    /// The app, started again on the same device.
    pub(crate) fn again(&self) -> App {
        start(
            &self.config,
            &self.tunnel,
            self.system,
            self.folder.path(),
            &self.server,
        )
    }

    /// A passkey that a site has made.
    pub(crate) fn create(&self, number: u8) {
        self.vault.create(&credential(number), &[], now()).unwrap();
    }

    /// Waits until the app has seen what the test has changed.
    pub(crate) async fn reread(&self) -> Backups {
        let held = u32::try_from(self.vault.list().unwrap().len()).unwrap();
        self.backups_when(|backups| backups.counts.all == held).await
    }

    /// Reads the state of backups anew, and waits until it is this one.
    pub(crate) async fn backups_when(&self, wanted: impl Fn(&Backups) -> bool) -> Backups {
        self.act(Action::ReadPasskeys);
        let view = self.until(|view| matches!(&view.safety, Safety::Ready(backups) if wanted(backups)));
        match view.await.safety {
            Safety::Ready(backups) => backups,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn backups(&self) -> Backups {
        match self.app.view().safety {
            Safety::Ready(backups) => backups,
            other => panic!("{other:?}"),
        }
    }

    /// A place in the folder of this test.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the person chooses in the next dialog.
    pub(crate) fn chooses(&self, path: impl Into<PathBuf>) {
        self.answers(Ok(Some(path.into())));
    }

    pub(crate) fn answers(&self, answer: Result<Option<PathBuf>, ErrorCode>) {
        self.app.window().answers.lock().unwrap().push_back(answer);
    }

    pub(crate) fn act(&self, action: Action) {
        self.app.act(action);
    }

    pub(crate) fn safety(&self, action: SafetyAction) {
        self.app.act(Action::Safety(action));
    }

    pub(crate) fn settings(&self, action: SettingsAction) {
        self.app.act(Action::Settings(action));
    }

    pub(crate) fn open(&self, wizard: WizardKind) {
        self.safety(SafetyAction::Open { wizard });
    }

    pub(crate) async fn until(&self, wanted: impl Fn(&View) -> bool) -> View {
        until(&self.app, wanted).await
    }

    pub(crate) async fn wizard(&self, wanted: impl Fn(&Wizard) -> bool) -> Wizard {
        self.until(|view| wanted(&view.wizard)).await.wizard
    }

    /// Sets the PIN, as the first start does.
    pub(crate) async fn set_pin(&self) {
        self.act(Action::ChoosePin { pin: typed(PIN) });
        self.until(|view| view.pin == PinSetup::Set).await;
    }

    /// Waits for the state of the verification.
    pub(crate) async fn verification(&self, wanted: impl Fn(&Verification) -> bool) -> Verification {
        self.until(|view| wanted(&view.settings.verification))
            .await
            .settings
            .verification
    }

    /// Sets recovery up with these words, and writes a backup to this folder of the test.
    pub(crate) async fn back_up(&self, words: &str, folder: &str) -> PathBuf {
        use roamkey_app::view::{BackUp, SetUp};
        self.open(WizardKind::SetUp);
        self.safety(SafetyAction::UseWords { words: typed(words) });
        self.wizard(|wizard| matches!(wizard, Wizard::SetUp(SetUp::Done { .. })))
            .await;
        self.backups_when(|backups| backups.recovery != Recovery::NotSetUp)
            .await;
        self.safety(SafetyAction::Leave);
        self.open(WizardKind::BackUp);
        self.chooses(self.at(folder));
        self.safety(SafetyAction::ChooseFolder);
        let shown = self.at(folder).display().to_string();
        self.wizard(
            |wizard| matches!(wizard, Wizard::BackUp(BackUp::Ready { folder, .. }) if *folder == shown),
        )
        .await;
        self.safety(SafetyAction::BackUp);
        let done = self
            .wizard(|wizard| matches!(wizard, Wizard::BackUp(BackUp::Done(_) | BackUp::Failed { .. })))
            .await;
        let Wizard::BackUp(BackUp::Done(written)) = done else {
            panic!("{:?}", serde_json::to_string(&done));
        };
        self.safety(SafetyAction::Leave);
        let noted = |backups: &Backups| matches!(&backups.recovery, Recovery::SetUp { last_backup: Some(_), folder, .. } if *folder == shown);
        self.backups_when(noted).await;
        written.path.into()
    }
}

pub(crate) async fn until(app: &App, wanted: impl Fn(&View) -> bool) -> View {
    let mut shown = app.window().shown.subscribe();
    if wanted(&app.view()) {
        return app.view();
    }
    let is = |view: &Option<View>| view.as_ref().is_some_and(&wanted);
    let waited = tokio::time::timeout(LIMIT, shown.wait_for(is)).await;
    let found =
        waited.unwrap_or_else(|_| panic!("the view stays {}", serde_json::to_string(&app.view()).unwrap()));
    found.unwrap().clone().unwrap()
}

/// What our own crates have logged in this process, at every level.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps what is logged from the first stage on.
fn listen_to_logs() {
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    let ours = tracing_subscriber::filter::filter_fn(|meta| meta.target().starts_with("roamkey"));
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(|| Log)
        .with_filter(ours);
    // The tests of one process share it.
    let _listening_already = tracing_subscriber::registry().with(layer).try_init();
}

/// What our own crates have logged.
pub(crate) fn log() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned()
}

pub(crate) fn typed(text: &str) -> Typed {
    Typed::from(text)
}

pub(crate) fn credential(number: u8) -> Credential {
    let mut rng = UnwrapErr(SysRng);
    Credential {
        id: CredentialId::new([number; 32]),
        rp_id: RpId::parse(&format!("site-{number}.example")).unwrap(),
        user: PublicKeyCredentialUserEntity {
            id: UserHandle::parse(&[number]).unwrap(),
            name: Some(format!("alice-{number}")),
            display_name: None,
        },
        key: PrivateKey::generate(Algorithm::Es256, &mut rng).unwrap(),
        prf_seeds: PrfSeeds::generate(&mut rng),
        discoverable: true,
        cred_protect: CredProtect::UserVerificationOptional,
        cred_blob: None,
        backup_eligible: true,
        backup_state: false,
        created_at: now(),
    }
}

fn start(
    config: &VaultConfig,
    tunnel: &ChosenTunnel,
    system: Result<(), OsVerificationError>,
    folder: &Path,
    server: &Handle,
) -> App {
    let air = MemoryAir::new();
    let phones = Requester::new(
        air.clone(),
        WebSocketTunnels::plain_loopback(server.address()).unwrap(),
    );
    let dir = folder.join("data");
    let (config, rebuilds) = Rebuilds::of(config.clone());
    let vault = Vault::open(config.clone()).unwrap();
    let device = Device::new(config, tunnel.clone(), air, dir.clone()).unwrap();
    let device = device.with_os_verification(Arc::new(System(system)));
    let surroundings = Surroundings {
        bluetooth: Box::new(|| Box::pin(ready(Bluetooth::Ready))),
        tunnel: tunnel.clone(),
        tunnel_is_fixed: false,
        program: "/usr/bin/roamkey-app".into(),
        autostart: Some(folder.join("config/autostart")),
        units: Some(folder.join("config/systemd/user")),
        language: Language::German,
    };
    let window = Person {
        shown: watch::Sender::new(None),
        everything: Mutex::default(),
        answers: Mutex::default(),
        opened: Mutex::default(),
    };
    Controller::new(
        window,
        device,
        vault,
        Box::new(phones),
        dir,
        surroundings,
        rebuilds,
    )
}

/// Waits until the app has read everything that it reads by itself when it starts.
pub(crate) async fn started(app: &App) -> View {
    until(app, |view| {
        view.passkeys != Passkeys::Reading && view.safety != Safety::Reading
    })
    .await
}

pub(crate) const WORDS: &str = "legal winner thank year wave sausage worth useful legal winner thank year wave sausage \
                                worth useful legal winner thank year wave sausage worth title";
