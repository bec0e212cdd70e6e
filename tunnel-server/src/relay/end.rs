//! How a tunnel ends: the close code on the wire, the fault behind it, the reason in logs and metrics.

/// A WebSocket close code (RFC 6455 §7.4) that may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseCode(u16);

impl CloseCode {
    /// The transaction is over.
    pub const NORMAL: Self = Self(1000);
    /// The other side vanished, or the service shuts down.
    pub const AWAY: Self = Self(1001);
    /// The frames break RFC 6455.
    pub const PROTOCOL: Self = Self(1002);
    /// A text message; only binary ones are relayed.
    pub const UNSUPPORTED: Self = Self(1003);
    /// A limit of the service was reached.
    pub const POLICY: Self = Self(1008);
    /// One message was too big.
    pub const TOO_BIG: Self = Self(1009);

    /// The code to pass on for one that a peer sent; without one (RFC 6455: 1005) it is [`Self::NORMAL`].
    #[must_use]
    pub fn passed_on(received: Option<u16>) -> Self {
        match received {
            Some(code @ (1000..=1003 | 1007..=1014 | 3000..=4999)) => Self(code),
            None => Self::NORMAL,
            Some(_) => Self::PROTOCOL,
        }
    }

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }
}

/// What a peer did wrong inside an open tunnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It sent a text message.
    Text,
    /// It sent a message above the size limit.
    TooBig,
    /// It sent more messages or bytes than a tunnel may carry.
    TooMuch,
    /// It broke the framing.
    Framing,
}

impl Fault {
    /// What the peer that did it is told.
    pub(super) fn code(self) -> CloseCode {
        match self {
            Self::Text => CloseCode::UNSUPPORTED,
            Self::TooBig => CloseCode::TOO_BIG,
            Self::TooMuch => CloseCode::POLICY,
            Self::Framing => CloseCode::PROTOCOL,
        }
    }
}

/// Why a tunnel ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// One side closed it.
    Closed,
    /// One side vanished without a close frame.
    Lost,
    /// Nobody joined in time.
    NotJoined,
    /// No message for too long.
    Idle,
    /// One side did not take what was sent to it.
    Stalled,
    /// It lived too long.
    TooOld,
    /// One side broke a rule.
    Fault(Fault),
    /// The service shut down.
    Drained,
}

impl Outcome {
    /// Each of them; of the faults, one of a kind.
    pub const ALL: [Self; 11] = [
        Self::Closed,
        Self::Lost,
        Self::NotJoined,
        Self::Idle,
        Self::Stalled,
        Self::TooOld,
        Self::Drained,
        Self::Fault(Fault::Text),
        Self::Fault(Fault::TooBig),
        Self::Fault(Fault::TooMuch),
        Self::Fault(Fault::Framing),
    ];

    /// The word in metrics.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Lost => "lost",
            Self::NotJoined => "not_joined",
            Self::Idle => "idle",
            Self::Stalled => "stalled",
            Self::TooOld => "too_old",
            Self::Drained => "drained",
            Self::Fault(Fault::Text) => "text_message",
            Self::Fault(Fault::TooBig) => "message_too_big",
            Self::Fault(Fault::TooMuch) => "too_many_messages",
            Self::Fault(Fault::Framing) => "bad_framing",
        }
    }
}
