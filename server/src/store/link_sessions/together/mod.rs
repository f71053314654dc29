//! Creating link sessions in statements that concurrent calls share: see migration 000133. What does not fit, a call does in a
//! transaction of its own.

mod terms;
mod write;

use std::sync::Arc;
use std::time::Duration;

use bowline_vault::AuditKeys;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::domain::Result;
use crate::settings::PoolOptions;
use crate::store::pg::lane::Lanes;
use crate::telemetry::SPANS;
use terms::Offers;
pub use terms::Terms;
use write::Writes;
pub use write::{Created, PlainSession};

/// The second lane helps only if a trip takes very long, because two trips at once would find each other's audit logs locked.
const LINK_LANES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(100)];

/// The connections on which link sessions are created, in addition to the pool: up to four.
pub(in crate::store) struct LinkPath {
    terms: Lanes<Offers>,
    writes: Lanes<Writes>,
    audit_keys: Arc<AuditKeys>,
}

impl LinkPath {
    /// Opens the lanes, which do not connect yet. None if a statement may not see two tenants, or statements are not prepared.
    pub(in crate::store) fn open(options: &PoolOptions, audit_keys: &Arc<AuditKeys>) -> Option<Self> {
        let is_possible = !options.sharded && options.prepared_statements;
        is_possible.then(|| Self {
            terms: Lanes::open(options, &LINK_LANES),
            writes: Lanes::open(options, &LINK_LANES),
            audit_keys: Arc::clone(audit_keys),
        })
    }

    /// What the named connector, or else the tenant's default, allows new links. None if that has to be decided alone.
    pub(in crate::store) async fn terms(&self, tenant: Uuid, named: Option<Uuid>) -> Result<Option<Terms>> {
        let span = tracing::info_span!(target: SPANS, "database call", operation = "link terms", otel.kind = "client");
        self.terms.ask((tenant, named)).instrument(span).await
    }

    /// Creates a session.
    pub(in crate::store) async fn create(&self, session: PlainSession) -> Result<Created> {
        let span = tracing::info_span!(target: SPANS, "database call", operation = "new link session", otel.kind = "client");
        self.writes.ask((session, Arc::clone(&self.audit_keys))).instrument(span).await
    }

    /// The number of connections that create link sessions.
    pub(in crate::store) fn connections(&self) -> usize {
        self.terms.connections() + self.writes.connections()
    }
}
