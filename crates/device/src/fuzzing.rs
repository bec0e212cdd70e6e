//! Ways in for the fuzzers, to parsers that are not public. No part of the crate's interface.

use crate::settings::Settings;

/// `settings.toml`: whatever the bytes, settings that are written and read back, or an error.
pub fn settings(bytes: &[u8]) {
    if let Ok(settings) = Settings::parse(bytes) {
        let again = Settings::parse(settings.to_text().as_bytes());
        assert!(
            again.is_ok_and(|again| again == settings),
            "what is accepted is written so that it reads back"
        );
    }
}
