//! Which API keys hold a token of an account: what an operator asks when a key or a token has leaked.

use bowline_api::AccountId;
use bowline_api::admin::{ApiKey, TokenHolder, TokenHolders};

use super::admin::record_inspection;
use super::detail::{fingerprint, owner};
use crate::app::App;
use crate::domain::{Actor, Result};
use crate::service::api_key;
use crate::store::OperatorTx;
use crate::store::tokens::holders::HolderRow;

/// The maximum number of keys in an answer.
const MOST_HOLDERS: usize = 200;

/// The keys that have received a token of the account: the token of this generation, or the one that the account has
/// now, or if it has none, the last one that was issued. The call is recorded like an inspection.
///
/// # Errors
/// `not_found`.
pub async fn token_holders(
    app: &App,
    actor: &Actor,
    id: AccountId,
    generation: Option<i64>,
) -> Result<TokenHolders> {
    let account = owner(app, id).await?;
    record_inspection(app, actor, account.tenant_id.into(), id).await?;
    let now = account.refreshed_at.is_some().then_some(account.generation);
    let read = async |tx: &mut OperatorTx| {
        let asked = match generation.or(now) {
            Some(generation) => Some(generation),
            None => tx.last_held_generation(account.tenant_id, account.id).await?,
        };
        let limit = i64::try_from(MOST_HOLDERS + 1).unwrap_or(i64::MAX);
        Ok(match asked {
            Some(of) => (asked, tx.token_holders(account.tenant_id, account.id, of, limit).await?),
            None => (None, Vec::new()),
        })
    };
    let (generation, mut rows) = app.store.operator(read).await?;
    let more = rows.len() > MOST_HOLDERS;
    rows.truncate(MOST_HOLDERS);
    Ok(TokenHolders {
        account_id: id,
        generation,
        current: generation.is_some() && generation == now,
        fingerprint: generation.map(|of| fingerprint(app, account.id, of)).transpose()?,
        items: rows.into_iter().map(to_wire).collect(),
        more,
    })
}

fn to_wire(holder_row: HolderRow) -> TokenHolder {
    TokenHolder {
        api_key: ApiKey {
            id: holder_row.id.into(),
            name: holder_row.name,
            permissions: api_key::permissions(&holder_row.permissions).into_iter().map(Into::into).collect(),
            created_at: holder_row.created_at,
            expires_at: holder_row.expires_at,
            revoked_at: holder_row.revoked_at,
            suspended: api_key::suspension(holder_row.suspended_at, holder_row.suspended_reason),
            last_used_on: holder_row.last_used_on,
        },
        first_issued_at: holder_row.first_issued_at,
        last_issued_at: holder_row.last_issued_at,
        issues: holder_row.issues.unsigned_abs(),
        approximate: holder_row.approximate,
    }
}
