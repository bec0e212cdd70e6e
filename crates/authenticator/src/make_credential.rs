//! `authenticatorMakeCredential` (CTAP 2.3 §6.1.2), step by step.
//!
//! Steps 1 to 9 decide without the person and without looking at passkeys; then the person is asked; steps 10 to 19
//! follow. So nothing that comes back before the answer depends on what passkeys are here.

use rand_core::CryptoRng;
use roamkey_cbor::Map;
use roamkey_ctap::make_credential::{ExtensionInputs, Request, Response};
use roamkey_ctap::{
    Algorithm, AttestedCredentialData, AuthenticatorData, CredProtect, CredentialId, Flags, PrfOutputs,
    PublicKeyCredentialDescriptor, PublicKeyCredentialParameters, PublicKeyCredentialUserEntity, RpId,
};
use sha2::{Digest, Sha256};

use crate::consent::Ceremony;
use crate::get_info::{AAGUID, ALGORITHMS, MAX_CRED_BLOB_LENGTH};
use crate::hmac_secret::Salts;
use crate::rejection::Rejection;
use crate::request::{PinUvAuth, timed_out};
use crate::{
    Answer, Authenticator, ConsentPrompt, Credential, CredentialStore, CredentialSummary, KeyError,
    Operation, Outcome, Pending, PrfSeeds, PrivateKey, UnixTime, UserConsent, UserVerification,
    UserVerificationState, pending,
};

/// Longest user name that is kept, in bytes; longer ones are cut, which the standard allows from 64 bytes on.
/// Keyrings take about 1.9 kB per passkey, and Chromium was seen to pass on names of any length.
const MAX_NAME_LENGTH: usize = 256;

/// Length of a credential ID in bytes: random, since nothing is encoded in it, and too long to guess or to collide.
const CREDENTIAL_ID_LENGTH: usize = 32;

/// A request that passed steps 1 to 9.
pub(crate) struct Checked {
    client_data_hash: [u8; 32],
    rp_id: RpId,
    user: PublicKeyCredentialUserEntity,
    algorithm: Algorithm,
    exclude_list: Vec<PublicKeyCredentialDescriptor>,
    extensions: ExtensionInputs,
    salts: Option<Salts>,
    all_extensions: bool,
    discoverable: bool,
    attestation: Attestation,
}

/// The attestation statement formats that are offered.
#[derive(Clone, Copy)]
enum Attestation {
    None,
    PackedSelf,
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

    // Step 3: the first supported algorithm of the list wins. Wrong types and missing members ended at decoding.
    let supported = |parameters: &PublicKeyCredentialParameters| {
        parameters
            .algorithm()
            .filter(|algorithm| ALGORITHMS.contains(algorithm))
    };
    let algorithm = request
        .pub_key_cred_params
        .iter()
        .find_map(supported)
        .ok_or(Rejection::UnsupportedAlgorithm)?;

    // Step 4: the response begins with both bits "uv" and "up" false; `finish` sets them from the consent.

    // Step 5: options. Unknown ones were dropped at decoding. "uv" first, then "rk", which is supported and false if
    // absent, then "up", which can't be switched off.
    let user_verification = pin_uv_auth.built_in_uv(request.options.uv, state)?;
    let discoverable = request.options.rk.unwrap_or(false);
    if request.options.up == Some(false) {
        return Err(Rejection::InvalidOption);
    }

    // Step 6. Not applicable: alwaysUv is not offered.

    // Step 7: makeCredUvNotRqd is true, so only a discoverable creation without user verification is left to catch.
    // The standard ends it with an error because a remote authenticator has no other means. Here the person sits in
    // front of the device, so they are verified as if "uv" had been set, the way step 6 does it for alwaysUv.
    let user_verification = match (discoverable, state) {
        (true, UserVerificationState::Configured) => UserVerification::Required,
        (true, UserVerificationState::NotConfigured) | (false, _) => user_verification,
    };

    // Step 8. Not applicable: makeCredUvNotRqd is true.

    // Step 9: enterprise attestation is not offered.
    if request.enterprise_attestation.is_some() {
        return Err(Rejection::InvalidParameter);
    }

    // Step 10 only spares step 11, of which the first part needs nobody: the proof of a token.
    pin_uv_auth.verify(state)?;

    // Step 15, the part that needs nobody: the salts of hmac-secret-mc, which counts only beside hmac-secret.
    let salts = match (&request.extensions.hmac_secret_mc, &authenticator.key_agreement) {
        (Some(input), Some(key)) if request.extensions.hmac_secret == Some(true) => {
            Some(Salts::open(input, key)?)
        }
        (None | Some(_), None | Some(_)) => None,
    };

    // A store that can't be read is told before the person is bothered, and whatever is in it.
    store.find(&request.rp.id)?;

    let user = with_short_names(request.user);
    let ceremony = Ceremony::default();
    let operation = Operation::MakeCredential { user: user.clone() };
    let prompt = ConsentPrompt::new(
        ceremony.clone(),
        operation,
        Some(request.rp.id.clone()),
        user_verification,
    );
    let checked = Checked {
        client_data_hash: request.client_data_hash,
        rp_id: request.rp.id,
        user,
        algorithm,
        exclude_list: request.exclude_list,
        extensions: request.extensions,
        salts,
        all_extensions: authenticator.key_agreement.is_some(),
        discoverable,
        attestation: preferred_attestation(&request.attestation_formats_preference),
    };
    Ok((
        Pending::new(
            ceremony,
            pending::Request::MakeCredential(Box::new(checked)),
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
    // Step 11, the rest: user verification took place while the prompt was up, and the consent is the proof of it.
    let user_verified = consent.user_verified();

    // Step 12: the exclude list. The person has answered, so now it may be told.
    let existing = store.find(&checked.rp_id)?;
    if existing
        .iter()
        .any(|summary| is_excluded(summary, &checked.exclude_list, user_verified))
    {
        return Err(Rejection::Excluded);
    }

    // Steps 13 and 14: the consent is the evidence of user presence.
    let flags = Flags {
        user_present: true,
        user_verified,
        backup_eligible: true,
        backup_state: false,
    };

    // Step 15: extensions, as far as they shape the credential.
    let cred_protect = checked.extensions.cred_protect.unwrap_or_default();
    let offered_blob = checked
        .extensions
        .cred_blob
        .as_ref()
        .filter(|_| checked.all_extensions);
    let cred_blob = offered_blob.filter(|blob| blob.len() <= MAX_CRED_BLOB_LENGTH);

    // Step 16: the key pair, and with it both seeds of the pseudo-random function.
    let key = PrivateKey::generate(checked.algorithm, rng).ok_or(KeyError::Invalid)?;
    let mut id = vec![0; CREDENTIAL_ID_LENGTH];
    rng.fill_bytes(&mut id);
    let credential = Credential {
        id: CredentialId::new(id),
        rp_id: checked.rp_id,
        user: checked.user,
        key,
        prf_seeds: PrfSeeds::generate(rng),
        discoverable: checked.discoverable,
        cred_protect,
        cred_blob: cred_blob.cloned(),
        backup_eligible: flags.backup_eligible,
        backup_state: flags.backup_state,
        created_at: now,
    };

    // Step 19 before 17 and 18: whatever can fail without the store must fail before a passkey is kept.
    let prf = checked.extensions.prf.as_ref().map(|inputs| PrfOutputs {
        enabled: Some(true),
        results: inputs
            .eval
            .as_ref()
            .map(|salts| credential.prf_seeds.evaluate(user_verified, salts)),
    });
    let hmac_secret = checked
        .extensions
        .hmac_secret
        .filter(|wanted| *wanted && checked.all_extensions);
    let outputs = Map::new()
        .with_some("credBlob", offered_blob.map(|_| credential.cred_blob.is_some()))
        .with_some(
            "credProtect",
            checked.extensions.cred_protect.map(CredProtect::level),
        )
        .with_some("hmac-secret", hmac_secret)
        .with_some(
            "hmac-secret-mc",
            checked
                .salts
                .map(|salts| salts.evaluate(&credential.prf_seeds, user_verified, rng)),
        );
    let auth_data = auth_data(&credential, flags, outputs)?;
    let (fmt, att_stmt) = attest(
        checked.attestation,
        &credential.key,
        &auth_data,
        &checked.client_data_hash,
    )?;

    // Steps 17 and 18: a discoverable passkey takes the place of the one for the same account; any other one does
    // not. It is durable when the store returns.
    let same_account =
        |summary: &&CredentialSummary| summary.discoverable && summary.user.id == credential.user.id;
    let replaced = existing
        .iter()
        .filter(|_| credential.discoverable)
        .filter(same_account);
    let replaces: Vec<CredentialId> = replaced.map(|summary| summary.id.clone()).collect();
    store.create(&credential, &replaces, now)?;

    let response = Response {
        fmt: fmt.to_owned(),
        auth_data,
        att_stmt,
        prf,
        // There is always room for one; what does not fit is told when it is written.
        large_blob_supported: checked.extensions.large_blob.map(|_| true),
    };
    Ok(Answer::success(response.encode(), Outcome::Created))
}

/// Step 12: a listed credential excludes, except when its policy hides it from ceremonies without user verification.
fn is_excluded(
    summary: &CredentialSummary,
    exclude_list: &[PublicKeyCredentialDescriptor],
    user_verified: bool,
) -> bool {
    let hidden = summary.cred_protect == CredProtect::UserVerificationRequired && !user_verified;
    !hidden
        && exclude_list
            .iter()
            .any(|descriptor| descriptor.id() == Some(&summary.id))
}

fn auth_data(credential: &Credential, flags: Flags, outputs: Map<'static>) -> Result<Vec<u8>, Rejection> {
    let data = AuthenticatorData {
        rp_id_hash: Sha256::digest(credential.rp_id.as_str()).into(),
        flags,
        sign_count: 0,
        attested: Some(AttestedCredentialData {
            aaguid: AAGUID,
            credential_id: credential.id.clone(),
            public_key: credential.key.public_key(),
        }),
        extensions: (!outputs.is_empty()).then_some(outputs),
    };
    Ok(data.encode()?)
}

/// Step 19: the first offered format of the relying party's list, `none` if there is no list or none fits.
fn preferred_attestation(preference: &[String]) -> Attestation {
    let offered = |format: &String| match format.as_str() {
        "none" => Some(Attestation::None),
        "packed" => Some(Attestation::PackedSelf),
        _ => None,
    };
    preference.iter().find_map(offered).unwrap_or(Attestation::None)
}

fn attest(
    attestation: Attestation,
    key: &PrivateKey,
    auth_data: &[u8],
    client_data_hash: &[u8; 32],
) -> Result<(&'static str, Map<'static>), Rejection> {
    match attestation {
        Attestation::None => Ok(("none", Map::new())),
        Attestation::PackedSelf => {
            // WebAuthn L3 §8.2, self attestation: signed by the credential's own key, no certificate.
            let signature = key.sign(&[auth_data, client_data_hash])?;
            Ok((
                "packed",
                Map::new()
                    .with("alg", key.algorithm().cose())
                    .with("sig", signature),
            ))
        }
    }
}

fn with_short_names(user: PublicKeyCredentialUserEntity) -> PublicKeyCredentialUserEntity {
    let short = |name: Option<String>| {
        name.map(|mut name| {
            name.truncate(name.floor_char_boundary(MAX_NAME_LENGTH));
            name
        })
    };
    PublicKeyCredentialUserEntity {
        id: user.id,
        name: short(user.name),
        display_name: short(user.display_name),
    }
}
