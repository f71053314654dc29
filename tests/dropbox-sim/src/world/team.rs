//! Teams: if a member of a team approves a scope for teams, the whole team is linked.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Scopes, World};
use crate::config::AccountType;

/// The scope that every app for teams has.
const TEAM_SCOPE: &str = "team_info.read";

/// A team. Its members are the business users with addresses of one domain.
#[derive(Debug)]
pub(crate) struct Team {
    id: String,
    name: String,
    members: usize,
}

impl Team {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The response of `team/get_info`.
    pub(crate) fn info(&self) -> Value {
        json!({
            "name": self.name,
            "team_id": self.id,
            "num_licensed_users": 10,
            "num_provisioned_users": self.members,
            "num_used_licenses": self.members,
            "policies": {},
        })
    }
}

impl World {
    /// The team that a grant with these scopes links, if this user approves it.
    pub(crate) fn linked_team(&self, account_id: &str, scopes: &Scopes) -> Option<Team> {
        let user = self.user(account_id).filter(|user| user.view.account_type == AccountType::Business)?;
        if !scopes.has(TEAM_SCOPE) {
            return None;
        }
        let (_, domain) = user.view.email.split_once('@')?;
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("team {domain}")));
        let is_member = |email: &str| email.rsplit('@').next() == Some(domain);
        let members = self.users.iter().filter(|user| is_member(&user.view.email)).count();
        Some(Team { id: format!("dbtid:AA{}", &digest[..33]), name: domain.to_owned(), members })
    }
}
