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

/// A search of the audit logs, as an operator wrote it.
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
    /// What the audit events are about.
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
    audit_query: AuditQuery<'_>,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<AuditEvent>> {
    let filter = audit_filter(app, audit_query).await?;
    if filter.is_plain() {
        return log::list(app, audit_query.tenant, audit_query.subject, cursor, limit).await;
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

async fn audit_filter(app: &App, audit_query: AuditQuery<'_>) -> Result<AuditFilter> {
    if audit_query.all && audit_query.tenant.is_some() {
        return Err(invalid_filter("all", "all=true reads all logs; leave out tenant, or all"));
    }
    if let (Some(since), Some(until)) = (audit_query.since, audit_query.until)
        && until <= since
    {
        return Err(invalid_filter("until", "until must be later than since"));
    }
    if audit_query.subject.is_some_and(|subject| subject.contains('\0')) {
        return Err(invalid_filter("subject", "subject must not have a NUL"));
    }
    let actions = audit_query.action.map(actions).transpose()?.unwrap_or_default();
    let actor = match audit_query.actor {
        Some(filter_text) => Some(audit_actor(app, filter_text).await?),
        None => None,
    };
    let log = match (audit_query.tenant, audit_query.within) {
        (None, Some(tenants)) => AuditLog::Tenants(tenants.iter().map(TenantId::uuid).collect()),
        _ if audit_query.all => AuditLog::All,
        _ => AuditLog::Chain(log::chain(app, audit_query.tenant).await?),
    };
    let subject = audit_query.subject.map(str::to_owned);
    Ok(AuditFilter { log, actor, actions, subject, since: audit_query.since, until: audit_query.until })
}

/// The actions that a text names: one, or all with this first part.
///
/// # Errors
/// `invalid_field` if there is none.
pub fn actions(filter_text: &str) -> Result<Vec<&'static str>> {
    let filter_text = filter_text.strip_suffix(".*").unwrap_or(filter_text);
    let first = |action: &'static str| action.split('.').next().unwrap_or(action);
    let found: Vec<_> = Event::ACTIONS
        .iter()
        .copied()
        .filter(|&action| action == filter_text || first(action) == filter_text)
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let noun = filter_text.split('.').next().unwrap_or(filter_text);
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

async fn audit_actor(app: &App, filter_text: &str) -> Result<AuditActor> {
    if Actor::KINDS.contains(&filter_text) {
        return Ok(AuditActor::Kind(filter_text.to_owned()));
    }
    if let Ok(id) = filter_text.parse::<OperatorId>() {
        return Ok(AuditActor::Id(id.to_string()));
    }
    if let Ok(id) = filter_text.parse::<ApiKeyId>() {
        return Ok(AuditActor::Id(id.to_string()));
    }
    let by_name = if filter_text.contains('\0') {
        None
    } else {
        app.store.platform(async |tx: &mut PlatformTx| tx.operator_by_name(filter_text).await).await?
    };
    by_name.map(|row| AuditActor::Id(OperatorId::from(row.id).to_string())).ok_or_else(|| {
        let detail = format!(
            "actor must be the name of an operator, an id of the form op_… or key_…, or one of {}",
            Actor::KINDS.join(", ")
        );
        Code::InvalidField.because(detail).field("actor").into()
    })
}

fn invalid_filter(field: &'static str, detail: &'static str) -> Error {
    Code::InvalidField.because(detail).field(field).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const API_KEY_KIND: [&str; 5] =
        ["api_key.added", "api_key.revoked", "api_key.rotated", "api_key.suspended", "api_key.resumed"];

    #[test]
    fn an_action_is_named_whole_or_by_its_first_part() {
        assert_eq!(actions("account.revoked").unwrap(), ["account.revoked"]);
        assert_eq!(actions("api_key.*").unwrap(), API_KEY_KIND);
        assert_eq!(actions("api_key").unwrap(), API_KEY_KIND);
        let error = actions("api_key.lost").unwrap_err().to_string();
        assert!(error.contains("api_key.added, api_key.revoked, api_key.rotated"), "{error}");
        let error = actions("nonsense").unwrap_err().to_string();
        assert!(error.contains("tenant, connector, api_key"), "{error}");
    }
}
