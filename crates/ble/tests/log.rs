//! What is logged. Alone in its process, as it takes the process's one log.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::{Arc, Mutex, PoisonError};

use roamkey_session::{Advertising as _, Air as _};

use common::{Host, advert, bytes};

#[tokio::test]
async fn logs_nothing_of_the_advert_at_any_level() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .init();
    let host = Host::start().await;
    let on_air = host.advertiser.advertise(&advert(0xB0)).await.unwrap();
    on_air.stop().await;

    let text = String::from_utf8(log.0.lock().unwrap().clone())
        .unwrap()
        .to_lowercase();
    assert!(text.contains("advert on air") && text.contains("advert off air"));
    let part = &bytes(0xB0)[..4];
    let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
    let decimal = part.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    assert!(!text.contains(&hex) && !text.contains(&decimal));
}

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl tracing_subscriber::fmt::MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
