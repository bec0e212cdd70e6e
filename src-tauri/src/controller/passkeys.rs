//! The list of passkeys.

use std::sync::Arc;

use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::{PasskeyEntry, PasskeyState as State, Vault, VaultError};
use roamkey_device::{ErrorCode, Failure, now};
use tokio::task::spawn_blocking;

use super::person::names;
use super::{Controller, count};
use crate::surroundings::Rebuilds;
use crate::view::{Code, Notice, Passkey, PasskeyState, Passkeys, Rebuilt, Site};
use crate::window::Window;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    /// The entries of the list as it was read last.
    #[must_use]
    pub fn passkeys(&self) -> Arc<[Passkey]> {
        Arc::clone(&self.state().passkeys)
    }

    /// Shows that the list was built anew until the person has read it.
    pub(super) fn tell_rebuilds(&self, mut rebuilds: Rebuilds) {
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            while let Some(rebuilt) = rebuilds.next().await {
                controller.update(|state| {
                    state.view.rebuilt = Some(Rebuilt {
                        passkeys: count(rebuilt.passkeys),
                        kept: rebuilt.kept.map(|kept| kept.display().to_string()),
                    });
                });
            }
        });
    }

    pub(super) fn read_passkeys(&self) {
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let vault = controller.0.vault.clone();
            let read = spawn_blocking(move || vault.list().map_err(|error| Failure::Vault(error).code()));
            let read = read.await.unwrap_or(Err(ErrorCode::Internal));
            controller.update(|state| match read {
                Ok(entries) => {
                    state.passkeys = entries.into_iter().map(passkey).collect();
                    state.revision = state.revision.wrapping_add(1);
                    state.view.passkeys = Passkeys::Ready {
                        revision: state.revision,
                    };
                }
                Err(code) => {
                    state.passkeys = Arc::default();
                    state.view.passkeys = Passkeys::Failed { code: Code(code) };
                }
            });
            controller.read_safety();
        });
    }
}

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn label(&self, id: String, label: String) {
        self.change(Notice::Nothing, move |vault| {
            let label = Some(label.trim()).filter(|label| !label.is_empty());
            vault.label(vault.resolve(&id)?, label, now())
        });
    }

    pub(super) fn remove(&self, id: String) {
        let known = self.passkeys().iter().find(|passkey| passkey.id == id).cloned();
        let notice = known.map_or(Notice::Nothing, |passkey| Notice::Removed {
            id: passkey.id,
            name: passkey.label.unwrap_or(passkey.name),
            site: passkey.site.map(|site| site.id),
        });
        self.change(notice, move |vault| {
            vault.remove(vault.resolve(&id)?, now()).map(drop)
        });
    }

    pub(super) fn restore(&self, id: String) {
        self.change(Notice::Nothing, move |vault| {
            vault.restore_removed(vault.resolve(&id)?, now())
        });
    }

    /// Changes something in the vault, tells what became of it, and reads the list anew.
    fn change(&self, done: Notice, work: impl FnOnce(&Vault) -> Result<(), VaultError> + Send + 'static) {
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let vault = controller.0.vault.clone();
            let changed = spawn_blocking(move || work(&vault).map_err(|error| Failure::Vault(error).code()));
            let changed = changed.await.unwrap_or(Err(ErrorCode::Internal));
            controller.update(|state| {
                state.view.notice = match changed {
                    Ok(()) => done,
                    Err(code) => Notice::Failed { code: Code(code) },
                };
            });
            controller.read_passkeys();
        });
    }
}

fn passkey(entry: PasskeyEntry) -> Passkey {
    let (name, display_name) = names(entry.user_name.as_deref(), entry.user_display_name.as_deref());
    Passkey {
        id: entry.record_id.to_string(),
        site: entry.rp_id.as_deref().map(Site::new),
        name,
        display_name,
        label: entry.label,
        created_at: entry.created_at.map(|then| then.0),
        last_used: entry.last_used.map(|then| then.0),
        uses: entry.uses,
        backed_up: entry.backed_up,
        state: match entry.state {
            State::Ready => PasskeyState::Ready,
            State::Unfinished => PasskeyState::Unfinished,
            State::Missing => PasskeyState::Missing,
            State::Damaged => PasskeyState::Damaged,
            State::NewerVersion | _ => PasskeyState::NewerVersion,
        },
    }
}
