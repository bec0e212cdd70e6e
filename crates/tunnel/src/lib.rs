//! tunnel.
