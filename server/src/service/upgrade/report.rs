//! What the upgrade of an old database did, and what it left.

use bowline_api::TenantId;
use serde::Serialize;

use crate::domain::{About, Error, Result};

/// What was done in this run. An earlier, interrupted run may have done the rest.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Whether there was anything to upgrade.
    pub was_due: bool,
    /// Whether the database is now in its current form, as far as possible.
    pub is_finished: bool,
    /// The number of connectors whose app secret was resealed.
    pub connectors: usize,
    /// The number of accounts whose tokens were resealed.
    pub accounts: usize,
    /// The number of link sessions that were resealed and bound to their purpose.
    pub link_sessions: usize,
    /// The number of narrowed tokens that were erased. Each can be issued again.
    pub narrowed_tokens_erased: usize,
    /// The number of audit logs that were signed over.
    pub logs: usize,
    /// What was left unchanged.
    pub broken: Vec<Broken>,
}

/// A stored value that is not as the server wrote it.
#[derive(Debug, Serialize)]
pub struct Broken {
    /// The tenant. Absent for the service's own log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// The id of the account, connector or session, or of the tenant for its keys and its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The table and column, never a value.
    pub column: &'static str,
    /// `does_not_open`, or the finding of `audit verify` for a log.
    pub finding: &'static str,
    #[serde(skip)]
    pub(super) about: About,
}

impl Report {
    /// Adds a finding, once.
    pub(super) fn add(
        &mut self,
        tenant_id: Option<TenantId>,
        column: &'static str,
        about: About,
        finding: &'static str,
    ) {
        if !self.broken.iter().any(|known| known.about == about && known.column == column) {
            self.broken.push(Broken { tenant_id, id: about.subject(), column, finding, about });
        }
    }

    /// The value, or none if it does not open, which is reported.
    ///
    /// # Errors
    /// Any other error of `outcome`.
    pub(super) fn opened<T>(&mut self, tenant: TenantId, outcome: Result<T>) -> Result<Option<T>> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Error::Integrity { what, about }) => {
                self.add(Some(tenant), what, about, "does_not_open");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The tenants whose logs are broken. None stands for the service's own.
    pub(super) fn broken_logs(&self) -> impl Iterator<Item = Option<TenantId>> {
        let logs = self.broken.iter().filter(|one| matches!(one.about, About::AuditLog(_)));
        logs.map(|one| one.tenant_id)
    }
}

/// Takes a line about how far the upgrade is.
pub type ProgressLine<'a> = &'a (dyn Fn(&str) + Sync);
