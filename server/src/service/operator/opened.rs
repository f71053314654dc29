//! The beginning of a session, whatever the operator has proven who they are with.

use std::net::IpAddr;
use std::time::Duration;

use bowline_api::SessionId;
use bowline_api::admin::NewSession;

use super::row::to_wire;
use crate::app::App;
use crate::domain::credential::{Kind, NewCredential};
use crate::domain::{Actor, Event, Result, entropy};
use crate::store::PlatformTx;
use crate::store::operators::OperatorRow;
use crate::store::operators::sessions::NewSessionRow;

/// The client that logs in: its address and, if it sent one, its name.
#[derive(Debug, Clone, Copy)]
pub struct LoginOrigin<'a> {
    /// The address.
    pub address: IpAddr,
    /// The `User-Agent`.
    pub program: Option<&'a str>,
}

/// A session that has begun and is not in the audit log yet.
pub(super) struct OpenedOperatorSession {
    session: NewSession,
    id: SessionId,
}

impl OpenedOperatorSession {
    /// Records the operator's login, after all rows are locked.
    pub(super) async fn record(
        self,
        tx: &mut PlatformTx,
        address: IpAddr,
        by: Option<&'static str>,
    ) -> Result<NewSession> {
        let operator = &self.session.operator;
        let actor = Actor::Operator { id: operator.id, name: operator.name.clone() };
        let logged_in = Event::OperatorLoggedIn { operator: operator.id, session: self.id, address, by };
        tx.record(&actor, logged_in).await?;
        Ok(self.session)
    }
}

/// Begins a session of an operator whose row is locked and who has proven that it is them.
pub(super) async fn open(
    app: &App,
    tx: &mut PlatformTx,
    operator_row: OperatorRow,
    from: LoginOrigin<'_>,
) -> Result<OpenedOperatorSession> {
    let credential = NewCredential::generate(Kind::OperatorSession)?;
    let length = Duration::from_secs(app.settings.operators.session_seconds);
    tx.sweep_sessions(idle(app)).await?;
    let session: SessionId = entropy::id();
    let address = from.address.to_string();
    let begun = NewSessionRow {
        token: credential.digest,
        id: session.uuid(),
        operator: operator_row.id,
        length,
        address: &address,
        client: from.program,
    };
    let expires_at = tx.insert_session(begun).await?;
    let session_of = to_wire(operator_row)?;
    let token = credential.expose().to_owned();
    Ok(OpenedOperatorSession { session: NewSession { token, expires_at, operator: session_of }, id: session })
}

pub(super) fn idle(app: &App) -> Duration {
    Duration::from_secs(app.settings.operators.idle_seconds)
}
