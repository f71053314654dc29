//! Teams: if a member of a team approves a scope for teams, the whole team is linked, and its token may act for each member.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Scopes, World};
use crate::config::AccountType;
use crate::world::user::User;

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

/// The id of a user as a member of their team.
pub(super) fn member_id(user: &User) -> String {
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("member {}", user.view.account_id)));
    format!("dbmid:AA{}", &digest[..33])
}

impl World {
    pub(super) fn members_of(&self, team: &Team) -> impl Iterator<Item = &User> {
        let is_member = move |user: &&User| {
            user.view.email.rsplit_once('@').is_some_and(|(_, domain)| domain == team.name)
        };
        self.users.iter().filter(is_member)
    }

    /// The members of a team, as `team/members/list_v2` lists them.
    pub(crate) fn members(&self, team: &Team) -> Vec<Value> {
        let one = |user: &User| {
            let account = user.full_account();
            json!({
                "profile": {
                    "team_member_id": member_id(user),
                    "account_id": account["account_id"],
                    "email": account["email"],
                    "email_verified": true,
                    "status": {".tag": if user.view.suspended { "suspended" } else { "active" }},
                    "name": account["name"],
                    "membership_type": {".tag": "full"},
                    "groups": [],
                    "member_folder_id": account["root_info"]["home_namespace_id"],
                    "root_folder_id": account["root_info"]["root_namespace_id"],
                },
                "roles": [],
            })
        };
        self.members_of(team).map(one).collect()
    }

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
