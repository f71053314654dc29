//! Link sessions of all tenants whose code was sent and whose response was lost.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::{Result, Whose};
use crate::store::OperatorTx;
use crate::store::schema::link_sessions;
use crate::store::whose::of_tenants;

/// Exactly the condition of the index on these sessions. With a parameter, the planner would not know that the index
/// applies.
const LOST_EXCHANGES: &str = "link_sessions.failure IN ('answer_lost', 'interrupted')";

/// The columns of a lost exchange that operators see.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = link_sessions, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct LostExchangeRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: String,
    pub failure: Option<String>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

impl OperatorTx {
    /// Up to `limit` lost exchanges older than `from`, newest first; with `backwards` newer ones, oldest first.
    pub async fn lost_exchanges(
        &mut self,
        whose: &Whose,
        from: Option<Uuid>,
        backwards: bool,
        limit: i64,
    ) -> Result<Vec<LostExchangeRow>> {
        let mut lost_query = link_sessions::table
            .filter(sql::<Bool>(LOST_EXCHANGES))
            .select(LostExchangeRow::as_select())
            .limit(limit)
            .into_boxed::<diesel::pg::Pg>();
        lost_query = of_tenants!(lost_query, link_sessions::tenant_id, whose);
        lost_query = match (from, backwards) {
            (Some(from), true) => lost_query.filter(link_sessions::id.gt(from)),
            (Some(from), false) => lost_query.filter(link_sessions::id.lt(from)),
            (None, _) => lost_query,
        };
        lost_query = if backwards {
            lost_query.order(link_sessions::id.asc())
        } else {
            lost_query.order(link_sessions::id.desc())
        };
        Ok(lost_query.load(self.connection()).await?)
    }
}
