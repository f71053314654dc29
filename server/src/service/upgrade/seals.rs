//! Reseals the sealed values of a tenant. Each batch is a transaction that locks the rows it changes and selects only
//! those in the old form, so that an interrupted run can be continued and two concurrent runs share the work.

use bowline_api::TenantId;
use bowline_api::status::Protocol;
use bowline_vault::{Context, Purpose, TenantKeys};
use uuid::Uuid;

use super::{ProgressLine, Report};
use crate::app::App;
use crate::domain::{About, Result};
use crate::service::account::places;
use crate::service::connector::app_secret::{APP_SECRET, secret_place};
use crate::service::link::places::{
    APPROVAL, GRANT, PARKED, approval_place, grant_place, parked_place, seal_old_intent,
};
use crate::service::vault;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;
use crate::store::link_sessions::LinkSessionRow;
use crate::store::upgrade::{AccountSeals, LinkSessionSeals};

/// The number of rows per transaction.
const RESEALED_BATCH: i64 = 500;
/// Progress is printed after this many accounts.
const PROGRESS_EVERY: usize = 10_000;

/// Reseals every value of a tenant that opens, and erases its narrowed tokens, which are only a cache.
pub(super) async fn reseal_tenant(
    app: &App,
    tenant: TenantId,
    report: &mut Report,
    told: ProgressLine<'_>,
) -> Result<()> {
    reseal_connectors(app, tenant, report).await?;
    reseal_accounts(app, tenant, report, told).await?;
    link_sessions(app, tenant, report).await?;
    report.narrowed_tokens_erased +=
        app.store.scoped(tenant, async |tx| tx.erase_old_narrowed_tokens().await).await?;
    Ok(())
}

async fn reseal_connectors(app: &App, tenant: TenantId, report: &mut Report) -> Result<()> {
    let reseal = async |tx: &mut TenantTx| {
        let rows = tx.lock_old_connectors().await?;
        if !rows.is_empty()
            && let Some(keys) = report.opened(tenant, app.vault.keys(tx).await)?
        {
            for connector_row in rows {
                if let Some(sealed) = report.opened(tenant, reseal_connector(&keys, &connector_row))? {
                    tx.reseal_connector(connector_row.id, &sealed).await?;
                    report.connectors += 1;
                }
            }
        }
        Ok(())
    };
    app.store.scoped(tenant, reseal).await
}

/// A connector in the old form is of OAuth 2. One that names a service of OAuth 1 was edited, and its secret would go to that service.
fn reseal_connector(keys: &TenantKeys, connector_row: &ConnectorRow) -> Result<Vec<u8>> {
    let about = About::Connector(connector_row.id.into());
    if connector_row.oauth1_service.is_some() || connector_row.protocol != Protocol::OAuth2 {
        return Err(vault::tampered(
            APP_SECRET,
            about,
            &"it is in the old form and names a service of OAuth 1",
        ));
    }
    let place = secret_place(&connector_row.into());
    let value = SealedColumn { what: APP_SECRET, about };
    value.reseal_column(keys, &place.without_facts(), &place, &connector_row.sealed_app_secret)
}

async fn reseal_accounts(
    app: &App,
    tenant: TenantId,
    report: &mut Report,
    told: ProgressLine<'_>,
) -> Result<()> {
    let mut next = Some(Uuid::nil());
    let (mut resealed, mut line) = (0, PROGRESS_EVERY);
    while let Some(after) = next {
        next = app
            .store
            .scoped(tenant, async |tx| {
                let next = tx.account_ahead(after, RESEALED_BATCH).await?;
                let rows = tx.lock_old_accounts(after, next.unwrap_or(Uuid::max())).await?;
                if rows.is_empty() {
                    return Ok(next);
                }
                let Some(keys) = report.opened(tenant, app.vault.keys(tx).await)? else { return Ok(None) };
                let mut seals = AccountSeals::default();
                for account_row in rows {
                    if let Some((access, refresh)) =
                        report.opened(tenant, resealed_account(&keys, &account_row))?
                    {
                        seals.ids.push(account_row.id);
                        seals.access_tokens.push(access);
                        seals.refresh_tokens.push(refresh);
                    }
                }
                resealed += seals.ids.len();
                tx.reseal_accounts(seals).await?;
                Ok(next)
            })
            .await?;
        if resealed >= line {
            told(&format!("{tenant}: {resealed} accounts resealed"));
            line = resealed + PROGRESS_EVERY;
        }
    }
    report.accounts += resealed;
    Ok(())
}

/// Reseals the access token and the refresh token. An account in the old form has both; accounts without a refresh
/// token are more recent.
fn resealed_account(keys: &TenantKeys, account_row: &AccountRow) -> Result<(Vec<u8>, Vec<u8>)> {
    let about = About::Account(account_row.id.into());
    if account_row.protocol != Protocol::OAuth2 {
        return Err(vault::tampered(
            "accounts.access_token",
            about,
            &"it is in the old form and not of OAuth 2",
        ));
    }
    let reseal = |what, place: &Context<'_>, sealed: Option<&[u8]>| {
        SealedColumn { what, about }.reseal_column(
            keys,
            &place.without_facts(),
            place,
            sealed.unwrap_or_default(),
        )
    };
    Ok((
        reseal(
            "accounts.access_token",
            &places::access_token(account_row),
            account_row.sealed_access_token.as_deref(),
        )?,
        reseal(
            "accounts.refresh_token",
            &places::refresh_token(account_row),
            account_row.sealed_refresh_token.as_deref(),
        )?,
    ))
}

async fn link_sessions(app: &App, tenant: TenantId, report: &mut Report) -> Result<()> {
    let mut next = Some(Uuid::nil());
    while let Some(after) = next {
        next = app
            .store
            .scoped(tenant, async |tx| {
                let next = tx.link_session_ahead(after, RESEALED_BATCH).await?;
                let rows = tx.lock_old_link_sessions(after, next.unwrap_or(Uuid::max())).await?;
                if rows.is_empty() {
                    return Ok(next);
                }
                let Some(keys) = report.opened(tenant, app.vault.keys(tx).await)? else { return Ok(None) };
                for (session_row, state_hash) in rows {
                    if let Some(seals) = report.opened(tenant, link_session(&keys, &session_row))? {
                        tx.reseal_link_session(&session_row, state_hash.as_deref(), seals).await?;
                        report.link_sessions += 1;
                    }
                }
                Ok(next)
            })
            .await?;
    }
    Ok(())
}

/// Reseals a session's values, which were bound to its row and nothing else.
fn link_session(keys: &TenantKeys, session_row: &LinkSessionRow) -> Result<LinkSessionSeals> {
    let about = About::LinkSession(session_row.id.into());
    let reseal = |purpose, what, place: Context<'_>, sealed: Option<&Vec<u8>>| {
        let (value, old) = (SealedColumn { what, about }, Context::new(purpose, what, &session_row.id));
        sealed.map(|sealed| value.reseal_column(keys, &old, &place, sealed)).transpose()
    };
    Ok(LinkSessionSeals {
        parked: reseal(
            Purpose::PkceVerifier,
            PARKED,
            parked_place(session_row),
            session_row.sealed_parked.as_ref(),
        )?,
        approval: reseal(
            Purpose::AuthorizationCode,
            APPROVAL,
            approval_place(session_row),
            session_row.sealed_approval.as_ref(),
        )?,
        grant: reseal(
            Purpose::LinkGrant,
            GRANT,
            grant_place(session_row),
            session_row.sealed_grant.as_ref(),
        )?,
        intent: seal_old_intent(keys, session_row)?,
    })
}

/// A sealed value.
#[derive(Clone, Copy)]
struct SealedColumn {
    what: &'static str,
    about: About,
}

impl SealedColumn {
    /// Opens the value in its old context and seals it for its new one.
    fn reseal_column(
        self,
        keys: &TenantKeys,
        old: &Context<'_>,
        new: &Context<'_>,
        sealed: &[u8],
    ) -> Result<Vec<u8>> {
        vault::seal(keys, new, &vault::open(keys, old, self.what, self.about, sealed)?)
    }
}
