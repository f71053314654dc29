//! The one reader of a process: reads the tail of the logs while somebody follows it.

use std::time::Duration;

use super::feed::{Feed, Reader};
use crate::app::App;
use crate::domain::Result;
use crate::store::event_tail::TailKey;

/// The pause between two looks. Another replica may add an event, so the database is asked regularly.
const TAIL_POLL_PAUSE: Duration = Duration::from_millis(250);
/// The pause if there is more to read. It bounds what a burst costs and gives those who follow time to read.
const TAIL_SHORT_PAUSE: Duration = Duration::from_millis(50);
/// The number of events of a batch.
pub(super) const TAIL_BATCH: i64 = 256;

/// Reads while somebody follows. Never ends.
///
/// # Errors
/// The first database error. The caller continues after a pause; nothing is lost meanwhile.
pub async fn watch(app: &App) -> Result<()> {
    loop {
        app.events.wanted().await;
        while app.events.is_wanted() {
            let is_full = poll_tail(app, &app.events).await?;
            tokio::time::sleep(if is_full { TAIL_SHORT_PAUSE } else { TAIL_POLL_PAUSE }).await;
        }
    }
}

/// Looks at the tail of the logs once. Whether there may be more events.
async fn poll_tail(app: &App, feed: &Feed) -> Result<bool> {
    let Reader::At(read) = feed.reader() else {
        let last = app.store.operator(async |tx| tx.last_event().await).await?;
        feed.begin(last.map(|(key, _)| key));
        return Ok(false);
    };
    let rows = app.store.operator(async |tx| tx.events_after(read, TAIL_BATCH).await).await?;
    let Some(rows) = rows else {
        feed.gap();
        return Ok(true);
    };
    let is_full = is_full(rows.len());
    feed.tell(rows);
    Ok(is_full)
}

/// Whether a batch of this many events is full.
pub(super) fn is_full(events: usize) -> bool {
    i64::try_from(events).is_ok_and(|events| events >= TAIL_BATCH)
}

/// Whether `key` is beyond what was read.
pub(super) fn is_beyond(key: TailKey, read: Option<TailKey>) -> bool {
    read.is_none_or(|read| key > read)
}
