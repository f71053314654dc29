//! The list of screens. From it come the places where an operator can be, and how a screen is opened (`screen/all.rs`).

use bowline_api::{AccountId, JobId};

/// Calls a macro with the list of screens. A line is: the screen's module in `screen/` and its type; the type of what
/// it shows if it shows one of many; and, if an action of the registry goes there, the action's name in
/// `config.toml`, its label, its keys, and the least role that may see it.
macro_rules! for_each_screen {
    ($callback:ident) => {
        $callback! {
            /// The overview.
            overview::Overview goes "overview" "overview of everything" "0" for Viewer;
            /// The list of accounts.
            accounts::Accounts goes "accounts" "accounts" "1" for Viewer;
            /// One account.
            account::Account shows AccountId;
            /// The list of tenants.
            tenants::Tenants goes "tenants" "tenants" "2" for Viewer;
            /// An audit log.
            audit::Audit goes "audit" "audit log" "3" for Viewer;
            /// A tenant's connectors.
            connectors::Connectors goes "connectors" "connectors of a tenant" "4" for Viewer;
            /// A tenant's API keys.
            api_keys::ApiKeys goes "api-keys" "API keys of a tenant" "5" for Viewer;
            /// The operators.
            operators::Operators goes "operators" "operators" "6" for Admin;
            /// The sessions of an operator.
            sessions::Sessions goes "sessions" "sessions, yours or an operator's" "7" for Viewer;
            /// The jobs: acts on many accounts.
            jobs::Jobs goes "jobs" "jobs: acts on many accounts" "8" "J" for Viewer;
            /// One job.
            job::Job shows JobId;
            /// A tenant's endpoints for webhooks.
            webhooks::Webhooks goes "webhooks" "webhook endpoints of a tenant" "9" for Viewer;
            /// What was delivered to an endpoint for webhooks.
            deliveries::Deliveries;
        }
    };
}
pub(crate) use for_each_screen;

macro_rules! places {
    ($($(#[$doc:meta])* $module:ident::$screen:ident $(shows $subject:ident)?
        $(goes $name:literal $label:literal $($key:literal)+ for $role:ident)?;)*) => {
        /// A place where an operator can be: a screen and what it shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Place {
            $($(#[$doc])* $screen $(($subject))?,)*
        }

        impl Place {
            /// The name of its screen, which `config.toml` uses and which never changes.
            pub fn screen_name(self) -> &'static str {
                match self {
                    $(Self::$screen { .. } => stringify!($module),)*
                }
            }
        }
    };
}
for_each_screen!(places);
