//! A tenant's list of its link sessions.

use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::LinkSession;
use bowline_api::{LinkSessionId, Page, TenantId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::show::to_wire;
use crate::app::App;
use crate::domain::Result;
use crate::domain::identity::ExternalUserId;
use crate::service::cursor::{self, Cursor, List};
use crate::store::link_sessions::lists::OwnLinkSessions;

/// Which link sessions a page contains.
#[derive(Debug)]
pub struct LinkSessionQuery<'a> {
    /// Only sessions of this user.
    pub external_user_id: Option<&'a str>,
    /// Only sessions with this status.
    pub status: Option<LinkSessionStatus>,
    /// Only sessions created then or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Only sessions created earlier.
    pub created_before: Option<DateTime<Utc>>,
    /// Where the previous page ended.
    pub cursor: Option<&'a str>,
    /// The maximum number of rows.
    pub limit: i64,
}

/// One page of the tenant's link sessions, newest first.
///
/// # Errors
/// `invalid_field`, `invalid_cursor`.
pub async fn list(app: &App, tenant: TenantId, query: &LinkSessionQuery<'_>) -> Result<Page<LinkSession>> {
    if let Some(user) = query.external_user_id {
        ExternalUserId::named(user)?;
    }
    let times = (query.created_after, query.created_before);
    let binding = (tenant, query.external_user_id, query.status, times);
    let list = List::new(app.vault.ring(), "v1/link-sessions", &binding)?;
    let asked: Option<Cursor<Uuid>> = list.read(query.cursor)?;
    let wanted = OwnLinkSessions {
        external_user_id: query.external_user_id,
        status: query.status,
        created_after: query.created_after,
        created_before: query.created_before,
        from: asked.as_ref().map(|cursor| (cursor.key, cursor.is_backwards())),
        limit: query.limit + 1,
    };
    let rows = app.store.scoped_in_turn(tenant, async |tx| tx.own_link_sessions(&wanted).await).await?;
    let page = list.page(asked.as_ref(), rows, query.limit, |row| row.id)?;
    cursor::try_map(page, |row| LinkSessionId::from(row.id), to_wire)
}
