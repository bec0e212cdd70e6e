//! What the client platform is about to ask for (CTAP 2.3 §11.5.1).

/// What the client platform is about to ask for. It serves the display only: the request that follows may differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// `ga`, a sign-in. Also what an unknown or missing hint means.
    #[default]
    GetAssertion,
    /// `mc`, a registration.
    MakeCredential,
    /// `dcp`, showing a digital credential.
    CredentialPresentation,
    /// `dci`, receiving a digital credential.
    CredentialIssuance,
}

impl Hint {
    /// The hint on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GetAssertion => "ga",
            Self::MakeCredential => "mc",
            Self::CredentialPresentation => "dcp",
            Self::CredentialIssuance => "dci",
        }
    }

    /// Reads a hint of the wire; an unknown one is [`Hint::GetAssertion`].
    #[must_use]
    pub fn from_wire(text: &str) -> Self {
        [
            Self::MakeCredential,
            Self::CredentialPresentation,
            Self::CredentialIssuance,
        ]
        .into_iter()
        .find(|hint| hint.as_str() == text)
        .unwrap_or_default()
    }
}
