//! Reading the audit log and checking that nobody changed it.

use bowline_api::admin::{self, AuditEvent, AuditVerification};
use bowline_api::{Page, TenantId};
use serde_json::Value;
use uuid::Uuid;

use super::cursor::{self, Cursor, List};
use super::tenant;
use crate::app::App;
use crate::domain::Result;
use crate::store::audit::{AuditRow, GENESIS};

/// Entries that one transaction looks at.
const BATCH: i64 = 1_000;

/// A page of a tenant's log, or of the service's own, newest first; with `subject` only what was done to that.
///
/// # Errors
/// `invalid_cursor`, `not_found` where there is no such tenant.
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
    let mut tx = app.store.operator().await?;
    let rows = tx.audit_events(chain, subject, from, backwards, limit + 1).await;
    let rows = tx.finish(rows).await?;
    let page = list.page(asked.as_ref(), rows, limit, |row| row.sequence)?;
    cursor::try_map(page, |row| Ok(shown(row)))
}

/// Follows the chain from its first entry to where its head is now.
///
/// Entries that come meanwhile are left for the next time.
///
/// # Errors
/// `not_found` where there is no such tenant; a chain that does not hold is an answer.
pub async fn verify(app: &App, tenant: Option<TenantId>) -> Result<AuditVerification> {
    let chain = chain(app, tenant).await?;
    let mut tx = app.store.operator().await?;
    let head = tx.audit_head(chain).await;
    let (last, hash) = tx.finish(head).await?.unwrap_or((0, GENESIS.to_vec()));
    let mut walk = Walk { at: 0, hash: GENESIS.to_vec() };
    while walk.at < last {
        // A transaction for each batch: a long log must not hold a connection and a snapshot for minutes.
        let mut tx = app.store.operator().await?;
        let batch = tx.audit_batch(chain, walk.at, last, BATCH).await;
        let batch = tx.finish(batch).await?;
        if batch.is_empty() {
            return Ok(walk.broken("cut"));
        }
        for row in &batch {
            if let Some(finding) = walk.step(row)? {
                return Ok(walk.broken(finding));
            }
        }
    }
    if walk.hash != hash {
        return Ok(AuditVerification { broken_at: Some(walk.at), ..walk.broken("edited") });
    }
    Ok(AuditVerification { checked: walk.checked(), intact: true, broken_at: None, finding: None })
}

/// How far a chain holds.
struct Walk {
    at: i64,
    hash: Vec<u8>,
}

impl Walk {
    /// Goes on to `row`; what is wrong if it is not the entry that must come.
    fn step(&mut self, row: &AuditRow) -> Result<Option<&'static str>> {
        if row.sequence != self.at + 1 {
            return Ok(Some("missing"));
        }
        if row.previous_hash != self.hash || row.expected_hash()? != row.hash {
            return Ok(Some("edited"));
        }
        self.at = row.sequence;
        self.hash.clone_from(&row.hash);
        Ok(None)
    }

    fn checked(&self) -> u64 {
        self.at.unsigned_abs()
    }

    fn broken(&self, finding: &str) -> AuditVerification {
        AuditVerification {
            checked: self.checked(),
            intact: false,
            broken_at: Some(self.at + 1),
            finding: Some(finding.to_owned()),
        }
    }
}

async fn chain(app: &App, tenant: Option<TenantId>) -> Result<Uuid> {
    match tenant {
        Some(id) => tenant::get(app, id).await.map(|tenant| tenant.id.uuid()),
        None => Ok(Uuid::nil()),
    }
}

fn shown(row: AuditRow) -> AuditEvent {
    AuditEvent {
        id: row.id.into(),
        tenant_id: (!row.tenant_id.is_nil()).then(|| row.tenant_id.into()),
        sequence: row.sequence,
        at: row.at,
        actor: admin::Actor { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        action: row.action,
        subject: row.subject,
        detail: match row.detail {
            Value::Object(detail) => detail,
            _ => serde_json::Map::new(),
        },
    }
}
