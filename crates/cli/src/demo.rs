//! `roamkey demo`: a registration and a sign-in, both ends on this machine.
//!
//! Everything is the real code: QR code, tunnel server and WebSockets, advert, handshake, authenticator, vault. Three
//! things stand in for hardware and people: an air in memory, a keyring in memory, and the answers of a script. The
//! relying party verifies with a server library that is not ours.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use rand::rngs::SysRng;
use rand_core::UnwrapErr;
use roamkey_device::hybrid::client::{self, AwaitAdvert};
use roamkey_device::tunnel::WebSocketTunnel;
use roamkey_device::vault::{Backend, Pin, VaultConfig};
use roamkey_device::{Code, Device, Done, Hint, TunnelDomain, now};
use roamkey_testkit::air::MemoryAir;
use roamkey_testkit::client::Client;
use roamkey_testkit::memory_keyring::memory_keyring;
use roamkey_testkit::relying_party::client_platform::{Registering, SigningIn};
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_tunnel_server::{Config, Server};
use zeroize::Zeroizing;

use crate::person::{Answers, Person};
use crate::report::Reporter;

/// `roamkey demo`
#[derive(clap::Args, Debug)]
pub(crate) struct Demo {
    /// Leave the QR codes out.
    #[arg(long)]
    no_codes: bool,
}

/// Runs the command and returns the exit code.
pub(crate) async fn run(args: Demo) -> u8 {
    let reporter = Reporter::new(false);
    match Box::pin(Stage::play(&args, &reporter)).await {
        Ok(()) => 0,
        Err(error) => {
            reporter.note(&format!("the demo failed: {error}"));
            roamkey_device::exit::INTERNAL
        }
    }
}

/// What both ends share.
struct Stage<'a> {
    device: Device<WebSocketTunnel, MemoryAir>,
    air: MemoryAir,
    tunnel: WebSocketTunnel,
    relying_party: RelyingParty,
    reporter: &'a Reporter,
    codes: bool,
}

impl<'a> Stage<'a> {
    async fn play(args: &Demo, reporter: &'a Reporter) -> Result<(), Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let server = Server::spawn(Config::plain(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
        let domain = TunnelDomain::new(TUNNEL)?;
        reporter.note(&format!(
            "tunnel server on {}, in the role of {}",
            server.address(),
            domain.host()
        ));

        let tunnel = WebSocketTunnel::plain_loopback(domain, server.address())?;
        let vault = VaultConfig::new(folder.path()).backend(Backend::other(memory_keyring()?));
        let air = MemoryAir::new();
        let device = Device::new(vault, tunnel.clone(), air.clone(), folder.path().to_owned())?;
        device.pin().set(Pin::new(PIN.to_owned())?).await?;
        reporter.note(&format!(
            "relying party {RP_ID}; keyring and air in memory; the PIN is {PIN}"
        ));

        let relying_party = RelyingParty::new(RP_ID, ORIGIN)?;
        let mut stage = Self {
            device,
            air,
            tunnel,
            relying_party,
            reporter,
            codes: !args.no_codes,
        };
        stage.register().await?;
        stage.sign_in().await?;
        server.drain(Duration::from_secs(1)).await;
        Ok(())
    }

    async fn register(&mut self) -> Result<(), Box<dyn Error>> {
        self.reporter.show("\n  1. Create a passkey\n");
        let options = self
            .relying_party
            .registration_options(&RegistrationRequest::of("alice"))?;
        let registering = Registering::new(&options, ORIGIN)?;
        let answer = self
            .transact(Hint::MakeCredential, registering.request(), Done::Created)
            .await?;
        let registered = self
            .relying_party
            .register(&registering.finish(&answer)?.response)?;
        self.reporter.note(&format!(
            "relying party: registered {} ({:?}, user verified: {})",
            registered.account, registered.algorithm, registered.user_verified
        ));
        Ok(())
    }

    async fn sign_in(&mut self) -> Result<(), Box<dyn Error>> {
        self.reporter.show("\n  2. Sign in with it\n");
        let options = self
            .relying_party
            .authentication_options(&AuthenticationRequest::discoverable())?;
        let signing_in = SigningIn::new(&options, ORIGIN)?;
        let answer = self
            .transact(Hint::GetAssertion, signing_in.request(), Done::SignedIn)
            .await?;
        let signed_in = self
            .relying_party
            .authenticate(&signing_in.finish(&answer)?.response)?;
        self.reporter.note(&format!(
            "relying party: {} is signed in (user verified: {})",
            signed_in.account, signed_in.user_verified
        ));
        Ok(())
    }

    /// One hybrid transaction: the browser's end and the device's, at the same time.
    async fn transact(&self, hint: Hint, request: &[u8], expected: Done) -> Result<Vec<u8>, Box<dyn Error>> {
        let request_code = client::Request {
            hint,
            now: now().0,
            supports_linking: false,
        };
        let waiting = client::begin(request_code, &mut UnwrapErr(SysRng));
        self.reporter.note("browser: shows the QR code");
        if self.codes {
            self.reporter.show(&drawn(waiting.qr_text())?);
        }
        let sign_in = self.device.read(&Code::from_text(waiting.qr_text()))?;
        let answers = Answers::Script {
            pin: Some(Zeroizing::new(PIN.to_owned())),
        };
        let person = Person::new(
            answers,
            self.device.verification(),
            sign_in.source(),
            self.reporter,
        );
        let (done, answer) = tokio::join!(self.device.run(sign_in, &person), self.browse(waiting, request));
        let answer = answer?;
        if done? != expected {
            return Err("the device did something else".into());
        }
        Ok(answer)
    }

    /// The browser's end.
    async fn browse(&self, waiting: AwaitAdvert, request: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut heard = None;
        let connect = async |join: &client::Join| {
            heard = Some(Instant::now());
            self.reporter.note("browser: heard the advert, joins the tunnel");
            self.tunnel.join(&join.path).await
        };
        let mut client =
            Client::join(waiting, &mut self.air.listen(), connect, &mut UnwrapErr(SysRng)).await?;
        let answer = client.ask(request).await?;
        if let Some(heard) = heard {
            let took = heard.elapsed().as_secs_f64() * 1000.0;
            self.reporter
                .note(&format!("browser: has its answer {took:.1} ms after the advert"));
        }
        client.shut_down().await?;
        Ok(answer)
    }
}

/// The QR code in half blocks, with the quiet zone that a camera needs.
fn drawn(text: &str) -> Result<String, qrcode::types::QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L)?;
    let drawn = code.render::<Dense1x2>().quiet_zone(true).build();
    Ok(drawn.lines().map(|line| format!("    {line}\n")).collect())
}

/// A hashed service id; nobody is asked for the name, the server is on loopback.
const TUNNEL: u16 = 266;
const RP_ID: &str = "login.example.org";
const ORIGIN: &str = "https://login.example.org";
const PIN: &str = "2468";
