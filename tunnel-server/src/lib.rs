//! Tunnel service.
