//! Why the provider is to be asked, and whether that still holds.

use std::sync::Arc;
use std::time::Duration;

use bowline_api::status::AccountStatus;
use chrono::{DateTime, TimeDelta, Utc};

use super::scopes_hash::ScopesHash;
use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;

/// A token this close to its end may be dead by the time that the tenant app uses it.
pub(super) const SKEW: Duration = Duration::from_secs(5);

/// Why the provider is to be asked for a token.
#[derive(Debug, Clone)]
pub(super) enum Need {
    /// The account's token shall live so long.
    Life(Duration),
    /// It is in use and dies within this time, and nobody shall have to wait when it does.
    Ahead(TimeDelta),
    /// The provider refuses the token of this generation before its time.
    Another {
        /// Of the account when its token was refused.
        generation: i64,
    },
    /// The grant of this generation is believed to be dead, and the provider shall say whether it is.
    Revive {
        /// Of the account that needs a new link.
        generation: i64,
    },
    /// A token with some of the account's scopes, which shall live so long.
    Narrowed {
        /// The scopes, sorted.
        scopes: Arc<[String]>,
        /// Of the scopes.
        hash: ScopesHash,
        /// The life.
        life: Duration,
    },
}

/// Which calls wait for one and the same result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Life,
    Ahead,
    Another,
    Revive,
    Narrowed(ScopesHash),
}

impl Need {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Life(_) => Kind::Life,
            Self::Ahead(_) => Kind::Ahead,
            Self::Another { .. } => Kind::Another,
            Self::Revive { .. } => Kind::Revive,
            Self::Narrowed { hash, .. } => Kind::Narrowed(*hash),
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
    ///
    /// # Errors
    /// Those of any statement.
    pub(super) async fn is_of(
        &self,
        tx: &mut TenantTx,
        row: &AccountRow,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        Ok(match self {
            Self::Life(life) => row.access_expires_at.is_some_and(|at| at < now + *life),
            Self::Ahead(before) => is_due_ahead(row, *before, now),
            Self::Another { generation } | Self::Revive { generation } => row.generation == *generation,
            Self::Narrowed { hash, life, .. } => {
                let known = tx.narrowed_token(row.id, &hash.0).await?;
                known.filter(|known| known.generation == row.generation).is_none_or(|known| {
                    let until = if known.sealed_access_token.is_some() { now + *life } else { now };
                    known.expires_at < until
                })
            }
        })
    }
}

/// Only in the last quarter of its life: a provider whose tokens are short-lived is not asked at every fetch.
fn is_due_ahead(row: &AccountRow, before: TimeDelta, now: DateTime<Utc>) -> bool {
    let (Some(expires_at), Some(refreshed_at)) = (row.access_expires_at, row.refreshed_at) else {
        return false;
    };
    let left = expires_at - now;
    left < before && left * 4 < expires_at - refreshed_at
}
