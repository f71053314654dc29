//! Who did what: every write is recorded in the transaction that makes it.

use std::fmt::Display;

use bowline_api::{ApiKeyId, OperatorId};
use serde_json::{Map, Value};

use crate::domain::entropy;
use crate::store::audit::NewEvent;

/// Who acts.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A person with a role.
    Operator {
        /// Who.
        id: OperatorId,
        /// The login name at the time.
        name: String,
    },
    /// A tenant app.
    ApiKey {
        /// Which key.
        id: ApiKeyId,
        /// The key's name at the time.
        name: String,
    },
    /// The person whose account is linked.
    EndUser,
    /// The service by itself.
    System,
    /// Somebody with access to the machine.
    CommandLine,
}

/// Begins an event: `actor` did `action`.
pub fn event(actor: &Actor, action: &'static str) -> NewEvent {
    let (actor_kind, actor_id, actor_name) = match actor {
        Actor::Operator { id, name } => ("operator", Some(id.to_string()), Some(name.clone())),
        Actor::ApiKey { id, name } => ("api_key", Some(id.to_string()), Some(name.clone())),
        Actor::EndUser => ("end_user", None, None),
        Actor::System => ("system", None, None),
        Actor::CommandLine => ("command_line", None, None),
    };
    NewEvent {
        id: entropy::id::<bowline_api::id::Event>().uuid(),
        actor_kind,
        actor_id,
        actor_name,
        action,
        subject: None,
        detail: Map::new(),
    }
}

impl NewEvent {
    /// To what it was done: an id on the wire.
    #[must_use]
    pub fn on(mut self, subject: impl Display) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// Adds a fact; never a secret.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}
