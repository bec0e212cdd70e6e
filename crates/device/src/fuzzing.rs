//! Ways in for the fuzzers, to parsers that are not public. No part of the crate's interface.

use crate::recovery::Copies;
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

/// `copies.json`: whatever the bytes, copies that are written and read back, or nothing.
pub fn copies(bytes: &[u8]) {
    if let Some(copies) = Copies::parse(bytes) {
        let again = copies.to_bytes().ok().and_then(|bytes| Copies::parse(&bytes));
        assert!(
            again.is_some_and(|again| again == copies),
            "what is accepted is written so that it reads back"
        );
    }
}
