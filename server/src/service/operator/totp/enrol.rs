//! Enrolment in two steps, new recovery codes, removal by the operator, and the reset by an admin.

use std::net::IpAddr;

use bowline_api::OperatorId;
use bowline_api::admin::{EndedSessions, RecoveryCodes, TotpSecret};

use super::{TotpProof, recovery, secret};
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::service::operator::session::{self, Identified};
use crate::service::operator::{decided_by_identity_provider, no_operator};
use crate::store::PlatformTx;
use crate::store::operators::sessions::Ending;

/// Makes a secret, which is in use once it is confirmed within 10 minutes. An earlier one stays in use until then.
///
/// # Errors
/// `invalid_field`, `totp_required`; `rate_limited` after too many wrong passwords.
pub async fn begin(app: &App, who: &Identified, proof: &TotpProof, from: IpAddr) -> Result<TotpSecret> {
    if who.signs_on {
        return Err(decided_by_identity_provider("has their second factor there"));
    }
    session::step_up(app, who, proof, from).await?;
    let new = secret::generate()?;
    let host = app.settings.public_url.host_str().unwrap_or("bowline");
    let uri = secret::uri(new.as_slice(), &format!("{}@{host}", who.name))?;
    let totp_row = secret::seal(app, who.id.uuid(), new.as_slice())?;
    app.store.platform(async |tx| tx.put_pending_totp(&totp_row).await).await?;
    Ok(TotpSecret { uri })
}

/// Puts the secret in use, if the code shows that the operator's app has it. Returns the recovery codes, and ends the operator's
/// other sessions, which began without it.
///
/// # Errors
/// `invalid_field` if the code is wrong; `invalid_state` if there is no secret to confirm; `rate_limited` after too many wrong codes.
pub async fn confirm(
    app: &App,
    who: &Identified,
    current: Digest,
    code: &str,
    from: IpAddr,
) -> Result<RecoveryCodes> {
    let operator = who.id.uuid();
    let codes = recovery::generate(operator)?;
    let confirm = async |tx: &mut PlatformTx| {
        let locked = tx.lock_operator(operator).await?.ok_or_else(no_operator)?;
        session::may_try_code(tx, who).await?;
        let totp_row = tx.totp(operator, true).await?.ok_or_else(nothing_to_confirm)?;
        let Some(step) = secret::step_of(app, &totp_row, code, tx.now().await?)? else {
            session::count_wrong_code(tx, who, &locked, from).await?;
            return Ok(false);
        };
        tx.confirm_totp(operator, step).await?;
        let digests: Vec<Digest> = codes.iter().map(|(_, digest)| *digest).collect();
        tx.replace_recovery_codes(operator, &digests).await?;
        let ended_sessions = tx.end_sessions(operator, Ending::Others(current)).await?;
        tx.record(&who.actor(), Event::OperatorTotpEnrolled { operator: who.id, ended_sessions }).await?;
        Ok(true)
    };
    if !app.store.platform(confirm).await? {
        return Err(wrong_code());
    }
    Ok(RecoveryCodes { recovery_codes: recovery::texts(&codes) })
}

/// Replaces the recovery codes. The old ones are void.
///
/// # Errors
/// `invalid_field`, `totp_required`; `invalid_state` if the operator is not enrolled; `rate_limited`.
pub async fn renew_codes(
    app: &App,
    who: &Identified,
    proof: &TotpProof,
    from: IpAddr,
) -> Result<RecoveryCodes> {
    session::step_up(app, who, proof, from).await?;
    let operator = who.id.uuid();
    let codes = recovery::generate(operator)?;
    let renew = async |tx: &mut PlatformTx| {
        let totp_row = tx.lock_operator(operator).await?.ok_or_else(no_operator)?;
        totp_row.totp_since.ok_or_else(not_enrolled)?;
        let digests: Vec<Digest> = codes.iter().map(|(_, digest)| *digest).collect();
        tx.replace_recovery_codes(operator, &digests).await?;
        tx.record(&who.actor(), Event::OperatorRecoveryCodesReplaced { operator: who.id }).await
    };
    app.store.platform(renew).await?;
    Ok(RecoveryCodes { recovery_codes: recovery::texts(&codes) })
}

/// Removes the operator's own secret and recovery codes.
///
/// # Errors
/// `invalid_field`, `totp_required`; `invalid_state` if the operator is not enrolled, or the service requires it;
/// `rate_limited`.
pub async fn remove(app: &App, who: &Identified, proof: &TotpProof, from: IpAddr) -> Result<()> {
    if app.settings.operators.require_totp {
        let detail = "one-time codes are required of all operators here; enrol again to use another app";
        return Err(Code::InvalidState.because(detail).into());
    }
    session::step_up(app, who, proof, from).await?;
    let operator = who.id.uuid();
    let remove = async |tx: &mut PlatformTx| {
        let totp_row = tx.lock_operator(operator).await?.ok_or_else(no_operator)?;
        totp_row.totp_since.ok_or_else(not_enrolled)?;
        tx.remove_totp(operator).await?;
        tx.record(&who.actor(), Event::OperatorTotpRemoved { operator: who.id }).await
    };
    app.store.platform(remove).await
}

/// Removes another operator's secret and recovery codes, and ends their sessions. The admin proves that it is them.
///
/// # Errors
/// `not_found`, `invalid_field`, `totp_required`, `rate_limited`; `invalid_state` for oneself.
pub async fn reset_for(
    app: &App,
    who: &Identified,
    operator: OperatorId,
    proof: &TotpProof,
    from: IpAddr,
) -> Result<EndedSessions> {
    if who.id == operator {
        let detail = "remove your own with POST /admin/v1/whoami/totp/remove, or enrol again; a recovery code serves as the code";
        return Err(Code::InvalidState.because(detail).into());
    }
    session::step_up(app, who, proof, from).await?;
    reset(app, &who.actor(), operator).await
}

/// Removes an operator's secret and recovery codes, and ends their sessions.
///
/// # Errors
/// `not_found`; `invalid_state` if the operator is not enrolled.
pub async fn reset(app: &App, actor: &Actor, operator: OperatorId) -> Result<EndedSessions> {
    let reset = async |tx: &mut PlatformTx| {
        let totp_row = tx.lock_operator(operator.uuid()).await?.ok_or_else(no_operator)?;
        totp_row.totp_since.ok_or_else(not_enrolled)?;
        tx.remove_totp(operator.uuid()).await?;
        let ended_sessions = tx.end_sessions(operator.uuid(), Ending::All).await?;
        tx.record(actor, Event::OperatorTotpReset { operator, ended_sessions }).await?;
        Ok(EndedSessions { ended_sessions })
    };
    app.store.platform(reset).await
}

fn nothing_to_confirm() -> Error {
    let detail =
        "there is nothing to confirm; begin with POST /admin/v1/whoami/totp and confirm within 10 minutes";
    Code::InvalidState.because(detail).into()
}

fn wrong_code() -> Error {
    let detail =
        "code is not the current code of this secret; check the clock of your device and take the next one";
    Code::InvalidField.because(detail).field("code").into()
}

fn not_enrolled() -> Error {
    Code::InvalidState.because("one-time codes are not set up for this operator").into()
}
