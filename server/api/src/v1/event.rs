//! The types of events that a tenant is told of.

use crate::names::names;

names! {
    /// The type of an event that a tenant is told of, by webhooks and by `GET /v1/events`. To the tenant, "you" is its app.
    TenantEvent {
        /// The user began, and was sent to Dropbox.
        LinkSessionStarted = "link_session.started",
        /// The user approved and came back.
        LinkSessionReturned = "link_session.returned",
        /// You completed the link; `account_id` is the account.
        LinkSessionCompleted = "link_session.completed",
        /// The user declined.
        LinkSessionDenied = "link_session.denied",
        /// The link failed, or you cancelled it.
        LinkSessionFailed = "link_session.failed",
        /// The user did not come back in time, or you did not complete the link.
        LinkSessionExpired = "link_session.expired",
        /// An account was linked for the first time.
        AccountLinked = "account.linked",
        /// The account was linked again; its tokens are new.
        AccountRelinked = "account.relinked",
        /// The account has other `scopes` since it was linked again.
        AccountScopesChanged = "account.scopes_changed",
        /// Dropbox says that files in the account have changed.
        AccountChanged = "account.changed",
        /// The grant has ended: ask the user to link again.
        AccountNeedsReauth = "account.needs_reauth",
        /// Dropbox accepts the grant after all.
        AccountRecovered = "account.recovered",
        /// An operator froze the account.
        AccountSuspended = "account.suspended",
        /// An operator let the account go on.
        AccountResumed = "account.resumed",
        /// The account was revoked, by you, the user or an operator.
        AccountRevoked = "account.revoked",
        /// Dropbox refuses the app's key or secret.
        ConnectorBroken = "connector.broken",
        /// Dropbox accepts the app's key and secret again, or your operator has replaced the secret.
        ConnectorMended = "connector.mended",
        /// You asked for a test: `POST /v1/webhook-endpoints/{id}/test`.
        EndpointTest = "endpoint.test",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tenants' document about events.
    const GUIDE: &str = include_str!("../../../../docs/tenant-guide.md");

    #[test]
    fn the_guide_lists_the_types_with_their_meaning() {
        let (_, table) = GUIDE.split_once("| type | when |\n|---|---|\n").unwrap();
        let listed: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
        let row = |kind: &TenantEvent| format!("| `{kind}` | {} |", kind.meaning());
        assert_eq!(listed, TenantEvent::ALL.iter().map(row).collect::<Vec<_>>());
    }

    #[test]
    fn types_begin_with_their_noun() {
        let nouns = ["account.", "link_session.", "connector.", "endpoint."];
        let all = TenantEvent::ALL;
        assert!(all.iter().all(|kind| nouns.iter().any(|noun| kind.as_str().starts_with(noun))), "{all:?}");
    }
}
