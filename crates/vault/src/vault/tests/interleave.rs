//! Two processes that take turns, and die at any write: what there is stays what one list of changes in order makes it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use roamkey_authenticator::CredentialStore as _;
use roamkey_ctap::CredentialId;

use super::support::*;
use crate::fault::dying_at;
use crate::{ActivityReport, Event, Import, Imported, Vault};

/// What a process may do.
#[derive(Clone, Copy, Debug)]
enum Act {
    Create,
    /// With a label.
    Import,
    Use,
    Label,
    Remove,
    Restore,
    Destroy,
}

#[derive(Clone, Debug)]
struct Turn {
    /// Which of the two processes.
    second: bool,
    act: Act,
    /// Which passkey.
    number: u8,
    /// The process is one that has just been started.
    reopened: bool,
    /// It is killed at this write, if there are as many.
    killed_at: Option<usize>,
}

prop_compose! {
    fn any_turn()(
        (second, reopened) in any::<(bool, bool)>(),
        act in prop::sample::select(vec![
            Act::Create, Act::Import, Act::Use, Act::Label, Act::Remove, Act::Restore, Act::Destroy,
        ]),
        number in 1_u8..5,
        killed_at in proptest::option::of(1_usize..16),
    ) -> Turn {
        Turn { second, act, number, reopened, killed_at }
    }
}

/// What must be there: number of a passkey → whether it is in the trash, whether it has a label.
type Model = BTreeMap<u64, (bool, bool)>;

/// What there is after an act, and whether it succeeds.
fn expected(before: &Model, act: Act, number: u8) -> (Model, bool) {
    let (mut after, number) = (before.clone(), u64::from(number));
    let here = before.get(&number).copied();
    let succeeds = match (act, here) {
        (Act::Create, None) => after.insert(number, (false, false)).is_none(),
        (Act::Import, None) => after.insert(number, (false, true)).is_none(),
        (Act::Use, Some((false, _))) => true,
        (Act::Label, Some((false, _))) => after.insert(number, (false, true)).is_some(),
        (Act::Remove, Some((false, label))) => after.insert(number, (true, label)).is_some(),
        (Act::Restore, Some((true, label))) => after.insert(number, (false, label)).is_some(),
        (Act::Destroy, Some((true, _))) => after.remove(&number).is_some(),
        _ => false,
    };
    (after, succeeds)
}

fn perform(vault: &Vault, act: Act, number: u8) -> bool {
    let passkey = credential("a.example", number);
    let id = id(vault, number);
    match act {
        Act::Create => vault.create(&passkey, &[], NOW).is_ok(),
        Act::Import => {
            let mut passkey = Import::new(passkey);
            passkey.label = Some("imported".to_owned());
            matches!(
                vault.import(&[passkey], Event::Imported, NOW).unwrap().as_slice(),
                [Imported::Added(_)]
            )
        }
        Act::Use => vault.used(&CredentialId::new([number; 32]), NOW).is_ok(),
        Act::Label => vault.label(id, Some("label"), NOW).is_ok(),
        Act::Remove => vault.remove(id, NOW).is_ok(),
        Act::Restore => vault.restore_removed(id, NOW).is_ok(),
        Act::Destroy => vault.destroy(id, NOW).is_ok(),
    }
}

fn there_is(vault: &Vault) -> Model {
    let entries = all(vault).into_iter();
    entries
        .map(|(removed, entry)| (number(&entry), (removed, entry.label.is_some())))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn two_processes_that_die_at_any_write_agree_on_what_there_is(
        turns in proptest::collection::vec(any_turn(), 1..30),
    ) {
        let world = World::new();
        let mut vaults = [world.vault(), world.vault()];
        let mut model = Model::new();
        for turn in &turns {
            let vault = &mut vaults[usize::from(turn.second)];
            // To create what is there would be to make a second one.
            if matches!(turn.act, Act::Create) && model.contains_key(&u64::from(turn.number)) {
                continue;
            }
            if turn.reopened {
                *vault = world.vault();
            }
            let (after, succeeds) = expected(&model, turn.act, turn.number);
            match dying_at(turn.killed_at.unwrap_or(usize::MAX), || perform(vault, turn.act, turn.number)) {
                Some(done) => {
                    prop_assert_eq!(done, succeeds, "{:?}", turn);
                    model = after;
                }
                None => {
                    *vault = world.vault();
                    let left = there_is(vault);
                    prop_assert!(left == model || left == after, "{:?}: {:?} from {:?}", turn, left, model);
                    model = left;
                }
            }
            for vault in &vaults {
                prop_assert_eq!(&there_is(vault), &model, "{:?}", turn);
            }
            prop_assert_eq!(items(&vaults[0]), model.len(), "{:?}", turn);
        }
        for (number, (removed, _)) in &model {
            let passkey = credential("a.example", u8::try_from(*number).unwrap());
            match vaults[0].load(&passkey.id) {
                Ok(loaded) => assert_same(&loaded, &passkey),
                Err(error) => prop_assert!(*removed, "{:?}", error),
            }
        }
        let report = vaults[1].verify_activity().unwrap();
        prop_assert!(matches!(report, ActivityReport::Intact { .. }), "{:?}", report);
    }
}
