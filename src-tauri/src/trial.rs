//! A site to try a phone with. It exists only here: nothing is sent to anybody but the phone, and what it makes is
//! forgotten when the app ends.

use std::fmt;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rand::TryRng as _;
use rand::rngs::SysRng;
use roamkey_device::session::{Scanner, Tunnels};
use roamkey_device::webauthn::{
    CreationOptions, KnownPasskey, Origin, Registration, RelyingParty, RequestOptions, SignIn, User,
};
use roamkey_device::{Pending, RequestFailure, Requester};

/// Asks a phone on behalf of the site.
pub trait Phones: Send + Sync {
    /// Asks for a new passkey.
    fn create(&self) -> BoxFuture<'_, Result<Pending<Registration>, RequestFailure>>;

    /// Asks for a sign-in with the passkey that was made before.
    fn sign_in(&self, known: KnownPasskey) -> BoxFuture<'_, Result<Pending<SignIn>, RequestFailure>>;
}

impl fmt::Debug for dyn Phones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phones")
    }
}

/// Domains under `.example` belong to nobody.
const ORIGIN: &str = "https://try.roamkey.example";

impl<S, T> Phones for Requester<S, T>
where
    S: Scanner + Send + Sync,
    S::Scanning: 'static,
    T: Tunnels + Clone + Send + Sync + 'static,
{
    fn create(&self) -> BoxFuture<'_, Result<Pending<Registration>, RequestFailure>> {
        async {
            let site = RelyingParty {
                id: None,
                name: "Roamkey (only to try)".to_owned(),
            };
            let user = User {
                id: random()?,
                name: "you".to_owned(),
                display_name: "You".to_owned(),
            };
            Self::create(self, &origin()?, CreationOptions::new(site, user, random()?)).await
        }
        .boxed()
    }

    fn sign_in(&self, known: KnownPasskey) -> BoxFuture<'_, Result<Pending<SignIn>, RequestFailure>> {
        async { Self::sign_in(self, &origin()?, RequestOptions::new(random()?), vec![known]).await }.boxed()
    }
}

fn origin() -> Result<Origin, RequestFailure> {
    Origin::parse(ORIGIN).map_err(RequestFailure::Origin)
}

fn random() -> Result<Vec<u8>, RequestFailure> {
    let mut bytes = vec![0; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| RequestFailure::Internal)?;
    Ok(bytes)
}
