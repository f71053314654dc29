//! Writes the sessions of many calls, with their entries in the audit logs, in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use bowline_vault::AuditKeys;
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Array, BigInt, Binary, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::{Actor, Error, Event};
use crate::store::audit::AuditRow;
use crate::store::pg::chain::Head;
use crate::store::pg::function::function_query;
use crate::store::pg::lane::Together;
use crate::store::pg::sql::bytea;

/// A new link session of a connector of OAuth 2, for an account that was not linked before.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns")]
pub struct PlainSession {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub connector_id: Uuid,
    pub external_user_id: String,
    pub return_url: String,
    pub completion_challenge: Option<Vec<u8>>,
    pub scopes: Vec<String>,
    pub expires_at: DateTime<Utc>,
    pub ticket_hash: Vec<u8>,
    pub sealed_intent: Vec<u8>,
    pub options: Option<String>,
    /// Who creates it.
    pub actor: Actor,
}

/// Whether a session was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It was.
    Yes,
    /// It was not, and has to be created alone: another transaction holds the audit log of its tenant, or the statement failed.
    Alone,
    /// The database did not confirm the commit.
    Unconfirmed,
}

pub(super) struct Writes;

diesel::define_sql_function! {
    /// Inserts sessions with their entries. It returns `void`, a type that Diesel lacks; the value is never read.
    fn bowline_link_sessions_create(calls: Jsonb) -> Bool;
}

function_query! {
    HeadsQuery { tenants: Vec<Uuid> as Array<SqlUuid> }
    "bowline_audit_free_heads" -> (SqlUuid, Timestamptz, BigInt, Binary)
}

impl Together for Writes {
    type Call = (PlainSession, Arc<AuditKeys>);
    type Answer = Created;

    fn tenant((session, _): &Self::Call) -> Uuid {
        session.tenant_id
    }

    /// The commit may have been sent.
    fn late() -> Error {
        Error::Unconfirmed("no answer in time".into())
    }

    async fn ask(
        connection: &mut AsyncPgConnection,
        calls: &[Self::Call],
        _: Option<Uuid>,
    ) -> QueryResult<Vec<Created>> {
        connection.batch_execute("BEGIN").await?;
        match write_sessions(connection, calls).await {
            // The calls must not be repeated if the commit may have succeeded.
            Ok(answers) => Ok(match connection.batch_execute("COMMIT").await {
                Ok(()) => answers,
                Err(_) => vec![Created::Unconfirmed; calls.len()],
            }),
            Err(error) if is_refusal(&error) => {
                tracing::warn!(%error, calls = calls.len(), "link sessions are created one by one");
                connection.batch_execute("ROLLBACK").await?;
                Ok(vec![Created::Alone; calls.len()])
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether the database refused a statement, instead of being away.
fn is_refusal(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(kind, _) if !matches!(kind, DatabaseErrorKind::ClosedConnection))
}

async fn write_sessions(
    connection: &mut AsyncPgConnection,
    calls: &[(PlainSession, Arc<AuditKeys>)],
) -> QueryResult<Vec<Created>> {
    let mut tenants: Vec<Uuid> = calls.iter().map(|(session, _)| session.tenant_id).collect();
    tenants.sort_unstable();
    tenants.dedup();
    let free: Vec<(Uuid, DateTime<Utc>, i64, Vec<u8>)> = HeadsQuery { tenants }.load(connection).await?;
    let at = free.iter().map(|row| row.1).next().unwrap_or_default();
    let mut heads: HashMap<Uuid, Head> =
        free.into_iter().map(|(chain, _, sequence, hash)| (chain, Head { sequence, hash })).collect();
    let mut written = Vec::with_capacity(calls.len());
    let mut answers = Vec::with_capacity(calls.len());
    for (session, keys) in calls {
        let next =
            heads.get_mut(&session.tenant_id).and_then(|head| next_audit_entry(head, at, session, keys));
        answers.push(if next.is_some() { Created::Yes } else { Created::Alone });
        written.extend(
            next.map(|entry| json!({ "session": session_as_json(session), "entry": entry.to_json() })),
        );
    }
    if !written.is_empty() {
        let create = diesel::select(bowline_link_sessions_create(Value::Array(written)));
        create.execute(connection).await?;
    }
    Ok(answers)
}

/// The entry that comes next in the session's audit log, whose head it moves.
fn next_audit_entry(
    head: &mut Head,
    at: DateTime<Utc>,
    session: &PlainSession,
    keys: &AuditKeys,
) -> Option<AuditRow> {
    let external_user_id = session.external_user_id.as_str();
    let event = Event::LinkSessionCreated { link_session: session.id.into(), external_user_id };
    // An entry that cannot be signed fails in the call's own transaction, with its reason.
    let entry = AuditRow::after(head, session.tenant_id, at, &session.actor, event, keys).ok()?;
    *head = entry.end();
    Some(entry)
}

/// The session's row in the form of `jsonb_populate_record`.
fn session_as_json(session: &PlainSession) -> Value {
    let PlainSession {
        tenant_id,
        id,
        connector_id,
        external_user_id,
        return_url,
        completion_challenge,
        scopes,
        expires_at,
        ticket_hash,
        sealed_intent,
        options,
        actor: _,
    } = session;
    json!({
        "tenant_id": tenant_id,
        "id": id,
        "connector_id": connector_id,
        "external_user_id": external_user_id,
        "return_url": return_url,
        "completion_challenge": completion_challenge.as_deref().map(bytea),
        "scopes": scopes,
        "expires_at": expires_at,
        "ticket_hash": bytea(ticket_hash),
        "sealed_intent": bytea(sealed_intent),
        "options": options,
    })
}
