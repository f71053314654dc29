//! Operators' sessions: logging in, being recognised, logging out.

use std::time::Duration;

use bowline_api::OperatorId;
use bowline_api::admin::NewSession;
use bowline_api::status::Role;
use secrecy::SecretString;

use super::audit::{Actor, event};
use super::operator;
use crate::app::App;
use crate::domain::credential::{Digest, Kind, NewCredential};
use crate::domain::{Code, Error, Result, known};
use crate::store::PlatformTx;
use crate::store::operators::OperatorRow;

/// Failures that cost nothing.
const FREE: i32 = 5;
/// The longest lock.
const LONGEST: Duration = Duration::from_mins(15);

/// An operator whose session lives.
#[derive(Debug, Clone)]
pub struct Identified {
    /// Who.
    pub id: OperatorId,
    /// Login name.
    pub name: String,
    /// What the operator may do.
    pub role: Role,
}

impl Identified {
    /// For the audit log.
    pub fn actor(&self) -> Actor {
        Actor::Operator { id: self.id, name: self.name.clone() }
    }
}

/// How long a name is locked once it has failed so often: not at all, then from 1 second on doubling up to 15 minutes.
fn lock_after(failures: i32) -> Duration {
    match u32::try_from(failures - FREE) {
        Ok(over) => Duration::from_secs(1_u64.checked_shl(over).filter(|_| over < 32).unwrap_or(u64::MAX))
            .min(LONGEST),
        Err(_) => Duration::ZERO,
    }
}

/// Trades a password for a session.
///
/// # Errors
/// `invalid_login`, the same for an unknown name and a wrong password; `rate_limited` where the name is locked, and then
/// no password is looked at.
pub async fn log_in(app: &App, name: &str, password: &SecretString) -> Result<NewSession> {
    let name_hash = Digest::of(name.as_bytes());
    count_try(app, name_hash).await?;
    let mut tx = app.store.platform().await?;
    let found = tx.operator_by_name(name).await;
    // The hash takes long: no connection is held meanwhile.
    let found = tx.finish(found).await?;
    let hash = found.as_ref().map(|row| row.password_hash.as_str());
    let fits = app.passwords.verify(password, hash).await?;
    let Some(row) = found.filter(|row| fits && row.disabled_at.is_none()) else {
        return Err(wrong());
    };
    let mut tx = app.store.platform().await?;
    let outcome = begin(app, &mut tx, name_hash, &row).await;
    tx.finish(outcome).await
}

/// Begins the session, unless the operator was disabled or given another password while the old one was looked at: that
/// has ended all sessions, and this one must not come after.
async fn begin(
    app: &App,
    tx: &mut PlatformTx,
    name_hash: Digest,
    verified: &OperatorRow,
) -> Result<NewSession> {
    let row = tx.lock_operator(verified.id).await?;
    let row = row
        .filter(|row| row.disabled_at.is_none() && row.password_hash == verified.password_hash)
        .ok_or_else(wrong)?;
    let credential = NewCredential::generate(Kind::OperatorSession)?;
    let length = Duration::from_secs(app.settings.operators.session_seconds);
    tx.forget_login_failures(name_hash).await?;
    tx.sweep_sessions(idle(app)).await?;
    let expires_at = tx.insert_session(credential.digest, row.id, length).await?;
    let operator = operator::shown(row)?;
    let actor = Actor::Operator { id: operator.id, name: operator.name.clone() };
    tx.record(event(&actor, "operator.logged_in").on(operator.id)).await?;
    Ok(NewSession { token: credential.expose().to_owned(), expires_at, operator })
}

fn wrong() -> Error {
    metrics::counter!("bowline_login_failures_total").increment(1);
    Code::InvalidLogin.because("the name or the password is wrong").into()
}

/// Counts the try as failed before the password is looked at, so that tries at the same time are counted as well; a
/// good one takes it back.
async fn count_try(app: &App, name_hash: Digest) -> Result<()> {
    let mut tx = app.store.platform().await?;
    let known = tx.lock_login(name_hash).await?;
    let now = tx.now().await?;
    if let Ok(left) = (known.locked_until - now).to_std()
        && !left.is_zero()
    {
        tx.commit().await?;
        // Rounded up: trying again at the second that is said must not be too early.
        let wait = Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0));
        let detail = "too many failed logins with this name; wait before you try again";
        return Err(Code::RateLimited.because(detail).retry_after(wait).into());
    }
    tx.count_login(name_hash, lock_after(known.failures + 1)).await?;
    tx.commit().await
}

/// Whose session the shown token is; it counts as used.
///
/// # Errors
/// `unauthenticated` where it is unknown, has ended, was idle for too long, or its operator is disabled.
pub async fn identify(app: &App, token: Digest) -> Result<Identified> {
    let mut tx = app.store.platform().await?;
    let used = tx.use_session(token, idle(app)).await;
    let row = tx
        .finish(used)
        .await?
        .ok_or_else(|| Code::Unauthenticated.because("this session has ended or never was; log in again"))?;
    Ok(Identified { id: row.id.into(), role: role(&row.role)?, name: row.name })
}

/// Ends the session.
///
/// # Errors
/// Those of any statement.
pub async fn log_out(app: &App, actor: &Actor, token: Digest) -> Result<()> {
    let mut tx = app.store.platform().await?;
    tx.end_session(token).await?;
    tx.record(event(actor, "operator.logged_out")).await?;
    tx.commit().await
}

pub(super) fn role(text: &str) -> Result<Role> {
    known(text)
}

fn idle(app: &App) -> Duration {
    Duration::from_secs(app.settings.operators.idle_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_are_free_and_then_the_lock_doubles_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| lock_after(failures).as_secs();
        // The fifth failure is free itself, and locks what comes after it.
        assert_eq!([1, 2, 3, 4].map(seconds), [0; 4]);
        assert_eq!([5, 6, 7, 8].map(seconds), [1, 2, 4, 8]);
        assert_eq!([14, 15, 16, 36, 37, 70, i32::MAX].map(seconds), [512, 900, 900, 900, 900, 900, 900]);
    }
}
