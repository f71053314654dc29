//! The data of a refusal besides its code, such as an account or a link URL: typed here, and members of the problem
//! document on the wire.

use bowline_api::AccountId;
use bowline_api::status::{Permission, Role};
use bowline_api::v1::NewLinkSession;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The facts of one refusal. The only secret among them is a link that the caller has requested.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the fields are the members of the problem document")]
pub enum Facts {
    /// There is nothing besides the code.
    #[default]
    None,
    /// The field of the request whose value is not acceptable.
    Field { field: &'static str },
    /// The scopes that the account lacks; a link session with its `account_id` asks the user for them.
    MissingScopes { field: &'static str, account_id: AccountId, missing_scopes: Vec<String> },
    /// The query parameter that is not acceptable.
    Parameter { parameter: String },
    /// The reason, a short name such as the provider's error.
    Reason { reason: String },
    /// A link session that has ended without an account: why, and our page that tells its user.
    LinkEnded {
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        outcome_url: String,
    },
    /// The account that the call concerned.
    Account { account_id: AccountId },
    /// The accounts of which the caller must choose one.
    Accounts { account_ids: Vec<AccountId> },
    /// The state of the account or connector, which does not allow the call.
    State { state: &'static str },
    /// The permission that the API key lacks.
    Permission { permission: Permission },
    /// The role that the call requires.
    Role { role: Role },
    /// The account that the user must link again.
    NeedsReauth(Box<NeedsReauth>),
}

/// An account that must be linked again.
#[derive(Debug, Clone, Serialize)]
pub struct NeedsReauth {
    /// The account.
    pub account_id: AccountId,
    /// The tenant's name for its user.
    pub external_user_id: String,
    /// The reason, a short name.
    pub reason: String,
    /// Present if the caller requested a link session for this case.
    #[serde(flatten)]
    pub offer: Option<Offered>,
}

/// The outcome of the request for a link session.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Offered {
    /// The session.
    LinkSession(NewLinkSession),
    /// The code of the refusal to create one.
    LinkSessionError(&'static str),
}

impl Facts {
    /// The facts as members of the problem document.
    pub fn members(&self) -> Map<String, Value> {
        match json!(self) {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn facts_are_members_of_the_problem_document() {
        let account_id = AccountId::from(Uuid::nil());
        let mut account = NeedsReauth {
            account_id,
            external_user_id: "user-1".to_owned(),
            reason: "invalid_grant".to_owned(),
            offer: None,
        };
        let plain =
            json!({ "account_id": account_id, "external_user_id": "user-1", "reason": "invalid_grant" });
        let members = |facts: Facts| Value::Object(facts.members());
        assert_eq!(members(Facts::NeedsReauth(Box::new(account.clone()))), plain);
        account.offer = Some(Offered::LinkSessionError("insufficient_scope"));
        let mut refused = plain;
        refused["link_session_error"] = "insufficient_scope".into();
        assert_eq!(members(Facts::NeedsReauth(Box::new(account))), refused);
        assert_eq!(members(Facts::None), json!({}));
        assert_eq!(members(Facts::Field { field: "scopes" }), json!({ "field": "scopes" }));
        assert_eq!(
            members(Facts::Accounts { account_ids: vec![account_id] }),
            json!({ "account_ids": [account_id] })
        );
        let permission = Permission::AccountsRead;
        assert_eq!(members(Facts::Permission { permission }), json!({ "permission": "accounts:read" }));
        assert_eq!(members(Facts::Role { role: Role::Admin }), json!({ "role": "admin" }));
        assert_eq!(members(Facts::State { state: "revoked" }), json!({ "state": "revoked" }));
    }
}
