//! The language that the app speaks: the person's choice, or else the session's.

use roamkey_device::exchange::SheetLanguage;

use crate::view::{Language, Settings};

/// A language that there are texts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    English,
    German,
    Japanese,
    Arabic,
}

impl Spoken {
    /// The one in use.
    pub(crate) fn of(settings: &Settings) -> Self {
        named(settings.language)
            .or_else(|| named(settings.system_language))
            .unwrap_or(Self::English)
    }
}

/// `None` where the choice is left to somebody else. The language for tests is made of English, in the window only.
fn named(language: Language) -> Option<Spoken> {
    match language {
        Language::System => None,
        Language::English | Language::Pseudo => Some(Spoken::English),
        Language::German => Some(Spoken::German),
        Language::Japanese => Some(Spoken::Japanese),
        Language::Arabic => Some(Spoken::Arabic),
    }
}

impl From<Spoken> for SheetLanguage {
    fn from(spoken: Spoken) -> Self {
        match spoken {
            Spoken::English => Self::English,
            Spoken::German => Self::German,
            Spoken::Japanese => Self::Japanese,
            Spoken::Arabic => Self::Arabic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_counts_then_the_session_then_english() {
        for (chosen, system, spoken) in [
            (Language::German, Language::Japanese, Spoken::German),
            (Language::System, Language::Japanese, Spoken::Japanese),
            (Language::System, Language::System, Spoken::English),
            (Language::Pseudo, Language::Arabic, Spoken::English),
        ] {
            let found = named(chosen).or_else(|| named(system)).unwrap_or(Spoken::English);
            assert_eq!(found, spoken, "{chosen:?}, {system:?}");
        }
    }
}
