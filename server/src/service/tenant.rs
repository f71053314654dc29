//! Tenants: adding, listing, and opening a transaction for an existing one.

use std::collections::HashMap;

use bowline_api::admin::{CreateTenant, DrainStop, Tenant, TenantFreeze};
use bowline_api::{Page, TenantId};
use uuid::Uuid;

use super::cursor::{self, Cursor, List};
use super::uncommitted::Uncommitted;
use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Reach, Result, entropy, text};
use crate::store::drains::DrainStopRow;
use crate::store::tenants::TenantRow;
use crate::store::{OperatorTx, TenantTx};

/// Adds a tenant with its first data key.
///
/// # Errors
/// `already_exists`, `invalid_field`.
pub async fn add(app: &App, actor: &Actor, wanted: &CreateTenant) -> Result<Tenant> {
    prepare(app, actor, wanted).await?.commit().await
}

/// Like [`add`], but the caller commits, once the tenant has been shown.
///
/// # Errors
/// `already_exists`, `invalid_field`.
pub async fn prepare(app: &App, actor: &Actor, wanted: &CreateTenant) -> Result<Uncommitted<Tenant>> {
    let name = text::line("name", &wanted.name, 1, 100)?;
    let (slug, sandbox) = (wanted.slug.as_str(), wanted.sandbox);
    let id: TenantId = entropy::id();
    let (tx, tenant_row) = app
        .store
        .begin_scoped(id)
        .await?
        .attempt(async |tx| {
            let tenant_row = tx.insert_tenant(slug, &name, sandbox).await?;
            app.vault.create_keys(tx).await?;
            tx.record(
                actor,
                Event::TenantAdded { tenant: id, slug, name: &name, sandbox: sandbox.then_some(true) },
            )
            .await?;
            Ok(tenant_row)
        })
        .await?;
    Ok(Uncommitted::new(tx, to_wire(tenant_row, None)))
}

/// A page of all tenants, by short name.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list(app: &App, cursor: Option<&str>, limit: i64) -> Result<Page<Tenant>> {
    let list = List::new(app.vault.ring(), "tenants", &())?;
    let asked: Option<Cursor<String>> = list.read(cursor)?;
    let backwards = asked.as_ref().is_some_and(Cursor::is_backwards);
    let from = asked.as_ref().map(|cursor| cursor.key.as_str());
    let read = async |tx: &mut OperatorTx| {
        let rows = tx.tenants(from, backwards, limit + 1).await?;
        with_stops(tx, rows).await
    };
    let rows = app.store.operator(read).await?;
    let page = list.page(asked.as_ref(), rows, limit, |(tenant_row, _)| tenant_row.slug.clone())?;
    Ok(cursor::map(page, |(tenant_row, stop)| to_wire(tenant_row, stop)))
}

/// A page of the tenants that an operator may see, by short name. Those to which one is limited are all on one page.
///
/// # Errors
/// `invalid_cursor`.
pub async fn list_within(app: &App, reach: &Reach, cursor: Option<&str>, limit: i64) -> Result<Page<Tenant>> {
    let Some(tenants) = reach.tenants() else { return list(app, cursor, limit).await };
    let ids: Vec<_> = tenants.iter().map(TenantId::uuid).collect();
    let read = async |tx: &mut OperatorTx| {
        let rows = tx.tenants_with(&ids).await?;
        with_stops(tx, rows).await
    };
    let rows = app.store.operator(read).await?;
    Ok(cursor::whole(rows.into_iter().map(|(tenant_row, stop)| to_wire(tenant_row, stop)).collect()))
}

/// These tenants, each with its automatic stop if it has one.
async fn with_stops(
    tx: &mut OperatorTx,
    tenants: Vec<TenantRow>,
) -> Result<Vec<(TenantRow, Option<DrainStopRow>)>> {
    let ids: Vec<Uuid> = tenants.iter().map(|tenant_row| tenant_row.id).collect();
    let mut stops: HashMap<Uuid, DrainStopRow> = tx.drain_stops_of(&ids).await?.into_iter().collect();
    let with_stop = |tenant_row: TenantRow| {
        let stop = stops.remove(&tenant_row.id);
        (tenant_row, stop)
    };
    Ok(tenants.into_iter().map(with_stop).collect())
}

/// The id of the tenant with this short name.
///
/// # Errors
/// `not_found`.
async fn by_slug(app: &App, slug: &str) -> Result<TenantId> {
    let tenant_row = app.store.operator(async |tx| tx.tenant_by_slug(slug).await).await?;
    tenant_row.map(|tenant_row| tenant_row.id.into()).ok_or_else(no_tenant)
}

/// The tenant with this id or short name. If it is an id, its existence is checked where it is used.
///
/// # Errors
/// `not_found`.
pub async fn named(app: &App, name: &str) -> Result<TenantId> {
    match name.parse() {
        Ok(id) => Ok(id),
        Err(_) if is_slug(name) => by_slug(app, name).await,
        Err(_) => Err(no_tenant()),
    }
}

/// Like [`named`], for a list that may be limited to one tenant.
///
/// # Errors
/// `not_found`; `invalid_field` if it can be neither an id nor a short name.
pub async fn named_in_query(app: &App, name: Option<&str>) -> Result<Option<TenantId>> {
    let Some(name) = name else { return Ok(None) };
    if name.parse::<TenantId>().is_err() && !is_slug(name) {
        let detail = "tenant must be an id of the form tenant_… or a tenant's short name";
        return Err(Code::InvalidField.because(detail).field("tenant").into());
    }
    named(app, name).await.map(Some)
}

/// Whether the text has the form that the database requires of a slug. An id has an underscore and therefore is not
/// one.
fn is_slug(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// One tenant.
///
/// # Errors
/// `not_found`.
pub async fn get(app: &App, id: TenantId) -> Result<Tenant> {
    let read = async |tx: &mut TenantTx| {
        let tenant_row = tx.own_tenant().await?.ok_or_else(no_tenant)?;
        Ok(to_wire(tenant_row, tx.drain_stop().await?))
    };
    app.store.scoped(id, read).await
}

/// Does `work` in a transaction of a tenant that must exist.
///
/// # Errors
/// `not_found`; those of `work`.
pub(super) async fn scoped<T>(
    app: &App,
    id: TenantId,
    work: impl AsyncFnOnce(&mut TenantTx) -> Result<T>,
) -> Result<T> {
    app.store
        .scoped(id, async |tx| {
            must_exist(tx).await?;
            work(tx).await
        })
        .await
}

/// Refuses a transaction whose tenant does not exist.
///
/// # Errors
/// `not_found`.
pub(super) async fn must_exist(tx: &mut TenantTx) -> Result<()> {
    existing(tx).await.map(drop)
}

/// The tenant of the transaction.
///
/// # Errors
/// `not_found` if it does not exist.
pub(super) async fn existing(tx: &mut TenantTx) -> Result<TenantRow> {
    tx.own_tenant().await?.ok_or_else(no_tenant)
}

pub(super) fn to_wire(tenant_row: TenantRow, stop: Option<DrainStopRow>) -> Tenant {
    let (reason, by) = (tenant_row.frozen_reason.unwrap_or_default(), tenant_row.frozen_by);
    let frozen = tenant_row.frozen_at.map(|since| TenantFreeze { since, reason, by });
    let drain_stop = stop.map(stop_to_wire);
    Tenant {
        id: tenant_row.id.into(),
        slug: tenant_row.slug,
        name: tenant_row.name,
        sandbox: tenant_row.sandbox,
        created_at: tenant_row.created_at,
        frozen,
        drain_stop,
    }
}

/// An automatic stop that is turned on, in its API form.
pub(super) fn stop_to_wire(stop_row: DrainStopRow) -> DrainStop {
    DrainStop {
        enabled: true,
        times: stop_row.times.unsigned_abs(),
        least: stop_row.least.unsigned_abs(),
        announced_until: stop_row.announced_until,
        announced_key: stop_row.announced_key.map(Into::into),
    }
}

pub(super) fn no_tenant() -> Error {
    Code::NotFound.because("there is no such tenant").into()
}
