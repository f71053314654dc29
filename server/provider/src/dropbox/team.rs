//! A team that was linked as a whole, as Dropbox describes it.

use reqwest::StatusCode;

use super::account::has_form;
use super::error;
use crate::{Failure, Malformed, Profile, Role, http::Answer, shown::shown};

/// Whether this is the id of a team, `dbtid:` and 35 characters, and not that of an account. A team's tokens belong to no
/// account: calls that need one name a member in the header `Dropbox-API-Select-User`.
#[must_use]
pub fn is_team(id: &str) -> bool {
    has_form(id, "dbtid:")
}

/// Parses the response of `team/get_info`. A team has no e-mail address.
pub(super) fn read(answer: &Answer) -> Result<Profile, Failure> {
    if answer.status != StatusCode::OK {
        return Err(error::failure(answer));
    }
    if !answer.is_object() {
        return Err(Failure::malformed(Malformed::Json));
    }
    let team_id = answer.at::<String>(&["team_id"]).filter(|id| is_team(id));
    let name = answer.at::<String>(&["name"]).map(|name| shown(&name));
    Ok(Profile {
        account_id: team_id.ok_or(Failure::malformed(Malformed::AccountId))?,
        email: String::new(),
        display_name: name.unwrap_or_default(),
        role: Some(Role::Work),
    })
}
