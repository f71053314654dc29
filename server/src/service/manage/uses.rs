//! When accounts were used last, and what the app got.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::domain::Result;
use crate::store::TenantTx;
use crate::store::accounts::AccountRow;

/// How much later than its token's issue the use of an account may be noted.
const USE_NOTED_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// The last use of an account. It is known some seconds after it happened, and for tenants that fetch very many tokens up to ten minutes
/// after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// When. Signatures of requests are known to within an hour.
    pub at: DateTime<Utc>,
    /// How long ago the account was used.
    pub ago: TimeDelta,
    /// What the app got.
    pub got: Got,
}

/// What an app got when it used an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Got {
    /// A token with all scopes of the account.
    AllScopes,
    /// The app got a token with these scopes alone.
    Scopes(Vec<String>),
    /// The app got the signature of a request, and no token.
    Signature,
}

/// The last uses of some accounts.
pub(super) struct LastUses(HashMap<Uuid, (DateTime<Utc>, Got)>);

impl LastUses {
    /// Of two uses at the same time, the one that got more counts.
    pub(super) async fn of(tx: &mut TenantTx, accounts: &[Uuid]) -> Result<Self> {
        let whole = tx.last_issues(accounts).await?.into_iter();
        let whole = whole.map(|used| (used.account, used.at, Got::AllScopes));
        let narrowed = tx.last_narrowed_uses(accounts).await?.into_iter();
        let narrowed = narrowed.map(|used| (used.account, used.at, Got::Scopes(used.scopes)));
        let signed = tx.last_signatures(accounts).await?.into_iter();
        let signed = signed.map(|used| (used.account, used.at, Got::Signature));
        let mut last: HashMap<Uuid, (DateTime<Utc>, Got)> = HashMap::new();
        for (account, at, got) in whole.chain(narrowed).chain(signed) {
            if last.get(&account).is_none_or(|(before, _)| *before < at) {
                last.insert(account, (at, got));
            }
        }
        Ok(Self(last))
    }

    /// The last use of an account, if it was used.
    pub(super) fn of_account(&self, row: &AccountRow, now: DateTime<Utc>) -> Option<Used> {
        // An account whose use is later than all of these was used by a signature before signatures had a time of their own. The use
        // of a token is noted with the token or within seconds.
        let used = self.0.get(&row.id).cloned();
        let by_signature = row
            .last_used_at
            .filter(|at| used.as_ref().is_none_or(|(before, _)| *at > *before + USE_NOTED_WITHIN));
        let (at, got) = by_signature.map(|at| (at, Got::Signature)).or(used)?;
        Some(Used { at, ago: now - at, got })
    }
}
