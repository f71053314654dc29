//! The rules of the token endpoint (RFC 6749 §4.1.3 and §6, with Dropbox's messages), and the checks of access tokens
//! at the API.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{
    Code, Scopes, World,
    grant::{Challenge, Issued},
    team::{Team, member_id},
};
use crate::{reply::Reply, secret::Secret};

/// The credentials with which an app authenticates.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<Secret>,
}

impl Credentials {
    /// Returns the app's key and whether the app authenticated with its secret.
    fn check<'a>(&'a self, world: &World) -> Result<(&'a str, bool), Reply> {
        let key = self.client_id.as_deref().ok_or_else(Reply::no_auth_function)?;
        let app = world.apps.get(key).ok_or_else(Reply::invalid_client)?;
        match &self.client_secret {
            None => Ok((key, false)),
            Some(secret) if app.secret.matches(secret.expose()) => Ok((key, true)),
            Some(_) => Err(Reply::invalid_client()),
        }
    }
}

/// A valid access token that was presented to the API.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) grant: u64,
    pub(crate) account_id: String,
    scopes: Scopes,
    team: Option<Team>,
}

impl Presented {
    /// The team of the token, for functions about a team.
    pub(crate) fn team(&self, function: &str) -> Result<&Team, Reply> {
        let what = "This API function operates on a Dropbox team, but the OAuth 2 access token you provided is for an individual \
                    account.";
        self.team.as_ref().ok_or_else(|| Reply::bad_call(function, what))
    }

    /// Refuses the token of a team, for functions about an account.
    pub(crate) fn is_of_an_account(&self, function: &str) -> Result<(), Reply> {
        let what = "This API function operates on a single Dropbox account, but the OAuth 2 access token you provided is for an entire \
                    Dropbox Business team. Since your API app key has team member file access permissions, you can operate on a team \
                    member's Dropbox by providing the \"Dropbox-API-Select-User\" HTTP header or \"select_user\" URL parameter.";
        if self.team.is_some() { Err(Reply::bad_call(function, what)) } else { Ok(()) }
    }

    pub(crate) fn needs(&self, scope: &str) -> Result<(), Reply> {
        if self.scopes.has(scope) {
            return Ok(());
        }
        let error = json!({".tag": "missing_scope", "required_scope": scope});
        Err(Reply::envelope(401, "missing_scope", &error))
    }
}

impl World {
    /// `grant_type=authorization_code`.
    pub(crate) fn exchange(
        &mut self,
        credentials: &Credentials,
        code: Option<&str>,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Reply, Reply> {
        self.admit(credentials.client_id.as_deref(), credentials.client_secret.as_ref());
        let (app_key, proven) = credentials.check(self)?;
        if !proven && verifier.is_none() {
            return Err(Reply::no_auth_function());
        }
        let text = code.ok_or_else(|| missing("code"))?;
        let secret = Secret::new(text);
        let code = self
            .codes
            .get(&secret)
            .filter(|code| code.app_key == app_key && code.expires_at > now)
            .ok_or_else(|| invalid_grant("code doesn't exist or has expired"))?;
        if code.redirect_uri.as_deref() != redirect_uri {
            return Err(invalid_grant("redirect_uri mismatch"));
        }
        if !verified(code, verifier) {
            return Err(invalid_grant(&self.settings.pkce_mismatch));
        }
        let Some(code) = self.codes.remove(&secret) else {
            return Err(invalid_grant("code doesn't exist or has expired"));
        };
        let scopes = code.scopes.clone();
        let account_id = code.account_id.clone();
        let grant = self.new_grant(code, !proven, now);
        let issued = self.issue_access(grant, scopes.clone(), now).ok_or_else(lost)?;
        let mut fields = self.issued_fields(&issued);
        fields.insert("scope".to_owned(), json!(scopes.to_string()));
        if let Some(token) = self.refresh_token_of(grant) {
            fields.insert("refresh_token".to_owned(), json!(token.expose()));
        }
        let uid = self.user(&account_id).map(|user| user.uid.clone());
        fields.insert("uid".to_owned(), json!(uid));
        match self.linked_team(&account_id, &scopes) {
            Some(team) => fields.insert("team_id".to_owned(), json!(team.id())),
            None => fields.insert("account_id".to_owned(), json!(account_id)),
        };
        Ok(Reply::json(200, &Value::Object(fields)).with_grant(grant))
    }

    /// `grant_type=refresh_token`. The answer has exactly three fields and no new refresh token.
    pub(crate) fn refresh(
        &mut self,
        credentials: &Credentials,
        refresh_token: Option<&str>,
        scope: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Reply, Reply> {
        self.admit(credentials.client_id.as_deref(), credentials.client_secret.as_ref());
        let (app_key, proven) = credentials.check(self)?;
        let token = refresh_token.ok_or_else(|| missing("refresh_token"))?;
        if !well_formed(token, "CANARY_") {
            return Err(invalid_grant("refresh token is malformed"));
        }
        let grant = self
            .grant_of_refresh(token)
            .filter(|grant| grant.alive && grant.app_key == app_key)
            .ok_or_else(|| invalid_grant("refresh token is invalid or revoked"))?;
        if !proven && !grant.public {
            return Err(Reply::no_auth_function());
        }
        let id = grant.id;
        let scopes = match scope.map(Scopes::parse) {
            None => grant.scopes.clone(),
            Some(narrower) if !narrower.is_empty() && narrower.is_subset(&grant.scopes) => narrower,
            Some(_) => {
                let why = "the requested scope exceeds the scope granted by the user";
                return Err(Reply::oauth_error("invalid_scope", why));
            }
        };
        let issued = self.issue_access(id, scopes, now).ok_or_else(lost)?;
        self.count_refresh(id);
        let fields = self.issued_fields(&issued);
        Ok(Reply::json(200, &Value::Object(fields)).with_grant(id))
    }

    fn issued_fields(&self, issued: &Issued) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("access_token".to_owned(), json!(issued.access_token.expose()));
        fields.insert("token_type".to_owned(), json!("bearer"));
        if let Some(seconds) = issued.expires_in {
            let value =
                if self.settings.expires_in_as_string { json!(seconds.to_string()) } else { json!(seconds) };
            fields.insert("expires_in".to_owned(), value);
        }
        fields
    }

    /// Checks an access token at the API. The text of a 400 names `function`.
    pub(crate) fn present(
        &self,
        token: Option<&str>,
        function: &str,
        now: DateTime<Utc>,
    ) -> Result<Presented, Reply> {
        let token = token.ok_or_else(|| {
            let what = "Must provide HTTP header \"Authorization\" or URL parameter \"authorization\".";
            Reply::bad_call(function, what)
        })?;
        if !well_formed(token, "sl.") {
            let what = "The given OAuth 2 access token is malformed.";
            return Err(Reply::bad_call(function, what));
        }
        let (access, grant) = self
            .access_token(token)
            .filter(|(_, grant)| grant.alive)
            .ok_or_else(|| Reply::unauthorized("invalid_access_token"))?;
        if access.expires_at.is_some_and(|end| end <= now) {
            return Err(Reply::unauthorized("expired_access_token"));
        }
        if self.user(&grant.account_id).is_some_and(|user| user.view.suspended) {
            return Err(Reply::unauthorized("user_suspended"));
        }
        Ok(Presented {
            grant: grant.id,
            account_id: grant.account_id.clone(),
            scopes: access.scopes.clone(),
            team: self.linked_team(&grant.account_id, &grant.scopes),
        })
    }

    /// The token of a team on behalf of one of its members: the header `Dropbox-API-Select-User`.
    pub(crate) fn act_as(
        &self,
        presented: Presented,
        member: &str,
        function: &str,
    ) -> Result<Presented, Reply> {
        let team = presented.team(function)?;
        presented.needs("team_data.member")?;
        let user = self.members_of(team).find(|user| member_id(user) == member);
        let user = user.ok_or_else(|| Reply::unauthorized("invalid_select_user"))?;
        if user.view.suspended {
            return Err(Reply::unauthorized("user_suspended"));
        }
        let account_id = user.view.account_id.clone();
        Ok(Presented { account_id, team: None, ..presented })
    }

    /// The owner of a token, whether or not it is valid, for the call log and for the selection of faults.
    pub(crate) fn owner_of_access(&self, token: &str) -> Option<(u64, &str, &str)> {
        let (_, grant) = self.access_token(token)?;
        Some((grant.id, &grant.app_key, &grant.account_id))
    }

    /// `auth/token/revoke`: ends the grant with all its tokens.
    pub(crate) fn revoke(&mut self, presented: &Presented) {
        self.kill_grant(presented.grant);
    }

    /// Checks the HTTP Basic credentials of `check/app`.
    pub(crate) fn app_is(&mut self, credentials: &Credentials) -> bool {
        self.admit(credentials.client_id.as_deref(), credentials.client_secret.as_ref());
        matches!(credentials.check(self), Ok((_, true)))
    }
}

/// RFC 7636 §4.6. A verifier without a challenge is rejected as well (RFC 9700 §4.8.2).
fn verified(code: &Code, verifier: Option<&str>) -> bool {
    match (&code.challenge, verifier) {
        (None, None) => true,
        (Some(Challenge::Plain(challenge)), Some(verifier)) => {
            challenge.as_bytes().ct_eq(verifier.as_bytes()).into()
        }
        (Some(Challenge::S256(challenge)), Some(verifier)) => {
            let hashed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            challenge.as_bytes().ct_eq(hashed.as_bytes()).into()
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Checks only the form, not whether the token was ever issued.
fn well_formed(token: &str, prefix: &str) -> bool {
    let body = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    token.len() >= prefix.len() + 8 && token.starts_with(prefix) && token.chars().all(body)
}

fn invalid_grant(why: &str) -> Reply {
    Reply::oauth_error("invalid_grant", why)
}

fn missing(field: &str) -> Reply {
    Reply::oauth_error("invalid_request", &format!("missing required field \"{field}\""))
}

/// A grant cannot vanish between two steps under one lock; this avoids a panic all the same.
fn lost() -> Reply {
    Reply::new(500, "text/plain; charset=utf-8", "")
}
