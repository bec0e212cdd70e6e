//! authenticator.
