//! Webhooks: a tenant's endpoints, and the delivery of events to them.
//!
//! `store/webhooks/outbox.rs` writes an event and its deliveries in the transaction that the event tells of. `send` delivers them.

mod again;
mod endpoint;
mod log;
mod secret;
pub mod send;
mod shown;
mod stream;
mod sweep;
mod switch;

pub use again::{resend, resend_since, test};
pub use endpoint::{create, edit, list, remove, show};
pub use log::{DeliveryQuery, deliveries};
pub use secret::rotate;
pub use stream::{End, Follower, Frame, follow};
pub use sweep::sweep;
pub use switch::{disable, enable};

use bowline_api::TenantId;

use super::tenant;
use crate::app::App;
use crate::domain::{Actor, Result};
use crate::store::TenantTx;

/// Does `work` in a transaction of the tenant: in its turn for an app of the tenant, and only if the tenant exists for an operator.
async fn within<T>(
    app: &App,
    tenant: TenantId,
    actor: &Actor,
    work: impl AsyncFnOnce(&mut TenantTx) -> Result<T>,
) -> Result<T> {
    match actor {
        Actor::ApiKey { .. } => app.store.scoped_in_turn(tenant, work).await,
        _ => tenant::scoped(app, tenant, work).await,
    }
}
