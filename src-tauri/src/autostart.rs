//! Starting with the session: an entry in the folder that the desktop looks into (XDG Autostart).

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

const ENTRY: &str = "roamkey.desktop";

/// Whether the session would start the app.
pub(crate) fn is_on(folder: &Path) -> io::Result<bool> {
    match fs::read_to_string(folder.join(ENTRY)) {
        Ok(text) => Ok(!text.lines().any(|line| line.trim() == "Hidden=true")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Lets the session start `program`, or no more.
pub(crate) fn set(folder: &Path, program: &Path, on: bool) -> io::Result<()> {
    let entry = folder.join(ENTRY);
    if on {
        let text = text(program).ok_or(ErrorKind::InvalidInput)?;
        fs::create_dir_all(folder)?;
        let new = folder.join(format!(".{ENTRY}.{}", std::process::id()));
        fs::write(&new, text)?;
        return fs::rename(&new, entry);
    }
    match fs::remove_file(entry) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Where the entries of this person are.
pub(crate) fn folder() -> Option<PathBuf> {
    let config = match std::env::var_os("XDG_CONFIG_HOME") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        Some(_) | None => PathBuf::from(std::env::var_os("HOME")?).join(".config"),
    };
    Some(config.join("autostart"))
}

/// The entry. In the background means: with the window closed, where the desktop shows icons of programs.
fn text(program: &Path) -> Option<String> {
    let program = quoted(program.to_str()?)?;
    Some(format!(
        "[Desktop Entry]\nType=Application\nName=Roamkey\nIcon=roamkey\nExec={program} --background\n\
         Terminal=false\nX-GNOME-Autostart-enabled=true\n"
    ))
}

/// A program as the Desktop Entry Specification wants it in `Exec`: in quotes, what has a meaning there escaped, and
/// all of it escaped once more as a string of the file.
fn quoted(program: &str) -> Option<String> {
    if program.chars().any(char::is_control) {
        return None;
    }
    let mut text = String::from("\"");
    for sign in program.chars() {
        match sign {
            '"' | '`' | '$' => text.extend(["\\\\", sign.encode_utf8(&mut [0; 4])]),
            '\\' => text.push_str("\\\\\\\\"),
            '%' => text.push_str("%%"),
            sign => text.push(sign),
        }
    }
    text.push('"');
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_and_goes_and_one_that_is_hidden_is_off() {
        let config = tempfile::tempdir().unwrap();
        let folder = config.path().join("autostart");
        assert!(!is_on(&folder).unwrap());
        set(&folder, Path::new("/usr/bin/roamkey-app"), false).unwrap();
        set(&folder, Path::new("/usr/bin/roamkey-app"), true).unwrap();
        assert!(is_on(&folder).unwrap());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        let text = fs::read_to_string(folder.join(ENTRY)).unwrap();
        assert!(
            text.contains("Exec=\"/usr/bin/roamkey-app\" --background\n"),
            "{text}"
        );
        fs::write(folder.join(ENTRY), format!("{text}Hidden=true\n")).unwrap();
        assert!(!is_on(&folder).unwrap());
        set(&folder, Path::new("/usr/bin/roamkey-app"), false).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[test]
    fn no_path_can_become_another_command() {
        assert_eq!(
            quoted("/a b/$x`\"%\\").unwrap(),
            "\"/a b/\\\\$x\\\\`\\\\\"%%\\\\\\\\\""
        );
        assert_eq!(quoted("/a\nExec=/bin/sh"), None);
    }
}
