//! The sessions of an operator: listed, and ended by that operator or by an admin.

use bowline_api::admin::{EndedSessions, OperatorSession};
use bowline_api::{OperatorId, Page, SessionId};

use super::no_operator;
use super::opened::idle;
use super::session::Identified;
use crate::app::App;
use crate::domain::credential::Digest;
use crate::domain::{Actor, Error, Event, Result};
use crate::service::cursor::whole;
use crate::store::PlatformTx;
use crate::store::operators::sessions::{Ending, SessionRow};

/// The maximum number of sessions in a list. Nobody needs as many at once.
const MOST_SESSIONS_LISTED: i64 = 200;

/// One's own sessions, the newest first, all on one page.
pub async fn own(app: &App, who: &Identified, current: Digest) -> Result<Page<OperatorSession>> {
    list_sessions(app, who.id, current).await
}

/// The sessions of any operator, the newest first, all on one page. `current` is the session of the call.
///
/// # Errors
/// `not_found`.
pub async fn of(app: &App, operator: OperatorId, current: Digest) -> Result<Page<OperatorSession>> {
    operator_must_exist(app, operator).await?;
    list_sessions(app, operator, current).await
}

async fn list_sessions(app: &App, operator: OperatorId, current: Digest) -> Result<Page<OperatorSession>> {
    let read =
        async |tx: &mut PlatformTx| tx.sessions(operator.uuid(), idle(app), MOST_SESSIONS_LISTED).await;
    let rows = app.store.platform(read).await?;
    let items = rows.into_iter().map(|session_row| to_wire(session_row, current)).collect();
    Ok(whole(items))
}

/// Ends one session of an operator.
///
/// # Errors
/// `not_found` if there is no such session, or it is another operator's.
pub async fn end(app: &App, actor: &Actor, operator: OperatorId, session: SessionId) -> Result<()> {
    let end = async |tx: &mut PlatformTx| {
        if !tx.end_session_of(operator.uuid(), session.uuid()).await? {
            return Err(Error::not_found());
        }
        tx.record(actor, Event::OperatorSessionEnded { operator, session }).await
    };
    app.store.platform(end).await
}

/// Ends all sessions of an operator except the one of the call.
pub async fn end_others(app: &App, who: &Identified, current: Digest) -> Result<EndedSessions> {
    end_several(app, &who.actor(), who.id, Ending::Others(current)).await
}

/// Ends all sessions of an operator.
///
/// # Errors
/// `not_found`.
pub async fn end_all(app: &App, actor: &Actor, operator: OperatorId) -> Result<EndedSessions> {
    operator_must_exist(app, operator).await?;
    end_several(app, actor, operator, Ending::All).await
}

async fn end_several(
    app: &App,
    actor: &Actor,
    operator: OperatorId,
    ending: Ending,
) -> Result<EndedSessions> {
    let end = async |tx: &mut PlatformTx| {
        // Waits for a login that is about to begin a session.
        tx.lock_operator(operator.uuid()).await?;
        let ended_sessions = tx.end_sessions(operator.uuid(), ending).await?;
        tx.record(actor, Event::OperatorSessionsEnded { operator, ended_sessions }).await?;
        Ok(EndedSessions { ended_sessions })
    };
    app.store.platform(end).await
}

async fn operator_must_exist(app: &App, operator: OperatorId) -> Result<()> {
    let found = app.store.platform(async |tx| tx.operator(operator.uuid()).await).await?;
    found.map(drop).ok_or_else(no_operator)
}

fn to_wire(session_row: SessionRow, current: Digest) -> OperatorSession {
    OperatorSession {
        is_current: current.matches(&session_row.token_hash),
        id: session_row.id.into(),
        created_at: session_row.created_at,
        last_used_at: session_row.last_seen_at,
        expires_at: session_row.expires_at,
        address: session_row.address,
        client: session_row.client,
    }
}
