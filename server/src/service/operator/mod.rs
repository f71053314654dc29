//! Operators: adding, listing, changing passwords and roles, disabling and enabling.

pub mod limit;
mod opened;
pub mod password;
mod row;
pub mod session;
pub mod sessions;
pub mod sign_on;
pub mod totp;

use std::net::IpAddr;

use bowline_api::admin::Operator;
use bowline_api::status::Role;
use bowline_api::{OperatorId, Page};
use secrecy::SecretString;

use super::cursor::{self, Cursor, List};
use super::uncommitted::Uncommitted;
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::entropy;
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::settings::LocalPasswords;
use crate::store::operators::sessions::Ending;
use crate::store::{Platform, PlatformTx};
use row::to_wire;
use session::{Identified, Proven};
use totp::TotpProof;

/// Adds an operator.
///
/// # Errors
/// `already_exists`, `invalid_field`.
pub async fn add(
    app: &App,
    actor: &Actor,
    name: &str,
    password: &SecretString,
    role: Role,
) -> Result<Operator> {
    prepare(app, actor, name, password, role).await?.commit().await
}

/// Like [`add`], but the caller commits, once the operator has been shown.
///
/// # Errors
/// `already_exists`, `invalid_field`.
pub async fn prepare(
    app: &App,
    actor: &Actor,
    name: &str,
    password: &SecretString,
    role: Role,
) -> Result<Uncommitted<Operator, Platform>> {
    let hash = app.passwords.hash(password, &[name]).await?;
    let id: OperatorId = entropy::id();
    let (tx, added) = app
        .store
        .begin_platform()
        .await?
        .attempt(async |tx| {
            let operator_row = tx.insert_operator(id.uuid(), name, &hash, role).await?;
            tx.record(actor, Event::OperatorAdded { operator: id, name, role }).await?;
            to_wire(operator_row)
        })
        .await?;
    Ok(Uncommitted::new(tx, added))
}

/// A page of all operators, by name.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(app: &App, cursor: Option<&str>, limit: i64) -> Result<Page<Operator>> {
    let list = List::new(app.vault.ring(), "operators", &())?;
    let asked: Option<Cursor<String>> = list.read(cursor)?;
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let from = asked.as_ref().map(|cursor| cursor.key.as_str());
    let rows = app.store.platform(async |tx| tx.operators(from, backwards, limit + 1).await).await?;
    let page = list.page(asked.as_ref(), rows, limit, |operator_row| operator_row.name.clone())?;
    cursor::try_map(page, |operator_row| OperatorId::from(operator_row.id), to_wire)
}

/// The operator with this name.
///
/// # Errors
/// `not_found`.
pub async fn by_name(app: &App, name: &str) -> Result<Operator> {
    to_wire(app.store.platform(async |tx| tx.operator_by_name(name).await).await?.ok_or_else(no_operator)?)
}

/// One operator.
///
/// # Errors
/// `not_found`.
pub async fn get(app: &App, id: OperatorId) -> Result<Operator> {
    to_wire(app.store.platform(async |tx| tx.operator(id.uuid()).await).await?.ok_or_else(no_operator)?)
}

/// Replaces another operator's password, ends all sessions of that operator and clears their failed logins.
///
/// # Errors
/// `not_found`, `invalid_field`; `invalid_state` for one's own password: see [`change_own_password`].
pub async fn change_password(
    app: &App,
    actor: &Actor,
    id: OperatorId,
    password: &SecretString,
) -> Result<Operator> {
    if matches!(actor, Actor::Operator { id: own, .. } if *own == id) {
        let detail =
            "change your own password with PUT /admin/v1/whoami/password, which asks for the current one";
        return Err(Code::InvalidState.because(detail).into());
    }
    let operator = get(app, id).await?;
    if operator.issuer.is_some() {
        return Err(decided_by_identity_provider("has no password here"));
    }
    let hash = app.passwords.hash(password, &[&operator.name]).await?;
    set_password(app, actor, id, &hash).await
}

/// Replaces one's own password and ends all sessions. A wrong current password counts as a failed login.
///
/// # Errors
/// `invalid_field` if the current password or the code is wrong, or the new password unacceptable; `totp_required`;
/// `rate_limited`.
pub async fn change_own_password(
    app: &App,
    who: &Identified,
    current: &TotpProof,
    new: &SecretString,
    from: IpAddr,
) -> Result<Operator> {
    if who.signs_on {
        return Err(decided_by_identity_provider("has no password here"));
    }
    match session::prove(app, &who.name, current, from).await? {
        Proven::Yes(_) => {}
        Proven::WrongPassword => {
            let detail = "current_password is not the password that you have now";
            return Err(Code::InvalidField.because(detail).field("current_password").into());
        }
        Proven::WrongCode => return Err(session::wrong_code(current.members.code)),
    }
    let hash = app.passwords.hash(new, &[&who.name]).await?;
    set_password(app, &who.actor(), who.id, &hash).await
}

async fn set_password(app: &App, actor: &Actor, id: OperatorId, hash: &str) -> Result<Operator> {
    let change = async |tx: &mut PlatformTx| {
        let operator_row = tx.set_password(id.uuid(), hash).await?.ok_or_else(no_operator)?;
        let ended_sessions = tx.end_sessions(id.uuid(), Ending::All).await?;
        tx.forget_login_failures(Digest::of(operator_row.name.as_bytes())).await?;
        tx.record(actor, Event::OperatorPasswordChanged { operator: id, ended_sessions }).await?;
        Ok(operator_row)
    };
    to_wire(app.store.platform(change).await?)
}

/// Disables an operator and ends all sessions.
///
/// # Errors
/// `not_found`; `last_admin` if nobody would be left to manage operators.
pub async fn disable(app: &App, actor: &Actor, id: OperatorId) -> Result<Operator> {
    let change = async |tx: &mut PlatformTx| {
        not_the_last_admin(app, tx, id).await?;
        let operator_row = tx.disable_operator(id.uuid()).await?.ok_or_else(no_operator)?;
        let ended_sessions = tx.end_sessions(id.uuid(), Ending::All).await?;
        tx.record(actor, Event::OperatorDisabled { operator: id, ended_sessions }).await?;
        Ok(operator_row)
    };
    to_wire(app.store.platform(change).await?)
}

/// Lets a disabled operator log in again, and clears their failed logins.
///
/// # Errors
/// `not_found`.
pub async fn enable(app: &App, actor: &Actor, id: OperatorId) -> Result<Operator> {
    let change = async |tx: &mut PlatformTx| {
        let operator_row = tx.enable_operator(id.uuid()).await?.ok_or_else(no_operator)?;
        tx.forget_login_failures(Digest::of(operator_row.name.as_bytes())).await?;
        tx.record(actor, Event::OperatorEnabled { operator: id }).await?;
        Ok(operator_row)
    };
    to_wire(app.store.platform(change).await?)
}

/// Changes an operator's role and ends all sessions, unless they have this role already.
///
/// # Errors
/// `not_found`; `invalid_state` if an operator who is limited to tenants would become an admin; `last_admin` if nobody would be
/// left to manage operators.
pub async fn change_role(app: &App, actor: &Actor, id: OperatorId, role: Role) -> Result<Operator> {
    let change = async |tx: &mut PlatformTx| {
        if role != Role::Admin {
            not_the_last_admin(app, tx, id).await?;
        }
        let before = tx.lock_operator(id.uuid()).await?.ok_or_else(no_operator)?;
        if before.issuer.is_some() {
            return Err(decided_by_identity_provider("gets their role from there"));
        }
        if before.role.known().is_ok_and(|before| before == role) {
            return Ok(before);
        }
        if role == Role::Admin && before.tenant_ids.is_some() {
            let detail =
                "this operator is limited to tenants, and an admin manages all of them; lift the limit first";
            return Err(Code::InvalidState.because(detail).into());
        }
        let operator_row = tx.set_role(id.uuid(), role).await?.ok_or_else(no_operator)?;
        let ended_sessions = tx.end_sessions(id.uuid(), Ending::All).await?;
        tx.record(actor, Event::OperatorRoleChanged { operator: id, role, ended_sessions }).await?;
        Ok(operator_row)
    };
    to_wire(app.store.platform(change).await?)
}

/// Locks all admins, so that two who disable each other at the same moment do so one after the other. With passwords for emergencies,
/// one of those who have such a password must be left as well.
async fn not_the_last_admin(app: &App, tx: &mut PlatformTx, id: OperatorId) -> Result<()> {
    let admins = tx.lock_admins().await?;
    let with_password =
        admins.iter().filter(|(_, name, signs_on)| !signs_on && app.settings.sign_on.permits_password(name));
    let with_password: Vec<_> = with_password.map(|(id, ..)| *id).collect();
    let signing_on = admins.iter().filter(|(.., signs_on)| *signs_on && app.sign_on.is_some());
    let all: Vec<_> = signing_on.map(|(id, ..)| *id).chain(with_password.iter().copied()).collect();
    if all == [id.uuid()] {
        let detail = "this is the last admin who can log in; add or enable another one first";
        return Err(Code::LastAdmin.because(detail).into());
    }
    let for_emergencies = app.settings.sign_on.local_passwords == LocalPasswords::BreakGlass;
    if for_emergencies && with_password == [id.uuid()] {
        let detail = "this is the last admin who can log in while the identity provider is down; name another one in \
                      bowline.sign_on.break_glass first";
        return Err(Code::LastAdmin.because(detail).into());
    }
    Ok(())
}

/// The refusal of a change that the identity provider decides about.
fn decided_by_identity_provider(why: &str) -> Error {
    let detail = format!(
        "this operator logs in at the identity provider and {why}; change their groups there, or disable them here"
    );
    Code::InvalidState.because(detail).into()
}

fn no_operator() -> Error {
    Code::NotFound.because("there is no such operator").into()
}
