//! The controller with a window that only remembers, over a real device: vault in memory, tunnel server on loopback, air
//! in memory, and a client platform at the other end.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test stops where it fails"
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use roamkey_app::action::{Action, ScreenPart, Typed};
use roamkey_app::view::{
    Asked, Bluetooth, DoneWhat, Language, Origin, Passkeys, Phone, PinProblem, PinSetup, Place, Question,
    SignIn, Trial, Turn, View,
};
use roamkey_app::{Controller, Rebuilds, Surroundings, Window};
use roamkey_device::hybrid::client::{self, AwaitAdvert};
use roamkey_device::tunnel::{WebSocketTunnel, WebSocketTunnels};
use roamkey_device::vault::{Backend, Vault, VaultConfig};
use roamkey_device::{ChosenTunnel, Code, Device, ErrorCode, Hint, Requester, TunnelDomain, now};
use roamkey_testkit::air::MemoryAir;
use roamkey_testkit::client::Client;
use roamkey_testkit::memory_keyring::memory_keyring;
use roamkey_testkit::relying_party::client_platform::Registering;
use roamkey_testkit::relying_party::{RegistrationRequest, RelyingParty};
use roamkey_testkit::user::{Reaction, ScriptedUser};
use roamkey_tunnel_server::{Config, Handle, Server};
use tempfile::TempDir;
use tokio::sync::watch;

#[tokio::test]
async fn first_start_welcomes_until_the_person_is_through() {
    let stage = Stage::new();
    stage
        .until(|view| {
            view.pin
                == PinSetup::NotSet {
                    least: 4,
                    problem: None,
                }
        })
        .await;
    assert_eq!(stage.app.view().place, Place::Welcome);
    stage.act(Action::ChoosePin {
        pin: Typed::from("12"),
    });
    stage
        .until(|view| {
            view.pin
                == PinSetup::NotSet {
                    least: 4,
                    problem: Some(PinProblem::Unfit),
                }
        })
        .await;
    stage.act(Action::ChoosePin {
        pin: Typed::from(PIN),
    });
    stage.until(|view| view.pin == PinSetup::Set).await;
    stage.act(Action::EndWelcome);
    assert_eq!(stage.app.view().place, Place::SignIn);
    assert_eq!(
        stage.again().view().place,
        Place::SignIn,
        "the next start does not welcome again"
    );
}

#[tokio::test]
async fn approved_question_with_the_right_pin_creates_a_passkey() {
    let stage = Stage::with_pin().await;
    let mut site = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let options = site
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    let registering = Registering::new(&options, ORIGIN).unwrap();
    let waiting = code(now().0);
    stage
        .app
        .found(Origin::Camera, Ok(Code::from_text(waiting.qr_text())));

    let person = async {
        let question = stage.question().await;
        assert_eq!(question.operation, Asked::Create);
        assert_eq!(question.site.as_ref().unwrap().id, RP_ID);
        assert_eq!(question.accounts[0].name, "alice");
        stage.approve(question.id).await;
        stage.act(Action::TypePin {
            question: question.id,
            pin: Typed::from("0000"),
        });
        let tries_left = 7;
        let again = Turn::TypePin {
            problem: Some(PinProblem::Wrong { tries_left }),
        };
        stage.until(|view| turn(view) == Some(again)).await;
        stage.act(Action::TypePin {
            question: question.id,
            pin: Typed::from(PIN),
        });
        stage
            .until(|view| {
                matches!(
                    view.sign_in,
                    SignIn::Done {
                        what: DoneWhat::Created,
                        ..
                    }
                )
            })
            .await;
    };
    let (answer, ()) = tokio::join!(stage.browse(waiting, registering.request()), person);
    site.register(&registering.finish(&answer.unwrap()).unwrap().response)
        .unwrap();
    stage
        .until(|view| matches!(view.passkeys, Passkeys::Ready { revision } if revision > 1))
        .await;
    assert_eq!(stage.app.passkeys()[0].name, "alice");
}

#[tokio::test]
async fn yes_within_the_first_second_counts_for_nothing() {
    let stage = Stage::with_pin().await;
    let waiting = code(now().0);
    stage
        .app
        .found(Origin::Camera, Ok(Code::from_text(waiting.qr_text())));
    let request = registration();
    let person = async {
        let question = stage.question().await;
        stage.act(Action::Approve {
            question: question.id,
            account: 0,
        });
        stage.act(Action::TypePin {
            question: question.id,
            pin: Typed::from(PIN),
        });
        stage.act(Action::Cancel);
        stage.failed(ErrorCode::Refused).await;
    };
    let (_, ()) = tokio::join!(stage.browse(waiting, &request), person);
    assert!(stage.app.passkeys().is_empty());
}

#[tokio::test]
async fn answer_to_another_question_counts_for_nothing() {
    let stage = Stage::with_pin().await;
    let waiting = code(now().0);
    stage
        .app
        .found(Origin::Camera, Ok(Code::from_text(waiting.qr_text())));
    let request = registration();
    let person = async {
        let question = stage.question().await;
        a_second_passes().await;
        stage.act(Action::Approve {
            question: question.id + 1,
            account: 0,
        });
        assert_eq!(turn(&stage.app.view()), Some(Turn::Decide));
        stage.act(Action::Cancel);
        stage.failed(ErrorCode::Refused).await;
    };
    let (_, ()) = tokio::join!(stage.browse(waiting, &request), person);
}

#[tokio::test]
async fn code_that_anybody_could_have_sent_does_nothing_before_the_persons_word() {
    let stage = Stage::with_pin().await;
    for origin in [
        Origin::Link,
        Origin::Picture,
        Origin::Clipboard,
        Origin::Screen,
        Origin::Text,
    ] {
        stage
            .app
            .found(origin, Ok(Code::from_text(code(now().0).qr_text())));
        assert!(matches!(stage.app.view().sign_in, SignIn::Found { origin: from, .. } if from == origin));
        stage.act(Action::Cancel);
        assert_eq!(stage.app.view().sign_in, SignIn::Idle { problem: None });
    }
    assert_eq!(stage.air.ever_on_air(), 0);
}

#[tokio::test]
async fn link_does_not_take_the_place_of_a_question() {
    let stage = Stage::with_pin().await;
    let waiting = code(now().0);
    stage
        .app
        .found(Origin::Camera, Ok(Code::from_text(waiting.qr_text())));
    let request = registration();
    let person = async {
        let question = stage.question().await;
        stage.app.opened(code(now().0).qr_text());
        assert_eq!(stage.question().await.id, question.id);
        stage.act(Action::Cancel);
        stage.failed(ErrorCode::Refused).await;
    };
    let (_, ()) = tokio::join!(stage.browse(waiting, &request), person);
}

#[tokio::test]
async fn code_of_the_wrong_time_or_kind_says_so() {
    let stage = Stage::with_pin().await;
    for (text, told) in [
        (code(now().0 - 3600).qr_text().to_owned(), ErrorCode::CodeTooOld),
        (
            code(now().0 + 3600).qr_text().to_owned(),
            ErrorCode::CodeFromTheFuture,
        ),
        ("hello".to_owned(), ErrorCode::NotASignInCode),
    ] {
        stage.act(Action::ReadText {
            text: Typed::from(text.as_str()),
        });
        let SignIn::Idle {
            problem: Some(problem),
        } = stage.app.view().sign_in
        else {
            panic!("no problem with {told:?}");
        };
        assert_eq!(problem.0, told);
    }
}

#[tokio::test]
async fn dropped_file_is_looked_at_only_where_a_code_is_waited_for() {
    let stage = Stage::with_pin().await;
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("text.png");
    std::fs::write(&text, "no picture").unwrap();
    let missing = folder.path().join("missing.png");
    for (file, told) in [
        (text.clone(), ErrorCode::NotAPicture),
        (missing, ErrorCode::PictureUnreadable),
        (folder.path().to_owned(), ErrorCode::PictureUnreadable),
    ] {
        stage.act(Action::Cancel);
        stage
            .until(|view| view.sign_in == SignIn::Idle { problem: None })
            .await;
        stage.app.dropped(file);
        let told = Some(told.into());
        stage
            .until(|view| view.sign_in == SignIn::Idle { problem: told })
            .await;
    }
    stage.act(Action::Cancel);
    stage.act(Action::Go {
        place: Place::Passkeys,
    });
    stage.app.dropped(text);
    assert_eq!(stage.app.view().sign_in, SignIn::Idle { problem: None });
    assert_eq!(stage.app.view().place, Place::Passkeys);
}

#[tokio::test]
async fn cancelling_while_on_air_takes_the_advert_off() {
    let stage = Stage::with_pin().await;
    let waiting = code(now().0);
    stage
        .app
        .found(Origin::Camera, Ok(Code::from_text(waiting.qr_text())));
    stage
        .until(|view| matches!(view.sign_in, SignIn::Connecting { stage } if stage >= roamkey_app::view::Stage::OnAir))
        .await;
    stage.act(Action::Cancel);
    assert_eq!(stage.app.view().sign_in, SignIn::Idle { problem: None });
    tokio::time::timeout(LIMIT, async {
        while !stage.air.on_air().is_empty() {
            tokio::task::yield_now().await
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn diagnostics_name_the_code_and_no_site() {
    let stage = Stage::with_pin().await;
    let waiting = code(now().0);
    stage
        .app
        .found(Origin::Camera, Ok(Code::from_text(waiting.qr_text())));
    let request = registration();
    let person = async {
        stage.question().await;
        stage.act(Action::Cancel);
        stage.failed(ErrorCode::Refused).await
    };
    let (_, diagnostics) = tokio::join!(stage.browse(waiting, &request), person);
    assert!(diagnostics.contains("code: refused"), "{diagnostics}");
    assert!(
        !diagnostics.contains(RP_ID) && !diagnostics.contains("alice"),
        "{diagnostics}"
    );
}

#[tokio::test]
async fn phone_that_scans_the_code_creates_a_passkey_and_signs_in_with_it() {
    let stage = Stage::with_pin().await;
    let phone = OtherDevice::of(&stage);
    for trial in [Trial::Create, Trial::SignIn] {
        stage.act(Action::TryPhone { trial });
        let view = stage.until(|view| matches!(view.phone, Phone::Code { .. })).await;
        let Phone::Code { link, .. } = view.phone else {
            panic!("no code")
        };
        phone.answer(&link).await;
        stage
            .until(|view| view.phone == Phone::Done { what: trial })
            .await;
        stage.act(Action::LeavePhone);
        assert_eq!(stage.app.view().phone, Phone::Idle { tried: true });
    }
}

#[tokio::test]
async fn code_for_a_phone_goes_when_the_person_leaves() {
    let stage = Stage::with_pin().await;
    stage.act(Action::TryPhone { trial: Trial::Create });
    stage.until(|view| matches!(view.phone, Phone::Code { .. })).await;
    stage.act(Action::LeavePhone);
    assert_eq!(stage.app.view().phone, Phone::Idle { tried: false });
}

/// The phone: an authenticator of its own, whose person says yes.
struct OtherDevice {
    device: Device<WebSocketTunnel, MemoryAir>,
    _folder: TempDir,
}

impl OtherDevice {
    fn of(stage: &Stage) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = VaultConfig::new(folder.path()).backend(Backend::other(memory_keyring().unwrap()));
        let dir = folder.path().to_owned();
        let device = Device::new(config, stage.tunnel.clone(), stage.air.clone(), dir).unwrap();
        Self {
            device,
            _folder: folder,
        }
    }

    async fn answer(&self, link: &str) {
        let sign_in = self.device.read(&Code::from_text(link)).unwrap();
        let person = ScriptedUser::new(Reaction::Approve(0));
        self.device.run(sign_in, &person).await.unwrap();
    }
}

/// A window that remembers the last view.
struct Remembers(watch::Sender<Option<View>>);

impl Window for Remembers {
    fn show(&self, view: &View) {
        self.0.send_replace(Some(view.clone()));
    }

    fn raise(&self) {}

    fn question_waits(&self) {}

    fn question_is_over(&self) {}

    async fn read_screen(&self, _: ScreenPart) -> Result<Code, ErrorCode> {
        std::future::ready(Err(ErrorCode::ScreenUnavailable)).await
    }

    async fn read_clipboard(&self) -> Result<Code, ErrorCode> {
        std::future::ready(Err(ErrorCode::NoCodeInClipboard)).await
    }

    async fn choose_file(&self) -> Result<Option<PathBuf>, ErrorCode> {
        std::future::ready(Ok(None)).await
    }

    async fn choose_folder(&self) -> Result<Option<PathBuf>, ErrorCode> {
        std::future::ready(Ok(None)).await
    }

    async fn save_as(&self, _: &str) -> Result<Option<PathBuf>, ErrorCode> {
        std::future::ready(Ok(None)).await
    }

    async fn open_file(&self, _: &Path) -> Result<(), ErrorCode> {
        std::future::ready(Err(ErrorCode::FileNotOpened)).await
    }
}

type App = Controller<Remembers, WebSocketTunnel, MemoryAir>;

struct Stage {
    app: App,
    air: MemoryAir,
    tunnel: WebSocketTunnel,
    config: VaultConfig,
    folder: TempDir,
    server: Handle,
}

impl Stage {
    fn new() -> Self {
        let server = Server::spawn(Config::plain(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap();
        let domain = TunnelDomain::new(266).unwrap();
        let tunnel = WebSocketTunnel::plain_loopback(domain, server.address()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = VaultConfig::new(folder.path()).backend(Backend::other(memory_keyring().unwrap()));
        let air = MemoryAir::new();
        let app = start(&config, &tunnel, &air, &folder, &server);
        Self {
            app,
            air,
            tunnel,
            config,
            folder,
            server,
        }
    }

    async fn with_pin() -> Self {
        let stage = Self::new();
        stage.act(Action::ChoosePin {
            pin: Typed::from(PIN),
        });
        stage.until(|view| view.pin == PinSetup::Set).await;
        stage.act(Action::EndWelcome);
        stage
    }

    /// The app, started again.
    fn again(&self) -> App {
        start(&self.config, &self.tunnel, &self.air, &self.folder, &self.server)
    }

    fn act(&self, action: Action) {
        self.app.act(action);
    }

    async fn until(&self, wanted: impl Fn(&View) -> bool) -> View {
        let mut shown = self.app.window().0.subscribe();
        let is = |view: &Option<View>| view.as_ref().is_some_and(&wanted);
        let waited = tokio::time::timeout(LIMIT, shown.wait_for(is)).await;
        let found = waited.unwrap_or_else(|_| panic!("the view stays {:?}", self.app.view()));
        found.unwrap().clone().unwrap()
    }

    async fn question(&self) -> Question {
        match self
            .until(|view| matches!(view.sign_in, SignIn::Question(_)))
            .await
            .sign_in
        {
            SignIn::Question(question) => question,
            other => panic!("{other:?}"),
        }
    }

    /// Approves once that counts.
    async fn approve(&self, question: u32) {
        a_second_passes().await;
        self.act(Action::Approve { question, account: 0 });
        self.until(|view| turn(view) == Some(Turn::TypePin { problem: None }))
            .await;
    }

    async fn failed(&self, wanted: ErrorCode) -> String {
        match self
            .until(|view| matches!(view.sign_in, SignIn::Failed { .. }))
            .await
            .sign_in
        {
            SignIn::Failed { code, diagnostics } => {
                assert_eq!(code.0, wanted);
                diagnostics
            }
            other => panic!("{other:?}"),
        }
    }

    /// The client platform's end.
    async fn browse(&self, waiting: AwaitAdvert, request: &[u8]) -> Option<Vec<u8>> {
        let connect = async |join: &client::Join| self.tunnel.join(&join.path).await;
        let mut client = Client::join(waiting, &mut self.air.listen(), connect, &mut UnwrapErr(SysRng))
            .await
            .ok()?;
        let answer = client.ask(request).await.ok()?;
        client.shut_down().await.ok()?;
        Some(answer)
    }
}

fn start(
    config: &VaultConfig,
    tunnel: &WebSocketTunnel,
    air: &MemoryAir,
    folder: &TempDir,
    server: &Handle,
) -> App {
    let phones = Requester::new(
        air.clone(),
        WebSocketTunnels::plain_loopback(server.address()).unwrap(),
    );
    let dir = folder.path().to_owned();
    let (config, rebuilds) = Rebuilds::of(config.clone());
    let vault = Vault::open(config.clone()).unwrap();
    let device = Device::new(config, tunnel.clone(), air.clone(), dir.clone()).unwrap();
    let surroundings = Surroundings {
        bluetooth: Box::new(|| Box::pin(std::future::ready(Bluetooth::Ready))),
        tunnel: ChosenTunnel::new(TunnelDomain::GOOGLE, None),
        tunnel_is_fixed: true,
        program: "roamkey-app".into(),
        autostart: None,
        units: None,
        language: Language::English,
    };
    Controller::new(
        Remembers(watch::Sender::new(None)),
        device,
        vault,
        Box::new(phones),
        dir,
        surroundings,
        rebuilds,
    )
}

fn turn(view: &View) -> Option<Turn> {
    match &view.sign_in {
        SignIn::Question(question) => Some(question.turn),
        _ => None,
    }
}

fn registration() -> Vec<u8> {
    let mut site = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let options = site
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    Registering::new(&options, ORIGIN).unwrap().request().to_vec()
}

fn code(made: u64) -> AwaitAdvert {
    let request = client::Request {
        hint: Hint::MakeCredential,
        now: made,
        supports_linking: false,
    };
    client::begin(request, &mut UnwrapErr(SysRng))
}

const RP_ID: &str = "login.example.org";
const ORIGIN: &str = "https://login.example.org";
const PIN: &str = "2718";
const LIMIT: Duration = Duration::from_secs(20);
/// The rule under test is one of time.
/// Lets the second pass that a question waits for before a yes counts.
async fn a_second_passes() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_millis(1001)).await;
    tokio::time::resume();
}
