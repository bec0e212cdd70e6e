//! ble.
