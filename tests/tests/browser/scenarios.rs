//! The scenarios, one test each, in the order in which they play.

use libtest_mimic::Trial;
use roamkey_testkit::relying_party::Algorithm;
use roamkey_tests::bench::{Bench, TUNNELS};

use crate::Stage;

mod faults;
mod recovered;
mod refused;
mod signing_in;
mod steps;

/// Every scenario.
pub(crate) fn all(stage: &Stage) -> Vec<Trial> {
    let mut trials = signing_in(stage);
    trials.extend(refused(stage));
    trials.extend(faults(stage));
    trials.push(stage.trial(
        "passkey_from_a_backup_signs_in_on_another_device",
        recovered::from_a_backup,
    ));
    trials
}

fn signing_in(stage: &Stage) -> Vec<Trial> {
    use signing_in as play;
    let mut trials = vec![
        stage.trial("registers_with_the_code_read_from_a_picture", play::registers),
        stage.trial("signs_in_with_an_allow_list", play::signs_in_with_an_allow_list),
        stage.trial(
            "signs_in_with_the_second_of_two_accounts",
            play::signs_in_with_the_second_account,
        ),
        stage.trial("prf_gives_the_page_the_same_output_twice", play::prf),
        stage.trial("large_blob_is_written_and_read_by_the_page", play::large_blob),
        stage.trial("strangers_on_air_do_no_harm", play::strangers),
    ];
    for (name, algorithm) in [("es256", Algorithm::Es256), ("eddsa", Algorithm::EdDsa)] {
        let scenario = async move |bench: &mut Bench| play::algorithm(bench, algorithm).await;
        trials.push(stage.trial(&format!("{name}_registers_and_signs_in"), scenario));
    }
    for tunnel in TUNNELS {
        let scenario = async move |bench: &mut Bench| play::by_way_of(bench, tunnel).await;
        trials.push(stage.trial(&format!("registers_by_way_of_tunnel_service_{tunnel}"), scenario));
    }
    trials
}

fn refused(stage: &Stage) -> Vec<Trial> {
    use refused as play;
    vec![
        stage.trial("exclude_list_makes_no_second_passkey", play::exclude_list),
        stage.trial(
            "no_passkey_is_told_only_after_the_person_agreed",
            play::no_passkey,
        ),
        stage.trial("refusal_creates_nothing", play::refusal),
        stage.trial(
            "cancelling_in_the_browser_withdraws_the_question",
            play::cancelled,
        ),
        stage.trial("wrong_pin_is_refused", play::wrong_pin),
        stage.trial("wrong_pin_may_be_corrected", play::corrected_pin),
        stage.trial("code_is_used_once", play::used_twice),
        stage.trial("code_that_is_too_old_is_refused", play::too_old),
        stage.trial("code_from_the_future_is_refused", play::from_the_future),
    ]
}

fn faults(stage: &Stage) -> Vec<Trial> {
    use faults as play;
    vec![
        stage.trial("crash_during_the_question_creates_nothing", play::crash),
        stage.trial(
            "bluetooth_that_is_off_is_told_and_nothing_goes_out",
            play::bluetooth_off,
        ),
        stage.trial(
            "keyring_that_is_locked_is_told_and_nothing_is_signed",
            play::keyring_locked,
        ),
        stage.trial(
            "tunnel_service_that_is_gone_is_told_at_once",
            play::server_gone_before,
        ),
        stage.trial(
            "tunnel_service_that_goes_during_the_question_ends_it",
            play::server_gone_during,
        ),
    ]
}
