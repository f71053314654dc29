//! Fills in the search texts of accounts that an earlier version has left empty.

use crate::app::App;
use crate::domain::Result;

/// The number of accounts per call.
const SEARCH_TEXTS_BATCH: i64 = 500;

/// Fills in the texts of some accounts, in one transaction for each tenant, and returns their number.
///
/// # Errors
/// The first database error.
pub async fn fill(app: &App) -> Result<usize> {
    let unfolded = app.store.worker(async |tx| tx.unfolded_accounts(SEARCH_TEXTS_BATCH).await).await?;
    let mut filled = 0;
    for of_one in unfolded.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((tenant, _)) = of_one.first() else { continue };
        let ids: Vec<_> = of_one.iter().map(|(_, id)| *id).collect();
        filled += app.store.scoped((*tenant).into(), async |tx| tx.fold_accounts(&ids).await).await?;
    }
    Ok(filled)
}
