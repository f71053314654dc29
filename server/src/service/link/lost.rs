//! Approvals that were sent but whose response was lost, as operators see them. A grant that nobody holds may exist at
//! the provider.

use std::collections::HashMap;

use bowline_api::Page;
use bowline_api::admin::LostExchange;
use uuid::Uuid;

use crate::app::App;
use crate::domain::{Result, Whose};
use crate::service::cursor::{self, Cursor, List};

/// A page of lost exchanges, newest first, of one tenant or of all.
///
/// # Errors
/// `invalid_cursor`.
pub async fn lost_exchanges(
    app: &App,
    whose: &Whose,
    cursor: Option<&str>,
    limit: i64,
) -> Result<Page<LostExchange>> {
    let list = List::new(app.vault.ring(), "lost-exchanges", whose)?;
    let asked: Option<Cursor<Uuid>> = list.read(cursor)?;
    let from = asked.as_ref().map(|cursor| cursor.key);
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let (rows, slugs) = app
        .store
        .operator(async |tx| {
            let rows = tx.lost_exchanges(whose, from, backwards, limit + 1).await?;
            let tenants: Vec<Uuid> = rows.iter().map(|lost_row| lost_row.tenant_id).collect();
            let slugs = tx.tenant_slugs(&tenants).await?;
            Ok((rows, slugs.into_iter().collect::<HashMap<_, _>>()))
        })
        .await?;
    let page = list.page(asked.as_ref(), rows, limit, |lost_row| lost_row.id)?;
    Ok(cursor::map(page, |lost_row| LostExchange {
        link_session_id: lost_row.id.into(),
        tenant_id: lost_row.tenant_id.into(),
        tenant: slugs.get(&lost_row.tenant_id).cloned().unwrap_or_default(),
        connector_id: lost_row.connector_id.into(),
        external_user_id: lost_row.external_user_id,
        reason: lost_row.failure.unwrap_or_default(),
        created_at: lost_row.created_at,
        failed_at: lost_row.finished_at,
    }))
}
