//! Searching the audit logs by actor, action, subject and time.

use bowline_api::admin::AuditEvent;
use bowline_api::{ApiKeyId, OperatorId, Page, TenantId};
use chrono::{DateTime, Utc};

use super::log;
use crate::app::App;
use crate::domain::audit_filter::{AuditActor, AuditFilter, AuditLog};
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::service::cursor;
use crate::service::cursor::{Cursor, List};
use crate::store::PlatformTx;
use crate::store::audit::filtered::AuditKey;

/// What an operator asks for, as they wrote it.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditQuery<'a> {
    /// The tenant whose log it is; the service's own log if none.
    pub tenant: Option<TenantId>,
    /// The tenants within reach of an operator who is limited to some. Without a tenant, the list has their logs.
    pub within: Option<&'a [TenantId]>,
    /// All logs instead of one.
    pub all: bool,
    /// An operator's or API key's id, an operator's name, or a kind of actor.
    pub actor: Option<&'a str>,
    /// An action, or the part before its dot.
    pub action: Option<&'a str>,
    /// What the events are about.
    pub subject: Option<&'a str>,
    /// Events from this time on.
    pub since: Option<DateTime<Utc>>,
    /// Events before this time.
    pub until: Option<DateTime<Utc>>,
}

/// A page of the events that match, newest first.
///
/// # Errors
/// `invalid_field` with the name of the parameter, `invalid_cursor`, `search_too_broad`; `not_found` if there is no such
/// tenant.
pub async fn list(
    app: &App,
    query: AuditQuery<'_>,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<AuditEvent>> {
    let filter = filter(app, query).await?;
    if filter.is_plain() {
        return log::list(app, query.tenant, query.subject, cursor, limit).await;
    }
    let list = List::new(app.vault.ring(), "audit search", &filter)?;
    let asked: Option<Cursor<AuditKey>> = list.read(cursor)?;
    let from = asked.as_ref().map(|cursor| cursor.key);
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let rows = app
        .store
        .operator(async |tx| tx.filtered_audit_events(&filter, from, backwards, limit + 1).await)
        .await?;
    let page = list.page(asked.as_ref(), rows, limit, AuditKey::of)?;
    Ok(cursor::map(page, log::to_wire))
}

async fn filter(app: &App, query: AuditQuery<'_>) -> Result<AuditFilter> {
    if query.all && query.tenant.is_some() {
        return Err(invalid("all", "all=true reads all logs; leave out tenant, or all"));
    }
    if let (Some(since), Some(until)) = (query.since, query.until)
        && until <= since
    {
        return Err(invalid("until", "until must be later than since"));
    }
    if query.subject.is_some_and(|subject| subject.contains('\0')) {
        return Err(invalid("subject", "subject must not have a NUL"));
    }
    let actions = query.action.map(actions).transpose()?.unwrap_or_default();
    let actor = match query.actor {
        Some(text) => Some(actor(app, text).await?),
        None => None,
    };
    let log = match (query.tenant, query.within) {
        (None, Some(tenants)) => AuditLog::Tenants(tenants.iter().map(TenantId::uuid).collect()),
        _ if query.all => AuditLog::All,
        _ => AuditLog::Chain(log::chain(app, query.tenant).await?),
    };
    let subject = query.subject.map(str::to_owned);
    Ok(AuditFilter { log, actor, actions, subject, since: query.since, until: query.until })
}

/// The actions that a text names: one, or all with this first part.
///
/// # Errors
/// `invalid_field` if there is none.
pub fn actions(text: &str) -> Result<Vec<&'static str>> {
    let text = text.strip_suffix(".*").unwrap_or(text);
    let first = |action: &'static str| action.split('.').next().unwrap_or(action);
    let found: Vec<_> =
        Event::ACTIONS.iter().copied().filter(|&action| action == text || first(action) == text).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let noun = text.split('.').next().unwrap_or(text);
    let alike: Vec<_> = Event::ACTIONS.iter().copied().filter(|&action| first(action) == noun).collect();
    let detail = if alike.is_empty() {
        let mut nouns: Vec<_> = Event::ACTIONS.iter().copied().map(first).collect();
        nouns.dedup();
        format!("action must be an action such as account.revoked, or one of {}", nouns.join(", "))
    } else {
        format!("there is no such action; there are {}", alike.join(", "))
    };
    Err(Code::InvalidField.because(detail).field("action").into())
}

async fn actor(app: &App, text: &str) -> Result<AuditActor> {
    if Actor::KINDS.contains(&text) {
        return Ok(AuditActor::Kind(text.to_owned()));
    }
    if let Ok(id) = text.parse::<OperatorId>() {
        return Ok(AuditActor::Id(id.to_string()));
    }
    if let Ok(id) = text.parse::<ApiKeyId>() {
        return Ok(AuditActor::Id(id.to_string()));
    }
    let by_name = if text.contains('\0') {
        None
    } else {
        app.store.platform(async |tx: &mut PlatformTx| tx.operator_by_name(text).await).await?
    };
    by_name.map(|row| AuditActor::Id(OperatorId::from(row.id).to_string())).ok_or_else(|| {
        let detail = format!(
            "actor must be the name of an operator, an id of the form op_… or key_…, or one of {}",
            Actor::KINDS.join(", ")
        );
        Code::InvalidField.because(detail).field("actor").into()
    })
}

fn invalid(field: &'static str, detail: &'static str) -> Error {
    Code::InvalidField.because(detail).field(field).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const API_KEY: [&str; 5] =
        ["api_key.added", "api_key.revoked", "api_key.rotated", "api_key.suspended", "api_key.resumed"];

    #[test]
    fn an_action_is_named_whole_or_by_its_first_part() {
        assert_eq!(actions("account.revoked").unwrap(), ["account.revoked"]);
        assert_eq!(actions("api_key.*").unwrap(), API_KEY);
        assert_eq!(actions("api_key").unwrap(), API_KEY);
        let error = actions("api_key.lost").unwrap_err().to_string();
        assert!(error.contains("api_key.added, api_key.revoked, api_key.rotated"), "{error}");
        let error = actions("nonsense").unwrap_err().to_string();
        assert!(error.contains("tenant, connector, api_key"), "{error}");
    }
}
