//! The relying party's website, for a real browser: `http://localhost:PORT`, which browsers treat as secure.
//!
//! ```text
//! GET  /                        page.html: register(request), signIn(request), stop()
//! POST /registration/options    RegistrationRequest   → creation options
//! POST /registration/verify     registration response → Registered
//! POST /authentication/options  AuthenticationRequest → request options
//! POST /authentication/verify   authentication response → SignedIn
//! ```
//! Anything the relying party objects to is status 422 with `{"error": "…"}`, causes included.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{AuthenticationRequest, RegistrationRequest, RelyingParty, RelyingPartyError};

/// A website on loopback. Dropping it closes it.
#[derive(Debug)]
pub struct Site {
    origin: String,
    relying_party: Shared,
    server: JoinHandle<()>,
}

type Shared = Arc<Mutex<RelyingParty>>;

impl Site {
    /// Opens the site on a free port of 127.0.0.1 with the RP ID `localhost`. Needs a Tokio runtime.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let origin = format!("http://localhost:{}", listener.local_addr()?.port());
        let relying_party = RelyingParty::new("localhost", &origin).map_err(io::Error::other)?;
        let relying_party = Arc::new(Mutex::new(relying_party));
        let routes = Router::new()
            .route("/", get(async || Html(PAGE)))
            .route("/registration/options", post(registration_options))
            .route("/registration/verify", post(registration_verify))
            .route("/authentication/options", post(authentication_options))
            .route("/authentication/verify", post(authentication_verify))
            .with_state(Arc::clone(&relying_party));
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                tracing::error!(%error, "the test site stopped");
            }
        });
        Ok(Self {
            origin,
            relying_party,
            server,
        })
    }

    /// The site's origin, `http://localhost:PORT`; its one page is at `/`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The relying party behind the site.
    pub fn relying_party(&self) -> MutexGuard<'_, RelyingParty> {
        locked(&self.relying_party)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn registration_options(
    State(rp): State<Shared>,
    Json(request): Json<RegistrationRequest>,
) -> Response {
    answer(locked(&rp).registration_options(&request))
}

async fn registration_verify(State(rp): State<Shared>, Json(response): Json<Value>) -> Response {
    answer(locked(&rp).register(&response))
}

async fn authentication_options(
    State(rp): State<Shared>,
    Json(request): Json<AuthenticationRequest>,
) -> Response {
    answer(locked(&rp).authentication_options(&request))
}

async fn authentication_verify(State(rp): State<Shared>, Json(response): Json<Value>) -> Response {
    answer(locked(&rp).authenticate(&response))
}

fn answer(result: Result<impl Serialize, RelyingPartyError>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                text = format!("{text}: {error}");
                cause = error.source();
            }
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": text }))).into_response()
        }
    }
}

fn locked(rp: &Shared) -> MutexGuard<'_, RelyingParty> {
    rp.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The page, see its own comment.
const PAGE: &str = include_str!("page.html");
