//! How the person is verified: the way, the PIN, and a test.

use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::{PIN_RESET_WAIT, Pin, PinReset as Reset, PinState as State};
use roamkey_device::{
    ErrorCode, Failure, VerificationChoice, VerificationMethod, VerificationStatus, Way, now,
};

use super::super::{Controller, Task, pin_problem};
use crate::action::Typed;
use crate::view::{
    Check, PinProblem, PinReset, PinState, Verification, VerificationDone, VerificationTask, VerificationWay,
    WhichPin,
};
use crate::window::Window;

/// What is known of the verification.
struct Known {
    status: VerificationStatus,
    /// Seconds until a reset is possible, if one was asked for.
    reset: Option<u64>,
    minimum: Option<u8>,
    /// Whether the operating system's check counts here.
    system_counts: bool,
}

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn read_verification(&self) {
        let controller = self.clone();
        self.0
            .runtime
            .spawn(async move { controller.show_verification(None).await });
        self.look_at_verification();
    }

    /// Shows the state of the verification, and what came of what was under way.
    async fn show_verification(&self, came: Option<VerificationTask>) {
        let read = self.known_verification().await;
        self.update(|state| {
            let shown = &mut state.view.settings.verification;
            let before = match shown {
                Verification::Ready { task, .. } => *task,
                Verification::Reading | Verification::Failed { .. } => VerificationTask::None,
            };
            *shown = match read {
                Ok(known) => known.view(came.unwrap_or(before)),
                Err(code) => Verification::Failed { code: code.into() },
            };
        });
    }

    async fn known_verification(&self) -> Result<Known, ErrorCode> {
        let verification = self.0.device.verification();
        let status = verification.status().await.map_err(|failure| failure.code())?;
        let reset = self
            .blocking(|vault, _| vault.pin_reset(now()).map_err(Failure::Pin))
            .await?;
        Ok(Known {
            status,
            reset: reset.map(|wait| wait.as_secs()),
            minimum: self.0.vault.policy().minimum_pin_length(),
            system_counts: verification.allows(VerificationMethod::OperatingSystem),
        })
    }

    /// Begins something with the verification; what was under way ends.
    fn begin_verification(
        &self,
        first: VerificationTask,
        work: impl Future<Output = VerificationTask> + Send + 'static,
    ) {
        let controller = self.clone();
        self.update(|state| {
            state.show_verification_task(first);
            let task = self.0.runtime.spawn(async move {
                let came = work.await;
                controller.show_verification(Some(came)).await;
                controller.look_at_verification();
            });
            state.settings.verification = Some(Task(task.abort_handle()));
        });
    }

    pub(super) fn leave_verification(&self) {
        self.update(|state| {
            state.settings.verification = None;
            state.show_verification_task(VerificationTask::None);
        });
    }

    pub(super) fn set_verification(&self, way: VerificationWay) {
        let (first, choice) = match way {
            VerificationWay::Pin => (VerificationTask::Working, VerificationChoice::Pin),
            VerificationWay::System => (VerificationTask::AskedBySystem, VerificationChoice::Os),
        };
        let verification = self.0.device.verification();
        self.begin_verification(first, async move {
            done(
                verification
                    .change_to(choice)
                    .await
                    .map_err(|failure| failure.code()),
                VerificationDone::WayChosen,
            )
        });
    }

    pub(super) fn set_pin(&self, pin: Typed) {
        let Ok(pin) = pin.into_pin() else {
            return self.pin_is_unfit(WhichPin::New);
        };
        let check = self.0.device.pin();
        self.begin_verification(VerificationTask::Working, async move {
            match check.set(pin).await {
                Ok(()) => done(Ok(()), VerificationDone::PinSet),
                Err(failure) => VerificationTask::PinProblem {
                    which: WhichPin::New,
                    problem: pin_problem(&failure),
                },
            }
        });
    }

    pub(super) fn change_pin(&self, present: Typed, new: Typed) {
        let Ok(new) = new.into_pin() else {
            return self.pin_is_unfit(WhichPin::New);
        };
        // What can't be a PIN is not this one; no try is lost by it.
        let Ok(present) = present.into_pin() else {
            return self.pin_is_unfit(WhichPin::Present);
        };
        let controller = self.clone();
        self.begin_verification(VerificationTask::Working, async move {
            controller.changed_pin(present, new).await
        });
    }

    async fn changed_pin(&self, present: Pin, new: Pin) -> VerificationTask {
        // An error of the PIN is no failure here: it says which of both is wrong.
        let changed =
            self.blocking(move |vault, _| Ok(vault.change_pin(&present, &new, now()).map_err(Failure::Pin)));
        match changed.await {
            Ok(Ok(())) => done(Ok(()), VerificationDone::PinChanged),
            Ok(Err(failure)) => VerificationTask::PinProblem {
                which: if failure.code() == ErrorCode::PinTooShort {
                    WhichPin::New
                } else {
                    WhichPin::Present
                },
                problem: pin_problem(&failure),
            },
            Err(code) => VerificationTask::Failed { code: code.into() },
        }
    }

    fn pin_is_unfit(&self, which: WhichPin) {
        self.update(|state| {
            state.show_verification_task(VerificationTask::PinProblem {
                which,
                problem: PinProblem::Unfit,
            });
        });
    }

    pub(super) fn reset_pin(&self) {
        let controller = self.clone();
        self.begin_verification(VerificationTask::Working, async move {
            controller
                .resetted_pin()
                .await
                .unwrap_or_else(|code| VerificationTask::Failed { code: code.into() })
        });
    }

    async fn resetted_pin(&self) -> Result<VerificationTask, ErrorCode> {
        let verification = self.0.device.verification();
        let verified = match verification.os_available().await {
            Ok(()) => {
                self.update(|state| state.show_verification_task(VerificationTask::AskedBySystem));
                Some(verification.ask_os().await?)
            }
            Err(_) => None,
        };
        let reset = self.blocking(move |vault, _| vault.reset_pin(verified, now()).map_err(Failure::Pin));
        let what = match reset.await? {
            Reset::Done => VerificationDone::PinReset,
            Reset::Waiting { .. } => VerificationDone::PinResetWaits,
        };
        Ok(VerificationTask::Done { what })
    }

    pub(super) fn test_verification(&self) {
        let controller = self.clone();
        self.begin_verification(testing(Check::Wait), async move {
            let verification = controller.0.device.verification();
            match verification.way().await {
                Ok(Some(Way::Pin)) => testing(Check::TypePin { problem: None }),
                Ok(Some(Way::OperatingSystem)) => {
                    controller.update(|state| state.show_verification_task(testing(Check::AskedBySystem)));
                    match verification.ask_os().await {
                        Ok(_verified) => testing(Check::Passed {
                            way: VerificationWay::System,
                        }),
                        Err(error) => VerificationTask::Failed {
                            code: ErrorCode::from(error).into(),
                        },
                    }
                }
                Ok(None) => VerificationTask::Failed {
                    code: ErrorCode::PinNotSet.into(),
                },
                Err(failure) => VerificationTask::Failed {
                    code: failure.code().into(),
                },
            }
        });
    }

    pub(super) fn type_test_pin(&self, pin: Typed) {
        let state = self.state();
        let asked = matches!(
            state.view.settings.verification,
            Verification::Ready {
                task: VerificationTask::Testing {
                    check: Check::TypePin { .. }
                },
                ..
            }
        );
        drop(state);
        if !asked {
            return;
        }
        let check = self.0.device.pin();
        self.begin_verification(testing(Check::Wait), async move {
            let problem = match pin.into_pin() {
                Ok(pin) => match check.verify(pin).await {
                    Ok(_verified) => {
                        return testing(Check::Passed {
                            way: VerificationWay::Pin,
                        });
                    }
                    Err(failure) => pin_problem(&failure),
                },
                Err(_) => PinProblem::Unfit,
            };
            testing(Check::TypePin {
                problem: Some(problem),
            })
        });
    }
}

impl super::State {
    fn show_verification_task(&mut self, now: VerificationTask) {
        if let Verification::Ready { task, .. } = &mut self.view.settings.verification {
            *task = now;
        }
    }
}

impl Known {
    fn view(&self, task: VerificationTask) -> Verification {
        let minimum = self.minimum;
        let system = self.status.os;
        Verification::Ready {
            chosen: match self.status.chosen {
                VerificationChoice::Pin => VerificationWay::Pin,
                VerificationChoice::Os => VerificationWay::System,
            },
            way: self.status.way.map(way),
            pin: match self.status.pin {
                State::NotSet => PinState::NotSet { minimum },
                State::Set { tries_left, wait } => PinState::Set {
                    minimum,
                    tries_left,
                    wait: wait.map(|wait| wait.as_secs()),
                    reset: match self.reset {
                        None => PinReset::NotAsked {
                            system_would_do: system.is_ok() && self.system_counts,
                            wait: PIN_RESET_WAIT.as_secs(),
                        },
                        Some(0) => PinReset::Ready,
                        Some(wait) => PinReset::Waiting { wait },
                    },
                },
            },
            system_problem: system.err().map(|error| ErrorCode::from(error).into()),
            task,
        }
    }
}

pub(super) fn way(way: Way) -> VerificationWay {
    match way {
        Way::Pin => VerificationWay::Pin,
        Way::OperatingSystem => VerificationWay::System,
    }
}

fn testing(check: Check) -> VerificationTask {
    VerificationTask::Testing { check }
}

fn done(outcome: Result<(), ErrorCode>, what: VerificationDone) -> VerificationTask {
    match outcome {
        Ok(()) => VerificationTask::Done { what },
        Err(code) => VerificationTask::Failed { code: code.into() },
    }
}
