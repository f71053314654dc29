//! Reading the audit log and the timeline of an account, page by page.

use bowline_api::admin::{self, AuditEvent};
use bowline_api::{Page, TenantId};
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::domain::Result;
use crate::service::cursor;
use crate::service::cursor::{Cursor, List};
use crate::service::tenant;
use crate::store::audit::AuditRow;

/// A page of a tenant's log, or of the service's own, newest first. With `subject`, only the events about that.
///
/// # Errors
/// `invalid_cursor`; `not_found` if there is no such tenant.
pub async fn list(
    app: &App,
    tenant: Option<TenantId>,
    subject: Option<&str>,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<AuditEvent>> {
    let chain = chain(app, tenant).await?;
    let list = List::new(app.vault.ring(), "audit", &(chain, subject))?;
    let asked: Option<Cursor<i64>> = list.read(cursor)?;
    let from = asked.as_ref().map(|cursor| cursor.key);
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let rows = app
        .store
        .operator(async |tx| tx.audit_events(chain, subject, from, backwards, limit + 1).await)
        .await?;
    let page = list.page(asked.as_ref(), rows, limit, |entry_row| entry_row.sequence)?;
    Ok(cursor::map(page, to_wire))
}

/// The chain of an existing tenant, or the service's own.
///
/// # Errors
/// `not_found`.
pub(super) async fn chain(app: &App, tenant: Option<TenantId>) -> Result<Uuid> {
    match tenant {
        Some(id) => tenant::get(app, id).await.map(|tenant| tenant.id.uuid()),
        None => Ok(Uuid::nil()),
    }
}

pub(in crate::service) fn to_wire(entry_row: AuditRow) -> AuditEvent {
    AuditEvent {
        id: entry_row.id.into(),
        tenant_id: (!entry_row.tenant_id.is_nil()).then(|| entry_row.tenant_id.into()),
        sequence: entry_row.sequence,
        at: entry_row.at,
        actor: admin::Actor {
            kind: entry_row.actor_kind,
            id: entry_row.actor_id,
            name: entry_row.actor_name,
        },
        action: entry_row.action,
        subject: entry_row.subject,
        detail: match entry_row.detail {
            Value::Object(detail) => detail,
            _ => serde_json::Map::new(),
        },
    }
}
