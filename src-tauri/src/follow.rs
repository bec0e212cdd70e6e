//! A code that waits for a phone, and how far the phone is: the same wherever it is shown.

use roamkey_device::{Pending, RequestEvent, RequestFailure};

use crate::view::PhoneStage;

/// What there is to show.
#[derive(Debug)]
pub(crate) enum Shown {
    /// The code.
    Code {
        /// As SVG.
        picture: String,
        /// As text.
        link: String,
        /// How long it is good for.
        seconds: u32,
    },
    /// The phone came.
    Meeting(PhoneStage),
}

/// Shows the code, then how far it is, to the end.
pub(crate) async fn follow<O>(pending: &mut Pending<O>, show: impl Fn(Shown)) -> Result<O, RequestFailure> {
    show(Shown::Code {
        picture: pending.picture()?.to_svg(),
        link: pending.link().to_owned(),
        seconds: CODE_SECONDS,
    });
    while let Some(event) = pending.next().await {
        show(Shown::Meeting(match event {
            RequestEvent::Nearby => PhoneStage::Nearby,
            RequestEvent::Connecting => PhoneStage::Connecting,
            RequestEvent::Secured => PhoneStage::Secured,
            RequestEvent::AskOnPhone => PhoneStage::AskOnPhone,
            RequestEvent::Done(done) => return Ok(done),
            RequestEvent::Failed(failure) => return Err(failure),
        }));
    }
    Err(RequestFailure::Internal)
}

/// As long as phones take a code for fresh.
const CODE_SECONDS: u32 = 300;
