//! Tells tenants of accounts whose files have changed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::schedule::{ticks, wait};
use super::turn::turn;
use crate::app::App;
use crate::service::notice;

/// Tells until `stop` turns true: at once when this process has marked accounts, and at each poll what is due later or was marked elsewhere.
pub(super) async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut poll = ticks(Duration::from_secs(app.settings.worker.poll_seconds));
    while wait(&mut stop, async {
        tokio::select! {
            () = app.account_changed.notified() => {}
            _ = poll.tick() => {}
        }
    })
    .await
    {
        let mut aside = Vec::new();
        while !*stop.borrow() {
            let before = aside.len();
            let told = turn("account_changes", notice::tell(&app, &mut aside)).await.unwrap_or(0);
            if told == 0 && aside.len() == before {
                break;
            }
        }
    }
}
