//! The tunnel service: which one, and whether it works.

use rand::TryRng as _;
use rand::rngs::SysRng;
use roamkey_device::hybrid::TunnelId;
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::tunnel::{CheckPassed, CheckStep};
use roamkey_device::{ErrorCode, TunnelDomain};

use super::super::{Controller, State, Task, Transaction};
use crate::view::{Operator, TunnelCheck, TunnelName, TunnelStep, TunnelStepPassed};
use crate::window::Window;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    /// Takes another service for what begins after this: a code is read for the service of its moment.
    pub(super) fn set_tunnel(&self, id: u16) {
        let Ok(domain) = TunnelDomain::new(id) else {
            return self.update(|state| {
                state.view.settings.problem = Some(ErrorCode::TunnelServiceUnassigned.into());
            });
        };
        if self.0.surroundings.tunnel_is_fixed {
            return;
        }
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let kept = controller
                .blocking(move |_, dir| roamkey_device::choose_tunnel(dir, domain))
                .await;
            controller.update(|state| match kept {
                Ok(()) => {
                    state.view.settings.tunnel.service = name(domain);
                    state.view.settings.problem = None;
                    controller.take_tunnel(state);
                }
                Err(code) => state.view.settings.problem = Some(code.into()),
            });
        });
    }

    /// Lets the device use the service that is chosen, unless a transaction is under way with another one.
    pub(in crate::controller) fn take_tunnel(&self, state: &State) {
        if let (Transaction::None, Ok(domain)) = (
            &state.transaction,
            TunnelDomain::new(state.view.settings.tunnel.service.id),
        ) {
            self.0.surroundings.tunnel.choose(domain);
        }
    }

    pub(super) fn check_tunnel(&self, id: u16) {
        let Ok(domain) = TunnelDomain::new(id) else {
            return;
        };
        let controller = self.clone();
        self.update(|state| {
            state.view.settings.tunnel_check = TunnelCheck::Running {
                service: name(domain),
                passed: Vec::new(),
                now: TunnelStep::Name,
            };
            // The check of before ends with its task.
            let task = self
                .0
                .runtime
                .spawn(async move { controller.check(domain).await });
            state.settings.tunnel_check = Some(Task(task.abort_handle()));
        });
    }

    pub(super) fn leave_tunnel_check(&self) {
        self.update(|state| {
            state.settings.tunnel_check = None;
            state.view.settings.tunnel_check = TunnelCheck::NotRun;
        });
    }

    async fn check(&self, domain: TunnelDomain) {
        let service = self.0.surroundings.tunnel.at(domain);
        let mut id = [0; 16];
        let checked = match SysRng.try_fill_bytes(&mut id) {
            Ok(()) => {
                let mut passed = |passed: CheckPassed| self.step_passed(domain, &passed);
                let checked = service.check(&TunnelId::from_bytes(id), &mut passed).await;
                checked.map_err(|failed| (step(failed.step), ErrorCode::from(&failed.source)))
            }
            Err(_no_randomness) => Err((TunnelStep::Name, ErrorCode::Internal)),
        };
        self.update(|state| {
            let TunnelCheck::Running { service, passed, .. } = &mut state.view.settings.tunnel_check else {
                return;
            };
            let (service, passed) = (service.clone(), std::mem::take(passed));
            state.view.settings.tunnel_check = match checked {
                Ok(()) => TunnelCheck::Passed { service, passed },
                Err((at, code)) => TunnelCheck::Failed {
                    service,
                    passed,
                    at,
                    code: code.into(),
                },
            };
        });
    }

    fn step_passed(&self, domain: TunnelDomain, done: &CheckPassed) {
        self.update(|state| {
            if let TunnelCheck::Running { service, passed, now } = &mut state.view.settings.tunnel_check
                && service.id == domain.id()
            {
                passed.push(TunnelStepPassed {
                    step: step(done.step),
                    milliseconds: u32::try_from(done.took.as_millis()).unwrap_or(u32::MAX),
                    found: done.found.clone(),
                });
                *now = after(*now);
            }
        });
    }
}

impl<W, T, A> Controller<W, T, A> {
    /// The tunnel service with a number, if there is one.
    #[must_use]
    pub fn tunnel_name(id: u32) -> Option<TunnelName> {
        let domain = TunnelDomain::new(u16::try_from(id).ok()?).ok()?;
        Some(name(domain))
    }
}

pub(super) fn name(domain: TunnelDomain) -> TunnelName {
    TunnelName {
        id: domain.id(),
        host: domain.host(),
        operator: match domain.id() {
            0 => Operator::Google,
            1 => Operator::Apple,
            _ => Operator::Own,
        },
    }
}

fn step(step: CheckStep) -> TunnelStep {
    match step {
        CheckStep::Name => TunnelStep::Name,
        CheckStep::Address => TunnelStep::Address,
        CheckStep::Tls => TunnelStep::Tls,
        CheckStep::WebSocket => TunnelStep::WebSocket,
        CheckStep::RoutingId => TunnelStep::RoutingId,
    }
}

/// The step that follows, as far as can be told: a service on this machine has none for TLS.
fn after(step: TunnelStep) -> TunnelStep {
    match step {
        TunnelStep::Name => TunnelStep::Address,
        TunnelStep::Address => TunnelStep::Tls,
        TunnelStep::Tls => TunnelStep::WebSocket,
        TunnelStep::WebSocket | TunnelStep::RoutingId => TunnelStep::RoutingId,
    }
}
