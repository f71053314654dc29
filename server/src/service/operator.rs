//! Operators: adding, listing, changing passwords, turning off.

use bowline_api::admin::Operator;
use bowline_api::status::Role;
use bowline_api::{OperatorId, Page};
use secrecy::SecretString;

use super::audit::{Actor, event};
use super::cursor::{self, Cursor, List};
use super::pending::Pending;
use super::session::role;
use crate::app::App;
use crate::domain::entropy;
use crate::domain::{Code, Error, Result};
use crate::store::Platform;
use crate::store::operators::OperatorRow;

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

/// The same, to be committed once it has been shown.
///
/// # Errors
/// `already_exists`, `invalid_field`.
pub async fn prepare(
    app: &App,
    actor: &Actor,
    name: &str,
    password: &SecretString,
    role: Role,
) -> Result<Pending<Operator, Platform>> {
    let hash = app.passwords.hash(password).await?;
    let id: OperatorId = entropy::id();
    let mut tx = app.store.platform().await?;
    let row = match tx.insert_operator(id.uuid(), name, &hash, role.as_str()).await {
        Ok(row) => row,
        Err(refused) => return tx.finish(Err(refused)).await,
    };
    tx.record(event(actor, "operator.added").on(id).with("name", name).with("role", role.as_str())).await?;
    Ok(Pending::new(tx, shown(row)?))
}

/// A page of all operators by their name.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(app: &App, cursor: Option<&str>, limit: i64) -> Result<Page<Operator>> {
    let list = List::new(app.vault.ring(), "operators", &())?;
    let asked: Option<Cursor<String>> = list.read(cursor)?;
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let mut tx = app.store.platform().await?;
    let rows = tx.operators(asked.as_ref().map(|cursor| cursor.key.as_str()), backwards, limit + 1).await;
    let rows = tx.finish(rows).await?;
    let page = list.page(asked.as_ref(), rows, limit, |row| row.name.clone())?;
    cursor::try_map(page, shown)
}

/// The operator with this name.
///
/// # Errors
/// `not_found`.
pub async fn by_name(app: &App, name: &str) -> Result<Operator> {
    let mut tx = app.store.platform().await?;
    let row = tx.operator_by_name(name).await;
    shown(tx.finish(row).await?.ok_or_else(no_operator)?)
}

/// One operator.
///
/// # Errors
/// `not_found`.
pub async fn get(app: &App, id: OperatorId) -> Result<Operator> {
    let mut tx = app.store.platform().await?;
    let row = tx.operator(id.uuid()).await;
    shown(tx.finish(row).await?.ok_or_else(no_operator)?)
}

/// Puts another password in place and ends all sessions of the operator.
///
/// # Errors
/// `not_found`, `invalid_field`.
pub async fn change_password(
    app: &App,
    actor: &Actor,
    id: OperatorId,
    password: &SecretString,
) -> Result<Operator> {
    let hash = app.passwords.hash(password).await?;
    let mut tx = app.store.platform().await?;
    let Some(row) = tx.set_password(id.uuid(), &hash).await? else {
        return tx.finish(Err(no_operator())).await;
    };
    let ended = tx.end_sessions(id.uuid()).await?;
    tx.record(event(actor, "operator.password_changed").on(id).with("ended_sessions", ended)).await?;
    tx.commit().await?;
    shown(row)
}

/// Turns an operator off and ends all sessions.
///
/// # Errors
/// `not_found`.
pub async fn disable(app: &App, actor: &Actor, id: OperatorId) -> Result<Operator> {
    let mut tx = app.store.platform().await?;
    let Some(row) = tx.disable_operator(id.uuid()).await? else {
        return tx.finish(Err(no_operator())).await;
    };
    let ended = tx.end_sessions(id.uuid()).await?;
    tx.record(event(actor, "operator.disabled").on(id).with("ended_sessions", ended)).await?;
    tx.commit().await?;
    shown(row)
}

/// The row on the wire, without its password hash.
pub(super) fn shown(row: OperatorRow) -> Result<Operator> {
    Ok(Operator {
        id: row.id.into(),
        role: role(&row.role)?,
        name: row.name,
        created_at: row.created_at,
        disabled_at: row.disabled_at,
    })
}

fn no_operator() -> Error {
    Code::NotFound.because("there is no such operator").into()
}
