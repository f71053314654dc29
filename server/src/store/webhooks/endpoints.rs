//! Endpoints: adding, reading, changing, removing.

use bowline_api::status::WebhookState;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::domain::Result;
use crate::store::schema::webhook_endpoints;
use crate::store::{Stored, TenantTx};

/// An endpoint without its lease.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_endpoints, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns")]
pub struct EndpointRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Option<Uuid>,
    pub url: String,
    pub events: Vec<String>,
    pub state: Stored<WebhookState>,
    pub state_reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub failing_since: Option<DateTime<Utc>>,
}

/// An endpoint to insert.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns")]
pub struct NewEndpoint<'a> {
    pub id: Uuid,
    pub connector_id: Option<Uuid>,
    pub url: &'a str,
    pub events: &'a [String],
}

impl TenantTx {
    /// Adds an enabled endpoint.
    pub async fn insert_webhook_endpoint(&mut self, new: &NewEndpoint<'_>) -> Result<EndpointRow> {
        let now = self.now().await?;
        let values = (
            webhook_endpoints::tenant_id.eq(self.tenant_uuid()),
            webhook_endpoints::id.eq(new.id),
            webhook_endpoints::connector_id.eq(new.connector_id),
            webhook_endpoints::url.eq(new.url),
            webhook_endpoints::events.eq(new.events),
            webhook_endpoints::state.eq(WebhookState::Enabled.as_str()),
            webhook_endpoints::created_at.eq(now),
            webhook_endpoints::held_until.eq(now),
        );
        let insert = diesel::insert_into(webhook_endpoints::table)
            .values(values)
            .returning(EndpointRow::as_returning());
        Ok(insert.get_result(self.connection()).await?)
    }

    /// All endpoints that are not removed, newest first.
    pub async fn webhook_endpoints(&mut self) -> Result<Vec<EndpointRow>> {
        let endpoint_query = webhook_endpoints::table
            .filter(webhook_endpoints::tenant_id.eq(self.tenant_uuid()))
            .filter(webhook_endpoints::state.ne(WebhookState::Removed.as_str()))
            .order(webhook_endpoints::id.desc())
            .select(EndpointRow::as_select());
        Ok(endpoint_query.load(self.connection()).await?)
    }

    /// One endpoint, unless it is removed.
    pub async fn webhook_endpoint(&mut self, id: Uuid) -> Result<Option<EndpointRow>> {
        let endpoint_query = webhook_endpoints::table
            .find((self.tenant_uuid(), id))
            .filter(webhook_endpoints::state.ne(WebhookState::Removed.as_str()))
            .select(EndpointRow::as_select());
        Ok(endpoint_query.first(self.connection()).await.optional()?)
    }

    /// Like [`webhook_endpoint`](Self::webhook_endpoint), locked until this transaction ends. Events can still be queued for it.
    pub async fn lock_webhook_endpoint(&mut self, id: Uuid) -> Result<Option<EndpointRow>> {
        let endpoint_query = webhook_endpoints::table
            .find((self.tenant_uuid(), id))
            .filter(webhook_endpoints::state.ne(WebhookState::Removed.as_str()))
            .select(EndpointRow::as_select())
            .for_no_key_update();
        Ok(endpoint_query.first(self.connection()).await.optional()?)
    }

    /// Changes URL, types and connector of a locked endpoint to those of `edited`.
    pub async fn edit_webhook_endpoint(&mut self, edited: &EndpointRow) -> Result<()> {
        diesel::update(webhook_endpoints::table.find((self.tenant_uuid(), edited.id)))
            .set((
                webhook_endpoints::url.eq(&edited.url),
                webhook_endpoints::events.eq(&edited.events),
                webhook_endpoints::connector_id.eq(edited.connector_id),
            ))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Changes the state of a locked endpoint. One that is enabled begins without a failure.
    pub async fn switch_webhook_endpoint(
        &mut self,
        id: Uuid,
        state: WebhookState,
        reason: Option<&str>,
    ) -> Result<()> {
        let endpoint = webhook_endpoints::table.find((self.tenant_uuid(), id));
        let switched =
            (webhook_endpoints::state.eq(state.as_str()), webhook_endpoints::state_reason.eq(reason));
        if state == WebhookState::Enabled {
            let fresh = webhook_endpoints::failing_since.eq(None::<DateTime<Utc>>);
            diesel::update(endpoint).set((switched, fresh)).execute(self.connection()).await?;
        } else {
            diesel::update(endpoint).set(switched).execute(self.connection()).await?;
        }
        Ok(())
    }
}
