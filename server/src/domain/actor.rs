//! The actor of an event, as the audit log records it: a tenant app's key, an operator, an end user, the service
//! itself.

use bowline_api::status::RevokedBy;
use bowline_api::{ApiKeyId, OperatorId};

/// The actor of an event.
#[derive(Debug, Clone)]
pub enum Actor {
    /// An operator: a person with a role.
    Operator {
        /// The operator's id.
        id: OperatorId,
        /// The operator's login name at the time.
        name: String,
    },
    /// A tenant app.
    ApiKey {
        /// The key's id.
        id: ApiKeyId,
        /// The key's name at the time.
        name: String,
    },
    /// The end user whose account is linked.
    EndUser,
    /// The service itself.
    System,
    /// Somebody with access to the machine.
    CommandLine,
}

impl Actor {
    /// The kinds of actors, as the audit log names them.
    pub const KINDS: [&'static str; 5] = ["operator", "api_key", "end_user", "system", "command_line"];

    /// The kind of actor, as the audit log names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Operator { .. } => "operator",
            Self::ApiKey { .. } => "api_key",
            Self::EndUser => "end_user",
            Self::System => "system",
            Self::CommandLine => "command_line",
        }
    }

    /// As whom the actor revokes an account.
    pub fn revokes_as(&self) -> RevokedBy {
        match self {
            Self::ApiKey { .. } => RevokedBy::Tenant,
            Self::EndUser => RevokedBy::User,
            Self::Operator { .. } | Self::CommandLine => RevokedBy::Operator,
            Self::System => RevokedBy::Server,
        }
    }

    /// The actor's id on the wire, if there is one.
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Operator { id, .. } => Some(id.to_string()),
            Self::ApiKey { id, .. } => Some(id.to_string()),
            Self::EndUser | Self::System | Self::CommandLine => None,
        }
    }

    /// The actor's name at the time, if there is one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Operator { name, .. } | Self::ApiKey { name, .. } => Some(name),
            Self::EndUser | Self::System | Self::CommandLine => None,
        }
    }
}
