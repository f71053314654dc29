//! Reading the audit log: pages of one chain, and the chain itself in batches.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::OperatorTx;
use super::audit::AuditRow;
use super::schema::{audit_events, audit_heads};
use crate::domain::Result;

impl OperatorTx {
    /// Up to `limit` entries of a chain older than `from`, newest first; with `backwards` the newer ones, oldest first.
    /// The nil uuid is the service's own chain.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn audit_events(
        &mut self,
        chain: Uuid,
        subject: Option<&str>,
        from: Option<i64>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        let mut query = audit_events::table
            .filter(audit_events::tenant_id.eq(chain))
            .select(AuditRow::as_select())
            .limit(limit)
            .into_boxed();
        if let Some(subject) = subject {
            query = query.filter(audit_events::subject.eq(subject.to_owned()));
        }
        query = match (from, backwards) {
            (Some(from), true) => query.filter(audit_events::sequence.gt(from)),
            (Some(from), false) => query.filter(audit_events::sequence.lt(from)),
            (None, _) => query,
        };
        query = if backwards {
            query.order(audit_events::sequence.asc())
        } else {
            query.order(audit_events::sequence.desc())
        };
        Ok(query.load(self.connection()).await?)
    }

    /// Length and last hash of a chain as its head says.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn audit_head(&mut self, chain: Uuid) -> Result<Option<(i64, Vec<u8>)>> {
        let query = audit_heads::table.find(chain).select((audit_heads::sequence, audit_heads::hash));
        Ok(query.first(self.connection()).await.optional()?)
    }

    /// Up to `limit` entries of a chain in its order, from behind `after` up to `last`.
    ///
    /// # Errors
    /// Those of any statement.
    pub async fn audit_batch(
        &mut self,
        chain: Uuid,
        after: i64,
        last: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        let query = audit_events::table
            .filter(audit_events::tenant_id.eq(chain))
            .filter(audit_events::sequence.gt(after).and(audit_events::sequence.le(last)))
            .order(audit_events::sequence)
            .limit(limit)
            .select(AuditRow::as_select());
        Ok(query.load(self.connection()).await?)
    }
}
