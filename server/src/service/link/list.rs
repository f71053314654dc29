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
    /// Where the previous page of link sessions ended.
    pub cursor: Option<&'a str>,
    /// The maximum number of link sessions on the page.
    pub limit: i64,
}

/// One page of the tenant's link sessions, newest first.
///
/// # Errors
/// `invalid_field`, `invalid_cursor`.
pub async fn list(
    app: &App,
    tenant: TenantId,
    session_query: &LinkSessionQuery<'_>,
) -> Result<Page<LinkSession>> {
    if let Some(user) = session_query.external_user_id {
        ExternalUserId::named(user)?;
    }
    let times = (session_query.created_after, session_query.created_before);
    let binding = (tenant, session_query.external_user_id, session_query.status, times);
    let list = List::new(app.vault.ring(), "v1/link-sessions", &binding)?;
    let asked: Option<Cursor<Uuid>> = list.read(session_query.cursor)?;
    let wanted = OwnLinkSessions {
        external_user_id: session_query.external_user_id,
        status: session_query.status,
        created_after: session_query.created_after,
        created_before: session_query.created_before,
        from: asked.as_ref().map(|cursor| (cursor.key, cursor.is_backwards())),
        limit: session_query.limit + 1,
    };
    let rows = app.store.scoped_in_turn(tenant, async |tx| tx.own_link_sessions(&wanted).await).await?;
    let page = list.page(asked.as_ref(), rows, session_query.limit, |row| row.id)?;
    cursor::try_map(page, |row| LinkSessionId::from(row.id), to_wire)
}
