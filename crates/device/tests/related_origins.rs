//! Origins that an RP ID of another domain lists: from the list on a real TLS server to a sign-in that a server library
//! accepts; and each way in which there is no list.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod phone_stage;
mod stage;

use roamkey_device::tunnel::{Sites, WebSocketTunnels};
use roamkey_device::webauthn::{CreationOptions, Origin, RequestOptions};
use roamkey_device::{Code, ErrorCode, RequestFailure, Requester};
use roamkey_testkit::air::MemoryAir;
use roamkey_testkit::relying_party::{AuthenticationRequest, RegistrationRequest, RelyingParty};
use roamkey_testkit::user::{Reaction, ScriptedUser};
use roamkey_testkit::web_site::{Answer, WebSite};

use phone_stage::Both;

const RP_ID: &str = "example.com";
const ORIGIN: &str = "https://login.example.de";

async fn site(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> WebSite {
    WebSite::start(&[RP_ID], answer).await.unwrap()
}

fn sites(site: &WebSite) -> Sites {
    let address = site.address().to_string().parse().unwrap();
    Sites::new().at(address).with_roots(vec![site.root()])
}

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

fn options() -> RequestOptions {
    RequestOptions::from_json(r#"{"challenge": "AAECAw", "rpId": "example.com"}"#).unwrap()
}

#[tokio::test]
async fn a_listed_origin_registers_and_signs_in() {
    let site =
        site(|_| Answer::json(r#"{"origins": ["https://example.fr", "https://login.example.de"]}"#)).await;
    let both = Both::plain();
    let requester = both.requester.clone().with_sites(Some(sites(&site)));
    let user = ScriptedUser::new(Reaction::Approve(0));
    let mut rp = RelyingParty::new(RP_ID, ORIGIN).unwrap();

    let wish = rp
        .registration_options(&RegistrationRequest::of("alice"))
        .unwrap();
    let wish = CreationOptions::from_json(&wish.to_string()).unwrap();
    let pending = requester.create(&origin(ORIGIN), wish).await.unwrap();
    let scanned = both.device.read(&Code::from_text(pending.link())).unwrap();
    let (created, done) = tokio::join!(pending.finished(), both.device.run(scanned, &user));
    done.unwrap();
    rp.register(&created.unwrap().to_json()).unwrap();

    let wish = rp
        .authentication_options(&AuthenticationRequest::of("alice"))
        .unwrap();
    let wish = RequestOptions::from_json(&wish.to_string()).unwrap();
    let pending = requester
        .sign_in(&origin(ORIGIN), wish, Vec::new())
        .await
        .unwrap();
    let scanned = both.device.read(&Code::from_text(pending.link())).unwrap();
    let (signed_in, done) = tokio::join!(pending.finished(), both.device.run(scanned, &user));
    done.unwrap();
    assert_eq!(
        rp.authenticate(&signed_in.unwrap().to_json()).unwrap().account,
        "alice"
    );
    assert_eq!(site.requests().len(), 2, "once for each");
}

async fn refused(requester: &Requester<MemoryAir, WebSocketTunnels>, from: &str) -> RequestFailure {
    requester
        .sign_in(&origin(from), options(), Vec::new())
        .await
        .unwrap_err()
}

#[tokio::test]
async fn each_way_without_a_list_has_its_code_and_no_code_is_shown() {
    let both = Both::plain();
    let json = |body: &'static str| move |_: &str| Answer::json(body);
    let of = async |answer: Box<dyn Fn(&str) -> Answer + Send + Sync>| {
        let site = site(answer).await;
        let requester = both.requester.clone().with_sites(Some(sites(&site)));
        let failure = refused(&requester, ORIGIN).await;
        let detail = failure.detail().unwrap();
        assert!(!detail.contains("example"), "no site in {detail}");
        failure.code()
    };
    assert_eq!(
        of(Box::new(json(r#"{"origins": ["https://example.de"]}"#))).await,
        ErrorCode::OriginNotRelated
    );
    let missing = |_: &str| Answer::response("HTTP/1.1 404 Not Found", b"");
    assert_eq!(of(Box::new(missing)).await, ErrorCode::OriginNotRelated);
    for body in ["", "[]", "{}", r#"{"origins": [1]}"#] {
        assert_eq!(
            of(Box::new(json(body))).await,
            ErrorCode::RelatedOriginsInvalid,
            "{body}"
        );
    }
    let broken = |_: &str| Answer::response("HTTP/1.1 500 Oh\r\nContent-Type: application/json", b"{}");
    assert_eq!(of(Box::new(broken)).await, ErrorCode::RelatedOriginsInvalid);
    let portal = |_: &str| Answer::redirect(302, "http://portal.example/");
    assert_eq!(of(Box::new(portal)).await, ErrorCode::RelatedOriginsInvalid);
    let closes = |_: &str| Answer {
        bytes: Vec::new(),
        hold: false,
    };
    assert_eq!(of(Box::new(closes)).await, ErrorCode::RelatedOriginsUnreachable);
    assert!(both.air.on_air().is_empty());
}

#[tokio::test]
async fn nothing_is_fetched_where_no_list_can_help() {
    let site = site(|_| Answer::json(r#"{"origins": ["https://login.example.de"]}"#)).await;
    let both = Both::plain();
    let requester = both.requester.clone().with_sites(Some(sites(&site)));
    let own = requester
        .sign_in(&origin("https://login.example.com"), options(), Vec::new())
        .await;
    own.unwrap().cancel().await;
    for rp_id in [
        "de",
        "co.uk",
        "localhost",
        "127.0.0.1",
        "example.com:443",
        "EXAMPLE.COM",
    ] {
        let wish = format!(r#"{{"challenge": "AAECAw", "rpId": "{rp_id}"}}"#);
        let wish = RequestOptions::from_json(&wish).unwrap();
        let failure = requester
            .sign_in(&origin(ORIGIN), wish, Vec::new())
            .await
            .unwrap_err();
        assert_eq!(failure.code(), ErrorCode::RpIdMismatch, "{rp_id}");
    }
    let without = both.requester.clone().with_sites(None);
    assert_eq!(refused(&without, ORIGIN).await.code(), ErrorCode::RpIdMismatch);
    assert!(site.requests().is_empty());
}
