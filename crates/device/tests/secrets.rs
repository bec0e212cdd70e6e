//! Logging at TRACE, a whole registration and sign-in print no secret, no QR text, no advert, no site, no account, no
//! credential ID and no payload. One test in a process of its own: the log is everybody's.

#![allow(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    reason = "a test stops where it fails"
)]

mod stage;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use roamkey_device::tunnel::{Sites, WebSocketTunnels};
use roamkey_device::webauthn::{Origin, RequestOptions};
use roamkey_device::{Code, Requester, now};
use roamkey_testkit::relying_party::client_platform::Registering;
use roamkey_testkit::relying_party::{RegistrationRequest, RelyingParty};
use roamkey_testkit::user::{Reaction, ScriptedUser};
use roamkey_testkit::web_site::{Answer, WebSite};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use stage::{PIN, Stage, code};

const RP_ID: &str = "very-private-site.example";
const ORIGIN: &str = "https://very-private-site.example";
const RELATED: &str = "https://very-private-other.example";
const ACCOUNT: &str = "a-very-private-account";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The ways in which bytes get into a log: hex, base64, a list of numbers. Any 8 bytes in a row are too many.
fn traces(bytes: &[u8]) -> Vec<String> {
    let forms = |window: &[u8]| {
        let list: Vec<String> = window.iter().map(u8::to_string).collect();
        [hex::encode(window), hex::encode_upper(window), list.join(", ")]
    };
    bytes.windows(8).step_by(4).flat_map(forms).collect()
}

#[tokio::test]
async fn a_whole_transaction_logs_nothing_that_is_nobodys_business() {
    let log = Log::default();
    // Our own crates: what `roamkey -vvv` prints.
    let ours = tracing_subscriber::filter::filter_fn(|meta| meta.target().starts_with("roamkey"));
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(log.clone())
        .with_ansi(false);
    let subscriber = tracing_subscriber::registry().with(tracing_subscriber::Layer::with_filter(layer, ours));
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let stage = Stage::new();
    let mut heard = stage.air.listen();
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();
    let options = rp
        .registration_options(&RegistrationRequest::of(ACCOUNT))
        .unwrap();
    let registering = Registering::new(&options, ORIGIN).unwrap();
    let request = registering.request().to_vec();
    let waiting = code(now().0);
    let text = waiting.qr_text().to_owned();
    let sign_in = stage.device.read(&Code::from_text(&text)).unwrap();
    let user = ScriptedUser::new(Reaction::Approve(0));
    let (done, answer, advert) = tokio::join!(
        stage.device.run(sign_in, &user),
        stage.browse(waiting, &request),
        heard.next()
    );
    done.unwrap();
    let answer = answer.unwrap().bytes;
    stage
        .device
        .pin()
        .verify(stage::pin("wrong horse"))
        .await
        .unwrap_err();

    // The other way round: this machine asks, with a secret of the site's in what comes back.
    let tunnels = WebSocketTunnels::plain_loopback(stage.server.address()).unwrap();
    let requester = Requester::new(stage.air.clone(), tunnels);
    let options =
        json!({ "challenge": "AAECAw", "extensions": { "prf": { "eval": { "first": "c2VjcmV0" } } } });
    let options = RequestOptions::from_json(&options.to_string()).unwrap();
    let pending = requester
        .sign_in(&Origin::parse(ORIGIN).unwrap(), options, Vec::new())
        .await
        .unwrap();
    let link = pending.link().to_owned();
    let scanned = stage.device.read(&Code::from_text(&link)).unwrap();
    let (signed_in, done) = tokio::join!(pending.finished(), stage.device.run(scanned, &user));
    done.unwrap();
    let signed_in = signed_in.unwrap();
    let prf = signed_in.prf().unwrap().first;

    // From an origin of another domain, whose list is fetched.
    let list = format!(r#"{{"origins": ["{RELATED}"]}}"#);
    let site = WebSite::start(&[RP_ID], move |_| Answer::json(&list))
        .await
        .unwrap();
    let sites = Sites::new()
        .at(site.address().to_string().parse().unwrap())
        .with_roots(vec![site.root()]);
    let requester = requester.with_sites(Some(sites));
    for (origin, allowed) in [(RELATED, true), ("https://example.org", false)] {
        let options = json!({ "challenge": "AAECAw", "rpId": RP_ID }).to_string();
        let options = RequestOptions::from_json(&options).unwrap();
        let pending = requester
            .sign_in(&Origin::parse(origin).unwrap(), options, Vec::new())
            .await;
        assert_eq!(pending.is_ok(), allowed);
    }

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("answered")
            && log.contains("the phone replied")
            && log.contains("a list of related origins"),
        "the log is on:\n{log}"
    );
    for text in [
        RP_ID,
        "very-private-other",
        ACCOUNT,
        PIN,
        "wrong horse",
        &text[6..40],
        &text[60..100],
        &link[6..40],
        &link[60..100],
    ] {
        assert!(!log.contains(text), "{text} is in the log:\n{log}");
    }
    let asked = [
        traces(&signed_in.credential_id),
        traces(&signed_in.signature),
        traces(&prf),
    ]
    .concat();
    for trace in [traces(&request), traces(&answer), traces(&advert), asked].concat() {
        assert!(!log.contains(&trace), "{trace} is in the log:\n{log}");
    }
}
