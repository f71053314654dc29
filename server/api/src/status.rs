//! The states of accounts, link sessions, connectors and revocations, and other closed sets of names, as the wire and the database have them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Text that names no state.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is none of: {known}")]
pub struct UnknownName {
    text: String,
    known: String,
}

/// Declares an enum whose variants have one fixed name on the wire, in the database and in a terminal.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// Every value, in the order in which people are shown them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        // By hand: the derive does not see through a macro to the names of the wire.
        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),*]))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        impl From<$name> for &'static str {
            fn from(name: $name) -> Self {
                name.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(UnknownName {
                        text: text.chars().take(40).collect(),
                        known: [$($text,)*].join(", "),
                    }),
                }
            }
        }
    };
}

names! {
    /// What is wrong with an audit log.
    AuditFinding {
        /// An entry is not as it was written, or does not belong behind the one before it.
        Edited = "edited",
        /// An entry is missing, or the whole log of a tenant.
        Missing = "missing",
        /// Entries are missing at the end.
        Cut = "cut",
        /// The row that says how long the log is was deleted.
        HeadMissing = "head_missing",
        /// The row that says how long the log is was changed.
        HeadMoved = "head_moved",
        /// There is an entry behind the last one that the server wrote.
        BeyondHead = "beyond_head",
        /// An entry without a signature stands where it must have one.
        Unsigned = "unsigned",
        /// An entry is signed with a master key that the key ring does not have.
        UnknownKey = "unknown_key",
        /// Another entry stands where the checkpoint names one: the log was put back and went on from there.
        Replaced = "replaced",
    }
}

names! {
    /// Whether an account's token can be had, and if not, whose turn it is.
    AccountStatus {
        /// Tokens are handed out.
        Active = "active",
        /// The grant is dead; the end user must link again.
        NeedsReauth = "needs_reauth",
        /// An operator froze it: tokens are kept and not handed out.
        Suspended = "suspended",
        /// Gone here; still to be revoked at the provider.
        Revoking = "revoking",
        /// Gone here and at the provider.
        Revoked = "revoked",
    }
}

names! {
    /// How sure we are that the person who approved is the tenant's user.
    Assurance {
        /// The tenant proved, from the user's own session, that he came back (two-step completion).
        Confirmed = "confirmed",
        /// Only the browser was bound; a forwarded link is not excluded.
        Browser = "browser",
    }
}

names! {
    /// Where one attempt to link stands.
    LinkSessionStatus {
        /// Made by the tenant; nobody has opened it.
        Created = "created",
        /// The end user has begun; his browser is bound and on its way to the provider.
        Authorizing = "authorizing",
        /// The provider sent the user back with a code; the tenant has to complete.
        Returned = "returned",
        /// An account is linked.
        Completed = "completed",
        /// The end user declined.
        Denied = "denied",
        /// It cannot succeed any more; see the failure.
        Failed = "failed",
        /// Nobody finished it in time.
        Expired = "expired",
    }
}

names! {
    /// Whether a connector's registration at the provider works.
    ConnectorStatus {
        /// As far as we know it works.
        Active = "active",
        /// The provider refused the app key or secret; its accounts are not to blame.
        Broken = "broken",
        /// An operator disabled it: no new links and no calls to the provider but for revocations.
        Disabled = "disabled",
    }
}

names! {
    /// Where the revocation of a grant at the provider stands.
    RevocationStatus {
        /// To be tried, now or after a pause.
        Due = "due",
        /// The provider has ended the grant.
        Done = "done",
        /// It was tried for too long, and the grant may live.
        GivenUp = "given_up",
    }
}

names! {
    /// Why a grant is revoked at the provider.
    RevocationCause {
        /// Its account was revoked.
        Revoked = "revoked",
        /// Its account was linked again and has a new grant.
        Relinked = "relinked",
        /// It never became the grant of an account.
        Orphaned = "orphaned",
    }
}

names! {
    /// How a link is finished.
    Completion {
        /// The tenant's back end completes from the user's session (the default).
        Tenant = "tenant",
        /// At the callback, without asking the tenant; weaker.
        Browser = "browser",
    }
}

names! {
    /// The protocol that a connector speaks with its provider.
    Protocol {
        /// OAuth 2 with PKCE (RFC 6749, RFC 7636).
        OAuth2 = "oauth2",
    }
}

names! {
    /// What an operator may do; each includes the one before.
    Role {
        /// Reads.
        Viewer = "viewer",
        /// Also suspends, resumes and revokes accounts.
        Operator = "operator",
        /// Also manages tenants, connectors, keys and operators.
        Admin = "admin",
    }
}

names! {
    /// What an API key may do.
    Permission {
        /// Make, read and complete link sessions.
        Link = "link",
        /// Read and list accounts.
        AccountsRead = "accounts:read",
        /// Delete (revoke) accounts.
        AccountsWrite = "accounts:write",
        /// Fetch tokens.
        Token = "token",
    }
}
