//! Calls that wait until a link session changes. They hold no connection: one statement a round looks for all of them.

use std::time::Duration;

use bowline_api::status::LinkSessionStatus;
use bowline_api::v1::LinkSession;
use bowline_api::{LinkSessionId, TenantId};
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::show::show;
use super::waits::StateText;
use crate::app::App;
use crate::domain::Result;
use crate::domain::state::link_session;

/// The pause between two looks at the database. Another replica may make the change, so it is asked regularly.
const WAIT_ROUND: Duration = Duration::from_millis(250);

/// Waits up to `length` until the session has another state than `known`, or than it has at the beginning of the call.
/// Ends at once if the session has ended, and if the process is about to stop.
///
/// # Errors
/// `not_found`; `rate_limited` if too many calls of the tenant wait.
pub async fn wait(
    app: &App,
    tenant: TenantId,
    id: LinkSessionId,
    known: Option<LinkSessionStatus>,
    length: Duration,
) -> Result<LinkSession> {
    let until = Instant::now() + length;
    let _turn = app.tenants.wait(tenant)?;
    // Before the session is read, so that no change is missed in between.
    let mut place = app.link_waits.place((tenant.uuid(), id.uuid()));
    let mut session = show(app, tenant, id).await?;
    let Some(known) = known.or(session.status.known()) else { return Ok(session) };
    while session.status == known && link_session::is_open(known) && !app.is_draining() {
        app.link_waits.look();
        let is_other = |found: &StateText| found.as_deref().is_some_and(|found| found != known.as_str());
        let changed = async {
            tokio::select! {
                _ = place.state.wait_for(is_other) => {}
                () = app.drained() => {}
            }
        };
        let in_time = timeout_at(until, changed).await.is_ok();
        session = show(app, tenant, id).await?;
        if !in_time {
            break;
        }
    }
    Ok(session)
}

/// Looks for changes of the sessions that calls wait for, once a round, while there are such calls. Never ends.
///
/// # Errors
/// The first database error. The caller continues after a pause.
pub async fn watch(app: &App) -> Result<()> {
    loop {
        app.link_waits.reason().await;
        while look_at_waited_sessions(app).await? {
            // The end of the pause, or a reason to look earlier.
            tokio::time::timeout(WAIT_ROUND, app.link_waits.reason()).await.ok();
        }
    }
}

/// Looks once. False if nobody waits.
async fn look_at_waited_sessions(app: &App) -> Result<bool> {
    let (mut tenants, sessions): (Vec<Uuid>, Vec<Uuid>) = app.link_waits.sessions().into_iter().unzip();
    if sessions.is_empty() {
        return Ok(false);
    }
    tenants.sort_unstable();
    tenants.dedup();
    let found = app.store.worker(async |tx| tx.link_session_states(&tenants, &sessions).await).await?;
    for (tenant, session, state) in found {
        app.link_waits.tell((tenant, session), state.as_str());
    }
    Ok(true)
}
