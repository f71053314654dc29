//! What a cell can show besides its row: the time, and the names of what the row has by id.

use std::collections::HashMap;

use bowline_api::ConnectorId;
use chrono::{DateTime, Utc};

use crate::client::Answer;
use crate::text::short_id;

/// What a cell can show besides its row.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// The time, for ages.
    pub now: DateTime<Utc>,
    /// The connectors' names.
    pub connectors: &'a ConnectorNames,
}

/// The number of names that are kept; beyond that, it begins anew.
const MAX_NAMES: usize = 4_096;

/// The names of the connectors that answers have told.
#[derive(Debug, Default, Clone)]
pub struct ConnectorNames(HashMap<ConnectorId, String>);

impl ConnectorNames {
    /// Remembers the names in an answer.
    pub fn learn(&mut self, answer: &Answer) {
        if self.0.len() > MAX_NAMES {
            self.0.clear();
        }
        match answer {
            Answer::Connectors(page) => {
                self.0.extend(page.items.iter().map(|connector| (connector.id, connector.name.clone())));
            }
            Answer::Connector(connector) => drop(self.0.insert(connector.id, connector.name.clone())),
            Answer::Account(detail) => {
                drop(self.0.insert(detail.summary.account.connector_id, detail.connector.clone()));
            }
            _ => {}
        }
    }

    /// The connector's name, or its shortened id as long as no answer has told the name.
    pub fn label(&self, id: ConnectorId) -> String {
        self.0.get(&id).cloned().unwrap_or_else(|| short_id(&id.to_string()))
    }
}
