//! On which day API keys were last used. The limits remember in memory which keys have worked, and this writes it down every few minutes, so
//! that no call needs a statement more.

use crate::app::App;
use crate::domain::Result;

/// Writes down which keys were used since the last call. What the database refuses is written next time.
///
/// # Errors
/// The first error. The keys of the other tenants are written nevertheless.
pub async fn flush(app: &App) -> Result<()> {
    let mut outcome = Ok(());
    for (tenant, used) in app.tenants.take_used() {
        let ids = used.ids();
        if let Err(error) = app.store.scoped(tenant, async |tx| tx.note_key_use(&ids).await).await {
            used.put_back();
            outcome = outcome.and(Err(error));
        }
    }
    outcome
}
