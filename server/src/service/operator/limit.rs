//! Limits an operator to tenants.

use bowline_api::admin::Operator;
use bowline_api::status::Role;
use bowline_api::{OperatorId, TenantId};
use uuid::Uuid;

use super::row::to_wire;
use super::{decided_by_identity_provider, no_operator};
use crate::app::App;
use crate::domain::{Actor, Code, Error, Event, Result};
use crate::service::tenant;
use crate::store::PlatformTx;
use crate::store::operators::sessions::Ending;

/// The maximum number of tenants to which an operator is limited.
const MOST_LIMITED_TENANTS: usize = 100;

/// Limits an operator to these tenants (ids or short names), or lifts the limit. Ends all sessions of the operator.
///
/// # Errors
/// `not_found` if there is no such operator; `invalid_field` if a tenant does not exist, or the list is empty or too long;
/// `invalid_state` for an admin, who manages all tenants.
pub async fn limit(app: &App, actor: &Actor, id: OperatorId, tenants: Option<&[String]>) -> Result<Operator> {
    let found = match tenants {
        Some(names) => Some(all_named(app, names).await?),
        None => None,
    };
    let ids: Option<Vec<Uuid>> = found.as_ref().map(|ids| ids.iter().map(TenantId::uuid).collect());
    let names: Option<Vec<String>> = found.map(|ids| ids.iter().map(ToString::to_string).collect());
    let change = async |tx: &mut PlatformTx| {
        let before = tx.lock_operator(id.uuid()).await?.ok_or_else(no_operator)?;
        if before.issuer.is_some() {
            return Err(decided_by_identity_provider("gets their tenants from there"));
        }
        if ids.is_some() && before.role.known()? == Role::Admin {
            let detail = "an admin manages all tenants; give the operator another role first";
            return Err(Code::InvalidState.because(detail).into());
        }
        let row = tx.set_tenants(id.uuid(), ids.as_deref()).await?.ok_or_else(no_operator)?;
        let ended_sessions = tx.end_sessions(id.uuid(), Ending::All).await?;
        let tenants = names.as_deref();
        tx.record(actor, Event::OperatorTenantsChanged { operator: id, tenants, ended_sessions }).await?;
        Ok(row)
    };
    to_wire(app.store.platform(change).await?)
}

async fn all_named(app: &App, names: &[String]) -> Result<Vec<TenantId>> {
    let invalid = |detail: String| Error::from(Code::InvalidField.because(detail).field("tenants"));
    if names.is_empty() || names.len() > MOST_LIMITED_TENANTS {
        return Err(invalid(format!("name 1 to {MOST_LIMITED_TENANTS} tenants, or null for all")));
    }
    let mut ids = Vec::new();
    for name in names {
        let found = match tenant::named(app, name).await {
            Ok(id) => tenant::get(app, id).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(tenant) => ids.push(tenant.id),
            Err(error) if error.code() == Code::NotFound => {
                return Err(invalid("one of the tenants does not exist".to_owned()));
            }
            Err(error) => return Err(error),
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
