//! Why a refresh is needed, and whether it still is.

use std::sync::Arc;
use std::time::Duration;

use bowline_api::status::AccountStatus;
use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::Result;
use crate::service::token::narrow::scopes_hash::ScopesHash;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;

/// A token this close to its end may have expired by the time the tenant app uses it.
pub(in crate::service::token) const SKEW: Duration = Duration::from_secs(5);

/// Why the provider is asked for a token.
#[derive(Debug, Clone)]
pub(in crate::service::token) enum Need {
    /// The account's token must live this long.
    Life(Duration),
    /// The token is in use and expires within this time. It is refreshed early so that no caller has to wait.
    Ahead(TimeDelta),
    /// The provider rejects the token of this generation before its expiry.
    Another {
        /// The account's generation when its token was rejected.
        generation: i64,
    },
    /// The grant of this generation is believed to be revoked, and the provider is asked whether it is.
    Revive {
        /// The generation of the account that needs a new link.
        generation: i64,
    },
    /// A token with some of the account's scopes, which must live this long.
    Narrowed {
        /// The scopes, sorted.
        scopes: Arc<[String]>,
        /// The hash of the scopes.
        hash: ScopesHash,
        /// How long the token must live.
        life: Duration,
    },
}

/// The kind of a refresh's need. Calls of the same kind share one result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum NeedKind {
    Life,
    Ahead,
    Another,
    Revive,
    Narrowed(ScopesHash),
}

impl Need {
    pub(super) fn kind(&self) -> NeedKind {
        match self {
            Self::Life(_) => NeedKind::Life,
            Self::Ahead(_) => NeedKind::Ahead,
            Self::Another { .. } => NeedKind::Another,
            Self::Revive { .. } => NeedKind::Revive,
            Self::Narrowed { hash, .. } => NeedKind::Narrowed(*hash),
        }
    }

    /// The status of an account that can have this need.
    pub(super) const fn status(&self) -> AccountStatus {
        match self {
            Self::Revive { .. } => AccountStatus::NeedsReauth,
            Self::Life(_) | Self::Ahead(_) | Self::Another { .. } | Self::Narrowed { .. } => {
                AccountStatus::Active
            }
        }
    }

    /// Whether an account with [that status](Self::status) still has this need.
    pub(super) async fn is_of(
        &self,
        tx: &mut TenantTx,
        account_row: &AccountRow,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        Ok(match self {
            Self::Life(life) => account_row.access_expires_at.is_some_and(|at| at < now + *life),
            Self::Ahead(before) => is_due_ahead(account_row, *before, now),
            Self::Another { generation } | Self::Revive { generation } => {
                account_row.generation == *generation
            }
            Self::Narrowed { hash, life, .. } => {
                let known = tx.narrowed_token(account_row.id, &hash.0).await?;
                known.filter(|known| known.generation == account_row.generation).is_none_or(|known| {
                    let until = if known.sealed_access_token.is_some() { now + *life } else { now };
                    known.expires_at < until
                })
            }
        })
    }
}

/// Only in the last quarter of the token's life, so that a provider with short-lived tokens is not called at every
/// fetch.
fn is_due_ahead(account_row: &AccountRow, before: TimeDelta, now: DateTime<Utc>) -> bool {
    let (Some(expires_at), Some(refreshed_at)) = (account_row.access_expires_at, account_row.refreshed_at)
    else {
        return false;
    };
    let left = expires_at - now;
    left < before && left * 4 < expires_at - refreshed_at
}
