//! Reading the audit log: pages of one chain, and the chain itself in batches.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::AuditRow;
use crate::domain::Result;
use crate::store::OperatorTx;
use crate::store::schema::{audit_events, audit_heads, tenants};

/// One statement for both ends, so that an entry that is added meanwhile is in both or in neither.
const CHAIN_ENDS: &str = "SELECT (SELECT h.sequence FROM audit_heads h WHERE h.tenant_id = $1) AS head_sequence, \
    (SELECT h.hash FROM audit_heads h WHERE h.tenant_id = $1) AS head_hash, \
    (SELECT max(e.sequence) FROM audit_events e WHERE e.tenant_id = $1) AS last";

/// The end of a chain according to its head and according to its entries.
#[derive(Debug, Clone, QueryableByName)]
pub struct Ends {
    #[diesel(sql_type = Nullable<BigInt>)]
    head_sequence: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    head_hash: Option<Vec<u8>>,
    /// The highest sequence of an entry in the audit log.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub last: Option<i64>,
}

impl Ends {
    /// The length and the last hash according to the head.
    pub fn head(&self) -> Option<(i64, Vec<u8>)> {
        self.head_sequence.zip(self.head_hash.clone())
    }
}

impl OperatorTx {
    /// Up to `limit` entries of a chain older than `from`, newest first; with `backwards` the newer ones, oldest first.
    /// The nil uuid is the service's own chain.
    pub async fn audit_events(
        &mut self,
        chain: Uuid,
        subject: Option<&str>,
        from: Option<i64>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        let mut entry_query = audit_events::table
            .filter(audit_events::tenant_id.eq(chain))
            .select(AuditRow::as_select())
            .limit(limit)
            .into_boxed();
        if let Some(subject) = subject {
            entry_query = entry_query.filter(audit_events::subject.eq(subject.to_owned()));
        }
        entry_query = match (from, backwards) {
            (Some(from), true) => entry_query.filter(audit_events::sequence.gt(from)),
            (Some(from), false) => entry_query.filter(audit_events::sequence.lt(from)),
            (None, _) => entry_query,
        };
        entry_query = if backwards {
            entry_query.order(audit_events::sequence.asc())
        } else {
            entry_query.order(audit_events::sequence.desc())
        };
        Ok(entry_query.load(self.connection()).await?)
    }

    /// Both ends of a chain.
    pub async fn audit_ends(&mut self, chain: Uuid) -> Result<Ends> {
        Ok(diesel::sql_query(CHAIN_ENDS).bind::<SqlUuid, _>(chain).get_result(self.connection()).await?)
    }

    /// All heads: chain, length and last hash.
    pub async fn audit_heads(&mut self) -> Result<Vec<(Uuid, i64, Vec<u8>)>> {
        let entry_query = audit_heads::table
            .select((audit_heads::tenant_id, audit_heads::sequence, audit_heads::hash))
            .order(audit_heads::tenant_id);
        Ok(entry_query.load(self.connection()).await?)
    }

    /// Every chain that has a head, and every tenant, which must have one.
    pub async fn audit_chains(&mut self) -> Result<Vec<Uuid>> {
        let mut chains: Vec<Uuid> =
            audit_heads::table.select(audit_heads::tenant_id).load(self.connection()).await?;
        chains.extend(tenants::table.select(tenants::id).load::<Uuid>(self.connection()).await?);
        Ok(chains)
    }

    /// Up to `limit` entries of a chain in its order, after `after` and up to `last`.
    pub async fn audit_batch(
        &mut self,
        chain: Uuid,
        after: i64,
        last: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>> {
        let entry_query = audit_events::table
            .filter(audit_events::tenant_id.eq(chain))
            .filter(audit_events::sequence.gt(after).and(audit_events::sequence.le(last)))
            .order(audit_events::sequence)
            .limit(limit)
            .select(AuditRow::as_select());
        Ok(entry_query.load(self.connection()).await?)
    }
}
