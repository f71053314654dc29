//! How request tokens are issued, approved and exchanged (RFC 5849 §2).

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use super::{
    present::{Presenter, Wanted},
    state::{OAuth1Token, RequestToken},
};
use crate::{
    config::AppStatus,
    entropy,
    oauth1::{Dialect, Request},
    reply::Reply,
    secret::Secret,
    world::{Code, Refusal, World, grant::AccessType},
};

/// A request to approve a request token.
#[derive(Debug, Clone)]
pub(crate) struct OAuth1Authorize {
    pub(crate) app_name: String,
    pub(crate) auto_approve: Option<String>,
    dialect: Dialect,
    token: Secret,
    /// `None`: the user goes back to the app by hand.
    callback: Option<String>,
}

fn token() -> Secret {
    Secret::new(format!("CANARY_{}", entropy::token_tail()))
}

impl World {
    /// `request_token`. Only 1.0a knows the callback here, where it is signed and confirmed.
    pub(crate) fn issue_request_token(
        &mut self,
        dialect: Dialect,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<Reply, Reply> {
        let presenter = self.presenter(dialect, request, Wanted::App, now)?;
        let callback = match (dialect, request.get("oauth_callback")) {
            (Dialect::OAuth1a, None) => {
                return Err(dialect.refuse(400, "Missing parameter: oauth_callback"));
            }
            (Dialect::OAuth1, _) | (Dialect::OAuth1a, Some("oob")) => None,
            (Dialect::OAuth1a, Some(callback)) => {
                let bare = callback.split('?').next().unwrap_or_default();
                let app = self.apps.get(&presenter.app_key);
                if !app.is_some_and(|app| app.redirect_uris.iter().any(|uri| uri == bare)) {
                    return Err(dialect.refuse(403, "The callback is not registered for the application"));
                }
                Some(callback.to_owned())
            }
        };
        let (name, secret) = (token(), token());
        let life = TimeDelta::try_seconds(self.settings.request_token_seconds).unwrap_or(TimeDelta::MAX);
        self.oauth1.request_tokens.insert(
            name.clone(),
            RequestToken {
                app_key: presenter.app_key,
                dialect,
                secret: secret.clone(),
                callback,
                verifier: None,
                approved_by: None,
                expires_at: now + life,
            },
        );
        let (name, secret) = (("oauth_token", name.expose()), ("oauth_token_secret", secret.expose()));
        Ok(match dialect {
            Dialect::OAuth1 => Dialect::form(&[secret, name]),
            Dialect::OAuth1a => Dialect::form(&[name, secret, ("oauth_callback_confirmed", "true")]),
        })
    }

    /// Reads an authorize URL. In 1.0 anybody may have written its callback.
    pub(crate) fn oauth1_authorize(
        &self,
        dialect: Dialect,
        query: &str,
        now: DateTime<Utc>,
    ) -> Result<OAuth1Authorize, Refusal> {
        let get = |wanted: &str| {
            let mut fields = url::form_urlencoded::parse(query.as_bytes());
            fields.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        let token = Secret::new(get("oauth_token").unwrap_or_default());
        let known = self
            .oauth1
            .request_token(&token, dialect, now)
            .filter(|known| known.approved_by.is_none())
            .ok_or(Refusal::Page("Invalid request token: it is unknown, used or too old."))?;
        let app = self.apps.get(&known.app_key).ok_or(Refusal::Page("There is no such app."))?;
        match app.status {
            AppStatus::Active => {}
            AppStatus::UserLimit => return Err(Refusal::Page("This app has reached its user limit.")),
            AppStatus::Frozen => return Err(Refusal::Page("This app is frozen pending review.")),
        }
        let callback = match dialect {
            Dialect::OAuth1 => get("oauth_callback"),
            Dialect::OAuth1a => known.callback.clone(),
        };
        Ok(OAuth1Authorize {
            app_name: app.name.clone(),
            auto_approve: app.auto_approve.clone().or_else(|| self.settings.auto_approve.clone()),
            dialect,
            token,
            callback,
        })
    }

    /// The user allows access. Returns the address to go back to, or the verifier if there is none.
    pub(crate) fn oauth1_approve(
        &mut self,
        ask: &OAuth1Authorize,
        account_id: &str,
    ) -> Result<String, String> {
        let uid = self.user(account_id).map(|user| user.uid.clone()).unwrap_or_default();
        let verifier = token();
        if let Some(known) = self.oauth1.request_tokens.get_mut(&ask.token) {
            known.approved_by = Some(account_id.to_owned());
            known.verifier = (ask.dialect == Dialect::OAuth1a).then(|| verifier.clone());
        }
        let own = ("oauth_token", ask.token.expose());
        match (&ask.callback, ask.dialect) {
            (Some(callback), Dialect::OAuth1) => Ok(back(callback, &[("uid", &uid), own])),
            (Some(callback), Dialect::OAuth1a) => {
                Ok(back(callback, &[own, ("oauth_verifier", verifier.expose())]))
            }
            (None, _) => Err(verifier.expose().to_owned()),
        }
    }

    /// The user declines; `None` if there is no address to go back to. Dropbox's denial carries no token.
    pub(crate) fn oauth1_decline(&mut self, ask: &OAuth1Authorize) -> Option<String> {
        self.oauth1.request_tokens.remove(&ask.token);
        let callback = ask.callback.as_deref()?;
        Some(match ask.dialect {
            Dialect::OAuth1 => back(callback, &[("not_approved", "true")]),
            Dialect::OAuth1a => back(callback, &[("denied", ask.token.expose())]),
        })
    }

    /// `access_token`. The request token is used up.
    pub(crate) fn oauth1_exchange(
        &mut self,
        dialect: Dialect,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<Reply, Reply> {
        let presenter = self.presenter(dialect, request, Wanted::RequestToken, now)?;
        let unknown = || dialect.unknown_request_token();
        let name = presenter.token.ok_or_else(unknown)?;
        let known = self.oauth1.request_tokens.get(&name).cloned().ok_or_else(unknown)?;
        let account_id = known.approved_by.ok_or_else(|| dialect.unapproved_request_token())?;
        if dialect == Dialect::OAuth1a {
            let given = request
                .get("oauth_verifier")
                .ok_or_else(|| dialect.refuse(400, "Missing parameter: oauth_verifier"))?;
            if !known.verifier.is_some_and(|verifier| verifier.matches(given)) {
                return Err(dialect.refuse(401, "Invalid oauth_verifier"));
            }
        }
        self.oauth1.request_tokens.remove(&name);
        let (grant, name, secret) = self.oauth1_grant(dialect, presenter.app_key, account_id, now);
        let uid = self.grants.get(&grant).and_then(|grant| self.user(&grant.account_id));
        let uid = uid.map(|user| user.uid.clone()).unwrap_or_default();
        let (name, secret) = (("oauth_token", name.expose()), ("oauth_token_secret", secret.expose()));
        let reply = match dialect {
            Dialect::OAuth1 => Dialect::form(&[secret, name, ("uid", &uid)]),
            Dialect::OAuth1a => Dialect::form(&[name, secret]),
        };
        Ok(reply.with_grant(grant))
    }

    fn oauth1_grant(
        &mut self,
        dialect: Dialect,
        app_key: String,
        account_id: String,
        now: DateTime<Utc>,
    ) -> (u64, Secret, Secret) {
        let access_type = match dialect {
            Dialect::OAuth1 => AccessType::OAuth1,
            Dialect::OAuth1a => AccessType::OAuth1a,
        };
        if self.settings.same_oauth1_token
            && let Some(known) = self.known_token(dialect, &app_key, &account_id)
        {
            return known;
        }
        let grant = self.grant_of(app_key, account_id, access_type, now);
        let (name, secret) = (token(), token());
        self.oauth1.access.insert(name.clone(), OAuth1Token { grant, dialect, secret: secret.clone() });
        if let Some(grant) = self.grants.get_mut(&grant) {
            // Both are canaries.
            grant.access_tokens.extend([name.clone(), secret.clone()]);
        }
        (grant, name, secret)
    }

    /// The token of a grant of this app and user that is alive.
    fn known_token(
        &self,
        dialect: Dialect,
        app_key: &str,
        account_id: &str,
    ) -> Option<(u64, Secret, Secret)> {
        let alive: Vec<u64> = self.live_grants(app_key, account_id).map(|grant| grant.id).collect();
        let mut tokens = self.oauth1.access.iter();
        let known = tokens.find(|(_, token)| token.dialect == dialect && alive.contains(&token.grant));
        known.map(|(name, token)| (token.grant, name.clone(), token.secret.clone()))
    }

    /// A grant that nobody was asked for by OAuth 2.
    fn grant_of(
        &mut self,
        app_key: String,
        account_id: String,
        access_type: AccessType,
        now: DateTime<Utc>,
    ) -> u64 {
        let scopes = self.apps.get(&app_key).map(|app| app.scopes.clone()).unwrap_or_default();
        let code = Code {
            app_key,
            account_id,
            redirect_uri: None,
            scopes,
            access_type,
            challenge: None,
            expires_at: now,
        };
        self.new_grant(code, false, now)
    }

    /// The grant of a request that is signed with an access token.
    pub(crate) fn oauth1_presented(
        &mut self,
        dialect: Dialect,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<u64, Reply> {
        let Presenter { app_key, token } = self.presenter(dialect, request, Wanted::AccessToken, now)?;
        token
            .and_then(|token| self.oauth1_access(&token, dialect, &app_key))
            .map(|access| access.grant)
            .ok_or_else(|| dialect.dead_access_token())
    }

    /// The account of a grant: Dropbox's `account/info`, or another service's.
    pub(crate) fn oauth1_account(&self, dialect: Dialect, grant: u64) -> Option<Value> {
        let user = self.user(&self.grants.get(&grant)?.account_id)?;
        let number: u64 = user.uid.parse().ok()?;
        Some(match dialect {
            Dialect::OAuth1 => json!({
                "referral_link": format!("https://www.dropbox.com/referrals/{}", user.uid),
                "display_name": user.view.name,
                "uid": number,
                "country": "DE",
                "quota_info": {"shared": 253_738_410_565_u64, "quota": 107_374_182_400_000_u64, "normal": 680_031_877_871_u64},
            }),
            Dialect::OAuth1a => json!({
                "id": number,
                "id_str": user.uid,
                "name": user.view.name,
                "screen_name": user.view.email.split('@').next(),
                "email": user.view.email,
            }),
        })
    }

    /// `token_from_oauth1`: a long-lived OAuth 2 token of the same user. The OAuth 1 token stays alive.
    pub(crate) fn token_from_oauth1(&mut self, grant: u64, now: DateTime<Utc>) -> Option<Reply> {
        let known = self.grants.get(&grant)?;
        let (app_key, account_id) = (known.app_key.clone(), known.account_id.clone());
        let made = self.grant_of(app_key, account_id, AccessType::Legacy, now);
        let scopes = self.grants.get(&made)?.scopes.clone();
        let issued = self.issue_access(made, scopes, now)?;
        let body = json!({"access_token": issued.access_token.expose(), "token_type": "bearer"});
        Some(Reply::json(200, &body).with_grant(made))
    }

    /// The owner of a token, for the call log and for the selection of faults.
    pub(crate) fn oauth1_owner(&self, token: &str) -> (Option<u64>, Option<String>) {
        let token = Secret::new(token);
        let grant = self.oauth1.access.get(&token).map(|access| access.grant);
        let account = grant.and_then(|id| self.grants.get(&id)).map(|grant| grant.account_id.clone());
        let asked = self.oauth1.request_tokens.get(&token).and_then(|known| known.approved_by.clone());
        (grant, account.or(asked))
    }
}

/// `callback` with `fields` added to its query.
fn back(callback: &str, fields: &[(&str, &str)]) -> String {
    let Ok(mut url) = Url::parse(callback) else {
        return callback.to_owned();
    };
    url.query_pairs_mut().extend_pairs(fields);
    url.into()
}
