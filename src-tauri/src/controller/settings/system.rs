//! What others have set: the rules of a managed device; and the look at everything that a sign-in needs.

use std::path::Path;

use roamkey_device::doctor::{self, Facts as Known, Verdict as Found};
use roamkey_device::session::{Air, TunnelService};
use roamkey_device::vault::{PasskeyEntry, Policy as Rules, StoreKind};
use roamkey_device::{Failure, PolicyLimit as Limit, PolicyVerdict, UnixTime, VerificationMethod, now};

use super::super::person::names;
use super::super::{Controller, count};
use super::verification::way;
use crate::view::{
    Doctor, Facts, Finding, Policy, PolicyLimit, PolicyRule, PolicyTouch, Site, Verdict, VerificationWay,
};
use crate::window::Window;

impl<W, T, A> Controller<W, T, A>
where
    W: Window,
    T: TunnelService + 'static,
    A: Air + 'static,
{
    pub(super) fn read_policy(&self) {
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let read = controller.blocking(|vault, _| {
                let rules = vault.policy();
                let path = Rules::default_path();
                let passkeys = if rules.is_empty() {
                    Vec::new()
                } else {
                    vault.list().map_err(Failure::Vault)?
                };
                Ok(policy(rules, &path, &owner(&path), &passkeys, now()))
            });
            // What is wrong with the keyring is told with the list of passkeys.
            if let Ok(policy) = read.await {
                controller.update(|state| state.view.settings.policy = policy);
            }
        });
    }

    pub(super) fn run_doctor(&self) {
        let begun = self.update(|state| {
            let runs = state.view.settings.doctor == Doctor::Running;
            state.view.settings.doctor = Doctor::Running;
            !runs
        });
        if !begun {
            return;
        }
        let controller = self.clone();
        self.0.runtime.spawn(async move {
            let tunnel = controller.0.surroundings.tunnel.service();
            let (vault, dir) = (controller.0.vault.clone(), controller.0.dir.clone());
            let checks = doctor::examine(vault, dir, &tunnel).await;
            controller.update(|state| {
                state.view.settings.doctor = Doctor::Done {
                    at: now().0,
                    checks: checks.into_iter().map(finding).collect(),
                };
            });
        });
    }
}

fn policy(rules: &Rules, path: &Path, owner: &str, passkeys: &[PasskeyEntry], now: UnixTime) -> Policy {
    let path = path.display().to_string();
    if rules.is_empty() {
        return Policy::None { path };
    }
    let ways = [
        (VerificationMethod::AppPin, VerificationWay::Pin),
        (VerificationMethod::OperatingSystem, VerificationWay::System),
    ];
    Policy::InForce {
        path,
        owner: owner.to_owned(),
        minimum_pin_length: rules.minimum_pin_length(),
        allowed: ways
            .into_iter()
            .filter(|(method, _)| rules.allows(*method))
            .map(|(_, way)| way)
            .collect(),
        rules: rules
            .passkey_rules()
            .map(|rule| PolicyRule {
                sites: rule.sites,
                maximum_age_days: rule.maximum_age_days,
                maximum_disuse_days: rule.maximum_disuse_days,
                warn_days: rule.warn_days,
            })
            .collect(),
        touched: passkeys
            .iter()
            .filter_map(|entry| touch(rules, entry, now))
            .collect(),
    }
}

/// What the rules do to a passkey; `None` if that is nothing.
fn touch(rules: &Rules, entry: &PasskeyEntry, now: UnixTime) -> Option<PolicyTouch> {
    let rp_id = entry.rp_id.as_deref()?;
    let (days_left, limit) = match rules.verdict(rp_id, entry.created_at?, entry.last_used, now) {
        PolicyVerdict::Allowed => return None,
        PolicyVerdict::Warned { days_left, limit } => (Some(days_left), limit),
        PolicyVerdict::Blocked { why } => (None, why),
    };
    let (name, _) = names(entry.user_name.as_deref(), entry.user_display_name.as_deref());
    Some(PolicyTouch {
        id: entry.record_id.to_string(),
        site: Site::new(rp_id),
        name,
        days_left,
        limit: match limit {
            Limit::Age { maximum_days: days } => PolicyLimit::Age { days },
            Limit::Disuse { maximum_days: days } => PolicyLimit::Disuse { days },
            _ => PolicyLimit::Other,
        },
    })
}

/// Who has set the policy. Only root's is read; elsewhere there is none.
#[cfg(unix)]
fn owner(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt as _;
    match std::fs::metadata(path).map(|file| file.uid()) {
        Ok(0) | Err(_) => "root".to_owned(),
        Ok(other) => other.to_string(),
    }
}

#[cfg(not(unix))]
fn owner(_: &Path) -> String {
    String::new()
}

fn finding(check: doctor::Check) -> Finding {
    Finding {
        verdict: match check.verdict {
            Found::Works => Verdict::Works,
            Found::Remark(code) => Verdict::Remark { code: code.into() },
            Found::Broken(code) => Verdict::Broken { code: code.into() },
        },
        facts: match check.facts {
            Known::Store { kind, passkeys } => Facts::Store {
                in_file: kind == StoreKind::PassphraseFile,
                passkeys: passkeys.map(count),
            },
            Known::Bluetooth { adapter, .. } => Facts::Bluetooth { adapter },
            Known::Tunnel { host, address } => Facts::Tunnel {
                address: (address.strip_suffix(":443") != Some(&host)).then_some(address),
                host,
            },
            Known::Clock { now, ahead } => Facts::Clock { now: now.0, ahead },
            Known::Verification { way: taken, .. } => Facts::Verification { way: taken.map(way) },
            Known::Folder(folder) => Facts::Folder {
                path: folder.path.display().to_string(),
                free: folder.free,
            },
            Known::Activity { entries } => Facts::Activity { entries },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_shown_with_its_file_its_owner_and_every_rule() {
        let rules = Rules::parse(
            "[pin]\nminimum_length = 6\n[verification]\nallowed = [\"app_pin\"]\n\
             [[passkey]]\nrp = \"*.example.org\"\nmaximum_age_days = 90\n\
             [[passkey]]\nrp = \"*\"\nmaximum_disuse_days = 30\nwarn_days = 3\n",
        )
        .unwrap();
        let shown = policy(&rules, Path::new("/etc/roamkey/policy.toml"), "root", &[], now());
        let Policy::InForce {
            path,
            owner,
            minimum_pin_length,
            allowed,
            rules,
            ..
        } = shown
        else {
            panic!("not in force");
        };
        assert_eq!(
            (path.as_str(), owner.as_str()),
            ("/etc/roamkey/policy.toml", "root")
        );
        assert_eq!(
            (minimum_pin_length, allowed),
            (Some(6), vec![VerificationWay::Pin])
        );
        let sites: Vec<_> = rules
            .iter()
            .map(|rule| {
                (
                    rule.sites.as_str(),
                    rule.maximum_age_days,
                    rule.maximum_disuse_days,
                )
            })
            .collect();
        assert_eq!(sites, [("*.example.org", Some(90), None), ("*", None, Some(30))]);
    }

    #[test]
    fn without_rules_only_the_place_of_the_file_is_shown() {
        let shown = policy(&Rules::default(), Path::new("/etc/p"), "root", &[], now());
        assert!(
            shown
                == Policy::None {
                    path: "/etc/p".to_owned()
                }
        );
    }
}
