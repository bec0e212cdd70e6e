//! Asks a tunnel service for a tunnel that nobody will use: whether it works, and what time it is there.

use std::time::SystemTime;

use roamkey_hybrid::{TunnelId, paths};
use roamkey_session::{DataChannel as _, TunnelError};

use crate::WebSocketTunnel;
use crate::upgrade::routing_id;

/// What a tunnel service that works said about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The time in its answer, to the second; services need not tell.
    pub time: Option<SystemTime>,
}

impl WebSocketTunnel {
    /// Looks the service up, connects, opens a tunnel under `tunnel_id` and closes it again.
    ///
    /// # Errors
    ///
    /// The step that failed.
    pub async fn probe(&self, tunnel_id: &TunnelId) -> Result<Probe, TunnelError> {
        let (channel, response) = self.connect(&paths::new_tunnel(tunnel_id)).await?;
        routing_id(&response)?;
        let date = response.headers().get("Date");
        let time = date
            .and_then(|date| date.to_str().ok())
            .and_then(|date| httpdate::parse_http_date(date).ok());
        channel.close().await;
        Ok(Probe { time })
    }

    /// The service's own host name.
    #[must_use]
    pub fn host(&self) -> String {
        self.domain.host()
    }

    /// Where it connects to: `HOST:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }
}
