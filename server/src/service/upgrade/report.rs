//! What the upgrade of an old database did, and what it left.

use bowline_api::TenantId;
use serde::Serialize;

use crate::domain::{About, Error, Result};

/// What was done in this run; an earlier one that was interrupted may have done the rest.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Whether there was anything to do.
    pub was_due: bool,
    /// Whether the database is in its present form now, as far as it can be.
    pub is_finished: bool,
    /// Connectors whose app secret was resealed.
    pub connectors: usize,
    /// Accounts whose tokens were resealed.
    pub accounts: usize,
    /// Link sessions that were resealed and bound to what they are for.
    pub link_sessions: usize,
    /// Narrowed tokens that were erased; each can be issued anew.
    pub narrowed_tokens_erased: usize,
    /// Audit logs that were signed over.
    pub logs: usize,
    /// What was left as it is.
    pub broken: Vec<Broken>,
}

/// Something stored that is not as the server wrote it.
#[derive(Debug, Serialize)]
pub struct Broken {
    /// Whose it is; absent for the service's own log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<TenantId>,
    /// The id of the account, connector or session; of the tenant for its keys and its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Table and column; never a value.
    pub column: &'static str,
    /// `does_not_open`, or what `audit verify` says of a log.
    pub finding: &'static str,
    #[serde(skip)]
    pub(super) about: About,
}

impl Report {
    /// Adds what was found once.
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

    /// The value, or nothing where it does not open, which is reported.
    ///
    /// # Errors
    /// Any other of `outcome`.
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

    /// Whose logs do not hold; none for the service's own.
    pub(super) fn broken_logs(&self) -> impl Iterator<Item = Option<TenantId>> {
        let logs = self.broken.iter().filter(|one| matches!(one.about, About::AuditLog(_)));
        logs.map(|one| one.tenant_id)
    }
}

/// Takes a line about how far the upgrade is.
pub type Told<'a> = &'a (dyn Fn(&str) + Sync);
