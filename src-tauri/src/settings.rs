//! What the app remembers besides the passkeys: files in the folder of the device. One that can't be written is a
//! setting that is asked for again, and no more.
//!
//! ```text
//! welcomed    its being there says that the first start is over
//! app.toml    theme, language, and the tips that were shown
//! ```

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use roamkey_device::ErrorCode;
use serde::Deserialize;

use crate::view::{Language, Theme, Tip};

/// The settings of the app.
#[derive(Debug)]
pub(crate) struct Settings {
    dir: PathBuf,
}

/// What the person chose about how the app looks and speaks, and what it has told them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) theme: Theme,
    pub(crate) language: Language,
    /// The tips that were shown, the latest first.
    pub(crate) tips: Vec<Tip>,
}

/// The file, as it is read.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    theme: Theme,
    language: Language,
    tips: Vec<Tip>,
}

const WELCOMED: &str = "welcomed";
const CHOSEN: &str = "app.toml";
/// A few lines; anything larger is not ours.
const MAX_BYTES: usize = 4096;

impl Settings {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// Whether the person has been through the first start.
    pub(crate) fn welcomed(&self) -> bool {
        self.dir.join(WELCOMED).exists()
    }

    /// Remembers that they have.
    pub(crate) fn set_welcomed(&self) {
        let kept = make_private(&self.dir).and_then(|()| fs::write(self.dir.join(WELCOMED), ""));
        if let Err(error) = kept {
            tracing::warn!(%error, "the first start will come again");
        }
    }

    /// Reads what was chosen; without a file, nothing was.
    pub(crate) fn read(&self) -> Result<Chosen, ErrorCode> {
        match fs::read(self.dir.join(CHOSEN)) {
            Ok(bytes) => parse(&bytes).ok_or(ErrorCode::SettingsDamaged),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Chosen::default()),
            Err(error) => {
                tracing::warn!(%error, "app.toml can't be read");
                Err(ErrorCode::FolderUnusable)
            }
        }
    }

    /// Keeps what was chosen, all or nothing.
    pub(crate) fn write(&self, chosen: &Chosen) -> Result<(), ErrorCode> {
        let text = text(chosen);
        let new = self.dir.join(format!("{CHOSEN}.{}", std::process::id()));
        let written = make_private(&self.dir)
            .and_then(|()| fs::write(&new, text))
            .and_then(|()| fs::rename(&new, self.dir.join(CHOSEN)));
        written.map_err(|error| {
            tracing::warn!(%error, "app.toml can't be written");
            // The first error is the one to tell.
            let _ = fs::remove_file(&new);
            ErrorCode::FolderUnusable
        })
    }
}

fn parse(bytes: &[u8]) -> Option<Chosen> {
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let File {
        theme,
        language,
        tips,
    } = toml::from_str(std::str::from_utf8(bytes).ok()?).ok()?;
    Some(Chosen {
        theme,
        language,
        tips,
    })
}

/// The names are those that the window knows, in which there is nothing to be escaped.
fn text(chosen: &Chosen) -> String {
    let tips: Vec<String> = chosen.tips.iter().map(name).collect();
    format!(
        "# Written by the Roamkey app.\ntheme = {}\nlanguage = {}\ntips = [{}]\n",
        name(&chosen.theme),
        name(&chosen.language),
        tips.join(", ")
    )
}

/// A name in quotes. JSON's and TOML's are the same for letters, hyphens and underscores.
fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Makes the folder for its owner only.
fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// The language of this session: the first of those that the person prefers that there are texts in.
pub(crate) fn system_language(variable: impl Fn(&str) -> Option<String>) -> Language {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    // As GNU gettext does it: the list counts unless the locale is the plain one.
    let list = set("LANGUAGE").filter(|_| locale.as_deref().is_some_and(|locale| locale != "C"));
    let preferred = list.into_iter().flat_map(|list| {
        let parts: Vec<String> = list.split(':').map(str::to_owned).collect();
        parts
    });
    preferred
        .chain(locale)
        .find_map(|tag| match tag.get(..2)? {
            "en" => Some(Language::English),
            "de" => Some(Language::German),
            "ja" => Some(Language::Japanese),
            "ar" => Some(Language::Arabic),
            _ => None,
        })
        .unwrap_or(Language::English)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_reads_back_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::new(dir.path().join("data"));
        assert_eq!(settings.read(), Ok(Chosen::default()));
        let languages = [
            Language::System,
            Language::English,
            Language::German,
            Language::Japanese,
            Language::Arabic,
            Language::Pseudo,
        ];
        for language in languages {
            for theme in [Theme::System, Theme::Light, Theme::Dark] {
                let chosen = Chosen {
                    theme,
                    language,
                    tips: Tip::ALL.to_vec(),
                };
                settings.write(&chosen).unwrap();
                assert_eq!(settings.read(), Ok(chosen));
            }
        }
        assert_eq!(fs::read_dir(dir.path().join("data")).unwrap().count(), 1);
    }

    #[test]
    fn what_this_version_does_not_know_is_said_and_not_overwritten_by_reading() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::new(dir.path().to_owned());
        for text in [
            "theme = \"pink\"",
            "colour = 1",
            "language = ",
            "language = \"xx\"",
        ] {
            fs::write(dir.path().join(CHOSEN), text).unwrap();
            assert_eq!(settings.read(), Err(ErrorCode::SettingsDamaged), "{text}");
            assert_eq!(fs::read_to_string(dir.path().join(CHOSEN)).unwrap(), text);
        }
        fs::write(dir.path().join(CHOSEN), vec![b'#'; MAX_BYTES + 1]).unwrap();
        assert_eq!(settings.read(), Err(ErrorCode::SettingsDamaged));
    }

    #[test]
    fn language_of_the_session_is_the_first_preferred_one_that_there_are_texts_in() {
        let language = |set: &[(&str, &str)]| {
            system_language(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(language(&[]), Language::English);
        assert_eq!(language(&[("LANG", "de_AT.UTF-8")]), Language::German);
        assert_eq!(
            language(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "ja_JP.UTF-8")]),
            Language::Japanese
        );
        assert_eq!(
            language(&[("LANG", "fr_FR.UTF-8"), ("LANGUAGE", "fr:ar:de")]),
            Language::Arabic
        );
        assert_eq!(language(&[("LANG", "C"), ("LANGUAGE", "de")]), Language::English);
        assert_eq!(language(&[("LANG", "ü")]), Language::English);
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
            let _ = parse(&bytes);
        }

        #[test]
        fn lines_of_any_kind_never_panic_and_what_is_accepted_is_written_so_that_it_reads_back(
            lines in proptest::collection::vec(
                "(theme|language|tips|colour|\\[tips\\]|#) ?= ?(\"(system|dark|de|ja|en-XA|[a-z_-]{0,9})\"|\
                 \\[(\"(wrong_pin|first_sign_in|[a-z_]{0,9})\",? ?){0,3}\\]|-?[0-9]{1,20}|\\{.{0,9}\\}|)",
                0..5,
            ),
        ) {
            if let Some(chosen) = parse(lines.join("\n").as_bytes()) {
                proptest::prop_assert_eq!(parse(text(&chosen).as_bytes()), Some(chosen));
            }
        }
    }
}
