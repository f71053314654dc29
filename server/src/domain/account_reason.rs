//! Why an account has its status, as its tenant is told: in codes. What operators write is for operators.

use bowline_api::status::{AccountStatus, RevokedBy};

/// What is kept, for operators, of an account that its tenant has revoked.
pub const DELETED: &str = "deleted by the tenant";
/// What is kept of an account that its user has disconnected.
pub const DISCONNECTED: &str = "disconnected by the user";
/// What is kept of an account that was made by a link which another browser than its own has visited, and why that link failed.
pub const FOREIGN_BROWSER: &str = "foreign_browser";

/// The code for the tenant of an account with this status, the reason that is kept with it, and whoever has revoked it. None for an account
/// that is active.
pub fn for_tenant(status: AccountStatus, kept: Option<&str>, by: Option<RevokedBy>) -> Option<String> {
    let code = match status {
        AccountStatus::Active => return None,
        // The provider's, which is a code already.
        AccountStatus::NeedsReauth => kept?,
        AccountStatus::Suspended => "suspended_by_operator",
        AccountStatus::Revoking | AccountStatus::Revoked => match by.unwrap_or_else(|| of_reason(kept)) {
            RevokedBy::Tenant => "revoked_by_tenant",
            RevokedBy::User => "revoked_by_user",
            RevokedBy::Operator => "revoked_by_operator",
            // What the server gives as its reason is a code.
            RevokedBy::Server => kept?,
        },
    };
    Some(code.to_owned())
}

/// Who has revoked an account whose row does not say so, because a version before migration 193 has revoked it.
fn of_reason(kept: Option<&str>) -> RevokedBy {
    match kept {
        Some(DELETED) => RevokedBy::Tenant,
        Some(DISCONNECTED) => RevokedBy::User,
        Some(FOREIGN_BROWSER) => RevokedBy::Server,
        _ => RevokedBy::Operator,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN_REASONS: [&str; 3] = [DELETED, DISCONNECTED, FOREIGN_BROWSER];

    #[test]
    fn what_an_operator_wrote_is_not_told_and_decides_nothing() {
        for words in OWN_REASONS.into_iter().chain(["stolen, ticket 4711"]) {
            for status in AccountStatus::ALL {
                let told = for_tenant(*status, Some(words), Some(RevokedBy::Operator));
                match status {
                    AccountStatus::Active => assert_eq!(told, None),
                    // Nobody but the provider ends a grant.
                    AccountStatus::NeedsReauth => {}
                    _ => assert!(told.is_some_and(|code| code.ends_with("_by_operator")), "{status} {words}"),
                }
            }
        }
    }

    #[test]
    fn tenants_know_who_revoked_and_why_a_grant_ended() {
        let codes = ["revoked_by_tenant", "revoked_by_user", "foreign_browser"];
        let by = [RevokedBy::Tenant, RevokedBy::User, RevokedBy::Server];
        for ((kept, code), by) in OWN_REASONS.into_iter().zip(codes).zip(by) {
            for status in [AccountStatus::Revoking, AccountStatus::Revoked] {
                // What an earlier version has revoked has its reason alone.
                for by in [Some(by), None] {
                    assert_eq!(for_tenant(status, Some(kept), by).as_deref(), Some(code));
                }
            }
        }
        let before = for_tenant(AccountStatus::Revoked, Some("stolen"), None);
        assert_eq!(before.as_deref(), Some("revoked_by_operator"));
        let ended = for_tenant(AccountStatus::NeedsReauth, Some("refresh_token_revoked"), None);
        assert_eq!(ended.as_deref(), Some("refresh_token_revoked"));
    }
}
