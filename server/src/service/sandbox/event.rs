//! Fires an event of any type at the endpoints of a sandbox.

use bowline_api::TenantId;
use bowline_api::v1::{FireSandboxEvent, FiredSandboxEvent, TenantEvent};
use serde_json::json;

use crate::app::App;
use crate::domain::told::{Subject, Told};
use crate::domain::{Code, Error, Result};
use crate::store::TenantTx;

/// Writes an event about something of the sandbox into the outbox. Nothing changes; the event says what its subject is now, and that it
/// is simulated.
///
/// # Errors
/// `invalid_field` if there is no such type, or it is not about this kind of subject; `not_found`.
pub async fn fire(app: &App, tenant: TenantId, wanted: &FireSandboxEvent) -> Result<FiredSandboxEvent> {
    let kind = TenantEvent::ALL.iter().copied().find(|kind| kind.as_str() == wanted.kind);
    let kind = kind.ok_or_else(|| {
        let types = TenantEvent::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
        refused("type", format!("type must be one of {types}"))
    })?;
    let told = Told { kind, subject: wanted.subject.clone(), details: vec![("simulated", json!(true))] };
    let subject = told.subject().filter(|subject| is_about(kind, *subject)).ok_or_else(|| {
        let detail = format!(
            "subject must be the id of what {kind} is about, of the tenant's own: acct_…, lks_… and so on"
        );
        refused("subject", detail)
    })?;
    let fire = async |tx: &mut TenantTx| {
        must_exist(tx, subject).await?;
        let event_id = tx.tell(&told).await?;
        Ok(FiredSandboxEvent { event_id })
    };
    app.store.scoped_in_turn(tenant, fire).await
}

fn refused(field: &'static str, detail: String) -> Error {
    Code::InvalidField.because(detail).field(field).into()
}

/// Whether events of this type are about this kind of subject.
fn is_about(kind: TenantEvent, subject: Subject) -> bool {
    let noun = match subject {
        Subject::Account(_) => "account.",
        Subject::LinkSession(_) => "link_session.",
        Subject::Connector(_) => "connector.",
        Subject::Endpoint(_) => "endpoint.",
    };
    kind.as_str().starts_with(noun)
}

/// Refuses a subject that the transaction's tenant does not have.
async fn must_exist(tx: &mut TenantTx, subject: Subject) -> Result<()> {
    let exists = match subject {
        Subject::Account(id) => tx.account(id.uuid()).await?.is_some(),
        Subject::LinkSession(id) => tx.link_session(id.uuid()).await?.is_some(),
        Subject::Connector(id) => tx.connector(id.uuid()).await?.is_some(),
        Subject::Endpoint(id) => tx.webhook_endpoint(id.uuid()).await?.is_some(),
    };
    if exists { Ok(()) } else { Err(Error::not_found()) }
}
