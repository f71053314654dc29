//! `bowline tenants list`, `links lost` and `api-keys list`.

use std::process::ExitCode;

use bowline_api::Page;
use serde::Serialize;

use crate::client::{Failure, PageQuery, TenantRef};
use crate::when::stamp;

use super::args::PageArgs;
use super::output::Output;
use super::target::Target;
use super::{CliError, Outcome};

/// Rows per request; the server's maximum.
const PAGE_ROWS: u32 = 200;

/// Fetches as many rows as requested, page by page, and returns them as one page.
pub(super) async fn gather<T>(
    wanted: &PageArgs,
    fetch: impl AsyncFn(PageQuery) -> Result<Page<T>, Failure>,
) -> Result<Page<T>, CliError> {
    let place = |cursor: Option<String>, left: u32| PageQuery { cursor, limit: left.min(PAGE_ROWS) };
    let mut all = fetch(place(wanted.cursor.clone(), wanted.limit)).await?;
    loop {
        let left = wanted.limit.saturating_sub(u32::try_from(all.items.len()).unwrap_or(u32::MAX));
        if left == 0 || all.next.is_none() {
            return Ok(all);
        }
        let page = fetch(place(all.next.take(), left)).await?;
        all.next = page.next;
        all.items.extend(page.items);
        all.unknown_state.extend(page.unknown_state);
    }
}

/// Prints a page as JSON or as a table, with the cursor of the next page if there is one.
pub(super) fn print<T: Serialize, const N: usize>(
    page: &Page<T>,
    titles: [&str; N],
    row: impl Fn(&T) -> [String; N],
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    if out.is_json() {
        out.json(page)?;
        return Ok(Outcome::Success.into());
    }
    let rows: Vec<_> = page.items.iter().map(row).collect();
    out.table(titles, &rows)?;
    if !page.unknown_state.is_empty() {
        out.line("")?;
        out.line(&format!(
            "left out, in a state that only a newer server knows: {}",
            page.unknown_state.join(" ")
        ))?;
    }
    if let Some(next) = &page.next {
        out.line("")?;
        out.line(&format!("more rows: --cursor {next}"))?;
    }
    Ok(Outcome::Success.into())
}

/// Lists tenants.
pub(super) async fn list(target: &Target, page: &PageArgs, out: &mut Output) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let found = gather(page, async |place| client.tenants(place).await).await?;
    let row = |t: &bowline_api::admin::Tenant| {
        [t.slug.clone(), t.name.clone(), t.id.to_string(), stamp(t.created_at)]
    };
    print(&found, ["TENANT", "NAME", "ID", "ADDED"], row, out)
}

/// Lists links whose token response from the provider was lost.
pub(super) async fn lost_exchanges(
    target: &Target,
    tenant: Option<&TenantRef>,
    page: &PageArgs,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let client = target.client()?;
    let found = gather(page, async |place| client.lost_exchanges(tenant, place).await).await?;
    let row = |lost: &bowline_api::admin::LostExchange| {
        [
            stamp(lost.failed_at.unwrap_or(lost.created_at)),
            lost.tenant.clone(),
            lost.external_user_id.clone(),
            lost.reason.clone(),
            lost.link_session_id.to_string(),
        ]
    };
    print(&found, ["FAILED", "TENANT", "USER", "REASON", "LINK SESSION"], row, out)
}

/// Lists a tenant's API keys.
pub(super) async fn api_keys(
    target: &Target,
    tenant: &TenantRef,
    out: &mut Output,
) -> Result<ExitCode, CliError> {
    let found = target.client()?.api_keys(tenant).await?;
    let row = |k: &bowline_api::admin::ApiKey| {
        let permissions: Vec<_> = k.permissions.iter().map(|p| p.as_str()).collect();
        let state = match (k.revoked_at, k.expires_at) {
            (Some(at), _) => format!("revoked {}", stamp(at)),
            (None, Some(at)) => format!("until {}", stamp(at)),
            (None, None) => "valid".to_owned(),
        };
        [k.id.to_string(), k.name.clone(), permissions.join(" "), stamp(k.created_at), state]
    };
    print(&found, ["KEY", "NAME", "PERMISSIONS", "MADE", "STATE"], row, out)
}
