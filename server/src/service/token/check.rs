//! Asks the provider whether a link is alive, using the account's own token, and records what the answer means for the
//! account.

use std::time::Duration;

use bowline_api::status::{AccountStatus, ConnectorStatus};
use bowline_api::v1::AccountCheck;
use bowline_api::{AccountId, TenantId};
use bowline_provider::dropbox::is_team;
use bowline_provider::{AppCredentials, Failure, TokenTag};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use uuid::Uuid;

use super::breaker;
use super::breaker::BreakerOutcome;
use super::breaker::machine::Pass;
use super::refresh::join::join;
use super::refresh::last_token;
use super::refresh::need::{Need, SKEW};
use super::refresh::outcome::RefreshOutcome;
use crate::app::App;
use crate::domain::{About, Error, Result, entropy};
use crate::service::account::{self, places};
use crate::service::{connector, oauth1, vault};
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;
use crate::store::connectors::ConnectorRow;

/// How long others wait after a failure if the provider does not say.
const CHECK_PAUSE: Duration = Duration::from_secs(2);

/// Whether the link is alive. A stale or rejected token is refreshed first, so that a revoked grant turns the account
/// to `needs_reauth`; without a refresh token, the provider's rejection of the token does. If the account already needs
/// a new link, the provider is asked with the remaining refresh token, or without one with the token itself, and if it
/// accepts that, the account is active again. For a revoked account there is nothing to ask with.
///
/// # Errors
/// `not_found`, `account_suspended`; `provider_unavailable`, `provider_malformed` and `connector_broken` if the answer is
/// unknown; `refresh_limited` if the token was rejected and a refresh was forced less than a minute ago.
pub async fn check(app: &App, tenant: TenantId, id: AccountId) -> Result<AccountCheck> {
    let mut refreshed = false;
    loop {
        let need = match app
            .store
            .scoped_in_turn(tenant, async |tx| read_checked_account(app, tx, id, refreshed).await)
            .await?
        {
            Read::Known(known) => return Ok(known),
            // The provider has just reported it.
            Read::Dead { known, .. } if refreshed => return Ok(known),
            Read::Dead { generation, .. } => Need::Revive { generation },
            Read::Stale if refreshed => return Err(RefreshOutcome::unknown().refusal()),
            Read::Stale => Need::Life(SKEW),
            Read::Living(living) => {
                let answer = ask_with_own_token(app, tenant, &living).await?;
                if living.row.status == AccountStatus::NeedsReauth {
                    if answer.is_ok() {
                        last_token::accepted(app, &living.row).await?;
                        refreshed = true;
                        continue;
                    }
                    // An answer that says nothing about the token leaves everything as it is.
                    return match verdict_on_link(&living, answer, true) {
                        Some(Ok(_)) | None => known_without_asking(&living.row, living.now),
                        Some(unknown) => unknown,
                    };
                }
                // Without a refresh token, this is the account's last token.
                let is_last = living.row.sealed_refresh_token.is_none();
                if let Err(failure @ Failure::TokenRejected { tag }) = &answer
                    && is_last
                    && *tag != TokenTag::RouteDenied
                {
                    last_token::refused(app, &living.row, failure.code()).await?;
                    refreshed = true;
                    continue;
                }
                match verdict_on_link(&living, answer, refreshed || is_last) {
                    Some(verdict) => return verdict,
                    None => Need::Another { generation: living.row.generation },
                }
            }
        };
        match join(app, tenant, id, need).await? {
            RefreshOutcome::Done => refreshed = true,
            other => return Err(other.refusal()),
        }
    }
}

/// Asks the provider with the account's token. If it refuses the app, the connector is broken and the account is not.
async fn ask_with_own_token(
    app: &App,
    tenant: TenantId,
    living: &Living,
) -> Result<std::result::Result<(), Failure>> {
    let connector = &living.connector;
    let callback_url = connector::callback_url(&app.settings.public_url, connector.id.into());
    let answer = if is_team(&living.row.provider_account_id) {
        app.provider.identify_team(&living.credentials, &living.token).await.map(drop)
    } else {
        app.provider.check(&living.credentials, &callback_url, &living.token).await
    };
    let told = BreakerOutcome::of(&answer);
    app.breakers.report(&app.store, tenant, connector.id, living.pass, told).await?;
    if let Err(failure @ Failure::ClientRejected { .. }) = &answer {
        let mark = async |tx: &mut TenantTx| connector::mark_broken(tx, connector, failure.code()).await;
        app.store.scoped(tenant, mark).await?;
    } else if answer.is_ok()
        && connector.status == ConnectorStatus::Broken
        && living.credentials.protocol.begins_with_a_call()
    {
        app.store.scoped(tenant, async |tx| connector::mark_working(tx, connector).await).await?;
    }
    Ok(answer)
}

/// What one lookup of the checked account found.
enum Read {
    Known(AccountCheck),
    /// The grant is believed to be revoked.
    Dead {
        known: AccountCheck,
        generation: i64,
    },
    Stale,
    Living(Box<Living>),
}

/// An account with a token that should be valid.
struct Living {
    row: AccountRow,
    connector: ConnectorRow,
    credentials: AppCredentials,
    token: SecretString,
    pass: Pass,
    now: DateTime<Utc>,
}

/// `asked` says that the provider has just been asked, so that what is known is the answer.
async fn read_checked_account(app: &App, tx: &mut TenantTx, id: AccountId, asked: bool) -> Result<Read> {
    let now = tx.now().await?;
    let row = tx.account(id.uuid()).await?.ok_or_else(Error::not_found)?;
    match row.status.known()? {
        AccountStatus::Active => {}
        // Its tokens are frozen and may not be used, not even for this.
        AccountStatus::Suspended => account::usable(&row)?,
        AccountStatus::NeedsReauth => {
            let is_over = row.access_expires_at.is_some_and(|at| at <= now + SKEW);
            let has_nothing_else = row.sealed_refresh_token.is_none() && row.sealed_access_token.is_some();
            if asked || is_over || !has_nothing_else {
                let dead = known_without_asking(&row, now)?;
                return Ok(Read::Dead { known: dead, generation: row.generation });
            }
        }
        AccountStatus::Revoking | AccountStatus::Revoked => {
            return Ok(Read::Known(known_without_asking(&row, now)?));
        }
    }
    if row.access_expires_at.is_some_and(|at| at <= now + SKEW) {
        return Ok(Read::Stale);
    }
    let connector =
        tx.connector(row.connector_id).await?.ok_or_else(|| Error::bug("an account has no connector"))?;
    oauth1::still_usable(app, &connector)?;
    let keys = app.vault.keys(tx).await?;
    let credentials = connector::credentials(&keys, &connector)?;
    let owner: Uuid = entropy::owner();
    let pass = match breaker::enter(tx, row.connector_id, false, owner, now).await? {
        Ok(pass) => pass,
        Err(retry_after) => return Err(RefreshOutcome::Unavailable { retry_after }.refusal()),
    };
    let sealed =
        row.sealed_access_token.as_deref().ok_or_else(|| Error::bug("an active account has no token"))?;
    let token =
        vault::open(&keys, &places::access_token(&row), "accounts.access_token", About::Account(id), sealed)?;
    oauth1::held::check_account(&token, &row)?;
    Ok(Read::Living(Box::new(Living { row, connector, credentials, token, pass, now })))
}

/// The meaning of the provider's response. None if only another token can tell.
fn verdict_on_link(
    living: &Living,
    said: std::result::Result<(), Failure>,
    refreshed: bool,
) -> Option<Result<AccountCheck>> {
    let answer = |alive, reason| check_answer(&living.row, alive, reason, living.now);
    Some(match said {
        // The token was accepted. Its permissions are a separate matter.
        Ok(()) | Err(Failure::MissingScope { .. } | Failure::AccessDenied { .. }) => answer(true, None),
        Err(Failure::TokenRejected { .. }) if !refreshed => return None,
        Err(failure @ (Failure::TokenRejected { .. } | Failure::UserSuspended)) => {
            answer(false, Some(failure.code()))
        }
        Err(Failure::ClientRejected { .. }) => Err(RefreshOutcome::ConnectorBroken.refusal()),
        Err(failure @ Failure::Transient { .. }) => {
            Err(RefreshOutcome::Unavailable { retry_after: failure.retry_after().unwrap_or(CHECK_PAUSE) }
                .refusal())
        }
        Err(_) => Err(RefreshOutcome::Malformed { retry_after: CHECK_PAUSE }.refusal()),
    })
}

/// What is known of an account without asking.
fn known_without_asking(row: &AccountRow, now: DateTime<Utc>) -> Result<AccountCheck> {
    let reason = row.reason_for_tenant();
    check_answer(row, false, Some(reason.as_deref().unwrap_or(row.status.as_str())), now)
}

fn check_answer(
    row: &AccountRow,
    alive: bool,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<AccountCheck> {
    Ok(AccountCheck {
        account_id: row.id.into(),
        status: row.status.known()?.into(),
        alive,
        reason: reason.map(str::to_owned),
        checked_at: now,
    })
}
