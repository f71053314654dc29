//! What a tenant's app is told about a failed session: each reason, with what the reader can do about it.

use std::time::Duration;

use bowline_provider::Failure;

use super::role::WRONG_ROLE;
use crate::domain::{Code, Error};

/// The failure of a session whose code was sent, but which got no response, or an unintelligible one without a token.
/// The provider may have created a grant that only its user can revoke.
pub(super) const ANSWER_LOST: &str = "answer_lost";
/// Like [`ANSWER_LOST`], if the process that had sent the approval ended before it stored the result.
pub(super) const INTERRUPTED: &str = "interrupted";
/// The failure of a session that its tenant has cancelled.
pub(super) const CANCELLED: &str = "cancelled";
/// The failure of a session whose connector was removed while the session was being completed.
pub(super) const CONNECTOR_DISABLED: &str = "connector_disabled";
/// The failure of a session whose tenant was frozen while the session was being completed.
pub(super) const TENANT_FROZEN: &str = "tenant_frozen";

/// The failure of a session whose user approved with another account than the one to be linked again.
pub(super) const ACCOUNT_MISMATCH: &str = "account_mismatch";

/// Why an approval was not accepted although the user may choose another account in the same session.
pub(super) fn of_another_account(failure: Option<&str>) -> Option<&'static str> {
    [ACCOUNT_MISMATCH, WRONG_ROLE].into_iter().find(|known| failure == Some(known))
}

/// The error for a session that has failed for `reason`.
pub(super) fn failed(reason: &str) -> Error {
    let code = match reason {
        "team_grant" => Code::TeamLink,
        ACCOUNT_MISMATCH => Code::AccountMismatch,
        _ => Code::LinkFailed,
    };
    code.because(refusal_advice(reason)).reason(reason).into()
}

/// The error for an invalid response, returned by the call that received it.
pub(super) fn malformed(reason: &str) -> Error {
    if reason == "team_grant" {
        return failed(reason);
    }
    Code::ProviderMalformed.because(refusal_advice(reason)).reason(reason).into()
}

/// The error for the user if the provider did not let a link begin. The same button works again later.
pub(super) fn not_begun(failure: &Failure) -> Error {
    let pause = failure.retry_after().unwrap_or(Duration::from_secs(1));
    let detail = "the provider cannot be reached; nothing was changed, and the link can be started again";
    Code::ProviderUnavailable.because(detail).reason(failure.code()).retry_after(pause).into()
}

/// The error for a caller if the provider rejects the app itself.
pub(super) fn rejected(reason: &str) -> Error {
    let detail = "the provider rejects the connector's app key or secret, and the user has done nothing wrong: ask your operator to \
                  set the current app secret. This session has failed; create a new link session after that";
    Code::ConnectorBroken.because(detail).reason(reason).into()
}

fn refusal_advice(reason: &str) -> &'static str {
    match reason {
        "access_denied" => "the user declined; create a new link session when they want to link after all",
        "team_grant" => {
            "the provider linked a whole team instead of one account, and that grant is revoked: to link teams, create a new link \
             session with the scope team_info.read, which the connector must have; to link accounts, ask the connector's operator to \
             remove the team scopes from the app in the provider's console, or register an app without them"
        }
        ACCOUNT_MISMATCH => {
            "the user approved with another account than the one to be linked again; nothing was changed: redirect the browser to \
             outcome_url, where the user may choose the right account in the same session, or create a new link session with account_id, \
             or one without it"
        }
        CANCELLED => {
            "your app cancelled this session; create a new link session when the user wants to link after all"
        }
        CONNECTOR_DISABLED => {
            "an operator has removed the connector meanwhile; nothing was linked and the grant is revoked: create a new link session \
             with another connector"
        }
        TENANT_FROZEN => {
            "an operator has frozen the tenant meanwhile; nothing was linked and the grant is revoked: create a new link session once \
             an operator has thawed it"
        }
        WRONG_ROLE => {
            "the user approved with an account of another kind than require_role says; nothing was linked and the grant is revoked: \
             redirect the browser to outcome_url, where the user may choose another account in the same session, or create a new link \
             session with force_reauthentication"
        }
        "account_id_mismatch" => {
            "the provider named two accounts for one approval; nothing was linked and the grant is revoked: create a new link session"
        }
        "foreign_browser" => {
            "the user's approval arrived in another browser than the one that began, which OAuth 1.0 cannot tell from an attack; nothing is \
             linked: create a new link session, and ask the user to finish it in the browser in which they begin"
        }
        "request_token_mismatch" => {
            "the browser came back with another request token than the one that this link began with; nothing was sent: create a new link \
             session, and begin it only once"
        }
        "verifier_mismatch" => {
            "the provider rejects the proof that came with the user's approval, which was altered or belongs to another link; nothing is \
             linked: create a new link session"
        }
        "request_token_not_authorized" => {
            "the provider says that the user has not approved; nothing is linked: create a new link session, and complete it when the user \
             is back"
        }
        "code_expired" | "request_token_expired" => {
            "the provider no longer accepts the user's approval, because it came too late or was used: create a new link \
             session, and complete it as soon as the user is back"
        }
        "redirect_uri_mismatch"
        | "unauthorized_client"
        | "unsupported_response_type"
        | "invalid_request"
        | "unsupported_grant_type"
        | "route_error" => {
            "the provider rejects the request of the connector's app: ask your operator to compare the app in the provider's console \
             with the connector (callback URL, permissions); a new link session helps only after that"
        }
        "invalid_scope" | "missing_scope" => {
            "the provider rejects a scope that this link needs: ask your operator to give the app in the provider's console the \
             scopes of the connector, including account_info.read; a new link session helps only after that"
        }
        "invalid_client" | "no_auth_function" => {
            "the provider rejects the connector's app key or secret: ask your operator to set the current app secret; a \
             new link session helps only after that"
        }
        "invalid_account_type"
        | "team_access_denied"
        | "paper_access_denied"
        | "no_permission"
        | "account_access_denied" => {
            "the provider does not permit the app to use this account: the user can link another account, or ask the \
             administrator of this one, with a new link session"
        }
        "server_error" | "temporarily_unavailable" | "provider_error" => {
            "the provider had a temporary problem while the user was there; create a new link session later"
        }
        ANSWER_LOST | INTERRUPTED => {
            "the provider's response to the user's approval was lost, and the approval can be used only once: create a new link \
             session. The provider may believe that the app is connected; the user can end that in the provider's settings"
        }
        reason if reason.starts_with("malformed_") => {
            "the provider's response is malformed; nothing was linked and what was granted is revoked: create a new link session"
        }
        _ => "this link has failed and cannot be completed; create a new link session",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_says_what_to_do_and_never_to_repeat_what_cannot_help() {
        for reason in [
            "access_denied",
            "team_grant",
            ACCOUNT_MISMATCH,
            CANCELLED,
            CONNECTOR_DISABLED,
            TENANT_FROZEN,
            WRONG_ROLE,
            "code_expired",
            "invalid_scope",
            "redirect_uri_mismatch",
            "invalid_client",
            "answer_lost",
            "interrupted",
            "malformed_json",
            "invalid_account_type",
            "foreign_browser",
            "request_token_mismatch",
            "verifier_mismatch",
            "request_token_not_authorized",
            "request_token_expired",
            "something_new",
        ] {
            assert!(refusal_advice(reason).contains("new link session"), "{reason}");
            assert!(!refusal_advice(reason).contains("same call"), "{reason}");
        }
        for known in ["foreign_browser", "request_token_mismatch", "verifier_mismatch"] {
            assert_ne!(refusal_advice(known), refusal_advice("something_new"), "{known} has its own words");
        }
        assert_eq!(failed("team_grant").code(), Code::TeamLink);
        assert_eq!(malformed("team_grant").code(), Code::TeamLink);
        assert_eq!(malformed("malformed_json").code(), Code::ProviderMalformed);
        assert_eq!(failed("malformed_json").code(), Code::LinkFailed);
        assert_eq!(rejected("invalid_client").code(), Code::ConnectorBroken);
    }
}
