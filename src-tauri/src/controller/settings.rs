//! What the person chose, and the state of what they chose from.

mod system;
mod tunnel;
mod verification;

use roamkey_device::ErrorCode;
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::Policy as Rules;
use tokio::task::spawn_blocking;

use super::{Controller, State, Task};
use crate::action::SettingsAction;
use crate::autostart;
use crate::settings::Chosen;
use crate::surroundings::Surroundings;
use crate::view::{Autostart, Doctor, Policy, Settings, Tunnel, TunnelCheck, Verification};
use crate::window::Window;

/// The settings, besides what the window shows of them.
#[derive(Default)]
pub(super) struct Running {
    /// A check of a tunnel service.
    tunnel_check: Option<Task>,
    /// What is under way with the verification.
    verification: Option<Task>,
}

/// The settings before anything but the app's own file was read.
pub(super) fn unread(chosen: &Result<Chosen, ErrorCode>, around: &Surroundings) -> Settings {
    let (theme, language) = match chosen {
        Ok(chosen) => (chosen.theme, chosen.language),
        Err(_) => Default::default(),
    };
    Settings {
        theme,
        language,
        system_language: around.language,
        autostart: Autostart::Off,
        tunnel: Tunnel {
            service: tunnel::name(around.tunnel.service().domain()),
            fixed: around.tunnel_is_fixed,
        },
        tunnel_check: TunnelCheck::NotRun,
        verification: Verification::Reading,
        policy: Policy::None {
            path: Rules::default_path().display().to_string(),
        },
        doctor: Doctor::NotRun,
        problem: chosen.as_ref().err().copied().map(Into::into),
    }
}

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn act_on_settings(&self, action: SettingsAction) {
        match action {
            SettingsAction::Read => self.read_settings(),
            SettingsAction::SetTheme { theme } => self.update(|state| {
                state.view.settings.theme = theme;
                self.keep_chosen(state);
            }),
            SettingsAction::SetLanguage { language } => self.update(|state| {
                state.view.settings.language = language;
                self.keep_chosen(state);
            }),
            SettingsAction::SetAutostart { on } => self.autostart(Some(on)),
            SettingsAction::SetTunnel { id } => self.set_tunnel(id),
            SettingsAction::CheckTunnel { id } => self.check_tunnel(id),
            SettingsAction::LeaveTunnelCheck => self.leave_tunnel_check(),
            SettingsAction::SetVerification { way } => self.set_verification(way),
            SettingsAction::SetPin { pin } => self.set_pin(pin),
            SettingsAction::ChangePin { present, new } => self.change_pin(present, new),
            SettingsAction::ResetPin => self.reset_pin(),
            SettingsAction::TestVerification => self.test_verification(),
            SettingsAction::TypeTestPin { pin } => self.type_test_pin(pin),
            SettingsAction::LeaveVerification => self.leave_verification(),
            SettingsAction::RunDoctor => self.run_doctor(),
        }
    }

    pub(super) fn read_settings(&self) {
        self.autostart(None);
        self.read_verification();
        self.read_policy();
        self.look_at_bluetooth();
    }

    /// Keeps theme, language and tips. A file that could not be read is left as it is: whoever repairs it gets back what
    /// was in it.
    pub(super) fn keep_chosen(&self, state: &mut State) {
        if state.chosen_is_damaged {
            return;
        }
        let chosen = Chosen {
            theme: state.view.settings.theme,
            language: state.view.settings.language,
            tips: state.view.tips.seen.clone(),
        };
        let kept = self.0.settings.write(&chosen);
        state.view.settings.problem = kept.err().map(Into::into);
    }

    /// Switches starting with the session on or off, if that is wanted, and shows what is.
    fn autostart(&self, switch: Option<bool>) {
        let folder = self.0.surroundings.autostart.clone();
        let program = self.0.surroundings.program.clone();
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let done = spawn_blocking(move || {
                let folder = folder.ok_or(std::io::ErrorKind::NotFound)?;
                if let Some(on) = switch {
                    autostart::set(&folder, &program, on)?;
                }
                autostart::is_on(&folder)
            });
            let autostart = match done.await {
                Ok(Ok(true)) => Autostart::On,
                Ok(Ok(false)) => Autostart::Off,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "starting with the session can't be told or changed");
                    Autostart::Failed {
                        code: ErrorCode::AutostartFailed.into(),
                    }
                }
                Err(_) => Autostart::Failed {
                    code: ErrorCode::Internal.into(),
                },
            };
            controller.update(|state| state.view.settings.autostart = autostart);
        });
    }
}
