//! What the app does when nobody is there to look: the backup of a timer.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use roamkey_device::Failure;
use roamkey_device::recovery::{self, Backup, Recovery};
use roamkey_device::vault::{Vault, VaultConfig};

/// Writes a backup of the passkeys of `dir` to the folder that was chosen. What goes wrong stands in the journal of the
/// timer, with its code.
pub(crate) fn backup(dir: &Path) -> ExitCode {
    match write(dir) {
        Ok(written) => {
            tracing::info!(passkeys = written.count, "a backup was written");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let code = failure.code();
            tracing::error!(code = code.as_str(), error = %failure, "no backup was written");
            ExitCode::from(code.exit())
        }
    }
}

fn write(dir: &Path) -> Result<Backup, Failure> {
    let vault = Vault::open(VaultConfig::new(dir)).map_err(Failure::Vault)?;
    let folder = Recovery::get(&vault)?.folder_or(dir);
    Ok(recovery::backup(&vault, &folder, &mut |_, _| {
        ControlFlow::Continue(())
    })?)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use roamkey_testkit::keyring::{PrivateKeyring, in_private_session};

    use super::*;

    #[test]
    fn a_timer_writes_a_backup_once_recovery_is_set_up_and_says_why_it_does_not() {
        let name = "a_timer_writes_a_backup_once_recovery_is_set_up_and_says_why_it_does_not";
        in_private_session(PrivateKeyring::start, module_path!(), name, |_session| {
            let folder = tempfile::tempdir().unwrap();
            let failure = write(folder.path()).unwrap_err();
            assert_eq!(failure.code(), roamkey_device::ErrorCode::RecoveryNotSetUp);
            let vault = Vault::open(VaultConfig::new(folder.path())).unwrap();
            Recovery::set_up(&vault, &recovery::new_words(), false).unwrap();
            let written = write(folder.path()).unwrap();
            assert!(written.path.starts_with(folder.path().join("backups")) && written.path.exists());
        });
    }
}
