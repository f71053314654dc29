//! Why an account has its status, as its tenant is told: in codes. What operators write is for operators.

use bowline_api::status::AccountStatus;

/// What is kept, for operators, of an account that its tenant has revoked.
pub const DELETED: &str = "deleted by the tenant";
/// What is kept of an account that its user has disconnected.
pub const DISCONNECTED: &str = "disconnected by the user";
/// What is kept of an account that was made by a link which another browser than its own has visited, and why that link failed.
pub const FOREIGN_BROWSER: &str = "foreign_browser";

/// The code for the tenant of an account with this status and the reason that is kept with it. None for an account that is active, and for a
/// status that only a newer version knows.
pub fn for_tenant(status: &str, kept: Option<&str>) -> Option<String> {
    let code = match status.parse::<AccountStatus>().ok()? {
        AccountStatus::Active => return None,
        // The provider's, which is a code already.
        AccountStatus::NeedsReauth => kept?,
        AccountStatus::Suspended => "suspended_by_operator",
        AccountStatus::Revoking | AccountStatus::Revoked => match kept {
            Some(DELETED) => "revoked_by_tenant",
            Some(DISCONNECTED) => "revoked_by_user",
            Some(FOREIGN_BROWSER) => FOREIGN_BROWSER,
            _ => "revoked_by_operator",
        },
    };
    Some(code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_wrote_is_not_told() {
        let words = Some("stolen, ticket 4711");
        for status in AccountStatus::ALL {
            let told = for_tenant(status.as_str(), words);
            match status {
                AccountStatus::Active => assert_eq!(told, None),
                // Nobody but the provider ends a grant.
                AccountStatus::NeedsReauth => {}
                _ => assert!(told.is_some_and(|code| code.ends_with("_by_operator")), "{status}"),
            }
        }
        assert_eq!(for_tenant("paused", words), None);
    }

    #[test]
    fn tenants_know_who_revoked_and_why_a_grant_ended() {
        for (kept, code) in [
            (DELETED, "revoked_by_tenant"),
            (DISCONNECTED, "revoked_by_user"),
            (FOREIGN_BROWSER, "foreign_browser"),
        ] {
            for status in ["revoking", "revoked"] {
                assert_eq!(for_tenant(status, Some(kept)).as_deref(), Some(code));
            }
        }
        let ended = for_tenant("needs_reauth", Some("refresh_token_revoked"));
        assert_eq!(ended.as_deref(), Some("refresh_token_revoked"));
    }
}
