//! What a cell can show besides its row: the time, and what answers have told of what the row has by id.

use std::collections::HashMap;

use bowline_api::status::ConnectorStatus;
use bowline_api::{ConnectorId, Named, TenantId};
use chrono::{DateTime, Utc};

use crate::client::Answer;
use crate::text::short_id;

/// What a cell can show besides its row.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// The time, for ages.
    pub now: DateTime<Utc>,
    /// What is known of connectors and tenants.
    pub known: &'a KnownNames,
}

/// The number of things that are kept; beyond that, it begins anew.
const MAX_KNOWN_NAMES: usize = 4_096;

/// What answers have told of connectors and tenants.
#[derive(Debug, Default, Clone)]
pub struct KnownNames {
    /// Whether the provider refuses the app key or secret of a connector, as far as an answer has told that.
    connectors: HashMap<ConnectorId, bool>,
    /// The short names of tenants.
    tenants: HashMap<TenantId, String>,
}

fn is_broken(status: Named<ConnectorStatus>) -> bool {
    status == ConnectorStatus::Broken
}

impl KnownNames {
    /// Remembers what is in an answer.
    pub fn learn(&mut self, answer: &Answer) {
        if self.connectors.len() > MAX_KNOWN_NAMES {
            self.connectors.clear();
        }
        if self.tenants.len() > MAX_KNOWN_NAMES {
            self.tenants.clear();
        }
        match answer {
            Answer::Connectors(page) => {
                self.connectors.extend(page.items.iter().map(|row| (row.id, is_broken(row.status))));
            }
            Answer::Connector(_) | Answer::ReplacedSecret(_) => {
                self.connectors.extend(answer.connector().map(|row| (row.id, is_broken(row.status))));
            }
            Answer::Overview(facts) => {
                let Some(failing) = &facts.failing else { return };
                // A connector that is not among all that fail works again.
                if !failing.more_connectors {
                    self.connectors.values_mut().for_each(|is_broken| *is_broken = false);
                }
                let failing = failing.connectors.iter();
                self.connectors.extend(failing.map(|row| (row.id, is_broken(row.status))));
            }
            Answer::Account(detail) => {
                drop(self.tenants.insert(detail.summary.tenant_id, detail.summary.tenant.clone()));
            }
            Answer::Tenants(page) => {
                self.tenants.extend(page.items.iter().map(|tenant| (tenant.id, tenant.slug.clone())));
            }
            Answer::Accounts(page) => {
                for row in &page.items {
                    self.tenants.entry(row.tenant_id).or_insert_with(|| row.tenant.clone());
                }
            }
            _ => {}
        }
    }

    /// Whether the last answer about the connector said that the provider refuses its app key or secret.
    pub fn is_broken(&self, id: ConnectorId) -> bool {
        self.connectors.get(&id).copied().unwrap_or_default()
    }

    /// The tenant's short name, or its shortened id as long as no answer has told the name.
    pub fn tenant(&self, id: TenantId) -> String {
        self.tenants.get(&id).cloned().unwrap_or_else(|| short_id(&id.to_string()))
    }
}
