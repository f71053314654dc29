//! Tenants: adding, listing, and entering one that must exist.

use bowline_api::admin::Tenant;
use bowline_api::{Page, TenantId};

use super::audit::{Actor, event};
use super::cursor::{self, Cursor, List};
use crate::app::App;
use crate::domain::{Code, Error, Result, entropy, text};
use crate::store::TenantTx;
use crate::store::tenants::TenantRow;

/// Adds a tenant with its first data key.
///
/// # Errors
/// `already_exists`, `invalid_field`.
pub async fn add(app: &App, actor: &Actor, slug: &str, name: &str) -> Result<Tenant> {
    let name = text::line("name", name, 1, 100)?;
    let id: TenantId = entropy::id();
    let mut tx = app.store.scoped(id).await?;
    let row = match tx.insert_tenant(slug, &name).await {
        Ok(row) => row,
        refused => return tx.finish(refused).await.map(shown),
    };
    app.vault.create_keys(&mut tx).await?;
    tx.record(event(actor, "tenant.added").on(id).with("slug", slug).with("name", name)).await?;
    tx.commit().await?;
    Ok(shown(row))
}

/// A page of all tenants by their short name.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(app: &App, cursor: Option<&str>, limit: i64) -> Result<Page<Tenant>> {
    let list = List::new(app.vault.ring(), "tenants", &())?;
    let asked: Option<Cursor<String>> = list.read(cursor)?;
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let mut tx = app.store.operator().await?;
    let rows = tx.tenants(asked.as_ref().map(|cursor| cursor.key.as_str()), backwards, limit + 1).await;
    let rows = tx.finish(rows).await?;
    let page = list.page(asked.as_ref(), rows, limit, |row| row.slug.clone())?;
    cursor::try_map(page, |row| Ok(shown(row)))
}

/// The tenant with this short name.
///
/// # Errors
/// `not_found`.
pub async fn by_slug(app: &App, slug: &str) -> Result<Tenant> {
    let mut tx = app.store.operator().await?;
    let row = tx.tenant_by_slug(slug).await;
    tx.finish(row).await?.map(shown).ok_or_else(no_tenant)
}

/// One tenant.
///
/// # Errors
/// `not_found`.
pub async fn get(app: &App, id: TenantId) -> Result<Tenant> {
    let mut tx = app.store.scoped(id).await?;
    let row = tx.own_tenant().await;
    tx.finish(row).await?.map(shown).ok_or_else(no_tenant)
}

/// A transaction inside a tenant that exists.
///
/// # Errors
/// `not_found`.
pub(super) async fn begin(app: &App, id: TenantId) -> Result<TenantTx> {
    let mut tx = app.store.scoped(id).await?;
    match tx.own_tenant().await? {
        Some(_) => Ok(tx),
        None => tx.finish(Err(no_tenant())).await,
    }
}

fn shown(row: TenantRow) -> Tenant {
    Tenant { id: row.id.into(), slug: row.slug, name: row.name, created_at: row.created_at }
}

fn no_tenant() -> Error {
    Code::NotFound.because("there is no such tenant").into()
}
