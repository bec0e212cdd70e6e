//! ctap.
