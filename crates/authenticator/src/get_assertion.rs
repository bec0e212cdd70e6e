//! `authenticatorGetAssertion` (CTAP 2.3 §6.2.2), step by step.
//!
//! Steps 1 to 5 decide without the person and without looking at passkeys. Step 7 looks for passkeys, but only to let
//! the person choose; that none fits is told after the person answered. A request with `up: false`, which the
//! standard lets pass silently, is asked like any other: otherwise it would tell anybody what passkeys are here.

use std::collections::HashSet;

use rand_core::CryptoRng;
use roamkey_cbor::Map;
use roamkey_ctap::get_assertion::{ExtensionInputs, Request, Response};
use roamkey_ctap::{
    AuthenticatorData, CredProtect, CredentialId, Flags, LargeBlob, LargeBlobInput, LargeBlobOutput,
    PrfOutputs, PublicKeyCredentialDescriptor, PublicKeyCredentialUserEntity, RpId,
};
use sha2::{Digest, Sha256};

use crate::consent::Ceremony;
use crate::hmac_secret::Salts;
use crate::rejection::Rejection;
use crate::request::{PinUvAuth, timed_out};
use crate::{
    Account, Answer, Authenticator, ConsentPrompt, Credential, CredentialStore, Operation, Outcome, Pending,
    StoreError, UnixTime, UserConsent, UserVerification, pending,
};

/// A request that passed steps 1 to 7.
pub(crate) struct Checked {
    client_data_hash: [u8; 32],
    rp_id: RpId,
    has_allow_list: bool,
    extensions: ExtensionInputs,
    salts: Option<Salts>,
    all_extensions: bool,
    user_presence: bool,
}

pub(crate) fn begin(
    request: Request,
    authenticator: &Authenticator,
    store: &dyn CredentialStore,
) -> Result<(Pending, ConsentPrompt), Rejection> {
    // Steps 1 and 2: pinUvAuthParam.
    let pin_uv_auth = PinUvAuth::of(
        request.pin_uv_auth_param.as_deref(),
        request.pin_uv_auth_protocol,
        authenticator,
    )?;
    let state = authenticator.user_verification;

    // Step 3: the response begins with both bits "uv" and "up" false; `finish` sets them from the consent.

    // Step 4: options. Unknown ones were dropped at decoding. "rk" has no meaning here; "up" is true if absent.
    let user_verification = pin_uv_auth.built_in_uv(request.options.uv, state)?;
    if request.options.rk.is_some() {
        return Err(Rejection::UnsupportedOption);
    }
    let user_presence = request.options.up.unwrap_or(true);

    // Step 5. Not applicable: alwaysUv is not offered.

    // Step 6: the proof of a token is checked here. User verification takes place while the prompt is up; the consent
    // will be the proof of it.
    pin_uv_auth.verify(state)?;

    // Step 10, the part that needs nobody: the salts of hmac-secret, which demands user presence.
    let salts = match (&request.extensions.hmac_secret, &authenticator.key_agreement) {
        (Some(_), Some(_)) if !user_presence => return Err(Rejection::UnsupportedOption),
        (Some(input), Some(key)) => Some(Salts::open(input, key)?),
        (None | Some(_), None | Some(_)) => None,
    };

    // Step 7: the applicable credentials. An empty list is told after the person answered, in `finish`.
    let has_allow_list = !request.allow_list.is_empty();
    let mut found = store.find(&request.rp_id)?;
    let allowed: HashSet<&CredentialId> = request
        .allow_list
        .iter()
        .filter_map(PublicKeyCredentialDescriptor::id)
        .collect();
    found.retain(|summary| {
        let denoted = if has_allow_list {
            allowed.contains(&summary.id)
        } else {
            summary.discoverable
        };
        denoted && is_visible(summary.cred_protect, has_allow_list, user_verification)
    });
    let accounts = found.into_iter().map(Account::from).collect();

    let ceremony = Ceremony::default();
    let operation = Operation::GetAssertion { accounts };
    let prompt = ConsentPrompt::new(
        ceremony.clone(),
        operation,
        Some(request.rp_id.clone()),
        user_verification,
    );
    let checked = Checked {
        client_data_hash: request.client_data_hash,
        rp_id: request.rp_id,
        has_allow_list,
        extensions: request.extensions,
        salts,
        all_extensions: authenticator.key_agreement.is_some(),
        user_presence,
    };
    Ok((
        Pending::new(
            ceremony,
            pending::Request::GetAssertion(Box::new(checked)),
            timed_out(user_verification),
        ),
        prompt,
    ))
}

pub(crate) fn finish(
    checked: Checked,
    consent: &UserConsent,
    store: &dyn CredentialStore,
    rng: &mut dyn CryptoRng,
    now: UnixTime,
) -> Result<Answer, Rejection> {
    // Step 7, its end: no applicable credential.
    let id = consent.account().ok_or(Rejection::NoCredentials)?;
    let credential = match store.load(id) {
        Ok(credential) if credential.rp_id == checked.rp_id => credential,
        // Removed while the prompt was up, or a store that mixes up relying parties.
        Ok(_) | Err(StoreError::NotFound) => return Err(Rejection::NoCredentials),
        Err(error) => return Err(error.into()),
    };

    // Steps 8 and 9: the consent is the evidence of user presence. Built-in user verification always sets "up"; other
    // than that, a request that did not ask for it does not get it.
    let user_verified = consent.user_verified();
    let flags = Flags {
        user_present: checked.user_presence || user_verified,
        user_verified,
        backup_eligible: credential.backup_eligible,
        backup_state: credential.backup_state,
    };

    // Step 10: extensions.
    let salts = checked
        .extensions
        .prf
        .as_ref()
        .and_then(|inputs| inputs.for_credential(&credential.id));
    let results = salts.map(|salts| credential.prf_seeds.evaluate(user_verified, salts));
    let prf = results.map(|results| PrfOutputs {
        enabled: None,
        results: Some(results),
    });

    let wants_blob = checked.all_extensions && checked.extensions.cred_blob == Some(true);
    let outputs = Map::new()
        .with_some(
            "credBlob",
            wants_blob.then(|| credential.cred_blob.clone().unwrap_or_default()),
        )
        .with_some(
            "hmac-secret",
            checked
                .salts
                .map(|salts| salts.evaluate(&credential.prf_seeds, user_verified, rng)),
        );

    // Steps 11 and 12: the person chose at the prompt, so there is one credential, and no numberOfCredentials.
    // userSelected is for requests without allow list only.
    let user_selected = (!checked.has_allow_list).then_some(true);

    // Step 13: sign.
    let auth_data = auth_data(&credential, flags, outputs)?;
    let signature = credential.key.sign(&[&auth_data, &checked.client_data_hash])?;

    // Step 10, the part that changes the store: only after everything that can fail without it.
    let (large_blob, failure) = large_blob(checked.extensions.large_blob, &credential.id, store);

    let response = Response {
        credential: Some(PublicKeyCredentialDescriptor::new(credential.id.clone())),
        auth_data,
        signature,
        user: user(credential.discoverable, credential.user),
        number_of_credentials: None,
        user_selected,
        prf,
        large_blob,
    };
    let unrecorded = store.used(&credential.id, now).err().or(failure);
    Ok(Answer::success(response.encode(), Outcome::SignedIn).but_unrecorded(unrecorded))
}

/// `largeBlob` (WebAuthn L3 §10.1.5): a blob that can't be read is left out, and one that can't be kept is told as not
/// written; neither spoils the assertion.
fn large_blob(
    input: Option<LargeBlobInput>,
    id: &CredentialId,
    store: &dyn CredentialStore,
) -> (Option<LargeBlobOutput>, Option<StoreError>) {
    match input {
        None => (None, None),
        Some(LargeBlobInput::Read) => match store.large_blob(id) {
            Ok(blob) => (blob.map(LargeBlobOutput::Read), None),
            Err(error) => (None, Some(error)),
        },
        Some(LargeBlobInput::Write(blob)) => {
            let written = if blob.data.len() > LargeBlob::MAX_LENGTH {
                Err(StoreError::Full)
            } else {
                store.set_large_blob(id, Some(&blob).filter(|blob| !blob.data.is_empty()))
            };
            (Some(LargeBlobOutput::Written(written.is_ok())), written.err())
        }
    }
}

/// Step 7: what a credential's policy (CTAP 2.3 §12.1) lets this request see.
fn is_visible(policy: CredProtect, has_allow_list: bool, user_verification: UserVerification) -> bool {
    let verified = user_verification == UserVerification::Required;
    match policy {
        CredProtect::UserVerificationOptional => true,
        CredProtect::UserVerificationOptionalWithCredentialIdList => verified || has_allow_list,
        CredProtect::UserVerificationRequired => verified,
    }
}

fn auth_data(credential: &Credential, flags: Flags, outputs: Map<'static>) -> Result<Vec<u8>, Rejection> {
    let data = AuthenticatorData {
        rp_id_hash: Sha256::digest(credential.rp_id.as_str()).into(),
        flags,
        sign_count: 0,
        attested: None,
        extensions: (!outputs.is_empty()).then_some(outputs),
    };
    Ok(data.encode()?)
}

/// The response's `user`: for discoverable credentials only, and only the handle. Names would be of use to a client
/// platform that lets the person choose; here they have chosen.
fn user(discoverable: bool, user: PublicKeyCredentialUserEntity) -> Option<PublicKeyCredentialUserEntity> {
    discoverable.then_some(PublicKeyCredentialUserEntity {
        id: user.id,
        name: None,
        display_name: None,
    })
}
