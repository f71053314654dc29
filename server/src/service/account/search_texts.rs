//! Fills in the search texts of accounts that an earlier version has left empty.

use crate::app::App;
use crate::domain::Result;

/// The number of accounts per call.
const BATCH: i64 = 500;

/// Fills in the texts of some accounts, in one transaction for each tenant, and returns their number.
///
/// # Errors
/// The first database error.
pub async fn fill(app: &App) -> Result<usize> {
    let mut tx = app.store.worker().await?;
    let unfolded = tx.unfolded_accounts(BATCH).await;
    let unfolded = tx.finish(unfolded).await?;
    let mut filled = 0;
    for of_one in unfolded.chunk_by(|(one, _), (other, _)| one == other) {
        let Some((tenant, _)) = of_one.first() else { continue };
        let ids: Vec<_> = of_one.iter().map(|(_, id)| *id).collect();
        let mut tx = app.store.scoped((*tenant).into()).await?;
        let folded = tx.fold_accounts(&ids).await;
        filled += tx.finish(folded).await?;
    }
    Ok(filled)
}
