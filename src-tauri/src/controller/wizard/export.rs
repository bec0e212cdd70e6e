//! Exports: encrypted for the words, or readable by anybody after a warning and a verification.

use std::path::PathBuf;

use roamkey_device::recovery::{self, Readers, Recovery};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::{ErrorCode, UserVerified, VerificationMethod, Way};

use super::super::{Controller, pin_problem};
use super::write::file;
use super::{BEGUN, Dialog, State};
use crate::action::Typed;
use crate::view::{Check, Export, ExportKind, PinProblem, Safety, VerificationWay, Wizard};
use crate::window::Window;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn choose_export(&self, kind: ExportKind) {
        let encrypted = self.update(|state| {
            let passkeys = match &state.view.safety {
                Safety::Ready(backups) => backups.counts.all,
                Safety::Reading | Safety::Failed { .. } => 0,
            };
            let Wizard::Export(step @ Export::Choose { .. }) = &mut state.view.wizard else {
                return None;
            };
            if kind == ExportKind::Age {
                return Some(state.wizard.run);
            }
            *step = Export::Warn { kind, passkeys };
            None
        });
        if let Some(run) = encrypted {
            self.save_export(run, kind, None);
        }
    }

    pub(super) fn accept_warning(&self) {
        let accepted = self.update(|state| {
            let Wizard::Export(step) = &mut state.view.wizard else {
                return None;
            };
            let Export::Warn { kind, .. } = *step else {
                return None;
            };
            *step = Export::Verify {
                kind,
                check: Check::Wait,
            };
            Some((state.wizard.run, kind))
        });
        let Some((run, kind)) = accepted else { return };
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let verification = controller.0.device.verification();
            match verification.way().await {
                Ok(Some(Way::Pin)) => controller.in_run(run, |state| {
                    state.show_check(Check::TypePin { problem: None });
                }),
                Ok(Some(Way::OperatingSystem)) => {
                    controller.in_run(run, |state| state.show_check(Check::AskedBySystem));
                    match verification.ask_os().await {
                        Ok(verified) => controller.save_export(run, kind, Some(verified)),
                        Err(error) => controller.in_run(run, |state| state.choose_again(Some(error.into()))),
                    }
                }
                Ok(None) => {
                    controller.in_run(run, |state| state.choose_again(Some(ErrorCode::PinNotSet)));
                }
                Err(failure) => {
                    controller.in_run(run, |state| state.choose_again(Some(failure.code())));
                }
            }
        });
    }

    pub(super) fn type_pin_to_export(&self, pin: Typed) {
        let typed = self.update(|state| {
            let Wizard::Export(Export::Verify {
                kind,
                check: check @ Check::TypePin { .. },
            }) = &mut state.view.wizard
            else {
                return None;
            };
            *check = Check::Wait;
            Some((state.wizard.run, *kind))
        });
        let Some((run, kind)) = typed else { return };
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let verified = match pin.into_pin() {
                Ok(pin) => controller
                    .0
                    .device
                    .pin()
                    .verify(pin)
                    .await
                    .map_err(|failure| pin_problem(&failure)),
                Err(_) => Err(PinProblem::Unfit),
            };
            match verified {
                Ok(verified) => controller.save_export(run, kind, Some(verified)),
                Err(problem) => controller.in_run(run, |state| {
                    state.show_check(Check::TypePin {
                        problem: Some(problem),
                    });
                }),
            }
        });
    }

    /// Asks where it goes. Whoever closes that dialog begins anew, and is verified anew.
    fn save_export(&self, run: u64, kind: ExportKind, verified: Option<UserVerified>) {
        let name = match kind {
            ExportKind::Age => "roamkey-passkeys.age",
            ExportKind::Cxf => "roamkey-passkeys.json",
            ExportKind::KeePassXc => "roamkey-passkeys",
        };
        if let Some(verified) = &verified {
            let way = match verified.method() {
                VerificationMethod::OperatingSystem => VerificationWay::System,
                VerificationMethod::AppPin | _ => VerificationWay::Pin,
            };
            self.in_run(run, |state| state.show_check(Check::Passed { way }));
        }
        let chosen = move |controller: &Self, path: Option<PathBuf>| match path {
            Some(path) => controller.write_export(run, kind, path, verified),
            None => controller.in_run(run, |state| state.choose_again(None)),
        };
        self.ask_or_not(run, Dialog::SaveAs(name), chosen, |state, code| {
            state.choose_again(Some(code))
        });
    }

    fn write_export(&self, run: u64, kind: ExportKind, path: PathBuf, verified: Option<UserVerified>) {
        self.in_run(run, |state| {
            state.view.wizard = Wizard::Export(Export::Working(BEGUN))
        });
        self.work(
            run,
            move |vault, _, progress| match (kind, verified) {
                (ExportKind::KeePassXc, Some(verified)) => {
                    recovery::export_keepassxc(vault, &path, verified, progress)
                }
                (ExportKind::Cxf, Some(verified)) => {
                    recovery::export_cxf(vault, &path, Readers::Anybody(verified), progress)
                }
                // Without the proof nothing is written that anybody could read.
                (ExportKind::Age | ExportKind::Cxf | ExportKind::KeePassXc, _) => {
                    let recipient = Recovery::get(vault)?.recipient()?;
                    recovery::export_cxf(vault, &path, Readers::Words(&recipient), progress)
                }
            },
            move |state, written| match written {
                Ok(written) => {
                    state.view.wizard = Wizard::Export(Export::Done {
                        kind,
                        file: file(&written),
                    });
                }
                Err(ErrorCode::FileExists) => state.choose_again(Some(ErrorCode::FileExists)),
                Err(code) => state.view.wizard = Wizard::Export(Export::Failed { code: code.into() }),
            },
        );
    }
}

impl State {
    fn show_check(&mut self, now: Check) {
        if let Wizard::Export(Export::Verify { check, .. }) = &mut self.view.wizard {
            *check = now;
        }
    }

    /// Back to the choice.
    fn choose_again(&mut self, problem: Option<ErrorCode>) {
        self.open(crate::action::WizardKind::Export);
        if let Wizard::Export(Export::Choose { problem: shown, .. }) = &mut self.view.wizard {
            *shown = problem.map(Into::into);
        }
    }
}
