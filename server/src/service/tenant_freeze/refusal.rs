//! What callers of a frozen tenant are told.

use crate::app::App;
use crate::domain::credential::PresentedApiKey;
use crate::domain::{Code, Error, Refusal, Result};
use crate::store::TenantTx;
use crate::store::api_keys::Hidden;
use crate::store::tenants::TenantRow;

/// The refusal of everything that a frozen tenant or its users ask for.
pub fn frozen() -> Refusal {
    Code::TenantFrozen.because(
        "an operator has frozen this tenant: no token is issued and nobody links until an operator thaws it. Its links are \
         kept; ask your operator",
    )
}

/// Refuses what the users of a frozen tenant ask for.
///
/// # Errors
/// `tenant_frozen`.
pub fn must_not_be_frozen(tenant: &TenantRow) -> Result<()> {
    if tenant.frozen_at.is_some() { Err(frozen().into()) } else { Ok(()) }
}

/// The refusal of a key that does not work, or `unknown` if its tenant is not the cause. It is delayed, so that a caller who
/// guesses keys as fast as possible does not slow down callers with valid keys.
///
/// A guessed key costs no statement of its own, unless it names a frozen tenant.
pub async fn refuse_key(app: &App, presented: &PresentedApiKey, unknown: Error) -> Error {
    let error = freeze_in_words(app, presented, unknown).await.unwrap_or_else(|error| error);
    if !matches!(error, Error::Refused(_)) {
        return error;
    }
    if !matches!(error.code(), Code::TenantFrozen | Code::ApiKeySuspended) {
        app.tenants.fails(presented);
    }
    match app.wrong_keys.delay(Err::<(), _>(error)).await {
        Err(error) => error,
        Ok(()) => Error::bug("a refusal turned into a success"),
    }
}

async fn freeze_in_words(app: &App, presented: &PresentedApiKey, unknown: Error) -> Result<Error> {
    let has_worked = app.tenants.known(presented).is_some();
    if !has_worked && !app.frozen_tenants.has(&app.store, presented.tenant).await? {
        return Ok(unknown);
    }
    let look = async |tx: &mut TenantTx| tx.why_hidden(presented.digest).await;
    Ok(match app.store.scoped_in_turn(presented.tenant, look).await? {
        Some(Hidden::Frozen) => frozen().into(),
        Some(Hidden::Suspended) => suspended_key().into(),
        None => unknown,
    })
}

/// The refusal of a suspended key. A process that has never seen the key work does not look for the reason, and says that it does not work.
fn suspended_key() -> Refusal {
    Code::ApiKeySuspended.because(
        "this API key is suspended, because it fetched the tokens of far more accounts than it is used to; ask your operator, who can let it \
         work again",
    )
}
