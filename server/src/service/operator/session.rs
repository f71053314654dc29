//! Operators' sessions: logging in, identifying, logging out.

use std::net::IpAddr;
use std::time::Duration;

use bowline_api::admin::NewSession;
use bowline_api::status::Role;
use bowline_api::{OperatorId, SessionId};
use bowline_provider::openid::OpenId;
use secrecy::ExposeSecret as _;

pub use super::opened::LoginOrigin;
use super::opened::{self, idle};
use super::password::MAX_PASSWORD;
use super::sign_on::proof;
use super::totp::{self, TotpProof};
use crate::app::App;
use crate::domain::credential::{self, Digest, Kind};
use crate::domain::{Actor, Code, Error, Event, Reach, Result};
use crate::metrics;
use crate::settings::LocalPasswords;
use crate::store::PlatformTx;
use crate::store::operators::OperatorRow;
use crate::store::operators::sign_ons::Prover;

/// The number of failed logins without a lock.
const FREE_LOGIN_FAILURES: i32 = 5;
/// The longest lock.
const LONGEST_LOGIN_LOCK: Duration = Duration::from_mins(15);

/// An operator with a valid session.
#[derive(Debug, Clone)]
pub struct Identified {
    /// The operator's id.
    pub id: OperatorId,
    /// The login name.
    pub name: String,
    /// The operator's role.
    pub role: Role,
    /// Whether they have to set up one-time codes before they can do anything else.
    pub must_enrol: bool,
    /// Whether they log in at the identity provider, and have no password here.
    pub signs_on: bool,
    /// The tenants that the operator may see and act on.
    pub reach: Reach,
    /// The id of the session.
    pub session: SessionId,
}

impl Identified {
    /// The operator as an actor in the audit log.
    pub fn actor(&self) -> Actor {
        Actor::Operator { id: self.id, name: self.name.clone() }
    }

    /// The operator as somebody who proves in this session that it is them.
    pub(super) fn prover(&self) -> Prover {
        Prover { operator: self.id.uuid(), session: self.session.uuid() }
    }
}

/// Whether operators have proven that it is them.
pub(in crate::service) enum Proven {
    /// Yes; the operator as they were then.
    Yes(Box<OperatorRow>),
    /// The password is wrong, or there is no such operator.
    WrongPassword,
    /// The password is right. The code is wrong, or was accepted before.
    WrongCode,
}

/// How long a name is locked after this many failures: not at all at first, then from 1 second, doubling up to 15
/// minutes.
fn lock_after(failures: i32) -> Duration {
    match u32::try_from(failures - FREE_LOGIN_FAILURES) {
        Ok(over) => Duration::from_secs(1_u64.checked_shl(over).filter(|_| over < 32).unwrap_or(u64::MAX))
            .min(LONGEST_LOGIN_LOCK),
        Err(_) => Duration::ZERO,
    }
}

/// Exchanges a password, and a code if the operator is enrolled, for a session.
///
/// # Errors
/// `invalid_login`, the same for an unknown name and a wrong password; `totp_required` if the password is right and the code
/// is missing; `rate_limited` if the name is locked or too many passwords are being checked, in which case the password is
/// not checked.
pub async fn log_in(app: &App, name: &str, proof: &TotpProof, from: LoginOrigin<'_>) -> Result<NewSession> {
    let operator_row = match prove(app, name, proof, from.address).await? {
        Proven::Yes(operator_row) => operator_row,
        Proven::WrongPassword => return Err(wrong_login(app)),
        Proven::WrongCode => return Err(Code::InvalidLogin.because(WRONG_CODE_DETAIL).into()),
    };
    app.store
        .platform(async |tx| {
            begin_operator_session(app, tx, Digest::of(name.as_bytes()), &operator_row, from).await
        })
        .await
}

/// Whether the password, and the code if the operator is enrolled, are those of the operator with this name. Only what is
/// wrong counts as a failed login; a missing code, a full queue, a lock or an internal error does not.
///
/// # Errors
/// `totp_required`, `rate_limited`.
pub(in crate::service) async fn prove(
    app: &App,
    name: &str,
    proof: &TotpProof,
    from: IpAddr,
) -> Result<Proven> {
    verify_password_and_code(app, name, Digest::of(name.as_bytes()), proof, from).await
}

/// Step-up: the operator of a session proves again that it is them, with their password or with the secret of a login anew at the identity
/// provider. Their failures are counted apart from logins with their
/// name, so that nobody without their session can lock them out of an act.
///
/// # Errors
/// `invalid_field` if the password or the code is wrong; `totp_required`, `sign_on_required`, `rate_limited`.
pub async fn step_up(app: &App, who: &Identified, proof: &TotpProof, from: IpAddr) -> Result<()> {
    if let Some(secret) = credential::parse(Kind::SignOn, proof.password.expose_secret()) {
        return proof::spend(app, who.prover(), secret, proof.members.password).await;
    }
    if who.signs_on {
        let detail = "log in anew at the identity provider (POST /admin/v1/whoami/sign-on/browser or …/device) and send the secret of \
                      that login as the password";
        return Err(Code::SignOnRequired.because(detail).into());
    }
    let counter = step_up_counter(who);
    match verify_password_and_code(app, &who.name, counter, proof, from).await? {
        Proven::Yes(operator_row) if operator_row.id == who.id.uuid() => {
            app.store.platform(async |tx| tx.forget_login_failures(counter).await).await
        }
        Proven::WrongCode => Err(wrong_code(proof.members.code)),
        Proven::Yes(_) | Proven::WrongPassword => {
            let detail = "password is not your own password";
            Err(Code::InvalidField.because(detail).field(proof.members.password).into())
        }
    }
}

/// What counts the failures of an operator's step-ups.
fn step_up_counter(who: &Identified) -> Digest {
    Digest::of(format!("step-up {}", who.id).as_bytes())
}

/// Checks that this operator, who is locked, may try a code within their session now.
///
/// # Errors
/// `rate_limited` after too many wrong passwords and codes.
pub(super) async fn may_try_code(tx: &mut PlatformTx, who: &Identified) -> Result<()> {
    not_locked(tx, step_up_counter(who)).await
}

/// Counts a wrong code within an operator's session, as step-ups do.
pub(super) async fn count_wrong_code(
    tx: &mut PlatformTx,
    who: &Identified,
    operator_row: &OperatorRow,
    from: IpAddr,
) -> Result<()> {
    metrics::login_failed();
    fail_login(tx, step_up_counter(who), Some(operator_row), Some("code"), from).await
}

async fn not_locked(tx: &mut PlatformTx, counter: Digest) -> Result<()> {
    let left = tx.login_lock(counter).await?;
    if left.is_zero() { Ok(()) } else { Err(locked_login(left)) }
}

/// What to do about a wrong code.
const WRONG_CODE_DETAIL: &str = "the one-time code is wrong or was used already; wait for the next one, or check the clock of your device";

/// The refusal of a wrong code in this member of a body.
pub(super) fn wrong_code(member: &'static str) -> Error {
    Code::InvalidField.because(WRONG_CODE_DETAIL).field(member).into()
}

/// Verifies a password, and a code if the operator is enrolled. Failures are counted under `name_hash`.
async fn verify_password_and_code(
    app: &App,
    name: &str,
    name_hash: Digest,
    proof: &TotpProof,
    from: IpAddr,
) -> Result<Proven> {
    if proof.password.expose_secret().len() > MAX_PASSWORD {
        // Nobody has such a password, so this is no guess.
        return Ok(Proven::WrongPassword);
    }
    // A locked name does not wait for a turn. After the turn it is checked again, because concurrent attempts may have
    // locked it.
    may_try(app, name_hash).await?;
    let turn = app.passwords.turn().await?;
    may_try(app, name_hash).await?;
    // Hashing takes long, so no connection is held meanwhile.
    let found = app.store.platform(async |tx| tx.operator_by_name(name).await).await?;
    // Whoever logs in elsewhere is treated like a name that does not exist, so that nobody learns who may log in here.
    let permitted = found.as_ref().filter(|operator_row| may_have_password(app, operator_row));
    let hash = permitted.map(|operator_row| operator_row.password_hash.as_str());
    let fits = app.passwords.verify(turn, &proof.password, hash).await?;
    let Some(operator_row) = found.as_ref().filter(|operator_row| fits && operator_row.disabled_at.is_none())
    else {
        metrics::login_failed();
        app.store.platform(async |tx| fail_login(tx, name_hash, found.as_ref(), None, from).await).await?;
        return Ok(Proven::WrongPassword);
    };
    if operator_row.totp_since.is_some() && !fits_code(app, operator_row, name_hash, proof, from).await? {
        return Ok(Proven::WrongCode);
    }
    Ok(Proven::Yes(Box::new(operator_row.clone())))
}

/// Whether the code is right, after the password was. The name is not locked while concurrent attempts wait for each other, so it is
/// checked once more under the lock of the operator.
async fn fits_code(
    app: &App,
    operator_row: &OperatorRow,
    name_hash: Digest,
    proof: &TotpProof,
    from: IpAddr,
) -> Result<bool> {
    let Some(code) = &proof.code else {
        let detail = "a one-time code of your authenticator app, or a recovery code, is needed as well, in the member `code`; a \
                      client that does not ask for one is older than the server";
        return Err(Code::TotpRequired.because(detail).into());
    };
    let check = async |tx: &mut PlatformTx| {
        tx.lock_operator(operator_row.id).await?;
        not_locked(tx, name_hash).await?;
        let fits = totp::accept(app, tx, operator_row, code).await?;
        if !fits {
            fail_login(tx, name_hash, Some(operator_row), Some("code"), from).await?;
        }
        Ok(fits)
    };
    let fits = app.store.platform(check).await?;
    if !fits {
        metrics::login_failed();
    }
    Ok(fits)
}

/// Begins the session, unless the operator was disabled or given a new password while the old one was checked: that has
/// ended all sessions, and this one must not follow.
async fn begin_operator_session(
    app: &App,
    tx: &mut PlatformTx,
    name_hash: Digest,
    verified: &OperatorRow,
    from: LoginOrigin<'_>,
) -> Result<NewSession> {
    let operator_row = tx.lock_operator(verified.id).await?;
    let operator_row = operator_row
        .filter(|operator_row| {
            operator_row.disabled_at.is_none() && operator_row.password_hash == verified.password_hash
        })
        .filter(|operator_row| operator_row.totp_since == verified.totp_since)
        .ok_or_else(|| wrong_login(app))?;
    tx.forget_login_failures(name_hash).await?;
    let by = is_break_glass(app).then_some("break_glass");
    if by.is_some() {
        metrics::break_glass_login();
    }
    opened::open(app, tx, operator_row, from).await?.record(tx, from.address, by).await
}

/// Whether this operator may log in with a password at all.
fn may_have_password(app: &App, operator_row: &OperatorRow) -> bool {
    operator_row.issuer.is_none() && app.settings.sign_on.permits_password(&operator_row.name)
}

/// Whether passwords are for emergencies only.
fn is_break_glass(app: &App) -> bool {
    app.settings.sign_on.local_passwords == LocalPasswords::BreakGlass
}

/// The refusal of a login, the same for every name.
fn wrong_login(app: &App) -> Error {
    let detail = if is_break_glass(app) {
        "the name or the password is wrong; operators log in by single sign-on here, and only a few with a password, for emergencies"
    } else {
        "the name or the password is wrong"
    };
    Code::InvalidLogin.because(detail).into()
}

/// Checks that a password may be tried for this name now.
async fn may_try(app: &App, name_hash: Digest) -> Result<()> {
    app.store.platform(async |tx| not_locked(tx, name_hash).await).await
}

fn locked_login(left: Duration) -> Error {
    let detail = "too many failed logins with this name; wait before you try again";
    Code::RateLimited.because(detail).retry_after(left).into()
}

/// Counts and records a failure. An unknown name is not recorded, because people type passwords in its place.
async fn fail_login(
    tx: &mut PlatformTx,
    name_hash: Digest,
    who: Option<&OperatorRow>,
    wrong: Option<&'static str>,
    from: IpAddr,
) -> Result<()> {
    let known = tx.lock_login(name_hash).await?;
    let failures = known.failures.saturating_add(1);
    tx.count_login(name_hash, lock_after(failures)).await?;
    let failed = Event::OperatorLoginFailed {
        operator: who.map(|operator_row| operator_row.id.into()),
        address: from,
        failures,
        name: who.map(|operator_row| operator_row.name.as_str()),
        wrong,
    };
    tx.record(&Actor::System, failed).await
}

/// The operator whose session the presented token is. The session counts as used.
///
/// # Errors
/// `unauthenticated` if it is unknown, has ended, was idle for too long, or its operator is disabled; also if a server of a version
/// before one-time codes began it and the operator has them.
pub async fn identify(app: &App, token: Digest) -> Result<Identified> {
    let Some(live) = app.store.platform(async |tx| tx.use_session(token, idle(app)).await).await? else {
        // As for API keys: someone who tries many tokens waits for most of the responses.
        let refusal = Code::Unauthenticated.because("this session has ended or never existed; log in again");
        return app.wrong_keys.delay(Err(refusal.into())).await;
    };
    let operator_row = live.operator;
    if let Some(detail) = outdated_session(app, &operator_row) {
        return Err(Code::Unauthenticated.because(detail).into());
    }
    // The second factor of whoever logs in at the identity provider is its business.
    let must_enrol = operator_row.issuer.is_none()
        && app.settings.operators.require_totp
        && operator_row.totp_since.is_none();
    let reach = Reach::of(operator_row.tenant_ids.map(|ids| ids.into_iter().map(Into::into).collect()));
    let (signs_on, session) = (operator_row.issuer.is_some(), live.id.into());
    let (id, role) = (operator_row.id.into(), operator_row.role.known()?);
    Ok(Identified { id, role, name: operator_row.name, must_enrol, signs_on, reach, session })
}

/// Why the settings no longer permit a session of this operator, if so: the way in which they have logged in is closed.
fn outdated_session(app: &App, operator_row: &OperatorRow) -> Option<&'static str> {
    match &operator_row.issuer {
        Some(issuer) if Some(issuer.as_str()) != app.sign_on.as_ref().map(OpenId::issuer) => {
            Some("the identity provider of this operator is no longer the one of this server; log in again")
        }
        None if !app.settings.sign_on.permits_password(&operator_row.name) => {
            Some("operators log in by single sign-on now; log in again")
        }
        _ => None,
    }
}

/// Whether the session has not ended, and [`identify`] would still accept it. It does not count as used.
pub(in crate::service) async fn stands(app: &App, token: Digest) -> Result<bool> {
    let live = app.store.platform(async |tx| tx.live_session(token, idle(app)).await).await?;
    Ok(live.is_some_and(|live| outdated_session(app, &live.operator).is_none()))
}

/// Ends the session.
pub async fn log_out(app: &App, actor: &Actor, token: Digest) -> Result<()> {
    let end = async |tx: &mut PlatformTx| {
        tx.end_session(token).await?;
        tx.record(actor, Event::OperatorLoggedOut {}).await
    };
    app.store.platform(end).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_are_free_and_then_the_lock_doubles_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| lock_after(failures).as_secs();
        // The fifth failure is still allowed, and locks further attempts.
        assert_eq!([1, 2, 3, 4].map(seconds), [0; 4]);
        assert_eq!([5, 6, 7, 8].map(seconds), [1, 2, 4, 8]);
        assert_eq!([14, 15, 16, 36, 37, 70, i32::MAX].map(seconds), [512, 900, 900, 900, 900, 900, 900]);
    }
}
