//! Tips: each is shown once, at the moment that it is for, which is a change from one view to the next.

use roamkey_device::ErrorCode;
use roamkey_device::session::{Air, TunnelService};

use super::{Controller, State};
use crate::action::HelpAction;
use crate::view::{
    Banner, Code, DoneWhat, Export, ExportKind, Notice, Origin, PinProblem, Safety, SignIn, Tip, Turn, View,
    Wizard,
};
use crate::window::Window;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn act_on_help(&self, action: HelpAction) {
        self.update(|state| match action {
            HelpAction::DismissTip { tip } => {
                if state.view.tips.due == Some(tip) {
                    state.view.tips.due = None;
                }
            }
            HelpAction::ForgetTips => {
                state.view.tips = Default::default();
                self.keep_chosen(state);
            }
        });
    }

    /// Shows the tip that a change calls for, if it was not shown before.
    pub(super) fn tip(&self, state: &mut State, before: &View) {
        let Some(tip) = called_for(before, &state.view) else {
            return;
        };
        if !state.view.tips.seen.contains(&tip) {
            state.view.tips.seen.insert(0, tip);
            state.view.tips.due = Some(tip);
            self.keep_chosen(state);
        }
    }
}

/// The tip whose moment the change from one view to the next is.
fn called_for(before: &View, after: &View) -> Option<Tip> {
    if before.sign_in != after.sign_in
        && let Some(tip) = in_sign_in(after)
    {
        return Some(tip);
    }
    if before.notice != after.notice && matches!(after.notice, Notice::Removed { .. }) {
        return Some(Tip::FirstRemoval);
    }
    if before.wizard != after.wizard
        && let Wizard::Export(Export::Done {
            kind: ExportKind::Cxf | ExportKind::KeePassXc,
            ..
        }) = after.wizard
    {
        return Some(Tip::ReadableExport);
    }
    (banner(before) != banner(after) && banner(after) == Some(Banner::Drill)).then_some(Tip::BackupNotDrilled)
}

fn in_sign_in(view: &View) -> Option<Tip> {
    match &view.sign_in {
        SignIn::Found {
            origin: Origin::Clipboard,
            ..
        } => Some(Tip::CodeFromClipboard),
        SignIn::Question(question) => matches!(
            question.turn,
            Turn::TypePin {
                problem: Some(PinProblem::Wrong { .. })
            }
        )
        .then_some(Tip::WrongPin),
        SignIn::Done {
            what: DoneWhat::Created,
            ..
        } if !matches!(banner(view), Some(Banner::None)) => Some(Tip::FirstPasskey),
        SignIn::Done {
            what: DoneWhat::SignedIn,
            ..
        } => Some(Tip::FirstSignIn),
        SignIn::Failed { code, .. } if is_bluetooth(*code) => Some(Tip::BluetoothFailed),
        SignIn::Idle { .. }
        | SignIn::Looking { .. }
        | SignIn::Found { .. }
        | SignIn::ChoosePin
        | SignIn::Connecting { .. }
        | SignIn::Done { .. }
        | SignIn::Failed { .. } => None,
    }
}

fn banner(view: &View) -> Option<Banner> {
    match &view.safety {
        Safety::Ready(backups) => Some(backups.banner),
        Safety::Reading | Safety::Failed { .. } => None,
    }
}

fn is_bluetooth(code: Code) -> bool {
    matches!(
        code.0,
        ErrorCode::BluetoothNoService
            | ErrorCode::BluetoothNoAdapter
            | ErrorCode::BluetoothOff
            | ErrorCode::BluetoothNotPermitted
            | ErrorCode::BluetoothCannotAdvertise
            | ErrorCode::BluetoothTimeout
            | ErrorCode::BluetoothFailed
            | ErrorCode::NobodyCame
    )
}
