//! Signs a person in to a command-line tool with the passkey on their phone.
//!
//! ```text
//! cargo run -p roamkey-device --example sign_in -- https://login.example.org registration.json
//! ```
//!
//! `registration.json` is what `roamkey request create` printed when the person registered; a real tool would have
//! kept credential ID and public key at its server, and would let that verify the response.

use std::error::Error;

use rand::TryRng as _;
use roamkey_device::webauthn::{KnownPasskey, Origin, RequestOptions, SignatureCheck};
use roamkey_device::{RequestEvent, Requester};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(origin), Some(file)) = (arguments.next(), arguments.next()) else {
        return Err("usage: sign_in ORIGIN REGISTRATION".into());
    };
    let registered = KnownPasskey::from_registration_json(&std::fs::read_to_string(file)?)?;

    let mut challenge = vec![0; 32];
    rand::rngs::SysRng.try_fill_bytes(&mut challenge)?;
    let options = RequestOptions::new(challenge);

    let requester = Requester::system(None);
    let mut pending = requester
        .sign_in(&Origin::parse(&origin)?, options, vec![registered])
        .await?;
    eprintln!("{}\n{}", pending.picture()?.to_terminal(), pending.link());

    while let Some(event) = pending.next().await {
        match event {
            RequestEvent::Done(done) if done.check == SignatureCheck::Verified => {
                eprintln!("Welcome back.");
                return Ok(());
            }
            RequestEvent::Done(_) => return Err("this is somebody else's passkey".into()),
            RequestEvent::Failed(failure) => return Err(failure.into()),
            RequestEvent::Nearby | RequestEvent::Connecting | RequestEvent::Secured => {}
            RequestEvent::AskOnPhone => eprintln!("Answer on the phone."),
        }
    }
    Err("nobody answered".into())
}
