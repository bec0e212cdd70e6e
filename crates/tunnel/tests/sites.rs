//! Fetching a site's list, from a real TLS server on loopback: what is asked, what is taken, and each thing that a site
//! may do wrongly.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::time::Duration;

use roamkey_testkit::web_site::{Answer, WebSite};
use roamkey_tunnel::{Address, SiteError, Sites};

const HOSTS: [&str; 2] = ["example.com", "www.example.com"];
const URL: &str = "https://example.com/.well-known/webauthn";
const MOST: usize = 1000;

fn sites(site: &WebSite) -> Sites {
    let address = site.address().to_string().parse().unwrap();
    Sites::new().at(address).with_roots(vec![site.root()])
}

async fn fetched(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Result<Vec<u8>, SiteError> {
    let site = WebSite::start(&HOSTS, answer).await.unwrap();
    sites(&site).json(URL, MOST).await
}

fn typed(kind: &str) -> Answer {
    Answer::response(&format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}"), b"{}")
}

#[tokio::test]
async fn a_document_is_asked_for_without_credentials_and_without_a_referrer() {
    let site = WebSite::start(&HOSTS, |_| Answer::json(r#"{"origins": []}"#))
        .await
        .unwrap();
    assert_eq!(sites(&site).json(URL, MOST).await.unwrap(), br#"{"origins": []}"#);
    let [request] = site.requests().try_into().unwrap();
    let mut lines: Vec<String> = request.lines().map(str::to_ascii_lowercase).collect();
    lines.retain(|line| !line.is_empty());
    assert_eq!(lines.remove(0), "get /.well-known/webauthn http/1.1");
    lines.sort();
    let names: Vec<&str> = lines.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(names, ["accept", "connection", "host", "user-agent"]);
    assert!(lines.contains(&"host: example.com".to_owned()));
}

#[tokio::test]
async fn json_is_taken_whatever_its_parameters_and_however_it_ends() {
    for kind in [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/json ;x",
    ] {
        let kind = kind.to_owned();
        assert_eq!(fetched(move |_| typed(&kind)).await.unwrap(), b"{}");
    }
    let chunked = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
                   1\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
    let until_closed = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}";
    for text in [chunked, until_closed] {
        let bytes = text.as_bytes().to_vec();
        let answer = Answer { bytes, hold: false };
        assert_eq!(fetched(move |_| answer.clone()).await.unwrap(), b"{}", "{text}");
    }
}

#[tokio::test]
async fn redirects_are_followed_within_https() {
    for status in [301, 302, 303, 307, 308] {
        let site = WebSite::start(&HOSTS, move |request| {
            match request.contains("Host: www.example.com") || request.contains("host: www.example.com") {
                true => Answer::json("{}"),
                false => Answer::redirect(status, "https://www.example.com/list?a=b#here"),
            }
        });
        let site = site.await.unwrap();
        assert_eq!(sites(&site).json(URL, MOST).await.unwrap(), b"{}");
        assert!(site.requests()[1].starts_with("GET /list?a=b HTTP/1.1\r\n"));
    }
    let relative = fetched(|request| match request.starts_with("GET /here ") {
        true => Answer::json("{}"),
        false => Answer::redirect(302, "/here"),
    });
    assert_eq!(relative.await.unwrap(), b"{}");
}

#[tokio::test]
async fn redirects_out_of_https_and_without_an_end_are_refused() {
    for location in ["http://example.com/list", "data:application/json,{}", "https://"] {
        let error = fetched(move |_| Answer::redirect(302, location))
            .await
            .unwrap_err();
        assert!(matches!(error, SiteError::NotHttps), "{location}: {error:?}");
    }
    let site = WebSite::start(&HOSTS, |_| Answer::redirect(302, "/again"))
        .await
        .unwrap();
    let error = sites(&site).json(URL, MOST).await.unwrap_err();
    assert!(matches!(error, SiteError::Redirects), "{error:?}");
    assert_eq!(site.requests().len(), 21);
    let nowhere = fetched(|_| Answer::response("HTTP/1.1 302 Found", b""))
        .await
        .unwrap_err();
    assert!(matches!(nowhere, SiteError::Status(302)), "{nowhere:?}");
}

#[tokio::test]
async fn what_is_no_document_of_the_right_kind_is_told_apart() {
    for status in [204, 404, 500] {
        let head = format!("HTTP/1.1 {status} Something\r\nContent-Type: application/json");
        let error = fetched(move |_| Answer::response(&head, b"")).await.unwrap_err();
        assert!(matches!(error, SiteError::Status(s) if s == status), "{error:?}");
    }
    for kind in [
        "text/html",
        "application/jsonp",
        "",
        "text/plain; application/json",
    ] {
        let error = fetched(move |_| typed(kind)).await.unwrap_err();
        assert!(matches!(error, SiteError::NotJson), "{kind}: {error:?}");
    }
    let untyped = fetched(|_| Answer::response("HTTP/1.1 200 OK", b"{}"))
        .await
        .unwrap_err();
    assert!(matches!(untyped, SiteError::NotJson));
    // One that says how long it is, and one that only ends with the connection, which it keeps open.
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
    let long = fetched(move |_| Answer::response(head, &[b' '; MOST + 1]))
        .await
        .unwrap_err();
    assert!(matches!(long, SiteError::TooLong), "{long:?}");
    let endless = Answer {
        bytes: [head.as_bytes(), b"\r\n\r\n", &[b' '; 2 * MOST]].concat(),
        hold: true,
    };
    let endless = fetched(move |_| endless.clone()).await.unwrap_err();
    assert!(matches!(endless, SiteError::TooLong), "{endless:?}");
}

#[tokio::test]
async fn what_is_no_http_and_what_breaks_off_is_told_apart() {
    let raw = |text: &str| {
        let bytes = text.as_bytes().to_vec();
        fetched(move |_| Answer {
            bytes: bytes.clone(),
            hold: false,
        })
    };
    let garbage = raw("SSH-2.0-OpenSSH_9.2\r\n\r\n").await.unwrap_err();
    assert!(matches!(garbage, SiteError::Protocol(_)), "{garbage:?}");
    for text in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}",
    ] {
        let cut = raw(text).await.unwrap_err();
        assert!(matches!(cut, SiteError::Failed(_)), "{text}: {cut:?}");
    }
}

#[tokio::test]
async fn a_site_that_is_not_there_or_not_itself_or_silent_is_told_apart() {
    let site = WebSite::start(&["example.org"], |_| Answer::json("{}"))
        .await
        .unwrap();
    let other_name = sites(&site).json(URL, MOST).await.unwrap_err();
    assert!(matches!(other_name, SiteError::Tls(_)), "{other_name:?}");
    assert!(site.requests().is_empty());

    let site = WebSite::start(&HOSTS, |_| Answer {
        bytes: Vec::new(),
        hold: true,
    })
    .await
    .unwrap();
    let impatient = sites(&site).with_limit(Duration::from_millis(200));
    let silent = impatient.json(URL, MOST).await.unwrap_err();
    assert!(matches!(silent, SiteError::TimedOut), "{silent:?}");

    let address: Address = site.address().to_string().parse().unwrap();
    drop(site);
    let gone = Sites::new()
        .at(address)
        .with_roots(Vec::new())
        .json(URL, MOST)
        .await
        .unwrap_err();
    assert!(matches!(gone, SiteError::Unreachable(_)), "{gone:?}");
}
